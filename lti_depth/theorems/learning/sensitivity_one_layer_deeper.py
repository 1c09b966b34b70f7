r"""The sensitivity to a pole is the variance of the cascade with that pole once more.

With x = z⁻¹ and G the product of all other factors, which does not know λ_k,

    ∂/∂λ_k [G/(1 − λ_k x)] = x · G/(1 − λ_k x) · 1/(1 − λ_k x):

the same cascade, one layer deeper, a sample later. This is an identity in λ_k, x and G, hence one for every K. A sample
more or less changes no variance, so for an input of any spectrum

    E|∂y/∂λ_k|² = V(λ_1, …, λ_K, λ_k).

The variance V(λ, λ̄) is a function of the poles and of their conjugates; ∂y/∂λ_k is holomorphic in λ_k, and so E|∂_k y|²
is ∂²V/∂λ_k∂λ̄_k, poles and conjugates differentiated apart. This is the definition that the proof holds the law against,
from the moments of the K-layer cascade.
"""

from math import prod

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp, parameters
from ..domains import Domain
from ..moments import variance
from ..theorem import Origin, Step, Theorem, Tier


def law(poles, k):
    """The poles of the cascade whose output, a sample later, is ∂y/∂λ_k."""
    return [*poles, poles[k]]


def bug(poles, k):
    r"""The pole before $\lambda_k$ repeated (for the first layer the last)."""
    return law(poles, k - 1)


def prove(law):
    """The derivative of the transfer function for every K, and of the variance for few layers."""
    return (
        Step(r"Any $K$: $\partial_{\lambda_k} H = z^{-1} H/(1 - \lambda_k z^{-1})$, with the product of the other "
             r"layers as one indeterminate", _transfer(law)),
        *(Step(rf"$K = {K}$: $\partial^2 V/\partial\lambda_k \partial\bar\lambda_k$ is the law's variance",
               _variances(law, K)) for K in (1, 2)),
    )  # fmt: skip


def _transfer(law):
    pole, other, x = indeterminates("p", "q", "x")
    return all((1 / _denominator(poles, x)).derivative(pole) == x / _denominator(law(poles, poles.index(pole)), x)
               for poles in ([pole], [pole, other], [other, pole]))


def _denominator(poles, x):
    return prod(1 - p * x for p in poles)


def _variances(law, K):
    numbers = indeterminates(*(f"{name}{k}" for name in "pq" for k in range(K)))
    poles, conjugates = list(numbers[:K]), list(numbers[K:])
    V, last = variance(poles, conjugates), K - 1
    second = V.derivative(poles[last]).derivative(conjugates[last])
    return second == variance(law(poles, last), law(conjugates, last))


def shadow(law, stack, machine):
    """Against the machine's sensitivities to all poles."""
    own = parameters(stack)
    energy = abs(prod(own.b) * prod(own.c)) ** 2
    deeper = [energy * mp.re(variance(law(own.poles, k), law(own.conjugates, k))) for k in range(len(stack))]
    return deviation(deeper, machine.sensitivity(stack).poles)


THEOREM = Theorem(
    name="sensitivity-one-layer-deeper",
    title="Sensitivity at depth K is variance at depth K + 1",
    statement=r"$\partial H/\partial\lambda_k = z^{-1} H/(1 - \lambda_k z^{-1})$, hence "
              r"$E|\partial y/\partial\lambda_k|^2 = V(\lambda_1, …, \lambda_K, \lambda_k)$: the variance of the "
              r"cascade of the same gain in which $\lambda_k$ occurs once more.",
    hypotheses=("scalar layers without feedthrough", "$|\\lambda_k| < 1$, real or complex, equal or not",
                "either timing", "stationary input; the shadow has white noise"),
    origin=Origin.NEW,
    reference="one layer: Zucchet & Orvieto, arXiv 2405.21064",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 3)),
)  # fmt: skip
