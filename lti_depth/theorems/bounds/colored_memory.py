r"""The least loss of recalling a colored input: the colored memory law.

Current timing, zero total feedthrough, S states, any stationary input. Let x_0 be the states at time 0, linear in the
past u_0, u_{−1}, …. The outputs y_0, …, y_D are linear in x_0 and the inputs u_1, …, u_D, and y_j is to be u_{j−D}: the
targets u_{−D}, …, u_0 all lie in the past. By stationarity all D + 1 errors have the same mean square, hence

    (D+1) E|e|² = Σ_j E|u_{j−D} − y_j|² ≥ min E‖U − L x_0 − F u_1…u_D‖²,    U = (u_0, …, u_{−D}).

The best F leaves the parts that u_1…u_D do not predict: Ũ, with the covariance Σ = Cov(u_0…u_{−D} | u_1…u_D), and x̃_0,
which has S components. Replacing Ũ by a function of S random variables leaves at least the eigenvalues of Σ beyond the
S largest (Eckart and Young; principal components): with μ_1 ≥ μ_2 ≥ …

    E|e|² ≥ (1/(D+1)) Σ_{j>S} μ_j(Σ),    Σ = P − C F⁻¹ C*, the Schur complement of the covariance of u_1…u_D.

Delayed timing or a total feedthrough: y_j may use u_j itself, x_0 ends at u_{−1}; there are D targets given D inputs,
n = D in place of D + 1. White input has Σ = I and gives the theorem delay-bound. For AR(1), Σ⁻¹ is a block of the
tridiagonal inverse of the covariance: (1−ρ²) Σ⁻¹ has 1 + ρ² on the diagonal (1 at the oldest target) and −ρ beside it.
"""

from fractions import Fraction
from itertools import product as tuples

from ...symbolic.rationals import indeterminates
from ..arithmetic import long, mp
from ..domains import Domain
from ..linear import product, solve, transpose
from ..moments import LATE, cascade, moment, variance
from ..parallel import parallel
from ..theorem import Origin, Step, Theorem, Tier


def law(states, targets, delay, R):
    """Σ, and how many of its smallest eigenvalues add up to `targets` times the bound; R(d), d ≥ 0, real."""
    return _conditional(targets, delay, R), max(targets - states, 0)


def bug(states, targets, delay, R):
    r"""One eigenvalue more: from $\mu_S$ on."""
    return _conditional(targets, delay, R), max(targets - states + 1, 0)


def _conditional(n, D, R):
    """Cov(u_0 … u_{−(n−1)} | u_1 … u_D)."""
    P = [[R(abs(i - j)) for j in range(n)] for i in range(n)]
    if D == 0:
        return P
    F = [[R(abs(a - b)) for b in range(D)] for a in range(D)]
    C = [[R(i + a + 1) for a in range(D)] for i in range(n)]
    seen = product(C, solve(F, transpose(C)))
    return [[p - s for p, s in zip(*rows, strict=True)] for rows in zip(P, seen, strict=True)]


def prove(law):
    """Σ of white and AR(1) input; the bound for one layer on a rational grid, by exact signs of minors."""
    (rho,) = indeterminates("r")
    return (
        Step(r"White input: $\Sigma = I$ with $n - S$ eigenvalues to count, so the bound is $1 - S/n$",
             all(law(S, n, D, lambda d: Fraction(d == 0)) == (_tridiagonal(n, Fraction(0)), n - S)
                 for D in range(4) for n in (D, D + 1) for S in range(n))),
        Step(r"AR(1): $(1-\rho^2) \Sigma^{-1}$ is tridiagonal, $D \le 3$", all(_precision(law, rho, n, D)
             for D in (1, 2, 3) for n in (D, D + 1))),
        Step(r"One layer, AR(1), rational $\lambda$ and $\rho$, $D \le 3$: $(D+1)$ times the loss at the best gain is "
             r"not below $\sum_{j>1} \mu_j$", all(_holds(law, *pair, D) for D in range(4) for pair in GRID)),
    )  # fmt: skip


