"""Correlation length, Hankel singular values and memory: against sums and 120-digit linear algebra."""

import numpy as np
import oracles
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import FAMILIES, build, cascades, wide_stacks

from lti_depth import numeric

TIMINGS = ["current", "delayed"]
# --- Correlation length ---------------------------------------------------------------------------------------------


def half_lag(stack, process):
    """The first lag where |tr R(Δ)|/tr R(0) is ½, on straight lines between the integers; None beyond 60."""
    R = [abs(np.trace(value)) for value in oracles.autocovariance(stack, range(61), process)]
    for lag in range(1, 61):
        if 2 * R[lag] <= R[0]:
            return lag - 1 + (R[lag - 1] - R[0] / 2) / (R[lag - 1] - R[lag])
    return None


# Spectra without zeros: at a zero, a slow pole sees the rounding of R.
PROCESSES = st.sampled_from([
    ("white", 2.0), ("ar1", 0.75, 1.0), ("arma", [0.5], [0.25], 1.0), ("sampled", [1.0, 0.25]),
    ("sum", ("white", 0.5), ("ar1", -0.5, 1.0)),
])  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
@given(st.data())
def test_correlation_length(family, data):
    stack = data.draw(FAMILIES[family])
    process = data.draw(PROCESSES)
    assume(abs(np.trace(oracles.autocovariance(stack, [0], process)[0])) > 1e-12)
    expected = half_lag(stack, process)
    measured = numeric.correlation_length(stack, build(process, numeric))
    if expected is None:
        assert measured > 60 * (1 - 1e-9)
    else:
        assert measured == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize("timing", TIMINGS)
@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_slow_layers(gap, timing):
    """λ^Δ = ½; (1 + aΔ) λ^Δ = ½ with a = (1−λ²)/(1+λ²) for two equal layers: far beyond every scan."""
    one = numeric.cascade([1 - gap], timing=timing)
    assert numeric.correlation_length(one) == pytest.approx(np.log(0.5) / np.log1p(-gap), rel=1e-6)
    twice = numeric.correlation_length(numeric.cascade([1 - gap] * 2, timing=timing))
    a = gap * (2 - gap) / (1 + (1 - gap) ** 2)
    assert (1 + a * twice) * np.exp(twice * np.log1p(-gap)) == pytest.approx(0.5, rel=1e-6)


def test_slow_layers_with_colored_input():
    """At large lags the slow pole alone: R(Δ)/R(0) = r λ^Δ with r from lags 5 and 0, white + AR + sampled input."""
    pole = 1 - 1e-6
    process = numeric.ar1(0.5, 2.0) + numeric.sampled([1.0, -0.25]) + numeric.arma([0.25], [0.5])
    stack = numeric.cascade([pole, 0.5], d=[0.0, 1.0])
    R_0, R_200 = numeric.autocovariance(stack, [0, 200], process)
    assert numeric.correlation_length(stack, process) == pytest.approx(200 + np.log(2 * R_200 / R_0) * 1e6, rel=1e-5)


@pytest.mark.parametrize("turn", [1e-2, 1e-4, 1e-7])
def test_slow_oscillations(turn):
    """|cos θΔ| falls to ½ at π/3θ first."""
    pole = (1 - turn * 1e-3) * np.exp(1j * turn)
    stack = numeric.stack([numeric.Layer([pole], [[1.0]], [[1.0]], real=True)])
    assert numeric.correlation_length(stack) == pytest.approx(np.pi / 3 / turn, rel=5e-3)


def test_length_of_layers_and_of_scales():
    stack = numeric.cascade([0.9, 0.95, 0.5])
    assert numeric.correlation_length(stack, layer=0) == numeric.correlation_length(stack[:1])
    assert numeric.correlation_length(stack, layer=-2) == numeric.correlation_length(stack[:2])
    huge = numeric.cascade([0.9, 0.95, 0.5], b=2.0**600)
    assert numeric.correlation_length(huge) == pytest.approx(numeric.correlation_length(stack), rel=1e-13)
    assert numeric.correlation_length(numeric.cascade([0.0])) == 0.5


