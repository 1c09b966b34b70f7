r"""A cascade without skips has no zeros; so K scalar layers are less than one layer of K states.

Without feedthrough H = g/Π_k (1 − λ_k x), x = z⁻¹ (delayed timing: times x^K), has a constant numerator. One layer with
the same K poles, all distinct, is Σ_n ρ_n/(1 − λ_n x) (delayed: times x, D = 0), with any ρ. It is the
cascade exactly for the residues

    ρ_n = g r_n,   r_n = λ_n^{K−1}/Π_{j≠n} (λ_n − λ_j)        (delayed: r_n = 1/Π_{j≠n} (λ_n − λ_j), λ_n^{K−1} dropped).

They suffice, by induction over K: a further pole q splits each term,

    r_n/((1 − λ_n x)(1 − q x)) = r_n λ_n/(λ_n − q) · 1/(1 − λ_n x) + r_n q/(q − λ_n) · 1/(1 − q x),

where r_n λ_n/(λ_n − q) is the law's r_n for K + 1 poles, and the terms of q add up to Σ_n r_n/(1 − λ_n/q), by
hypothesis 1/Π_n (1 − λ_n/q), the law's value for q. (Delayed: x/(…) splits with 1/(λ_n − q), and likewise.)
They are needed: at x = 1/λ_n the numerator Σ ρ_n Π_{j≠n} (1 − λ_j x) is ρ_n/r_n (delayed: λ_n^{1−K} ρ_n/r_n), so that
a numerator g (delayed: g x^{K−1}) has ρ_n = g r_n; for a pole 0 in the limit.

So of the K numbers ρ_n a cascade leaves one free, g. Any other ρ gives zeros: for ρ = r but ρ_1 = 2 r_1, K ≥ 2, the
numerator is 1 + r_1 Π_{j≥2} (1 − λ_j x) (delayed: x^{K−1} in place of 1). For almost all poles it has the degree K − 1
and is no multiple of x^{K−1}; so it vanishes at some x other than 0 and ∞, as no cascade without skips does. The
functions of K scalar layers without skips are a strict subset of those of one layer with K states; with skips each
layer has a zero of its own.
"""

from math import prod

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier

POINTS = (2.0, -2.0, 2.0j, -1.5 - 1.5j, 0.5 + 2.0j)
TIMINGS = ("current", "delayed")


def law(poles, timing):
    """The residues r_n, up to one common factor, with which K states side by side are a cascade: no zeros."""
    power = len(poles) - 1 if timing == "current" else 0
    return [p**power / prod(p - q for j, q in enumerate(poles) if j != n) for n, p in enumerate(poles)]


def bug(poles, timing):
    """The signs alternating: $r_n$ times $(-1)^n$."""
    return [(-1) ** n * r for n, r in enumerate(law(poles, timing))]


def prove(law):
    """The split of a term by a further pole, the numerator for few poles, and the numerator of another layer."""
    x, r, p, q = indeterminates("x", "r", "p", "q")
    terms = 1 / (1 - p * x), 1 / (1 - q * x)
    return (
        *(Step(rf"A further pole $q$ splits the term of a pole, {timing} timing: residues $r\lambda/(\lambda-q)$ and "
               r"$r q/(q-\lambda)$ (delayed: without $\lambda$ and $q$)", law([p], timing) == [1] and
               r * (x if timing == "delayed" else 1) * terms[0] * terms[1]
               == sum(r * each * term for each, term in zip(law([p, q], timing), terms, strict=True)))
          for timing in TIMINGS),
        *(Step(rf"$K = {K}$, {timing} timing: with the law's residues the numerator is constant",
               _constant(law, K, timing))
          for K in (2, 3, 4) for timing in TIMINGS),
        *(Step(rf"$K = {K}$, {timing} timing: any numerator $g$ (delayed: $g x^{{K-1}}$) has $\rho_n = g r_n$",
               _needed(law, K, timing)) for K in (2, 3) for timing in TIMINGS),
        *(Step(rf"$K = {K}$, {timing} timing: doubling one residue leaves a numerator of degree $K - 1$, not "
               r"$\propto x^{K-1}$: with zeros", _has_zeros(law, K, timing)) for K in (2, 3) for timing in TIMINGS),
    )  # fmt: skip


def _constant(law, K, timing):
    """Σ_n r_n x^m Π_{j≠n} (1 − λ_j x) against the numerator of the cascade, 1 or x^K."""
    x, *poles = indeterminates("x", *(f"p{n}" for n in range(K)))
    return _numerator(law(poles, timing), poles, x) == (1 if timing == "current" else x ** (K - 1))


def _needed(law, K, timing):
    """The numerator of any residues ρ at x = 1/λ_n is ρ_n/r_n times x^m, m = 0 or K − 1."""
    symbols = indeterminates(*(f"{name}{n}" for n in range(K) for name in "pr"))
    poles, free = symbols[::2], symbols[1::2]
    m = K - 1 if timing == "delayed" else 0
    return all(_numerator(free, poles, 1 / p) == rho / r * p**-m
               for p, rho, r in zip(poles, free, law(poles, timing), strict=True))


def _has_zeros(law, K, timing):
    """The numerator with the residue 2 r_1 has a derivative of order K − 1, and is not that of x^{K−1} alone."""
    x, *poles = indeterminates("x", *(f"p{n}" for n in range(K)))
    first, *others = law(poles, timing)
    numerator = highest = _numerator([2 * first, *others], poles, x)
    for _ in range(K - 1):
        highest = highest.derivative(x)
    return highest != 0 and x * numerator.derivative(x) != (K - 1) * numerator


def _numerator(residues, poles, x):
    return sum(r * prod(1 - p * x for j, p in enumerate(poles) if j != n) for n, r in enumerate(residues))


def shadow(law, stack, machine):
    """The states side by side, with the law's residues, against the machine's cascade; its zeros are at 0, if any."""
    own, points = parameters(stack), long(list(POINTS))
    delayed = stack.timing == "delayed"
    gain = prod(own.b) * prod(own.c)
    residues = law(own.poles, stack.timing)
    H = [gain * sum(r / ((z if delayed else 1) * (1 - p / z)) for r, p in zip(residues, own.poles, strict=True))
         for z in points]  # fmt: skip
    zeros = [zero for layer in machine.zeros(stack) for zero in layer]
    return max(deviation(H, machine.transfer_function(stack, POINTS)),
               deviation([0] * (0 if delayed else len(stack)) + [1], [*zeros, 1]))


THEOREM = Theorem(
    name="no-zeros-without-skips",
    title="A cascade without skips has no zeros",
    statement=r"$H = g / \prod_k (1 - \lambda_k z^{-1})$ (delayed timing: times $z^{-K}$) has no zeros but $z = 0$. "
              r"One layer with these poles, residues $\rho_n$ and $D = 0$ (current timing: $\sum_n \rho_n/(1 - "
              r"\lambda_n z^{-1})$) is such a cascade exactly when $\rho_n \propto \lambda_n^{K-1} / \prod_{j \ne n} "
              r"(\lambda_n - \lambda_j)$ (delayed: without $\lambda_n^{K-1}$): the $K$-layer scalar cascades are a "
              r"strict subset of the layers of $K$ states.",
    hypotheses=("scalar layers without feedthrough", "distinct poles", "either timing",
                "strictness: K ≥ 2"),
    origin=Origin.CLASSICAL,
    reference="partial fractions; the comparison of deep and wide extends the paper, section 3.3",
    tier=Tier.INDUCTION,
    range="the residues for all K; that they are needed, and the zeros otherwise, for K ≤ 3",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", distinct=True),
)
