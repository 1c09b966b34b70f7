"""How much of a pure delay S states can hold: bounds for any student, and the best students of a few kinds."""

from math import lgamma, log

import numpy as np
from scipy.linalg import eigvalsh
from scipy.optimize import minimize, minimize_scalar

from .. import numeric

BEST_STATES = (2, 4, 6, 8)  # of which the best pairs are sought for correlated input


def bound(delay, states):
    """The most of the variance of u[t−D] that S states recall: S/(D+1). Current timing, no total feedthrough.

    The Hankel matrix of z^{−D} is (D+1) × (D+1) with singular values 1; that of a student has rank S, so the two differ
    by D+1−S at least in squared Frobenius norm, to which e_t contributes (t+1)|e_t|² ≤ (D+1)|e_t|² [Eckart–Young;
    François, Orvieto & Bach, arXiv 2502.09287].
    """
    return states / (delay + 1)


def last_layer(delay, layers):
    """(captured, λ): K equal real layers with the best pole and gain, h_D²/Σh²."""
    def missed(pole):
        h = lgamma(delay + layers) - lgamma(layers) - lgamma(delay + 1) + delay * log(pole)
        return log(numeric.autocovariance(numeric.cascade(np.full(layers, pole)), 0)) - 2 * h

    middle = layers / (delay + layers)
    found = minimize_scalar(missed, bounds=(1 - 2 * middle, 1 - middle / 4), method="bounded", options={"xatol": 1e-10})
    return float(np.exp(-found.fun)), float(found.x)


def last_layer_limit(layers):
    """D × captured for D → ∞: nⁿe^{−n}/(n−1)! with n = 2K−1, about √(n/2π).

    h = t^{K−1}e^{−pt} at t = 1 over its energy: p^n e^{−2p} 2^n/Γ(n), the largest at p = n/2.
    """
    n = 2 * layers - 1
    return np.exp(n * log(n) - n - lgamma(n))


def all_layers(delay, layers):
    """(captured, λ): K equal real layers, every one read out (a Laguerre network), at the best pole."""
    gaps = np.geomspace(0.2, 2 * layers + 1, 24) / delay

    def missed(gap):
        return -numeric.memory_function(numeric.cascade(np.full(layers, np.exp(-gap))), delay)

    best = int(np.argmin([missed(gap) for gap in gaps]))
    near = gaps[max(best - 1, 0)], gaps[min(best + 1, len(gaps) - 1)]
    found = minimize_scalar(missed, bounds=near, method="bounded", options={"xatol": 1e-9 / delay})
    return float(-found.fun), float(np.exp(-found.x))


def explicit_poles(delay, states, alpha):
    """a_s = e^{−α/D} e^{iπs/D}, s = −(S−1)/2 … (S−1)/2."""
    return np.exp((-alpha + 1j * np.pi * (np.arange(states) - (states - 1) / 2)) / delay)


def missed(poles, delay, rho=0.0):
    """E|u_{t−D} − c* x_t|² of the best readout c of states with distinct poles; AR(1) input of unit variance.

    E x_m x̄_n = (1/(1−λ_mρ) + 1/(1−λ̄_nρ) − 1)/(1−λ_mλ̄_n), and E x_n u_{t−D} = Σ_s λ_n^s ρ^{|s−D|}.
    """
    scale = np.sqrt(1 - np.abs(poles) ** 2)
    one = 1 / (1 - poles * rho)
    covariance = (one[:, None] + one.conj() - 1) / (1 - np.outer(poles, poles.conj())) * np.outer(scale, scale)
    past = np.arange(delay + 1)
    cross = scale * (poles[:, None] ** past @ rho ** (delay - past) + poles**delay * (one - 1))
    return float(1 - np.vdot(cross, np.linalg.solve(covariance, cross)).real)


def best_pairs(delay, states, rho=0.0, feedthrough=False):
    """(E|e|², poles): the best S/2 pairs of poles with their best readout, by search from the explicit filter."""
    pairs = states // 2

    def poles(x):
        half = np.exp((-np.exp(x[:pairs]) + 1j * np.exp(x[pairs:])) / delay)
        return np.concatenate([half, half.conj(), np.zeros(int(feedthrough))])

    start = np.log(np.concatenate([np.full(pairs, 1.5), np.pi * (np.arange(pairs) + 0.5)]))
    found = minimize(lambda x: missed(poles(x), delay, rho), start, method="BFGS", options={"gtol": 1e-9})
    return float(found.fun), poles(found.x)


def colored_bound(delay, states, rho, feedthrough=False):
    """E|e|² ≥ (1/n) Σ_{j>S} μ_j of the n targets u_0 … u_{−D} given the future u_1, u_2, …; AR(1) input.

    By Markov only u_1 tells: Cov = ρ^{|i−j|} − ρ^{i+j+2}. With feedthrough u_0 belongs to the future.
    """
    n = delay + 1 - int(feedthrough)
    i = np.arange(n)
    covariance = rho ** np.abs(np.subtract.outer(i, i)) - rho ** (np.add.outer(i, i) + 2.0)
    return float(eigvalsh(covariance)[: n - states].sum() / n)


def outside_band(fraction, rho):
    """The energy of AR(1) beyond ω = π·fraction: 1 − (2/π) atan((1+ρ)/(1−ρ) tan(ω/2))."""
    return 1 - 2 / np.pi * np.arctan((1 + rho) / (1 - rho) * np.tan(np.pi * fraction / 2))


def occupied_band(energy, rho):
    """ω below which `energy` of an AR(1) input lies, as a fraction of π."""
    return 2 / np.pi * np.arctan((1 - rho) / (1 + rho) * np.tan(np.pi / 2 * energy))
