"""Runs of scalar cascades: which kernel, in which units.

Without feedthrough the layers of a cascade are brought to unit gain: with r_k = c_k Π_{j>k} b_j c_j, the gain from
state k on to the output, z_k = r_k x_k obeys z_k ← λ_k z_k + z_{k−1}, z_0 = b_1 r_1 u, and z_K = y. All kernels tell
what is not finite by its last states: such a state never becomes finite again.
"""

from typing import NamedTuple

import numpy as np

from .. import threads
from ..kernels import batches, cascade, sequences
from ..system.kept import kept

_REACH = {4: 40, 8: 400}  # binary orders that gain and r may lie from 1, by the bytes of a real number
_CHUNK = 2**15  # samples of all rows, where they have to be converted
_LONG = 512  # samples from which a single run pays for the edges of a kernel of its own
_WORK = 2**20  # layers × samples that outlast handing them to another thread


class Scalars(NamedTuple):
    """A scalar cascade: (K,) each, and whether its timing is current; in units of unit layers, gain and r.

    `reach` is how many binary orders gain and r lie from 1, inf with feedthrough: unit layers have none. `unit`: r = 1.
    """

    poles: np.ndarray
    b: np.ndarray
    c: np.ndarray
    d: np.ndarray
    current: bool
    gain: complex
    r: np.ndarray
    reach: float
    unit: bool


@kept
def scalars(stack):
    """What is read of a stack, once for all kernels; kept, for chunks of a stream come one after the other."""
    b, c = stack.B, stack.C
    with np.errstate(all="ignore"):  # what leaves the range of doubles is out of reach
        after = np.cumprod((b * c)[::-1])[::-1]
        gain, r = after[0], c * np.append(after[1:], 1.0)
        reach = np.inf if stack.D.any() else np.abs(np.log2(np.abs([gain, *r]))).max()
    return Scalars(stack.poles, b, c, stack.D, stack.timing == "current", gain, r, reach, bool((r == 1).all()))


