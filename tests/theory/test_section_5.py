"""The theory, section 5: what depth does to the input's memory."""

from fractions import Fraction
from math import exp, pi, sqrt

import numpy as np
import pytest
import sympy
from digits import agrees
from scipy import integrate, special

from lti_depth import numeric, symbolic

LAGS = np.array([6, 14, 28])


def correlation(stack, lags, process=None):
    return numeric.autocovariance(stack, lags, process) / numeric.autocovariance(stack, 0, process)


def unit_dc(poles):
    """Far from overflow at any depth."""
    poles = np.asarray(poles, dtype=float)
    return numeric.cascade(poles, b=1 - poles)


def spread(poles):
    """s = Σ λ/(1−λ)²."""
    poles = np.asarray(poles)
    return np.sum(poles / (1 - poles) ** 2)


def gaussian_error(poles, process=None):
    """sup |R(Δ)/R(0) − exp(−Δ²/(4s))|, between the lags by a parabola through the three largest."""
    s = spread(poles)
    lags = np.arange(int(5 * sqrt(2 * s)))
    error = np.abs(correlation(unit_dc(poles), lags, process) - np.exp(-(lags**2) / (4 * s)))
    peak = error.argmax()
    left, top, right = error[peak - 1 : peak + 2]
    return top + (left - right) ** 2 / (8 * (2 * top - left - right))


# --- The Gaussian law ------------------------------------------------------------------------------------------------


def rate():
    r"""sup K·error/(1 + (1−λ)²/(6λ)) as K → ∞, for white input.

    With a = λ/(1−λ)², s = Ka: log S = −sω² + (s²/2K)(1 + 1/(6a)) ω⁴ + …, and ω⁴ becomes He₄(x)/(4s²) under the
    Gaussian, x = Δ/√(2s). After division by R(0) the error is (1 + 1/(6a))/(8K) · (x⁴ − 6x²) e^{−x²/2}, and y = x²
    makes it extreme where y² − 10y + 12 = 0.
    """
    y = 5 - sqrt(13)
    return (6 * y - y**2) * exp(-y / 2) / 8


def test_constant_of_the_rate():
    """.39975, where the specification prints .39985."""
    y = np.linspace(0, 40, 400_001)
    assert np.max(np.abs(y**2 - 6 * y) * np.exp(-y / 2)) / 8 == pytest.approx(rate(), abs=1e-9)
    assert agrees(rate(), ".39975")


@pytest.mark.parametrize("pole", [0.5, 0.8, 0.95])
def test_rate_of_the_gaussian_law(pole):
    """Scaled errors at K, 4K, 16K, and what is left of them after one step of Richardson in 1/K."""
    scale = 1 + (1 - pole) ** 2 / (6 * pole)
    scaled = np.array([K * gaussian_error([pole] * K) / scale for K in (16, 64, 256)])
    assert np.all(np.diff(np.abs(scaled - rate())) < 0)
    extrapolated = (4 * scaled[1:] - scaled[:-1]) / 3
    assert np.abs(extrapolated - rate()).max() < 2e-4
    assert abs(extrapolated[-1] - rate()) < 1e-5 < abs(extrapolated[-1] - 0.39985)


@pytest.mark.parametrize("process", [numeric.white(), numeric.ar1(0.6), numeric.arma([], [0.5])])
def test_unequal_layers_have_the_gaussian_limit(process):
    errors = [gaussian_error([0.3, 0.6, 0.8] * n, process) for n in (6, 24, 96)]
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.15)


@pytest.mark.parametrize("pole", [0.5, 0.9])
def test_correlation_length_grows_as_the_root_of_depth_and_delay_as_depth(pole):
    """Half-correlation lag √(4 s ln 2)."""
    half = []
    for K in (16, 64, 256):
        lags = np.arange(int(3 * sqrt(spread([pole] * K))))
        half.append(np.interp(-0.5, -correlation(unit_dc([pole] * K), lags), lags))
    excess = np.diff(np.log2(half)) - 1
    assert 0.05 > excess[0] > 3 * excess[1] > 0
    assert half[-1] == pytest.approx(sqrt(4 * spread([pole] * 256) * np.log(2)), rel=0.01)
    delays = [numeric.group_delay(unit_dc([pole] * K), 0) for K in (16, 64, 256)]
    np.testing.assert_allclose(np.diff(np.log2(delays)), 2, rtol=1e-12)


# --- The classes: S_u ~ |ω|^{−α} ------------------------------------------------------------------------------------


def class_law(alpha, lags, s):
    """₁F₁((1−α)/2; ½; −Δ²/(4s))."""
    return special.hyp1f1((1 - alpha) / 2, 0.5, -(lags**2) / (4 * s))


def test_printed_laws_at_64_layers():
    s = spread([0.5] * 64)
    assert s == 128
    law, gaussian = class_law(0.5, LAGS, s), np.exp(-(LAGS**2) / (4 * s))
    assert all(map(agrees, law, (".9659", ".8359", ".5598")))
    assert all(map(agrees, gaussian, (".932", ".682", ".216")))
    np.testing.assert_allclose(class_law(0, LAGS, s), gaussian, rtol=1e-13)


