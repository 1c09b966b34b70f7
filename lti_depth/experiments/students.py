r"""Students of one and the same system in different coordinates, many training runs at once.

The input is periodic, so that the loss is a sum over the nodes ω of the circle, with the weights w of its spectrum:

.. math:: L = \tfrac12 \sum_\omega w_\omega |H_S - H_T|^2, \qquad
          \nabla L = \mathrm{Re} \sum_\omega w_\omega\, \overline{\partial H_S}\,(H_S - H_T)

A student maps real points (R, P), one run a row, and fixed gains γ (R, K) to responses (R, M) and their derivatives,
(R, P, M); ``gradient(x, gamma, z, weigh)`` to the response and Re Σ_ω q_ω ∂H(ω), where q = weigh(H) is (R, M).
Poles have the coordinates λ = exp(−e^ν + iθ) [Orvieto et al., arXiv 2303.06349], real ones θ = 0.
"""

from dataclasses import dataclass

import numpy as np


def circle(period, rho=0.0, pairs=False):
    """z⁻¹ at the nodes, and their weights for AR(1) input of variance 1: half of the circle where all is real."""
    omega = 2 * np.pi * np.arange(period if pairs else period // 2 + 1) / period
    w = 1 / (1 + rho**2 - 2 * rho * np.cos(omega))
    if not pairs:
        w[1:-1] *= 2
    return np.exp(-1j * omega), w / w.sum()


@dataclass(frozen=True)
class Cascade:
    """H = Π γ_k b_k c_k/(1 − λ_k z⁻¹)."""

    pairs: bool = False

    def rank(self, K):
        """Of its Jacobian: the poles and one gain."""
        return (2 if self.pairs else 1) * (K + 1)

    def __call__(self, x, gamma, z):
        """Response and derivatives."""
        poles, b, c, pull = _unpacked(x, self.pairs)
        f = 1 / (1 - poles[..., None] * z)
        H = np.prod(gamma * b * c, axis=1)[:, None] * f.prod(axis=1)
        return H, pull(H[:, None] * z * f, H[:, None] / b[..., None], H[:, None] / c[..., None])

    def gradient(self, x, gamma, z, weigh):
        """Response and gradient."""
        poles, b, c, pull = _unpacked(x, self.pairs)
        f = 1 / (1 - poles[..., None] * z)
        H = np.prod(gamma * b * c, axis=1)[:, None] * f.prod(axis=1)
        q = weigh(H) * H
        total = q.sum(axis=1)[:, None]
        by_pole = f @ (q * z)[..., None]
        return H, pull(by_pole, (total / b)[..., None], (total / c)[..., None])[..., 0].real


@dataclass(frozen=True)
class Modal:
    """H = Σ γ_k b_k c_k/(1 − λ_k z⁻¹)."""

    pairs: bool = False

    def rank(self, K):
        """Of its Jacobian: poles and residues."""
        return (4 if self.pairs else 2) * K

    def __call__(self, x, gamma, z):
        """Response and derivatives."""
        poles, b, c, pull = _unpacked(x, self.pairs)
        f = 1 / (1 - poles[..., None] * z)
        r = gamma * b * c
        H = np.einsum("rk,rkm->rm", r, f)
        return H, pull(r[..., None] * z * f**2, (gamma * c)[..., None] * f, (gamma * b)[..., None] * f)

    def gradient(self, x, gamma, z, weigh):
        """Response and gradient."""
        poles, b, c, pull = _unpacked(x, self.pairs)
        f = 1 / (1 - poles[..., None] * z)
        r = (gamma * b * c)[..., None]
        H = (r * f).sum(axis=1)
        q = weigh(H)
        by_residue = f @ q[..., None]
        by_pole = r * (f**2 @ (q * z)[..., None])
        return H, pull(by_pole, (gamma * c)[..., None] * by_residue, (gamma * b)[..., None] * by_residue)[..., 0].real


@dataclass(frozen=True)
class Orthonormal:
    r"""H = Σ c_k φ_k with the all-pass cascade read out at every layer: Takenaka–Malmquist functions of real poles.

    .. math:: φ_k = \frac{\sqrt{1-λ_k^2}}{1-λ_k z^{-1}} \prod_{l<k} \frac{z^{-1}-λ_l}{1-λ_l z^{-1}}
    """

    def rank(self, K):
        """Of its Jacobian: poles and coefficients."""
        return 2 * K

    def __call__(self, x, gamma, z):
        """Response and derivatives; γ has no part in it."""
        nu, c = np.split(x, 2, axis=1)
        poles = np.exp(-np.exp(nu))[..., None]
        phi = takenaka(poles[..., 0], z)
        terms = c[..., None] * phi
        tail = terms.sum(axis=1, keepdims=True) - np.cumsum(terms, axis=1)  # of the layers after each
        slope = z / (1 - poles * z)
        by_pole = terms * (slope - poles / (1 - poles**2)) + tail * (slope - 1 / (z - poles))
        return terms.sum(axis=1), np.concatenate([by_pole * (-np.exp(nu)[..., None] * poles), phi], axis=1)

    def gradient(self, x, gamma, z, weigh):
        """Response and gradient."""
        return _contracted(*self(x, gamma, z), weigh)


@dataclass(frozen=True)
class Companion:
    """H = γ Σ_j c_j z⁻ʲ/(1 + Σ_j a_j z⁻ʲ): the direct form, with polynomial coefficients as coordinates."""

    def rank(self, K):
        """Of its Jacobian: both polynomials."""
        return 2 * K

    def __call__(self, x, gamma, z):
        """Response and derivatives."""
        a, c = np.split(x, 2, axis=1)
        powers = z ** np.arange(a.shape[1] + 1)[:, None]
        f = gamma[:, :1] / (1 + a @ powers[1:])
        H = (c @ powers[:-1]) * f
        bend = -H * f / gamma[:, :1]
        return H, np.concatenate([bend[:, None] * powers[1:], f[:, None] * powers[:-1]], axis=1)

    def gradient(self, x, gamma, z, weigh):
        """Response and gradient."""
        return _contracted(*self(x, gamma, z), weigh)


def _contracted(H, J, weigh):
    return H, (J @ weigh(H)[..., None])[..., 0].real


def takenaka(poles, z):
    """φ_k at the nodes, (R, K, M), for real poles (R, K)."""
    poles = poles[..., None]
    f = 1 / (1 - poles * z)
    before = np.cumprod((z - poles) * f, axis=1)
    before = np.concatenate([np.ones_like(before[:, :1]), before[:, :-1]], axis=1)
    return np.sqrt(1 - poles**2) * f * before


def packed(poles, b, c):
    """Points of `Cascade` and `Modal` from poles and gains, (R, K) each."""
    nu = np.log(-np.log(np.abs(poles)))
    if not np.iscomplexobj(poles):
        return np.concatenate([nu, b, c], axis=1)
    return np.concatenate([nu, np.angle(poles), np.real(b), np.imag(b), np.real(c), np.imag(c)], axis=1)


def _unpacked(x, pairs):
    """Poles, b, c, and the map of their derivatives to those of the coordinates."""
    if not pairs:
        nu, b, c = np.split(x, 3, axis=1)
        poles = np.exp(-np.exp(nu))
        slope = (-np.exp(nu) * poles)[..., None]
        return poles, b, c, lambda J, Jb, Jc: np.concatenate([slope * J, Jb, Jc], axis=1)
    nu, theta, *gains = np.split(x, 6, axis=1)
    poles = np.exp(-np.exp(nu) + 1j * theta)
    slope = (-np.exp(nu) * poles)[..., None]
    turn = 1j * poles[..., None]
    return poles, gains[0] + 1j * gains[1], gains[2] + 1j * gains[3], lambda J, Jb, Jc: np.concatenate(
        [slope * J, turn * J, Jb, 1j * Jb, Jc, 1j * Jc], axis=1)


def stable(a):
    """Whether all zeros of 1 + Σ a_j z⁻ʲ are inside the circle, row by row: reflection coefficients below 1."""
    a, inside = a.copy(), np.isfinite(a).all(axis=1)
    with np.errstate(all="ignore"):
        while a.shape[1]:
            k = a[:, -1:]
            inside &= np.abs(k[:, 0]) < 1
            a = (a[:, :-1] - k * a[:, -2::-1]) / (1 - k**2) if a.shape[1] > 1 else a[:, :0]
    return inside


def spectrum(student, x, gamma, z, w, scaled=False):
    """Gauss–Newton eigenvalues at one point (P,), falling, those of its rank: squared singular values of √w ∂H.

    `scaled`: with every column of length 1, by which no diagonal scaling is better than P-fold
    [van der Sluis, Numer. Math. 14:14, 1969].
    """
    _, J = student(x[None], gamma[None], z)
    J = J[0] * np.sqrt(w)
    J = np.concatenate([J.real, J.imag], axis=1)
    J = J / np.linalg.norm(J, axis=1)[:, None] if scaled else J
    return np.linalg.svd(J, compute_uv=False)[: student.rank(gamma.shape[-1])] ** 2


def sharpness(student, x, gamma, z, w):
    """The largest eigenvalue of Gauss–Newton at each point, (R,)."""
    _, J = student(x, gamma, z)
    return np.linalg.eigvalsh(np.real((J.conj() * w) @ np.swapaxes(J, 1, 2)))[:, -1]


def residues(poles):
    """r_k = Π_{l≠k} λ_k/(λ_k − λ_l), row by row."""
    gaps = 1 - poles[:, None, :] / poles[:, :, None]
    return 1 / np.prod(np.where(np.eye(poles.shape[1], dtype=bool), 1, gaps), axis=2)


def modal_inputs(poles):
    """(P⁻¹B)_k = Π_{l<k} λ_k/(λ_k − λ_l), row by row: the inputs of the modal form of a cascade."""
    gaps = 1 - poles[:, None, :] / poles[:, :, None]
    return 1 / np.prod(np.where(np.tri(poles.shape[1], k=-1, dtype=bool), gaps, 1), axis=2)
