"""Log-scaled observables: against the definitions, exact laws of any depth, and powers of two in every gain."""

from fractions import Fraction
from math import comb

import numpy as np
import oracles
import pytest
from agreement import UNIT_ROUNDOFF, assert_agrees
from hypothesis import given
from hypothesis import strategies as st
from logscale import rounding, values
from strategies import ANGLES, FAMILIES, build, fitting_process

from lti_depth import numeric
from lti_depth.numeric import cascade
from lti_depth.numeric.extended import Logarithm
from lti_depth.system.fields import flat

mp = oracles.mp
LN2 = mp.log(2)
over = pytest.mark.parametrize("family", FAMILIES)
slow_in_python = pytest.mark.compiled("takes minutes in Python")


def assert_log(log, truth, digits):
    """`log` of `truth`, mpmath numbers: relative error at most `digits`, and one rounding of logabs."""
    truth = np.ravel(np.asarray(truth, dtype=object))
    error = np.abs(values(*log) - truth)
    allowed = (digits + rounding(log.logabs)) * np.abs(truth)
    assert (error <= allowed).all(), [mp.nstr(e / abs(t), 3) for e, t in zip(error, truth, strict=True) if t]


# --- The plain values, where they are in range ------------------------------------------------------------------------

STACKS = {
    "cascade": cascade([0.5, 0.75], b=[2.0, 1.0], d=[0.0, 0.5]),
    "cancelling": cascade([1 - 2.0**-13, 2.0**-13 - 1] * 2, b=2.0**-5, timing="delayed"),
    "real output": numeric.stack([
        numeric.Layer([0.5 + 0.25j], [[1.0, 2.0j]], [[1.0], [1j]], real=True),
        numeric.Layer([0.75, -0.5], [[1.0, 0.0], [2.0, -1.0]], [[1.0, 0.5]], [[0.5, 1.0]]),
    ]),
}  # fmt: skip
PROCESS = numeric.ar1(0.5, 2.0) + numeric.sampled([2.0, 1.0, 0.25])
ALL = {
    "transfer_function": {"z": [1.25, 2j]}, "frequency_response": {"omega": [0.0, 3.0]},
    "power_spectrum": {"omega": [0.5], "process": PROCESS}, "impulse_response": {"t": [-1, 0, 5]},
    "step_response": {"t": [-1, 0, 5]}, "autocovariance": {"lag": [0, -4], "process": PROCESS},
    "state_covariance": {"process": PROCESS}, "state_variance": {"process": PROCESS},
    "sensitivity": {"process": PROCESS}, "normalization": {"arm": "depth-aware", "process": PROCESS},
}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("stack", STACKS)
def test_plain_values(stack, name):
    query = ALL[name] | ({"process": numeric.white()} if stack == "cancelling" and "process" in ALL[name] else {})
    plain, log = (getattr(numeric, prefix + name)(STACKS[stack], **query) for prefix in ("", "log_"))
    plain, sign, logabs = (flat(part) if name == "sensitivity" else np.asarray(part) for part in (plain, *log))
    assert sign.shape == logabs.shape == plain.shape and sign.dtype == plain.dtype and logabs.dtype == np.float64
    np.testing.assert_allclose(sign * np.exp(logabs), plain, rtol=1e-12, atol=1e-13 * np.abs(plain).max())


def test_plain_variances_from_rest():
    for stack in STACKS.values():
        plain, log = (f(stack, PROCESS, horizon=6) for f in (numeric.state_variance, numeric.log_state_variance))
        np.testing.assert_allclose(log.sign * np.exp(log.logabs), plain, rtol=1e-13)


# --- The definitions ------------------------------------------------------------------------------------------------


def definition(log, truth, inputs, floor, scale=None):
    measured = values(*log)
    expected = np.shape(np.asarray(truth(*inputs), dtype=object))
    assert np.shape(log.sign) == np.shape(log.logabs)
    shaped = np.reshape(floor + rounding(log.logabs), expected or (1,))
    assert_agrees(measured.reshape(expected or (1,)), truth, inputs, shaped, scale)


