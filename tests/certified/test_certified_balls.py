"""What the balls are: their types and shapes, zeros, radii that follow rtol, refusals, threads, and speed."""

import inspect
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import flint
import numpy as np
import pytest
from enclosing import assert_narrow, flat, number
from flint import acb, arb
from oracles import mp

from lti_depth import certified, numeric, system
from lti_depth.certified.precision import array, enclose
from lti_depth.learning import population
from lti_depth.system import Layer, fields

CASCADE = numeric.cascade([0.9, -0.5, 0.25], b=[1.0, 2.0, 0.5], d=[0.0, 1.0, 0.5])
WIDE = numeric.stack([Layer([0.5, 0.25], np.eye(2), [[1.0, 2.0], [-0.5, 0.5]]), Layer([0.75], [[1.0, 1.0]], [[1.0]])])
REAL_OUTPUT = numeric.stack([Layer([0.5 + 0.25j, 0.5], [[1.0], [1j]], [[1.0, 2.0]], real=True)], timing="delayed")
STACKS = [CASCADE, WIDE, REAL_OUTPUT, numeric.cascade([0.5j, 0.25], timing="delayed")]
OMEGAS, TIMES = [0.0, 0.5, 3.0], [-1, 0, 2, 7]
# name → what it is asked
OBSERVABLES = {
    "transfer_function": {"z": [1.5, 2j]}, "frequency_response": {"omega": OMEGAS}, "power_spectrum": {"omega": OMEGAS},
    "group_delay": {"omega": OMEGAS}, "phase_delay": {"omega": [0.5, 3.0]}, "impulse_response": {"t": TIMES},
    "step_response": {"t": TIMES}, "autocovariance": {"lag": [-3, 0, 2]}, "state_variance": {}, "state_covariance": {},
    "sensitivity": {},
}  # fmt: skip
everywhere = pytest.mark.parametrize("name", OBSERVABLES)


def asked(name, stack=CASCADE, floor=certified, **arguments):
    return getattr(floor, name)(stack, **OBSERVABLES[name] | arguments)


def balls_of(value):
    return flat(fields.flat(value)) if isinstance(value, fields.Fields) else flat(value)


# --- Names ------------------------------------------------------------------------------------------------------------


def arguments(function):
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize("name", [*OBSERVABLES, "population_loss"])
def test_the_arguments_are_those_of_numeric_and_rtol(name):
    twin = getattr(numeric, name, population.loss)
    assert arguments(getattr(certified, name)) == [*arguments(twin), ("rtol", inspect.Parameter.KEYWORD_ONLY, 1e-15)]


def test_every_public_name_is_tried_and_documented():
    constructors = {name for name in certified.__all__ if getattr(system, name, None) is getattr(certified, name)}
    assert set(certified.__all__) == {*OBSERVABLES, "population_loss", "PrecisionError"} | constructors
    assert all(inspect.getdoc(getattr(certified, name)) for name in certified.__all__)


# --- Types and shapes -------------------------------------------------------------------------------------------------


@everywhere
@pytest.mark.parametrize("stack", STACKS)
def test_types_and_shapes_are_those_of_numeric(name, stack):
    if name == "phase_delay" and set(stack.channels) != {1}:
        for floor in (certified, numeric):
            with pytest.raises(ValueError, match="channel"):
                asked(name, stack, floor)
        return
    balls, doubles = asked(name, stack), asked(name, stack, numeric)
    if name == "sensitivity":
        assert [np.shape(part) for field in balls for part in field] == [np.shape(p) for f in doubles for p in f]
        balls, doubles = fields.flat(balls), fields.flat(doubles)
    assert balls.shape == doubles.shape
    assert {type(ball) for ball in flat(balls)} == {acb if doubles.dtype.kind == "c" else arb}


@pytest.mark.parametrize("name", ["transfer_function", "frequency_response", "group_delay", "autocovariance"])
def test_a_number_asks_for_a_ball(name):
    (query,) = OBSERVABLES[name]
    ball = getattr(certified, name)(CASCADE, **{query: 2})
    assert isinstance(ball, (arb, acb))
    assert getattr(certified, name)(CASCADE, **{query: []}).shape == (0,)
    wide = [np.shape(getattr(floor, name)(WIDE, **{query: 2})) for floor in (certified, numeric)]
    assert wide[0] == wide[1]


# --- Radii ------------------------------------------------------------------------------------------------------------


@everywhere
@pytest.mark.parametrize("rtol", [1e-15, 1e-60, 1e-300])
def test_radii_follow_rtol(name, rtol):
    for ball in balls_of(asked(name, rtol=rtol)):
        assert_narrow(ball, rtol)