GRID = tuple(tuples((Fraction(-1, 2), Fraction(1, 3), Fraction(4, 5), Fraction(19, 20)),
                    (Fraction(-3, 4), Fraction(1, 2), Fraction(9, 10))))  # fmt: skip


def _tridiagonal(n, rho):
    """(1−ρ²) times the block of the inverse covariance that belongs to u_0 … u_{−(n−1)} among their neighbors."""
    def entry(i, j):
        return {0: 1 + rho**2 * (i < n - 1), 1: -rho}.get(abs(i - j), 0 * rho)

    return [[entry(i, j) for j in range(n)] for i in range(n)]


def _precision(law, rho, n, D):
    covariance, _ = law(1, n, D, lambda d: rho**d)
    scaled = product(_tridiagonal(n, rho), covariance)
    return scaled == [[(1 - rho**2) * (i == j) for j in range(n)] for i in range(n)]


def _holds(law, pole, rho, D):
    """One state, n = D + 1 targets: n·loss ≥ tr Σ − μ_1, that is, tr Σ − n·loss is not above μ_1."""
    covariance, counted = law(1, D + 1, D, lambda d: rho**d)
    trace, total = sum(covariance[k][k] for k in range(D + 1)), (D + 1) * _loss(pole, rho, D)
    if counted > D:
        return total >= trace
    return not _exceeds(covariance, trace - total)


def _exceeds(matrix, level):
    """Whether level·I − matrix is positive definite: all pivots of its elimination positive."""
    rows = [[level * (i == j) - entry for j, entry in enumerate(row)] for i, row in enumerate(matrix)]
    for k, row in enumerate(rows):
        if row[k] <= 0:
            return False
        for below in rows[k + 1 :]:
            factor = below[k] / row[k]
            below[k:] = [b - factor * a for a, b in zip(row[k:], below[k:], strict=True)]
    return True


def _loss(pole, rho, D):
    """1 − E(y u_{t−D})²/E y², from moments."""
    reached = (1 - rho**2) * moment(cascade([pole, rho]), [*[LATE] * D, *cascade([rho])])
    return 1 - reached**2 / ((1 - rho**2) * variance([pole, rho], [pole, rho]))


def shadow(law, stack, machine):
    """How far a cascade at its best gain, AR(1) input with the last pole as ρ, is below the law; D ≤ 4."""
    *poles, rho = stack.poles.tolist()
    S, late = len(poles), stack.timing == "delayed"
    both, process = parallel([poles, [0.0]]), machine.ar1(rho)
    energy, below = long(machine.autocovariance(both, 0, process)[0, 0]), [mp.zero]
    for D in range(late, 5):
        covariance, counted = law(S, D + 1 - late, D, lambda d: mp.mpf(rho) ** d)
        eigenvalues = sorted(mp.eigsy(mp.matrix(covariance), eigvals_only=True))
        reached = long(machine.autocovariance(both, D - S * late, process)[0, 1])
        below.append(sum(eigenvalues[:counted]) / len(covariance) - (1 - reached**2 / energy))
    return float(max(below))


THEOREM = Theorem(
    name="colored-memory",
    title="The colored memory law",
    statement=r"$E|u_{t-D} - y_t|^2 \ge \frac{1}{D+1} \sum_{j>S} \mu_j(\mathrm{Cov}(u_0, …, u_{-D} \mid u_1, …, "
              r"u_D))$, eigenvalues falling, for any stationary input and $S$ states in all, in current timing with "
              r"zero total feedthrough; otherwise with the $D$ targets $u_0, …, u_{-(D-1)}$ and $1/D$.",
    hypotheses=("linear, time-invariant, stable", "zero-mean stationary input with a regular covariance",
                "one channel at input and output", "the law as computed: real R", "D ≥ 1 for the second bound"),
    origin=Origin.NEW,
    reference="extends the delay bound of François, Orvieto & Bach, arXiv 2502.09287; Eckart & Young 1936",
    tier=Tier.ANALYTIC,
    range="all S and D by hand from Eckart and Young; Σ for D ≤ 3; one layer on a grid",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("signed", layers=(2, 3), gap=1e-3),
)  # fmt: skip
