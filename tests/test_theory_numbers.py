"""Every number printed in sections 1–5, 7 and 8 of theory.md, to the digits printed there."""

from decimal import Decimal
from math import comb, pi, sqrt

import mpmath
import numpy as np
import pytest

from lti_depth import numeric
from lti_depth.numeric import (
    ar1,
    autocovariance,
    cascade,
    equivalent_layer,
    frequency_response,
    group_delay,
    impulse_response,
    power_spectrum,
    state_variance,
)  # fmt: skip


def prints(value, text):
    """Whether `value` rounds to the printed digits."""
    printed = Decimal(text)
    half_digit = Decimal(10) ** printed.as_tuple().exponent / 2
    return abs(Decimal(float(value)) - printed) <= half_digit * (1 + Decimal("1e-9"))


def variance(poles, process=None):
    return autocovariance(cascade(poles), 0, process)


# --- Section 1: transfer function -----------------------------------------------------------------------------------


def dc_error_of_expanded_polynomial(pole, K):
    """Relative error at z = 1 of Π(1 − λ z⁻¹) through its float64 coefficients."""
    truth = 1 / frequency_response(cascade([pole] * K), 0.0).real
    return abs(np.sum(np.poly([pole] * K)) / truth - 1)


def test_section_1_expanded_polynomials_are_wrong():
    assert dc_error_of_expanded_polynomial(0.99, 8) > 0.5
    assert dc_error_of_expanded_polynomial(0.9, 12) > 1e-4
    assert dc_error_of_expanded_polynomial(0.9, 16) > 0.5


# --- Section 3: variance and autocorrelation ------------------------------------------------------------------------


def test_section_3_ar1_input_through_one_layer():
    assert prints(variance([0.8], ar1(0.6)), "7.905983")
    rho, pole = 0.6, 0.8
    assert prints((1 + rho * pole) / ((1 - rho * pole) * (1 - pole**2)), "7.905983")


@pytest.mark.parametrize(("K", "text"), [(1, "5.263158"), (2, "263.887"), (3, "1.97734e4")])
def test_section_3_equal_layers(K, text):
    """Machine, series, hypergeometric function, finite sum and Legendre polynomial: one number."""
    square = 0.9**2
    x = (1 + square) / (1 - square)
    values = [
        variance([0.9] * K),
        state_variance(cascade([0.9] * K))[-1, 0],
        sum(comb(t + K - 1, K - 1) ** 2 * square**t for t in range(500)),
        mpmath.hyp2f1(K, K, 1, square),
        (1 - square) ** (1 - 2 * K) * sum(comb(K - 1, j) ** 2 * square**j for j in range(K)),
        (1 - square) ** -K * mpmath.legendre(K - 1, x),
    ]
    assert all(prints(value, text) for value in values)


# --- Section 4: growth laws -----------------------------------------------------------------------------------------


def test_section_4_twelve_layers():
    assert prints(variance([0.5] * 12), "1.000646e6")
    assert prints(variance([0.9] * 12), "8.864877e21")


def test_section_4_one_slow_layer():
    assert prints(variance([0.99, 0, 0, 0]), "50.2513")
    assert prints(variance([0.99, 0.6, 0.6, 0.6]), "1.1837e4")


def test_section_4_extremes_at_fixed_delay():
    K, D = 4, 100
    equal, single = [D / (D + K)] * K, [D / (D + 1)] + [0] * (K - 1)
    assert prints(group_delay(cascade(equal), 0.0), "100.0")
    assert prints(group_delay(cascade(single), 0.0), "100.0")
    assert prints(variance(equal), "1.280e9")
    assert prints(variance(single), "50.75")


@pytest.mark.slow
def test_section_4_no_counter_example_to_schur_concavity():
    """3,000 random averagings of two of the λ/(1−λ), which keep the delay: V never falls."""
    rng = np.random.default_rng(2026)
    for _ in range(3000):
        m = rng.exponential(10 ** rng.uniform(-1, 2), size=rng.integers(2, 7))
        share = rng.uniform()
        averaged = m.copy()
        averaged[0], averaged[1] = share * m[0] + (1 - share) * m[1], (1 - share) * m[0] + share * m[1]
        assert variance(averaged / (1 + averaged)) >= variance(m / (1 + m)) * (1 - 1e-12)


def test_section_4_order_turns_round_under_unit_dc_gain():
    D = 100
    previous = np.inf
    for m_1 in (0, 1, 10, 50):
        m = np.array([m_1, D - m_1])
        p = m.prod()
        V = autocovariance(cascade(m / (1 + m), b=1 / (1 + m)), 0)
        assert V == pytest.approx((1 + D + 2 * p) / ((1 + D) * (1 + 2 * D + 4 * p)), rel=1e-12)
        assert V < previous
        previous = V


