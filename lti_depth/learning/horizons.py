r"""Stacks of LRU layers on one channel, white input from rest: losses and gradients over T samples, many at once.

With the difference Δ of the impulse responses of student and teacher, and w_t = 1/T, every batch has the loss

.. math:: L = \tfrac12\,\text{mean}_{batch} \tfrac1T \sum_{t<T} e_t^2 = \tfrac12\,\Delta^{\mathsf T} G \Delta, \qquad
          G_{ss'} = \tfrac1T\,\text{mean}_{batch} \sum_{t<T} u_{t-s} u_{t-s'}, \qquad E\,G = \text{diag}(1 - s/T):

one T × T matrix serves all students, and its expectation gives the loss that the batches estimate. New here; for the
stationary state it is the H2 norm of the difference.
"""

from dataclasses import dataclass

import numpy as np

from ..numeric import impulse_response
from ..system import Layer, stack
from .initializations import lru


@dataclass(frozen=True)
class LRU:
    r"""`layers` LRU layers in series, of `states` complex states each, y = Re(C x) + D u [arXiv 2303.06349].

    .. math:: h^{(k)}_s = \mathrm{Re} \sum_n c_n \gamma_n b_n \lambda_n^s + d\,[s = 0], \quad
              \lambda = e^{-e^\nu + i e^\vartheta}, \qquad h = h^{(1)} * \dots * h^{(K)}

    A point holds, layer by layer, ν, ϑ, log γ, Re b, Im b, Re c, Im c (N each) and d: 7N + 1 numbers a layer. The phase
    e^ϑ starts in (0, 2π); it stays positive, and the smaller it is the slower it turns.
    """

    layers: int
    states: int

    @property
    def size(self):
        """Parameters."""
        return self.layers * (7 * self.states + 1)

    def start(self, rng, nu0):
        """The point (size,), each layer as in Zucchet & Orvieto, arXiv 2405.21064: |λ|² uniform on [ν₀², 1]."""
        drawn = (lru(self.states, 1, rng, r_min=nu0, phase=(-3.14, 3.14), B_scale=self.states**-0.5, C_scale=1.0)
                 for _ in range(self.layers))
        return np.concatenate([_point(layer) for layer in drawn])

    def build(self, point):
        """The Stack at a point."""
        poles, gamma, b, c, d = (part[0] for part in self._parts(point[None]))
        return stack([Layer(*row, real=True) for row in zip(
            poles, (gamma * b)[:, :, None], c[:, None], d[:, None, None], strict=True)])

    def responses(self, points, T):
        """Impulse responses h_s, s < T, of the points (R, size): (R, T)."""
        return _series(_Powers(*self._parts(points), T).responses())[-1][1]

    def gradient(self, points, T, pull):
        """Impulse responses, and the gradient (R, size) of L where pull(h) = ∂L/∂h, both (R, T)."""
        parts = self._parts(points)
        powers = _Powers(*parts, T)
        passed = _series(powers.responses())
        h = passed[-1][1]
        return h, self._pulled(points, parts, *powers.sums(_pulled_apart(passed, pull(h))))

    def _split(self, points):
        rows = points.reshape(len(points), self.layers, 7 * self.states + 1)
        return np.split(rows[..., :-1], 7, axis=2), rows[..., -1]

    def _parts(self, points):
        """λ, γ, b, c: (R, K, N), and d: (R, K)."""
        (nu, log_theta, log_gamma, b_re, b_im, c_re, c_im), d = self._split(points)
        return np.exp(-np.exp(nu) + 1j * np.exp(log_theta)), np.exp(log_gamma), b_re + 1j * b_im, c_re + 1j * c_im, d

    def _pulled(self, points, parts, sums, slopes, first):
        """From S = Σ f_s λ^s, S' = Σ s f_s λ^s, f₀; f = ∂L/∂h of each layer: dL = Re[S dr + r S' d log λ] + f₀ dd."""
        _, gamma, b, c, _ = parts
        r, (nu, log_theta) = c * gamma * b, self._split(points)[0][:2]
        turn, by_b, by_c = r * slopes, sums * c * gamma, sums * gamma * b
        columns = [-np.exp(nu) * turn.real, -np.exp(log_theta) * turn.imag, (sums * r).real,
                   by_b.real, -by_b.imag, by_c.real, -by_c.imag]
        return np.concatenate([*columns, first[..., None]], axis=2).reshape(points.shape)


