"""Scalar cascades on a batch: one row in each lane of a vector. `cascade.simulate` is the plain twin.

A group of rows is turned over in squares, as many steps as a vector has lanes (half as many complex ones): the next
square on its way in and the last one on its way out keep the memory and the shuffling units busy while the layers work
on the one between. A group of layers, twelve real or six complex ones, goes at once with all states in registers;
deeper cascades go in passes over a stretch of time that stays in the nearest cache. Layers that let everything through
make up the number.

Complex rows are re, im, re, im, …: turned over, they are planar. `parts` is (0,) for real numbers, (0, 0) for complex.
"""

import numpy as np

from .jit import jit
from .steps import scaled, step
from .vectors import load_each, load_rows, prefetch, row_starts, spread_each, store_each, store_rows, transpose

LAYERS, SECTIONS = (0,) * 12, (0,) * 4
_STRETCH, _AHEAD = 512, 128  # entries of a row


@jit
def simulate(like, many, parts, parameters, gain, T, u, y, again, state, first, last):
    """Rows `first` … `last` − 1 of y from those of u times `gain`, through the layers of all groups.

    u, y (batch·T,): rows of T entries; `again`: y once more, read-only as u. `like` has an entry for each vector of
    states of a group, `many` one for each of its parameters (see `steps`): parameters (groups·len(many),). `state`
    (batch, groups·len(like)) is advanced in place.
    """
    lanes, V = 64 // u.itemsize, state.shape[1]
    stretch = T if V <= len(like) else _STRETCH
    memory, path, one = np.empty(V * lanes, u.dtype), np.zeros(3 * lanes * lanes, u.dtype), np.zeros_like(gain)
    one[0] = 1
    for row in range(first, last, lanes):
        count = min(lanes, last - row)
        for v in range(V):
            for n in range(lanes):
                memory[v * lanes + n] = state[row + min(n, count - 1), v]
        for start in range(0, T, stretch):
            stop, source, scale = min(start + stretch, T), u, gain
            for group in range(V // len(like)):
                _pass(like, many, parts, parameters, group, scale, source, y, row * T, T, count, start, stop, memory,
                      path)
                source, scale = again, one
        for v in range(V):
            for n in range(count):
                state[row + n, v] = memory[v * lanes + n]


@jit
def _pass(like, many, parts, parameters, group, scale, u, y, i, T, count, start, stop, memory, path):
    """One group of layers, over a stretch of time of `count` rows, the first at position i."""
    lanes = 64 // u.itemsize
    a, gain = spread_each(parameters, group * len(many), many), spread_each(scale, 0, parts)
    s = group * len(like) * lanes
    x = load_each(memory, s, like)
    rows, before, now, after = row_starts(u, i, T, count), 0, lanes * lanes, 2 * lanes * lanes
    if stop - start < lanes:
        _gather(u, i + start, T, count, stop - start, path, now)
    else:
        store_each(path, now, transpose(load_rows(u, rows, start)))
    for t in range(start, stop, lanes):
        if t + 2 * lanes <= stop:
            store_each(path, after, transpose(load_rows(u, rows, t + lanes)))
        elif t + lanes < stop:
            _gather(u, i + t + lanes, T, count, stop - t - lanes, path, after)
        if t > start:
            store_rows(y, rows, t - lanes, transpose(load_each(path, before, rows)))
        for n in range(lanes):
            prefetch(u, i + n * T + t + _AHEAD, False)
            prefetch(y, i + n * T + t + _AHEAD, True)
        for at in range(now, now + min(lanes, stop - t) * lanes, len(parts) * lanes):
            x, p = step(a, x, scaled(gain, load_each(path, at, parts)))
            store_each(path, at, p)
        before, now, after = now, after, before
    last = (stop - start - 1) % lanes + 1
    _scatter(y, i + stop - last, T, count, last, path, before)
    store_each(memory, s, x)


@jit
def _gather(u, i, T, count, entries, path, now):
    """What is left of the rows, turned over."""
    lanes = 64 // u.itemsize
    for n in range(lanes):
        for j in range(entries):
            path[now + j * lanes + n] = u[i + min(n, count - 1) * T + j]


@jit
def _scatter(y, i, T, count, entries, path, before):
    lanes = 64 // y.itemsize
    for n in range(count):
        for j in range(entries):
            y[i + n * T + j] = path[before + j * lanes + n]
