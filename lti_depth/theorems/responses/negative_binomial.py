r"""The impulse response of equal layers is negative binomial; in delayed timing with gain 1 − λ it is the gamma memory.

Let h_t^{(K)} be the response of (1 − λ z⁻¹)^{−K}. One more layer is the recursion

    h_t^{(K)} = λ h_{t−1}^{(K)} + h_t^{(K−1)},    h_{−1}^{(K)} = 0,    h_t^{(1)} = λ^t.

The law is h_t^{(K)} = N_K(t) λ^t with N_K(t) = Π_{j<K} (t + j)/j = C(t+K−1, K−1), a polynomial of degree K − 1 in t
that vanishes at t = −1 for K ≥ 2. The recursion asks for N_K(t) = N_K(t−1) + N_{K−1}(t), Pascal's rule. Both neighbors
are multiples of N_{K−1}(t):

    N_K(t) = N_{K−1}(t) (t + K − 1)/(K − 1),    N_K(t−1) = N_{K−1}(t) t/(K − 1),

since shifting t by one in Π_{j<K} (t + j) exchanges its last factor for t. So the rule is
(t + K − 1)/(K − 1) = t/(K − 1) + 1, for all K and t at once.

The gamma memory of de Vries & Principe, g_k(t) = (1 − μ) g_k(t−1) + μ g_{k−1}(t−1) with g_0 the impulse, is the same
cascade with λ = 1 − μ, gain μ a layer and delayed timing: g_k(t) = μ^k h_{t−k}^{(k)} = C(t−1, k−1) μ^k (1 − μ)^{t−k}.
"""

from fractions import Fraction
from math import prod

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier

TIMES = range(9)


def law(pole, K, t):
    """C(t+K−1, K−1) λ^t."""
    return prod(_factor(t, j) for j in range(1, K)) * pole**t


def bug(pole, K, t):
    r"""$\binom{t+K}{K} \lambda^t$: one layer too many."""
    return law(pole, K + 1, t)


def _factor(t, j):
    """N_{j+1}(t)/N_j(t)."""
    return (t + j) * _inverse(j)


def _inverse(j):
    return Fraction(1, j) if isinstance(j, int) else 1 / j


def prove(law):
    """Pascal's rule for all K and t; the law's own values; the gamma memory by its recursion."""
    K, t, p = indeterminates("K", "t", "p")
    return (
        Step(r"One layer: $h_t = \lambda^t$", all(law(p, 1, n) == p**n for n in TIMES)),
        Step(r"Pascal's rule $\binom{t+K-1}{K-1} = \binom{t+K-2}{K-1} + \binom{t+K-2}{K-2}$ over the last of the three",
             _factor(t, K - 1) == t / (K - 1) + 1),
        *(Step(rf"$K = {n}$: the law solves $h_t^{{(K)}} = \lambda h_{{t-1}}^{{(K)}} + h_t^{{(K-1)}}$ and vanishes at "
               r"$t = -1$", _recursion(law, p, n)) for n in (2, 3, 4, 5)),
        Step(r"Gamma memory, $\lambda = 1 - \mu$: $g_k(t) = \mu^k h_{t-k}^{(k)}$ for four taps", _gamma(law, p)),
    )  # fmt: skip


def _recursion(law, p, K):
    return law(p, K, -1) == 0 and all(law(p, K, t) == p * law(p, K, t - 1) + law(p, K - 1, t) for t in TIMES)


def _gamma(law, mu):
    """The taps by the recursion of de Vries & Principe, from rest, against the law."""
    taps = [1, 0, 0, 0, 0]
    for t in TIMES[1:]:
        taps = [0, *((1 - mu) * taps[k] + mu * taps[k - 1] for k in range(1, 5))]
        if any(taps[k] != (mu**k * law(1 - mu, k, t - k) if t >= k else 0) for k in range(1, 5)):
            return False
    return True


def shadow(law, stack, machine):
    """Equal layers with the first pole of the stack and its gains (in delayed timing K samples later)."""
    own, K = parameters(stack), len(stack)
    equal = stack.replace(poles=stack.poles[:1].repeat(K))
    late = K if stack.timing == "delayed" else 0
    gain = prod(own.b) * prod(own.c)
    return deviation([gain * law(own.poles[0], K, t) for t in TIMES],
                     machine.impulse_response(equal, [t + late for t in TIMES]))


THEOREM = Theorem(
    name="negative-binomial",
    title="The impulse response of equal layers, and the gamma memory",
    statement=r"Equal poles: $h_t = g \binom{t+K-1}{K-1} \lambda^t$ with $g = \prod_k b_k c_k$; in delayed timing the "
              r"same, $K$ samples later. With $b_k c_k = \mu = 1 - \lambda$ the latter is the gamma memory "
              r"$\binom{t-1}{K-1} \mu^K (1-\mu)^{t-K}$.",
    hypotheses=("scalar layers without feedthrough", "equal poles, complex or 0 too", "either timing"),
    origin=Origin.CLASSICAL,
    reference="negative binomial series; de Vries & Principe, Neural Networks 5:565 (1992)",
    tier=Tier.INDUCTION,
    range="all K and t",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex"),
)
