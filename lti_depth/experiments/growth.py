"""The variance of the state against the pole and the depth, and its laws of growth."""

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from math import comb

import numpy as np

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from . import exact, limits
from .montecarlo import autocovariances, estimate, white_noise

EPS = np.finfo(float).eps
ROUNDING = "rounding of the recursion, $8Ku$ with $u = 2^{-53}$"

FULL_MINUTES = 0.2


@dataclass(frozen=True)
class Config:
    """Scalar cascades with b = c = 1."""

    poles: tuple[float, ...] = (0.5, 0.9, 0.99)
    depth: int = 12
    simulated_pole: float = 0.9
    simulated_depth: int = 6
    batches: int = 64
    length: int = 1 << 14
    discard: int = 1000
    gap: float = 1e-6
    limit_pole: float = 0.5
    limit_depth: int = 16
    rho: float = 0.6
    delay: float = 100.0
    delay_depth: int = 4
    transfers: int = 400
    short_pole: float = 0.999
    horizon: int = 300
    short_batches: int = 4096
    seed: int = 2

    @classmethod
    def full(cls):
        """More samples, more transfers."""
        return replace(cls(), length=1 << 17, transfers=4000, short_batches=1 << 16)


def run(config, progress):
    """Laws in closed form against the numeric floor and against simulation."""
    rng = np.random.default_rng(config.seed)
    simulated = _simulated(rng, config)
    progress(0.4)
    law, near_unit = _near_unit(config)
    rate, corrections = _rate(config)
    progress(0.6)
    transfers = _transfers(rng, config)
    progress(0.8)
    horizon = _horizon(rng, config)
    claims = (
        _slogan(config), simulated[0], near_unit, rate, _colored(config), *_slow_layer(), *transfers[0], horizon[0],
    )  # fmt: skip
    return Result(
        name="growth",
        title="Growth of the variance with depth",
        summary=(
            "White noise through $K$ equal scalar layers with $b = c = 1$. The variance does not grow by "
            r"$1/(1-\lambda^2)$ a layer: every layer hands a correlated signal to the next, and the growth per layer "
            r"tends to $(1-\lambda)^{-2}$, the square of the gain at frequency zero."
        ),
        config=asdict(config),
        arrays=law | corrections | simulated[1] | transfers[1] | horizon[1],
        panels=(_growth_panel(config, simulated[1]), _near_unit_panel(law), _rate_panel(config, corrections),
                _horizon_panel(config, horizon[1])),
        claims=claims,
        formulas=(
            ("Equal layers, white unit input: a Legendre polynomial", r"V_K = \sum_t \binom{t+K-1}{K-1}^2 \lambda^{2t} "
             r"= (1-\lambda^2)^{-K} P_{K-1}\left(\frac{1+\lambda^2}{1-\lambda^2}\right)"),
            (r"Slow poles, $\lambda \to 1$ at fixed depth", r"V_K \sim \binom{2K-2}{K-1} (1-\lambda^2)^{1-2K}"),
            (r"Deep stacks, $K \to \infty$, input spectrum $S_u$", r"V_K \sim (1-\lambda)^{-2K} \frac{1-\lambda}"
             r"{\sqrt{4 \pi \lambda K}} S_u(0)"),
        ),
    )


def variance(poles, process=None):
    """The variance of the last layer, from the numeric floor."""
    return float(numeric.autocovariance(numeric.cascade(poles), 0, process))


def deep_law(pole, K, S0=1.0):
    """The law for K → ∞: (1−λ)^{−2K} (1−λ)/√(4πλK)·S_u(0)."""
    return (1 - pole) ** (1.0 - 2 * K) / np.sqrt(4 * np.pi * pole * K) * S0


