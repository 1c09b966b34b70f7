"""The theory, section 3: variance and autocorrelation across layers."""

from fractions import Fraction
from math import comb, prod

import numpy as np
import pytest
import sympy
from digits import agrees
from scipy import special

from lti_depth import numeric, symbolic


def test_lemma_1_for_ar1_input():
    pole, rho = Fraction(4, 5), Fraction(3, 5)
    assert agrees((1 + rho * pole) / ((1 - rho * pole) * (1 - pole**2)), "7.905983")
    assert agrees(numeric.state_variance(numeric.cascade([0.8]), numeric.ar1(0.6))[0, 0], "7.905983")
    exact = symbolic.state_variance(symbolic.scalar_cascade([sympy.Rational(pole)]), symbolic.ar1(sympy.Rational(rho)))
    assert agrees(Fraction(int(exact[0].p), int(exact[0].q)), "7.905983")


@pytest.mark.parametrize(("K", "printed"), [(1, "5.263158"), (2, "263.887"), (3, "1.97734e4")])
def test_variance_of_equal_layers(K, printed):
    assert agrees(equal_layers(K, Fraction(9, 10)), printed)
    assert agrees(numeric.autocovariance(numeric.cascade([0.9] * K), 0), printed)


@pytest.mark.parametrize("K", [1, 2, 3, 6, 12])
def test_four_forms_of_the_variance(K):
    pole = 0.9
    x = (1 + pole**2) / (1 - pole**2)
    truth = float(equal_layers(K, Fraction(pole)))
    assert special.hyp2f1(K, K, 1, pole**2) == pytest.approx(truth, rel=1e-12)
    assert special.eval_legendre(K - 1, x) * (1 - pole**2) ** -K == pytest.approx(truth, rel=1e-12)
    assert sum((comb(t + K - 1, K - 1) * pole**t) ** 2 for t in range(2000)) == pytest.approx(truth, rel=1e-12)
    for turned in (pole, -pole, pole * np.exp(1j)):
        variance = numeric.autocovariance(numeric.cascade([turned] * K), 0)
        assert variance.real == pytest.approx(truth, rel=1e-10) and variance.imag == pytest.approx(0, abs=1e-10 * truth)


def equal_layers(K, pole):
    """(1−λ²)^{1−2K} Σ_{j<K} C(K−1, j)² λ^{2j}."""
    return (1 - pole**2) ** (1 - 2 * K) * sum(comb(K - 1, j) ** 2 * pole ** (2 * j) for j in range(K))


def test_lemma_1_for_complex_poles_and_hermitian_autocovariances():
    pole, b, R = 0.7 * np.exp(0.8j), 1.5 - 0.5j, np.array([2, 0.6 + 0.3j, -0.2j])
    lemma = abs(b) ** 2 / (1 - abs(pole) ** 2) * (R[0] + 2 * sum(np.conj(pole) ** d * R[d] for d in (1, 2))).real
    assert numeric.state_variance(numeric.cascade([pole], b), numeric.sampled(R))[0, 0] == pytest.approx(lemma)


def test_proposition_1_layer_after_layer():
    """R⁽ᵏ⁺¹⁾(Δ) = |g_k|²/(1−λ_k²) Σ_d λ_k^{|d|} R⁽ᵏ⁾(Δ−d) for real poles, the sum cut where it is below rounding."""
    poles, gains, process = [0.5, -0.4, 0.7], [1.0, 2.0, -0.5], numeric.ar1(0.6)
    stack = numeric.cascade(poles, b=gains)
    reach = np.arange(-400, 401)
    R = 0.6 ** np.abs(reach)
    for k, (pole, gain) in enumerate(zip(poles, gains, strict=True)):
        R = np.convolve(R, gain**2 / (1 - pole**2) * pole ** np.abs(reach), mode="same")
        lags = np.arange(-5, 6)
        np.testing.assert_allclose(numeric.autocovariance(stack, lags, process, layer=k), R[400 + lags], rtol=1e-12)


@pytest.mark.parametrize("lag", [0, 1, 5])
def test_closed_form_for_distinct_poles_is_exact(lag):
    poles = [Fraction(1, 2), Fraction(4, 5), Fraction(-1, 3)]
    K = len(poles)
    R = sum(
        pole ** (lag + K - 1) / prod(pole - other for other in poles if other != pole)
        / prod(1 - pole * other for other in poles)
        for pole in poles
    )  # fmt: skip
    stack = symbolic.scalar_cascade([sympy.Rational(pole) for pole in poles])
    assert symbolic.autocovariance(stack, lag) == symbolic.autocovariance(stack, -lag) == sympy.Rational(R)


def test_general_rational_case():
    """Skips everywhere, so that q = M: the residues, and at lag 0 the further term D·conj(h_0)."""
    poles, d = np.array([0.5, 0.8 * np.exp(0.5j), -0.3]), np.array([0.4, -0.7, 2.0])
    stack = numeric.cascade(poles, d=d)
    # Θ(x) = Π (1 + d_k (1 − λ_k x)), highest power first, and D = Π d_k.
    theta = prod((np.poly1d([-f * p, 1 + f]) for f, p in zip(d, poles, strict=True)), start=np.poly1d([1.0]))
    h_0 = theta(0)
    mirrored = np.poly1d(theta.coeffs.conj())
    M = len(poles)
    for lag in range(4):
        residues = [
            p ** (lag + M - 1) * theta(1 / p) * mirrored(p)
            / np.prod([p - other for other in poles if other != p]) / np.prod(1 - p * poles.conj())
            for p in poles
        ]  # fmt: skip
        R = sum(residues) + (lag == 0) * np.prod(d) * np.conj(h_0)
        assert numeric.autocovariance(stack, lag) == pytest.approx(R, rel=1e-12)


def test_white_noise_through_ar1_layers_is_an_autoregressive_process():
    """AR(1)∘…∘AR(1) = AR(K): R solves the Yule–Walker equations of Π (1 − λ_k L)."""
    poles = [0.5, 0.8, -0.3]
    stack, ar = numeric.cascade(poles), -np.poly(poles)[1:]
    R = numeric.autocovariance(stack, np.arange(-3, 4))
    np.testing.assert_allclose(R[4:], [sum(ar[i] * R[3 + lag - 1 - i] for i in range(3)) for lag in (1, 2, 3)])
    assert R[3] - ar @ R[4:] == pytest.approx(1)  # the innovation
    wire = numeric.cascade([0.0])
    lags = np.arange(10)
    np.testing.assert_allclose(
        numeric.autocovariance(wire, lags, numeric.arma(ar, [], variance=R[3])), numeric.autocovariance(stack, lags)
    )
