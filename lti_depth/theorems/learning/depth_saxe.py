r"""Learning the gains of a deep cascade: ġ = 2K g^{2−1/K}(1 − g).

Poles fixed and right, g = Π b_k c_k = Π f_i over 2K factors, the teacher's gain 1, and time in units in which
‖Π 1/(1 − λ_k z⁻¹)‖ = 1: L = ½(1 − g)². With Q the product of all factors but f, g = fQ, gradient flow is

    ḟ = −∂L/∂f = (1 − g) Q,    so that f contributes Q ḟ = (1 − g) Q² = (1 − g)(g/f)² to ġ,

an identity in f and Q for any number of factors. f ḟ = g(1 − g) is the same for all: differences of squares are
conserved, and balanced factors stay so. With all f = g^{1/(2K)} the 2K contributions add up to

    ġ = 2K g^{2−1/K} (1 − g) = 2K f^{4K−2} (1 − f^{2K}).

K = 1 is the logistic curve. From 0.01 to ½ the times are 2.30, 4.68, 5.35, 4.72 for K = 1, 2, 3, 6: not monotone in
depth.
"""

from math import prod

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..substitution import at
from ..theorem import Origin, Step, Theorem, Tier


def law(K, factor):
    """ġ at 2K balanced factors, g = factor^{2K}."""
    return _rate(K, 4 * K - 2, factor)


def bug(K, factor):
    """$g^2$ instead of $g^{2-1/K}$: the gain's own factor not divided out."""
    return _rate(K, 4 * K, factor)


def _rate(K, power, factor):
    return 2 * K * factor**power * (1 - factor ** (2 * K))


def prove(law):
    """One factor against the product of the others; all factors apart, then balanced."""
    f, Q = indeterminates("f", "Q")
    speed = -((1 - f * Q) ** 2 / 2).derivative(f)
    return (
        Step(r"One factor adds $(1 - g)(g/f)^2$ to $\dot g$, and $f \dot f = g(1-g)$, whatever the others",
             Q * speed == (1 - f * Q) * (f * Q / f) ** 2 and f * speed == f * Q * (1 - f * Q)),
        Step(r"$2K$ such terms at $Q = f^{2K-1}$ are the law, $K \le 16$",
             all(2 * K * (1 - f ** (2 * K)) * (f ** (2 * K) / f) ** 2 == law(K, f) for K in range(1, 17))),
        *(Step(rf"$K = {K}$: gradient flow of $2K$ factors of their own, then balanced", _flow(K) == law(K, _one()))
          for K in (1, 2, 3)),
    )  # fmt: skip


def _one():
    return indeterminates("f")[0]


def _flow(K):
    """Σ ∂_i g · (−∂_i L) at 2K different factors, then all equal."""
    factors = indeterminates(*(f"f{i}" for i in range(2 * K)))
    loss, gain = (1 - prod(factors)) ** 2 / 2, prod(factors)
    speed = sum(-loss.derivative(f) * gain.derivative(f) for f in factors)
    return at(speed, *[_one()] * (2 * K))


def shadow(law, stack, machine):
    """Balanced gains at the stack's first |b|: (1 − g) Σ E|∂y/∂f|² over the variance at unit gains."""
    K, factor = len(stack), abs(stack.B[0]).item()
    balanced = stack.replace(B=[factor] * K, C=[factor] * K)
    slopes = machine.sensitivity(balanced)
    unit = machine.autocovariance(stack.replace(B=[1.0] * K, C=[1.0] * K), 0)
    gain = mp.mpf(factor) ** (2 * K)
    found = (1 - gain) * long(sum(slopes.B) + sum(slopes.C)) / mp.re(long(unit))
    return deviation([law(K, mp.mpf(factor))], [found])


THEOREM = Theorem(
    name="depth-saxe",
    title="Learning the gains of a deep cascade",
    statement=r"$2K$ balanced factors of $g = \prod_k b_k c_k$ under gradient flow of $\frac12 (1-g)^2$: $\dot g = 2K "
              r"g^{2-1/K} (1-g)$; differences $f_i^2 - f_j^2$ are conserved. The time from $0.01$ to $\frac12$ is not "
              r"monotone in $K$.",
    hypotheses=("poles fixed and those of the teacher, whose gain is 1", "real balanced gains: all $|b_k|$ and "
                "$|c_k|$ equal, $g > 0$", "time in units of the reciprocal energy at unit gains",
                "either timing, any input"),
    origin=Origin.CLASSICAL,
    reference="Saxe et al., arXiv 1312.6120, with the 2K gains of a cascade as the layers",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("nonnegative", layers=(1, 3)),
)  # fmt: skip
