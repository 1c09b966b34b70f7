"""Real scalar cascades on sampled signals: the loss and its gradient, forward only, 8 rows of the batch in the lanes.

Scalar layers commute, so ∂y/∂λ_k = z⁻¹/(1 − λ_k z⁻¹) y whatever the other layers are: one more filter for each pole,
run beside the cascade, and no memory of the past but K states (s_k ← λ_k s_k + y; a_k ← a_k + e s_k). Up to six layers
go at once, all their states in registers: independent products hide each other's latency. Deeper cascades go in passes
of twelve layers over a stretch of time that stays in the nearest cache. Layers with pole 0, which let everything
through, make up the number.
"""

import numpy as np

from .jit import jit
from .tiles import by_entry
from .vectors import (
    broadcast,
    fma,
    fma_chain,
    fma_each,
    load,
    load_each,
    multiply,
    spread,
    spread_each,
    store,
    store_each,
    subtract,
    total,
)  # fmt: skip

LANES = 8
_TILE = 128
_ONE, _TWO, _THREE, _FOUR, _SIX, _TWELVE = (0,), (0,) * 2, (0,) * 3, (0,) * 4, (0,) * 6, (0,) * 12


@jit
def gradients(poles, gains, u, target, weights, current, first, last, first_group, last_group, sums):
    """Sums over the rows of a group and over all times, for the cascades `first` … `last` − 1 and some groups.

    u, target (G, T, 8) as `lanes` makes them. q is the cascade of u with unit gains, p = q (current) or q one step
    before (delayed), y = gain·p, e = y − target. `sums` (S, G, K + 3) gets ½ Σ w e²;  Σ w e q;  Σ w e q one step
    before;  Σ w e s_k, with s_k ← λ_k s_k + p.
    """
    K, T = poles.shape[1], u.shape[1]
    depth = _depth(K)
    padded = np.zeros((last - first) * depth)
    for i in range(last - first):
        for k in range(K):
            padded[i * depth + k] = poles[first + i, k]
    p, e = np.empty(_TILE * LANES), np.empty(_TILE * LANES)
    width = (3 * depth + 4) * LANES
    memory = np.empty((last - first) * width)  # of each cascade: x, s and a; then loss, e q, e q before, the last q
    for group in range(first_group, last_group):
        memory[:] = 0
        for start in range(0, T, _TILE):
            n, o = min(_TILE, T - start), (group * T + start) * LANES
            for i in range(last - first):
                l, g, at = i * depth, gains[first + i], i * width
                if depth == 1:
                    _at_once(_ONE, padded, l, g, weights, start, current, n, u, target, o, memory, at)
                elif depth == 2:
                    _at_once(_TWO, padded, l, g, weights, start, current, n, u, target, o, memory, at)
                elif depth == 4:
                    _at_once(_FOUR, padded, l, g, weights, start, current, n, u, target, o, memory, at)
                elif depth == 6:
                    _at_once(_SIX, padded, l, g, weights, start, current, n, u, target, o, memory, at)
                else:
                    _in_passes(padded, l, depth, g, weights, start, current, n, u, target, o, p, e, memory, at)
        for i in range(last - first):
            at = i * width
            for m in range(3):
                sums[first + i, group, m] = total(load(memory, at + (3 * depth + m) * LANES))
            sums[first + i, group, 0] *= 0.5
            for k in range(K):
                sums[first + i, group, 3 + k] = total(load(memory, at + (2 * depth + k) * LANES))


@jit
def means(sums, gains, batch):
    """The sums of all groups by the size of the batch, those with s_k times the gain; whether all losses are finite."""
    S, groups, entries = sums.shape
    out, finite = np.zeros((S, entries)), True
    for i in range(S):
        for m in range(entries):
            for group in range(groups):
                out[i, m] += sums[i, group, m]
            out[i, m] *= (gains[i] if m >= 3 else 1.0) / batch
        finite = finite and np.isfinite(out[i, 0])
    return out, finite


@jit
def _depth(K):
    """The least depth with a kernel: 1, 2, 4, 6 or a multiple of 12."""
    if K <= 6:
        return K if K <= 2 else 4 if K <= 4 else 6
    return (K + 11) // 12 * 12


