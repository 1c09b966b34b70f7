"""Scalar cascades on sampled signals: loss and exact gradient, for one stack or for many seeds at once."""

import math
import operator
from itertools import accumulate

import numpy as np

from .. import threads
from ..kernels import sampled as kernel
from ..system import validation
from ..system.fields import Fields
from ..system.stacks import require_stack
from . import networks
from .signals import signals

_DOUBLE = np.dtype(np.float64)
_LARGEST = 250  # decimal orders of magnitude
_SEEDS = 16
_WORTH_A_THREAD = 4_000_000  # filters times samples: about 200 µs; handing work over takes up to 100


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
    scalars = _scalars(require_stack(student), max((1, *np.shape(u)[:2])))
    if scalars is not None and not np.iscomplexobj(u) and not np.iscomplexobj(target):
        return _forward(scalars, student.timing == "current", signals(u, target, weights))
    value, fields = networks.gradient(student, u, target, weights)
    parts = (fields.poles, fields.B, fields.C, fields.D)
    return value, Fields(*(np.concatenate(part, axis=None) for part in parts) if student.is_cascade else parts)


def forward_gradient(student, given):
    """`gradient` on signals laid out before; None for a student whose gradient takes the adjoint."""
    scalars = _scalars(require_stack(student), len(given.weights))
    return None if scalars is None else _forward(scalars, student.timing == "current", given)


def _products(factors):
    """The product of all, and of all but each one: no division, since one may be 0."""
    up = [*accumulate(factors, initial=1.0, func=operator.mul)]
    down = [*accumulate(reversed(factors), initial=1.0, func=operator.mul)]
    return up[-1], np.multiply(up[:-1], down[-2::-1])


def gradients(poles, gains, given):
    r"""Losses and gradients of many cascades :math:`g_s \prod_k 1/(1-\lambda_{s,k} z^{-1})` on the same signals.

    Parameters
    ----------
    poles : (S, K) array
    gains : (S,) array
    given : Signals
        ``signals(u, target, weights=None)``, made once for any number of calls.

    Returns
    -------
    losses : (S,) array
        ½ mean over the batch of Σ_t w_t |y_s − target|².
    by_poles : (S, K) array
    by_gains : (S,) array

    Raises
    ------
    ValueError
        A shape does not fit, or an entry that is complex, NaN or inf.

    Notes
    -----
    Current timing, from rest. The bits do not depend on the number of threads. The gain comes last: on the way the
    signal may grow as T^K, which float64 holds up to 10^308.
    """
    poles, gains = np.asarray(poles), np.asarray(gains)
    fit = poles.dtype == gains.dtype == _DOUBLE and poles.ndim == 2 and gains.shape == poles.shape[:1]
    if not fit or not poles.size:
        poles, gains = _real(poles, "poles", (None, None), ("S", "K")), _real(gains, "gains", (len(poles),), ("S",))
    means = _means(poles.copy(), gains.copy(), given, True)
    return means[:, 0], means[:, 3:], means[:, 1]


def _real(value, name, shape, axes):
    array = validation.shaped(value, name, shape, axes)
    if array.dtype.kind == "c":
        raise ValueError(f"{name}: expected real numbers, got complex ones; `gradient` takes complex stacks")
    return array


def _forward(scalars, current, given):
    """The loss, and its gradient by the forward-only sensitivities."""
    poles, b, c = scalars
    gain, others = _products((b * c).tolist())
    means = _means(poles[None], np.array([gain]), given, current)[0]
    with np.errstate(over="ignore", invalid="ignore"):  # divergence is a value
        now, before = means[1:3]
        by_gain = others * (now if current else before)
        by_skip = others * (now - poles * before)
        return means[0].item(), Fields(means[3:], c * by_gain, b * by_gain, by_skip)


def _scalars(student, T):
    """(3, K): poles, b and c of a real scalar cascade without feedthrough; None for any other stack.

    None as well where float64 may not hold the products: the kernel runs gains of 1, where signals grow as T^K at most.
    """
    rows = []
    for layer in student:
        if layer.B.size != 1 or layer.C.size != 1 or layer.dtype.kind == "c" or layer.D[0, 0] != 0:
            return None
        rows.append((layer.poles.item(), layer.B.item(), layer.C.item()))
    reach = sum(abs(math.log10(abs(b * c))) for _, b, c in rows if b * c != 0)
    if reach >= _LARGEST or len(rows) * math.log10(T) >= _LARGEST:
        return None
    return np.array(rows).T.copy()


def _means(poles, gains, given, current):
    """The kernel's sums over rows and times, divided by the number of rows: (S, K + 3)."""
    (S, K), (groups, T, lanes) = poles.shape, given.u.shape
    sums = np.empty((S, groups, K + 3))
    u = given.u if current else _later(given.u, K - 1)

    def work(item):
        kernel.gradients(poles, gains, u, given.target, given.weights, current, *item, sums)

    if groups * T * lanes * S * (K + 2) > _WORTH_A_THREAD:
        threads.run(work, _items(S, groups))
    else:
        work((0, S, 0, groups))
    means, finite = kernel.means(sums, gains, given.batch)
    if not finite:
        for name, array in (("u", given.u), ("target", given.target), ("poles", poles), ("gains", gains)):
            validation.numbers(array, name)
    return means


def _later(u, delay):
    """`delay` zeros before the first sample."""
    out = np.zeros_like(u)
    out[:, delay:] = u[:, : max(u.shape[1] - delay, 0)]
    return networks.read_only(out)


def _items(S, groups):
    """(first seed, last seed, first group, last group) of each piece of work."""
    halves = [(0, groups)] if groups == 1 else [(0, groups // 2), (groups // 2, groups)]
    return [(i, min(i + _SEEDS, S), *half) for i in range(0, S, _SEEDS) for half in halves]
