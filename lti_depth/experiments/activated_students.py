r"""Deep and wide students with activations, many training runs at once, on periodic records.

Filters are exact in the frequency domain, activations in time; one period is the steady state. Every array of signals
is (R, batch, T), one run a row. A deep student has an activation after every scalar layer, a wide one after the sum of
its states:

.. math:: p_k = \varphi\Big(\frac{\gamma_k b_k c_k}{1-\lambda_k z^{-1}} p_{k-1}\Big), \qquad
          y = \varphi\Big(\sum_k \frac{\gamma_k b_k c_k}{1-\lambda_k z^{-1}} u\Big)

Points are those of `students.packed`: ν with λ = exp(−e^ν), b, c.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import erf


def _gelu_slope(v):
    return (1 + erf(v / np.sqrt(2))) / 2 + v * np.exp(-(v**2) / 2) / np.sqrt(2 * np.pi)


ACTIVATIONS = {  # φ and φ'
    "linear": (lambda v: v, np.ones_like),
    "tanh": (np.tanh, lambda v: 1 - np.tanh(v) ** 2),
    "relu": (lambda v: np.maximum(v, 0), lambda v: (v > 0).astype(float)),
    "gelu": (lambda v: v * (1 + erf(v / np.sqrt(2))) / 2, _gelu_slope),
}


@dataclass(frozen=True)
class Activated:
    """A deep or wide student with one activation."""

    activation: str
    deep: bool

    def __call__(self, x, gamma, u):
        """Output, (R, batch, T)."""
        return self._forward(_Point(x, gamma, u.shape[-1]), u)[0]

    def gradient(self, x, gamma, u, target):
        """Mean squared error, (R,), and the gradient of half of it, (R, P)."""
        point = _Point(x, gamma, u.shape[-1])
        y, inputs, sums = self._forward(point, u)
        error = y - target
        back = error / (error.shape[1] * error.shape[2])
        by_pole, by_gain = (self._deep_back if self.deep else self._wide_back)(point, inputs, sums, back)
        return np.mean(error**2, axis=(1, 2)), point.gradient(by_pole, by_gain)

    def _forward(self, point, u):
        """Output; the spectra that enter each filter; the signals that enter each activation."""
        phi, T = ACTIVATIONS[self.activation][0], u.shape[-1]
        if not self.deep:
            U = np.fft.rfft(u)
            v = np.fft.irfft(U * (point.gains[..., None] * point.filters).sum(axis=1)[:, None], T)
            return phi(v), [U], [v]
        inputs, sums, p = [], [], u
        for k in range(point.gains.shape[1]):
            inputs.append(np.fft.rfft(p))
            sums.append(np.fft.irfft(inputs[-1] * (point.gains[:, k, None] * point.filters[:, k])[:, None], T))
            p = phi(sums[-1])
        return p, inputs, sums

    def _deep_back(self, point, inputs, sums, back):
        slope, T = ACTIVATIONS[self.activation][1], back.shape[-1]
        by_pole, by_gain = np.empty_like(point.gains), np.empty_like(point.gains)
        for k in reversed(range(point.gains.shape[1])):
            D = np.fft.rfft(back * slope(sums[k]))
            by_pole[:, k], by_gain[:, k] = point.contracted(k, (D.conj() * inputs[k]).sum(axis=1))
            if k:
                back = np.fft.irfft(D * (point.gains[:, k, None] * point.filters[:, k]).conj()[:, None], T)
        return by_pole, by_gain

    def _wide_back(self, point, inputs, sums, back):
        D = np.fft.rfft(back * ACTIVATIONS[self.activation][1](sums[0]))
        Q = (D.conj() * inputs[0]).sum(axis=1)
        columns = [point.contracted(k, Q) for k in range(point.gains.shape[1])]
        return tuple(np.stack(values, axis=1) for values in zip(*columns, strict=True))


class _Point:
    """Poles, gains γbc and filters 1/(1 − λz⁻¹) of many students at the frequencies of a record of T samples."""

    def __init__(self, x, gamma, T):
        nu, self.b, self.c = np.split(x, 3, axis=1)
        self.gamma, self.poles = gamma, np.exp(-np.exp(nu))
        self.slope = -np.exp(nu) * self.poles
        self.gains = gamma * self.b * self.c
        self.z = np.exp(-2j * np.pi * np.arange(T // 2 + 1) / T)
        self.filters = 1 / (1 - self.poles[..., None] * self.z)
        self.weights = np.full(T // 2 + 1, 2 / T)  # Parseval: Σ_t a b = Σ_ω w Re(conj(A) B)
        self.weights[0] = 1 / T
        if T % 2 == 0:
            self.weights[-1] = 1 / T

    def contracted(self, k, Q):
        """Derivatives by λ_k and by its gain, where the loss changes by Re Σ w Q dH."""
        q = Q * self.weights * self.filters[:, k]
        return self.gains[:, k] * (q * self.z * self.filters[:, k]).sum(axis=1).real, q.sum(axis=1).real

    def gradient(self, by_pole, by_gain):
        """In the coordinates ν, b, c."""
        g = self.gamma * by_gain
        return np.concatenate([self.slope * by_pole, g * self.c, g * self.b], axis=1)


def train(student, x, gamma, u, target, rule, marks):
    """Runs from the points x (R, P) for marks[-1] steps; the points at the steps `marks`, (len(marks), R, P).

    A run whose gradient is not finite stays where it is.
    """
    x, state, found = x.copy(), {}, []
    with np.errstate(all="ignore"):
        for step in range(marks[-1] + 1):
            if step in marks:
                found.append(x)
            if step == marks[-1]:
                return np.array(found)
            _, g = student.gradient(x, gamma, u, target)
            finite = np.isfinite(g).all(axis=1, keepdims=True)
            x = np.where(finite, x - rule(step, np.where(finite, g, 0.0), state), x)
    raise ValueError(f"marks: expected rising steps, got {marks}")
