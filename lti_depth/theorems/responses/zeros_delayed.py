r"""In delayed timing a feedthrough decides: D ≠ 0 gives N zeros, D = 0 one fewer and a further sample of delay.

Let A = diag(λ_1…λ_N), r_n = c_n b_n and H(z) = D + C (z − A)⁻¹ B = D + Σ_n r_n/(z − λ_n).

D ≠ 0. With M = A − B D⁻¹ C the claim is D det(z − M) = H(z) Π_n (z − λ_n): N zeros, and no further delay, as H → D ≠ 0
for z → ∞. By induction over N, as in current timing with D in the place of e and C in the place of C A: one step of
Gauss's elimination in z − M has the pivot π = z − λ_1 + r_1/D, leaves z − M of the other states with the feedthrough
D' = D + r_1/(z − λ_1), and D π = D' (z − λ_1). An entry (i, j) does not know of further states.

D = 0. Then H is z⁻¹ times the H of the same layer in current timing, C (1 − A/z)⁻¹ B, whose zeros are the eigenvalues
of M = A − B (C B)⁻¹ C A if C B ≠ 0 (theorem zeros-current):

    H(z) = z⁻¹ C B det(z − M)/Π (z − λ_n).

But C M = C A − C B (C B)⁻¹ C A = 0: C is a left eigenvector to the eigenvalue 0. So det(z − M) = z q(z), q of degree
N − 1, and H = C B q(z)/Π (z − λ_n) = C B z⁻¹ Π_{n<N} (1 − ζ_n z⁻¹)/Π_n (1 − λ_n z⁻¹): that eigenvalue is no zero of H,
and m = 1. The entry (C M)_j = c_j λ_j − (Σ_i c_i b_i) c_j λ_j/(C B) has the same form for every N.
"""

from math import prod

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp, parameters
from ..domains import Domain
from ..linear import characteristic
from ..parallel import side_by_side
from ..theorem import Origin, Step, Theorem, Tier
from . import zeros_current
from .zeros_current import POINTS, numerator, proper


def law(poles, b, c, d):
    """M = A − B D⁻¹ C; for D = 0, A − B (C B)⁻¹ C A, where one eigenvalue 0 is no zero."""
    if d == 0:
        return zeros_current.law(poles, b, c, d)
    return [[p * (i == j) - b[i] * c[j] / d for j in range(len(poles))] for i, p in enumerate(poles)]


def bug(poles, b, c, d):
    """The formula of current timing, whatever $D$ is."""
    return zeros_current.law(poles, b, c, d)


def prove(law):
    """One elimination step with indeterminates, the determinants for few states, and the eigenvalue 0 for D = 0."""
    z, d, *rest = indeterminates("z", "d", *(f"{x}{n}" for n in range(3) for x in "pbc"))
    poles, b, c = rest[::3], rest[1::3], rest[2::3]
    return (
        Step(r"$D \ne 0$: eliminating a state from $z - M$ leaves $z - M$ of the other states, with the feedthrough "
             r"$D' = D + r_1/(z - \lambda_1)$, and a pivot $\pi$ with $D \pi = D' (z - \lambda_1)$",
             _eliminates(law, z, poles, b, c, d)),
        *(Step(rf"$N = {N}$: $D \det(z - M) = H(z) \prod (z - \lambda_n)$; for $D = 0$, "
               r"$C B \det(z - M) = z H(z) \prod (z - \lambda_n)$ and $C M = 0$",
               _determinants(law, z, poles[:N], b[:N], c[:N], d)) for N in (1, 2, 3)),
    )  # fmt: skip


def _eliminates(law, z, poles, b, c, d):
    rows = [[z * (i == j) - entry for j, entry in enumerate(row)] for i, row in enumerate(law(poles, b, c, d))]
    pivot, through = rows[0][0], d + b[0] * c[0] / (z - poles[0])
    others = law(poles[1:], b[1:], c[1:], through)
    return d * pivot == through * (z - poles[0]) and all(
        rows[i + 1][j + 1] - rows[i + 1][0] * rows[0][j + 1] / pivot == z * (i == j) - others[i][j]
        for i in range(2) for j in range(2))


def _determinants(law, z, poles, b, c, d):
    residues = [x * y for x, y in zip(b, c, strict=True)]
    strict = law(poles, b, c, 0)
    left = [sum(c[i] * strict[i][j] for i in range(len(poles))) for j in range(len(poles))]
    return (
        d * characteristic(law(poles, b, c, d), z) == numerator(z, poles, residues, d)
        and sum(residues) * characteristic(strict, z) == z * numerator(z, poles, residues, 0)
        and all(entry == 0 for entry in left))


def shadow(law, stack, machine):
    """Π (1 − ζ/z)/Π (1 − λ/z) times the gain, against the machine's transfer function, and with the machine's zeros."""
    stack = proper(stack)
    layer, own, points = side_by_side(stack), parameters(stack), long(list(POINTS))
    gain = own.d[0] or sum(map(prod, zip(own.b, own.c, strict=True)))
    extra = 0 if own.d[0] else 1  # a further sample of delay, and an eigenvalue 0
    found = [*long(machine.zeros(layer)[0]), *[mp.zero] * extra]
    factored = [characteristic(law(own.poles, own.b, own.c, own.d[0]), z) for z in points]
    H = [gain * value / (z**extra * prod(z - p for p in own.poles)) for z, value in zip(points, factored, strict=True)]
    return max(deviation(H, machine.transfer_function(layer, POINTS)),
               deviation(factored, [prod((z - zeta for zeta in found), start=mp.one) for z in points]))


THEOREM = Theorem(
    name="zeros-delayed",
    title="The zeros of a layer in delayed timing",
    statement=r"One channel. $D \ne 0$: the zeros are the $N$ eigenvalues of $A - B D^{-1} C$, without further delay. "
              r"$D = 0$: of the $N$ eigenvalues of $A - B (CB)^{-1} C A$ one is a spurious $0$; the others are the "
              r"$N - 1$ zeros, and $H = CB\, z^{-1} \prod (1-\zeta z^{-1}) / \prod (1-\lambda z^{-1})$ has $m = 1$.",
    hypotheses=("delayed timing", "one channel, N states", "diagonal A, poles equal or not; zeros on poles counted",
                "D ≠ 0, or C B ≠ 0"),
    origin=Origin.CLASSICAL,
    reference="Brockett & Mesarović, J. Math. Anal. Appl. 11:548 (1965), on inverse systems",
    tier=Tier.EXACT,
    range="all N, by induction (one exact step)",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", timings=("delayed",), feedthrough=True),
)
