"""Bad input, every public function: the right answer, or one error that says what was expected and what came."""

import inspect

import numpy as np
import pytest

from lti_depth import numeric, symbolic

GOOD = numeric.cascade([0.5, 0.25])
ARGUMENTS = {"z": 2.0, "omega": 0.5, "t": 3, "lag": 1, "u": np.ones(4)}
OBSERVABLES = [
    "transfer_function", "frequency_response", "power_spectrum", "impulse_response", "step_response", "group_delay",
    "phase_delay", "zeros", "autocovariance", "state_variance", "state_covariance", "equivalent_layer", "simulate",
]  # fmt: skip
STATIONARY = ["power_spectrum", "autocovariance", "state_variance", "state_covariance"]


def call(name, stack=GOOD, floor=numeric, **given):
    """An observable at ordinary arguments, except the given ones."""
    function = getattr(floor, name)
    needed = [p for p in inspect.signature(function).parameters if p in ARGUMENTS]
    return function(stack, **({p: ARGUMENTS[p] for p in needed} | given))


def refusal(function, *arguments, **keywords):
    """The message with which ValueError or TypeError refuses; any other outcome fails."""
    with pytest.raises((ValueError, TypeError)) as caught:
        function(*arguments, **keywords)
    message = str(caught.value)
    assert "\n" not in message and ("expected" in message or "needs" in message), message
    return message


def test_the_list_of_observables_is_complete():
    functions = {name: getattr(numeric, name) for name in numeric.__all__ if inspect.isfunction(getattr(numeric, name))}
    takes_a_stack = {name for name, f in functions.items() if "stack" in inspect.signature(f).parameters}
    assert takes_a_stack - {"repeat", "shaped"} == set(OBSERVABLES)


NOT_POLES = {
    "scalar": 0.9, "empty": [], "nan": [np.nan], "inf": [0.5, np.inf], "strings": ["a"], "text": "0.5",
    "objects": [object()], "booleans": [True, False], "matrix": [[0.5]], "ragged": [[0.5], [0.5, 0.1]], "none": None,
}  # fmt: skip


@pytest.mark.parametrize("poles", NOT_POLES.values(), ids=NOT_POLES)
def test_poles(poles):
    assert "poles" in refusal(numeric.cascade, poles)
    assert "poles" in refusal(numeric.Layer, poles, [[1.0]], [[1.0]])


@pytest.mark.parametrize("name", ["b", "c", "d"])
@pytest.mark.parametrize("value", [[1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]], "1", [np.nan, 1.0]], ids=str)
def test_gains(name, value):
    assert name in refusal(numeric.cascade, [0.5, 0.25], **{name: value})


LAYERS = {
    "B without a channel axis": ([0.5], [1.0], [[1.0]]),
    "B of another width": ([0.5], [[1.0], [1.0]], [[1.0]]),
    "C of another width": ([0.5], [[1.0]], [[1.0, 1.0]]),
    "D of another size": ([0.5], [[1.0]], [[1.0]], [[1.0, 2.0]]),
    "D a number": ([0.5], [[1.0]], [[1.0]], 2.0),
    "D a string": ([0.5], [[1.0]], [[1.0]], "0"),
    "no channels": ([0.5], np.zeros((1, 0)), [[1.0]]),
}


@pytest.mark.parametrize("arguments", LAYERS.values(), ids=LAYERS)
def test_layers(arguments):
    refusal(numeric.Layer, *arguments)


def test_stacks():
    one, two = numeric.Layer([0.5], [[1.0]], [[1.0]]), numeric.Layer([0.5], [[1.0, 1.0]], [[1.0]])
    assert "K ≥ 1" in refusal(numeric.stack, [])
    assert "layer 1" in refusal(numeric.stack, [one, two])
    refusal(numeric.stack, [one, 0.5])
    refusal(numeric.stack, 3)
    refusal(numeric.stack, [one], timing="Current")
    refusal(numeric.cascade, [0.5], timing=None)
    assert "timing" in refusal(numeric.series, GOOD, GOOD.replace(timing="delayed"))
    refusal(numeric.repeat, GOOD, 0)
    refusal(numeric.repeat, GOOD, 2.0)
    refusal(numeric.repeat, GOOD, True)
    refusal(lambda: GOOD[:0])
    refusal(GOOD.replace, poles=[0.5])
    real = numeric.Layer([0.5j], [[1.0]], [[1.0]], real=True)
    assert "real" in refusal(numeric.stack, [numeric.Layer([0.5j], [[1.0]], [[1.0]]), real])
    refusal(numeric.Layer, [0.5j], [[1.0]], [[1.0]], [[1j]], real=True)
    refusal(numeric.Layer, [0.5], [[1.0]], [[1.0]], real="yes")


