r"""Deep stacks: each layer multiplies the variance by ‖H_k‖∞² = (1−|λ|)^{−2}, and of the input S_u(arg λ) is left.

K equal layers, |H|^{2K} = (1 + βD)^{−K} (1−λ)^{−2K}, β = λ/(1−λ)², D = 2 − 2cos ω, for λ ∈ (0,1); a complex λ only
turns ω by arg λ. Let V_K be the variance under white input, V_K[S] under the spectrum S.

White input. With t_± = (1±λ)²/(1−λ²) the generating function (1 − 2Xt + t²)^{−1/2} of Legendre's P_n(X),
X = (1+λ²)/(1−λ²), is (1−t/t_−)^{−1/2} (1−t/t_+)^{−1/2}; so, with c_j = C(2j,j)/4^j and q = t_−/t_+ < 1,

    V_K = (1−λ²)^{−K} P_{K−1} = (1−λ²)^{−K} t_−^{1−K} Σ_{j<K} c_j c_{K−1−j} q^j.

c_n = (πn)^{−1/2} (1 − 1/(8n) + …) by Stirling, c_{n−j}/c_n ≤ C √(j+1), and the terms j > n/2 are exponentially small:
the sum may be expanded term by term in 1/n. So V_K has an expansion (1−λ)^{1−2K} (4πλK)^{−1/2} [1 + a_1/K + …], with
the first constant from Σ c_j q^j = (1−q)^{−1/2} = (1+λ)/√(4λ). The recursion of `equal_layers` then determines the
a_i: it is the law's a_1 = (3/8)(1 + (1−λ)²/(6λ)) with which the law solves it up to relative order K^{−3}.

Any input. |H|^{2K}/(2πV_K) is a probability density, even and decreasing in |ω|, which outside any neighborhood of 0
tends to 0 exponentially: an approximate identity. If S is integrable and continuous at 0, V_K[S]/V_K → S(0). If S has
two derivatives at 0, S = S(0) + S'(0) sin ω + S''(0) D/2 + o(ω²): the odd part drops out, and D is exact, as
|H_k|^{−2} = (1−λ)² + λD: V_K[D] = (V_{K−1} − (1−λ)² V_K)/λ, which is (1−λ)²/(2λK) · V_K to first order. Thus

    V_K[S] = (1−λ)^{1−2K} (4πλK)^{−1/2} [S(0)(1 + a_1/K) + S''(0) (1−λ)²/(4λK) + o(1/K)],

with O(K^{−2}) for o(1/K) where S is smooth.

Tolerance, on deviations times K². With q = (1−λ)²/λ they tend to

    a_2 + (S''/2S) q (3/8 + (3/2)a_1) + ((S'' + S⁗)/32S) q²,    a_2 = (3+4λ+3λ²)²/(512λ²),

S⁗ the fourth derivative (ω² = D + D²/12 + …, V_K[D²] ≈ (3/4)(q/K)² V_K). For λ ≥ ½ and AR(1) input with |ρ| ≤ ¼,
S = Σ ρ^|n| e^{−inω}, they are at most .26 + .09 + .02; what is left is a tenth of that at K = 10: below .45.
"""

from fractions import Fraction
from math import comb

from ...symbolic.rationals import indeterminates
from .. import equal_layers
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..expansions import order, power
from ..substitution import at
from ..theorem import Origin, Step, Theorem, Tier

DEPTH, TERMS = 10, 8


def law(K, modulus, density, curvature):
    """V_K (1−|λ|)^{2K−1} √(4π|λ|K) to first order in 1/K; density and curvature: S_u and S_u'' at arg λ."""
    spread = (1 - modulus) ** 2 / modulus
    return density * (1 + Fraction(3, 8) * (1 + spread / 6) / K) + curvature * spread / (4 * K)


def bug(K, modulus, density, curvature):
    """Both next terms with the opposite sign."""
    return law(-K, modulus, density, curvature)


def prove(law):
    """The recursion; the law in it to second order in 1/K; the curvature by V[D]; the constant by the finite sum."""
    return (
        Step(r"$K(1-x)^2 V_{K+1} = (2K-1)(1+x) V_K - (K-1) V_{K-1}$, $x = \lambda^2$, for all $K$: every "
             r"coefficient of $V_K = \sum_t \binom{t+K-1}{K-1}^2 x^t$", equal_layers.recursion_holds()),
        Step(r"White input: the law solves it up to relative order $K^{-3}$, which fixes the exponent of $K$ and the "
             "next term", _solves(law)),
        Step(r"$S_u = 2 - 2\cos\omega$: $(V_{K-1} - (1-\lambda)^2 V_K)/\lambda$ is the law with $S_u = 0$, "
             r"$S_u'' = 2$, up to relative order $K^{-2}$", _curved(law)),
        *(Step(rf"$V_{K} = (1-\lambda^2)^{{-{K}}} t_-^{{{1 - K}}} \sum_j c_j c_{{{K - 1}-j}} q^j$, against the first "
               r"terms of the sum over $t$", _finite(K)) for K in (1, 2, 3, 4)),
        *(Step(rf"$K = {K}$: with $c_{{K-1}} \sim (\pi K)^{{-1/2}}$ and $\sum_j c_j q^j = (1-q)^{{-1/2}}$ the sum, "
               r"squared, over $(1-\lambda)^{2-4K}/(4\pi\lambda K)$ is $S_u^2$, the law's leading term squared",
               _constant(law, K)) for K in (1, 2, 3)),
    )  # fmt: skip