@jit
def _at_once(like, poles, first, gain, weights, start, current, n, u, target, o, memory, at):
    """n steps of a cascade as deep as `like`: layers, error and sensitivities in one loop."""
    width = len(like) * LANES
    rest = at + 3 * width
    scale, l = broadcast(gain), spread_each(poles, first, like)
    x, s, a = load_each(memory, at, like), load_each(memory, at + width, like), load_each(memory, at + 2 * width, like)
    by, past = load_each(memory, rest, _THREE), load(memory, rest + 3 * LANES)
    for t in range(n):
        x = fma_chain(l, x, load(u, o + t * LANES))
        p = x[-1] if current else past
        e, by = _error(scale, p, load(target, o + t * LANES), spread(weights, start + t), x[-1], past, by)
        a = fma_each(e, s, a)
        s = fma_each(l, s, p)
        past = x[-1]
    store_each(memory, at, x)
    store_each(memory, at + width, s)
    store_each(memory, at + 2 * width, a)
    store_each(memory, rest, (*by, past))


@jit
def _error(scale, p, target, weight, q, past, by):
    """The weighted error of one step, and the sums of its products with itself, q and the q before."""
    error = subtract(multiply(scale, p), target)
    e = multiply(weight, error)
    return e, (fma(error, e, by[0]), fma(e, q, by[1]), fma(e, past, by[2]))


@jit
def _in_passes(poles, first, K, gain, weights, start, current, n, u, target, o, p, e, memory, at):
    """n steps of a deeper cascade, twelve layers a pass: p becomes the output, e the weighted error."""
    s, a, rest = at + K * LANES, at + 2 * K * LANES, at + 3 * K * LANES
    if K == 12:
        _last_layers(poles, first, gain, weights, start, current, n, u, o, target, o, p, e, memory, at, rest)
    else:
        _layers(poles, first, n, u, o, p, memory, at)
        for k in range(12, K - 12, 12):
            _layers(poles, first + k, n, p, 0, p, memory, at + k * LANES)
        _last_layers(poles, first + K - 12, gain, weights, start, current, n, p, 0, target, o, p, e, memory,
                     s - 12 * LANES, rest)
    for k in range(0, K, 12):
        _sensitivities(poles, first + k, n, p, e, memory, s + k * LANES, a + k * LANES)


@jit
def _layers(poles, first, n, source, i, p, memory, at):
    l, x = spread_each(poles, first, _TWELVE), load_each(memory, at, _TWELVE)
    for t in range(n):
        x = fma_chain(l, x, load(source, i + t * LANES))
        store(p, t * LANES, x[-1])
    store_each(memory, at, x)


@jit
def _last_layers(poles, first, gain, weights, start, current, n, source, i, target, o, p, e, memory, at, rest):
    scale, l, x = broadcast(gain), spread_each(poles, first, _TWELVE), load_each(memory, at, _TWELVE)
    by, past = load_each(memory, rest, _THREE), load(memory, rest + 3 * LANES)
    for t in range(n):
        x = fma_chain(l, x, load(source, i + t * LANES))
        output = x[-1] if current else past
        error, by = _error(scale, output, load(target, o + t * LANES), spread(weights, start + t), x[-1], past, by)
        store(p, t * LANES, output)
        store(e, t * LANES, error)
        past = x[-1]
    store_each(memory, at, x)
    store_each(memory, rest, (*by, past))


@jit
def _sensitivities(poles, first, n, p, e, memory, s_at, a_at):
    l, s, a = spread_each(poles, first, _TWELVE), load_each(memory, s_at, _TWELVE), load_each(memory, a_at, _TWELVE)
    for t in range(n):
        a = fma_each(load(e, t * LANES), s, a)
        s = fma_each(l, s, load(p, t * LANES))
    store_each(memory, s_at, s)
    store_each(memory, a_at, a)


@jit
def lanes(rows):
    """(batch, T) to (G, T, 8): 8 rows side by side; rows of zeros fill the last group."""
    batch, T = rows.shape
    groups, whole = (batch + LANES - 1) // LANES, T - T % LANES
    out = np.empty((groups, T, LANES))
    out[groups - 1] = 0
    for group in range(batch // LANES):
        for t in range(0, whole, LANES):
            store_each(out, (group * T + t) * LANES, by_entry(_square(rows, group * LANES * T + t, T)))
    for row in range(batch):
        for t in range(whole if row < batch - batch % LANES else 0, T):
            out[row // LANES, t, row % LANES] = rows[row, t]
    return out


@jit
def _square(rows, i, T):
    return (load(rows, i), load(rows, i + T), load(rows, i + 2 * T), load(rows, i + 3 * T),
            load(rows, i + 4 * T), load(rows, i + 5 * T), load(rows, i + 6 * T), load(rows, i + 7 * T))  # fmt: skip
