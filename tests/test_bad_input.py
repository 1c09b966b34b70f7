"""Bad input, every public observable: the right answer, or one error that says what was expected and what came."""

import warnings
from fractions import Fraction

import numpy as np
import pytest

from lti_depth import numeric, symbolic

GOOD = numeric.cascade([0.5, 0.9])
TWO_CHANNELS = numeric.stack([numeric.Layer([0.5], [[1.0, 0.0]], [[1.0], [2.0]])])
LAGS, OMEGAS = [-3, 0, 2], [0.0, 0.5, 3.0]

# name → its query argument; None where there is none
QUERIES = {
    "transfer_function": ("z", [1.5, 2.0]),
    "frequency_response": ("omega", OMEGAS),
    "power_spectrum": ("omega", OMEGAS),
    "group_delay": ("omega", OMEGAS),
    "phase_delay": ("omega", OMEGAS),
    "impulse_response": ("t", [0, 3]),
    "step_response": ("t", [0, 3]),
    "autocovariance": ("lag", LAGS),
    "zeros": None,
    "state_variance": None,
    "state_covariance": None,
    "equivalent_layer": None,
    "sensitivity": None,
    "gauss_newton": None,
    "correlation_length": None,
    "hankel_singular_values": None,
    "memory_function": ("lag", LAGS),
    "normalization": None,
    "simulate": ("u", [1.0, 0.0, -2.0]),
}
LOGARITHMS = [name for name in numeric.__all__ if name.startswith("log_")]
QUERIES |= {name: QUERIES[name.removeprefix("log_")] for name in LOGARITHMS}
CONSTRUCTORS = {
    "Layer", "Stack", "stack", "cascade", "series", "repeat", "Block", "Network", "linearize", "Process", "white",
    "ar1", "arma", "shaped", "sampled", "recorded", "normalize",
}  # fmt: skip
ARMS = ["none", "unit-dc", "l1", "lru", "depth-aware", "isometric"]
WITH_PROCESS = [
    "power_spectrum", "autocovariance", "state_variance", "state_covariance", "sensitivity", "gauss_newton",
    "correlation_length", "normalization",
]  # fmt: skip
WITH_PROCESS += [name for name in LOGARITHMS if name.removeprefix("log_") in WITH_PROCESS]
STATIONARY = [*WITH_PROCESS, "hankel_singular_values", "memory_function"]
INTEGER_QUERIES = ["impulse_response", "step_response", "autocovariance", "memory_function"]
REAL_QUERIES = ["frequency_response", "power_spectrum", "group_delay", "phase_delay"]
WITH_LAYER = ["power_spectrum", "autocovariance", "correlation_length"]
SINGLE_CHANNEL = ["zeros", "phase_delay", "memory_function"]


def call(name, stack=GOOD, **arguments):
    if QUERIES[name]:
        argument, value = QUERIES[name]
        arguments.setdefault(argument, value)
    if name.endswith("normalization"):
        arguments.setdefault("arm", "depth-aware")
    return getattr(numeric, name)(stack, **arguments)


def arrays(answer):
    """The arrays of an answer: sign and logarithm, or itself."""
    return answer if isinstance(answer, tuple) else (answer,)


def refused(function, *args, kind=(ValueError, TypeError), **kwargs):
    """One clear error: of one line, saying what was expected and what came; returned as text."""
    with pytest.raises(kind) as caught:
        function(*args, **kwargs)
    message = str(caught.value)
    assert message and "\n" not in message
    return message


def test_every_public_name_is_tried():
    assert set(QUERIES) | CONSTRUCTORS == set(numeric.__all__)


# --- Stacks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("stack", [None, 0.9, [0.9, 0.5], np.array([0.9]), "stack", numeric.Layer([0.5], [[1]], [[1]])])
def test_what_is_no_stack(name, stack):
    message = refused(call, name, stack)
    assert "Stack" in message


BAD_NUMBERS = {
    "nan": [np.nan, 0.5], "inf": [np.inf, 0.5], "complex nan": [complex(0, np.nan), 0.5], "empty": [],
    "text": ["0.5", "0.9"], "a string": "0.5", "objects": np.array([0.5, Fraction(1, 2)], dtype=object),
    "bools": [True, False], "a scalar": 0.5, "two axes": [[0.5, 0.9]], "ragged": [[0.5], [0.5, 0.9]], "None": None,
    "beyond float64": [10**400, 0.5],
}  # fmt: skip