# --- Hankel singular values -----------------------------------------------------------------------------------------


MODELS = {
    "real": cascades("signed", K_max=3), "complex": cascades("complex", K_max=3),
    "wide": wide_stacks(K_max=2, N_max=2, H_max=2), "real output": wide_stacks(K_max=1, N_max=2, H_max=2, real=True),
}  # fmt: skip


@pytest.mark.parametrize("family", MODELS)
@settings(max_examples=8)
@given(st.data())
def test_hankel_singular_values(family, data):
    """Some roundings of the largest; more where a pole at 1 − δ makes one rounding of itself count for ε/δ."""
    stack = data.draw(MODELS[family])
    gap = min(1 - abs(pole) for layer in stack for pole in layer.poles)
    assume(gap > 1e-6)
    truth = np.array(oracles.hankel_singular_values(stack), float)
    np.testing.assert_allclose(numeric.hankel_singular_values(stack), truth, rtol=0, atol=1e-14 * truth[0] / gap)


@pytest.mark.parametrize("timing", TIMINGS)
def test_hankel_matrix(timing):
    """The matrix h_{i+j+1} itself, of poles that die away within it."""
    stack = numeric.stack([numeric.Layer([0.5, -0.25], np.eye(2), [[1, 2], [3, 1]]),
                           numeric.Layer([0.4, 0.1], np.ones((2, 2)), [[1, 2]], [[1, 1]])], timing=timing)  # fmt: skip
    h = numeric.impulse_response(stack, np.arange(160))
    gamma = np.block([[h[i + j + 1] for j in range(79)] for i in range(79)])
    expected = np.linalg.svd(gamma, compute_uv=False)[:4]
    np.testing.assert_allclose(numeric.hankel_singular_values(stack), expected, rtol=1e-12, atol=1e-14 * expected[0])


@pytest.mark.parametrize("timing", TIMINGS)
@pytest.mark.parametrize("poles", [[0.9] * 8, [0.5] * 12, [0.99, 0.9, 0.8, 0.7, 0.6, 0.5]])
def test_tiny_hankel_singular_values(poles, timing):
    """Down to some roundings of the largest value, ten orders below what the product of the Gramians would leave."""
    stack = numeric.cascade(poles, timing=timing)
    truth = np.array(oracles.hankel_singular_values(stack), float)
    measured = numeric.hankel_singular_values(stack)
    np.testing.assert_allclose(measured, truth, rtol=0, atol=2e-15 * truth[0])
    present = truth > 1e-12 * truth[0]
    np.testing.assert_allclose(measured[present], truth[present], rtol=1e-2)


def test_one_layer_and_what_it_does_not_remember():
    """b c λ/(1−λ²) in current timing, b c/(1−λ²) in delayed; a pole 0 in current timing holds nothing of the past."""
    for timing, top in (("current", 0.9), ("delayed", 1.0)):
        (value,) = numeric.hankel_singular_values(numeric.cascade([0.9], b=2.0, d=5.0, timing=timing))
        assert value == pytest.approx(2 * top / 0.19, rel=1e-14)
    assert numeric.hankel_singular_values(numeric.cascade([0.0])) == 0
    assert numeric.hankel_singular_values(numeric.cascade([0.0], timing="delayed")) == 1


def test_all_pass_stacks_remember_everything_equally():
    stack = numeric.normalize(numeric.cascade([0.9, 0.5, -0.3, 0.0], timing="delayed"), "isometric")
    np.testing.assert_allclose(numeric.hankel_singular_values(stack), 1, rtol=1e-14)


def test_invariant_from_deep_to_wide():
    """Modal form of 1/((1−.9w)(1−.5w)), and a layer split in two."""
    deep = numeric.cascade([0.9, 0.5])
    wide = numeric.stack([numeric.Layer([0.9, 0.5], [[0.9 / 0.4], [-0.5 / 0.4]], [[1.0, 1.0]])])
    np.testing.assert_allclose(numeric.hankel_singular_values(wide), numeric.hankel_singular_values(deep), rtol=1e-13)


