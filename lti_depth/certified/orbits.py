"""A chain as one linear system ξ' = A ξ + B u, y = F ξ + E u, and its powers."""

from typing import Any, NamedTuple

from ..system.limits import require_affordable
from .balls import table


class System(NamedTuple):
    """Matrices of balls."""

    A: Any
    B: Any
    F: Any
    E: Any


def system(chain):
    """The system of a chain; A is block lower triangular."""
    H, S = len(table(chain.unit)), sum(len(one.poles) for one in chain.sections)
    require_affordable(len(chain.sections), "a state matrix of balls", 2, size=200 * S**2,
                       instead="frequency_response needs none, and numeric has responses in doubles")
    rows, B, signal, direct = [], [], [chain.field.matrix(H, 0)], chain.unit  # the input reads no states
    for one in chain.sections:
        rows.append([one.B * block for block in signal] + [one.A])
        B.append([one.B * direct])
        signal = [one.E * block for block in signal] + [one.F]
        direct = one.E * direct
    parts = ((rows, S), (B, H), ([signal], S), ([[direct]], H))
    return System(*(assembled(chain.field, *part) for part in parts))


def assembled(field, rows, width):
    """A matrix of this width from rows of blocks, zeros to the right of each row."""
    lines = []
    for blocks in rows:
        for parts in zip(*(table(block) for block in blocks), strict=True):
            line = [entry for part in parts for entry in part]
            lines.append(line + [0] * (width - len(line)))
    return field.matrix(len(lines), width, [entry for line in lines for entry in line])


def orbit(A, start):
    """t ↦ A^t start.

    A^t is a product of squares A^(2^k), one for each binary digit of t: boxes that a rotation widens at every product
    are multiplied log₂ t times, not t times. What was asked before is remembered: t + 1 after an even t costs one
    product.
    """
    squares, known = [A], {0: start}

    def square(k):
        while len(squares) <= k:
            squares.append(squares[-1] * squares[-1])
        return squares[k]

    def at(t):
        if t not in known:
            require_affordable(A.nrows(), "powers of a state matrix of balls", 3,
                               seconds=2e-8 * A.nrows() ** 3 * (t.bit_length() - len(squares)), of="states",
                               instead="ask for earlier times or lags, or for numeric's doubles")
            lowest = t & -t
            known[t] = square(lowest.bit_length() - 1) * at(t - lowest)
        return known[t]

    return at
