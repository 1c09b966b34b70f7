r"""The memory function adds up to the number of controllable states.

MF(τ) = (A^τ B)* W⁻¹ (A^τ B), W = E x x* for white unit input, on the states that the input reaches independently. From
W = A W A* + B B*,

    A^τ B (A^τ B)* = A^τ W A*^τ − A^{τ+1} W A*^{τ+1},

and the trace of W⁻¹ times the sum telescopes: Σ_{τ<T} MF(τ) = n − tr W⁻¹ A^T W A*^T, n the number of states kept; the
rest tends to 0 with A^T.

How many states of a cascade are kept. Current timing: state k answers an impulse with h_t(λ_1…λ_k), the response of
1/Π_{m≤k}(1 − λ_m x), x = z⁻¹; a layer with λ_k = 0, k ≥ 2, copies its input, the state before it, and is left out. The
others are Π_{m>k}(1 − λ_m x)/Π_m(1 − λ_m x), whose numerators have the degrees 0, 1, 2, …: independent. Delayed
timing: state k is x^k/Π_{m≤k}(1 − λ_m x), numerators x^k Π_{m>k}(1 − λ_m x) with lowest powers 1, 2, …, K: always
independent. Where no λ_k, k ≥ 2, is 0, both span {q(x)/Π_m(1 − λ_m x): deg q < K}, the delayed states a sample later,
so that MF_delayed(τ) = MF_current(τ − 1).
"""

from fractions import Fraction
from itertools import product as tuples

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, parameters
from ..domains import Domain
from ..linear import product, rank, solve, transpose
from ..moments import LATE, cascade, moment
from ..stepping import Numbers, matrices
from ..theorem import Origin, Step, Theorem, Tier

TIMINGS = ("current", "delayed")


def law(poles, timing):
    """Σ_τ MF(τ)."""
    return len(poles) - (_copies(poles[1:]) if timing == "current" else 0)


def bug(poles, timing):
    """Every repeated pole left out, as in a layer of parallel states."""
    return law(list(dict.fromkeys(poles)), timing)


def _copies(poles):
    return sum(1 for pole in poles if not pole)


def prove(law):
    """Ranks for all patterns of equal and vanishing poles; the telescoping sum; the shift by one sample."""
    p, q, P, Q = indeterminates("p", "q", "P", "Q")
    three = [[Fraction(n, 7) for n in numbers] for numbers in ((3, -2, 5), (1, 4, -3))]
    return (
        *(Step(rf"{timing.capitalize()} timing, $K \le 3$, poles among $0, p, q$: the rank of $[B, AB, …]$ is the law",
               all(rank(_responses(poles, timing, len(poles))) == law(poles, timing)
                   for K in (1, 2, 3) for poles in tuples((0 * p, p, q), repeat=K)))
          for timing in TIMINGS),
        *(Step(rf"{timing.capitalize()} timing, $K \le 3$: $\sum_{{\tau<T}} \mathrm{{MF}}(\tau) + \mathrm{{tr}}\, "
               r"W^{{-1}} A^T W A^{*T}$ is the law, $T \le 3$",
               all(_telescopes(law, *pair, timing) for pair in (([p], [P]), ([p, q], [P, Q]), three)))
          for timing in TIMINGS),
        Step(r"No pole 0, $K \le 3$, $\tau \le 4$: delayed timing has the $\mathrm{MF}$ of current timing, one later",
             all(memory(*pair, "delayed", 5)[1:] == memory(*pair, "current", 4)
                 for pair in (([p], [P]), ([p, q], [P, Q]), three))),
    )  # fmt: skip


def _system(poles, timing):
    """A and B of the states, found by stepping."""
    layers = [Numbers(*(np.array(part, dtype=object) for part in ([p], [[1]], [[1]], [[0]]))) for p in poles]
    return matrices(layers, timing)[:2]


def _responses(poles, timing, n):
    """A^τ B, τ < n: what a unit impulse leaves in the states, from its arrival on."""
    A, h = _system(poles, timing)
    rows = []
    for _ in range(n):
        rows.append(h[:, 0].tolist())
        h = A @ h
    return rows


def covariance(poles, conjugates, timing):
    """W by moments; state k is the cascade of the first k poles, in delayed timing k − 1 samples later."""
    def state(numbers, k):
        return [*[LATE] * (k if timing == "delayed" else 0), *cascade(numbers[: k + 1])]

    K = range(len(poles))
    return [[moment(state(poles, i), state(conjugates, j)) for j in K] for i in K]


def memory(poles, conjugates, timing, n):
    """MF(0), …, MF(n−1) by its definition, all states independent."""
    inverse = solve(covariance(poles, conjugates, timing), _identity(poles))
    own, twin = _responses(poles, timing, n), _responses(conjugates, timing, n)
    values = [product(product([h], transpose(inverse)), transpose([g]))[0][0] for g, h in zip(twin, own, strict=True)]
    return values if timing == "current" else [0 * poles[0], *values[: n - 1]]


def _identity(poles):
    return [[0 * poles[0] + (i == j) for j in range(len(poles))] for i in range(len(poles))]


def _telescopes(law, poles, conjugates, timing):
    W, A, A_star = covariance(poles, conjugates, timing), _system(poles, timing)[0], _system(conjugates, timing)[0].T
    rest, late = W, int(timing == "delayed")
    for T in range(1, 4):
        rest = product(product(A, rest), A_star)
        left = solve(W, rest)
        total = sum(memory(poles, conjugates, timing, T + late)) + sum(left[k][k] for k in range(len(poles)))
        if total != law(poles, timing):
            return False
    return True


def shadow(law, stack, machine):
    """The sum up to where 0.95^{2τ} is gone; the timings against each other where no pole after the first is 0."""
    lags = np.arange(700)
    values = machine.memory_function(stack, lags)
    total = deviation([law(parameters(stack).poles, stack.timing)], [sum(values)])
    if not stack.poles[1:].all():
        return total
    now, later = (machine.memory_function(stack.replace(timing=timing), lags[:20]) for timing in TIMINGS)
    return max(total, deviation(now[:-1], later[1:]))


THEOREM = Theorem(
    name="memory-sum",
    title="The memory function adds up to the number of controllable states",
    statement=r"$\sum_\tau \mathrm{MF}(\tau)$, $\mathrm{MF}(\tau) = (A^\tau B)^* W^{-1} (A^\tau B)$, is the number of "
              r"controllable states: $K - \#\{k \ge 2: \lambda_k = 0\}$ in current timing, $K$ in delayed timing. "
              r"If no $\lambda_k$, $k \ge 2$, is $0$, delayed timing has the $\mathrm{MF}$ of current timing, a sample "
              "later.",
    hypotheses=("scalar cascade without feedthrough, all $b_k, c_k \\ne 0$", "$|\\lambda_k| < 1$, real or complex, "
                "equal or not", "white input", "W⁻¹ on the controllable states"),
    origin=Origin.CLASSICAL,
    reference="Jaeger, Short term memory in echo state networks, GMD report 152, 2001; for cascades new here",
    tier=Tier.EXACT,
    range="K ≤ 3; all K by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 3), gap=0.05),
)  # fmt: skip
