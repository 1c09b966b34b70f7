r"""The tied saddle in closed form: K equal poles against any teacher with simple poles, white unit input.

The student is H = g (1 − λz⁻¹)^{−K}, the teacher H_T = Σ r_n (1 − q_n z⁻¹)^{−1}. Both inner products are finite sums:

    ⟨(1−λz⁻¹)^{−K}, H_T⟩ = Σ r_n (1 − λq_n)^{−K},    ‖(1−λz⁻¹)^{−K}‖² = (1−λ²)^{1−2K} Σ_j C(K−1, j)² λ^{2j},

the second by Euler's transformation of ₂F₁(K, K; 1; λ²), so that every term is positive and no digit is lost at λ → 1.
"""

from dataclasses import dataclass
from functools import cache
from math import comb, factorial

import numpy as np
from scipy.optimize import brentq


@dataclass(frozen=True)
class Tied:
    """The best student with K equal poles: its pole, gain and loss, and the rate κ at which its poles part."""

    pole: float
    gain: float
    loss: float
    kappa: float


@dataclass(frozen=True)
class Teacher:
    """H_T = Σ r_n (1 − q_n z⁻¹)^{−1} with a real response: real or conjugate pairs of simple poles q_n."""

    poles: tuple[complex, ...]
    residues: tuple[complex, ...]

    @property
    def variance(self):
        """‖H_T‖² = Σ r_n r_m/(1 − q_n q_m)."""
        q, r = np.array(self.poles), np.array(self.residues)
        return float((np.outer(r, r) / (1 - np.outer(q, q))).sum().real)

    def overlap(self, pole, power, lag=0):
        """⟨z^{−lag} (1 − λz⁻¹)^{−power}, H_T⟩ = Σ r_n q_n^lag (1 − λq_n)^{−power}, for every pole given."""
        q, r = np.array(self.poles), np.array(self.residues)
        return np.real((r * q**lag) @ (1 - np.multiply.outer(q, pole)) ** -float(power))


def one_layer(pole):
    """1/(1 − λ*z⁻¹)."""
    return Teacher((pole,), (1.0,))


def pair(radius, phase):
    """1/((1 − qz⁻¹)(1 − q̄z⁻¹)), q = radius·e^{i·phase}: residues q/(q − q̄) and its conjugate."""
    q = radius * np.exp(1j * phase)
    residue = q / (q - q.conjugate())
    return Teacher((q, q.conjugate()), (residue, residue.conjugate()))


def energy(pole, K):
    """‖(1 − λz⁻¹)^{−K}‖²."""
    x = pole * pole
    return (1 - x) ** (1 - 2 * K) * sum(comb(K - 1, j) ** 2 * x**j for j in range(K))


def energy_slope(pole, K):
    """d log ‖(1 − λz⁻¹)^{−K}‖²/dλ."""
    x = pole * pole
    series = sum(comb(K - 1, j) ** 2 * x**j for j in range(K))
    slope = sum(j * comb(K - 1, j) ** 2 * x ** (j - 1) for j in range(1, K))
    return 2 * pole * ((2 * K - 1) / (1 - x) + slope / series)


def curvature(pole, K):
    """⟨H, Hw²⟩ at g = 1, w = z⁻¹/(1 − λz⁻¹): C(K+1, 2) λ² ₂F₁(K+2, K+2; 3; λ²), transformed as `energy`."""
    x = pole * pole
    series = sum(comb(K - 1, j) ** 2 * 2 * x**j / ((j + 1) * (j + 2)) for j in range(K))
    return comb(K + 1, 2) * x * (1 - x) ** (-1 - 2 * K) * series


def parting(teacher, pole, gain, K):
    """κ = −⟨E, Hw²⟩, E = H − H_T: the rate at which poles part, at any tied point."""
    return gain * teacher.overlap(pole, K + 2, lag=2) - gain**2 * curvature(pole, K)