@pytest.mark.parametrize("poles", BAD_NUMBERS.values(), ids=BAD_NUMBERS)
def test_poles_that_are_none(poles):
    message = refused(numeric.cascade, poles)
    assert message.startswith("poles: expected") and "got" in message
    assert refused(numeric.Layer, poles, [[1.0], [1.0]], [[1.0, 1.0]]).startswith("poles: expected")


@pytest.mark.parametrize("argument", ["b", "c", "d"])
@pytest.mark.parametrize("value", [[1.0], [1.0, 2.0, 3.0], [np.nan, 1], "one", [[1.0, 2.0]], [], [None, 1.0], True])
def test_gains_that_do_not_fit(argument, value):
    assert refused(numeric.cascade, [0.5, 0.9], **{argument: value}).startswith(f"{argument}: expected")


@pytest.mark.parametrize(
    ("argument", "B", "C", "D"),
    [
        ("B", [1.0, 1.0], [[1.0, 1.0]], 0),
        ("B", [[1.0]], [[1.0, 1.0]], 0),
        ("B", np.zeros((2, 0)), [[1.0, 1.0]], 0),
        ("C", [[1.0], [1.0]], [[1.0]], 0),
        ("C", [[1.0], [1.0]], [1.0, 1.0], 0),
        ("D", [[1.0], [1.0]], [[1.0, 1.0]], [[1.0, 0.0]]),
        ("D", [[1.0], [1.0]], [[1.0, 1.0]], 1.0),
        ("D", [[1.0], [1.0]], [[1.0, 1.0]], "0"),
    ],
)
def test_matrices_of_a_layer_that_do_not_fit(argument, B, C, D):
    assert refused(numeric.Layer, [0.5, 0.9], B, C, D).startswith(f"{argument}: expected")


def test_stacks_that_do_not_fit():
    one, two = numeric.Layer([0.5], [[1.0]], [[1.0]]), numeric.Layer([0.5], [[1.0, 1.0]], [[1.0], [1.0]])
    assert "expected at least one Layer" in refused(numeric.stack, [])
    assert "layer 1" in refused(numeric.stack, [one, two])
    assert "expected Layer objects" in refused(numeric.stack, [one, 0.5])
    assert "timing: expected one of" in refused(numeric.stack, [one], timing="Current")
    assert "one timing" in refused(numeric.series, GOOD, numeric.cascade([0.5], timing="delayed"))
    assert "layer 2" in refused(numeric.series, GOOD, TWO_CHANNELS)
    assert "timing" in refused(numeric.cascade, [0.5], timing=None)
    refused(numeric.stack, 3)
    refused(GOOD.replace, poles=[0.5])
    for n in (0, -1, 1.5, True, "2"):
        assert refused(numeric.repeat, GOOD, n).startswith("n: expected an integer")
    real = numeric.Layer([0.5j], [[1.0]], [[1.0]], real=True)
    assert "real signal" in refused(numeric.stack, [numeric.Layer([0.5j], [[1.0]], [[1.0]]), real])
    assert "real" in refused(numeric.Layer, [0.5j], [[1.0]], [[1.0]], [[1j]], real=True)
    assert "real" in refused(numeric.Layer, [0.5j], [[1.0]], [[1.0]], real=1)
    refused(lambda: GOOD[2:])


def test_values_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        GOOD[0].poles[0] = 0.9
    poles = np.array([0.5, 0.25])
    stack = numeric.cascade(poles)
    poles[0] = 0.9
    assert stack.poles[0] == 0.5


# --- Stability ------------------------------------------------------------------------------------------------------

def exactly_outside(pole):
    pole = complex(pole)
    return Fraction(pole.real) ** 2 + Fraction(pole.imag) ** 2 >= 1


JUST_INSIDE = 1 - 2.0**-53
ON_OR_OUTSIDE = [
    1.0, -1.0, 1j, 1 + 2.0**-52, -1 - 2.0**-52, 2.0, complex(0.6, 0.8), complex(0.6, np.nextafter(0.8, 1)),
    complex(0.28, np.nextafter(0.96, 1)), complex(np.nextafter(1, 0), 1e-7), complex(1, 5e-324),
]  # fmt: skip