def test_values_cannot_be_changed():
    with pytest.raises(ValueError):
        GOOD[0].poles[0] = 0.9
    poles = np.array([0.5, 0.25])
    stack = numeric.cascade(poles)
    poles[0] = 0.9
    assert stack.poles[0] == 0.5


UNSTABLE = {"one": 1.0, "minus one": -1.0, "beyond": 1.5, "complex": 0.6 + 0.8j, "next": np.nextafter(1, 2), "i": 1j}


@pytest.mark.parametrize("pole", UNSTABLE.values(), ids=UNSTABLE)
@pytest.mark.parametrize("name", STATIONARY)
def test_no_stationary_answer_outside_the_circle(name, pole):
    message = refusal(call, name, numeric.cascade([0.5, pole]))
    assert "layer 1" in message and "|λ| < 1" in message


def test_stability_is_decided_exactly():
    """0.6 + 0.8i lies outside as a pair of doubles (by 10^−17), 0.8 + 0.6i in its neighborhood inside."""
    from fractions import Fraction

    for re in [*np.nextafter(0.6, [0, 1]).tolist(), 0.6]:
        for im in [*np.nextafter(0.8, [0, 1]).tolist(), 0.8]:
            outside = Fraction(re) ** 2 + Fraction(im) ** 2 >= 1
            stack = numeric.cascade([complex(re, im)])
            if outside:
                refusal(numeric.state_variance, stack)
            else:
                assert numeric.state_variance(stack)[0, 0] > 1e14


@pytest.mark.parametrize("name", [n for n in OBSERVABLES if n not in STATIONARY])
def test_unstable_stacks_have_the_other_observables(name):
    call(name, numeric.cascade([1.5, 0.5]))


@pytest.mark.parametrize("name", ["autocovariance", "impulse_response", "step_response"])
@pytest.mark.parametrize("value", [1.0, 0.5, [1.0, 2.0], "1", None, True, 1j], ids=str)
def test_times_and_lags_are_integers(name, value):
    argument = "lag" if name == "autocovariance" else "t"
    assert "integers" in refusal(call, name, **{argument: value})


@pytest.mark.parametrize("name", ["frequency_response", "group_delay", "phase_delay", "power_spectrum"])
@pytest.mark.parametrize("value", [np.nan, np.inf, "1", None, 1j, [True]], ids=str)
def test_frequencies(name, value):
    assert "omega" in refusal(call, name, omega=value)


@pytest.mark.parametrize("name", STATIONARY)
@pytest.mark.parametrize("process", ["white", 1.0, numeric.white], ids=["name", "number", "function"])
def test_processes(name, process):
    assert "process" in refusal(call, name, process=process)


@pytest.mark.parametrize("layer", [2, -3, 0.0, "last", True], ids=str)
def test_layer_numbers(layer):
    assert "layer" in refusal(call, "autocovariance", layer=layer)


@pytest.mark.parametrize("horizon", [0, -1, 2.0, "3", True], ids=str)
def test_horizons(horizon):
    assert "horizon" in refusal(numeric.state_variance, GOOD, horizon=horizon)


PROCESSES = {
    "rho one": (numeric.ar1, 1.0), "rho a list": (numeric.ar1, [0.5]), "rho nan": (numeric.ar1, np.nan),
    "no variance": (numeric.white, 0), "negative variance": (numeric.white, -1), "text": (numeric.white, "1"),
    "not stationary": (numeric.arma, [1.5], []), "shaped by two channels": (
        numeric.shaped, numeric.stack([numeric.Layer([0.5], [[1.0, 1.0]], [[1.0]])])),
    "shaped by poles": (numeric.shaped, [0.5]), "not positive": (numeric.sampled, [1.0, 0.9]),
    "R(0) complex": (numeric.sampled, [1j]), "R empty": (numeric.sampled, []), "R a scalar": (numeric.sampled, 1.0),
    "constant record": (numeric.recorded, np.ones(9)), "record of one": (numeric.recorded, [1.0]),
    "record with nan": (numeric.recorded, [1.0, np.nan]),
}  # fmt: skip


@pytest.mark.parametrize("case", PROCESSES.values(), ids=PROCESSES)
def test_process_constructors(case):
    refusal(*case)


SIGNALS = {
    "empty": [], "no time": np.zeros((2, 0)), "nan": [1.0, np.nan], "text": "abc", "scalar": 1.0, "booleans": [True],
    "channels": np.ones((2, 3, 2)), "four axes": np.ones((1, 1, 1, 1)), "single nan": np.array([np.nan], np.float32),
}  # fmt: skip


@pytest.mark.parametrize("u", SIGNALS.values(), ids=SIGNALS)
def test_signals(u):
    refusal(numeric.simulate, GOOD, u)


