"""The covariances of all states and signals, section by section.

With ξ_i the states of section i, p_0 the white unit input and p_i the output of section i, in one time step

.. math:: W_{ij} = E \\xi_i \\xi_j^*, \\quad X_{ij} = E \\xi_i p_j^*, \\quad Y_{ij} = E p_i \\xi_j^*,
          \\quad Z_{ij} = E p_i p_j^*

satisfy, ⊘ dividing elementwise by 1 − λ_i λ̄_j,

.. math:: W_{ij} &= \\big((\\Lambda_i X_{i,j-1} + B_i Z_{i-1,j-1}) B_j^* + B_i Y_{i-1,j} \\Lambda_j^*\\big) ⊘ \\\\
          Y_{ij} &= F_i W_{ij} + E_i Y_{i-1,j}, \\quad X_{ij} = W_{ij} F_j^* + X_{i,j-1} E_j^*, \\quad
          Z_{ij} = Y_{ij} F_j^* + Z_{i,j-1} E_j^*

with X_{i0} = 0, Y_{0j} = 0, Z_{00} = 1 (the theory of delayed timing, which sections reduce both to). No equation of
the size of the stack is solved; where every entry is ≥ 0 nothing is subtracted. A further section needs column j − 1
alone, and X_{j,j-1} = Y_{j-1,j}*.
"""

from functools import reduce
from typing import Any, NamedTuple

from flint import arb

from ..system.limits import require_affordable
from .balls import adjoint, entries, known_size
from .sections import gain


class Column(NamedTuple):
    """After j sections: W_ij and X_ij for i = 1…j, and Z_ij for i = 0…j.

    `bound`: of Z_jj, from the size of Z_{j−1,j−1} and the gain of section j; the scale on which Z_jj may be 0.
    """

    sections: tuple
    W: list
    X: list
    Z: list
    bound: Any

    @property
    def size(self):
        """The largest entry of Z_jj, or its bound where that entry may be 0."""
        return known_size(self.Z[-1], self.bound)


def moments(chain):
    """The last column of a chain; ValueError where that takes hours."""
    S = max(len(chain.sections), sum(len(one.poles) for one in chain.sections))
    require_affordable(len(chain.sections), "second moments in balls", 2, seconds=1.5e-5 * S**2,
                       instead="numeric has them in doubles")
    return reduce(extended, chain.sections, start(chain))


def start(chain):
    """The column of the input alone."""
    return Column((), [], [], [chain.unit], arb(1))


def extended(before, section):
    """The column after one more section."""
    poles, A, B, F, E = section.adjoint()
    sections = (*before.sections, section)
    W, X, Z = [], [], [before.Z[0] * E]
    Y = before.Z[0] * B * 0
    for i, left in enumerate(sections):
        if i < len(before.sections):
            x, z = before.X[i], before.Z[i + 1]
        else:
            x = adjoint(Y)
            z = section.F * x + section.E * before.Z[i]
        w = _divided((left.A * x + left.B * before.Z[i]) * B + left.B * Y * A, left.poles, poles)
        Y = left.F * w + left.E * Y
        W.append(w)
        X.append(w * F + x * E)
        Z.append(Y * F + z * E)
    return Column(sections, W, X, Z, before.size * gain(section) ** 2)


def _divided(value, rows, columns):
    """value ⊘ (1 − λ_i λ̄_j)."""
    if not hasattr(value, "entries"):
        return value / (1 - rows[0] * columns[0])
    gaps = [1 - pole * other for pole in rows for other in columns]
    divided = [entry / gap for entry, gap in zip(entries(value), gaps, strict=True)]
    return type(value)(len(rows), len(columns), divided)


def released(column):
    """E ξ_i[t+1] p_j[t]* for every section i: the states from which the free response of p_j runs."""
    return [one.A * x + one.B * z for one, x, z in zip(column.sections, column.X, column.Z, strict=False)]
