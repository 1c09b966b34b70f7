"""Real scalar cascades on sampled signals: the loss and its gradient, forward only, 8 rows of the batch in the lanes.

Scalar layers commute, so ∂y/∂λ_k = z⁻¹/(1 − λ_k z⁻¹) y whatever the other layers are: one more filter for each pole,
run beside the cascade, and no memory of the past but K states (s_k ← λ_k s_k + y; a_k ← a_k + e s_k). Up to six layers
go at once, all their states in registers: independent products hide each other's latency. Depths are 1, 2, 4 or a
multiple of 6; layers with pole 0, which let everything through, make up the number.
"""

import numpy as np

from .jit import jit
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
    transpose,
)  # fmt: skip

LANES = 8
_TILE = 64
_ONE, _TWO, _FOUR, _SIX = (0,), (0,) * 2, (0,) * 4, (0,) * 6


@jit
def gradients(poles, gains, u, target, weights, current, first, last, first_group, last_group, sums):
    """Sums over the rows of a group of 8 and over all times, for the cascades `first` … `last` − 1 and some groups.

    u, target (8 G, T). q is the cascade of u with unit gains, p = q (current) or q one step before (delayed),
    y = gain·p, e = y − target. `sums` (S, G, K + 3) gets ½ Σ w e²;  Σ w e q;  Σ w e q one step before;  Σ w e s_k, with
    s_k ← λ_k s_k + p.
    """
    K, T = poles.shape[1], u.shape[1]
    flat = poles.reshape(poles.size)
    v, aim = np.empty(_TILE * LANES), np.empty(_TILE * LANES)
    q, e = np.empty((_TILE + 1) * LANES), np.empty(_TILE * LANES)
    width = (3 * K + 4) * LANES
    memory = np.empty((last - first) * width)  # of each cascade: x, s and a; then loss, e q, e q before, the last q
    for group in range(first_group, last_group):
        memory[:] = 0
        for start in range(0, T, _TILE):
            n = min(_TILE, T - start)
            _columns(u, group, start, n, v)
            _columns(target, group, start, n, aim)
            for i in range(first, last):
                at = (i - first) * width
                if K == 1:
                    _at_once(_ONE, flat, i, gains[i], weights, start, current, n, v, aim, memory, at)
                elif K == 2:
                    _at_once(_TWO, flat, 2 * i, gains[i], weights, start, current, n, v, aim, memory, at)
                elif K == 4:
                    _at_once(_FOUR, flat, 4 * i, gains[i], weights, start, current, n, v, aim, memory, at)
                elif K == 6:
                    _at_once(_SIX, flat, 6 * i, gains[i], weights, start, current, n, v, aim, memory, at)
                else:
                    _in_passes(flat, i * K, K, gains[i], weights, start, current, n, v, aim, q, e, memory, at)
        for i in range(first, last):
            at = (i - first) * width
            for m in range(3):
                sums[i, group, m] = total(load(memory, at + (3 * K + m) * LANES))
            sums[i, group, 0] *= 0.5
            for k in range(K):
                sums[i, group, 3 + k] = total(load(memory, at + (2 * K + k) * LANES))


@jit
def _at_once(like, poles, first, gain, weights, start, current, n, v, aim, memory, at):
    """n steps of a cascade as deep as `like`: layers, error and sensitivities in one loop."""
    width = len(like) * LANES
    rest = at + 3 * width
    scale, l = broadcast(gain), spread_each(poles, first, like)
    x, s, a = load_each(memory, at, like), load_each(memory, at + width, like), load_each(memory, at + 2 * width, like)
    loss, now, before = load(memory, rest), load(memory, rest + LANES), load(memory, rest + 2 * LANES)
    past = load(memory, rest + 3 * LANES)
    for t in range(n):
        x = fma_chain(l, x, load(v, t * LANES))
        q = x[-1]
        p = q if current else past
        error = subtract(multiply(scale, p), load(aim, t * LANES))
        weighted = multiply(spread(weights, start + t), error)
        loss, now, before = fma(error, weighted, loss), fma(weighted, q, now), fma(weighted, past, before)
        a = fma_each(weighted, s, a)
        s = fma_each(l, s, p)
        past = q
    store_each(memory, at, x)
    store_each(memory, at + width, s)
    store_each(memory, at + 2 * width, a)
    store_each(memory, rest, (loss, now, before, past))


@jit
def _in_passes(poles, first, K, gain, weights, start, current, n, v, aim, q, e, memory, at):
    """n steps of a deeper cascade, six layers a pass: q, from its second entry on, is the output so far."""
    width = K * LANES
    rest = at + 3 * width
    store(q, 0, load(memory, rest + 3 * LANES))
    _layers(poles, first, n, v, 0, q, memory, at)
    for k in range(6, K, 6):
        _layers(poles, first + k, n, q, LANES, q, memory, at + k * LANES)
    store(memory, rest + 3 * LANES, load(q, n * LANES))
    p = LANES if current else 0
    scale = broadcast(gain)
    loss, now, before = load(memory, rest), load(memory, rest + LANES), load(memory, rest + 2 * LANES)
    for t in range(n):
        error = subtract(multiply(scale, load(q, p + t * LANES)), load(aim, t * LANES))
        weighted = multiply(spread(weights, start + t), error)
        loss = fma(error, weighted, loss)
        now = fma(weighted, load(q, (t + 1) * LANES), now)
        before = fma(weighted, load(q, t * LANES), before)
        store(e, t * LANES, weighted)
    store_each(memory, rest, (loss, now, before))
    for k in range(0, K, 6):
        _sensitivities(poles, first + k, n, q, p, e, memory, at + width + k * LANES, at + 2 * width + k * LANES)


@jit
def _layers(poles, first, n, v, shift, q, memory, at):
    l, x = spread_each(poles, first, _SIX), load_each(memory, at, _SIX)
    for t in range(n):
        x = fma_chain(l, x, load(v, t * LANES + shift))
        store(q, (t + 1) * LANES, x[-1])
    store_each(memory, at, x)


@jit
def _sensitivities(poles, first, n, q, p, e, memory, s_at, a_at):
    l, s, a = spread_each(poles, first, _SIX), load_each(memory, s_at, _SIX), load_each(memory, a_at, _SIX)
    for t in range(n):
        a = fma_each(load(e, t * LANES), s, a)
        s = fma_each(l, s, load(q, p + t * LANES))
    store_each(memory, s_at, s)
    store_each(memory, a_at, a)


@jit
def _columns(rows, group, start, n, out):
    """Times start … start + n of the 8 rows of a group, a vector for each time."""
    T = rows.shape[1]
    first = group * LANES * T + start
    whole = n - n % LANES
    for t in range(0, whole, LANES):
        i = first + t
        square = transpose((load(rows, i), load(rows, i + T), load(rows, i + 2 * T), load(rows, i + 3 * T),
                            load(rows, i + 4 * T), load(rows, i + 5 * T), load(rows, i + 6 * T), load(rows, i + 7 * T)))
        at = t * LANES
        store(out, at, square[0])
        store(out, at + 8, square[1])
        store(out, at + 16, square[2])
        store(out, at + 24, square[3])
        store(out, at + 32, square[4])
        store(out, at + 40, square[5])
        store(out, at + 48, square[6])
        store(out, at + 56, square[7])
    for t in range(whole, n):
        for lane in range(LANES):
            out[t * LANES + lane] = rows[group * LANES + lane, start + t]
