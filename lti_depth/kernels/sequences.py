"""Unit layers on one long real run, where no batch fills the lanes of a vector. `cascade.simulate` is the plain twin.

    lagged   one layer in each lane: a tick takes every layer one step further, each on what the one before it put out
             one or two ticks ago: x ← λ x + (x one lane up). One latency a step, however deep.
    blocks   samples in the lanes, layer after layer: with span 1, 2, 4, … the response to the samples of the block,
             x_i ← x_i + λ^span x_{i−span}; the state before it adds λ^{i+1}. For the few layers that leave lanes empty.
"""

import numpy as np

from .jit import jit
from .vectors import broadcast, fma, fma_each, last, load, load_each, multiply, shift_in, shifted, store, store_each


@jit
def lagged(like, poles, absent, gain, current, u, y, again, state):
    """y (T,) from u (T,) times `gain`; poles, state (groups·lanes of `like`,), T at least twice as many as a group has.

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
    """Layer k is 2 k steps behind the first, so that moving lanes up is no part of the latency of a step.

    At both ends its part of the triangle goes layer by layer. `before`: what each layer put out a tick earlier.
    """
    K, T = len(poles), len(u)
    edge, before = np.empty(2 * K, y.dtype), np.zeros(K, y.dtype)
    for t in range(2 * K - 2):
        edge[t] = gain * u[t]
    for k in range(K - 1):
        for t in range(2 * (K - 1 - k)):
            edge[t] = x[k] = poles[k] * x[k] + edge[t]
        before[k] = edge[2 * (K - 1 - k) - 2]
    l, v, w = load_each(poles, 0, like), load_each(x, 0, like), load_each(before, 0, like)
    for t in range(T - 2 * K + 2):
        v, w = fma_each(l, v, shift_in(gain * u[t + 2 * K - 2], w)), v
        y[t] = last(v[-1])
    store_each(x, 0, v)
    store_each(before, 0, w)
    for k in range(K):
        earlier = x[k]  # at time T − 1 − 2 k, where the next layer goes on, a step after `before`
        for t in range(2 * (K - k), 2 * K):
            edge[t] = x[k] = poles[k] * x[k] + edge[t]
        edge[2 * (K - k) - 1], edge[2 * (K - k) - 2] = earlier, before[k]
    for t in range(2, 2 * K):
        y[T - 2 * K + t] = edge[t]


@jit
def _delayed(like, poles, absent, gain, u, y, x):
    """All layers are at the same step; those that let the signal through would hold it up, and are filled before."""
    T = len(u)
    for j in range(absent):
        x[j] = gain * u[absent - 1 - j]
    _ticks(like, poles, gain, u, absent, T - absent, y, 0, False, x)
    _ticks(like, poles, gain, np.zeros(absent, u.dtype), 0, absent, y, T - absent, False, x)


@jit
def _ticks(like, poles, gain, u, i, n, y, o, after, x):
    """`n` ticks on u from i on; y from o on is what the last layer has after or before each."""
    l, v = load_each(poles, 0, like), load_each(x, 0, like)
    for t in range(n):
        p = gain * u[i + t]
        if not after:
            y[o + t] = last(v[-1])
        v = fma_each(l, v, shift_in(p, v))
        if after:
            y[o + t] = last(v[-1])
    store_each(x, 0, v)


@jit
def blocks(poles, gain, current, u, y, again, state):
    """y (T,) from u (T,) times `gain`, for |λ| ≤ 1; poles, state (K,), `state` advanced in place; `again` as above."""
    source, scale = u, gain
    for k in range(len(poles)):
        state[k] = _layer(poles[k], scale, current, source, y, state[k])
        source, scale = again, y.dtype.type(1)


@jit
def _layer(pole, gain, current, u, y, x):
    lanes, T = 64 // u.itemsize, len(u)
    whole, powers = T - T % lanes, np.empty(lanes, y.dtype)
    powers[0] = pole
    for n in range(1, lanes):
        powers[n] = pole * powers[n - 1]
    one, two, four, eight = broadcast(pole), broadcast(powers[1]), broadcast(powers[3]), broadcast(powers[7])
    scale, each, block, carry = broadcast(gain), load(powers, 0), broadcast(powers[lanes - 1]), broadcast(x)
    for t in range(0, whole, lanes):
        v = multiply(scale, load(u, t))
        v = fma(one, shifted(v, 1), v)
        v = fma(two, shifted(v, 2), v)
        v = fma(four, shifted(v, 4), v)
        v = fma(eight, shifted(v, 8), v)
        (before,) = shift_in(last(carry), (fma(each, carry, v),))
        store(y, t, fma(each, carry, v) if current else before)
        carry = fma(block, carry, broadcast(last(v)))
    x = last(carry)
    for t in range(whole, T):
        before, x = x, pole * x + gain * u[t]
        y[t] = x if current else before
    return x