@slow_in_python
@over
@given(st.data())
def test_responses(family, data):
    stack, omega = data.draw(FAMILIES[family]), data.draw(ANGLES)
    z = data.draw(st.builds(lambda r, angle: complex(r * np.exp(1j * angle)), st.floats(1.0, 2.0), ANGLES))
    definition(numeric.log_transfer_function(stack, z), oracles.transfer_function, (stack, z), 1e-13)
    floor = 1e-14 if family == "nonnegative cascade" and not any(stack.D) else 1e-13
    definition(numeric.log_frequency_response(stack, omega), oracles.frequency_response, (stack, omega), floor)


@slow_in_python
@over
@given(st.data())
def test_power_spectrum(family, data):
    stack = data.draw(FAMILIES[family])
    process, omega = data.draw(fitting_process(stack, family)), data.draw(ANGLES)

    def truth(stack, omega, process):
        H = oracles.frequency_response(stack, omega)
        return oracles.process_spectrum(process, omega) * H @ oracles.adjoint(H)

    density = max(abs(oracles.process_spectrum(process, omega)), abs(oracles.process_autocovariance(process, 0)))
    scale = density * sum(abs(h) ** 2 for h in oracles.frequency_response(stack, omega).ravel())
    definition(numeric.log_power_spectrum(stack, omega, build(process, numeric)), truth, (stack, omega, process), 2e-13,
               scale)


@slow_in_python
@over
@given(st.data())
def test_time_responses(family, data):
    stack, times = data.draw(FAMILIES[family]), data.draw(st.lists(st.integers(-2, 30), min_size=1, max_size=4))
    floor = np.full(len(times), 1e-12)
    if family == "nonnegative cascade":
        floor = 2 * (np.array(times).clip(0) + 2 * len(stack)) * UNIT_ROUNDOFF
    floor = np.repeat(floor, stack.channels[0] * stack.channels[-1])
    definition(numeric.log_impulse_response(stack, times), oracles.impulse_response, (stack, times), floor)
    definition(numeric.log_step_response(stack, times), oracles.step_response, (stack, times), floor)


def depth(stack, process):
    """Layers, those of the process included."""
    return len(stack) + {"ar1": 1, "shaped": 2, "sampled": 4}.get(process[0], 0)


