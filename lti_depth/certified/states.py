"""The covariance of all states of a chain: stationary, and for a source with finitely many autocovariances."""

from .balls import adjoint
from .moments import extended, start
from .orbits import assembled, orbit, system


def white(chain):
    """E ξ ξ* for white unit input: the columns of the moments, and below the diagonal their adjoints."""
    column, columns = start(chain), []
    for one in chain.sections:
        column = extended(column, one)
        columns.append(column.W)
    K = range(len(columns))
    rows = [[adjoint(columns[i][j]) if j < i else columns[j][i] for j in K] for i in K]
    return assembled(chain.field, rows, sum(len(one.poles) for one in chain.sections))


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