def _slogan(config):
    poles, K = config.poles[:2], config.depth
    law = [exact.autocovariance([pole] * K, [0])[0] for pole in poles]
    return Claim(
        id="growth/factor-per-layer",
        statement=r"Each layer multiplies the variance by $1/(1-\lambda^2)$, so that twelve layers give "
                  r"$(1-\lambda^2)^{-12}$ ($\lambda = 0.5, 0.9$).",
        source="paper: Lemma 1, applied layer after layer as if its input were white",
        predicted=[(1 - pole**2) ** -K for pole in poles],
        measured=[variance([pole] * K) for pole in poles],
        tolerance=8 * K * EPS / 2,
        reason=ROUNDING,
        law=r"$(1-\lambda^2)^{-K} P_{K-1}(\frac{1+\lambda^2}{1-\lambda^2})$",
        law_value=law,
    )


def _simulated(rng, config):
    poles = [config.simulated_pole] * config.simulated_depth
    u = white_noise(rng, config.batches, config.length)
    found = autocovariances(numeric.cascade(poles), u, [0], config.discard)[:, 0]
    law = np.array([exact.autocovariance(poles[:K], [0])[0] for K in range(1, len(poles) + 1)])
    claim = Claim(
        id="growth/legendre",
        statement=r"$V_K = (1-\lambda^2)^{-K} P_{K-1}(\frac{1+\lambda^2}{1-\lambda^2})$ for "
                  rf"$K = 1, …, {len(poles)}$ at $\lambda = {config.simulated_pole}$.",
        source="new here; K = 1 is the paper's Lemma 1",
        predicted=law,
        measured=found.mean,
        tolerance=found.tolerance(law),
        reason=found.reason,
    )
    return claim, {"simulated_variance": found.mean, "simulated_error": found.error, "simulated_law": law}


def _near_unit(config):
    """V = (1−λ²)^{1−2K} Σ_j C(K−1,j)² λ^{2j}: the law takes λ = 1 in the sum, off by (K−1)/2·(1−λ²) relatively."""
    depths = np.array([2, 4, 8, 12])
    pole = np.sqrt(1 - config.gap)
    gap = (1 - pole) * (1 + pole)
    law = np.array([comb(2 * K - 2, K - 1) * gap ** (1.0 - 2 * K) for K in depths.tolist()])
    claim = Claim(
        id="growth/near-unit",
        statement=r"As $\lambda \to 1$ each further layer costs $(1-\lambda^2)^{-2}$, not $(1-\lambda^2)^{-1}$: "
                  rf"$V_K \sim \binom{{2K-2}}{{K-1}} (1-\lambda^2)^{{1-2K}}$ ($1-\lambda^2 = {_power(config.gap)}$, "
                  r"$K = 2, 4, 8, 12$).",
        source="new here",
        predicted=law,
        measured=[variance([pole] * K) for K in depths.tolist()],
        tolerance=float(depths[-1] - 1) / 2 * gap + 8 * depths[-1] * EPS,
        reason=r"the next term of the law, $\frac{K-1}{2}(1-\lambda^2)$ at the largest $K$, and rounding",
    )
    gaps = 10.0 ** np.arange(-6, 0)
    curves = {f"variance_K{K}": np.array([variance([np.sqrt(1 - g)] * K) for g in gaps]) for K in (1, 2, 3, 4)}
    return {"gaps": gaps} | curves, claim


def _power(value):
    return f"10^{{{round(np.log10(value))}}}"


def _rate(config):
    """K(V_K/law − 1) → (3/8)(1 + (1−λ)²/(6λ)).

    With n = K−1 and q = ((1−λ)/(1+λ))², P_n = Γ(n+½)/(√π n!)·q^{−n/2}·₂F₁(½, −n; ½−n; q); the gamma ratio is
    n^{−½}(1 − 1/(8n)), the series (1−q)^{−½}(1 + q/(4n(1−q))), n^{−½} = K^{−½}(1 + 1/(2K)), q/(1−q) = (1−λ)²/(4λ).
    """
    depths = np.array([config.limit_depth * 4**n for n in range(3)])
    pole = config.limit_pole
    measured = [K * (variance([pole] * K) / deep_law(pole, K) - 1) for K in depths.tolist()]
    value, change = limits.limit(measured)
    predicted = 0.375 * (1 + (1 - pole) ** 2 / (6 * pole))
    claim = Claim(
        id="growth/depth-limit",
        statement=r"$V_K = (1-\lambda)^{1-2K} (4\pi\lambda K)^{-1/2} [1 + \frac{3}{8K}(1 + "
                  r"\frac{(1-\lambda)^2}{6\lambda}) + O(K^{-2})]$; the values are the coefficient of $1/K$ "
                  rf"($\lambda = {pole}$).",
        source="new here",
        predicted=predicted,
        measured=float(value),
        tolerance=limits.tolerance(change, predicted),
        reason=limits.REASON,
    )
    every = np.unique(np.round(np.geomspace(1, depths[-1], 20)).astype(int))
    ratio = np.array([variance([pole] * int(K)) / deep_law(pole, K) - 1 for K in every])
    return claim, {"limit_depths": every, "limit_error": ratio}


