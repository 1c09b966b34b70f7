"""The operations of `vectors`, `tiles` and `steps` in numpy, a vector being the array of its lanes: what they mean.

The plain twins that the tests compare them with, and what kernels run on where numba's JIT is off: there `intrinsic`
gives the twin of the same name. Nothing beyond the end of an array is read or written; `fma` rounds twice.
"""

import numpy as np
from numba import config, extending

BYTES, TILE = 64, 8  # of a vector; entries of a row in a tile


def intrinsic(generate):
    """numba's intrinsic; with the JIT off, its plain twin."""
    return globals()[generate.__name__] if config.DISABLE_JIT else extending.intrinsic(generate)


def _entries(array, position, count):
    if count and not 0 <= position <= array.size - count:
        raise IndexError(f"{count} entries from position {position} on, in an array of {array.size}")
    return array.reshape(-1)[position : position + count]


def load(array, position):
    return _entries(array, position, BYTES // array.itemsize).copy()


def store(array, position, vector):
    _entries(array, position, len(vector))[:] = vector


def spread(array, position):
    return broadcast(_entries(array, position, 1)[0])


def broadcast(value):
    return np.full(BYTES // np.asarray(value).itemsize, value)


def fma(a, b, c):
    return a * b + c


add, subtract, multiply, divide = np.add, np.subtract, np.multiply, np.divide


def total(vector):
    while len(vector) > 1:
        low, high = vector.reshape(2, -1)
        vector = low + high
    return vector[0]


def last(vector):
    return vector[-1]


def rotated(vector, lanes):
    return np.roll(vector, lanes)


def row_pieces(vector, rows):
    """The rows of one of a tile's vectors: of 16 rows, two that let `by_entry` put all in their order."""
    return [vector] if rows == TILE else [vector % 4 + vector // 4 * 8, vector % 4 + vector // 4 * 8 + 4]


def by_entry(tile):
    pieces, lanes = np.array(tile).reshape(TILE, -1, TILE), len(tile[0])
    entries = np.empty((TILE, lanes), pieces.dtype)
    for vector in range(TILE):
        entries[:, row_pieces(vector, lanes)] = pieces[vector].T
    return tuple(entries)


def by_row(tile):
    entries = np.array(tile)
    return tuple(entries[:, row_pieces(vector, len(tile[0]))].T.ravel() for vector in range(TILE))


def load_rows(array, rows, position, first, last):
    entries, read = np.zeros((TILE, len(rows)), array.dtype), _within(first, last)
    for n, row in enumerate(rows):
        entries[read, n] = _entries(array, row + position + read.start, read.stop - read.start)
    return by_row(entries)


def store_rows(array, rows, position, tile, first, last):
    entries, written = np.array(by_entry(tile)), _within(first, last)
    for n, row in enumerate(rows):
        _entries(array, row + position + written.start, written.stop - written.start)[:] = entries[written, n]


def _within(first, last):
    """The entries n of a tile's row with first ≤ n < last."""
    start = min(max(first, 0), TILE)
    return slice(start, max(min(last, TILE), start))


def row_starts(array, first, stride, count):
    return tuple(first + min(n, count - 1) * stride for n in range(BYTES // array.itemsize))


def prefetch(array, position, written):
    pass


def load_each(array, position, like):
    return tuple(load(array, position + n * (BYTES // array.itemsize)) for n in range(len(like)))


def store_each(array, position, vectors):
    store(array, position, np.concatenate(vectors))


def spread_each(array, position, like):
    return tuple(spread(array, position + n) for n in range(len(like)))


def fma_each(a, b, c):
    each = [entry if isinstance(entry, tuple) else (entry,) * len(b) for entry in (a, c)]
    return tuple(fma(first, second, third) for first, second, third in zip(each[0], b, each[1], strict=True))


def divide_each(a, b):
    return tuple(divide(first, second) for first, second in zip(a, b, strict=True))


def fma_chain(a, x, v):
    states = []
    for pole, state in zip(a, x, strict=True):
        v = fma(pole, state, v)
        states.append(v)
    return tuple(states)


def shift_in(value, vectors):
    moved = np.concatenate((np.full(1, value, vectors[0].dtype), *vectors))[:-1]
    return tuple(moved.reshape(len(vectors), -1))


def slanted(parameters, held, signals, parts, edge, step, steps, level):
    given, x, u = (_numbers(value, len(parts)) for value in (parameters, held, signals))
    unit, outputs = len(given) == len(x), []
    K = len(x) if unit else len(x) // 2
    x, p, behind = x[:K], x[-K:], [max(k - level, 0) if len(edge) == 2 else k for k in range(K)]
    for n, value in enumerate(u):
        entering = [value, *p[:-1]]
        for k in [k for k in range(K) if not edge or 0 <= step + n - behind[k] < steps]:
            if unit:
                x[k] = p[k] = given[k] * x[k] + entering[k]
            else:
                pole, b, f, e = given[k::K]
                x[k], p[k] = b * entering[k] + pole * x[k], e * entering[k] + f * x[k]
        outputs.append(p[-1])
    return _planar(x if unit else x + p), _planar(outputs)


def scaled(gain, signals):
    (a,), u = (_numbers(value, len(gain)) for value in (gain, signals))
    return _planar([a * p for p in u])


def _numbers(planar, parts):
    """Vectors of numbers, complex ones where each has two parts."""
    if parts == 1:
        return list(planar)
    return [np.stack(planar[i : i + 2], axis=-1).view(np.result_type(planar[i], 1j))[:, 0]
            for i in range(0, len(planar), 2)]  # fmt: skip


def _planar(numbers):
    parts = [(z.real, z.imag) if z.dtype.kind == "c" else (z,) for z in numbers]
    return tuple(np.ascontiguousarray(part) for number in parts for part in number)
