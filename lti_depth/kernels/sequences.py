"""Unit layers on one long real run, where no batch fills the lanes of a vector. `cascade.simulate` is the plain twin.

    lagged   one layer in each lane: a tick takes every layer one step further, each on what the one before it put out
             one or three ticks ago: x ← λ x + (x one lane up). One latency a step, however deep.
    blocks   samples in the lanes, layer after layer: with span 1, 2, 4, … the response to the samples of the block,
             x_i ← x_i + λ^span x_{i−span}; the state before it adds λ^{i+1}. For the few layers that leave lanes empty,
             one after the other over a stretch of time that stays in the nearest cache.
"""

import numpy as np

from .jit import jit
from .vectors import broadcast, fma, fma_each, last, load, load_each, multiply, rotated, shift_in, store, store_each

_STRETCH = 2048  # samples


@jit
def lagged(like, poles, absent, gain, current, u, y, again, state):
    """y (T,) from u (T,) times `gain`; poles, state (groups·lanes of `like`,), T at least 3 times what a group has.

    The first `absent` layers, with pole 0, let the signal through to make up the number. `state` is advanced in place;
    `again`: y once more, read-only as u.
    """
    size, source, scale = len(like) * (64 // u.itemsize), u, gain
    for g in range(0, len(poles), size):
        if current:
            _in_turn(like, poles[g : g + size], scale, source, y, state[g : g + size])
        else:
            _delayed(like, poles[g : g + size], absent if g == 0 else 0, scale, source, y, state[g : g + size])
        source, scale = again, y.dtype.type(1)


@jit
def _in_turn(like, poles, gain, u, y, x):
    """Layer k is k·lag steps behind the first, so that moving lanes up is no part of the latency of a step.

    Layers go from vector to vector and, after the last, one lane up: only one vector has to be moved. At both ends the
    layer's part of the triangle goes layer by layer. `trail`: what each layer put out now, a tick ago, two.
    """
    lag = 3 if len(like) <= 4 else 2  # eight vectors leave no registers for a third tick
    K, T, V, lanes = len(poles), len(u), len(like), len(poles) // len(like)
    edge, trail, given = np.empty(lag * K, y.dtype), np.zeros(3 * K, y.dtype), np.empty(K, y.dtype)
    for t in range(lag * (K - 1)):
        edge[t] = gain * u[t]
    for k in range(K):
        end, at = lag * (K - 1 - k), k % V * lanes + k // V
        for t in range(end):
            edge[t] = x[k] = poles[k] * x[k] + edge[t]
        given[at], trail[at] = poles[k], x[k]
        for ago in range(1, min(lag, end)):
            trail[ago * K + at] = edge[end - 1 - ago]
    l, v = load_each(given, 0, like), load_each(trail, 0, like)
    w, z = load_each(trail, K, like), load_each(trail, 2 * K, like)
    for t in range(T - lag * (K - 1)):
        before = z if lag == 3 else w
        into = shift_in(gain * u[t + lag * (K - 1)], before[-1:]) + before[:-1]
        v, w, z = fma_each(l, v, into), v, w
        y[t] = last(v[-1])
    store_each(trail, 0, v)
    store_each(trail, K, w)
    if lag == 3:
        store_each(trail, 2 * K, z)
    for k in range(K):
        end, at = lag * (K - k), k % V * lanes + k // V
        x[k] = trail[at]
        for t in range(end, lag * K):
            edge[t] = x[k] = poles[k] * x[k] + edge[t]
        for ago in range(lag):  # the next layer goes on lag·(k + 1) steps before the end
            edge[end - 1 - ago] = trail[ago * K + at]
    for t in range(lag, lag * K):
        y[T - lag * K + t] = edge[t]


@jit
def _delayed(like, poles, absent, gain, u, y, x):
    """All layers are at the same step; those that let the signal through would hold it up, and are filled before."""
    T = len(u)
    for j in range(absent):
        x[j] = gain * u[absent - 1 - j]
    _ticks(like, poles, gain, u, absent, T - absent, y, 0, x)
    _ticks(like, poles, gain, np.zeros(absent, u.dtype), 0, absent, y, T - absent, x)


@jit
def _ticks(like, poles, gain, u, i, n, y, o, x):
    """`n` ticks on u from i on; y from o on is what the last layer has before each."""
    l, v = load_each(poles, 0, like), load_each(x, 0, like)
    for t in range(n):
        p = gain * u[i + t]
        y[o + t] = last(v[-1])
        v = fma_each(l, v, shift_in(p, v))
    store_each(x, 0, v)


@jit
def blocks(poles, gain, current, u, y, again, state):
    """y (T,) from u (T,) times `gain`, for |λ| ≤ 1; poles, state (K,), `state` advanced in place; `again` as above."""
    T = len(u)
    for start in range(0, T, _STRETCH):
        stop, source, scale = min(start + _STRETCH, T), u, gain
        for k in range(len(poles)):
            state[k] = _layer(poles[k], scale, current, source[start:stop], y[start:stop], state[k])
            source, scale = again, y.dtype.type(1)


@jit
def _layer(pole, gain, current, u, y, x):
    """Where a shift leaves a lane without a sample, what comes round from the end has the factor 0."""
    lanes, T = 64 // u.itemsize, len(u)
    whole, powers, spans = T - T % lanes, np.empty(lanes, y.dtype), np.zeros(4 * lanes, y.dtype)
    powers[0] = pole
    for n in range(1, lanes):
        powers[n] = pole * powers[n - 1]
    for j in range(4):
        for n in range(1 << j, lanes):
            spans[j * lanes + n] = powers[(1 << j) - 1]
    one, two, four, eight = load(spans, 0), load(spans, lanes), load(spans, 2 * lanes), load(spans, 3 * lanes)
    scale, each, block, carry = broadcast(gain), load(powers, 0), broadcast(powers[lanes - 1]), broadcast(x)
    for t in range(0, whole, lanes):
        v = multiply(scale, load(u, t))
        v = fma(one, rotated(v, 1), v)
        v = fma(two, rotated(v, 2), v)
        v = fma(four, rotated(v, 4), v)
        if lanes > 8:
            v = fma(eight, rotated(v, 8), v)
        (before,) = shift_in(last(carry), (fma(each, carry, v),))
        store(y, t, fma(each, carry, v) if current else before)
        carry = fma(block, carry, broadcast(last(v)))
    x = last(carry)
    for t in range(whole, T):
        before, x = x, pole * x + gain * u[t]
        y[t] = x if current else before
    return x
