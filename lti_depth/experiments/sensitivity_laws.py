"""Laws of the sensitivity: closed forms, sums over impulse responses, derivatives on the circle."""

from math import comb

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import gammaln

from . import exact

CIRCLE = np.exp(-2j * np.pi * np.arange(1 << 11) / (1 << 11))


def one_layer(pole, rho):
    """E(∂x/∂λ)² of one real layer, b = 1, AR(1) input of unit variance [Zucchet & Orvieto, arXiv 2405.21064]."""
    gap = (1 - pole) * (1 + pole)
    return ((1 + pole**2) * (1 - (pole * rho) ** 2) + 2 * gap * pole * rho) / (gap**3 * (1 - pole * rho) ** 2)


def phase_ratio(radius, phase):
    r"""E|∂_θ y|²/(ν² E|∂_ν y|²) of y = Re x, one layer λ = ν e^{iθ}, white input.

    ∂_ν y = Re(e^{iθ} s) and ∂_θ y = −ν Im(e^{iθ} s) with s = ∂x/∂λ, and E(Re w)² − E(Im w)² = Re E w²:

    .. math:: \frac{A - P}{A + P}, \quad A = E|s|^2 = \frac{1+\nu^2}{(1-\nu^2)^3}, \quad
              P = \mathrm{Re}\, e^{2i\theta} \frac{1+\lambda^2}{(1-\lambda^2)^3}
    """
    square = (radius * np.exp(1j * phase)) ** 2
    A = (1 + radius**2) / (1 - radius**2) ** 3
    P = (np.exp(2j * phase) * (1 + square) / (1 - square) ** 3).real
    return (A - P) / (A + P)


def relative_sensitivity(K, delay):
    """tr G/V = K V_{K+1}/V_K in λ, of K equal layers with λ = D/(D+K), white input."""
    pole = equal_pole(K, delay)
    V, more = (exact.autocovariance([pole] * n, [0])[0] for n in (K, K + 1))
    return K * more / V


def equal_pole(K, delay):
    """λ = D/(D+K): K equal layers of total delay D."""
    return delay / (delay + K)


def speed(coordinates, pole):
    """|dλ/dx| in coordinates x."""
    return {"direct": 1.0, "tanh": 1 - pole**2, "exp-exp": -pole * np.log(pole)}[coordinates]


def curvatures(derivatives):
    """Eigenvalues of E[∂_j y ∂_k y], white input, falling: squared singular values of the derivatives on the circle."""
    J = derivatives.T / np.sqrt(len(CIRCLE))
    return np.linalg.svd(np.concatenate([J.real, J.imag]), compute_uv=False) ** 2


def deep_derivatives(poles, b, c):
    """∂H by poles, b and c of a cascade, on the circle: (3K, frequencies)."""
    H = np.prod(b) * np.prod(c) / np.prod(1 - poles[:, None] * CIRCLE, axis=0)
    gains = np.concatenate([1 / b, 1 / c])[:, None] + 0 * CIRCLE
    return np.concatenate([CIRCLE / (1 - poles[:, None] * CIRCLE), gains]) * H


def wide_derivatives(poles, b, c):
    """∂H by poles, b and c of one layer with as many states: (3N, frequencies)."""
    x = 1 / (1 - poles[:, None] * CIRCLE)
    return np.concatenate([(b * c)[:, None] * CIRCLE * x**2, c[:, None] * x, b[:, None] * x])


def layer_correlations(pole, K):
    r"""(K, K) correlations of the states of equal layers, white input.

    .. math:: E x_{i+1} x_{j+1} = \sum_t \binom{t+i}{i} \binom{t+j}{j} \lambda^{2t}
              = (1-\lambda^2)^{-(i+j+1)} \sum_m \binom{i}{m} \binom{j}{m} \lambda^{2m}

    by Euler's transformation of ₂F₁; the first factor drops out.
    """
    W = np.array([[sum(comb(i, m) * comb(j, m) * pole ** (2 * m) for m in range(K)) for j in range(K)]
                  for i in range(K)])  # fmt: skip
    size = np.sqrt(np.diag(W))
    return W / np.outer(size, size)


def flow_steps(K, delay, shorter, threshold, coordinates):
    r"""Steps of gradient descent times the share of its largest stable rate, for small shares: λ_max T/2.

    T is the time in which the flow takes K equal poles from the total delay D/`shorter` to a loss of `threshold` times
    that of no output, the teacher at D and of unit variance. By sums over impulse responses h_t = C(t+K−1, K−1) λ^t:
    dL/dλ = Σ e_t t h_t/λ, shared by K layers, so λ moves by −(dλ/dx)² (dL/dλ)/K; λ_max as in `relative_sensitivity`.
    """
    target = equal_pole(K, delay)
    t = np.arange(int(40 * delay))
    shape = gammaln(t + K) - gammaln(K) - gammaln(t + 1)
    wanted = np.exp(shape + np.log(target) * t)
    scale = np.sum(wanted**2) ** -0.5

    def error(pole):
        h = scale * np.exp(shape + np.log(pole) * t)
        return h - scale * wanted, t * h / pole

    def excess(gap):
        return np.sum(error(1 - gap)[0] ** 2) - threshold

    def slowness(log_gap):
        pole = 1 - np.exp(log_gap)
        e, slope = error(pole)
        return -K * np.exp(log_gap) / (np.sum(e * slope) * speed(coordinates, pole) ** 2)

    first = 1 - equal_pole(K, delay / shorter)
    last = brentq(excess, 1 - target, first, xtol=1e-14)
    time = quad(slowness, np.log(last), np.log(first), epsrel=1e-9, limit=200)[0]
    return time * relative_sensitivity(K, delay) * speed(coordinates, target) ** 2 / 2