def run(given, u, y, x):
    """y (batch, T) from u (batch, T), all of it if they are one array; x (batch, K) in place. Whether all is finite."""
    if u.dtype == y.dtype == x.dtype:
        return _run(given, u, y, x)
    finite, width = True, max(_CHUNK // len(u), 64)
    for start in range(0, u.shape[1], width):
        part = u[:, start : start + width].astype(x.dtype)
        out = np.empty_like(part)
        finite &= _run(given, part, out, x)
        y[:, start : start + width] = out
    return finite


def run_plainly(given, u, y, x):
    """The same sample by sample, so that overflow shows where the recursion has it."""
    parameters = (np.array(a, dtype=x.dtype) for a in given[:4])
    cascade.simulate(*parameters, given.current, _read_only(u), x, y)


def _run(given, u, y, x):
    if not given.reach < _REACH[u.real.itemsize] or (u is y and not given.unit):
        return _sections(given, u, y, x)
    gain, z = x.dtype.type(given.gain), x if given.unit else (given.r * x).astype(x.dtype)
    kernel = _of_one_run(given, u)
    if kernel:
        _each(kernel, given, gain, u, y, z)
    else:
        _batch(batches.LAYERS, [given.poles], gain, u, y, z, not given.current)
    if z is not x:
        x[...] = z / given.r
    return bool(np.isfinite(z).all())


def _sections(given, u, y, x):
    """Any layers: λ, b, f, e of `kernels.cascade`."""
    poles, b, c, d, current = given[:5]
    with np.errstate(over="ignore", invalid="ignore"):
        f, e = (c * poles, d + c * b) if current else (c, d)
    _batch(batches.SECTIONS, [poles, b, f, e], x.dtype.type(1), u, y, x)
    return bool(np.isfinite(x).all() and np.isfinite(y).all())


def _batch(form, parameters, gain, u, y, x, delayed=False):
    """The kernel of batches, on all threads where that pays; layers that let the signal through fill up each group."""
    real, parts = u.real.dtype, 2 if u.dtype.kind == "c" else 1
    (like, many), K = form, x.shape[1]
    n = len(many) // (len(parameters) * parts)
    own = n - delayed  # of the stack in each group: in delayed timing one is left to hand on the last one's state
    groups = -(-K // own)
    places = np.arange(groups * n).reshape(groups, n)[:, :own].ravel()[:K] if delayed else slice(K)
    given, states = np.zeros((len(parameters), groups * n), u.dtype), x
    given[3:] = 1  # e of a section; a unit layer lets through where λ = 0
    given[:, places] = parameters
    if K < groups * n:
        states = np.zeros((len(x), groups * n), x.dtype)
        states[:, places] = x
    given = np.ascontiguousarray(given.reshape(-1, groups, n).swapaxes(0, 1)).view(real)
    levels = np.minimum(own, K - own * np.arange(groups)) * delayed
    flat, out = u.reshape(-1).view(real), y.reshape(-1).view(real)
    arguments = (_read_only(given.ravel()), _read_only(levels), _read_only(np.array([gain]).view(real)), u.shape[1],
                 _read_only(flat), out, _read_only(out), states.view(real))  # fmt: skip

    def rows(span):
        batches.simulate(like, many, (0,) * parts, (0,) * delayed, *arguments, *span)

    threads.run(rows, _spans(len(u), 64 // real.itemsize, u.size * K))
    if states is not x:
        x[...] = states[:, places]


def _spans(batch, lanes, work):
    """Rows to take at once, whole groups of them: a thread that starts late leaves the rest to the others."""
    step = -(-batch // (4 * threads.count() * lanes)) * lanes if work > _WORK else batch
    return [(first, min(first + step, batch)) for first in range(0, batch, step)]


def _of_one_run(given, u):
    """The kernel for runs one after the other, where it beats rows side by side: measured times a sample, in ns."""
    K, (batch, T) = len(given.poles), u.shape
    if u.dtype.kind == "c" or T < _LONG:
        return None
    lanes, wholes = 64 // u.itemsize, -(-K // 64)
    by_blocks = 2000 / T + 0.2 * K
    by_lags = (2500 + 160 * K) / T + 1.2 * wholes if given.current else 3600 / T + 2.6 * wholes
    by_batches = 9000 / (batch * T) + 2.3 * -(-K // (12 if given.current else 11)) / min(batch, lanes)
    if by_blocks < min(by_lags, by_batches) and (np.abs(given.poles) <= 1).all():
        return _by_blocks
    return _by_lags if by_lags < by_batches else None


def _each(kernel, given, gain, u, y, z):
    """Runs one after the other, on all threads where that pays."""

    def rows(span):
        for n in range(*span):
            kernel(given, gain, u[n], y[n], z[n])

    threads.run(rows, _spans(len(u), 1, u.size * z.shape[1]))


def _by_blocks(given, gain, u, y, z):
    poles = _read_only(given.poles.astype(u.dtype))
    sequences.blocks(poles, gain, given.current, _read_only(u), y, _read_only(y), z)


def _by_lags(given, gain, u, y, z):
    """Vectors of layers by the power of two, at most eight at once."""
    lanes, K = 64 // u.itemsize, len(given.poles)
    vectors = min(1 << (-(-K // lanes) - 1).bit_length(), 8)
    absent = -K % (vectors * lanes)
    poles, states = np.zeros((2, absent + K), u.dtype)
    poles[absent:], states[absent:] = given.poles, z
    sequences.lagged((0,) * vectors, _read_only(poles), absent, gain, given.current, _read_only(u), y,
                     _read_only(y), states)  # fmt: skip
    z[...] = states[absent:]


def _read_only(array):
    """As most come: one compilation for each dtype."""
    view = array.view()
    view.flags.writeable = False
    return view
