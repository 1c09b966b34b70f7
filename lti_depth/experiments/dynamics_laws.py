"""Laws of the gains at fixed poles: one layer in closed form, depth by quadrature. Time is in units of τ."""

import numpy as np
from scipy.integrate import quad


def correlations(poles, teacher, rho):
    r"""The two numbers through which a teacher and an AR(1) input enter: input–output correlation and input energy.

    .. math:: \sigma = \langle\varphi, H_T\rangle, \quad \eta = \langle\varphi, \varphi\rangle, \quad
              \varphi = \frac1N \sum_n \frac1{1-\lambda_n z^{-1}}, \quad
              \langle f, h\rangle = \frac1{2\pi} \int \bar f h S_u\, d\omega

    by the trapezoidal rule, which converges geometrically on a circle; `teacher` are the poles of a cascade.
    """
    omega = 2 * np.pi * np.arange(1 << 14) / (1 << 14)
    x = np.exp(-1j * omega)
    phi = np.mean([1 / (1 - pole * x) for pole in poles], axis=0)
    H = np.prod([1 / (1 - pole * x) for pole in teacher], axis=0)
    S = (1 - rho**2) / np.abs(1 - rho * x) ** 2
    return float(np.mean((phi.conj() * H).real * S)), float(np.mean(np.abs(phi) ** 2 * S))


def learned(t, w0, sigma, eta, n=1, m=0.0):
    r"""w(t) of τẇ = 2n√(w²+m²)(σ−ηw), in units of τ.

    With w = m sinh θ, dt = dθ/(2nη(s − m sinh θ)), s = σ/η, which is a logarithm in X = m e^θ = w + √(w²+m²); m → 0 is
    the logistic curve. Balanced gains shared by N states: n = N, m = 0; shared with b² − c² = Δ: n = N, m = NΔ/2;
    own gains b_n, c_n at one pole: n = 1, m = ½|b+c||b−c|. Saxe et al., arXiv 1312.6120, for m = 0; Smékal et al.,
    arXiv 2407.07279; m > 0 is new here.
    """
    s = sigma / eta
    r = np.hypot(s, m)
    X0 = w0 + np.hypot(w0, m)
    low = -(m**2) / (s + r)  # s − r
    ratio = (X0 - low) / (s + r - X0) * np.exp(2 * n * eta * r * np.asarray(t))
    X = ((s + r) * ratio + low) / (1 + ratio)
    return (X - m**2 / X) / 2


def learning_time(w0, w1, sigma, eta, n=1, m=0.0):
    """The time from w0 to w1 under the law of `learned`."""
    s = sigma / eta
    r = np.hypot(s, m)
    low = -(m**2) / (s + r)
    start, end = w0 + np.hypot(w0, m), w1 + np.hypot(w1, m)
    return float(np.log((end - low) * (s + r - start) / ((start - low) * (s + r - end))) / (2 * n * eta * r))


def depth_time(K, start, end=0.5):
    r"""∫ dg/(2K g^{2−1/K}(1−g)): the time in which 2K balanced gains take their product from `start` to `end`.

    In ln g, where the integrand is smooth.
    """
    return quad(lambda x: np.exp((1 / K - 1) * x) / (2 * K * (1 - np.exp(x))), np.log(start), np.log(end),
                epsabs=0, epsrel=1e-12)[0]  # fmt: skip


def endless_depth(start, end=0.5):
    """lim K·T_K for K → ∞: half of [ln(g/(1−g)) − 1/g]."""
    return (np.log(end / (1 - end)) - 1 / end - np.log(start / (1 - start)) + 1 / start) / 2


def unbalanced_time(factors, end=0.5):
    r"""The time in which unequal gains take their product to `end`.

    All f_i² grow alike, f_i² = F_i² + x, for df_i²/dt = 2g(1−g) with every i; so the time is ∫dx/(2g(1−g)), g = Π√f_i².
    """
    squares = np.asarray(factors) ** 2

    def gain(x):
        return np.sqrt(np.prod(squares + x))

    low, high = 0.0, 1.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if gain(middle) < end else (low, middle)
    return quad(lambda x: 1 / (2 * gain(x) * (1 - gain(x))), 0, low, epsabs=0, epsrel=1e-11, limit=200)[0]
