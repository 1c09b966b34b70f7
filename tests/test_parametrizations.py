"""Parametrizations: map, inverse and derivative against 50-digit arithmetic, and what they refuse."""

import mpmath
import numpy as np
import pytest

from lti_depth.parametrizations import (
    PARAMETRIZATIONS,
    parametrization,
    section_coefficients,
    section_derivative,
    section_poles,
    softplus,
    zoh,
)

mp = mpmath.mp.clone()
mp.dps = 50
# The definitions, at a point x of high precision.
REAL = {
    "direct": lambda x: x,
    "tanh": mp.tanh,
    "exp-exp": lambda x: mp.exp(-mp.exp(x)),
    "softplus": lambda x: 1 / (1 + mp.exp(x)),
    "stable": lambda x: 1 - 1 / (x**2 + mp.mpf(1) / 2),
}
COMPLEX = {
    "direct": mp.mpc,
    "polar": lambda nu, theta: nu * mp.expj(theta),
    "exp-exp": lambda nu, theta: mp.exp(-mp.exp(nu)) * mp.expj(mp.exp(theta)),
    "zoh": lambda a, b: mp.exp(mp.mpc(-mp.exp(a), b)),
}
POINTS = np.array([0.25, 1.5, 0.03125, 2.75])
PLANE = np.array([[0.5, 1.25], [0.75, 0.125], [0.125, -2.0], [-1.5, 1.5]])


