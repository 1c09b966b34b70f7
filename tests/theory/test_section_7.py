"""The theory, section 7: group delay."""

from math import pi, sqrt

import numpy as np
import pytest
from digits import agrees
from scipy import integrate

from lti_depth import numeric

OMEGA = np.array([0.0, 0.1, 1.0, 2.5, pi])
TIMINGS = ["current", "delayed"]


@pytest.mark.parametrize(("timing", "printed"), [("current", "5.294118"), ("delayed", "5.882353")])
def test_skip(timing, printed):
    assert agrees(numeric.group_delay(numeric.cascade([0.9], b=0.1, d=0.7, timing=timing), 0), printed)
    pole, d, g = 0.9, 0.7, 0.1
    slope = g * (pole if timing == "current" else 1) / (1 - pole) ** 2
    assert agrees(slope / (d + g / (1 - pole)), printed)


def test_impulse_shows_the_delay_at_dc_and_white_noise_the_energy_weighted_one():
    stack = numeric.cascade([0.9] * 4)
    t = np.arange(2000)
    h = numeric.impulse_response(stack, t)
    assert numeric.group_delay(stack, 0) == pytest.approx(36, rel=1e-14)
    assert t @ h / h.sum() == pytest.approx(36, rel=1e-12)
    assert agrees(t @ h**2 / (h @ h), "31.24735")
    # The trapezoid rule on a period converges geometrically.
    omega = 2 * pi / 4096 * np.arange(4096)
    S = numeric.power_spectrum(stack, omega)
    assert agrees(numeric.group_delay(stack, omega) @ S / S.sum(), "31.24735")


@pytest.mark.parametrize("timing", TIMINGS)
def test_cascade_formula(timing):
    poles = np.array([0.9, -0.4, 0.6 * np.exp(1j)])
    stack = numeric.cascade(poles, b=[2, 1j, -3], c=[1, 5, 0.1], timing=timing)
    turned = poles * np.exp(-1j * OMEGA)[:, None]
    law = np.real(turned / (1 - turned)).sum(axis=1) + 3 * (timing == "delayed")
    np.testing.assert_allclose(numeric.group_delay(stack, OMEGA), law, rtol=1e-12)


@pytest.mark.parametrize("pole", [0.5, 0.9])
@pytest.mark.parametrize("K", [1, 4, 16])
@pytest.mark.parametrize("timing", TIMINGS)
def test_mean_lag_and_relative_width(pole, K, timing):
    """Kλ/(1−λ) and √(Kλ)/(1−λ), K samples later in delayed timing: relative widths 1/√(Kλ) and √(λ/K)."""
    t = np.arange(4000)
    h = numeric.impulse_response(numeric.cascade([pole] * K, b=1 - pole, timing=timing), t)
    mean = t @ h
    width = sqrt((t - mean) ** 2 @ h)
    assert mean == pytest.approx(K * pole / (1 - pole) + K * (timing == "delayed"), rel=1e-11)
    assert width == pytest.approx(sqrt(K * pole) / (1 - pole), rel=1e-11)
    assert width / mean == pytest.approx(1 / sqrt(K * pole) if timing == "current" else sqrt(pole / K), rel=1e-11)


def wide(poles, b, c, d, timing):
    return numeric.stack([numeric.Layer(poles, b[:, None], c[None, :], [[d]])], timing=timing)


def resolvents(poles, omega, timing):
    """A_n and B_n, of which Ḣw = Σ r_n A_n and H = D + Σ r_n B_n."""
    w = np.exp(-1j * omega)
    top = poles * w if timing == "current" else w
    return top / (1 - poles * w) ** 2, (1 if timing == "current" else w) / (1 - poles * w)


@pytest.mark.parametrize("omega", [0.0, 0.7])
@pytest.mark.parametrize("timing", TIMINGS)
def test_residues_and_sensitivities_of_one_layer(timing, omega):
    """τ = Re Σ r A / H, δτ = Re Σ δr (A/H − G B/H²) and ∂τ/∂D = −Re[δD·G/H²], G = Ḣw, against central differences."""
    poles = np.array([0.9, 0.5 + 0.3j, -0.6])
    b, c, d = np.array([1, 0.5j, 2]), np.array([0.3, 1 - 1j, 0.7]), 0.4
    A, B = resolvents(poles, omega, timing)
    G, H = c * b @ A, d + c * b @ B
    assert numeric.group_delay(wide(poles, b, c, d, timing), omega) == pytest.approx((G / H).real, rel=1e-13)
    rng = np.random.default_rng(7)
    db, dc, dd = rng.normal(size=3) + 1j * rng.normal(size=3), rng.normal(size=3), 0.8
    predicted = ((c * db + b * dc) @ (A / H - G * B / H**2) - dd * G / H**2).real
    step = 1e-5
    ahead, behind = (
        numeric.group_delay(wide(poles, b + e * db, c + e * dc, d + e * dd, timing), omega) for e in (step, -step)
    )
    assert (ahead - behind) / (2 * step) == pytest.approx(predicted, rel=1e-6)


@pytest.mark.parametrize("timing", TIMINGS)
def test_b_c_and_d_act_through_the_zeros(timing):
    """τ = m + Σ τ_λ − Σ τ_ζ."""
    poles, b, c = np.array([0.9, 0.5, -0.6]), np.array([1, -0.5, 2.0]), np.array([0.3, 1, 0.7])
    for d, m in ((0.4, 0), (0.0, int(timing == "delayed"))):
        stack = wide(poles, b, c, d, timing)
        (zeros,) = numeric.zeros(stack)

        def delay(points):
            turned = points * np.exp(-1j * OMEGA)[:, None]
            return np.real(turned / (1 - turned)).sum(axis=1)

        assert len(zeros) == 3 - m
        np.testing.assert_allclose(numeric.group_delay(stack, OMEGA), m + delay(poles) - delay(zeros), rtol=1e-10)


@pytest.mark.parametrize("pole", [0.9, -0.5, 0.8 * np.exp(1j)])
@pytest.mark.parametrize("timing", TIMINGS)
def test_all_pass_layers(pole, timing):
    """|H| = 1, τ = (1−|λ|²)/|1−λe^{−iω}|², whose mean over the band is 1 a layer."""
    if timing == "delayed":
        d, gain = -np.conj(pole), 1 - abs(pole) ** 2
    else:
        d, gain = -1 / pole, (1 - abs(pole) ** 2) / pole
    K = 3
    stack = numeric.cascade([pole] * K, b=gain, d=d, timing=timing)
    omega = np.linspace(-pi, pi, 101)
    w = np.exp(-1j * omega)
    np.testing.assert_allclose(np.abs(numeric.frequency_response(stack, omega)), 1, rtol=1e-12)
    law = (1 - abs(pole) ** 2) / np.abs(1 - pole * w) ** 2
    np.testing.assert_allclose(numeric.group_delay(stack, omega), K * law, rtol=1e-10)
    area, _ = integrate.quad(lambda angle: numeric.group_delay(stack, angle), -pi, pi, points=[np.angle(pole)])
    assert area / (2 * pi) == pytest.approx(K, rel=1e-9)
