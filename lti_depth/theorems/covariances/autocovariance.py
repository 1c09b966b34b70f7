r"""The autocovariance of a cascade under white input.

R(Δ) = Σ_{t≥0} h_{t+Δ} h̄_t, and h_t = Σ_k λ_k^{t+K−1}/Q_k, Q_k = Π_{j≠k}(λ_k − λ_j) (the theorem impulse-response; g = 1
here). Summed over t, with x = λ_k in the inner sum,

    R(Δ) = Σ_k λ_k^{Δ+K−1}/Q_k · G(λ_k),    G(x) = Σ_t h̄_t x^t = Σ_j λ̄_j^{K−1}/(Q̄_j (1 − x λ̄_j)).

G is the transfer function with conjugated poles at z⁻¹ = x, so that G(x) = Π_j 1/(1 − x λ̄_j), and

    R(Δ) = Σ_k λ_k^{Δ+K−1} / [Q_k Π_j (1 − λ_k λ̄_j)],    Δ ≥ 0.

That the sum over residues is the product holds for every K by induction: let G_K have the poles q_1…q_K and let μ be
one more. (1 − xμ) G_{K+1} differs from G_K, term by term, by

    q_j^K (1 − xμ)/(Q_j (q_j − μ)(1 − x q_j)) − q_j^{K−1}/(Q_j (1 − x q_j)) = μ q_j^{K−1}/(Q_j (q_j − μ)),

in which there is no x; the term of μ itself contributes μ^K/Π(μ − q_j), μ times the same expression. The sum of all is
μ times Σ_j q_j^{K−1}/Π(q_j − …) over K+1 poles, which is h_{−1} = 0 of the theorem impulse-response. This step is
computed with Q_j and q_j^{K−1} as indeterminates. For one layer beside K others the law is G_K itself, which is held
against the sum over residues; the law as a whole is held against the double sum over residues, for few layers.
"""

from math import prod

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier

LAGS = range(4)


def law(poles, conjugates, lag):
    """R(Δ) for unit gains and distinct poles."""
    if lag < 0:
        return law(conjugates, poles, -lag)
    return sum(_term(poles, k, conjugates, lag) for k in range(len(poles)))


def bug(poles, conjugates, lag):
    r"""$k$ for $j$ under the second product: $\prod_j (1 - \lambda_k \bar\lambda_k)$."""
    if lag < 0:
        return bug(conjugates, poles, -lag)
    return sum(_term(poles, k, [conjugates[k]] * len(poles), lag) for k in range(len(poles)))


def _term(poles, k, conjugates, lag):
    p = poles[k]
    gaps = prod(p - q for j, q in enumerate(poles) if j != k)
    return p ** (lag + len(poles) - 1) / (gaps * prod(1 - p * q for q in conjugates))


def prove(law):
    """One layer; the induction from residues to the product; the law against the double sum of residues."""
    (p, q) = indeterminates("p", "q")
    return (
        Step(r"One layer: $R(\Delta) = \lambda^\Delta / (1 - |\lambda|^2)$",
             all(law([p], [q], lag) == p**lag / (1 - p * q) for lag in LAGS)),
        Step(r"$(1 - x\mu) G_{K+1}(x) - G_K(x)$, term by term: $\mu q_j^{K-1}/(Q_j (q_j - \mu))$, free of $x$",
             _one_more()),
        *(Step(rf"$K = {K}$: one layer of pole $x$ beside $K$ others, $\Delta = 0$, has $G_K(x) = \sum_j "
               r"q_j^{K-1}/(Q_j (1 - x q_j))$", _one_beside(law, K)) for K in (2, 3, 4)),
        *(Step(rf"$K = {K}$: the law is $\sum_{{k,j}} \lambda_k^{{\Delta+K-1}} \bar\lambda_j^{{K-1}} / "
               r"(Q_k \bar Q_j (1 - \lambda_k \bar\lambda_j))$, at lags of both signs", _double_sum(law, K))
          for K in (2, 3)),
    )  # fmt: skip


def _one_more():
    x, mu, q, Q, power = indeterminates("x", "mu", "q", "Q", "power")  # power = q_j^{K−1}
    before = power / (Q * (1 - x * q))
    after = q * power / (Q * (q - mu) * (1 - x * q))
    return (1 - x * mu) * after - before == mu * power / (Q * (q - mu))


def _one_beside(law, K):
    x, *poles = indeterminates("x", *(f"q{k}" for k in range(K)))
    return law([x], poles, 0) == sum(q ** (K - 1) * _residue(poles, k) / (1 - x * q) for k, q in enumerate(poles))


def _residue(poles, k):
    return 1 / prod(poles[k] - q for j, q in enumerate(poles) if j != k)


def _double_sum(law, K):
    """With the sum over t of each pair of residues, Σ_t (λ_k λ̄_j)^t."""
    every = indeterminates(*(f"p{k}" for k in range(K)), *(f"q{k}" for k in range(K)))
    poles, conjugates = every[:K], every[K:]
    pairs = {
        (k, j): _residue(poles, k) * _residue(conjugates, j) * (p * q) ** (K - 1) / (1 - p * q)
        for k, p in enumerate(poles) for j, q in enumerate(conjugates)
    }  # fmt: skip
    return all(
        law(poles, conjugates, lag) == sum(poles[k] ** lag * pair for (k, _), pair in pairs.items())
        and law(poles, conjugates, -lag) == sum(conjugates[j] ** lag * pair for (_, j), pair in pairs.items())
        for lag in (0, 1, 2)
    )


def shadow(law, stack, machine):
    """Against the machine, at lags of both signs."""
    own, lags = parameters(stack), [-3, -1, *LAGS]
    energy = abs(prod(own.b) * prod(own.c)) ** 2
    return deviation([energy * law(own.poles, own.conjugates, lag) for lag in lags],
                     machine.autocovariance(stack, lags))


THEOREM = Theorem(
    name="autocovariance",
    title="The autocovariance of a cascade under white input",
    statement=r"$R(\Delta) = |g|^2 \sum_k \lambda_k^{\Delta+K-1} / [\prod_{j \ne k} (\lambda_k - \lambda_j) "
              r"\prod_j (1 - \lambda_k \bar\lambda_j)]$ for $\Delta \ge 0$, $g = \prod_k b_k c_k$, and $R(-\Delta) = "
              r"\overline{R(\Delta)}$.",
    hypotheses=("scalar layers without feedthrough, $|\\lambda_k| < 1$, real or complex", "distinct poles",
                "white input of unit variance", "either timing"),
    origin=Origin.CLASSICAL,
    reference="the autocovariance of an AR(K) process from its poles: Brockwell & Davis, Time Series, section 3.3; "
              "for layers the paper, after Proposition 1",
    tier=Tier.INDUCTION,
    range="all K and lags",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", distinct=True),
)
