"""The closed forms behind the experiments saddle, complex-poles and correlated-inputs, against sums and quadratures."""

import mpmath
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import gammaincc

from lti_depth import numeric
from lti_depth.experiments import correlated_inputs, saddle_flows, saddle_natural
from lti_depth.experiments import saddle_laws as laws


def impulse(poles, length=4000):
    h = np.zeros(length, dtype=np.result_type(np.asarray(poles), float))
    h[0] = 1
    for pole in poles:
        for t in range(1, length):
            h[t] += pole * h[t - 1]
    return h


def test_printed_numbers():
    """λ* = .99: λ, L and κ of the tied optimum for K = 2, 4, and the price of a tenfold asymmetry."""
    two, four = (laws.tied(laws.one_layer(0.99), K) for K in (2, 4))
    assert [round(x, 5) for x in (two.pole, two.loss, four.pole, four.loss)] == [0.97031, 3.71714, 0.93215, 8.86892]
    assert [round(x, 2) for x in (two.kappa, four.kappa)] == [3126.14, 496.67]
    assert f"{np.log(10) / two.kappa:.4e}" == "7.3656e-04"
    variance_limit = 2 * 0.01 * laws.one_layer(0.99).variance  # the theory prints κ with ‖H_T‖² = 1/(2a)
    assert [round(laws.kappa_limit(0.99, K) / variance_limit) for K in (2, 4)] == [2930, 421]


@pytest.mark.parametrize(("teacher", "poles"), [(laws.one_layer(0.9), [0.9]), (laws.pair(0.8, 0.6), None)])
def test_inner_products(teacher, poles):
    poles = list(teacher.poles) if poles is None else poles
    K, pole = 3, 0.7
    target, h = impulse(poles).real, impulse([pole] * K)
    bent = impulse([pole] * (K + 2))  # Hw² is z⁻² times it
    assert teacher.variance == pytest.approx(target @ target, rel=1e-12)
    assert teacher.overlap(pole, K) == pytest.approx(h @ target, rel=1e-12)
    assert laws.energy(pole, K) == pytest.approx(h @ h, rel=1e-12)
    assert laws.curvature(pole, K) == pytest.approx(h[2:] @ bent[:-2], rel=1e-12)
    parting = -(1.3 * h - target)[2:] @ (1.3 * bent[:-2])
    assert laws.parting(teacher, pole, 1.3, K) == pytest.approx(parting, rel=1e-11)


def test_slope_and_curvature_along_equal_poles():
    """Against mpmath's derivatives of the loss at the best gain."""
    K, star = 3, mpmath.mpf("0.9")
    best = laws.tied(laws.one_layer(0.9), K)

    def loss(pole):
        return (1 / (1 - star**2) - (1 - pole * star) ** (-2 * K) / mpmath.hyp2f1(K, K, 1, pole**2)) / 2

    with mpmath.workdps(30):
        assert abs(mpmath.diff(loss, best.pole)) < 1e-12
        assert laws.tied_curvature(laws.one_layer(0.9), K) == pytest.approx(
            float(mpmath.diff(loss, best.pole, 2)) / K, rel=1e-10)
        slope = mpmath.diff(lambda pole: mpmath.log(mpmath.hyp2f1(K, K, 1, pole**2)), mpmath.mpf(0.7))
    assert laws.energy_slope(0.7, K) == pytest.approx(float(slope), rel=1e-12)


@pytest.mark.parametrize("K", [2, 3, 6])
def test_a_slow_teacher_makes_the_saddle_self_similar(K):
    """(2K−1), the law of κ, and h/κ → (K+1)/(K−1)."""
    teacher = laws.one_layer(1 - 1e-6)
    best = laws.tied(teacher, K)
    assert (1 - best.pole) / 1e-6 == pytest.approx(2 * K - 1, rel=1e-4)
    assert best.kappa / laws.kappa_limit(1 - 1e-6, K) == pytest.approx(1, rel=1e-4)
    assert laws.tied_curvature(teacher, K) / best.kappa == pytest.approx((K + 1) / (K - 1), rel=1e-3)