def test_section_4_each_layer_costs_the_gap_squared():
    """λ → 1 at fixed K: V_K ~ C(2K−2, K−1) (1−λ²)^{1−2K}."""
    gap = 2.0**-30
    for K in range(1, 7):
        law = comb(2 * K - 2, K - 1) * (gap * (2 - gap)) ** (1 - 2 * K)
        assert variance([1 - gap] * K) == pytest.approx(law, rel=K * K * gap)


def test_section_4_many_layers():
    """K → ∞: V_K ~ (1−λ)^{−2K} (1−λ)/√(4πλK); growth a layer → (1−λ)^{−2}. Here with unit-DC layers."""
    pole, K = 0.5, 400
    V = [autocovariance(cascade([pole] * k, b=1 - pole), 0) for k in (K, K + 1)]
    assert V[0] == pytest.approx((1 - pole) / sqrt(4 * pi * pole * K), rel=1 / K)
    assert V[1] / V[0] == pytest.approx(1, rel=1 / K)


# --- Section 5: universality ----------------------------------------------------------------------------------------


def test_section_5_lag_1_correlation_grows():
    for K, text in enumerate(["0.5", "0.8", "0.9091", "0.9469"], start=1):
        R = autocovariance(cascade([0.5] * K), [0, 1])
        assert prints(R[1] / R[0], text)


def test_section_5_lag_2_correlation_need_not_grow():
    correlations = []
    for K in range(3):
        R = autocovariance(cascade([0.0] + [0.5] * K), [0, 2], ar1(-0.9))
        correlations.append(R[1] / R[0])
    assert all(prints(r, text) for r, text in zip(correlations, ["0.81", "0.741", "0.668"], strict=True))