def _colored(config):
    depths = [config.limit_depth * 4**n for n in range(3)]
    pole, rho = config.limit_pole, config.rho
    process = numeric.ar1(rho)
    value, change = limits.limit([variance([pole] * K, process) / variance([pole] * K) for K in depths])
    predicted = (1 + rho) / (1 - rho)
    return Claim(
        id="growth/input-spectrum",
        statement="Of the input only the spectrum at frequency zero survives in the variance of deep stacks: AR(1) "
                  rf"input with $\rho = {rho}$ over white input of the same variance gives "
                  r"$S_u(0) = \frac{1+\rho}{1-\rho}$.",
        source="new here",
        predicted=predicted,
        measured=float(value),
        tolerance=limits.tolerance(change, predicted),
        reason=limits.REASON,
        condition=r"$\lambda \in (0,1)$ and $S_u$ continuous at $0$; for negative or complex $\lambda$ it is "
                  r"$S_u(\mathrm{arg}\,\lambda)$",
    )


def _slow_layer():
    slow, K = 0.99, 4
    stacks = {mu: [slow] + [mu] * (K - 1) for mu in (0.0, 0.6)}
    law = [exact.autocovariance(poles, [0])[0] for poles in stacks.values()]
    yield Claim(
        id="growth/one-slow-layer",
        statement=r"If one layer has $\lambda \approx 1$, the others need $\lambda \approx 0$: beside "
                  r"$\lambda = 0.99$, three layers at $\mu = 0.6$ instead of $0$ raise the variance "
                  r"from $50.25$ to $1.18 \cdot 10^4$.",
        source="paper, as quoted in its reviews",
        predicted=law,
        measured=[variance(poles) for poles in stacks.values()],
        tolerance=8 * K * EPS / 2,
        reason=ROUNDING,
        condition="unit gains $b = c = 1$; under unit gain at frequency zero it falls, see the next claim",
    )
    mu = 0.6
    unit_dc = numeric.cascade([slow] + [mu] * (K - 1), b=[1.0] + [1 - mu] * (K - 1))
    yield Claim(
        id="growth/one-slow-layer-unit-dc",
        statement=r"The same holds whatever the gains: with $b = 1-\mu$ in the three other layers the variance grows "
                  r"with $\mu$ by the same factor.",
        source="paper, as quoted in its reviews, read for any gains",
        predicted=law[1] / law[0],
        measured=float(numeric.autocovariance(unit_dc, 0)) / variance(stacks[0.0]),
        tolerance=16 * K * EPS,
        reason="rounding of the recursion, twice, and of the gains",
        law=r"the factor falls by $(1-\mu)^{2(K-1)}$, to below 1",
        law_value=law[1] * (1 - mu) ** (2 * (K - 1)) / law[0],
    )


