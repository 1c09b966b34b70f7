"""The theory, section 14: what the states of a stack remember."""

import numpy as np
import pytest
from digits import agrees
from scipy.optimize import minimize_scalar

from lti_depth import numeric

D, S = 100, 4


def test_all_layer_laguerre_readout():
    found = minimize_scalar(lambda pole: -numeric.memory_function(numeric.cascade([pole] * S), D), bounds=(0.9, 0.99),
                            method="bounded", options={"xatol": 1e-9})  # fmt: skip
    assert agrees(-found.fun, ".0144155")
    assert -found.fun < S / (D + 1)


def test_explicit_filter():
    """a_s = e^{−α/D} e^{iπs/D}, s = −3/2…3/2, α = 1; and its limit S/D·(1 − e^{−4α})/2, reached from below."""
    def captured(S, D, alpha=1.0):
        s = np.arange(S) - (S - 1) / 2
        poles = np.exp(-alpha / D + 1j * np.pi * s / D)
        return numeric.memory_function(numeric.stack([numeric.Layer(poles, np.ones((S, 1)), np.ones((1, S)))]), D)

    assert agrees(captured(S, D), ".01929")
    assert captured(20, 2000) == pytest.approx((1 - np.exp(-4)) / 2 * 20 / 2000, rel=0.02)


@pytest.mark.parametrize("poles", [[0.9] * 8, [0.9] * 12, np.linspace(0.85, 0.95, 8)])
def test_inverting_the_covariance_loses_digits_that_the_orthonormal_functions_keep(poles):
    """Their sum is the number of states; W⁻¹ loses 5 to 11 digits at K = 8 and is useless at K = 12."""
    K, lags = len(poles), np.arange(2000)
    stack = numeric.cascade(poles)
    MF = numeric.memory_function(stack, lags)
    assert MF.sum() == pytest.approx(K, rel=1e-13)
    A, B, _, _ = numeric.equivalent_layer(stack)
    h = [B[:, 0]]
    for _ in lags[1:]:
        h.append(A @ h[-1])
    naive = np.einsum("ti,ij,tj->t", h, np.linalg.inv(numeric.state_covariance(stack)), h)
    lost = np.log10(np.abs(naive - MF).max() / 2**-53)
    assert 4.5 < lost < 12 if K == 8 else lost > 9


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.99), (0.9, 0.999)])
def test_lru_initialization(low, high):
    """|λ|² uniform on [r_min², r_max²]: the mean of 1/(1 − |λ|²)."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    squares = (low**2 + high**2 + (high**2 - low**2) * nodes) / 2
    layer = numeric.Layer(np.sqrt(squares), np.ones((60, 1)), np.ones((1, 60)))
    V = numeric.state_variance(numeric.stack([layer]))[0]
    law = np.log((1 - low**2) / (1 - high**2)) / (high**2 - low**2)
    assert V @ weights / 2 == pytest.approx(law, rel=1e-10)