def long_memory_by_quadrature(stack, lags):
    """S_u = |2 sin(ω/2)|^{−½}; ω = v² takes the singularity away."""

    def moment(lag):
        def integrand(v):
            return 2 * v * abs(2 * np.sin(v**2 / 2)) ** -0.5 * numeric.power_spectrum(stack, v**2) * np.cos(v**2 * lag)

        return integrate.quad(integrand, 1e-12, sqrt(pi), epsabs=0, epsrel=1e-10, limit=200)[0]

    return np.array([moment(lag) for lag in lags]) / moment(0)


def long_memory_by_convolution(stack, lags):
    """R_y(Δ) = Σ_m ρ_h(m) R_u(Δ−m), with R_u(k)/R_u(k−1) = (k−¾)/(k−¼), fractional noise of order ¼."""
    reach = 2000
    k = np.arange(1, reach + max(lags) + 1)
    R_u = np.concatenate([[1.0], np.cumprod((k - 0.75) / (k - 0.25))])
    m = np.arange(-reach, reach + 1)
    rho = numeric.autocovariance(stack, m)
    R = np.array([rho @ R_u[np.abs(lag - m)] for lag in (0, *lags)])
    return R[1:] / R[0]


@pytest.mark.parametrize("road", [long_memory_by_quadrature, long_memory_by_convolution])
def test_long_memory_at_64_layers(road):
    """.9651, .8333, .5570, where the specification prints .9650, .8327, .5555."""
    found = road(unit_dc([0.5] * 64), LAGS)
    assert all(map(agrees, found, (".9651", ".8333", ".5570")))


def test_what_theory_prints_for_long_memory_leaves_the_singular_bin_out():
    """A discrete Fourier sum over 4·10⁶ frequencies without ω = 0, whose error falls as N^{−½} only."""
    N = 4_000_000
    omega = 2 * pi / N * np.arange(1, N // 2 + 1)
    S = numeric.power_spectrum(unit_dc([0.5] * 64), omega) * (2 * np.sin(omega / 2)) ** -0.5
    found = [S @ np.cos(lag * omega) / S.sum() for lag in LAGS]
    assert all(map(agrees, found, (".9650", ".8327", ".5555")))


def test_long_memory_survives_any_depth():
    errors = []
    for K in (16, 64, 256):
        lags = np.rint(np.linspace(0.25, 3, 12) * sqrt(4 * spread([0.5] * K))).astype(int)
        found = long_memory_by_convolution(unit_dc([0.5] * K), lags)
        errors.append(np.abs(found - class_law(0.5, lags, spread([0.5] * K))).max())
    assert errors[-1] < 1e-3
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.1)


@pytest.mark.parametrize("times", [1, 2])
def test_differenced_inputs_stay_differenced(times):
    """White noise differenced n times: α = −2n."""
    difference = numeric.arma([], np.poly([1.0] * times)[1:])
    errors = []
    for K in (16, 64, 256):
        lags = np.arange(int(4 * sqrt(2 * spread([0.5] * K))))
        law = class_law(-2 * times, lags, spread([0.5] * K))
        errors.append(np.abs(correlation(unit_dc([0.5] * K), lags, difference) - law).max())
    assert errors[-1] < 0.01 * times
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4, rtol=0.15)


# --- Correlation at one and two lags ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("K", "printed"), [(1, ".5"), (2, ".8"), (3, ".9091"), (4, ".9469")])
def test_lag_one_correlation(K, printed):
    assert agrees(correlation(numeric.cascade([0.5] * K), 1), printed)
    stack = symbolic.scalar_cascade([sympy.Rational(1, 2)] * K)
    exact = symbolic.autocovariance(stack, 1) / symbolic.autocovariance(stack, 0)
    assert agrees(Fraction(int(exact.p), int(exact.q)), printed)


def test_lag_two_correlation_may_fall():
    process, stack = numeric.ar1(-0.9), numeric.cascade([0.5, 0.5])
    assert agrees(correlation(numeric.cascade([0.0]), 2, process), ".81")
    assert agrees(correlation(stack[:1], 2, process), ".741")
    assert agrees(correlation(stack, 2, process), ".668")


def test_lag_one_correlation_never_falls_with_depth():
    rng = np.random.default_rng(2)
    for _ in range(100):
        process = numeric.ar1(rng.uniform(-1, 1)) + numeric.arma([], rng.normal(size=3), variance=rng.exponential())
        stack = numeric.cascade(np.append(0.0, rng.uniform(0, 1, 5)))
        found = [correlation(stack[:K], 1, process) for K in range(1, 7)]
        assert np.all(np.diff(found) > -1e-13)


@pytest.mark.parametrize(
    "stack", [numeric.cascade([0.0, -0.5]), numeric.cascade([0.0, 0.5], d=[0, -1.5]), numeric.cascade([0.0, 0.5j])]
)
def test_lag_one_correlation_may_fall_outside_the_hypotheses(stack):
    """A negative pole, a skip, a complex pole; AR(1) input."""
    process = numeric.ar1(0.6)
    before, after = (correlation(part, 1, process) for part in (stack[:1], stack))
    assert np.real(after) < np.real(before)
