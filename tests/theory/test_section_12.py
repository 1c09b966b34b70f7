"""The theory, section 12: the population loss near its optimum."""

import mpmath
import numpy as np
import pytest

from lti_depth.learning import population
from lti_depth.numeric import cascade

LENGTH = 400  # for poles up to .8: .8^800 = 3e-78


def impulse_response(poles, gain=1):
    """Of gain·Π 1/(1 − λ z⁻¹), by the definition, in 60 digits."""
    h = [mpmath.mpf(gain)] + [mpmath.mpf(0)] * (LENGTH - 1)
    for pole in poles:
        x = mpmath.mpf(0)
        for t in range(LENGTH):
            x = mpmath.mpf(pole) * x + h[t]
            h[t] = x
    return h


def inner(h, g):
    return mpmath.fsum(a * b for a, b in zip(h, g, strict=True))


def teacher_and_student(size):
    teacher = np.array([0.8, 0.65, 0.5])
    return teacher, teacher * (1 + size * np.array([-1.0, 0.5, 0.7]))


@pytest.mark.parametrize("size", [1e-1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-14])
def test_loss_is_a_quadratic_form_in_the_differences_of_poles(size):
    """½ g² δᵀMδ with M the covariances of K cascades of K + 1 poles; the engine's error is below 4e-15 at any δ."""
    with mpmath.workdps(60):
        mu, lam = teacher_and_student(size)
        delta = [mpmath.mpf(a) - mpmath.mpf(b) for a, b in zip(lam, mu, strict=True)]
        mixed = [impulse_response([*lam[: k + 1], *mu[k:]]) for k in range(3)]  # before the common z⁻¹
        form = sum(a * b * inner(f, g) for a, f in zip(delta, mixed, strict=True)
                   for b, g in zip(delta, mixed, strict=True)) / 2
        e = [a - b for a, b in zip(impulse_response(lam), impulse_response(mu), strict=True)]
        exact = inner(e, e) / 2
        assert abs(form / exact - 1) < 1e-12  # of 60 digits, a difference of 1e-28 takes the most
        assert abs(population.loss(cascade(lam), cascade(mu)) / exact - 1) < 4e-15


def test_the_difference_of_covariances_cancels():
    """½(W_SS − 2 W_ST + W_TT) in double precision has lost every digit at a loss of 6e-18."""
    with mpmath.workdps(60):
        mu, lam = teacher_and_student(1.3e-10)
        h_S, h_T = impulse_response(lam), impulse_response(mu)
        W_SS, W_ST, W_TT = (float(inner(a, b)) for a, b in ((h_S, h_S), (h_S, h_T), (h_T, h_T)))
        exact = inner(*([a - b for a, b in zip(h_S, h_T, strict=True)],) * 2) / 2
        assert 1e-19 < exact < 1e-17
        assert abs((W_SS - 2 * W_ST + W_TT) / 2 / exact - 1) >= 1
        assert abs(population.loss(cascade(lam), cascade(mu)) / exact - 1) < 4e-15


def test_unequal_gains_add_a_term_one_lag_off():
    """E = g_T ΔΠ + (g_S − g_T) Π_S, and ΔΠ = Σ δ_k z⁻¹ F_k: the cross covariances are those at lag one."""
    with mpmath.workdps(60):
        mu, lam = teacher_and_student(1e-7)
        g, h = 1.5 * (1 + 1e-7), 1.5
        delta = [mpmath.mpf(a) - mpmath.mpf(b) for a, b in zip(lam, mu, strict=True)]
        mixed = [impulse_response([*lam[: k + 1], *mu[k:]]) for k in range(3)]
        form = h**2 * sum(a * b * inner(f, k) for a, f in zip(delta, mixed, strict=True)
                          for b, k in zip(delta, mixed, strict=True))
        change, own = mpmath.mpf(g) - mpmath.mpf(h), impulse_response(lam)
        cross = sum(d * inner(own[1:], f[:-1]) for d, f in zip(delta, mixed, strict=True))
        form = (form + 2 * mpmath.mpf(h) * change * cross + change**2 * inner(own, own)) / 2
        found = population.loss(cascade(lam, [g, 1, 1]), cascade(mu, [h, 1, 1]))
        assert abs(found / form - 1) < 4e-15


def test_unequal_depths_are_made_equal_by_poles_at_zero():
    with mpmath.workdps(60):
        mu, _ = teacher_and_student(0)
        lam = np.append(mu * (1 + 1e-8), [1e-8])
        e = [a - b for a, b in zip(impulse_response(lam), impulse_response(mu), strict=True)]
        assert abs(population.loss(cascade(lam), cascade(mu)) / (inner(e, e) / 2) - 1) < 4e-15
