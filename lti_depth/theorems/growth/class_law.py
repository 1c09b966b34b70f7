r"""What depth does not wash out: the class of the input at frequency 0.

Let S_u ~ c|ω|^{−α} at 0, α < 1: α > 0 is long memory, α < 0 a differenced input. With s, β_k and D as in
`gaussian_limit`, u = ω√s: the normalized spectrum of the output tends to the density

    g(u) = |u|^{−α} e^{−u²}/Γ(A),    A = (1−α)/2,

by the same domination: near 0, S_u ≤ 2c|ω|^{−α} is integrable against (1 + 4u²/(π²m))^{−m} for 2m > 1−α; the part away
from 0 is O(s^{−m}) beside s^{(α−1)/2}, m > A. Convergence in L¹ (Scheffé) makes the autocorrelations converge
uniformly in Δ, at τ = Δ/√s, to

    f(τ) = ∫ g cos(uτ) du = Σ_n (−τ²)ⁿ/(2n)! · Γ(A+n)/Γ(A) = ₁F₁(A; ½; −τ²/4).

Without integrals: u g' = −(α + 2u²) g, the transform of which is 2f'' + τf' + (1−α)f = 0, with f(0) = 1, f'(0) = 0 one
solution; the law's series must be it.

Inputs with exactly S_u = |2 sin(ω/2)|^{−α} have R(0) = 1, R(m+1) = R(m)(m + α/2)/(m + 1 − α/2), which is
(2 − x − 1/x) x G' = (α/2)(x − 1/x) G for G = (2 − x − 1/x)^{−α/2} in coefficients (Hosking; fractional noise); α = −2
is differenced white noise. For them the shadow sums R over the machine's answer to white noise, which at K = 16,
λ ≤ .7 is below 1e−12 beyond 140 lags.

Tolerance, on deviations times K: the next term is that of `gaussian_limit` with |u|^{−α}, and
S_u = |ω|^{−α}(1 + αω²/24 + …): with F_j = ₁F₁(A+j; ½; −y), κ = (1/(2K))(1 + 1/(6β)), χ = α/(24 s) it is
κA(A+1)(F_2 − F_0) + χA(F_1 − F_0), at most 1.33/K for −2 ≤ α ≤ ½, β ≥ 2, and what is left a tenth of it at K = 16.
"""

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..expansions import order
from ..theorem import Origin, Step, Theorem, Tier

DEPTH, TERMS, REACH = 16, 10, 200
SCALED = (0.4, 0.8, 1.2, 1.7, 2.2, 3.0, 4.0, 5.0)  # lags over √s


def law(y, alpha, terms):
    """₁F₁((1−α)/2; ½; −y), y = Δ²/(4s), by the first terms of its series: n → n+1 by −y (A+n)/((½+n)(n+1))."""
    total, term = 0, y**0
    for n in range(terms):
        total, term = total + term, term * -y * (2 * n + 1 - alpha) / ((n + 1) * (2 * n + 1))
    return total


def bug(y, alpha, terms):
    """The sign of α."""
    return law(y, -alpha, terms)


def prove(law):
    """The differential equation of the limit; differenced white noise; the autocovariance of fractional noise."""
    return (
        Step(rf"The law solves $2f'' + \tau f' + (1-\alpha) f = 0$, $f(0) = 1$, $y = \tau^2/4$, for every α in its "
             rf"first {TERMS} terms", _solves(law)),
        Step(r"$\alpha = -2$: the law is $f''/f''(0)$ for the Gaussian $f = e^{-\tau^2/4}$, the limit of $2R(\Delta) - "
             r"R(\Delta+1) - R(\Delta-1)$ over its value at 0", _differenced(law)),
        Step(r"Fractional noise: $2mR(m) - (m-1)R(m-1) - (m+1)R(m+1) = \frac{\alpha}{2}[R(m-1) - R(m+1)]$ for all $m$",
             _fractional()),
    )  # fmt: skip


