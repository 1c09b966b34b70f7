"""The theory, section 6: sensitivity, the curse of memory with depth."""

import numpy as np
import pytest
from digits import agrees

from lti_depth import numeric
from lti_depth.parametrizations import parametrization

TIMINGS = ["current", "delayed"]


@pytest.mark.parametrize("timing", TIMINGS)
@pytest.mark.parametrize("process", [numeric.white(), numeric.ar1(0.6)])
def test_sensitivity_at_depth_K_is_variance_at_depth_K_plus_1(timing, process):
    poles, gains = [0.9, 0.5, -0.3, 0.9], [2.0, 0.5, 1.0, -1.0]
    stack = numeric.cascade(poles, b=gains, timing=timing)
    found = numeric.sensitivity(stack, process).poles
    for k, pole in enumerate(poles):
        longer = numeric.cascade([*poles, pole], b=[*gains, 1.0], timing=timing)
        assert found[k] == pytest.approx(numeric.autocovariance(longer, 0, process), rel=1e-13)


@pytest.mark.parametrize("timing", TIMINGS)
@pytest.mark.parametrize(("pole", "rho"), [(0.8, 0.6), (0.5, -0.25), (-0.9, 0.3), (0.6, 0.6)])
def test_zucchet_for_one_layer(pole, rho, timing):
    law = ((1 + pole**2) * (1 - (pole * rho) ** 2) + 2 * (1 - pole**2) * pole * rho) / (
        (1 - pole**2) ** 3 * (1 - pole * rho) ** 2)
    (measured,) = numeric.sensitivity(numeric.cascade([pole], timing=timing), numeric.ar1(rho)).poles
    assert measured == pytest.approx(law, rel=1e-14)
    if (pole, rho) == (0.8, 0.6):
        assert agrees(measured, "127.439")


@pytest.mark.parametrize("angle", [0.0, 0.3, 2.0])
def test_polar_coordinates_of_complex_outputs(angle):
    """E|∂_θ y|² = ν² E|∂_ν y|², by ∂_j y = ∂_λ y · ∂λ/∂x_j."""
    nu = 0.9
    (slopes,) = np.abs(parametrization("polar").derivative([[nu, angle]])) ** 2
    by_nu, by_theta = slopes * numeric.sensitivity(numeric.cascade([nu * np.exp(1j * angle)])).poles
    assert by_theta == pytest.approx(nu**2 * by_nu, rel=1e-14)


@pytest.mark.parametrize(("angle", "printed"), [(0.0, "0"), (0.01, "0.027"), (0.1, "1.66"), (0.5, "1.010")])
def test_polar_coordinates_of_real_outputs(angle, printed):
    """∂_j y = 2 Re[∂_λ y · ∂λ/∂x_j], so that E(∂_j y)² = 2 E|∂_λ y|² |∂λ|² + 2 Re[E(∂_λ y)² (∂λ)²]."""
    nu = 0.9
    pole = nu * np.exp(1j * angle)
    stack = numeric.stack([numeric.Layer([pole], [[1.0]], [[1.0]], real=True)])
    size = numeric.sensitivity(stack).poles[0][0]
    t = np.arange(1, 2000)
    half = t * pole ** (t - 1) / 2  # ∂_λ of ½ λ^t
    assert size == pytest.approx(np.sum(np.abs(half) ** 2), rel=1e-13)
    (slopes,) = parametrization("polar").derivative([[nu, angle]])
    by_nu, by_theta = 2 * size * np.abs(slopes) ** 2 + 2 * (np.sum(half**2) * slopes**2).real
    assert agrees(by_theta / (nu**2 * by_nu), printed)


@pytest.mark.parametrize("timing", TIMINGS)
def test_gains_have_rank_one_and_so_have_equal_poles(timing):
    K = 4
    equal, _ = numeric.gauss_newton(numeric.cascade([0.9] * K, b=[1.0, 2.0, 3.0, 4.0], timing=timing))
    for block in (slice(0, K), slice(K, 3 * K)):
        values = np.linalg.eigvalsh(equal[block, block])
        assert values[-2] < 1e-14 * values[-1]


@pytest.mark.parametrize("timing", TIMINGS)
def test_gauss_newton_is_a_cross_covariance(timing):
    """⟨∂_j H, ∂_k H⟩ for poles: the covariance of two cascades, each with its own pole repeated; naive sums."""
    poles = [0.9, 0.6, -0.4]
    t = np.arange(1500)
    slopes = [numeric.impulse_response(numeric.cascade([*poles, pole], timing=timing), t) for pole in poles]
    gram = [[a @ b for b in slopes] for a in slopes]
    matrix, _ = numeric.gauss_newton(numeric.cascade(poles, timing=timing))
    np.testing.assert_allclose(matrix[:3, :3], gram, rtol=1e-12)


@pytest.mark.parametrize(("K", "direct", "lru"), [
    (1, "5100.6", "0.495"), (2, "3901.4", "1.470"), (4, "2366.0", "3.365"),
])  # fmt: skip
def test_fixed_delay(K, direct, lru):
    """tr G/V over the poles at Σλ/(1−λ) = 100, in λ and in log(−log λ)."""
    D = 100
    pole = D / (D + K)
    stack = numeric.cascade([pole] * K)
    ratio = numeric.sensitivity(stack).poles.sum() / numeric.autocovariance(stack, 0)
    assert agrees(ratio, direct)
    exp_exp = parametrization("exp-exp")
    slope = exp_exp.derivative(exp_exp.inverse([pole]))[0]
    assert slope == pytest.approx(pole * np.log(pole), rel=1e-13)
    assert agrees(ratio * slope**2, lru)