def test_the_poles_named_outside_are_outside():
    assert all(map(exactly_outside, ON_OR_OUTSIDE))


@pytest.mark.parametrize("name", STATIONARY)
@pytest.mark.parametrize("pole", ON_OR_OUTSIDE)
def test_no_stationary_answer_on_or_outside_the_circle(name, pole):
    message = refused(call, name, numeric.cascade([0.5, pole]), kind=ValueError)
    assert "< 1" in message and "layer 1" in message


@pytest.mark.parametrize("pole", [JUST_INSIDE, -JUST_INSIDE, complex(0.6, np.nextafter(0.8, 0)), complex(0.28, 0.96)])
def test_just_inside_the_circle(pole):
    assert not exactly_outside(pole)
    V = numeric.state_variance(numeric.cascade([pole]))[0, 0]
    gap = 1 - Fraction(complex(pole).real) ** 2 - Fraction(complex(pole).imag) ** 2
    assert V == pytest.approx(float(1 / gap), rel=1e-15)


def test_stability_is_decided_exactly():
    """Thousands of doubles within a few roundings of the circle: an answer exactly where re² + im² < 1."""
    rng = np.random.default_rng(3)
    for angle in rng.uniform(0, 2 * np.pi, 300):
        pole = complex(np.cos(angle), np.sin(angle)) * (1 + rng.integers(-2, 3) * 2.0**-53)
        stack = numeric.cascade([pole])
        if exactly_outside(pole):
            refused(numeric.state_variance, stack, kind=ValueError)
        else:
            assert numeric.state_variance(stack)[0, 0] > 1e14


@pytest.mark.filterwarnings("ignore:(log_)?transfer_function. a layer has a pole")
@pytest.mark.parametrize("name", [name for name in QUERIES if name not in STATIONARY])
def test_unstable_stacks_can_be_built_evaluated_and_simulated(name):
    call(name, numeric.cascade([1.5, -1.0]))


def test_unstable_stacks_have_a_variance_at_a_horizon():
    V = numeric.state_variance(numeric.cascade([2.0, 1.0]), horizon=3)
    assert V[:, 0] == pytest.approx([1 + 4 + 16, 1 + 9 + 49])


@pytest.mark.parametrize("pole", ON_OR_OUTSIDE)
def test_processes_that_are_not_stationary(pole):
    refused(numeric.ar1, pole, kind=ValueError)
    refused(numeric.shaped, numeric.cascade([pole]), kind=ValueError)
    if complex(pole).imag == 0:
        refused(numeric.arma, [complex(pole).real], [], kind=ValueError)


# --- Queries --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", INTEGER_QUERIES)
@pytest.mark.parametrize("value", [1.0, [0.0, 1.0], True, [True], "1", None, np.array([0], object), 1j, np.nan])
def test_times_and_lags_are_integers(name, value):
    argument = QUERIES[name][0]
    assert refused(call, name, **{argument: value}).startswith(f"{argument}: expected integers")


@pytest.mark.parametrize("name", REAL_QUERIES)
@pytest.mark.parametrize("value", [np.nan, np.inf, [0.1, np.nan], 1j, "0", None, True, np.array([0.1], dtype=object)])
def test_frequencies_are_real_and_finite(name, value):
    assert refused(call, name, omega=value).startswith("omega: expected")


@pytest.mark.parametrize("value", [np.nan, np.inf, "1", None, True])
def test_points_of_the_plane_are_finite(value):
    assert refused(call, "transfer_function", z=value).startswith("z: expected")


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if query and name != "simulate"])
def test_no_query_no_answer(name):
    argument, value = QUERIES[name]
    empty = np.zeros((0,), np.asarray(value).dtype)
    assert all(part.shape == (0,) for part in arrays(call(name, **{argument: empty})))


@pytest.mark.parametrize("name", WITH_PROCESS)
@pytest.mark.parametrize("process", [1.0, "white", [1.0, 0.5], numeric.white, GOOD])
def test_what_is_no_process(name, process):
    assert refused(call, name, process=process, kind=TypeError).startswith("process: expected a Process")


@pytest.mark.parametrize("name", WITH_LAYER)
@pytest.mark.parametrize("layer", [2, -3, 0.0, "0", True, [0]])
def test_layers_that_are_not_there(name, layer):
    assert refused(call, name, layer=layer).startswith("layer: expected an integer")


