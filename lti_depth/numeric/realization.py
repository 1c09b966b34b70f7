"""A stack, with the filter of a process in front of it, as padded and scaled arrays for the kernels."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..kernels.doubledouble import COMPLEX, REAL
from ..kernels.gramians import products
from ..system.kept import kept
from ..system.notices import warn
from ..system.stacks import require_stack

WITHOUT_LOGARITHM = {"gauss_newton", "hankel_singular_values"}


@dataclass(frozen=True, eq=False)
class Realization:
    """K layers padded with silent states and channels to N states and H channels.

    poles (K, N), B (K, N, H), C (K, H, N), D (K, H, H), all complex128; `current` (K,) says which layers take their
    input at once. Powers of two keep every signal near one: the true states are the kernels' times
    2^`state_exponents` (K, N), the true output 2^`output_exponent`. `front` layers belong to the process.
    """

    poles: np.ndarray
    B: np.ndarray
    C: np.ndarray
    D: np.ndarray
    current: np.ndarray
    state_exponents: np.ndarray
    output_exponent: int
    front: int
    is_cascade: bool

    @cached_property
    def nonnegative(self):
        """No sum over this stack can cancel: every entry is real and ≥ 0."""
        arrays = (self.poles, self.B, self.C, self.D)
        return all((array.imag == 0).all() and (array.real >= 0).all() for array in arrays)

    @property
    def scalars(self):
        """(poles, b, c, d, current) of a scalar cascade, (K,) each."""
        return self.poles[:, 0], self.B[:, 0, 0], self.C[:, 0, 0], self.D[:, 0, 0], self.current

    @cached_property
    def layers(self):
        """λ, b, c, d of a scalar cascade, (4, K), float64 where all are real."""
        layers = np.stack(self.scalars[:4])
        return layers if layers.imag.any() else np.ascontiguousarray(layers.real)

    @property
    def digits(self):
        """Real or complex double-doubles, for the kernels of scalar cascades."""
        return REAL if self.layers.dtype.kind == "f" else COMPLEX

    @cached_property
    def sections(self):
        """(poles, B, F, E) of the form ξ' = Λ ξ + B p, p' = F ξ + E p that layers of both timings share."""
        current = self.current[:, None, None]
        F = np.where(current, self.C * self.poles[:, None, :], self.C)
        return self.poles, self.B, F, np.where(current, self.D + products(self.C, self.B), self.D)

    @property
    def dense(self):
        """The state matrix and the readout of all states, ξ' = A ξ + …, y = F ξ + …: (K·N, K·N) and (H, K·N)."""
        poles, B, F, E = self.sections
        K, N, H = B.shape
        A, signal = np.zeros((K * N, K * N), complex), np.zeros((H, K * N), complex)
        for k in range(K):
            rows = slice(k * N, (k + 1) * N)
            A[rows] = B[k] @ signal
            A[rows, rows] += np.diag(poles[k])
            signal = E[k] @ signal
            signal[:, rows] += F[k]
        return A, signal


def realize(stack, shape=None, *, memory=True):
    """The realization of `shape` (a single-channel Stack or None, one copy an input channel) followed by `stack`.

    `memory`: scale by the gain of each layer to slow signals, |c b|/(1−|λ|), instead of its gain at once, |c b|.
    """
    require_stack(stack)
    if shape is None:
        return _scaled_to_slow(stack) if memory else _scaled_to_gains(stack)
    return _realize(*padded(stack, shape), memory)


@kept
def _scaled_to_slow(stack):
    return _realize(*padded(stack, None), True)


@kept
def _scaled_to_gains(stack):
    return _realize(*padded(stack, None), False)


def _realize(poles, B, C, D, current, front, memory):
    B, C, D, *exponents = _rescale(poles, B, C, D, memory)
    return Realization(poles, B, C, D, current, *exponents, front, B.shape[1:] == (1, 1))