def test_every_parametrization_is_tried():
    assert {name for name, p in PARAMETRIZATIONS.items() if p.real} == set(REAL)
    assert {name for name, p in PARAMETRIZATIONS.items() if p.complex} == set(COMPLEX)


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("sign", [1, -1])
def test_real_poles(name, sign):
    p, x = parametrization(name), sign * POINTS
    poles, slopes = p.map(x), p.derivative(x)
    assert poles.dtype == slopes.dtype == np.float64 and poles.shape == slopes.shape == x.shape
    np.testing.assert_allclose(poles, [float(REAL[name](mp.mpf(v))) for v in x], rtol=1e-14)
    np.testing.assert_allclose(slopes, [float(mp.diff(REAL[name], mp.mpf(v))) for v in x], rtol=1e-13)
    back = p.inverse(poles)
    np.testing.assert_allclose(back, np.abs(x) if name == "stable" else x, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_poles(name):
    p, x = parametrization(name), PLANE
    poles, slopes = p.map(x), p.derivative(x)
    assert poles.dtype == slopes.dtype == np.complex128 and poles.shape == (4,) and slopes.shape == (4, 2)
    exact = [[mp.mpf(v) for v in point] for point in x]
    np.testing.assert_allclose(poles, [complex(COMPLEX[name](*point)) for point in exact], rtol=1e-14)
    for j, order in enumerate(((1, 0), (0, 1))):
        truth = [complex(mp.diff(COMPLEX[name], tuple(point), order)) for point in exact]
        np.testing.assert_allclose(slopes[:, j], truth, rtol=1e-13)
    np.testing.assert_allclose(p.map(p.inverse(poles)), poles, rtol=1e-13)


@pytest.mark.parametrize("gap", [1e-2, 1e-6, 1e-12, 2.0**-53])
@pytest.mark.parametrize("name", REAL)
def test_near_the_circle(name, gap):
    """λ comes back to the rounding of 1 that its coordinate allows."""
    poles = np.array([1 - gap])
    p = parametrization(name)
    assert p.map(p.inverse(poles))[0] == pytest.approx(poles[0], abs=4e-16)
    inner = COMPLEX.keys() & {name}
    for angle in (0.5, 3.0) if inner else ():
        pole = poles * np.exp(1j * angle)
        assert abs(p.map(p.inverse(pole)) - pole)[0] < 1e-15


@pytest.mark.parametrize("make", [softplus, zoh])
@pytest.mark.parametrize("step", [1e-3, 0.5])
def test_steps(make, step):
    """A pole held for Δ is the pole of step 1 to the power Δ."""
    p, unit = make(step), make()
    x = PLANE * 0.5 if unit.complex else POINTS
    np.testing.assert_allclose(p.map(x), np.exp(step * np.log(unit.map(x))), rtol=1e-14)
    np.testing.assert_allclose(p.inverse(p.map(x)), x, rtol=1e-11)
    np.testing.assert_allclose(p.derivative(x), (step * p.map(x) / unit.map(x) * unit.derivative(x).T).T, rtol=1e-13)


def test_the_lru_and_stable_ssm():
    """|λ| = exp(−exp ν), arg λ = exp θ; StableSSM starts on the circle."""
    pole = parametrization("exp-exp").map([[np.log(0.1), np.log(0.3)]])[0]
    assert abs(pole) == pytest.approx(np.exp(-0.1)) and np.angle(pole) == pytest.approx(0.3)
    assert parametrization("stable").map([0.0])[0] == -1
    assert parametrization("stable").derivative([0.0])[0] == 0


def test_pullback_of_a_gradient():
    """dL = Σ_j Re[conj(g) ∂λ/∂x_j] dx_j for L = |λ − a|²/2, g = λ − a."""
    p, a, step = parametrization("exp-exp"), 0.3 + 0.4j, 1e-6
    x = np.array([[-1.0, 0.25]])

    def loss(x):
        return abs(p.map(x)[0] - a) ** 2 / 2

    gradient = (np.conj(p.map(x)[0] - a) * p.derivative(x)[0]).real
    for j in range(2):
        move = np.zeros((1, 2))
        move[0, j] = step
        assert gradient[j] == pytest.approx((loss(x + move) - loss(x - move)) / (2 * step), rel=1e-8)


OUTSIDE = {
    "tanh": [1.0, -1.0, 1.5], "exp-exp": [0.0, 1.0, -0.5, 0j, 1j, 1.5j, 0.5 + 0j], "softplus": [0.0, 1.0, -0.5],
    "zoh": [0j, 1j, 1.5 + 0j], "stable": [1.0, -1.5],
}  # fmt: skip


@pytest.mark.parametrize(("name", "pole"), [(name, pole) for name, poles in OUTSIDE.items() for pole in poles])
def test_poles_out_of_range(name, pole):
    with pytest.raises(ValueError, match=f"^poles: expected .* for '{name}', got .* at 0"):
        parametrization(name).inverse(np.array([pole]))


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("x", [800.0, -800.0, 1e200, -1e200])
def test_far_out(name, x):
    """The limit of the pole and a slope of 0, without a warning; "direct" goes along."""
    p = parametrization(name)
    if name != "direct":
        assert abs(p.map([x])[0]) <= 1 and abs(p.derivative([x])[0]) < 1e-7


def test_misuse():
    with pytest.raises(ValueError, match="did you mean 'polar'"):
        parametrization("polr")
    for name in (None, 3, "log", ["polar"]):
        with pytest.raises(ValueError, match="name: expected one of 'direct'"):
            parametrization(name)
    with pytest.raises(ValueError, match="no coordinates for complex poles"):
        parametrization("tanh").map(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="no coordinates for real poles"):
        parametrization("polar").inverse([0.5])
    for x in (0.5, np.zeros((2, 3)), np.zeros(2) * 1j, np.zeros((1, 1, 2))):
        with pytest.raises(ValueError, match=r"^x: expected real coordinates"):
            parametrization("direct").map(x)
    for step in (0, -1.0):
        with pytest.raises(ValueError, match="step: expected a positive number"):
            zoh(step)
    assert parametrization(zoh(0.1)).map(np.zeros((1, 2)))[0] == pytest.approx(np.exp(-0.1))


# --- Second-order sections --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [[0.9, -0.5], [0.5, 0.5], [0.9, 0.0], [0.6 + 0.3j, 0.6 - 0.3j], [0.7j, -0.7j]])
def test_sections_there_and_back(pair):
    (coefficients,) = section_coefficients(pair)
    np.testing.assert_allclose([1, *coefficients], np.poly(pair), atol=1e-16)
    np.testing.assert_allclose(np.sort_complex(section_poles([coefficients])), np.sort_complex(pair), atol=1e-15)


def test_sections_of_both_kinds():
    poles = np.array([0.9, -0.5, 0.6 + 0.3j, 0.6 - 0.3j])
    found = section_poles(section_coefficients(poles))
    assert found.dtype == np.complex128
    np.testing.assert_allclose(found, poles, atol=1e-15)
    assert section_poles(section_coefficients([0.9, 0.5])).dtype == np.float64


def test_small_poles_of_a_section_keep_their_digits():
    found = section_poles(section_coefficients([0.9, 1e-17]))
    np.testing.assert_allclose(found, [0.9, 1e-17], rtol=1e-15)


def test_derivative_of_sections():
    coefficients, step = np.array([[-1.4, 0.45], [-1.2, 0.45], [0.3, -0.1]]), 1e-6
    slopes = section_derivative(coefficients)
    assert slopes.shape == (3, 2, 2)
    for j in range(2):
        move = np.zeros((3, 2))
        move[:, j] = step
        numeric = (section_poles(coefficients + move) - section_poles(coefficients - move)) / (2 * step)
        np.testing.assert_allclose(slopes[..., j].ravel(), numeric, rtol=1e-7)
    assert np.isinf(section_derivative([[-1.0, 0.25]])).all()  # a double pole


def test_sections_that_cannot_be():
    for poles in ([0.5], [0.5, 0.5j], [0.5j, 0.5j], [0.5 + 0.1j, 0.5]):
        with pytest.raises(ValueError, match="poles: expected"):
            section_coefficients(poles)
    for coefficients in ([0.5, 0.5], [[0.5]], [[1j, 0.5]]):
        with pytest.raises(ValueError, match="coefficients: expected"):
            section_poles(coefficients)
