r"""The autocorrelation after one more layer.

y_t = g Σ_{i≥0} λ^i u_{t−i}, g = cb, so that R'(Δ) = E[y_{t+Δ} y_t*] = |g|² Σ_{i,j≥0} λ^i λ̄^j R(Δ − i + j). The terms of
equal i − j = d are a geometric series in |λ|²:

    R'(Δ) = |g|² Σ_{d∈ℤ} w(d) R(Δ − d),    w(d) = λ^d/(1 − |λ|²) for d ≥ 0,  λ̄^{−d}/(1 − |λ|²) for d < 0;

for real λ this is λ^{|d|}/(1 − λ²). The layer itself, y_t − λ y_{t−1} = g u_t, multiplied by its own adjoint says

    (1 + |λ|²) R'(Δ) − λ R'(Δ − 1) − λ̄ R'(Δ + 1) = |g|² R(Δ)    for every Δ,

whose only bounded solution is R' (the homogeneous ones grow as λ^{−Δ} or λ̄^Δ, to one side). For the weights it reads
(1 + |λ|²) w(d) − λ w(d−1) − λ̄ w(d+1) = [d = 0]. Where d and its neighbors have one sign, w(d±1) is w(d) times λ^{±1}
(or λ̄^{∓1}), and 1 + |λ|² − λ/λ − λ̄λ = 0: one identity for all such lags. At d = 0 it is
(1 + |λ|² − |λ|² − |λ|²)/(1 − |λ|²) = 1. By linearity in R that is the proposition for every summable R; it is computed
here for an R of five lags without symmetry, at lags on both sides of it.
"""

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier

LAGS = range(-4, 6)
SEEN = 100  # lags after which |λ|^d d is below 1e−13 for |λ| ≤ .7


def law(pole, conjugate, energy, R, lag):
    """R'(Δ) from R, a mapping of the lags where it is not 0; energy = |cb|²."""
    return energy * sum(_weight(pole, conjugate, lag - d) * value for d, value in R.items())


def bug(pole, conjugate, energy, R, lag):
    r"""The conjugate at the positive lags: $\bar\lambda^d$ for $\lambda^d$."""
    return law(conjugate, pole, energy, R, lag)


def _weight(pole, conjugate, d):
    return (pole**d if d >= 0 else conjugate**-d) / (1 - pole * conjugate)


def prove(law):
    """The layer's equation for the law, at lags inside and outside of the support of R; the double sum, cut."""
    p, q, energy, *values = indeterminates("p", "q", "g", *(f"R{d}" for d in range(5)))  # q = λ̄
    R = dict(zip(range(-2, 3), values, strict=True))
    after = {lag: law(p, q, energy, R, lag) for lag in range(LAGS[0] - 1, LAGS[-1] + 2)}
    outside = [lag for lag in LAGS if lag not in R]
    return (
        Step(r"$(1+|\lambda|^2) R'(\Delta) - \lambda R'(\Delta-1) - \bar\lambda R'(\Delta+1) = |g|^2 R(\Delta)$ where "
             r"$R \ne 0$", all(_layer(p, q, after, lag) == energy * R[lag] for lag in R)),
        Step(r"The same where $R = 0$, on both sides", all(_layer(p, q, after, lag) == 0 for lag in outside)),
        Step(r"Away from the support a further lag multiplies by $\lambda$, or by $\bar\lambda$ on the other side: "
             r"every lag is covered", after[5] == p * after[4] and after[-4] == q * after[-3]),
        Step(r"$|g|^2 \sum_{i,j<n} \lambda^i \bar\lambda^j [\Delta = i-j]$ is the law times "
             r"$1 - |\lambda|^{2(n-|\Delta|)}$", all(_cut_sum(law, p, q, lag) for lag in range(-3, 4))),
    )  # fmt: skip


def _layer(p, q, R, lag):
    return (1 + p * q) * R[lag] - p * R[lag - 1] - q * R[lag + 1]


def _cut_sum(law, p, q, lag, n=5):
    """White input."""
    cut = sum(p**i * q**j for i in range(n) for j in range(n) if i - j == lag)
    return cut == (1 - (p * q) ** (n - abs(lag))) * law(p, q, 1, {0: 1}, lag)


def shadow(law, stack, machine):
    """The first layer from an input of three lags; the second from the first's output as the machine has it."""
    own, rho = parameters(stack), stack.layers[-1].poles[0].item()
    R = [1.0, 0.3 * rho, 0.1 * rho**2]
    process, lags = machine.sampled(R), list(LAGS)
    given = dict(enumerate(long(R)))
    given |= {-d: r.conjugate() for d, r in given.items()}
    after = machine.autocovariance(stack, range(-SEEN, SEEN + 1), process, layer=0)
    sources = [given, dict(zip(range(-SEEN, SEEN + 1), long(after), strict=True))]
    return max(
        deviation([law(own.poles[k], own.conjugates[k], abs(own.b[k] * own.c[k]) ** 2, R, lag) for lag in lags],
                  machine.autocovariance(stack, lags, process, layer=k))
        for k, R in enumerate(sources[: len(stack)])
    )  # fmt: skip


THEOREM = Theorem(
    name="proposition-1",
    title="The autocorrelation after one more layer",
    statement=r"$R^{(k+1)}(\Delta) = |c_k b_k|^2 \sum_{i,j \ge 0} \lambda_k^i \bar\lambda_k^j R^{(k)}(\Delta - i + j) "
              r"= \frac{|c_k b_k|^2}{1-|\lambda_k|^2} [\sum_{d \ge 0} \lambda_k^d R^{(k)}(\Delta - d) + "
              r"\sum_{d \ge 1} \bar\lambda_k^d R^{(k)}(\Delta + d)]$; real $\lambda_k$: weights $\lambda_k^{|d|}$.",
    hypotheses=("scalar layer without feedthrough, $|\\lambda_k| < 1$, real or complex",
                "zero-mean wide-sense stationary input, real or complex", "either timing"),
    origin=Origin.PAPER,
    reference="Proposition 1",
    tier=Tier.EXACT,
    range="inputs of five lags, all lags of the output; by linearity every summable R",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 2), gap=0.3),
)