@pytest.mark.parametrize("horizon", [0, -1, 2.0, True, "3"])
def test_horizons_are_positive_integers(horizon):
    assert refused(call, "state_variance", horizon=horizon).startswith("horizon: expected an integer")


@pytest.mark.parametrize("name", SINGLE_CHANNEL)
def test_single_channel_observables(name):
    assert "one channel" in refused(call, name, TWO_CHANNELS, kind=ValueError)


@pytest.mark.parametrize("arm", ["LRU", "layer", None, 1, ["lru"]])
@pytest.mark.parametrize("function", [numeric.normalization, numeric.normalize])
def test_arms_that_are_none(function, arm):
    assert refused(function, GOOD, arm).startswith("arm: expected one of")


@pytest.mark.parametrize("floor", [numeric, symbolic])
def test_arms_where_they_are_not_defined(floor):
    scalar = {numeric: numeric.cascade, symbolic: symbolic.scalar_cascade}[floor]
    wide = floor.stack([floor.Layer([0.5, 0.25], [[1], [1]], [[1, 1]])])
    assert "scalar cascade" in refused(floor.normalization, wide, "isometric", kind=ValueError)
    assert "delayed timing" in refused(floor.normalize, scalar([0.5, 0]), "isometric", kind=ValueError)
    assert "layer 1" in refused(floor.normalize, scalar([0.5, 0.25], b=[1, 0]), "depth-aware", kind=ValueError)
    for arm in ARMS:
        assert "< 1" in refused(floor.normalization, scalar([0.5, 1]), arm, kind=ValueError)


def test_outputs_without_a_length():
    assert "varies" in refused(numeric.correlation_length, numeric.cascade([0.5], c=0), kind=ValueError)


# --- Processes ------------------------------------------------------------------------------------------------------

WITH_VARIANCE = {
    "white": (numeric.white, ()), "ar1": (numeric.ar1, (0.5,)), "arma": (numeric.arma, ([0.5], [0.2])),
    "shaped": (numeric.shaped, (GOOD,)),
}  # fmt: skip


@pytest.mark.parametrize("name", WITH_VARIANCE)
@pytest.mark.parametrize("variance", [0, -1.0, np.nan, np.inf, "1", 1j, [1.0], None, True])
def test_variances_are_positive(name, variance):
    constructor, arguments = WITH_VARIANCE[name]
    assert refused(constructor, *arguments, variance=variance).startswith("variance: expected")


@pytest.mark.parametrize(
    ("constructor", "arguments"),
    [
        (numeric.ar1, ([0.5, 0.2],)), (numeric.ar1, (np.nan,)), (numeric.ar1, ("0.5",)), (numeric.ar1, (None,)),
        (numeric.arma, ([np.nan], [])), (numeric.arma, ("x", [])), (numeric.arma, ([[0.1]], [])),
        (numeric.shaped, (TWO_CHANNELS,)), (numeric.shaped, (0.5,)), (numeric.shaped, (None,)),
        (numeric.sampled, ([],)), (numeric.sampled, (1.0,)), (numeric.sampled, ([0.0],)), (numeric.sampled, ([-1.0],)),
        (numeric.sampled, ([1.0, 0.9],)), (numeric.sampled, ([1.0, np.nan],)), (numeric.sampled, ([1j],)),
        (numeric.sampled, ([[1.0]],)), (numeric.sampled, ("1",)),
        (numeric.recorded, ([],)), (numeric.recorded, ([1.0],)), (numeric.recorded, ([2.0, 2.0],)),
        (numeric.recorded, ([1.0, np.inf],)), (numeric.recorded, ([[1.0, 2.0]],)), (numeric.recorded, ("ab",)),
    ],
)  # fmt: skip
def test_processes_that_cannot_be(constructor, arguments):
    refused(constructor, *arguments)


@pytest.mark.parametrize("other", [1.0, None, "white", GOOD])
def test_sums_are_of_processes(other):
    with pytest.raises(TypeError):
        numeric.white() + other


# --- Simulation, networks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "u", [[], np.zeros((2, 0)), 1.0, "u", [np.nan], [np.inf], [True], np.zeros((1, 4, 2)), np.zeros((1, 1, 4, 1)), None,
          np.array([1.0], dtype=object)],
)  # fmt: skip
def test_signals_that_do_not_fit(u):
    assert refused(numeric.simulate, GOOD, u).startswith("u: expected")


