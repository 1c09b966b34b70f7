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
    s, whole = group * len(like) * lanes, stop - (stop - start) % lanes
    if start < whole:
        _squares(like, parts, a, gain, u, y, row_starts(u, i, T, count), i, T, start, whole, memory, s, path)
    if whole < stop:
        _rest(like, parts, a, gain, u, y, i + whole, T, count, stop - whole, memory, s, path)


@jit
def _squares(like, parts, a, gain, u, y, rows, i, T, start, stop, memory, s, path):
    """The layers' loop has as many turns as the compiler is told: it unrolls them."""
    lanes = 64 // u.itemsize
    x, before, now, after = load_each(memory, s, like), 0, lanes * lanes, 2 * lanes * lanes
    store_each(path, now, transpose(load_rows(u, rows, start)))
    for t in range(start, stop, lanes):
        if t + lanes < stop:
            store_each(path, after, transpose(load_rows(u, rows, t + lanes)))
        if t > start:
            store_rows(y, rows, t - lanes, transpose(load_each(path, before, rows)))
        for n in range(lanes):
            prefetch(u, i + n * T + t + _AHEAD, False)
            prefetch(y, i + n * T + t + _AHEAD, True)
        for n in range(lanes // len(parts)):
            at = now + n * len(parts) * lanes
            x, p = step(a, x, scaled(gain, load_each(path, at, parts)))
            store_each(path, at, p)
        before, now, after = now, after, before
    store_rows(y, rows, stop - lanes, transpose(load_each(path, before, rows)))
    store_each(memory, s, x)


@jit
def _rest(like, parts, a, gain, u, y, i, T, count, entries, memory, s, path):
    """Fewer entries of the rows than a square has, from position i on."""
    lanes, x = 64 // u.itemsize, load_each(memory, s, like)
    for n in range(lanes):
        for j in range(entries):
            path[j * lanes + n] = u[i + min(n, count - 1) * T + j]
    for at in range(0, entries * lanes, len(parts) * lanes):
        x, p = step(a, x, scaled(gain, load_each(path, at, parts)))
        store_each(path, at, p)
    for n in range(count):
        for j in range(entries):
            y[i + n * T + j] = path[j * lanes + n]
    store_each(memory, s, x)
