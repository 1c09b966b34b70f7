"""Normalization: the gains against their definitions, and against the symbolic law."""

import numpy as np
import oracles
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FAMILIES

from lti_depth import numeric, symbolic
from lti_depth.bridge import lift

ARMS = ["none", "unit-dc", "l1", "lru", "depth-aware", "isometric"]
WIDE = numeric.stack([
    numeric.Layer([0.5, 0.25j], [[1.0, 2.0], [0.5, 1j]], [[1.0, 2.0], [3.0, 1j]], real=True),
    numeric.Layer([0.75, -0.5, 0.25], np.ones((3, 2)), [[1.0, 2.0, 3.0]], [[1.0, 1.0]]),
])  # fmt: skip
MODELS = {
    "cascade": numeric.cascade([0.5, 0.75, 0.25], b=[1.0, 2.0, 0.5], c=2.0),
    "complex": numeric.cascade([0.5j, 0.75], b=[1j, 2.0], d=[0.5, 0.25], timing="delayed"),
    "wide": WIDE,
}
PROCESSES = {"white": numeric.white(), "colored": numeric.ar1(0.5) + numeric.sampled([1.0, 0.25])}
GAINS = {
    "none": lambda pole: 1, "unit-dc": lambda pole: abs(1 - pole), "l1": lambda pole: 1 - abs(pole),
    "lru": lambda pole: oracles.mp.sqrt(1 - abs(pole) ** 2),
}  # fmt: skip


@pytest.mark.parametrize("arm", GAINS)
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=10)
@given(st.data())
def test_gains_of_the_poles(arm, family, data):
    stack = data.draw(FAMILIES[family])
    gains = numeric.normalization(stack, arm)
    assert gains.shape == (len(stack), max(stack.widths))
    for k, layer in enumerate(oracles.layers_of(stack)):
        truth = [float(GAINS[arm](pole)) for pole in layer.poles]
        np.testing.assert_allclose(gains[k, : len(truth)], truth, rtol=1e-15 if arm in ("none", "lru") else 4e-16)
        assert (gains[k, len(truth) :] == 0).all()


@pytest.mark.parametrize("process", PROCESSES.values(), ids=PROCESSES)
@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_depth_aware_states_have_unit_variance(model, process):
    V = numeric.state_variance(numeric.normalize(model, "depth-aware", process), process)
    for k, width in enumerate(model.widths):
        np.testing.assert_allclose(V[k, :width], 1, rtol=1e-13)


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("name", MODELS)
def test_law_is_machine(name, arm):
    model, process = MODELS[name], PROCESSES["colored"]
    if arm == "isometric" and name == "wide":
        return
    gains = numeric.normalization(model, arm, process)
    law = symbolic.normalization(lift(model), arm, lift(process))
    np.testing.assert_allclose(gains, np.array(law.evalf(25).tolist(), dtype=float), rtol=1e-14)
    if arm in ("depth-aware", "none"):  # rational laws only: what follows would hold square roots
        return
    machine, exact = numeric.normalize(model, arm, process), symbolic.normalize(lift(model), arm, lift(process))
    for one, other in zip(machine, exact, strict=True):
        for field in ("B", "C", "D"):
            entries = [complex(sympy.N(entry, 20)) for entry in getattr(other, field)]
            np.testing.assert_allclose(getattr(one, field).ravel(), entries, rtol=1e-14)
        assert one.real == other.real


@pytest.mark.parametrize("arm", [arm for arm in ARMS if arm != "isometric"])
def test_only_rows_of_B_are_scaled(arm):
    after = numeric.normalize(WIDE, arm)
    gains = numeric.normalization(WIDE, arm)
    for k, (one, other) in enumerate(zip(WIDE, after, strict=True)):
        np.testing.assert_allclose(other.B, gains[k, : one.width, None] * one.B, rtol=1e-15)
        for field in ("poles", "C", "D"):
            assert np.array_equal(getattr(one, field), getattr(other, field))
        assert one.real == other.real


@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_isometric_layers_keep_the_spectrum(timing):
    stack = numeric.normalize(numeric.cascade([0.9, -0.5, 0.3 + 0.6j], b=7.0, d=2.0, timing=timing), "isometric")
    np.testing.assert_allclose(np.abs(numeric.frequency_response(stack, np.linspace(-3, 3, 50))), 1, rtol=1e-14)
    np.testing.assert_allclose(numeric.autocovariance(stack, [0, 1, 5], numeric.ar1(0.5)), 0.5 ** np.array([0, 1, 5]),
                               atol=1e-14)
    omega = np.array([0.0, 0.3, 2.0])
    law = sum((1 - abs(p) ** 2) / abs(1 - p * np.exp(-1j * omega)) ** 2 for p in stack.poles)
    np.testing.assert_allclose(numeric.group_delay(stack, omega), law, rtol=1e-13)


def test_isometric_states_are_orthonormal():
    stack = numeric.normalize(numeric.cascade([0.9, 0.0, -0.5, 0.3], timing="delayed"), "isometric")
    np.testing.assert_allclose(numeric.state_covariance(stack), np.eye(4), atol=1e-15)


@pytest.mark.parametrize("gap", [1e-6, 1e-12])
def test_gains_near_the_circle_keep_their_digits(gap):
    pole = complex((1 - gap) * np.exp(0.3j))
    re, im = oracles.exact([pole.real, pole.imag])
    for arm, truth in (("lru", oracles.mp.sqrt(1 - re**2 - im**2)), ("l1", 1 - oracles.mp.sqrt(re**2 + im**2))):
        assert numeric.normalization(numeric.cascade([pole]), arm)[0, 0] == pytest.approx(float(truth), rel=1e-15)