def test_states_and_outputs_that_do_not_fit():
    u = np.ones(4)
    for state in (np.zeros(2), np.zeros((1, 2)), np.zeros((2, 2, 1)), np.full((1, 2, 1), np.nan), "0"):
        assert refused(numeric.simulate, GOOD, u, state=state).startswith("state: expected")
    assert refused(numeric.simulate, GOOD, u, state=np.zeros((1, 2, 1), complex)).startswith("state: expected")
    read_only = np.zeros(4)
    read_only.flags.writeable = False
    for out in (np.zeros(3), np.zeros(4, np.float32), np.zeros(8)[::2], [0.0] * 4, read_only):
        assert refused(numeric.simulate, GOOD, u, out=out).startswith("out: expected")
    real = numeric.stack([numeric.Layer([0.5j], [[1.0]], [[1.0]], real=True)])
    assert refused(numeric.simulate, real, [1j]).startswith("u: expected a real signal")


def test_networks_that_do_not_fit():
    layer = GOOD[0]
    assert "Layer" in refused(numeric.Block, 0.5)
    assert refused(numeric.Block, layer, norm="batch").startswith("norm: expected")
    assert refused(numeric.Block, layer, activation="selu").startswith("activation: expected")
    assert refused(numeric.Block, layer, mix=[[1.0, 2.0]]).startswith("mix: expected")
    assert refused(numeric.Block, TWO_CHANNELS[0], mix=[[1.0, 2.0]], residual=True).startswith("residual: expected")
    assert "at least one Block" in refused(numeric.Network, [])
    assert "Block objects" in refused(numeric.Network, [layer])
    assert "timing" in refused(numeric.Network, [numeric.Block(layer)], timing=None)
    assert "Network" in refused(numeric.linearize, GOOD)
    assert "linear" in refused(numeric.linearize, numeric.Network([numeric.Block(layer, activation="relu")]))
    assert "layer norm" in refused(numeric.linearize, numeric.Network([numeric.Block(layer, norm="layer")]))


# --- What looks odd and is right ------------------------------------------------------------------------------------

VALUES = np.array([0.5, 0.75])
DISGUISES = {
    "list": VALUES.tolist(),
    "tuple": tuple(VALUES),
    "numpy scalars": list(VALUES),
    "not contiguous": np.repeat(VALUES, 2)[::2],
    "reversed": VALUES[::-1].copy()[::-1],
    "big-endian": VALUES.astype(">f8"),
    "float16": VALUES.astype(np.float16),
    "float32": VALUES.astype(np.float32),
    "big-endian float32": VALUES.astype(">f4"),
    "read-only": np.frombuffer(VALUES.tobytes()),
    "complex64": VALUES.astype(np.complex64),
    "longdouble": VALUES.astype(np.longdouble),
    "Fortran order": np.asfortranarray(np.array([VALUES, VALUES]))[0],
}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_arrays_of_any_layout(name, disguise):
    expected = call(name, numeric.cascade(VALUES, b=VALUES, timing="delayed"))
    answer = call(name, numeric.cascade(DISGUISES[disguise], b=DISGUISES[disguise], timing="delayed"))
    for one, other in zip(arrays(expected), arrays(answer), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-14)


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if query])
def test_queries_of_any_layout(name):
    argument, value = QUERIES[name]
    value = np.array(value)
    expected = call(name)
    layouts = [np.repeat(value, 2)[::2], value.astype(value.dtype.newbyteorder(">")), value.tolist()]
    layouts += [value.astype(np.int8), value.astype(">i2")] if value.dtype.kind == "i" else [value[::-1].copy()[::-1]]
    read_only = value.copy()
    read_only.flags.writeable = False
    for layout in [*layouts, read_only]:
        answer = call(name, **{argument: layout})
        np.testing.assert_array_equal(answer[0] if name == "simulate" else answer,
                                      expected[0] if name == "simulate" else expected)


@pytest.mark.parametrize("name", [name for name in QUERIES if name != "simulate" and QUERIES[name]])
def test_shapes_of_answers(name):
    """Query axes, then (H_out, H_in); a scalar for a scalar query of a single channel."""
    argument, value = QUERIES[name]
    value = np.array(value)
    for one in arrays(call(name, **{argument: value[0].item()})):
        assert np.ndim(one) == 0 and isinstance(one, np.generic)
    grid = value[:2].reshape(2, 1)
    assert all(one.shape == (2, 1) for one in arrays(call(name, **{argument: grid})))
    if name not in SINGLE_CHANNEL:
        assert all(one.shape == (2, 1, 2, 2) for one in arrays(call(name, TWO_CHANNELS, **{argument: grid})))


