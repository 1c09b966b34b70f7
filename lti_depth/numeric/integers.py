"""Scalar cascades in integers: the recursions of `kernels.cascade` in as many bits as it takes.

A layer's λ, b, f, e are doubles or sums of products of two, hence integers times one power of two, 2^−s: nothing of a
layer is rounded. Signals are multiples of 2^−bits, and a sum of products is rounded once, when its s bits are shifted
out. Twice the bits change a value by its error before, 2^−bits of which is left: what is asked for is computed with
more and more bits until that is small.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..system.limits import require_affordable
from .reach import require_reachable

_FIRST, _LAST = 2**8, 2**12
_GUARD = 80  # bits of what 2^−bits of a change leaves to spare, and to double precision
_RANGE = 2**10  # bits below which a value that is 0 may be one that has been lost
_GRAIN = 2**16  # up to which a state is changed at random, that no rounding to 0 hides what becomes of its roundings
_SLACK, _PERIOD = 64, 64  # bits by which the largest state may leave its place; how often that is looked at


@dataclass(frozen=True, slots=True)
class Gaussian:
    """real + i imag, integers of any size; an int is one too."""

    real: int
    imag: int

    def conjugate(self):
        """The complex conjugate."""
        return Gaussian(self.real, -self.imag)

    def __add__(self, other):
        return Gaussian(self.real + other.real, self.imag + other.imag)

    def __mul__(self, other):
        a, b, c, d = self.real, self.imag, other.real, other.imag
        return Gaussian(a * c - b * d, a * d + b * c)

    def __rsub__(self, other):
        return Gaussian(other.real - self.real, other.imag - self.imag)

    def __lshift__(self, bits):
        return Gaussian(self.real << bits, self.imag << bits)

    def __rshift__(self, bits):
        return Gaussian(self.real >> bits, self.imag >> bits)

    def __floordiv__(self, divisor):
        return Gaussian(self.real // divisor, self.imag // divisor)

    __radd__, __rmul__ = __add__, __mul__


class Section(NamedTuple):
    """λ, b, f, e of a layer in the form of `kernels.cascade`, times 2^shift."""

    pole: Any
    gain: Any
    past: Any
    through: Any
    shift: int


def sections(layers, current):
    """Of layers (4, K): λ, b, c, d."""
    return [_section(layer.tolist(), now) for layer, now in zip(layers.T, current, strict=True)]


def _section(layer, now):
    """One power of two for all; in current timing f = c λ, e = d + c b."""
    parts = [part for value in layer for part in (value.real, value.imag)]
    shift = max(part.as_integer_ratio()[1].bit_length() - 1 for part in parts)
    pole, gain, past, through = (_times_power(value, shift) for value in layer)
    if not now:
        return Section(pole, gain, past, through, shift)
    return Section(pole << shift, gain << shift, past * pole, (through << shift) + past * gain, 2 * shift)


def _times_power(value, shift):
    def whole(part):
        numerator, denominator = part.as_integer_ratio()
        return (numerator << shift) // denominator
    return Gaussian(whole(value.real), whole(value.imag)) if isinstance(value, complex) else whole(value)


def response(layers, current, first, rest, times):
    """From rest, to the whole numbers `first`, `rest`, `rest`, …: mantissas and exponents at sorted times ≥ 0."""
    cascade = sections(layers, current)
    _require_affordable(layers, times[-1])
    return _settled(lambda bits: _respond(cascade, [0] * len(cascade), first, rest, times, 0, bits))


def autocovariance(layers, current, lags):
    """E y[t+Δ] y[t]* for white unit input at sorted lags Δ ≥ 0: mantissas and exponents."""
    cascade = sections(layers, current)
    _require_affordable(layers, lags[-1])
    grains = np.random.default_rng(0).integers(-_GRAIN, _GRAIN, len(cascade)).tolist()

    def compute(bits):
        _, Y, Z = _moments(cascade, bits)
        state = [((one.pole * Xk + one.gain * Zk.conjugate()) >> one.shift) + grain
                 for one, Xk, Zk, grain in zip(cascade, Y, Z[:-1], grains, strict=True)]
        at_once = [(Z[-1], -bits)] * int((lags == 0).sum())
        return at_once + _respond(cascade, state, 0, 0, lags[lags > 0], 1, bits)

    return _settled(compute)


def state_covariance(layers, current):
    """E ξ_i ξ_j* for white unit input: mantissas and exponents, (K, K)."""
    cascade, K = sections(layers, current), layers.shape[1]
    _require_affordable(layers)
    lower = np.tril_indices(K)

    def compute(bits):
        rows, _, _ = _moments(cascade, bits)
        return [(value, -bits) for row in rows for value in row]

    values, found = _settled(compute)
    W, exponents = np.empty((K, K), values.dtype), np.empty((K, K), np.int64)
    W[lower[::-1]], exponents[lower[::-1]] = values.conj(), found
    W[lower], exponents[lower] = values, found
    return W, exponents


def _require_affordable(layers, last=0):
    """With the most bits: by the pairs of layers, and by the layers at every sample."""
    K, weight = layers.shape[1], 1 if layers.dtype.kind == "f" else 4
    what = "values so small beside what cancels in them"
    require_affordable(K, what, 2, seconds=2e-5 * weight * K**2, instead="take fewer layers")
    require_reachable(last, what, seconds=3e-6 * weight * K)


def _moments(cascade, bits):
    """Rows W_ij, j ≤ i, and the last Y, Z of `kernels.cascade._moments`; 1 − λ_i λ̄_j is exact."""
    rows, Y, Z = [], [0] * len(cascade), [1 << bits] + [0] * len(cascade)
    for i, (li, bi, fi, ei, si) in enumerate(cascade):
        X, row = 0, []
        for j in range(i + 1):
            lj, bj, fj, ej = (part.conjugate() for part in cascade[j][:4])
            sj, Yij, Zij = cascade[j].shift, Y[j] if j < i else X, Z[j]
            terms = bi * (lj * Yij.conjugate() + bj * Zij) + li * bj * X
            W = _quotient(terms, (1 << si + sj) - li * lj)
            row.append(W)
            Y[j] = (fi.conjugate() * W.conjugate() + ei.conjugate() * Yij) >> si
            Z[j] = (fi * X + ei * Zij) >> si
            X = (fj * W + ej * X) >> sj
        rows.append(row)
        Z[i + 1] = ((fi * Y[i] + ei * Z[i].conjugate()) >> si).conjugate()
    return rows, Y, Z


def _quotient(a, b):
    return a * b.conjugate() // (b.real**2 + b.imag**2)


def _respond(cascade, state, first, rest, times, origin, bits):
    """Values and binary exponents at sorted times ≥ the origin, as `kernels.cascade._respond`.

    Without further input all states are shifted together, so that the largest has about as many bits as at first.
    """
    out, exponent, t = [], -bits, origin
    for time in times.tolist():
        while t <= time:
            p = (first if t == origin else rest) << bits
            for k, (pole, gain, past, through, shift) in enumerate(cascade):
                x = state[k]
                state[k] = (pole * x + gain * p) >> shift
                p = (past * x + through * p) >> shift
            t += 1
            here = exponent
            if rest == 0 and t % _PERIOD == 0:
                exponent += _level(state, bits)
        out.append((p, here))
    return out


def _level(state, bits):
    """What was shifted out of all states: nothing, unless the largest has far more or fewer than `bits`."""
    excess = max(_length(x) for x in state) - bits
    if abs(excess) < _SLACK or excess == -bits:
        return 0
    state[:] = [x >> excess if excess > 0 else x << -excess for x in state]
    return excess


def _length(x):
    return max(x.real.bit_length(), x.imag.bit_length())


def _settled(compute):
    """Mantissas and binary exponents of the values that `compute(bits)` gives, with bits enough.

    What becomes smaller with the bits throughout is 0.
    """
    bits = _FIRST
    values = compute(bits)
    while True:
        before, values = values, compute(2 * bits)
        found = [_is_found(*pair, bits) for pair in zip(before, values, strict=True)]
        bits *= 2
        if all(found) or bits >= _LAST:
            return _doubles([value if known else (0, 0) for value, known in zip(values, found, strict=True)])


def _is_found(before, after, bits):
    """Whether a value that `bits` more have changed, or one unit of it, is near it but for 2^−bits of the change."""
    (old, coarse), (new, fine) = before, after
    if new == old == 0:
        return bits >= _RANGE
    old = old << (coarse - fine)
    change = max(abs(old.real - new.real), abs(old.imag - new.imag), 1 << (coarse - fine))
    return change >> (bits - _GUARD) <= max(abs(new.real), abs(new.imag))


def _doubles(values):
    """Of numbers with binary exponents: doubles near 1 and exponents."""
    lengths = [_length(value) for value, _ in values]
    mantissas = [_double(value, length) for (value, _), length in zip(values, lengths, strict=True)]
    return np.array(mantissas), np.array([exponent for _, exponent in values], np.int64) + lengths


def _double(value, length):
    if isinstance(value, int):
        return value / (1 << length)  # rounded once, of integers of any size
    return complex(_double(value.real, length), _double(value.imag, length))
