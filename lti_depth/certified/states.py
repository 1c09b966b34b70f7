"""The covariance of all states of a chain: stationary, and for a source with finitely many autocovariances."""

from ..system.limits import require_affordable
from .balls import adjoint
from .moments import extended, start
from .orbits import assembled, orbit, system
from .sections import reach


def white(chain):
    """E ξ ξ* for white unit input, and a bound of every state's deviation, from the size of the signal before it.

    The columns of the moments, and below the diagonal their adjoints.
    """
    S = sum(len(one.poles) for one in chain.sections)
    require_affordable(len(chain.sections), "the covariance of all states in balls", 2, size=500 * S**2,
                       instead="numeric.state_covariance has its doubles")
    column, columns, bounds = start(chain), [], []
    for one in chain.sections:
        deviation = column.size.sqrt()
        bounds += [bound * deviation for bound in reach(one)]
        column = extended(column, one)
        columns.append(column.W)
    K = range(len(columns))
    rows = [[adjoint(columns[i][j]) if j < i else columns[j][i] for j in K] for i in K]
    return assembled(chain.field, rows, len(bounds)), bounds


def colored(chain, W, source):
    """Σ_m R(m) E x_t x_{t+m}* = R(0) W + G + G*, G = Σ_{m≥1} conj(R(m)) A^m W."""
    total = W * chain.field.number(source[0].real.item())
    if len(source) == 1:
        return total
    moved = orbit(system(chain).A, W)
    for m, R in enumerate(source.tolist()):
        if m and R:
            G = moved(m) * adjoint(chain.field.number(R))
            total = total + G + adjoint(G)
    return total
