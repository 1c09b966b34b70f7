"""The Mellin law of norm separation: many real poles of all time scales, long delays."""

from math import log

import numpy as np
from scipy.special import erfcinv, loggamma

from .least_norms import norm


def mellin_norm(depth, error, width):
    """The limit of many real poles and long delays: √N‖c‖₂ for log(1−λ) uniform over a range `width`.

    In τ = log t the atoms √(2s) e^{−st}·√t are translates of one function with Fourier transform √2 Γ(½+iω), of which
    |√2 Γ(½+iω)|² = 2π/cosh πω, and the target t^{K−1}e^{−t}·√t has Γ(K−½+iω).
    """
    reach = 8 * np.sqrt(depth) + 30
    omega = np.linspace(-reach, reach, 40001)
    target = np.exp(2 * (loggamma(depth - 0.5 + 1j * omega).real - loggamma(depth - 0.5).real))
    weights = 4 * np.pi * np.exp(-np.pi * np.abs(omega)) / (1 + np.exp(-2 * np.pi * np.abs(omega)))
    return np.sqrt(width) * norm(weights, target / target.sum(), error)


def deep_rate(error, depth):
    """The coefficient of √K in log ‖c‖ = a√K + b log K + …, from the Mellin law at K, 4K and 16K."""
    coarse, middle, fine = (log(mellin_norm(K, error, 1.0)) for K in (depth, 4 * depth, 16 * depth))
    return (fine - 2 * middle + coarse) / np.sqrt(depth)


def deep_coefficient(error):
    """Its limit for deep targets: (π/2) erfc⁻¹(ε)."""
    return np.pi / 2 * erfcinv(error)
