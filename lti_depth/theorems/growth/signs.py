"""Random matrices with independent zero-mean entries, by all their signs: means over them are exact."""

from itertools import product


def matrices(*shapes):
    """All tuples of matrices of these shapes with entries ±1, as nested lists."""
    sizes = [rows * columns for rows, columns in shapes]
    for signs in product((1, -1), repeat=sum(sizes)):
        entries = iter(signs)
        yield tuple([[next(entries) for _ in range(columns)] for _ in range(rows)] for rows, columns in shapes)


def mean(values):
    """The mean of an iterable."""
    values = list(values)
    return sum(values[1:], start=values[0]) / len(values)