def _transfers(rng, config):
    """Robin Hood: move delay from a slower layer to a faster one, the total unchanged."""
    K, D = config.delay_depth, config.delay
    before, after = np.zeros((2, config.transfers))
    for n in range(config.transfers):
        delays = D * rng.dirichlet(np.ones(K))
        rich, poor = delays.argmax(), delays.argmin()
        moved = delays.copy()
        amount = rng.uniform(0, 0.5) * (delays[rich] - delays[poor])
        moved[rich] -= amount
        moved[poor] += amount
        before[n], after[n] = variance(_pole(delays)), variance(_pole(moved))
    one_slow, equal = _pole(np.array([D] + [0.0] * (K - 1))), _pole(np.full(K, D / K))
    claims = (
        Claim(
            id="growth/fixed-delay",
            statement=rf"At a fixed total delay of $\sum_k \lambda_k/(1-\lambda_k) = {D:g}$ samples over {K} layers "
                      "the variance lies between that of one slow layer and that of equal layers, $50.75$ and "
                      rf"$1.280 \cdot 10^9$: extremes of these and {config.transfers} random divisions.",
            source="new here",
            predicted=[exact.autocovariance(poles, [0])[0] for poles in (one_slow, equal)],
            measured=[min(variance(one_slow), before.min()), max(variance(equal), before.max())],
            tolerance=8 * K * EPS / 2,
            reason=ROUNDING,
            condition="real poles and unit gains $b = c = 1$",
        ),
        Claim(
            id="growth/schur-concave",
            statement=rf"Moving delay from a slow layer to a fast one raises the variance: share of {config.transfers} "
                      "random transfers in which it does.",
            source="new here, a conjecture",
            predicted=1.0,
            measured=float(np.mean(after > before)),
            tolerance=0.0,
            reason="one counter-example would refute it",
            condition="real poles and unit gains $b = c = 1$",
        ),
        _unit_dc_pairs(D),
        _unit_dc_depth(D),
    )
    return claims, {"transfer_before": before, "transfer_after": after}


def _unit_dc_pairs(D):
    """Two layers of unit gain at frequency zero share the delay D as m₁ + m₂."""
    first = np.array([0.0, 0.1, 0.25, 0.5]) * D
    p = first * (D - first)
    return Claim(
        id="growth/unit-dc-pair",
        statement=r"Under unit gain at frequency zero two layers turn the order round: $V = \frac{1+D+2p}"
                  r"{(1+D)(1+2D+4p)}$ falls with $p = m_1 m_2$, $m_k = \lambda_k/(1-\lambda_k)$, $m_1 + m_2 = "
                  rf"D = {D:g}$.",
        source="new here",
        predicted=(1 + D + 2 * p) / ((1 + D) * (1 + 2 * D + 4 * p)),
        measured=[_unit_dc_variance(_pole(np.array([m, D - m]))) for m in first],
        tolerance=16 * D * EPS,
        reason=r"rounding of the poles, which the gains $1-\lambda$ amplify by up to $D$",
    )


def _unit_dc_depth(D):
    """V of equal layers over V of one slow layer, both of delay D: below 1 for two layers only."""
    depths = [2, 3, 4, 8]
    law = []
    for K in depths:
        poles = [Fraction(D) / (Fraction(D) + K)] * K, [Fraction(D) / (Fraction(D) + 1)]
        equal, slow = (exact.autocovariance(p, [0])[0] * float(1 - p[0]) ** (2 * len(p)) for p in poles)
        law.append(equal / slow)
    measured = [_unit_dc_variance(np.full(K, _pole(D / K))) / _unit_dc_variance(np.array([_pole(D)])) for K in depths]
    return Claim(
        id="growth/unit-dc-depth",
        statement=rf"It turns round at any depth: $K$ equal layers have less variance than one slow layer of the same "
                  rf"delay $D = {D:g}$ ($K = 2, 3, 4, 8$; their ratio, at most $1$).",
        source="new here",
        predicted=np.minimum(law, 1),
        measured=measured,
        tolerance=16 * max(depths) * D * EPS,
        reason=r"rounding of the poles, which the gains $1-\lambda$ amplify by up to $D$ a layer",
        law=r"only for two layers; from three layers on the ratio exceeds $1$: "
            r"$(2D+1)(\frac{1-\lambda}{1+\lambda})^K P_{K-1}(\frac{1+\lambda^2}{1-\lambda^2})$",
        law_value=law,
    )


def _unit_dc_variance(poles):
    return float(numeric.autocovariance(numeric.cascade(poles, b=1 - poles), 0))


