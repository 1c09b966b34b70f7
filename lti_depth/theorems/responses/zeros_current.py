r"""In current timing the zeros of a one-channel layer are the eigenvalues of A − B (D + C B)⁻¹ C A.

Let A = diag(λ_1…λ_N), r_n = c_n b_n, e = D + C B = D + Σ r_n and M = A − B e⁻¹ C A. The claim is

    e · det(z − M) = H(z) · Π_n (z − λ_n),    H(z) = D + Σ_n r_n z/(z − λ_n),

for then H = e Π (z − ζ)/Π (z − λ) = e Π (1 − ζ z⁻¹)/Π (1 − λ z⁻¹) with the eigenvalues ζ of M: N zeros, and no further
delay (m = 0), as e ≠ 0 is the limit of H for z → ∞. By induction over N. For N = 0, e = D = H. One step of Gauss's
elimination in z − M, whose entries are (z − λ_i) δ_ij + b_i c_j λ_j/e, takes out the first state: the pivot is

    π = z − λ_1 + r_1 λ_1/e,

and the entry (i, j) that remains, i, j ≥ 2, is

    (z − λ_i) δ_ij + b_i c_j λ_j/e − (b_i c_1 λ_1/e)(b_1 c_j λ_j/e)/π = (z − λ_i) δ_ij + b_i c_j λ_j/e',
    e' = e + r_1 λ_1/(z − λ_1) = D' + Σ_{n≥2} r_n,    D' = D + r_1 z/(z − λ_1).

It is z − M of the layer without state 1 whose feedthrough is D', what state 1 passes at z; the H of that layer is the
same. And e π = e' (z − λ_1), so that e det(z − M) = e π det' = (z − λ_1) e' det', where e' det' = H Π_{n≥2} (z − λ_n)
by the hypothesis. An entry (i, j) knows of further states only through e, in which D may stand for all of them; so
three states in the exact step are enough for every N.
"""

from math import prod

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp, parameters
from ..domains import Domain
from ..linear import characteristic
from ..parallel import side_by_side
from ..theorem import Origin, Step, Theorem, Tier

POINTS = (2.0, -2.0, 2.0j, -1.5 - 1.5j, 0.5 + 2.0j)


def law(poles, b, c, d):
    """M = A − B (D + C B)⁻¹ C A, for diagonal A; its eigenvalues are the zeros."""
    e = d + sum(x * y for x, y in zip(b, c, strict=True))
    return [[p * (i == j) - b[i] * c[j] * q / e for j, q in enumerate(poles)] for i, p in enumerate(poles)]


def bug(poles, b, c, d):
    """$-D$ in place of $D$."""
    return law(poles, b, c, -d)


def prove(law):
    """One elimination step with indeterminates, for all N; and the determinant itself for few states."""
    z, d, *rest = indeterminates("z", "d", *(f"{x}{n}" for n in range(3) for x in "pbc"))
    poles, b, c = rest[::3], rest[1::3], rest[2::3]
    return (
        Step(r"Eliminating a state from $z - M$ leaves $z - M$ of the other states, with the feedthrough "
             r"$D + r_1 z/(z - \lambda_1)$, and a pivot $\pi$ with $e \pi = e' (z - \lambda_1)$",
             _eliminates(law, z, poles, b, c, d)),
        *(Step(rf"$N = {N}$: $(D + CB) \det(z - M) = H(z) \prod (z - \lambda_n)$",
               (d + sum(map(prod, zip(b[:N], c[:N], strict=True)))) * characteristic(law(poles[:N], b[:N], c[:N], d), z)
               == numerator(z, poles[:N], [b[n] * c[n] * z for n in range(N)], d)) for N in (1, 2, 3)),
    )  # fmt: skip


def numerator(z, poles, passed, d):
    """Π (z − λ_n) · (D + Σ passed_n/(z − λ_n)), without a division."""
    return d * prod(z - p for p in poles) + sum(
        r * prod(z - p for j, p in enumerate(poles) if j != n) for n, r in enumerate(passed))


def _eliminates(law, z, poles, b, c, d):
    matrix = law(poles, b, c, d)
    rows = [[z * (i == j) - entry for j, entry in enumerate(row)] for i, row in enumerate(matrix)]
    pivot, through = rows[0][0], d + b[0] * c[0] * z / (z - poles[0])
    left = [[rows[i][j] - rows[i][0] * rows[0][j] / pivot for j in (1, 2)] for i in (1, 2)]
    others = law(poles[1:], b[1:], c[1:], through)
    e, e_left = d + sum(map(prod, zip(b, c, strict=True))), through + sum(map(prod, zip(b[1:], c[1:], strict=True)))
    return e * pivot == e_left * (z - poles[0]) and all(
        left[i][j] == z * (i == j) - others[i][j] for i in range(2) for j in range(2))


def proper(cascade):
    """The cascade itself, or with c_1 doubled where Σ c_n b_n + d_1 would be 0."""
    own = parameters(cascade)
    if own.d[0] + sum(map(prod, zip(own.b, own.c, strict=True))):
        return cascade
    return cascade.replace(C=[2 * cascade.C[0], *cascade.C[1:]])


def shadow(law, stack, machine):
    """e Π (1 − ζ/z)/Π (1 − λ/z) at points z, against the machine's transfer function, and with the machine's zeros.

    The layer has the states of all layers of the drawn cascade side by side.
    """
    stack = proper(stack)
    layer, own, points = side_by_side(stack), parameters(stack), long(list(POINTS))
    e = own.d[0] + sum(map(prod, zip(own.b, own.c, strict=True)))
    found = long(machine.zeros(layer)[0])
    factored = [characteristic(law(own.poles, own.b, own.c, own.d[0]), z) for z in points]
    H = [e * value / prod(z - p for p in own.poles) for z, value in zip(points, factored, strict=True)]
    return max(deviation(H, machine.transfer_function(layer, POINTS)),
               deviation(factored, [prod((z - zeta for zeta in found), start=mp.one) for z in points]))


THEOREM = Theorem(
    name="zeros-current",
    title="The zeros of a layer in current timing",
    statement=r"The zeros of a layer with one channel are the $N$ eigenvalues $\zeta$ of $A - B (D + CB)^{-1} C A$: "
              r"$H(z) = (D + CB) \prod_n (1 - \zeta_n z^{-1}) / \prod_n (1 - \lambda_n z^{-1})$, no further delay.",
    hypotheses=("current timing", "one channel, N states", "diagonal A, poles equal or not; zeros on poles counted",
                "D + C B ≠ 0"),
    origin=Origin.CLASSICAL,
    reference="Brockett & Mesarović, J. Math. Anal. Appl. 11:548 (1965), on inverse systems; here for current timing",
    tier=Tier.EXACT,
    range="all N, by induction (one exact step)",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", timings=("current",), feedthrough=True),
)