@everywhere
@pytest.mark.parametrize("rtol", [0.0, -1e-15, 1.0, np.nan, "1e-15", None, 1e-15j])
def test_radii_that_are_none(name, rtol):
    with pytest.raises((ValueError, TypeError), match="rtol: expected"):
        asked(name, rtol=rtol)


@pytest.mark.parametrize(("radius", "kept"), [(0.9e-15, True), (1.1e-15, False)])
@pytest.mark.parametrize("number", [lambda r: arb(3, 3 * r), lambda r: acb(arb(0, 5 * r / 1.42), arb(5, 5 * r / 1.42))])
def test_what_is_narrow_is_a_matter_of_rtol(number, radius, kept):
    def compute():
        return array([number(radius)], ()), 1

    if kept:
        assert enclose("a number", 1e-15, compute)[()].contains(number(radius))
    else:
        with pytest.raises(certified.PrecisionError, match="a number: expected balls of relative radius 1e-15"):
            enclose("a number", 1e-15, compute)


@pytest.mark.parametrize(("exponent", "kept"), [(-1025, True), (-1023, False)])
def test_what_is_0_is_a_matter_of_its_scale(exponent, kept):
    """A ball around 0 is small enough below 2^−1024 of its scale, here 8."""

    def compute():
        return array([arb(0, 8) * arb(2) ** exponent], ()), arb(8)

    if kept:
        assert enclose("a number", 1e-15, compute)[()].contains(0)
    else:
        with pytest.raises(certified.PrecisionError):
            enclose("a number", 1e-15, compute)


def test_narrower_balls_lie_in_wider_ones():
    for stack in STACKS:
        wide, narrow = (balls_of(certified.state_covariance(stack, rtol=rtol)) for rtol in (1e-3, 1e-200))
        assert all(a.contains(b) for a, b in zip(wide, narrow, strict=True))


# --- Zeros ------------------------------------------------------------------------------------------------------------


def test_zeros_that_structure_shows_are_exact():
    silent = numeric.cascade([0.5, 0.9], b=[1.0, 0.0], timing="delayed")
    assert certified.impulse_response(numeric.cascade([0.9] * 3, timing="delayed"), [-5, 0, 1, 2]).tolist() == [0] * 4
    assert certified.autocovariance(silent, [0, 3]).tolist() == [0, 0]
    assert certified.state_variance(silent)[1, 0] == 0
    assert certified.frequency_response(silent, 0.3) == 0
    assert certified.group_delay(numeric.cascade([0.0]), [0.3, 0.0]).tolist() == [0, 0]


def test_zeros_by_cancellation_are_found():
    """H = 1/(1 − λ²z⁻²) answers at even times only; a loss of a system against itself, its layers exchanged."""
    opposite = numeric.cascade([0.9, -0.9])
    zeros = [*certified.autocovariance(opposite, [1, -7, 5001]), *certified.impulse_response(opposite, [1, 99, 100001])]
    zeros.append(certified.population_loss(opposite, numeric.cascade([-0.9, 0.9])))
    for ball in zeros:
        middle, radius = number(ball)
        assert abs(middle) <= radius < mp.mpf(10) ** -300
    assert_narrow(certified.autocovariance(opposite, 5000))
    assert certified.autocovariance(opposite, 5000) > 0


def test_small_values_are_no_zeros():
    """5e−324 and the value at lag 10⁶ of a fast pole, below the range of doubles, to full relative precision."""
    tiny = certified.impulse_response(numeric.cascade([0.5], b=5e-324, timing="delayed"), 3)
    assert tiny == arb(5e-324) / 4
    assert_narrow(certified.autocovariance(numeric.cascade([0.5, 0.25j]), 10**6))
    assert certified.autocovariance(numeric.cascade([0.5, 0.25j]), 10**6).abs_lower() > 0


def test_what_cancels_by_hundreds_of_digits_is_no_zero():
    """At ±(1 − 2⁻⁵³) the first half gains 10^1000 that the second half takes back; layers commute."""
    slow = 1 - 2.0**-53
    halves, pairs = numeric.cascade([slow] * 32 + [-slow] * 32), numeric.cascade([slow, -slow] * 32)
    for lags in (0, [0, 2, 1000]):
        for one, other in zip(flat(certified.autocovariance(halves, lags)), flat(certified.autocovariance(pairs, lags)),
                              strict=True):  # fmt: skip
            assert one.overlaps(other) and one > 0
            assert_narrow(one)
            assert_narrow(other)
    assert all(ball > 0 for ball in certified.state_variance(halves)[:, 0])