def _solves(law):
    """Over (1−λ)^{1−2K} K^{−1/2}, e = 1/K."""
    p, e = indeterminates("p", "e")
    root = Fraction(-1, 2)
    after, here, before = (law(1 / e + n, p, 1, 0) for n in (1, 0, -1))
    left = equal_layers.remainder(1 / e, p**2, after * power(e, root, 4) / (1 - p) ** 2, here,
                                  before * power(-e, root, 4) * (1 - p) ** 2)
    return order(left * e, e) >= 3


def _curved(law):
    p, e = indeterminates("p", "e")
    before, here = law(1 / e - 1, p, 1, 0) * power(-e, Fraction(-1, 2), 3), law(1 / e, p, 1, 0)
    return order((1 - p) ** 2 * (before - here) / p - law(1 / e, p, 0, 2), e) >= 2


def _branches(p):
    """t_− and q."""
    return (1 - p) / (1 + p), ((1 - p) / (1 + p)) ** 2


def _finite(K):
    (p,) = indeterminates("p")
    t, q = _branches(p)
    central = [Fraction(comb(2 * j, j), 4**j) for j in range(K)]
    total = sum(a * b * q**j for j, (a, b) in enumerate(zip(central, central[::-1], strict=True)))
    cut = sum(comb(n + K - 1, K - 1) ** 2 * p ** (2 * n) for n in range(TERMS))
    return order((1 - p**2) ** -K * t ** (1 - K) * total - cut, p) >= 2 * TERMS


def _constant(law, K):
    """π and K drop out."""
    p, density, curvature, e = indeterminates("p", "S", "C", "e")
    t, q = _branches(p)
    leading = at(law(1 / e, p, density, curvature), p, density, curvature, 0 * e)
    found = density**2 * ((1 - p**2) ** -K * t ** (1 - K)) ** 2 / (1 - q)
    return found / ((1 - p) ** (2 - 4 * K) / (4 * p)) == leading**2


def _moved(pole, least, span):
    """The pole's phase with the modulus least + span |λ|."""
    return (least + span * abs(pole)) * (pole / abs(pole) if pole else 1.0)


def shadow(law, stack, machine):
    """Ten layers of the first pole's phase, ½ ≤ |λ| ≤ .6; AR(1), ρ of the last pole's, ⅛ ≤ |ρ| ≤ ¼. Times K²."""
    pole, rho = _moved(stack.poles[0].item(), 0.5, 0.1), _moved(stack.poles[-1].item(), 0.125, 0.125)
    variance = machine.autocovariance(machine.cascade([pole] * DEPTH, timing=stack.timing), 0, machine.ar1(rho))
    modulus = abs(long(pole))
    w = long(rho) * mp.conj(long(pole)) / modulus  # S = 1 + 2 Re Σ wⁿ, S'' = −2 Re Σ n² wⁿ at arg λ
    density, curvature = mp.re((1 + w) / (1 - w)), -2 * mp.re(w * (1 + w) / (1 - w) ** 3)
    scale = (1 - modulus) ** (2 * DEPTH - 1) * mp.sqrt(4 * mp.pi * modulus * DEPTH)
    return DEPTH**2 * deviation(law(mp.mpf(DEPTH), modulus, density, curvature), mp.re(long(variance)) * scale)


THEOREM = Theorem(
    name="deep-limit",
    title="The variance of deep stacks",
    statement=r"$K \to \infty$ equal layers: $V_K = (1-|\lambda|)^{-2K} \frac{1-|\lambda|}{\sqrt{4\pi|\lambda|K}}\, "
              r"[S_u(\theta) + o(1)]$, $\theta = \mathrm{arg}\,\lambda$; for $S_u$ smooth at θ the bracket is "
              r"$S_u(\theta) [1 + \frac{3}{8K}(1 + \frac{(1-|\lambda|)^2}{6|\lambda|})] + S_u''(\theta) "
              r"\frac{(1-|\lambda|)^2}{4|\lambda|K} + O(K^{-2})$. Each layer multiplies by $(1-|\lambda|)^{-2}$, the "
              "square of its largest gain.",
    hypotheses=("equal scalar layers without feedthrough, $b = c = 1$", "real or complex λ, $0 < |\\lambda| < 1$",
                "$S_u$ integrable and continuous at θ", "either timing"),
    origin=Origin.NEW,
    reference="white input: Laplace–Heine for Legendre's polynomials (Szegő, Orthogonal Polynomials, 8.21)",
    tier=Tier.ANALYTIC,
    range="formal expansions in 1/K, all K; dominated convergence by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 2)),
    tolerance=0.45,
)  # fmt: skip
