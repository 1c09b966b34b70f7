"""Real scalar cascades on sampled signals: the loss and its gradient, forward only, 8 rows of the batch in the lanes.

Scalar layers commute, so ∂y/∂λ_k = z⁻¹/(1 − λ_k z⁻¹) y whatever the other layers are: one more filter for each pole,
run beside the cascade, and no memory of the past but K states (s_k ← λ_k s_k + y; a_k ← a_k + e s_k). Up to four layers
share one pass over a tile of time: four independent products hide each other's latency.
"""

import numpy as np

from .jit import jit
from .vectors import broadcast, fma, load, multiply, store, subtract, total, transpose

LANES = 8
_TILE = 64


@jit
def gradients(poles, gains, u, target, weights, current, first, last, first_group, last_group, sums):
    """Sums over the rows of a group of 8 and over all times, for the cascades `first` … `last` − 1 and some groups.

    u, target (8 G, T). q is the cascade of u with unit gains, p = q (current) or q one step before (delayed),
    y = gain·p, e = y − target. `sums` (S, G, K + 3) gets ½ Σ w e²;  Σ w e q;  Σ w e q one step before;  Σ w e s_k, with
    s_k ← λ_k s_k + p.
    """
    K, T = poles.shape[1], u.shape[1]
    v, aim = np.empty(_TILE * LANES), np.empty(_TILE * LANES)
    q, e = np.zeros((_TILE + 1) * LANES), np.empty(_TILE * LANES)
    width = (3 * K + 4) * LANES
    memory = np.empty((last - first) * width)  # of each cascade: x, s and a; then loss, e q, e q before, the last q
    p = LANES if current else 0
    for group in range(first_group, last_group):
        memory[:] = 0
        for start in range(0, T, _TILE):
            n = min(_TILE, T - start)
            _columns(u, group, start, n, v)
            _columns(target, group, start, n, aim)
            for i in range(first, last):
                x = (i - first) * width
                s, a, rest = x + K * LANES, x + 2 * K * LANES, x + 3 * K * LANES
                store(q, 0, load(memory, rest + 3 * LANES))
                _cascade(poles[i], n, v, memory, x, q)
                store(memory, rest + 3 * LANES, load(q, n * LANES))
                _errors(gains[i], weights, start, n, p, q, aim, e, memory, rest)
                _sensitivities(poles[i], n, p, q, e, memory, s, a)
        for i in range(first, last):
            x = (i - first) * width
            for m in range(3):
                sums[i, group, m] = total(load(memory, x + (3 * K + m) * LANES))
            sums[i, group, 0] *= 0.5
            for k in range(K):
                sums[i, group, 3 + k] = total(load(memory, x + (2 * K + k) * LANES))


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


@jit
def _cascade(poles, n, v, memory, x, q):
    """q, from its second entry on: all layers, four, two or one at a time; the first ones read v."""
    source, shift, k = v, 0, 0
    while k < len(poles):
        left, at = len(poles) - k, x + k * LANES
        if left >= 4:
            _four(poles, k, n, memory, at, source, shift, q)
        elif left >= 2:
            _two(poles, k, n, memory, at, source, shift, q)
        else:
            _one(poles, k, n, memory, at, source, shift, q)
        k += 4 if left >= 4 else 2 if left >= 2 else 1
        source, shift = q, LANES


@jit
def _four(poles, k, n, memory, at, v, shift, q):
    l0, l1, l2, l3 = broadcast(poles[k]), broadcast(poles[k + 1]), broadcast(poles[k + 2]), broadcast(poles[k + 3])
    x0, x1, x2, x3 = load(memory, at), load(memory, at + 8), load(memory, at + 16), load(memory, at + 24)
    for t in range(n):
        x0 = fma(l0, x0, load(v, t * LANES + shift))
        x1 = fma(l1, x1, x0)
        x2 = fma(l2, x2, x1)
        x3 = fma(l3, x3, x2)
        store(q, (t + 1) * LANES, x3)
    store(memory, at, x0)
    store(memory, at + 8, x1)
    store(memory, at + 16, x2)
    store(memory, at + 24, x3)