def test_integer_poles_and_gains():
    stack = numeric.cascade([0, 0], b=[1, 2], c=3, d=np.uint8(1))
    assert stack.dtype == np.float64
    assert numeric.impulse_response(stack, 0) == (3 + 1) * (6 + 1)
    assert numeric.autocovariance(stack, 0, numeric.white(2)) == 2 * (4 * 7) ** 2


def test_integer_signals():
    y, _ = numeric.simulate(numeric.cascade([0.5]), np.array([1, 0, 0], dtype=np.int16))
    assert y.dtype == np.float64 and y.tolist() == [1, 0.5, 0.25]


def test_huge_depth():
    K = 10_000
    stack = numeric.cascade(np.full(K, 0.5), b=0.5)
    assert len(stack) == K
    assert numeric.group_delay(stack, 0.0) == pytest.approx(K, rel=1e-15)
    assert numeric.frequency_response(stack, 0.0) == pytest.approx(1, rel=1e-11)
    assert numeric.impulse_response(stack, 0) == 0  # 2^−10000


# --- Beyond float64 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("frequency_response", [0.0, np.pi]), ("impulse_response", [0, 3000]), ("step_response", [0, 3000]),
        ("autocovariance", [0, 5]),
    ],
)
def test_overflow_is_inf_and_warned_of(name, query):
    stack = numeric.cascade([0.999] * 60, b=2.0**16)
    with pytest.warns(RuntimeWarning, match=name):
        values = call(name, stack, **{QUERIES[name][0]: query})
    assert not np.isnan(values).any() and np.isinf(values).any()


def test_overflow_leaves_the_other_entries_good():
    poles = [1 - 2.0**-40] * 20
    with pytest.warns(RuntimeWarning, match="state_covariance|state_variance"):
        V = numeric.state_variance(numeric.cascade(poles))[:, 0]
    finite = np.isfinite(V)
    assert 1 < finite.sum() < 20 and np.isinf(V[~finite]).all()
    alone = numeric.state_variance(numeric.cascade(poles[: finite.sum()]))[:, 0]
    np.testing.assert_allclose(V[finite], alone, rtol=1e-13)


def test_underflow_is_zero():
    stack = numeric.cascade([0.5] * 8, b=2.0**-200)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert numeric.impulse_response(stack, 3) == 0
        assert numeric.autocovariance(stack, 0) == 0
        assert numeric.state_variance(stack)[-1, 0] == 0


