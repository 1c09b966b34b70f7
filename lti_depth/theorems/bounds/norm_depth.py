r"""Bounded gains need depth: |b_k|, |c_k| ≤ M allow no gain above M^{2K}.

g = Π b_k c_k has 2K factors, so |g| ≤ M^{2K}: one more layer multiplies the bound by M². Conversely all |b_k| = |c_k| =
|g|^{1/(2K)} ≤ M reaches any |g| ≤ M^{2K}. So for M > 1 the least depth with gain G > 1 is the least K with M^{2K} ≥ G,

    K = ⌈log G/(2 log M)⌉.

The law counts it by multiplication. The induction in inequalities: with M^{2K} = |g| + r, M = |b| + s = |c| + t, the
difference M^{2K+2} − |gbc| is a polynomial in numbers ≥ 0 without negative coefficients.
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from .. import enclosures
from ..arithmetic import mp
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier


def law(gain, bound):
    """The least K with bound^{2K} ≥ gain."""
    return _least(gain, bound**2)


def bug(gain, bound):
    r"""One gain a layer instead of two: the least $K$ with $M^K \ge G$."""
    return _least(gain, bound)


def _least(gain, step):
    K, reached = 0, step**0
    while reached < gain:
        K, reached = K + 1, reached * step
    return K


BOUNDS = (Fraction(11, 10), Fraction(3, 2), Fraction(2), Fraction(7, 3))
LITTLE = Fraction(1, 10**9)


def prove(law):
    """The bound as a polynomial; its sharpness and the logarithm for rational gains."""
    return (
        Step(r"From $|g| \le M^{2K}$ to one more layer: $(g + r)(b + s)(c + t) - gbc$ has no negative coefficient; "
             r"$M^{2K} = g + r$, $M = b + s = c + t$", _one_more()),
        Step(r"Sharp: at $G = M^{2K}$ the law is $K$, at any more $K + 1$, $K \le 8$",
             all(_sharp(law, M, K) for M in BOUNDS for K in range(1, 9))),
        Step(r"$K - 1 < \log G/(2 \log M) \le K$ by rational bounds of the logarithms",
             all(_logarithmic(law, M, G) for M in BOUNDS for G in (Fraction(3, 2), Fraction(10), Fraction(12345, 7)))),
    )  # fmt: skip


def _one_more():
    g, r, b, s, c, t = indeterminates(*"grbsct")
    rest = (g + r) * (b + s) * (c + t) - g * b * c
    return rest.denominator == 1 and all(coefficient >= 0 for coefficient in rest.numerator.coeffs())


def _sharp(law, M, K):
    return law(M ** (2 * K), M) == K and law(M ** (2 * K) * (1 + LITTLE), M) == K + 1


def _logarithmic(law, M, G):
    K, (low, high), (least, most) = law(G, M), enclosures.logarithm(G), enclosures.logarithm(M)
    return (K - 1) * 2 * most < low and high <= K * 2 * least


def shadow(law, stack, machine):
    """How many layers the law asks for beyond those the stack has, and what K layers at the bound need besides K."""
    K = len(stack)
    first = K if stack.timing == "delayed" else 0
    M = max(*abs(stack.B), *abs(stack.C), 1.125)
    full = stack.replace(B=[M] * K, C=[M] * K)
    gains = [abs(machine.impulse_response(s, first)) for s in (stack, full)]
    needed, at_bound = (law(mp.mpf(1) * gain * (1 - mp.mpf(2) ** -40), mp.mpf(M)) for gain in gains)
    return float(max(needed - K, 0) + abs(at_bound - K))


THEOREM = Theorem(
    name="norm-depth",
    title="Bounded gains need depth",
    statement=r"With $|b_k|, |c_k| \le M$, $M > 1$, a cascade of gain $G = \prod_k |b_k c_k| > 1$ has at least "
              r"$\lceil \log G/(2 \log M) \rceil$ layers, and so many suffice.",
    hypotheses=("scalar cascade", "M > 1 and G > 1", "any poles, either timing"),
    origin=Origin.NEW,
    reference="elementary; the theme of Bao et al., arXiv 2506.19296, whose theorems differ",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 4)),
)  # fmt: skip
