"""The theory, section 10: the tied student, its saddle, and what follows from it.

The loss here is a sum over time of impulse responses, and every derivative a difference quotient: nothing is shared
with the closed forms, the engines or the experiments that predict and measure these numbers.
"""

from math import comb, factorial, log

import mpmath
import numpy as np
import pytest
from digits import agrees

mpmath.mp.dps = 30


def tied_inner_products(pole, K, teacher):
    """⟨H, H_T⟩, ‖H‖², ⟨H, Hw²⟩, ⟨Hw², H_T⟩ for H = (1 − λz⁻¹)^{−K} and H_T = 1/(1 − λ*z⁻¹), as series."""
    x = pole**2
    overlap = (1 - pole * teacher) ** -K
    energy = mpmath.hyp2f1(K, K, 1, x)
    bent = comb(K + 1, 2) * x * mpmath.hyp2f1(K + 2, K + 2, 3, x)
    return overlap, energy, bent, teacher**2 * (1 - pole * teacher) ** -(K + 2)


def loss(pole, K, teacher):
    """At the optimal gain."""
    overlap, energy, _, _ = tied_inner_products(pole, K, teacher)
    return (1 / (1 - teacher**2) - overlap**2 / energy) / 2


def tied_optimum(K, teacher):
    """λ, L and κ = −⟨E, Hw²⟩ of the best student with K equal poles, by bisection in log(1 − λ)."""

    def slope(gap):
        pole = 1 - mpmath.exp(gap)
        x = pole**2
        growth = 2 * pole * K**2 * mpmath.hyp2f1(K + 1, K + 1, 2, x) / mpmath.hyp2f1(K, K, 1, x)
        return 2 * K * teacher / (1 - pole * teacher) - growth

    bracket = mpmath.log(1 - teacher), mpmath.log("0.999")
    pole = 1 - mpmath.exp(mpmath.findroot(slope, bracket, solver="anderson", tol=1e-20))
    overlap, energy, bent, bent_teacher = tied_inner_products(pole, K, teacher)
    gain = overlap / energy
    return pole, loss(pole, K, teacher), gain * bent_teacher - gain**2 * bent


@pytest.mark.parametrize(
    ("K", "pole", "value", "kappa", "limit"),
    [(2, ".97031", "3.71714", "3126.14", "2930"), (4, ".93215", "8.86892", "496.67", "421")],
)
def test_tied_optimum_and_kappa(K, pole, value, kappa, limit):
    teacher = mpmath.mpf(99) / 100
    found = tied_optimum(K, teacher)
    assert all(agrees(float(x), printed) for x, printed in zip(found, (pole, value, kappa), strict=True))
    assert agrees(kappa_limit(K, 0.01, energy=1 / (2 * 0.01)), limit)


def share(K):
    """c_K: the energy that the tied student captures as λ* → 1."""
    return (2 * factorial(K - 1) ** 2 * (2 * (2 * K - 1)) ** (2 * K - 1)
            / ((2 * K) ** (2 * K) * factorial(2 * K - 2)))  # fmt: skip


def kappa_limit(K, a, energy):
    """c_K ‖H_T‖² (K−1)/(4K²(K+1)(2K−1)a²), printed with ‖H_T‖² → 1/(2a)."""
    return share(K) * energy * (K - 1) / (4 * K**2 * (K + 1) * (2 * K - 1) * a**2)


@pytest.mark.parametrize("K", [2, 3, 6, 12])
def test_limits_of_a_slow_teacher(K):
    """1 − λ → (2K−1)(1−λ*), the captured share → c_K, and κ → its law, with errors that fall as 1 − λ*."""
    errors = []
    for a in (mpmath.mpf("1e-4"), mpmath.mpf("1e-5")):
        teacher = 1 - a
        pole, value, kappa = tied_optimum(K, teacher)
        captured = 1 - 2 * value * (1 - teacher**2)
        law = kappa_limit(K, a, 1 / (1 - teacher**2))
        errors.append([abs(float(ratio - 1)) for ratio in
                       ((1 - pole) / ((2 * K - 1) * a), captured / share(K), kappa / law)])
    coarse, fine = np.array(errors)
    assert (fine < 0.02).all() and (fine < coarse / 8).all()


def test_ten_times_less_asymmetry_costs():
    _, _, kappa = tied_optimum(2, mpmath.mpf(99) / 100)
    assert agrees(log(10) / float(kappa), "7.3656e-4")


# --- The Hessian, by difference quotients of sums over time ----------------------------------------------------------


def response(poles, length):
    h = [mpmath.mpf(1)] + [mpmath.mpf(0)] * (length - 1)
    for pole in poles:
        for t in range(1, length):
            h[t] += pole * h[t - 1]
    return h


def loss_of(poles, teacher, length):
    """½‖g H − H_T‖² at the optimal gain, as sums over time."""
    h = response(poles, length)
    target = [teacher**t for t in range(length)]
    overlap, energy = mpmath.fdot(h, target), mpmath.fdot(h, h)
    return (mpmath.fdot(target, target) - overlap**2 / energy) / 2


def pole_hessian(poles, teacher, length=400):
    """(K, K) at the optimal gain."""
    K, step = len(poles), mpmath.mpf("1e-8")

    def at(*moves):
        moved = list(poles)
        for k, sign in moves:
            moved[k] += sign * step
        return loss_of(moved, teacher, length)

    return np.array([[float((at((j, 1), (k, 1)) - at((j, 1), (k, -1)) - at((j, -1), (k, 1)) + at((j, -1), (k, -1)))
                            / (4 * step**2)) for j in range(K)] for k in range(K)])  # fmt: skip


@pytest.mark.parametrize("K", [2, 3, 4])
def test_a_saddle_of_index_K_minus_1(K):
    teacher = mpmath.mpf(8) / 10
    pole, _, kappa = tied_optimum(K, teacher)
    eigenvalues = np.linalg.eigvalsh(pole_hessian([pole] * K, teacher))
    assert kappa > 0
    np.testing.assert_allclose(eigenvalues[: K - 1], -float(kappa), rtol=1e-9)
    assert eigenvalues[K - 1] > 0


@pytest.mark.parametrize("K", [2, 3, 5])
def test_the_end_is_degenerate_from_three_layers_on(K):
    teacher = mpmath.mpf(8) / 10
    end = [teacher, *[mpmath.mpf(0)] * (K - 1)]
    eigenvalues = np.linalg.eigvalsh(pole_hessian(end, teacher))
    assert (np.abs(eigenvalues) < 1e-10).sum() == K - 2
    assert (eigenvalues > 0.01).sum() == 2


def test_kappa_is_positive_at_every_depth():
    """From λ* = .3 to .999, two to twelve layers."""
    for teacher in ("0.3", "0.7", "0.99", "0.999"):
        for K in (2, 3, 6, 12):
            assert tied_optimum(K, mpmath.mpf(teacher))[2] > 0