@pytest.mark.parametrize("name", ["frequency_response", "group_delay"])
@pytest.mark.parametrize(("pole", "omega"), [(1.0, 0.0), (-1.0, np.pi), (1j, np.pi / 2)])
def test_at_a_pole_on_the_circle_no_number(name, pole, omega):
    """At ω = 0 the pole is met exactly; π and π/2 are doubles, next to it, where the answer is huge or refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        value = call(name, numeric.cascade([0.5, pole]), omega=omega)
    if omega == 0:
        assert not np.isfinite(value)
    else:
        assert not np.isfinite(value) or abs(value) > 1e14 or name == "group_delay"


# --- The symbolic floor ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("K", [0, -1, 2.5, "3", None, True])
def test_symbolic_depth(K):
    refused(symbolic.cascade, K)


@pytest.mark.parametrize("lag", [0.5, 1.0, "1", True])
def test_symbolic_lags(lag):
    refused(symbolic.autocovariance, symbolic.cascade(2), lag)


@pytest.mark.parametrize("poles", ["0.5", ["0.5"], 0.5, [], [None], [True], [float("nan")], [float("inf")]])
def test_symbolic_poles(poles):
    refused(symbolic.scalar_cascade, poles)


@pytest.mark.parametrize("name", [name for name in STATIONARY if hasattr(symbolic, name)])
@pytest.mark.parametrize("pole", [2, -1, 1, 1j])
def test_symbolic_stationarity(name, pole):
    queries = {"power_spectrum": {"omega": 0}, "autocovariance": {"lag": 0}, "memory_function": {"lag": 0},
               "normalization": {"arm": "lru"}}  # fmt: skip
    query = queries.get(name, {})
    message = refused(getattr(symbolic, name), symbolic.scalar_cascade([pole]), **query)
    assert "pole" in message


# --- What to pass instead -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["poles", "B", "C", "D"])
def test_fields_cannot_be_changed(field):
    for stack in (GOOD, TWO_CHANNELS):
        vector = getattr(stack, field)
        with pytest.raises(ValueError, match="read-only"):
            (vector if stack.is_cascade else vector[0])[0] = 0.25


POLES_MET = [
    ("frequency_response", numeric.cascade([0.5, 1.0]), [0.5, 0.0], r"0\.0"),
    ("frequency_response", numeric.stack([numeric.Layer([1.0, 0.5], [[1], [1]], [[1, 1]])]), [0.5, 0.0], r"0\.0"),
    ("transfer_function", GOOD, [2.0, 0.5], r"\(0\.5\+0j\)"),
    ("transfer_function", numeric.cascade([0.0], timing="delayed"), [2.0, 0.0], "0j"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "stack", "points", "where"), POLES_MET)
def test_a_pole_at_the_point_is_named(name, stack, points, where):
    with pytest.warns(RuntimeWarning, match=f"^{name}: a layer has a pole at {where}, the value there is inf$") as met:
        values = call(name, stack, **{QUERIES[name][0]: points})
    assert len(met) == 1 and np.isinf(values[1]) and np.isfinite(values[0])
    assert met[0].filename == __file__


def test_entries_that_a_pole_does_not_reach():
    stack = numeric.stack([numeric.Layer([1.0, 0.5], np.eye(2), np.eye(2))])
    for name, point in (("frequency_response", 0.0), ("transfer_function", 1.0)):
        with pytest.warns(RuntimeWarning, match=name):
            values = call(name, stack, **{QUERIES[name][0]: point})
        np.testing.assert_array_equal(values, [[np.inf, 0], [0, 2]])


def test_a_pole_at_zero_is_none_in_current_timing():
    """z/(z − 0) = 1 everywhere."""
    assert numeric.transfer_function(numeric.cascade([0.0, 0.5], d=[2, 1]), [0.0, 1.0]) == pytest.approx([3.0, 9.0])


@pytest.mark.parametrize("floor", [numeric, symbolic])
@pytest.mark.parametrize("rho", [1, -1, 1.5, 1j])
def test_rho_is_named(floor, rho):
    message = refused(floor.ar1, rho, kind=ValueError)
    assert message.startswith("rho: expected |rho| < 1") and "horizon" not in message


@pytest.mark.parametrize("floor", [numeric, symbolic])
def test_processes_have_no_horizon(floor):
    for make in (lambda: floor.arma([1.5], []), lambda: floor.shaped(floor.repeat(pole_outside(floor), 1))):
        message = refused(make, kind=ValueError)
        assert "1.5" in message.replace("3/2", "1.5") and "inside the unit circle" in message
        assert "horizon" not in message


def pole_outside(floor):
    return (numeric.cascade if floor is numeric else symbolic.scalar_cascade)([1.5])


@pytest.mark.parametrize("name", QUERIES)
def test_other_types_have_their_way_to_a_stack(name):
    ways = {
        "bridge.lower": symbolic.cascade(2), "linearize": numeric.Network([numeric.Block(GOOD[0])]),
        "stack([layer])": GOOD[0],
    }  # fmt: skip
    for way, value in ways.items():
        assert way in refused(call, name, value, kind=TypeError)


@pytest.mark.parametrize("name", WITH_PROCESS)
def test_symbolic_processes_have_theirs(name):
    assert "bridge.lower" in refused(call, name, process=symbolic.white(), kind=TypeError)


def test_symbolic_cascades_of_given_poles():
    assert "scalar_cascade" in refused(symbolic.cascade, [0.5, 0.9])


def test_one_run_of_several_channels_is_a_batch():
    stack = numeric.stack([numeric.Layer([0.5], [[1.0, 0.0]], [[1.0], [2.0]])])
    assert "pass u[None]" in refused(numeric.simulate, stack, np.ones((5, 2)))
    assert "u[None]" not in refused(numeric.simulate, stack, np.ones((2, 5)))