@pytest.mark.parametrize("K", [2, 4, 7])
def test_slow_input_scale_minimizes_the_tails(K):
    """∫ (e^{−t} − Q_K(σt))² dt, Q_K the regularized upper incomplete gamma function, is least at σ_K."""
    sigma = laws.slow_input_scale(K)
    t = np.linspace(0, 60, 200001)

    def miss(s):
        return np.trapezoid((np.exp(-t) - gammaincc(K, s * t)) ** 2, t)

    assert miss(sigma) < min(miss(sigma * 1.003), miss(sigma / 1.003))
    assert laws.slow_input_scale(400) / 400 == pytest.approx(1 / np.log(2), rel=400**-0.5)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_algebraic_tail_solves_its_flow(n):
    """On n poles r·e^{2πij/n}: L = ½λ*² r^{2n}, and n ṙ = −∂L/∂r."""
    pole = 0.9
    found = solve_ivp(lambda _, r: -(pole**2) * r ** (2 * n - 1), (0, 1e6), [0.5], "Radau", (1e6,), rtol=1e-10, atol=0)
    assert laws.algebraic_tail(pole, 1e6, n) == pytest.approx(0.5 * pole**2 * found.y[0, -1] ** (2 * n), rel=1e-4)


def test_the_next_atom_has_norm_of_the_pole():
    """The part of z^{−n} H_T outside H_T, H_T w and z⁻¹H_T, …, z^{−n+1}H_T has norm λ*."""
    pole, n, length = 0.8, 3, 400
    H = pole ** np.arange(length)
    shifted = [np.concatenate([np.zeros(m), H[: length - m]]) for m in range(n + 1)]
    along = np.concatenate([[0], impulse([pole] * 2, length)[:-1]])
    basis = np.linalg.qr(np.stack([*shifted[:-1], along], axis=1))[0]
    outside = shifted[-1] - basis @ (basis.T @ shifted[-1])
    assert np.linalg.norm(outside) == pytest.approx(pole, rel=1e-12)


def test_best_gain_and_its_gradient():
    """At the best gain the slope in the gain is zero, and the gradient is that of the projected loss."""
    teacher, poles = numeric.cascade([0.9]), np.array([0.7, 0.2, -0.4])
    target, h = impulse([0.9], 600), impulse(poles, 600)
    for process in (None, numeric.ar1(0.5) + numeric.white(0.2)):
        loss, slope, gain = saddle_flows.at_best_gain(saddle_flows.landscape(teacher, process), poles)
        if process is None:
            assert gain == pytest.approx(h @ target / (h @ h), rel=1e-12)
            assert loss == pytest.approx((target @ target - (h @ target) ** 2 / (h @ h)) / 2, rel=1e-12)
        for k, step in enumerate(1e-5 * np.eye(3)):
            high, low = (saddle_flows.at_best_gain(saddle_flows.landscape(teacher, process), poles + s * step)[0]
                         for s in (1, -1))  # fmt: skip
            assert slope[k] == pytest.approx((high - low) / 2e-5, rel=1e-7)


def test_quadrature_of_the_tied_optimum_under_white_input():
    white = correlated_inputs.tied_under(np.ones_like, 0.9, 3, nodes=1024)
    best = laws.tied(laws.one_layer(0.9), 3)
    found = (1 - white.gap, white.loss, white.kappa)
    assert found == pytest.approx((best.pole, best.loss, best.kappa), rel=1e-11)
    assert white.stiffness == pytest.approx(laws.tied_curvature(laws.one_layer(0.9), 3), rel=1e-6)


def test_natural_gradient_forgets_the_asymmetry():
    """Half-plateau times agree to .1 % over δ_0 = 1e-3 … 1e-5 (theory, section 10)."""
    start = saddle_natural.time_from_tied(0.99, 0.5)
    for size in (1e-3, 1e-5):
        assert saddle_natural.time_from_asymmetry(numeric.cascade([0.99]), size, 0.5) == pytest.approx(start, rel=1e-3)
