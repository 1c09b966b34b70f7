r"""Depth turns every autocorrelation into the same Gaussian: a central limit theorem in K.

With β_k = λ_k/(1−λ_k)², s = Σ β_k and D = 2 − 2cos ω, |H|² = const · Π (1 + β_k D)^{−1}.

Limit. Let s → ∞ and max β_k/s → 0 (equal layers: K → ∞). In u = ω√s the density Π(1+β_kD)^{−1} tends to e^{−u²}, since
Σ log(1 + (β_k/s) sD) → u² pointwise. It is dominated: D ≥ 4ω²/π² on [−π, π], log(1+ax)/a falls with a, so that with
max β_k/s ≤ 1/m Σ log(1 + (β_k/s)x) ≥ m log(1 + x/m), and (1 + 4u²/(π²m))^{−m} is integrable for m = 1. The factor
S_u(u/√s) → S_u(0) near 0; the part of S_u away from 0 meets Π(1+β_kD)^{−1} ≤ (1 + sD/m)^{−m} = O(s^{−m}), m ≥ 1 fixed,
nothing beside s^{−1/2}. So the normalized spectrum tends to the Gaussian density in L¹ (Scheffé), and

    sup_Δ |R(Δ)/R(0) − e^{−Δ²/(4s)}| ≤ ∫ |difference of densities| → 0.

Without the second condition it fails: for λ_k = 1 − 2^{−k} the last layer always has ¾ of s, and the error stays.

Next term, equal layers, S_u smooth at 0, even. The exponent K log(1+βD) = u² − κu⁴ + O(K^{−2}), and
S_u = S_u(0)(1 + χu² + O(K^{−2})), with

    κ = (1/(2K)) (1 + (1−λ)²/(6λ)),    χ = S_u''(0)/(2 s S_u(0));

the Fourier transform of e^{−u²}(1 + κu⁴ + χu²) over its value at 0 is, y = Δ²/(4s),

    e^{−y} [1 + κ(y² − 3y) − χy].

White input: the largest error of the Gaussian is (c/K)(1 + (1−λ)²/(6λ)), c = ½ max (3y−y²)e^{−y} at y = (5−√13)/2:
c = .39975….

The proof checks this without integrals: G = |H|^{2K} solves (1−λx)(1−λ/x) x dG/dx = Kλ(x − 1/x) G, in coefficients

    (1+λ²) Δ R(Δ) − λ[(Δ+1) R(Δ+1) + (Δ−1) R(Δ−1)] + Kλ [R(Δ+1) − R(Δ−1)] = 0

(divided by (1−λ)²: 1 + 2β, β, Kβ = s), and the law must solve it in powers of h = 1/√s at Δ = τ/h. The input with
S_u = 1 + ηD has R(Δ) + η[2R(Δ) − R(Δ+1) − R(Δ−1)].

Tolerance, on deviations times K². To the next order the density is
e^{−u²}(1 + κu⁴ − μu⁶ + κ²u⁸/2)(1 + χu² + ψu⁴), μ = (1/360 + β/12 + β²/3)/s², ψ = S_u⁗(0)/(24 s² S_u(0)). With
u^{2j} → (½)_j ₁F₁(½+j; ½; −y) the terms of order K^{−2}, normalized, are at most .35/K² for white and .32/K² for AR(1)
input with ⅛ ≤ ρ ≤ ¼ (2 ≤ β ≤ 3.75, ½ ≤ λ ≤ .6); what is left is a tenth of that at K = 16: below .45.
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..expansions import order
from ..theorem import Origin, Step, Theorem, Tier

DEPTH = 16
SCALED = (0.4, 0.8, 1.2, 1.7, 2.2, 3.0, 4.0, 5.0)  # lags over √s


def law(y, kappa, chi):
    """R(Δ)/R(0) · e^{Δ²/(4s)}, y = Δ²/(4s)."""
    return 1 + kappa * (y**2 - 3 * y) - chi * y


def bug(y, kappa, chi):
    """The sign of κ."""
    return law(y, -kappa, chi)


def prove(law):
    """The differential equation of the spectrum, and the law in the recursion over lags that it is."""
    x, p, K = indeterminates("x", "p", "K")
    derivative = K * (p * x / (1 - p * x) - p / x / (1 - p / x))  # x d/dx log of ((1−λx)(1−λ/x))^{−K}
    return (
        Step(r"$|H|^{2K} = ((1-\lambda x)(1-\lambda/x))^{-K}$ solves $(1-\lambda x)(1-\lambda/x)\, x G' = "
             r"K\lambda (x - 1/x) G$", (1 - p * x) * (1 - p / x) * derivative == K * p * (x - 1 / x)),
        Step(r"White input: the law solves $(1+2\beta)\Delta R(\Delta) - \beta[(\Delta+1)R(\Delta+1) + "
             r"(\Delta-1)R(\Delta-1)] + s[R(\Delta+1) - R(\Delta-1)] = 0$ up to $s^{-1}$, beyond its leading order",
             _white(law)),
        Step(r"$S_u = 1 + \eta(2 - 2\cos\omega)$: the second difference of the law for white input, over its value at "
             r"$0$, is the law with $\chi = \eta/s$", _curved(law)),
        Step(r"White input: $\frac{d}{dy}(R/R(0) - e^{-y}) = -\kappa (y^2 - 5y + 3) e^{-y}$", _extremal(law)),
    )  # fmt: skip


def _derivatives(polynomial, tau, count):
    """p_0, p_1, … with f^{(n)} = p_n e^{−τ²/4}."""
    found = [polynomial]
    for _ in range(count):
        found.append(found[-1].derivative(tau) - tau / 2 * found[-1])
    return found


def _shifted(derivatives, h):
    """f(τ+h)/e^{−τ²/4} by Taylor's formula."""
    total, factor = 0, h**0
    for n, derivative in enumerate(derivatives):
        total, factor = total + derivative * factor, factor * h / (n + 1)
    return total


