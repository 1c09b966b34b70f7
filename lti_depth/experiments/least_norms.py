"""The least coefficients with which the states of one wide layer come close to a target: trust-region problems.

Atoms φ_n(t) = √(1−|λ_n|²) λ_n^t and targets h are of unit energy. Of all c with ‖h − Σ c_n φ_n‖² ≤ ε the least is
c = (G + μ)⁻¹ φ* h, G the Gram matrix of the atoms, with the multiplier μ at which all of ε is used.
"""

from math import log

import numpy as np
from scipy.linalg import lapack
from scipy.optimize import brentq
from scipy.signal import lfilter

from .. import numeric


def pulses(depths, delay):
    """The impulse responses of K equal layers λ = D/(D+K), of unit energy: (T, n); at T = 20 D, e^{−2T/D} < 10⁻¹⁷."""
    times = np.arange(20 * delay)
    h = [numeric.impulse_response(numeric.cascade(np.full(K, delay / (delay + K))), times) for K in depths]
    return np.stack(h, axis=1) / np.linalg.norm(h, axis=1)


def log_spaced(count, slowest, fastest=1.0):
    """λ with 1−λ evenly spaced in the logarithm, both ends included: (count,)."""
    return 1 - np.geomspace(slowest, fastest, count)


def midpoints(count, slowest):
    """λ with log(1−λ) at the midpoints of `count` equal cells of [slowest, 1]: the ends weigh as much as the rest."""
    return 1 - slowest ** ((np.arange(count) + 0.5) / count)


def pairs(moduli, phases, largest):
    """Poles of positive phase on a grid of moduli × (an even number of phases evenly spaced in ±largest, ends in)."""
    half = np.linspace(-largest, largest, phases)[phases // 2 :]
    return np.outer(moduli, np.exp(1j * half)).ravel()


def root(poles):
    """R (N, N) with R R* the Gram matrix of the atoms, in closed form and to full relative precision.

    R_{nk} = ⟨φ_n, χ_k⟩ in the Takenaka–Malmquist basis χ_k = √(1−|λ_k|²)/(1−λ_k z⁻¹)·Π_{j<k} (z⁻¹−λ̄_j)/(1−λ_j z⁻¹).
    The Gram matrix of 24 log-spaced poles has condition number 10³⁰, its root half the exponent.
    """
    scale = np.sqrt((1 - np.abs(poles)) * (1 + np.abs(poles)))
    R, blaschke = np.empty((len(poles), len(poles)), dtype=poles.dtype), np.ones_like(poles)
    for k, pole in enumerate(poles):
        kernel = 1 / (1 - pole * poles.conj())
        R[:, k] = scale * scale[k] * kernel * blaschke
        blaschke = blaschke * (poles - pole).conj() * kernel
    return R


def projections(poles, targets):
    """⟨χ_k, h⟩ in the same basis for real targets (T, n): (N, n)."""
    scale = np.sqrt((1 - np.abs(poles)) * (1 + np.abs(poles)))
    state = np.zeros(len(targets), dtype=poles.dtype)
    state[0] = 1
    found = np.empty((len(poles), targets.shape[1]), dtype=poles.dtype)
    for k, pole in enumerate(poles):
        found[k] = scale[k] * lfilter([1], [1, -pole], state).conj() @ targets
        state = lfilter([-np.conj(pole), 1], [1, -pole], state)
    return found


def multiplier(weights, energies, error):
    """The Lagrange multiplier μ with 1 − Σe + Σ e μ²/(w+μ)² = error; the left side grows with μ."""
    def excess(log_mu):
        return 1 - energies.sum() + np.sum(energies * (1 / (1 + weights * np.exp(-log_mu))) ** 2) - error

    return np.exp(brentq(excess, log(weights.max()) - 500, log(weights.max()) + 20, xtol=1e-12))


def norm(weights, energies, error):
    """Least ‖c‖₂, from the eigenvalues w of the Gram matrix and the energies e of the target along its eigenvectors."""
    mu = multiplier(weights, energies, error)
    return np.sqrt(np.sum(energies * weights / (weights + mu) ** 2))


def least_coefficients(poles, targets, error):
    """The least c for each target, an array (T, n), in the order of the poles: (N, n)."""
    U, values, V = np.linalg.svd(root(poles).conj().T)
    along = U.conj().T @ projections(poles, targets)
    mu = np.array([multiplier(values**2, energies, error) for energies in np.abs(along.T) ** 2])
    return V.conj().T @ (values[:, None] * along / (values[:, None] ** 2 + mu))


def least_norms(poles, targets, error):
    """Least √N‖c‖₂ for each target: (n,)."""
    return np.sqrt(len(poles)) * np.linalg.norm(least_coefficients(poles, targets, error), axis=0)


def least_norms_of_pairs(poles, targets, error):
    """The same for many poles of positive phase and their conjugates, N together.

    Σ c_n φ_n + conj. = Σ √2 Re c_n · √2 Re φ_n − √2 Im c_n · √2 Im φ_n: with x = √2 (Re c, Im c) the norm of x is that
    of both halves of c. Of the Gram matrix a Cholesky factor with pivots is kept, G = F F^⊤ + rest: each atom but for
    an energy of 10⁻⁸, where μ is above 1.
    """
    scale = np.sqrt(1 - np.abs(poles) ** 2)
    outer = np.outer(scale, scale)
    direct, crossed = outer / (1 - np.outer(poles.conj(), poles)), outer / (1 - np.outer(poles, poles))
    mixed = -(direct + crossed).imag
    gram = np.block([[(direct + crossed).real, mixed], [mixed.T, (direct - crossed).real]])
    packed, pivots, rank, _ = lapack.dpstrf(gram, tol=1e-8, lower=1)
    factor = np.empty((len(gram), rank))
    factor[pivots - 1] = np.tril(packed)[:, :rank]
    values, vectors = np.linalg.eigh(factor.T @ factor)
    inner = np.sqrt(2) * scale[:, None] * _at(poles, targets)
    along = vectors.T @ (factor.T @ np.concatenate([inner.real, -inner.imag]))
    return np.sqrt(2 * len(poles)) * np.array([norm(values, e, error) for e in ((along / values[:, None]) ** 2).T])


def _at(poles, targets):
    """Σ_t h_t λ^t, (N, n)."""
    return np.polynomial.polynomial.polyval(poles, targets).T