@pytest.mark.parametrize("omega", [1e-30, 1e-300])
@pytest.mark.parametrize("K", [1, 8, 64])
def test_zeros_of_many_layers_near_a_frequency_are_no_zero(K, omega):
    """H = (2 (w − 1)/(2 − w))^K at w = e^{−iω}, and |w − 1|² = 2 (1 − cos ω) = 4 sin²(ω/2)."""
    stack = numeric.cascade([0.5] * K, d=-2.0)
    with mp.workdps(700):
        sine = mp.sin(mp.mpf(omega) / 2)
        turn = mp.mpc(-2 * sine**2, -2 * sine * mp.cos(mp.mpf(omega) / 2))  # w − 1
        truth = (2 * turn / (1 - turn)) ** K
        for ball, value in (
            (certified.frequency_response(stack, omega), truth),
            (certified.power_spectrum(stack, omega), abs(truth) ** 2),
        ):
            middle, radius = number(ball)
            assert abs(middle - value) <= radius <= mp.mpf(1e-15) * abs(value)


def test_a_number_that_jumps_is_an_error():
    """H vanishes at ω = 0, where its phase jumps; e^{iω} = −1 lies between 0 and 3.2."""
    difference, mean = (numeric.cascade([0.0], c=c, d=1.0, timing="delayed") for c in (-1.0, 1.0))
    assert certified.frequency_response(difference, 0.0) == 0
    with pytest.raises(ValueError, match=r"expected H\(1\)"):
        certified.phase_delay(difference, 0.5)
    with pytest.raises(certified.PrecisionError, match="phase jumps"):
        certified.phase_delay(mean, 3.2)
    assert certified.group_delay(difference, 0.0).is_nan()
    assert_narrow(certified.phase_delay(mean, 3.1))
    assert issubclass(certified.PrecisionError, ArithmeticError)


def test_channels_that_nothing_connects_have_no_delay():
    apart = numeric.stack([Layer([0.5, 0.25], np.eye(2), np.eye(2))])
    delay = certified.group_delay(apart, 0.0)
    assert delay[0, 0] == 1 and delay[0, 1].is_nan() and delay[1, 0].is_nan()
    cancelled = numeric.stack([Layer([0.5, 0.5], [[1.0], [1.0]], [[1.0, -1.0]])])
    with pytest.raises(certified.PrecisionError, match="got nan"):
        certified.group_delay(cancelled, 0.5)


def test_the_phase_delay_at_zero():
    assert_narrow(certified.phase_delay(CASCADE, 0.0))
    assert certified.phase_delay(CASCADE, 0.0).str(30) == certified.group_delay(CASCADE, 0.0).str(30)
    with pytest.raises(ValueError, match=r"H\(1\) > 0"):
        certified.phase_delay(numeric.cascade([0.5], b=-1.0), 0.0)


def test_many_turns():
    """20 samples of delay turn the phase by −20 ω, however far: ω = ±10⁴ is thousands of turns."""
    stack = numeric.cascade([0.0] * 20, timing="delayed")
    for delay in certified.phase_delay(stack, [0.3, 3.0, -3.0, 50.0, 1e4, -1e4]):
        assert delay.contains(20) and delay.rad() < 1e-13


# --- Refusals ---------------------------------------------------------------------------------------------------------

BAD_QUERIES = {
    "z": ["1", None, [np.nan], [[1.0], [1.0, 2.0]]],
    "omega": ["1", None, [np.inf], 1j, [[1.0], [1.0, 2.0]]],
    "t": [0.5, "1", None, True, [1.0], 2**63],
    "lag": [0.5, "1", None, True, [1.0], 2**63],
}


def refusal(name, floor, stack=CASCADE, **arguments):
    with pytest.raises((ValueError, TypeError)) as caught:
        asked(name, stack, floor, **arguments)
    return caught.type, str(caught.value)


@everywhere
def test_refusals_are_those_of_numeric(name):
    unstable = numeric.cascade([0.5, complex(0.6, np.nextafter(0.8, 1))])
    tried = [{"stack": value} for value in (None, 0.9, "stack", CASCADE[0])]
    tried += [{query: value} for query in OBSERVABLES[name] for value in BAD_QUERIES[query]]
    if name in ("power_spectrum", "autocovariance", "state_variance", "state_covariance", "sensitivity"):
        tried += [{"stack": unstable}, *({"process": value} for value in ("white", 1.0, CASCADE))]
    if name in ("power_spectrum", "autocovariance"):
        tried += [{"layer": value} for value in (3, -4, 0.5, "last")]
    if name == "state_variance":
        tried += [{"horizon": value} for value in (0, 1.5, True)]
    if name == "phase_delay":
        tried.append({"stack": WIDE})
    for arguments in tried:
        kind, message = refusal(name, numeric, **arguments)
        own = message.replace("state_covariance needs", f"{name} needs")
        assert refusal(name, certified, **arguments) == (kind, own)