def padded(stack, shape):
    """The layers of `shape`, a copy for each input channel, and of `stack`, padded to one size."""
    if shape is None and stack.is_cascade:
        poles = np.array(stack.poles, dtype=complex)[:, None]
        B, C, D = (np.array(part, dtype=complex)[:, None, None] for part in (stack.B, stack.C, stack.D))
        return poles, B, C, D, np.full(len(stack), stack.timing == "current"), 0
    copied = () if shape is None else shape.closed().layers
    layers = (*copied, *stack.closed().layers)
    copies = [stack.channels[0]] * len(copied) + [1] * len(stack)
    N = max(layer.width * n for layer, n in zip(layers, copies, strict=True))
    H = max(max(layer.channels) * n for layer, n in zip(layers, copies, strict=True))
    K = len(layers)
    poles, B = np.zeros((K, N), complex), np.zeros((K, N, H), complex)
    C, D = np.zeros((K, H, N), complex), np.zeros((K, H, H), complex)
    for k, (layer, n) in enumerate(zip(layers, copies, strict=True)):
        poles[k, : layer.width * n] = np.repeat(layer.poles, n)
        for padded, matrix in ((B, layer.B), (C, layer.C), (D, layer.D)):
            block = matrix if n == 1 else np.kron(matrix, np.eye(n))
            padded[k, : block.shape[0], : block.shape[1]] = block
    timings = [shape.timing if k < len(copied) else stack.timing for k in range(K)]
    return poles, B, C, D, np.array(timings) == "current", len(copied)


def _rescale(poles, B, C, D, memory):
    """B, C, D scaled by powers of two, exactly, and the exponents taken out of the states (K, N) and of the output.

    After it, with `memory`, |ξ| and |p| are bounded by about 1 for every input |u| ≤ 1, and the bound is kept at 1
    through the layers: it neither grows nor shrinks with depth.
    """
    slowness = 1 / np.maximum(1 - np.abs(poles), 2.0**-60) if memory else 1.0
    largest = _exponent(np.abs(B).max(axis=2))
    B = ldexp(B, -largest[:, :, None])
    reach = _exponent(np.abs(B).sum(axis=2) * slowness)
    B = ldexp(B, -reach[:, :, None])
    bound = np.abs(B).sum(axis=2) * slowness
    local = largest + reach  # of the states, for an input of 1
    absent = np.iinfo(np.int32).min
    past = np.where(C != 0, _exponent(np.abs(C)) + local[:, None, :], absent).max(axis=(1, 2))
    through = np.where(D != 0, _exponent(np.abs(D)), absent).max(axis=(1, 2))
    largest = np.maximum(past, through)
    largest[largest == absent] = 0
    from_states, from_input = ldexp(C, (local - largest[:, None])[:, None, :]), ldexp(D, -largest[:, None, None])
    gain = ((np.abs(from_states) * bound[:, None, :]).sum(axis=2) + np.abs(from_input).sum(axis=2)).max(axis=1)
    gain[gain == 0] = 1  # a layer that lets nothing through needs no scaling
    after = np.rint(np.cumsum(largest + np.log2(gain))).astype(np.int64)
    before = np.concatenate([[0], after[:-1]])
    C = ldexp(C, (local - (after - before)[:, None])[:, None, :])
    D = ldexp(D, (before - after)[:, None, None])
    return B, C, D, before[:, None] + local, int(after[-1])


def _exponent(magnitude):
    return np.frexp(magnitude)[1].astype(np.int64)


def ldexp(values, exponents):
    """values·2^exponents of doubles or complex doubles; exponents are whole numbers of any size."""
    exponents = np.minimum(np.maximum(exponents, -5000), 5000).astype(np.int32)  # numpy's ldexp takes C ints
    if not np.iscomplexobj(values):
        return np.ldexp(values, exponents)
    parts = np.ascontiguousarray(values).view(float).reshape(*values.shape, 2)
    return np.ldexp(parts, exponents[..., None]).view(complex)[..., 0]


def unscale(values, exponents, what):
    """values·2^exponents; an overflow becomes inf with a RuntimeWarning, an underflow 0."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        result = ldexp(values, np.asarray(exponents)) if np.any(exponents) else values
    lost = ~np.isfinite(result)
    if lost.any():
        result = np.where(np.isnan(result), np.inf, result)
        instead = ("divide the gains b and c and keep the logarithm apart" if what in WITHOUT_LOGARITHM else
                   f"use numeric.log_{what}")
        warn(f"{what}: {int(lost.sum())} of {lost.size} values exceed float64 and became inf; {instead}")
    return result


def leveled(values, exponents):
    """The same numbers with one exponent for all, the largest, that leaves every value at most 1."""
    sizes = np.abs(np.where(np.isfinite(values), values, 0))
    top = np.where(sizes > 0, exponents + _exponent(sizes), np.iinfo(np.int32).min).max()
    return ldexp(values, exponents - top), top


def drop_channels(values, h_out, h_in):
    """(…, H_out, H_in) with both channel axes dropped when both are 1; a 0-d result becomes a scalar."""
    values = values[..., :h_out, :h_in]
    return values[..., 0, 0][()] if h_out == h_in == 1 else values


def real_if(condition, values):
    """The real part of values known to be real."""
    return values.real.copy() if condition else values