def _pole(delay):
    return delay / (1 + delay)


def _horizon(rng, config):
    """From rest, a sequence of length T sees Σ_{t<T} |h_t|²."""
    poles, T = [config.short_pole] * 2, config.horizon
    stack = numeric.cascade(poles)
    _, state = numeric.simulate(stack, white_noise(rng, config.short_batches, T))
    found = estimate(state[:, -1, 0] ** 2)
    law = float(np.sum(exact.impulse_response(poles, range(T)) ** 2))
    claim = Claim(
        id="growth/finite-horizon",
        statement=rf"The stationary variance is what a sequence of length {T} sees (two layers, $\lambda = "
                  rf"{config.short_pole}$).",
        source="paper: Lemma 1, applied to finite sequences",
        predicted=variance(poles),
        measured=float(found.mean),
        tolerance=found.tolerance(law),
        reason=found.reason,
        law=r"from rest, at time $T$: $\sum_{t<T} |h_t|^2$",
        law_value=law,
    )
    horizons = np.unique(np.round(np.geomspace(10, 20000, 30)).astype(int))
    return claim, {
        "horizons": horizons,
        "horizon_variance": np.array([numeric.state_variance(stack, horizon=int(t))[-1, 0] for t in horizons]),
        "horizon_stationary": np.array([variance(poles)]),
        "horizon_simulated": np.array([T, found.mean, found.error]),
    }


def _growth_panel(config, simulated):
    depth = np.arange(1, config.depth + 1)
    curves = []
    for group, pole in enumerate(config.poles):
        law = [variance([pole] * K) for K in depth.tolist()]
        curves.append(Curve(depth, np.array(law), f"λ = {pole}", group=group))
        curves.append(Curve(depth, (1 - pole**2) ** -depth.astype(float), style="dashed", group=group))
    index = config.poles.index(config.simulated_pole) if config.simulated_pole in config.poles else len(config.poles)
    curves.append(Curve(depth[: config.simulated_depth], simulated["simulated_variance"],
                        f"simulated, λ = {config.simulated_pole}", "markers", group=index))
    return Panel("Variance against depth", "depth K", "variance of layer K", tuple(curves), yscale="log",
                 note="lines: Legendre law; dashed: $(1-\\lambda^2)^{-K}$")


def _near_unit_panel(arrays):
    gaps, curves = arrays["gaps"], []
    for group, K in enumerate((1, 2, 3, 4)):
        curves.append(Curve(gaps, comb(2 * K - 2, K - 1) * gaps ** (1.0 - 2 * K), f"K = {K}", group=group))
        curves.append(Curve(gaps, arrays[f"variance_K{K}"], style="markers", group=group))
    return Panel("Variance against the pole", "$1-\\lambda^2$ of every layer", "variance of layer K", tuple(curves),
                 "log", "log", note="lines: law for λ → 1; markers: numeric floor")


def _rate_panel(config, arrays):
    K, pole = arrays["limit_depths"], config.limit_pole
    predicted = 0.375 * (1 + (1 - pole) ** 2 / (6 * pole)) / K
    return Panel("Error of the law for deep stacks", "depth K", "V / law − 1",
                 (Curve(K, predicted, "first correction, $a/K$", group=0),
                  Curve(K, arrays["limit_error"], "numeric floor", "markers", group=0)),
                 "log", "log", note=f"λ = {pole}, white input")


def _horizon_panel(config, arrays):
    horizons, (T, mean, error) = arrays["horizons"], arrays["horizon_simulated"]
    stationary = np.full(2, arrays["horizon_stationary"][0])
    return Panel("What a sequence of length T sees", "length T (samples)", "variance of layer 2",
                 (Curve(horizons, arrays["horizon_variance"], "law, from rest", group=0),
                  Curve(np.array([T]), np.array([mean]), "simulated", "markers", np.array([mean - 5 * error]),
                        np.array([mean + 5 * error]), 0),
                  Curve(horizons[[0, -1]], stationary, "stationary value", "dashed", group=1)),
                 "log", "log", note=f"two layers, λ = {config.short_pole}")