def test_states_and_outputs():
    u = np.ones((2, 5))
    refusal(numeric.simulate, GOOD, u, state=np.zeros((1, 2, 1)))
    refusal(numeric.simulate, GOOD, u, state=np.zeros((2, 2)))
    refusal(numeric.simulate, GOOD, u, state=np.full((2, 2, 1), np.nan))
    refusal(numeric.simulate, GOOD, u, out=np.zeros((5, 2)))
    refusal(numeric.simulate, GOOD, u, out=np.zeros((2, 5), np.float32))
    refusal(numeric.simulate, GOOD, u, out=np.zeros((5, 2)).T)
    refusal(numeric.simulate, GOOD, u, out=[0.0] * 5)
    frozen = np.zeros((2, 5))
    frozen.flags.writeable = False
    refusal(numeric.simulate, GOOD, u, out=frozen)
    refusal(numeric.simulate, numeric.stack([numeric.Layer([0.5j], [[1.0]], [[1.0]], real=True)]), u * 1j)


def test_networks():
    layer = numeric.Layer([0.5], [[1.0]], [[1.0]])
    refusal(numeric.Block, 0.5)
    refusal(numeric.Block, layer, norm="batch")
    refusal(numeric.Block, layer, activation="sigmoid")
    refusal(numeric.Block, layer, mix=[1.0])
    refusal(numeric.Block, layer, mix=[[1.0], [1.0]], residual=True)
    refusal(numeric.Network, [])
    refusal(numeric.Network, [layer])
    refusal(numeric.linearize, GOOD)
    refusal(numeric.linearize, numeric.Network([numeric.Block(layer, activation="relu")]))
    assert "one channel" in str(refusal(numeric.linearize, numeric.Network([numeric.Block(layer, norm="layer")])))


FORMS = {
    "integers": lambda a: (16 * a).astype(int), "float16": lambda a: a.astype(np.float16),
    "big-endian": lambda a: a.astype(">f8"), "strided": lambda a: np.repeat(a, 2)[::2], "list": lambda a: a.tolist(),
    "read-only": lambda a: np.broadcast_to(a, a.shape), "longdouble": lambda a: a.astype(np.longdouble),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_other_forms_of_numbers_give_the_right_answer(form):
    values = np.array([0.5, -0.25, 0.0])
    expected = numeric.cascade(16 * values if form is FORMS["integers"] else values)
    stack = numeric.cascade(form(values))
    assert (stack.poles == expected.poles).all() and stack.poles.dtype == np.float64
    u = form(np.array([1.0, 0.5, 0.25, -1.0]))
    y, _ = numeric.simulate(GOOD, u)
    exact, _ = numeric.simulate(GOOD, np.array(u, dtype=float))
    assert y.dtype == np.float64 and (y == exact).all()
    omega = form(np.array([0.5, 0.25]))
    assert (numeric.group_delay(GOOD, omega) == numeric.group_delay(GOOD, np.array(omega, dtype=float))).all()


def test_overflow_is_inf_with_a_warning():
    stack = numeric.cascade([1 - 1e-12] * 64)
    with pytest.warns(RuntimeWarning, match="exceed float64"):
        assert numeric.autocovariance(stack, 0) == np.inf
    with pytest.warns(RuntimeWarning, match="exceed float64"):
        assert np.isinf(numeric.frequency_response(stack, 0.0))
    with pytest.warns(RuntimeWarning, match="exceed float64"):
        V = numeric.state_variance(stack)[:, 0]
    assert np.isfinite(V[:10]).all() and np.isinf(V[-1])
    with pytest.warns(RuntimeWarning, match="exceed float64"):
        assert list(numeric.impulse_response(numeric.cascade([-2.0]), [1, 5000, 5001])) == [-2.0, np.inf, -np.inf]


def test_many_layers():
    stack = numeric.cascade([0.5] * 10_000)
    assert numeric.group_delay(stack, 0.0) == 10_000
    assert numeric.impulse_response(stack, 1) == 5_000


@pytest.mark.parametrize("K", [0, -1, 2.5, "3", None, True], ids=str)
def test_symbolic_depth(K):
    refusal(symbolic.cascade, K)


@pytest.mark.parametrize("lag", [0.5, 1.0, "1"], ids=str)
def test_symbolic_lags(lag):
    refusal(symbolic.autocovariance, symbolic.cascade(2), lag)


@pytest.mark.parametrize("name", STATIONARY)
def test_symbolic_stationarity(name):
    message = refusal(call, name, symbolic.scalar_cascade([2]), symbolic)
    assert "2" in message


@pytest.mark.parametrize("poles", ["0.5", ["0.5"], 0.5, [], [None], [True]], ids=str)
def test_symbolic_poles(poles):
    refusal(symbolic.scalar_cascade, poles)