@slow_in_python
@over
@given(st.data())
def test_autocovariance(family, data):
    stack, lags = data.draw(FAMILIES[family]), data.draw(st.lists(st.integers(-12, 12), min_size=1, max_size=3))
    process = data.draw(fitting_process(stack, family))
    layer = data.draw(st.one_of(st.none(), st.integers(-len(stack), len(stack) - 1)))
    inputs = (oracles.through(stack, layer), lags, process)
    log = numeric.log_autocovariance(stack, lags, build(process, numeric), layer)
    floor = np.full(len(lags), 1e-12)
    if family == "nonnegative cascade":
        floor = 8 * (depth(stack, process) + np.abs(lags)) * UNIT_ROUNDOFF
    definition(log, oracles.autocovariance, inputs, np.repeat(floor, np.size(log.sign) // len(lags)))


@slow_in_python
@over
@given(st.data())
def test_state_covariance(family, data):
    stack = data.draw(FAMILIES[family])
    process = data.draw(fitting_process(stack, family))
    log = numeric.log_state_covariance(stack, build(process, numeric))
    floor, scale = 8 * depth(stack, process) * UNIT_ROUNDOFF, None
    if family != "nonnegative cascade":  # |W_ij|² ≤ W_ii W_jj
        deviation = np.array([mp.sqrt(mp.re(v)) for v in np.diag(oracles.state_covariance(stack, process))])
        floor, scale = 1e-12, np.outer(deviation, deviation)
    definition(log, oracles.state_covariance, (stack, process), floor, scale)


@slow_in_python
@over
@pytest.mark.parametrize("horizon", [None, 5])
@given(st.data())
def test_state_variance(family, horizon, data):
    stack = data.draw(FAMILIES[family])
    process = data.draw(fitting_process(stack, family))
    log = numeric.log_state_variance(stack, build(process, numeric), horizon)
    kept = [(k, n) for k, width in enumerate(stack.widths) for n in range(width)]
    padding = np.ones(log.sign.shape, bool)
    padding[tuple(zip(*kept, strict=True))] = False
    assert (log.sign[padding] == 0).all() and (log.logabs[padding] == -np.inf).all()
    own = Logarithm(*(part[~padding] for part in log))

    def truth(stack, process):
        return np.concatenate(oracles.state_variance(stack, process, horizon))

    floor = 8 * depth(stack, process) * UNIT_ROUNDOFF if family == "nonnegative cascade" and horizon is None else 1e-12
    definition(own, truth, (stack, process), floor)


# --- Powers of two in every gain --------------------------------------------------------------------------------------


@st.composite
def exponents(draw, stack):
    """(s, r) for each layer: B times 2^s, C times 2^r, D times 2^(s+r)."""
    drawn = [(draw(st.integers(-900, 900)), draw(st.integers(-900, 900))) for _ in stack]
    return [(s, r) if abs(s + r) <= 900 else (s, -r) for s, r in drawn]


def rescaled(stack, exponents):
    layers = [
        numeric.Layer(m.poles, m.B * 2.0**s, m.C * 2.0**r, m.D * 2.0 ** (s + r), real=m.real)
        for m, (s, r) in zip(stack, exponents, strict=True)
    ]
    return numeric.stack(layers, timing=stack.timing)


def assert_moved(found, log, shift, tolerance):
    """`found` is `log` times 2^shift: the same signs, and logarithms that differ by `shift` ln 2."""
    shift = np.broadcast_to(shift, np.shape(log.logabs))
    np.testing.assert_allclose(found.sign, log.sign, atol=tolerance)
    zero = log.sign == 0
    assert (np.asarray(found.logabs)[zero] == -np.inf).all()
    expected = np.asarray(log.logabs)[~zero] + shift[~zero] * float(LN2)
    np.testing.assert_allclose(np.asarray(found.logabs)[~zero], expected, rtol=4 * UNIT_ROUNDOFF, atol=tolerance)


@slow_in_python
@over
@given(st.data())
def test_powers_of_two_in_the_gains_move_nothing_but_exponents(family, data):
    stack, process = data.draw(FAMILIES[family]), numeric.ar1(0.5) + numeric.white(0.25)
    s, r = zip(*data.draw(exponents(stack)), strict=True)
    large = rescaled(stack, list(zip(s, r, strict=True)))
    E = sum(s) + sum(r)
    for name, query, power in (
        ("transfer_function", [[1.25, 2j]], 1), ("frequency_response", [[0.0, 0.5, np.pi]], 1),
        ("impulse_response", [[0, 3, 40]], 1), ("step_response", [[0, 3, 40]], 1),
        ("power_spectrum", [[0.0, 1.5], process], 2), ("autocovariance", [[0, -3, 9], process], 2),
    ):
        f = getattr(numeric, f"log_{name}")
        assert_moved(f(large, *query), f(stack, *query), power * E, 1e-14)
    before = np.concatenate([[0], np.cumsum(np.add(s, r))[:-1]]).astype(int)
    states = before + s
    own = np.concatenate([np.full(m.width, e) for m, e in zip(stack.closed(), states, strict=True)])
    f = numeric.log_state_covariance
    assert_moved(f(large, process), f(stack, process), own[:, None] + own, 1e-14)
    for horizon in (None, 6):
        f = numeric.log_state_variance
        assert_moved(f(large, process, horizon), f(stack, process, horizon), 2 * states[:, None], 1e-14)
    shifts = [[2 * (E - out) for out in outs] for outs in (np.zeros(len(s), int), s, r, np.add(s, r))]
    found, log = numeric.log_sensitivity(large, process), numeric.log_sensitivity(stack, process)
    for field, shift in enumerate(shifts):
        for k, moved in enumerate(shift):
            parts = [Logarithm(a.sign[field][k], a.logabs[field][k]) for a in (found, log)]
            assert_moved(*parts, moved, 1e-13)


# --- Laws of any depth ------------------------------------------------------------------------------------------------


def equal_poles_variance(square, K):
    """(1−q)^{1−2K} Σ_j C(K−1,j)² q^j for λ² = q, a Fraction, as an mpmath number."""
    q = mp.mpf(square.numerator) / square.denominator
    return (1 - q) ** (1 - 2 * K) * sum(mp.mpf(comb(K - 1, j)) ** 2 * q**j for j in range(K))


@slow_in_python
@pytest.mark.parametrize("gain", [1.0, 2.0**500, 2.0**-500])
@pytest.mark.parametrize(("pole", "K"), [(0.5, 64), (0.99, 64), (1 - 2.0**-40, 64), (0.9, 1000)])
def test_variances_of_equal_layers(pole, K, gain):
    stack = cascade([pole] * K, b=gain)
    unit = [equal_poles_variance(Fraction(pole) ** 2, k) for k in (1, 64, K)]
    truth = [v * mp.mpf(gain) ** (2 * k) for v, k in zip(unit, (1, 64, K), strict=True)]
    log = numeric.log_state_variance(stack)
    own = Logarithm(*(part[[0, 63, K - 1], 0] for part in log))
    assert_log(own, truth, 8 * K * UNIT_ROUNDOFF)
    assert_log(numeric.log_autocovariance(stack, 0), truth[-1], 8 * K * UNIT_ROUNDOFF)


@slow_in_python
@pytest.mark.parametrize("gain", [1.0, 2.0**500])
@pytest.mark.parametrize(("pole", "K"), [(0.5, 32), (0.9, 150), (0.99, 32)])
def test_variances_of_opposite_poles(pole, K, gain):
    """All λ before all −λ, where the recursion cancels: H is that of K layers at λ² and z²; the odd lags vanish."""
    stack = cascade([pole] * K + [-pole] * K, b=gain)
    truth = equal_poles_variance(Fraction(pole) ** 4, K) * mp.mpf(gain) ** (4 * K)
    assert_log(numeric.log_autocovariance(stack, 0), truth, 1e-12)
    odd = numeric.log_autocovariance(stack, 7)
    assert odd.logabs < float(mp.log(truth)) - 30


@slow_in_python
@pytest.mark.parametrize(("pole", "K", "gain"), [(1 - 2.0**-20, 32, 2.0**-10), (0.9, 150, 0.25)])
def test_variances_far_below_the_largest_gain(pole, K, gain):
    """Without logarithms: in range, and 10^−400 of the square of the layers' largest gains together."""
    stack = cascade([pole, -pole] * K, b=gain)
    truth = equal_poles_variance(Fraction(pole) ** 4, K) * mp.mpf(gain) ** (4 * K)
    assert 1e-300 < truth < 1e300
    assert numeric.autocovariance(stack, 0) == pytest.approx(float(truth), rel=1e-12)
    wide = numeric.stack([numeric.Layer([p, 0.0], [[gain, 0.0], [0.0, 0.0]], np.eye(2)) for p in [pole, -pole] * K])
    for V in (numeric.state_variance(stack)[-1], numeric.state_variance(wide)[-1]):
        assert V[0] == pytest.approx(float(truth), rel=1e-12) and (V[1:] == 0).all()


@slow_in_python
@pytest.mark.parametrize("gain", [1.0, 2.0**500, 2.0**-500])
@pytest.mark.parametrize(("pole", "K"), [(0.5, 64), (1e-300, 64), (0.999, 1000), (-0.75, 1000)])
def test_impulse_responses_of_equal_layers(pole, K, gain):
    """h_t = C(t+K−1, K−1) λ^t g^K; the entries of one answer lie up to 10^±20000 apart."""
    times = [0, 1, 64, 1000]
    truth = [mp.binomial(t + K - 1, t) * mp.mpf(pole) ** t * mp.mpf(gain) ** K for t in times]
    log = numeric.log_impulse_response(cascade([pole] * K, b=gain), times)
    assert_log(log, truth, 2 * (np.array(times) + 2 * K) * UNIT_ROUNDOFF)


@slow_in_python
@pytest.mark.parametrize("K", [64, 1000])
def test_responses_at_both_ends_of_the_circle(K):
    """|H(0)| = 10^3000 and |H(π)| = 2^−1000, of one thousand layers at 0.999; π is a double next to π."""
    omega = [0.0, np.pi]
    truth = [(1 - mp.mpf(0.999) * mp.expj(-mp.mpf(w))) ** -K for w in omega]
    assert_log(numeric.log_frequency_response(cascade([0.999] * K), omega), truth, 4 * K * UNIT_ROUNDOFF)
    z = [1.0, -1.0, 2j]
    truth = [(1 - mp.mpf(0.999) / mp.mpmathify(w)) ** -K for w in z]
    assert_log(numeric.log_transfer_function(cascade([0.999] * K), z), truth, 4 * K * UNIT_ROUNDOFF)


@slow_in_python
def test_states_far_apart():
    """b = 2^1000, 2^−1000, …: states of sizes 2^1000 and 1 in turn, and their covariances entry by entry."""
    b = np.array([2.0**1000, 2.0**-1000] * 4)
    stack, unit = cascade([0.9] * 8, b=b), cascade([0.9] * 8)
    sizes = np.cumsum([1000, -1000] * 4)
    log = numeric.log_state_covariance(stack)
    assert_moved(log, numeric.log_state_covariance(unit), sizes[:, None] + sizes, 1e-14)
    assert log.logabs[0, 0] > 1386 > 60 > log.logabs[1, 1]


@slow_in_python
def test_entries_far_apart():
    """Two chains side by side in wide layers: entries of their own, products of both zero."""
    K, gains, poles = 64, (2.0**400, 2.0**-400), (0.9, 0.5)
    wide = numeric.stack([numeric.Layer(poles, np.diag(gains), np.eye(2))] * K)
    chains = [cascade([pole] * K, b=gain) for pole, gain in zip(poles, gains, strict=True)]
    for name, query in (("frequency_response", [0.3]), ("impulse_response", [20]), ("autocovariance", [3]),
                        ("power_spectrum", [0.3])):
        f = getattr(numeric, f"log_{name}")
        sign, logabs = f(wide, *query)
        for n, chain in enumerate(chains):
            assert_moved(Logarithm(sign[n, n], logabs[n, n]), f(chain, *query), 0, 1e-13)
            assert sign[n, 1 - n] == 0 and logabs[n, 1 - n] == -np.inf
    V = numeric.log_state_variance(wide)
    for n, chain in enumerate(chains):
        np.testing.assert_allclose(V.logabs[:, n], numeric.log_state_variance(chain).logabs[:, 0], rtol=1e-15)


# --- Ends of the range ------------------------------------------------------------------------------------------------


def test_near_one_the_logarithm_keeps_its_digits():
    for gain in (1 + 2.0**-50, 1 - 2.0**-50):
        log = numeric.log_frequency_response(cascade([0.0], b=gain), 0.0)
        assert log.logabs == pytest.approx(np.log(gain), rel=1e-15)


def test_exact_zeros():
    stack = cascade([0.5, 0.0], timing="delayed")
    for log in (numeric.log_impulse_response(stack, [-1, 0, 1]), numeric.log_step_response(stack, [-1, 0, 1]),
                numeric.log_autocovariance(cascade([0.5], c=0.0), [0, 3]),
                numeric.log_frequency_response(cascade([0.5], b=0.0), [0.0, 1.0])):
        assert (log.sign == 0).all() and (log.logabs == -np.inf).all()
    assert numeric.log_impulse_response(stack, 2) == (1.0, 0.0)
    dead = numeric.log_state_variance(cascade([0.5, 0.5], c=[0.0, 1.0]))
    assert dead.sign[1, 0] == 0 and dead.logabs[1, 0] == -np.inf and dead.sign[0, 0] == 1


@pytest.mark.parametrize(("name", "point", "pole"), [("frequency_response", 0.0, 1.0), ("transfer_function", 0.5, 0.5)])
def test_poles(name, point, pole):
    stack = numeric.stack([numeric.Layer([pole, 0.25], np.eye(2), np.eye(2))])
    with pytest.warns(RuntimeWarning, match=f"^log_{name}: a layer has a pole at .*{point}.*, the value there is inf$"):
        sign, logabs = getattr(numeric, f"log_{name}")(stack, [point, point + 1])
    np.testing.assert_array_equal(sign[0], np.eye(2))
    assert logabs[0, 0, 0] == np.inf and logabs[0, 0, 1] == -np.inf and np.isfinite(logabs[:, 1, 1]).all()


@slow_in_python
def test_growth_without_bound():
    """1.5^5000 and its variance from rest, beyond float64 a hundred times over."""
    log = numeric.log_impulse_response(cascade([1.5]), [5000, 100])
    assert_log(log, [mp.mpf(1.5) ** 5000, mp.mpf(1.5) ** 100], 1e-12)
    V = numeric.log_state_variance(cascade([1.5]), horizon=5000)
    assert_log(V, [(mp.mpf(2.25) ** 5000 - 1) / 1.25], 1e-12)
    a, rho, R, ahead, variance = mp.mpf(1.5), mp.mpf(0.5), 2, 0, 0  # ahead: E x_t u_{t+1} = ρ E x_t u_t
    for _ in range(5000):
        variance = a**2 * variance + 2 * a * ahead + R
        ahead = rho * (a * ahead + R)
    assert_log(numeric.log_state_variance(cascade([1.5]), numeric.ar1(0.5, 2.0), horizon=5000), variance, 1e-12)


@pytest.mark.parametrize("variance", [2.0**1000, 2.0**-1000])
def test_processes_of_any_variance(variance):
    stack = cascade([0.9] * 8, b=variance)
    for process, unit in ((numeric.white(variance), numeric.white()), (numeric.ar1(0.5, variance), numeric.ar1(0.5))):
        log, own = (numeric.log_autocovariance(s, [0, 5], p) for s, p in ((stack, process), (cascade([0.9] * 8), unit)))
        assert_moved(log, own, 17 * np.log2(variance), 1e-14)


BEYOND = {
    "transfer_function": [2.0], "frequency_response": [0.5], "power_spectrum": [0.5], "impulse_response": [3],
    "step_response": [3], "autocovariance": [2], "state_variance": [], "state_covariance": [], "sensitivity": [],
}  # fmt: skip


@pytest.mark.parametrize("name", BEYOND)
@pytest.mark.parametrize("stack", [
    cascade([0.5, 0.5], b=2.0**600), numeric.stack([numeric.Layer([0.5, 0.25], 2.0**600 * np.eye(2), np.eye(2))] * 2),
], ids=["cascade", "wide"])  # fmt: skip
def test_overflow_names_its_logarithm(name, stack):
    """Values beyond float64 are inf, and only they; the warning says what to call."""
    log = getattr(numeric, f"log_{name}")(stack, *BEYOND[name]).logabs
    with pytest.warns(RuntimeWarning, match=f"^{name}: .* use numeric.log_{name}$") as met:
        value = getattr(numeric, name)(stack, *BEYOND[name])
    assert {warning.filename for warning in met} == {__file__}
    logabs, value = (np.ravel(flat(part) if name == "sensitivity" else part) for part in (log, value))
    assert (np.isinf(value) == (logabs > np.log(np.finfo(float).max))).all() and np.isinf(value).any()


def test_gains_of_normalization_beyond_float64():
    """b = 2^−1000 and white noise of variance 2^−1000: γ = 2^1500 √(1 − λ²), and unit variance behind it."""
    stack, process = cascade([0.5, 0.5], b=2.0**-1000), numeric.white(2.0**-1000)
    with pytest.warns(RuntimeWarning, match="^normalization: .* use numeric.log_normalization$"):
        gains = numeric.normalization(stack, "depth-aware", process)
    log = numeric.log_normalization(stack, "depth-aware", process)
    assert np.isinf(gains[0, 0]) and gains[1, 0] == pytest.approx(np.exp(log.logabs[1, 0]), rel=1e-12)
    assert_log(Logarithm(log.sign[0], log.logabs[0]), [mp.ldexp(mp.sqrt(0.75), 1500)], 1e-14)
    normalized = numeric.normalize(stack, "depth-aware", process)
    np.testing.assert_allclose(numeric.state_variance(normalized, process), 1, rtol=1e-13)
    for arm in ("none", "unit-dc", "l1", "lru"):
        plain, log = (f(stack, arm) for f in (numeric.normalization, numeric.log_normalization))
        np.testing.assert_allclose(np.exp(log.logabs), plain, rtol=1e-15)


def test_normalized_gains_beyond_float64_are_refused():
    """c = 2^−1060 leaves the second state 2^1060 short of unit variance."""
    with pytest.raises(ValueError, match=r"^B: expected finite numbers"):
        numeric.normalize(cascade([0.5, 0.5], c=[2.0**-1060, 1.0]), "depth-aware")


def test_gains_that_are_the_smallest_doubles():
    """b = 2^−1074, which no half of it is: γ b = √(1 − λ²)."""
    B = numeric.normalize(cascade([0.5, 0.5], b=2.0**-1074), "depth-aware").B
    assert B[0] == pytest.approx(np.sqrt(0.75), rel=1e-15)
    B = numeric.normalize(cascade([0.5], b=2.0**-1074 * (1 + 1j)), "depth-aware").B
    assert B[0] == pytest.approx(np.sqrt(0.75) * (1 + 1j) / np.sqrt(2), rel=1e-15)


def test_gains_whose_products_leave_the_range_of_doubles():
    """b c = 2^±1400 in one layer, made up for by the next; |H|² near 2^1200, of an input of variance 2^−1000."""
    far, plain = 2.0**700, cascade([0.5, 0.25])
    for gains in ([far, 1 / far], [1 / far, far]):
        H = numeric.frequency_response(cascade([0.5, 0.25], b=gains, c=gains), 0.3)
        np.testing.assert_allclose(H, numeric.frequency_response(plain, 0.3), rtol=1e-15)
    with pytest.warns(RuntimeWarning, match=r"use numeric\.log_frequency_response$"):
        assert np.isinf(numeric.frequency_response(cascade([0.5], b=far, c=far), 0.3))
    S = numeric.power_spectrum(cascade([0.5, 0.25], b=[2.0**400, 2.0**200]), 0.3, numeric.white(2.0**-1000))
    np.testing.assert_allclose(S, 2.0**200 * numeric.power_spectrum(plain, 0.3), rtol=1e-14)


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("pole", [-1.7e308, 1.7e308, -1e308 - 1.5e308j, 0.5])
def test_poles_and_points_at_the_end_of_float64(pole, timing):
    """A difference rounds twice, relative to what it is of: 1.7e308 − 1.7e308 is not asked for."""
    stack = cascade([pole], timing=timing)
    for z in (-1.2e308, -1e308 + 1.7e308j, 1e-300):
        truth = (mp.mpc(z) if timing == "current" else 1) / (mp.mpc(z) - mp.mpc(pole))
        assert_log(numeric.log_transfer_function(stack, z), truth, 64 * UNIT_ROUNDOFF)
    for omega in (0.3, 3.0):
        w = mp.expj(-omega)
        truth = (1 if timing == "current" else w) / (1 - mp.mpc(pole) * w)
        assert_log(numeric.log_frequency_response(stack, omega), truth, 64 * UNIT_ROUNDOFF)


@pytest.mark.parametrize("name", ["state_variance", "log_state_variance", "log_autocovariance", "log_sensitivity"])
def test_no_stationary_logarithm_outside_the_circle(name):
    query = [0] if "autocovariance" in name else []
    with pytest.raises(ValueError, match=f"^{name} needs .λ. < 1, got the pole 1.5 in layer 1"):
        getattr(numeric, name)(cascade([0.5, 1.5]), *query)