# --- Memory function ------------------------------------------------------------------------------------------------


LAGS = [-1, 0, 1, 2, 5, 17]


@pytest.mark.parametrize("timing", TIMINGS)
@pytest.mark.parametrize("poles", [
    [0.9], [0.9, 0.8, 0.5], [0.0, 0.9], [0.9] * 8, [0.9] * 12, [0.5j, -0.3, 0.5j], [0.999, 0.99, 0.9999],
])  # fmt: skip
def test_memory_of_cascades(poles, timing):
    """Twelve equal poles: W has the condition number 1e21."""
    stack = numeric.cascade(poles, b=2.0, c=0.5, timing=timing)
    measured = numeric.memory_function(stack, LAGS)
    truth = np.array(oracles.memory_function(stack, LAGS), float)
    np.testing.assert_allclose(measured, truth, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("timing", TIMINGS)
def test_memory_of_other_stacks(timing):
    models = [
        numeric.cascade([0.9, 0.5], d=[0.3, 0.0], timing=timing),
        numeric.stack([numeric.Layer([0.5, 0.25j, -0.75], np.ones((3, 1)), [[1.0, 2.0, 1j]])], timing=timing),
        numeric.stack([numeric.Layer([0.5j, 0.9], [[1.0], [2.0]], [[1.0, 1j]], real=True),
                       numeric.Layer([0.3, 0.2j], [[1.0], [1.0]], [[1.0, 0.5]], real=True)], timing=timing),
    ]  # fmt: skip
    for stack in models[:2]:
        truth = np.array(oracles.memory_function(stack, LAGS), float)
        np.testing.assert_allclose(numeric.memory_function(stack, LAGS), truth, rtol=1e-11, atol=1e-14)
    total = numeric.memory_function(models[2], np.arange(600)).sum()
    assert total == pytest.approx(6, rel=1e-9)  # λ and λ̄ of four poles, two of which are their own conjugates


@pytest.mark.parametrize(("poles", "current"), [
    ([0.9, 0.8, 0.5], 3), ([0.0, 0.9, 0.0], 2), ([0.9, 0.0, 0.5], 2), ([0.0], 1), ([0.0, 0.0], 1),
    ([0.5j, -0.5j, 0.3], 3),
    pytest.param([0.9] * 12, 12, marks=pytest.mark.compiled("so many steps take minutes")),
])  # fmt: skip
def test_total_memory_is_the_number_of_controllable_states(poles, current):
    lags = np.arange(3000)
    total = numeric.memory_function(numeric.cascade(poles), lags).sum()
    assert total == pytest.approx(current, rel=1e-12)
    delayed = numeric.memory_function(numeric.cascade(poles, timing="delayed"), lags)
    assert delayed.sum() == pytest.approx(len(poles), rel=1e-12)
    if current == len(poles):
        np.testing.assert_allclose(delayed[1:], numeric.memory_function(numeric.cascade(poles), lags[:-1]), rtol=1e-12,
                                   atol=1e-300)


def test_shift_register():
    """Poles 0 in delayed timing: the last K inputs, wholly."""
    stack = numeric.cascade([0.0] * 4, timing="delayed")
    np.testing.assert_array_equal(numeric.memory_function(stack, np.arange(-1, 7)), [0, 0, 1, 1, 1, 1, 0, 0])


def test_states_that_nothing_reaches():
    stack = numeric.stack([numeric.Layer([0.5, 0.9], [[1.0], [0.0]], [[1.0, 1.0]])])
    alone = numeric.memory_function(numeric.cascade([0.5]), LAGS)
    np.testing.assert_allclose(numeric.memory_function(stack, LAGS), alone, rtol=1e-14)
    assert (numeric.memory_function(numeric.cascade([0.5], b=0), LAGS) == 0).all()