@jit
def _two(poles, k, n, memory, at, v, shift, q):
    l0, l1 = broadcast(poles[k]), broadcast(poles[k + 1])
    x0, x1 = load(memory, at), load(memory, at + 8)
    for t in range(n):
        x0 = fma(l0, x0, load(v, t * LANES + shift))
        x1 = fma(l1, x1, x0)
        store(q, (t + 1) * LANES, x1)
    store(memory, at, x0)
    store(memory, at + 8, x1)


@jit
def _one(poles, k, n, memory, at, v, shift, q):
    l0, x0 = broadcast(poles[k]), load(memory, at)
    for t in range(n):
        x0 = fma(l0, x0, load(v, t * LANES + shift))
        store(q, (t + 1) * LANES, x0)
    store(memory, at, x0)


@jit
def _errors(gain, weights, start, n, p, q, aim, e, memory, rest):
    scale = broadcast(gain)
    loss, now, before = load(memory, rest), load(memory, rest + 8), load(memory, rest + 16)
    for t in range(n):
        error = subtract(multiply(scale, load(q, p + t * LANES)), load(aim, t * LANES))
        weighted = multiply(broadcast(weights[start + t]), error)
        loss = fma(error, weighted, loss)
        now = fma(weighted, load(q, (t + 1) * LANES), now)
        before = fma(weighted, load(q, t * LANES), before)
        store(e, t * LANES, weighted)
    store(memory, rest, loss)
    store(memory, rest + 8, now)
    store(memory, rest + 16, before)


@jit
def _sensitivities(poles, n, p, q, e, memory, s, a):
    k = 0
    while k < len(poles):
        left, at = len(poles) - k, k * LANES
        if left >= 4:
            _four_sensitivities(poles, k, n, p, q, e, memory, s + at, a + at)
        elif left >= 2:
            _two_sensitivities(poles, k, n, p, q, e, memory, s + at, a + at)
        else:
            _one_sensitivity(poles, k, n, p, q, e, memory, s + at, a + at)
        k += 4 if left >= 4 else 2 if left >= 2 else 1


@jit
def _four_sensitivities(poles, k, n, p, q, e, memory, s, a):
    l0, l1, l2, l3 = broadcast(poles[k]), broadcast(poles[k + 1]), broadcast(poles[k + 2]), broadcast(poles[k + 3])
    s0, s1, s2, s3 = load(memory, s), load(memory, s + 8), load(memory, s + 16), load(memory, s + 24)
    a0, a1, a2, a3 = load(memory, a), load(memory, a + 8), load(memory, a + 16), load(memory, a + 24)
    for t in range(n):
        error, y = load(e, t * LANES), load(q, p + t * LANES)
        a0, a1, a2, a3 = fma(error, s0, a0), fma(error, s1, a1), fma(error, s2, a2), fma(error, s3, a3)
        s0, s1, s2, s3 = fma(l0, s0, y), fma(l1, s1, y), fma(l2, s2, y), fma(l3, s3, y)
    store(memory, s, s0)
    store(memory, s + 8, s1)
    store(memory, s + 16, s2)
    store(memory, s + 24, s3)
    store(memory, a, a0)
    store(memory, a + 8, a1)
    store(memory, a + 16, a2)
    store(memory, a + 24, a3)


@jit
def _two_sensitivities(poles, k, n, p, q, e, memory, s, a):
    l0, l1 = broadcast(poles[k]), broadcast(poles[k + 1])
    s0, s1, a0, a1 = load(memory, s), load(memory, s + 8), load(memory, a), load(memory, a + 8)
    for t in range(n):
        error, y = load(e, t * LANES), load(q, p + t * LANES)
        a0, a1 = fma(error, s0, a0), fma(error, s1, a1)
        s0, s1 = fma(l0, s0, y), fma(l1, s1, y)
    store(memory, s, s0)
    store(memory, s + 8, s1)
    store(memory, a, a0)
    store(memory, a + 8, a1)


@jit
def _one_sensitivity(poles, k, n, p, q, e, memory, s, a):
    l0, s0, a0 = broadcast(poles[k]), load(memory, s), load(memory, a)
    for t in range(n):
        a0 = fma(load(e, t * LANES), s0, a0)
        s0 = fma(l0, s0, load(q, p + t * LANES))
    store(memory, s, s0)
    store(memory, a, a0)