@cache
def tied(teacher, K):
    """The tied optimum: the highest maximum of ⟨H, H_T⟩²/‖H‖² over −1 < λ < 1, and κ there.

    Returns
    -------
    Tied
    """
    grid = np.tanh(np.linspace(-9, 9, 2401))
    best = int(np.argmax(teacher.overlap(grid, K) ** 2 / energy(grid, K)))

    def slope(pole):
        return 2 * K * teacher.overlap(pole, K + 1, lag=1) / teacher.overlap(pole, K) - energy_slope(pole, K)

    pole = brentq(slope, grid[best - 1], grid[best + 1], xtol=1e-15, rtol=1e-15)
    gain = teacher.overlap(pole, K) / energy(pole, K)
    loss = 0.5 * (teacher.variance - gain * teacher.overlap(pole, K))
    return Tied(pole, float(gain), float(loss), float(parting(teacher, pole, gain, K)))


def kappa_limit(pole, K):
    r"""κ of a one-layer teacher as a = 1 − λ* → 0, with the tied optimum at σ = (2K−1)a.

    κ → c_K ‖H_T‖² (K−1)/(4K²(K+1)(2K−1)a²), c_K = 2 (K−1)!² (2(2K−1))^{2K−1}/((2K)^{2K} (2K−2)!): the share of the
    teacher's energy that the tied student captures.
    """
    share = 2 * factorial(K - 1) ** 2 * (4 * K - 2) ** (2 * K - 1) / ((2 * K) ** (2 * K) * factorial(2 * K - 2))
    a = 1 - pole
    return share / (1 - pole**2) * (K - 1) / (4 * K**2 * (K + 1) * (2 * K - 1) * a**2)


def slow_input_scale(K):
    r"""lim (1−λ)/(1−λ*) at the tied optimum when the input is slower than the teacher: 1−ρ ≪ 1−λ* ≪ 1.

    Such an input weighs E(ω) by ω^{−2}, which forces equal gains at ω = 0, and what is left is ∫(e^{−t} − Q_K(σt))² dt
    of the tails of the two step responses, Q_K(x) = e^{−x} Σ_{j<K} x^j/j!. It is stationary where
    (σ/(1+σ))^{K+1} = Σ_{j<K} C(K+j, j) 2^{−K−j−1} = ½(1 − C(2K, K)/4^K). Large K: σ → K/ln 2, against 2K for white.
    """
    ratio = (0.5 * (1 - comb(2 * K, K) / 4**K)) ** (1 / (K + 1))
    return ratio / (1 - ratio)


def algebraic_tail(pole, time, vanishing):
    r"""The loss of gradient flow near (λ*, 0, …, 0) of a one-layer teacher, n = `vanishing` (see below).

    Fast coordinates adapt; what is left, when the n-th power sum p_n = Σ μ_j^n of the poles at 0 vanishes last, is
    L = ½λ*² |h_n|², h_n = p_n/n, because the part of z^{−n} H_T outside the tangent space has norm λ*
    (Takenaka–Malmquist). Real poles: n = 2, ṗ_2 = −λ*² p_2², so L → 1/(8 λ*² t²). Complex poles can make
    p_2, …, p_{K−2} vanish first: n = K−1, L → ½λ*² ((2n−2) λ*² t)^{−n/(n−1)}.
    """
    n = vanishing
    return 0.5 * pole**2 * ((2 * n - 2) * pole**2 * np.asarray(time)) ** (-n / (n - 1))


def tied_curvature(teacher, K):
    """The loss's second derivative along (1, …, 1)/√K at the tied optimum, the gain following.

    (1, …, 1)/√K, gain fixed: ⟨∂H, ∂H⟩ + ⟨E, ∂²H⟩ = K g² ‖w(1−λz⁻¹)^{−K}‖² − (K+1)κ. The gain takes off
    K g² ⟨H, wH⟩²/‖H‖², where ⟨H, wH⟩ = (1/2K) d‖H‖²/dλ at unit gain.
    """
    best = tied(teacher, K)
    pole, gain = best.pole, best.gain
    along = energy_slope(pole, K) * energy(pole, K) / (2 * K)
    stiff = K * gain**2 * (energy(pole, K + 1) - along**2 / energy(pole, K))
    return stiff - (K + 1) * best.kappa
