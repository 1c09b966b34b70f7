"""Scalar cascades on a batch: one row in each lane of a vector. `cascade.simulate` is the plain twin.

A group of K layers, twelve real or six complex ones, goes at once with all states in registers, slanted: each layer a
step behind the one before it, lest it wait for that one's result of the same step. So in step t of a run of T samples
layer k = 0 … K − 1 takes sample t − k, if there is one, and sample t − (K − 1) leaves the last layer. Unit layers in
delayed timing are a step behind by themselves: the first `level` layers all take sample t, and the next one, which is
none of them, hands on the last one's state. Rows are turned over in tiles, 8 entries of each. Deeper cascades go in
passes over a stretch of time that stays in a near cache, and layers that let everything through make up the number.

Complex rows are re, im, re, im, …: turned over, they are planar. `parts` is (0,) for real numbers, (0, 0) for complex.
"""

import numpy as np

from .jit import jit
from .steps import scaled, slanted
from .tiles import TILE, by_entry, by_row, load_rows, row_starts, store_rows
from .vectors import load_each, prefetch, spread_each, store_each

LAYERS, SECTIONS = ((0,) * 12, (0,) * 12), ((0,) * 8, (0,) * 16)  # vectors of states, and of parameters (see `steps`)
_STRETCH, _AHEAD = 1024, 128  # samples, entries of a row


@jit
def simulate(like, many, parts, late, parameters, levels, gain, T, u, y, again, state, first, last):
    """Rows `first` … `last` − 1 of y from those of u times `gain`, through the layers of all groups.

    u, y (batch·T·parts,): rows of T samples; `again`: y once more, read-only as u. `like` has an entry for each vector
    that a group holds from step to step, `many` one for each of its parameters: parameters (groups·len(many),), and
    levels (groups,), if `late` is (0,) and not (). `state` (batch, groups·own) is advanced in place: the first `own` of
    those vectors.
    """
    lanes, groups, held, n_parts = 64 // u.itemsize, len(parameters) // len(many), len(like), len(parts)
    own, turns, one = state.shape[1] // groups, TILE // n_parts, np.zeros_like(gain)
    behind = own // n_parts - 1
    lag = -(-behind // turns) * turns  # at most, of a group behind the one before it, in whole tiles
    memory, stretch = np.zeros(groups * held * lanes, u.dtype), T + lag if groups == 1 else _STRETCH
    one[0] = 1
    for row in range(first, last, lanes):
        count = min(lanes, last - row)
        for v in range(groups * own):
            for n in range(lanes):
                memory[(v // own * held + v % own) * lanes + n] = state[row + min(n, count - 1), v]
        for start in range(0, T + groups * lag, stretch):
            source, scale = u, gain
            for group in range(groups):
                begin, end = max(start - group * lag, 0), start + stretch - group * lag
                _pass(like, many, parts, late, parameters, group, scale, source, y, row * T, T, count, begin, end,
                      behind - levels[group], levels[group], memory)  # fmt: skip
                source, scale = again, one
        for v in range(groups * own):
            for n in range(count):
                state[row + n, v] = memory[(v // own * held + v % own) * lanes + n]


@jit
def _pass(like, many, parts, late, parameters, group, scale, u, y, i, T, count, begin, end, behind, level, memory):
    """Steps `begin` … `end` − 1 of one group, if there are so many, on `count` rows, the first starting at sample i."""
    turns, s = TILE // len(parts), group * len(like) * (64 // u.itemsize)
    a, gain = spread_each(parameters, group * len(many), many), spread_each(scale, 0, parts)
    end = min(end, T + behind)
    whole = min(max(begin, -(-behind // turns) * turns), end)
    rest = whole + max(min(end, T) - whole, 0) // turns * turns
    _tiles(like, parts, a, gain, u, y, i, T, count, begin, whole, behind, level, memory, s, (0, *late))
    _tiles(like, parts, a, gain, u, y, i, T, count, whole, rest, behind, level, memory, s, ())
    _tiles(like, parts, a, gain, u, y, i, T, count, rest, end, behind, level, memory, s, (0, *late))


@jit
def _tiles(like, parts, a, gain, u, y, i, T, count, begin, end, behind, level, memory, s, edge):
    """Steps, tile by tile; `edge` is () where all layers have a sample (see `steps`)."""
    lanes, n_parts = 64 // u.itemsize, len(parts)
    x, rows = load_each(memory, s, like), row_starts(u, i * n_parts, T * n_parts, count)
    come, gone, there = 0, TILE, TILE
    for at in range(begin, end, TILE // n_parts):
        if len(edge):
            come, gone, there = (behind - at) * n_parts, (T + behind - at) * n_parts, (T - at) * n_parts
        if at * n_parts % lanes == 0:  # once a cache line
            for n in range(lanes):
                ahead = (i + n * T + at) * n_parts + _AHEAD
                prefetch(u, ahead, False)
                prefetch(y, ahead, True)
        p = by_entry(load_rows(u, rows, at * n_parts, 0, there))
        x, p = slanted(a, x, scaled(gain, p), parts, edge, at, T, level)
        store_rows(y, rows, (at - behind) * n_parts, by_row(p), come, gone)
    store_each(memory, s, x)
