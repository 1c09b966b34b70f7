r"""The impulse response is the complete homogeneous symmetric polynomial of degree t in the poles.

Let h_t(λ_1,…,λ_K) be the response of Π 1/(1 − λ_k z⁻¹). One more layer is the recursion

    h_t(λ_1,…,λ_{K+1}) = λ_{K+1} h_{t−1}(λ_1,…,λ_{K+1}) + h_t(λ_1,…,λ_K),    h_{−1} = 0,

so that the law holds for K+1 layers if it solves this recursion and vanishes at t = −1. In the law the term of pole k
has the weight 1/Q_k, Q_k = Π_{j≠k, j≤K}(λ_k − λ_j), which the further layer multiplies by 1/(λ_k − λ_{K+1}); so term by
term the recursion reads

    λ_k^{t+K}/(Q_k (λ_k − λ_{K+1})) − λ_{K+1} λ_k^{t+K−1}/(Q_k (λ_k − λ_{K+1})) = λ_k^{t+K−1}/Q_k,

an identity in the four quantities λ_k, λ_{K+1}, Q_k and λ_k^{t+K−1} for every K and t; the term of λ_{K+1} itself drops
out. At t = −1 the sum Σ_k λ_k^{K−1}/Π_{j≠k}(λ_k − λ_j), K+1 poles, is the leading coefficient of the polynomial of
degree ≤ K that interpolates x^{K−1}: zero. (Power sums weighted this way are the divided differences of monomials.) The
recursion says so itself: it may take out λ_{K+1} or another pole μ, and as K poles have h_0 = 1 either way,
0 = (λ_{K+1} − μ) h_{−1}(λ_1,…,λ_{K+1}).
"""

from math import prod

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier

TIMES = range(6)


def law(poles, t):
    """h_t by divided differences, for distinct poles."""
    return sum(_term(p, p ** (t + len(poles) - 1), prod(p - q for j, q in enumerate(poles) if j != k))
               for k, p in enumerate(poles))


def bug(poles, t):
    """The power $t + K$ instead of $t + K - 1$."""
    return law(poles, t + 1)


def _term(pole, power, weight):
    return power / weight


def prove(law):
    """The recursion from K to K+1 layers, term by term, and the law's own values for few layers."""
    p, q, Q, power = indeterminates("p", "q", "Q", "power")  # λ_k, λ_{K+1}, Q_k, λ_k^{t+K−1}
    one_more = Q * (p - q)
    step = _term(p, power * p, one_more) - q * _term(p, power, one_more) == _term(p, power, Q)
    return (
        Step(r"One layer: $h_t = \lambda^t$", all(law([p], t) == p**t for t in TIMES)),
        Step(r"Each term solves $h_t(\lambda_1,…,\lambda_{K+1}) = \lambda_{K+1} h_{t-1}(\lambda_1,…,\lambda_{K+1}) + "
             r"h_t(\lambda_1,…,\lambda_K)$", step),
        *(Step(rf"$K = {K}$: the law solves the recursion, and vanishes at $t = -1$", _recursion(law, K))
          for K in (1, 2, 3)),
    )  # fmt: skip


def _recursion(law, K):
    poles = indeterminates(*(f"x{k}" for k in range(K + 1)))
    return law(poles, -1) == 0 and all(
        law(poles, t) == poles[-1] * law(poles, t - 1) + law(poles[:-1], t) for t in TIMES)


def shadow(law, stack, machine):
    """Against the machine's impulse response at the first times (in delayed timing K samples later)."""
    own = parameters(stack)
    late = len(stack) if stack.timing == "delayed" else 0
    gain = prod(own.b) * prod(own.c)
    return deviation([gain * law(own.poles, t) for t in TIMES],
                     machine.impulse_response(stack, [t + late for t in TIMES]))


THEOREM = Theorem(
    name="impulse-response",
    title="The impulse response of a cascade",
    statement=r"$h_t = g \sum_k \lambda_k^{t+K-1} / \prod_{j \ne k} (\lambda_k - \lambda_j)$, the complete homogeneous "
              r"symmetric polynomial of degree $t$ in the poles times $g = \prod_k b_k c_k$; in delayed timing the "
              r"same, $K$ samples later.",
    hypotheses=("scalar layers without feedthrough", "distinct poles", "either timing"),
    origin=Origin.CLASSICAL,
    reference="partial fractions; Macdonald, Symmetric Functions and Hall Polynomials, I.2",
    tier=Tier.INDUCTION,
    range="all K and t",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", distinct=True),
)