def _solves(law):
    tau, alpha = indeterminates("tau", "alpha")
    f = law(tau**2 / 4, alpha, TERMS)
    first = f.derivative(tau)
    left = 2 * first.derivative(tau) + tau * first + (1 - alpha) * f
    return order(left, tau) >= 2 * TERMS - 2 and order(f - 1, tau) >= 2


def _differenced(law):
    """The Gaussian as the series with α = 0, in which A = ½ cancels: Σ (−y)ⁿ/n!."""
    (tau,) = indeterminates("tau")
    gaussian, term = 0, tau**0
    for n in range(TERMS + 1):
        gaussian, term = gaussian + term, term * -(tau**2) / 4 / (n + 1)
    second = gaussian.derivative(tau).derivative(tau)
    return order(law(tau**2 / 4, -2, TERMS) + 2 * second, tau) >= 2 * TERMS


def _fractional():
    m, a = indeterminates("m", "a")  # a = α/2
    ahead, behind = _ratio(m, a), 1 / _ratio(m - 1, a)  # R(m±1)/R(m)
    return 2 * m - (m - 1) * behind - (m + 1) * ahead == a * (behind - ahead)


def _ratio(m, a):
    """R(m+1)/R(m) of the spectrum |2 sin(ω/2)|^{−2a}."""
    return (m + a) / (m + 1 - a)


def shadow(law, stack, machine):
    """16 layers with λ from ½ to .7, fractional noise with α from −2 to ½, lags to 5√s; deviations times K."""
    pole, alpha = 0.5 + 0.2 * stack.poles[0].item(), long(2.5 * stack.poles[-1].item()) - 2
    exact = long(pole)
    s = DEPTH * exact / (1 - exact) ** 2
    lags = [0, *(round(float(x * mp.sqrt(s))) for x in SCALED)]
    equal = machine.cascade([pole] * DEPTH, timing=stack.timing)
    white = long(machine.autocovariance(equal, range(REACH)))
    noise = [mp.one]
    for m in range(REACH):
        noise.append(noise[-1] * _ratio(m, alpha / 2))
    R = [sum(noise[abs(lag - d)] * white[abs(d)] for d in range(max(lag, 1) - REACH, REACH)) for lag in lags]
    found = [law(lag**2 / (4 * s), alpha, 60) for lag in lags]
    return DEPTH * deviation(found, [value / R[0] for value in R])


THEOREM = Theorem(
    name="class-law",
    title="The input's class at frequency 0 survives any depth",
    statement=r"$S_u(\omega) \sim c|\omega|^{-\alpha}$ at 0, $\alpha < 1$: $\sup_\Delta |R^{(K)}(\Delta)/R^{(K)}(0) - "
              r"{}_1F_1(\frac{1-\alpha}{2}; \frac{1}{2}; -\frac{\Delta^2}{4s})| \to 0$, $s = \sum_k "
              r"\lambda_k/(1-\lambda_k)^2$; $\alpha = 0$ is the Gaussian, $\alpha = -2$ (a differenced input) "
              r"$(1 - \frac{\Delta^2}{2s}) e^{-\Delta^2/(4s)}$.",
    hypotheses=("scalar layers without feedthrough or residual sums, $\\lambda_k \\in (0,1)$",
                "$s \\to \\infty$ and $\\max_k \\lambda_k/(1-\\lambda_k)^2/s \\to 0$; equal layers: $K \\to \\infty$",
                "$S_u$ integrable, $S_u/|\\omega|^{-\\alpha} \\to c > 0$ at 0", "either timing"),
    origin=Origin.NEW,
    reference="the Gaussian law for α ≠ 0; fractional noise: Hosking, Biometrika 68:165, 1981",
    tier=Tier.ANALYTIC,
    range="the limit's differential equation in ten terms, every α; dominated convergence and Scheffé's lemma by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("nonnegative", layers=(1, 2)),
    tolerance=1.5,
)  # fmt: skip