def deviation_from_gaussian(K, pole):
    """sup_Δ |R(Δ)/R(0) − exp(−Δ²/4s)| for K equal unit-DC layers and white input, from the spectrum."""
    s = K * pole / (1 - pole) ** 2
    points = 2 ** int(np.ceil(np.log2(40 * sqrt(s))))  # R is e^{−100} at half of them
    omega = 2 * pi * np.arange(points // 2 + 1) / points
    R = np.fft.irfft(power_spectrum(cascade([pole] * K, b=1 - pole), omega))[: points // 2]
    return np.abs(R / R[0] - np.exp(-(np.arange(points // 2) ** 2) / (4 * s))).max()


def test_section_5_error_of_the_gaussian_law():
    """.39975 (1+(1−λ)²/(6λ))/K. (theory.md prints .39985; the first Edgeworth term gives the right digits.)

    R/R(0) = e^{−x²/2} [1 + κ (x⁴ − 6x²)] + …, κ = (1/8K)(1+(1−λ)²/(6λ)) from the fourth cumulant of |H|²'s
    coefficients; the largest (6y−y²) e^{−y/2}, y = x², is at y = 5−√13.
    """
    y = 5 - sqrt(13)
    constant = (6 * y - y * y) * np.exp(-y / 2) / 8
    assert prints(constant, "0.39975")
    pole = 0.9
    coarse, fine = (
        K * deviation_from_gaussian(K, pole) / (1 + (1 - pole) ** 2 / (6 * pole)) for K in (256, 1024)
    )
    assert (4 * fine - coarse) / 3 == pytest.approx(constant, abs=5e-6)  # without the O(1/K) part


def test_section_5_class_of_long_memory():
    """S_u = |2 sin(ω/2)|^{−1/2}, λ = .5, K = 64: the exact correlations, the law of their class, and the Gaussian.

    (theory.md prints the first as .9650, .8327, .5555: what a uniform grid over the singularity at ω = 0 gives.)
    """
    pole, K, alpha = 0.5, 64, 0.5
    s = K * pole / (1 - pole) ** 2
    assert s == 128
    lags = np.array([6, 14, 28])
    x, weights = np.polynomial.legendre.leggauss(400)
    root = (x + 1) / 2 * pi**0.25  # ω = root⁴ takes the singularity away
    omega = root**4
    S = power_spectrum(cascade([pole] * K, b=1 - pole), omega) * np.abs(2 * np.sin(omega / 2)) ** -alpha
    R = (np.cos(np.outer([0, *lags], omega)) * S * 4 * root**3) @ weights
    for value, text in zip(R[1:] / R[0], ["0.9651", "0.8333", "0.5570"], strict=True):
        assert prints(value, text)
    for lag, text in zip(lags, ["0.9659", "0.8359", "0.5598"], strict=True):
        assert prints(mpmath.hyp1f1((1 - alpha) / 2, 0.5, -(lag**2) / (4 * s)), text)
    for lag, text in zip(lags, ["0.932", "0.682", "0.216"], strict=True):
        assert prints(np.exp(-(lag**2) / (4 * s)), text)


# --- Section 7: group delay -----------------------------------------------------------------------------------------


def test_section_7_skip():
    assert prints(group_delay(cascade([0.9], b=0.1, d=0.7), 0.0), "5.294118")
    assert prints(group_delay(cascade([0.9], b=0.1, d=0.7, timing="delayed"), 0.0), "5.882353")


def test_section_7_mean_and_energy_weighted_delay():
    four = cascade([0.9] * 4)
    assert prints(group_delay(four, 0.0), "36.0")
    t = np.arange(2000)
    h = impulse_response(four, t)
    assert prints(t @ h / h.sum(), "36.0")
    assert prints(t @ h**2 / (h @ h), "31.24735")
    omega = 2 * pi * np.arange(4096) / 4096
    energy = power_spectrum(four, omega)
    assert prints(group_delay(four, omega) @ energy / energy.sum(), "31.24735")


def test_section_7_spread_of_the_lag():
    """Equal λ: mean lag Kλ/(1−λ), spread √(Kλ)/(1−λ)."""
    K, pole, t = 4, 0.9, np.arange(2000)
    h = impulse_response(cascade([pole] * K), t)
    mean, square = (t @ h) / h.sum(), (t**2 @ h) / h.sum()
    assert mean == pytest.approx(K * pole / (1 - pole))
    assert sqrt(square - mean**2) == pytest.approx(sqrt(K * pole) / (1 - pole))


def test_section_7_all_pass_layers():
    """|H| = 1, and the delay averages to 1 a layer."""
    pole = 0.6 + 0.3j
    delayed = cascade([pole], b=1 - abs(pole) ** 2, d=-pole.conjugate(), timing="delayed")
    current = cascade([pole], b=(1 - abs(pole) ** 2) / pole, d=-1 / pole)
    omega = 2 * pi * np.arange(256) / 256
    for layer in (delayed, current):
        assert np.abs(frequency_response(layer, omega)) == pytest.approx(1, rel=1e-12)
        tau = group_delay(layer, omega)
        assert tau == pytest.approx((1 - abs(pole) ** 2) / np.abs(1 - pole * np.exp(-1j * omega)) ** 2, rel=1e-12)
        assert tau.mean() == pytest.approx(1, rel=1e-12)


# --- Section 8: deep ⇄ wide -----------------------------------------------------------------------------------------


def residues(poles):
    """r_k of h_t = Σ_k r_k λ_k^t, current timing, unit gains."""
    return [pole ** (len(poles) - 1) / np.prod(pole - np.delete(poles, k)) for k, pole in enumerate(poles)]


def eigenvectors(poles):
    """P, unit lower triangular, A P = P Λ: P_ij = Π_{l=j+1}^{i} λ_j/(λ_j − λ_l)."""
    K = len(poles)
    P = np.zeros((K, K))
    for j in range(K):
        P[j:, j] = np.cumprod([1.0, *(poles[j] / (poles[j] - poles[j + 1 :]))])
    return P


@pytest.mark.parametrize(
    ("poles", "largest", "normalized", "triangular"),
    [
        ([0.9, 0.8], "9.0", "18.06", "82.99"),
        ([0.94, 0.95, 0.96, 0.97], "442368", "1.278e6", "2.04e10"),
    ],
)
def test_section_8_size_of_the_wide_form(poles, largest, normalized, triangular):
    poles = np.array(poles)
    A, B, C, D = equivalent_layer(cascade(poles))
    P = eigenvectors(poles)
    assert A @ P == pytest.approx(P * poles, rel=1e-9)
    modal = C[0] @ P * np.linalg.solve(P, B[:, 0])
    assert D[0, 0] == 0
    assert modal == pytest.approx(residues(poles), rel=1e-6)
    assert prints(max(np.abs(residues(poles))), largest)
    assert prints(np.linalg.cond(P / np.linalg.norm(P, axis=0)), normalized)
    assert prints(np.linalg.cond(P), triangular)


def test_section_8_twelve_poles():
    """The residues in float64 add up to h_0 = −42, not 1; run as a cascade, h_0 = 1."""
    poles = np.linspace(0.85, 0.95, 12)
    r = residues(poles)
    assert prints(max(np.abs(r)), "1.1e17")
    assert prints(sum(r), "-42")
    assert impulse_response(cascade(poles), 0) == 1


def test_section_8_modal_variances_cancel():
    """Σ_jk r_j r_k/(1−λ_jλ_k) is the output variance; its terms exceed it by orders of magnitude."""
    poles = np.array([0.94, 0.95, 0.96, 0.97])
    r = np.array(residues(poles))
    terms = np.outer(r, r) / (1 - np.outer(poles, poles))
    assert terms.sum() == pytest.approx(variance(poles), rel=1e-3)
    assert terms.max() > 1e3 * variance(poles)


def test_section_8_gain_needs_depth():
    """|b|, |c| ≤ M: G = Π|b c| needs K ≥ log G/(2 log M); reached with equality by b = c = M."""
    M, K = 2.0, 5
    stack = cascade([0.0] * K, b=M, c=M)
    gain = frequency_response(stack, 0.0).real
    assert np.ceil(np.log(gain) / (2 * np.log(M))) == K
    assert numeric.impulse_response(stack, 0) == gain
