"""Scalar cascades on sampled signals: loss and exact gradient, for one stack or for many seeds at once."""

import math

import numpy as np

from ..kernels import sampled as kernel
from ..system import validation
from ..system.fields import Fields
from ..system.stacks import require_stack
from . import networks, threads

_LARGEST = 250  # decimal orders of magnitude
_SEEDS = 16
_WORTH_A_THREAD = 2_000_000  # filters times samples: about 300 µs; handing work over takes up to 100


def loss(student, u, target, weights=None):
    r"""½ mean over the batch of :math:`\sum_t w_t |y_t - \text{target}_t|^2`, summed over channels; from rest."""
    return networks.loss(require_stack(student), u, target, weights)


def gradient(student, u, target, weights=None):
    r"""The loss of a stack on given signals, and its exact gradient.

    .. math:: L = \tfrac12\,\text{mean}_{batch} \sum_t w_t |y_t - \text{target}_t|^2

    Real scalar cascades without feedthrough go forward only: :math:`\partial y/\partial\lambda_k =
    z^{-1}/(1-\lambda_k z^{-1})\,y`, since their layers commute. Everything else goes through `networks.gradient`.

    Parameters
    ----------
    student : Stack
    u : (T,) or (batch, T) array for one input channel, else (batch, T, H_in)
    target : array of the shape of the output
    weights : (T,) array, optional
        w; 1/T each if None. Zeros at the start wash out the initial rest.

    Returns
    -------
    loss : float
    gradient : Fields
        Shaped as the stack's fields; (∂_Re + i ∂_Im) L for complex parameters.

    Raises
    ------
    ValueError
        A shape does not fit, NaN or inf, or a complex signal into a layer with real=True.

    Notes
    -----
    Forward-only sensitivities of one diagonal layer: Zucchet et al., arXiv 2305.15947; at any depth, new here.
    """
    if not _is_fast(require_stack(student), u, target):
        value, fields = networks.gradient(student, u, target, weights)
        parts = (fields.poles, fields.B, fields.C, fields.D)
        return value, Fields(*(np.concatenate(part, axis=None) for part in parts) if student.is_cascade else parts)
    poles, b, c = (np.array([getattr(layer, name).item() for layer in student]) for name in ("poles", "B", "C"))
    gain, others = _products(b * c)
    current = student.timing == "current"
    (sums,) = _sums(poles[None], np.array([gain]), current, _rows(u, "u"), _rows(target, "target"), weights)
    with np.errstate(over="ignore", invalid="ignore"):  # divergence is a value
        now, before = sums[1:3]
        by_gain = others * (now if current else before)
        by_skip = others * (now - poles * before)
        return sums[0].item(), Fields(gain * sums[3:], c * by_gain, b * by_gain, by_skip)


def _products(factors):
    """The product of all, and of all but each one: no division, since one may be 0."""
    up, down = np.cumprod(factors), np.cumprod(factors[::-1])[::-1]
    return up[-1].item(), np.concatenate([[1.0], up[:-1]]) * np.concatenate([down[1:], [1.0]])


def gradients(poles, gains, u, target):
    r"""Losses and gradients of many cascades :math:`g_s \prod_k 1/(1-\lambda_{s,k} z^{-1})` on the same signals.

    Parameters
    ----------
    poles : (S, K) array
    gains : (S,) array
    u, target : (batch, T) array

    Returns
    -------
    losses : (S,) array
        ½ mean over batch and time of |y_s − target|².
    by_poles : (S, K) array
    by_gains : (S,) array

    Raises
    ------
    ValueError
        A shape does not fit, or an entry that is complex, NaN or inf.

    Notes
    -----
    Current timing, from rest. The seeds share one copy of the signals; the bits do not depend on the number of threads.
    The gain comes last: on the way the signal may grow as T^K, which float64 holds up to 10^308.
    """
    poles = validation.shaped(poles, "poles", (None, None), ("S", "K"))
    gains = validation.vector(gains, "gains", len(poles), "S")
    sums = _sums(poles, gains, True, _rows(u, "u"), _rows(target, "target"), None)
    with np.errstate(over="ignore", invalid="ignore"):
        return sums[:, 0], sums[:, 3:] * gains[:, None], sums[:, 1]


def _is_fast(student, u, target):
    """A real scalar cascade without feedthrough, on real signals, with products that float64 holds.

    The kernel runs the cascade with gains of 1, where signals grow as T^K at most.
    """
    for layer in student:
        if layer.B.shape != (1, 1) or layer.C.shape != (1, 1) or layer.dtype.kind == "c" or layer.D[0, 0] != 0:
            return False
    if np.iscomplexobj(u) or np.iscomplexobj(target):
        return False
    gains = (abs(layer.B[0, 0] * layer.C[0, 0]) for layer in student)
    reach = sum(abs(math.log10(gain)) for gain in gains if gain > 0)
    return reach < _LARGEST and len(student) * math.log10(max(np.shape(u)[:2])) < _LARGEST


def _rows(value, name):
    """(batch, T) float64, contiguous; whether it is finite is asked only where the loss is not."""
    array = np.asarray(value)
    array = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
    if array.dtype.kind not in "fiu" or array.ndim not in (1, 2) or not array.size:
        array = validation.numbers(value, name)
        raise ValueError(f"{name}: expected real numbers of shape (T,), (batch, T) or (batch, T, 1), "
                         f"got {validation.describe(array)}")
    return np.ascontiguousarray(array.reshape(-1, array.shape[-1]), dtype=np.float64)


def _sums(poles, gains, current, u, target, weights):
    """The kernel's sums over rows and times, divided by the number of rows: (S, K + 3)."""
    if target.shape != u.shape:
        raise ValueError(f"target: expected shape {u.shape} as u, got {target.shape}")
    batch, T = u.shape
    w = networks.time_weights(weights, T)
    S, K = poles.shape
    depth = K if K in (1, 2, 4) else -(-K // 6) * 6 if K != 3 else 4
    lanes = _padded(u, 0 if current else K - 1), _padded(target, 0)
    groups = len(lanes[0]) // kernel.LANES
    sums = np.empty((S, groups, depth + 3))
    deep = np.zeros((S, depth))
    deep[:, :K] = poles
    fixed = tuple(networks.read_only(array) for array in (deep, gains, *lanes, w))

    def work(item):
        kernel.gradients(*fixed, current, *item, sums)

    worthwhile = u.size * S * (K + 2) > _WORTH_A_THREAD
    threads.run(work, _items(S, groups) if worthwhile else [(0, S, 0, groups)])
    means = sums.sum(axis=1)[:, : K + 3] / batch
    if not np.isfinite(means[:, 0]).all():
        validation.numbers(u, "u"), validation.numbers(target, "target")
    return means


def _items(S, groups):
    """(first seed, last seed, first group, last group) of each piece of work."""
    halves = [(0, groups)] if groups == 1 else [(0, groups // 2), (groups // 2, groups)]
    return [(i, min(i + _SEEDS, S), *half) for i in range(0, S, _SEEDS) for half in halves]


def _padded(rows, delay):
    """Rows of zeros up to a multiple of 8, and `delay` zeros before the first sample."""
    batch, T = rows.shape
    if delay == 0 and batch % kernel.LANES == 0:
        return rows
    out = np.zeros((-(-batch // kernel.LANES) * kernel.LANES, T))
    out[:batch, delay:] = rows[:, : max(T - delay, 0)]
    return out
