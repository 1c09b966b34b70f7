r"""The correlation of neighboring samples never falls with depth, for real inputs and poles in [0, 1).

Let R be the autocovariance of a real input, R' that of the output of a layer with the real pole λ and b = c = 1. From
S' |1−λe^{−iω}|² = S,

    R(Δ) = (1+λ²) R'(Δ) − λ [R'(Δ+1) + R'(Δ−1)].

For the lag-1 correlations ρ_1 = R(1)/R(0), ρ'_1 = R'(1)/R'(0) this gives, with r = R'(0)/R(0),

    ρ'_1 − ρ_1 = λ r (1 + ρ'_2 − 2 ρ'_1²) = 2 λ r Var(cos ω),

where cos ω has the density S'/∫S' on the circle: E cos ω = ρ'_1 and E cos² ω = (1+ρ'_2)/2. So one layer raises the
lag-1 correlation for λ > 0, keeps it for λ = 0 and lowers it for λ < 0, by an exact amount, whatever the real input;
it is 0 otherwise only where S' is concentrated on one frequency. (Equivalently: Chebyshev's association inequality for
cos ω and |H|², which both fall on [0, π].) Gains b, c multiply R' alone and leave correlations as they are; ρ' follows
from ρ and r, which is then R'(0)/(b²c² R(0)).

At lag 2 it fails: AR(1) input with ρ = −.9 has the lag-2 correlation .81, after one layer with λ = .5 it is .741, after
two .668.
"""

from fractions import Fraction
from itertools import pairwise

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, parameters
from ..domains import Domain
from ..moments import LATE, cascade, moment
from ..theorem import Origin, Step, Theorem, Tier


def law(pole, ratio, first, second):
    """ρ'_1 − ρ_1 from ratio = R'(0)/R(0) and the correlations ρ'_1, ρ'_2 after the layer."""
    return pole * ratio * (1 + second - 2 * first**2)


def bug(pole, ratio, first, second):
    r"""$1 - \rho'_2$ for $1 + \rho'_2$."""
    return law(pole, ratio, first, -second)


def prove(law):
    """The rise for abstract R', its sign for spectra of a few lines, and the counterexample at lag 2."""
    return (
        Step(r"$\rho'_1 - \rho_1 = \lambda \frac{R'(0)}{R(0)} (1 + \rho'_2 - 2\rho_1'^2)$ for every real input: $R = "
             r"(1+\lambda^2) R' - \lambda [R'(\cdot+1) + R'(\cdot-1)]$", _rises(law)),
        Step(r"$1 + \rho'_2 - 2\rho_1'^2 = 2\,\mathrm{Var}(\cos\omega)$: a sum of $w_i w_j (\cos\omega_i - "
             r"\cos\omega_j)^2$ over the lines of a spectrum", _is_variance(law)),
        Step(r"AR(1) input with $\rho = -9/10$, then $\lambda = 1/2$, twice: the lag-1 correlation rises by the law, "
             r"the lag-2 correlation falls", _counterexample(law)),
    )  # fmt: skip


def _rises(law):
    pole, zero, one, two = indeterminates("pole", "R0", "R1", "R2")  # R' at lags 0, 1, 2
    before = [(1 + pole**2) * here - pole * (ahead + behind)
              for behind, here, ahead in ((one, zero, one), (zero, one, two))]
    return one / zero - before[1] / before[0] == law(pole, zero / before[0], one / zero, two / zero)


def _is_variance(law):
    *weights, a, b, c = indeterminates("w", "v", "u", "a", "b", "c")
    lines = list(zip(weights, (a, b, c), strict=True))
    total = sum(weights)
    first, second = (sum(w * f(x) for w, x in lines) / total for f in (lambda x: x, lambda x: 2 * x**2 - 1))
    pairs = sum(w * v * (x - y) ** 2 for w, x in lines for v, y in lines) / total**2
    return law(1, 1, first, second) == pairs


def _counterexample(law):
    rho, pole = Fraction(-9, 10), Fraction(1, 2)
    profiles = [[_covariance([rho] + [pole] * k, lag) for lag in range(3)] for k in range(3)]
    ones, twos = ([R[lag] / R[0] for R in profiles] for lag in (1, 2))
    rises = all(law(pole, after[0] / before[0], after[1] / after[0], after[2] / after[0])
                == after[1] / after[0] - before[1] / before[0]
                for before, after in pairwise(profiles))
    return rises and ones[0] < ones[1] < ones[2] and Fraction(81, 100) == twos[0] > twos[1] > twos[2]


def _covariance(poles, lag):
    """R(Δ) of a cascade of real poles under white input, Δ ≥ 0."""
    return moment(cascade(poles), [*cascade(poles), *[LATE] * lag])


def shadow(law, stack, machine):
    """Layer by layer, AR(1) input with the stack's last pole: the lag-1 correlations that the law predicts."""
    *poles, rho = stack.poles.tolist()
    exact, process = parameters(stack).poles, machine.ar1(rho)
    correlations, before = [exact[-1]], 1 / (1 - exact[-1] ** 2)
    for k in range(1, len(poles) + 1):
        R = [_covariance([exact[-1], *exact[:k]], lag) for lag in range(3)]
        correlations.append(correlations[-1] + law(exact[k - 1], R[0] / before, R[1] / R[0], R[2] / R[0]))
        before = R[0]
    covariances = [long(machine.autocovariance(stack, [0, 1], process, layer=k)) for k in range(len(poles))]
    return deviation([1, *correlations[1:]], [1, *(R[1] / R[0] for R in covariances)])  # next to the lag 0


THEOREM = Theorem(
    name="lag-one-monotone",
    title="Neighboring samples are ever more alike",
    statement=r"One layer with a real pole changes the lag-1 correlation of a real input by $\rho'_1 - \rho_1 = "
              r"2\lambda \frac{R'(0)}{R(0)} \mathrm{Var}(\cos\omega)$, $\cos\omega$ distributed as the output's "
              r"spectrum: for $\lambda_k \in [0, 1)$ it never falls with depth. At lag 2 it can fall: AR(1) input with "
              r"$\rho = -.9$, then $\lambda = .5$: $.81, .741, .668$.",
    hypotheses=("real wide-sense stationary input", "scalar layers without feedthrough; $b = c = 1$ in the formula, "
                "any gains in the conclusion", "real poles, $|\\lambda| < 1$; nonnegative for the monotony",
                "either timing"),
    origin=Origin.NEW,
    reference="the amount; that it never falls also follows from Chebyshev's association inequality",
    tier=Tier.EXACT,
    range="every real input, hence every depth: its autocovariances enter as indeterminates",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("signed", layers=(2, 4)),
)  # fmt: skip