class _Powers:
    """λ^s = λ^{Lq} λ^p for s = Lq + p < T: sums over states or over times become products of small matrices."""

    def __init__(self, poles, gamma, b, c, d, T):
        self.T, self.L = T, int(np.ceil(np.sqrt(T)))
        self.small = powers(poles, self.L)
        self.large = powers(self.small[..., -1, :] * poles, -(-T // self.L))
        self.residues, self.d = c * gamma * b, d
        self.planes = np.concatenate([self.small.real, self.small.imag], axis=-1)  # (R, K, L, 2N)

    def responses(self):
        """h of every layer, (R, K, T)."""
        scaled = self.large * self.residues[..., None, :]
        planes = np.concatenate([scaled.real, -scaled.imag], axis=-1)
        h = (planes @ self.planes.swapaxes(-1, -2)).reshape(*self.d.shape, -1)[..., : self.T]
        h[..., 0] += self.d
        return h

    def sums(self, f):
        """Σ f_s λ^s and Σ s f_s λ^s, (R, K, N), and f₀, for f of shape (R, K, T)."""
        Q, N = self.large.shape[-2:]
        both = np.zeros((*f.shape[:2], 2, Q * self.L))
        both[..., 0, : self.T] = f
        both[..., 1, : self.T] = np.arange(self.T) * f
        inner = both.reshape(*f.shape[:2], 2 * Q, self.L) @ self.planes
        inner = (inner[..., :N] + 1j * inner[..., N:]).reshape(*f.shape[:2], 2, Q, N)
        totals = (inner * self.large[:, :, None]).sum(axis=-2)
        return totals[:, :, 0], totals[:, :, 1], f[..., 0]


def powers(x, n):
    """x⁰ … x^{n−1} along a new axis before the last, by doubling."""
    out = np.ones((*x.shape[:-1], n, x.shape[-1]), x.dtype)
    out[..., 1:2, :], done = x[..., None, :], 2
    while done < n:
        more = min(done, n - done)
        out[..., done : done + more, :] = out[..., :more, :] * (out[..., done - 1 : done, :] * x[..., None, :])
        done += more
    return out


def _series(h):
    """For each layer its spectrum, the response from the input to its output, and that one's spectrum."""
    from scipy.fft import irfft, next_fast_len, rfft

    T = h.shape[-1]
    M = next_fast_len(2 * T, real=True)
    spectra = rfft(h, M)
    passed = [(None, h[:, 0], spectra[:, 0])]
    for k in range(1, h.shape[1]):
        x = irfft(passed[-1][2] * spectra[:, k], M)[:, :T]
        passed.append((spectra[:, k], x, rfft(x, M) if k < h.shape[1] - 1 else None))
    return passed


def _pulled_apart(passed, f):
    """∂L/∂h of each layer, (R, K, T), from ∂L/∂h of the whole: correlations with the other layers, from the last on."""
    from scipy.fft import irfft, next_fast_len, rfft

    T = f.shape[-1]
    M = next_fast_len(2 * T, real=True)
    out = np.empty((len(f), len(passed), T))
    for k in range(len(passed) - 1, 0, -1):
        spectrum = rfft(f, M)
        out[:, k] = irfft(spectrum * passed[k - 1][2].conj(), M)[:, :T]
        f = irfft(spectrum * passed[k][0].conj(), M)[:, :T]
    out[:, 0] = f
    return out


def gram(u):
    """G of a batch u (batch, T): G_{ss'} = G_{s+1,s'+1} + mean_b u_{T−1−s} u_{T−1−s'}/T, from the last row up."""
    batch, T = u.shape
    late = u[:, ::-1]
    G = late.T @ late / (batch * T)
    for s in range(T - 2, -1, -1):
        G[s, :-1] += G[s + 1, 1:]
    return G


def expected_gram(T):
    """E G = diag(1 − s/T) for white input of unit variance, as its diagonal (T,)."""
    return 1 - np.arange(T) / T


def target(teacher, T):
    """The impulse response (T,) of a single-channel Stack with real output."""
    return np.ascontiguousarray(impulse_response(teacher, np.arange(T)).real)


def _point(layer):
    gamma = np.sqrt(1 - np.abs(layer.poles) ** 2)
    b, c = layer.B[:, 0] / gamma, layer.C[0]
    log_theta = np.log(np.angle(layer.poles) % (2 * np.pi))
    return np.concatenate([np.log(-np.log(np.abs(layer.poles))), log_theta, np.log(gamma), b.real, b.imag,
                           c.real, c.imag, layer.D[0].real])