@everywhere
def test_unstable_stacks_are_evaluated_where_numeric_does(name):
    if name in ("power_spectrum", "autocovariance", "state_variance", "state_covariance", "sensitivity"):
        return
    unstable = numeric.cascade([1.25, -0.5, 1.25j])
    for ball, value in zip(balls_of(asked(name, unstable)), np.ravel(asked(name, unstable, numeric)), strict=True):
        assert abs(complex(ball) - value) <= 1e-12 * abs(value)


@pytest.mark.parametrize("name", ["frequency_response", "group_delay", "phase_delay"])
def test_a_pole_on_the_circle_is_named(name):
    with pytest.raises(ValueError, match="pole"):
        getattr(certified, name)(numeric.cascade([0.5, 1.0]), 0.0)
    assert_narrow(getattr(certified, name)(numeric.cascade([0.5, -1.0]), 0.5))
    with pytest.raises(ValueError, match="pole of layer 1"):
        certified.transfer_function(numeric.cascade([0.5, 0.25]), [1.0, 0.25])


def test_a_pole_that_nothing_drives_is_none():
    stack = numeric.stack([Layer([1.0, 0.5], [[0.0], [1.0]], [[1.0, 1.0]])])
    assert certified.frequency_response(stack, 0.0) == 2
    assert certified.group_delay(stack, 0.0) == 1
    assert certified.transfer_function(stack, 1.0) == 2


def test_students_and_teachers_that_do_not_fit():
    with pytest.raises(TypeError, match="teacher: expected a Stack"):
        certified.population_loss(CASCADE, 0.5)
    with pytest.raises(ValueError, match="student: expected 2 input and 1 output channels"):
        certified.population_loss(CASCADE, WIDE)
    with pytest.raises(ValueError, match=r"pole 1\.0 in layer 0"):
        certified.population_loss(CASCADE, numeric.cascade([1.0]))


def test_a_filter_that_lets_nothing_through():
    with pytest.raises(ValueError, match="shaping filter"):
        certified.autocovariance(CASCADE, 0, certified.shaped(numeric.cascade([0.5], b=0.0)))


# --- Threads ----------------------------------------------------------------------------------------------------------


def test_threads_do_not_share_a_precision():
    """The same balls, to the last bit, from four threads that ask for different precisions at once, as one by one."""
    deep = numeric.cascade(np.linspace(0.5, 0.99, 24), d=0.5)
    tasks = [(name, deep, rtol) for name in ("autocovariance", "frequency_response", "impulse_response")
             for rtol in (1e-3, 1e-100, 1e-280)] * 4  # fmt: skip

    def run(task):
        name, stack, rtol = task
        return [number(ball) for ball in flat(asked(name, stack, rtol=rtol))]

    alone, interval = [run(task) for task in tasks], sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(run, tasks))
    finally:
        sys.setswitchinterval(interval)
    assert together == alone


def test_the_precision_is_put_back():
    before = flint.ctx.prec
    certified.autocovariance(CASCADE, 0, rtol=1e-100)
    with pytest.raises(ValueError):
        certified.frequency_response(numeric.cascade([1.0]), 0.0)
    assert flint.ctx.prec == before


# --- Speed ------------------------------------------------------------------------------------------------------------

DEEP = {
    "slow": numeric.cascade([1 - 2.0**-53] * 64),
    "spread": numeric.cascade(np.linspace(0.5, 0.99, 64), d=0.5, timing="delayed"),
    "both signs": numeric.cascade(np.linspace(-0.99, 0.99, 64)),
}


@pytest.mark.parametrize("stack", DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("name", [name for name in OBSERVABLES if name != "sensitivity"])
def test_64_real_layers_take_less_than_a_tenth_of_a_second(name, stack):
    """Of processor time, for one value."""
    query = {key: 2 if key == "z" else 0.5 if key == "omega" else 5 for key in OBSERVABLES[name]}

    def once():
        start = time.process_time()
        getattr(certified, name)(stack, **query)
        return time.process_time() - start

    assert min(once() for _ in range(3)) < 0.1