def _white(law):
    """Terms h^{−1}, h⁰ and h vanish."""
    tau, h, beta = indeterminates("tau", "h", "beta")
    f = _derivatives(law(tau**2 / 4, h**2 * (beta / 2 + Fraction(1, 12)), 0), tau, 4)  # κ = h²(β/2 + 1/12)
    ahead, behind = _shifted(f, h), _shifted(f, -h)
    lag = tau / h
    left = (1 + 2 * beta) * lag * f[0] - beta * ((lag + 1) * ahead + (lag - 1) * behind) + (ahead - behind) / h**2
    return order(left, h) >= 3


def _curved(law):
    tau, h, eta = indeterminates("tau", "h", "eta")
    f = _derivatives(law(tau**2 / 4, 0, 0), tau, 2)
    second = f[0] - eta * h**2 * f[2]
    start = 1 + eta * h**2 / 2  # at τ = 0, f'' = −½
    return order(second / start - law(tau**2 / 4, 0, eta * h**2), h) >= 4


def _extremal(law):
    y, kappa = indeterminates("y", "kappa")
    error = law(y, kappa, 0) - 1
    return error.derivative(y) - error == -kappa * (y**2 - 5 * y + 3)


def shadow(law, stack, machine):
    """16 layers with λ from ½ to .6, AR(1) with ρ from ⅛ to ¼, lags to 5√s; deviations times K²."""
    pole, rho = 0.5 + 0.1 * stack.poles[0].item(), (1 + stack.poles[-1].item()) / 8
    exact, r = long(pole), long(rho)
    s = DEPTH * exact / (1 - exact) ** 2
    lags = [0, *(round(float(x * mp.sqrt(s))) for x in SCALED)]
    R = long(machine.autocovariance(machine.cascade([pole] * DEPTH, timing=stack.timing), lags, machine.ar1(rho)))
    kappa, chi = (1 + (1 - exact) ** 2 / (6 * exact)) / (2 * DEPTH), -r / ((1 - r) ** 2 * s)
    found = [mp.exp(-y) * law(y, kappa, chi) for y in (lag**2 / (4 * s) for lag in lags)]
    return DEPTH**2 * deviation(found, [value / R[0] for value in R])


THEOREM = Theorem(
    name="gaussian-limit",
    title="Depth washes out the memory of the input",
    statement=r"$\sup_\Delta |R^{(K)}(\Delta)/R^{(K)}(0) - e^{-\Delta^2/(4s)}| \to 0$, $s = \sum_k "
              r"\lambda_k/(1-\lambda_k)^2$, whatever the input. Equal layers, $y = \Delta^2/(4s)$, smooth $S_u$: "
              r"$R(\Delta)/R(0) = e^{-y}[1 + \frac{y^2-3y}{2K}(1 + \frac{(1-\lambda)^2}{6\lambda}) - "
              r"\frac{S_u''(0)}{2 s S_u(0)} y] + O(K^{-2})$; white input: the largest error of the Gaussian is, "
              r"to first order in $1/K$, $\frac{c}{K}(1 + \frac{(1-\lambda)^2}{6\lambda})$ with $c = "
              r"\frac{1}{2}\max_y (3y-y^2)e^{-y} = .39975…$",
    hypotheses=("scalar layers without feedthrough or residual sums, $\\lambda_k \\in (0,1)$",
                "$s \\to \\infty$ and $\\max_k \\lambda_k/(1-\\lambda_k)^2/s \\to 0$; equal layers: $K \\to \\infty$",
                "$S_u$ integrable, continuous at 0, $0 < S_u(0) < \\infty$; for the next term even and smooth at 0",
                "either timing"),
    origin=Origin.NEW,
    reference="the method is that of the local central limit theorem (Feller, An Introduction to Probability Theory "
              "II, XVI)",
    tier=Tier.ANALYTIC,
    range="formal expansion in 1/K, all lags; dominated convergence and Scheffé's lemma by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("nonnegative", layers=(1, 2)),
    tolerance=0.45,
)  # fmt: skip
