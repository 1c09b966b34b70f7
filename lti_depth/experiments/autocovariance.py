"""The autocovariance of every layer's output, for white, AR(1) and recorded input."""

from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.linalg import solve_toeplitz

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from . import exact, records
from .montecarlo import ar1_noise, autocovariances, estimate, layer_outputs, mean_products, white_noise

EPS = np.finfo(float).eps
FULL_MINUTES = 0.3


@dataclass(frozen=True)
class Config:
    """Twelve scalar layers, b = c = 1."""

    poles: tuple[float, ...] = (0.5, 0.8, 0.3, 0.9, 0.6, 0.7, 0.2, 0.85, 0.4, 0.75, 0.1, 0.65)
    rho: float = 0.6
    lags: tuple[int, ...] = tuple(range(0, 61, 5))
    batches: int = 64
    length: int = 1 << 14
    discard: int = 1000
    seed: int = 1

    @classmethod
    def full(cls):
        """Eight times the samples."""
        return replace(cls(), length=1 << 17)


def run(config, progress):
    """Each layer's law, from the symbolic floor, against simulation and the numeric floor."""
    rng = np.random.default_rng(config.seed)
    stack, lags = numeric.cascade(config.poles), np.array(config.lags)
    size = (config.batches, config.length)
    law, found = {}, {}
    for step, (name, rho) in enumerate((("white", None), ("ar1", config.rho))):
        u = white_noise(rng, *size) if rho is None else ar1_noise(rng, rho, *size)
        law[name] = np.array([exact.autocovariance(config.poles[: k + 1], lags, rho) for k in range(len(stack))])
        progress(0.2 + 0.4 * step)
        found[name] = autocovariances(stack, u, lags, config.discard)
        progress(0.4 + 0.4 * step)
    record, padded = _padded_record(stack)
    law["recorded"] = np.array([numeric.autocovariance(stack, lags, record, layer=k) for k in range(len(stack))])
    padded_found = np.array([mean_products(y, lags)[0] for y in layer_outputs(stack, padded)])
    padded_found *= (padded.size - lags) / len(records.sunspots())
    claims = (
        *_layer_variances(law, found, config),
        _machine(stack, config, law, lags),
        _recorded(stack, law, padded_found, lags, padded.size),
        _lemma(rng, config),
        _lemma_without_conjugate(rng, config),
        _yule_walker(config),
    )
    arrays = {f"law_{name}": values for name, values in law.items()} | {
        "lags": lags, "poles": np.array(config.poles), "simulated_recorded": padded_found
    } | {f"simulated_{name}": value.mean for name, value in found.items()} | {
        f"standard_error_{name}": value.error for name, value in found.items()
    }  # fmt: skip
    return Result(
        name="autocovariance",
        title="Autocovariance across layers",
        summary=(
            "Twelve scalar layers with $b_k = c_k = 1$. The autocovariance of every layer's output is known in closed "
            "form for white and AR(1) input; for a recorded series it is exact for the record padded with zeros. "
            "Lines are laws, markers are simulations with five standard errors."
        ),
        config=asdict(config),
        arrays=arrays,
        panels=_panels(stack, config, law, found, padded_found, record),
        claims=claims,
        formulas=(
            ("Proposition 1, one layer", r"R^{(k+1)}(\Delta) = |c_k b_k|^2 \sum_{i,j \ge 0} \lambda_k^i "
             r"\bar\lambda_k^j R^{(k)}(\Delta - i + j)"),
            ("White unit input, distinct poles, lags from 0 on",
             r"R(\Delta) = |g|^2 \sum_k \frac{\lambda_k^{\Delta+K-1}}"
             r"{\prod_{j \ne k} (\lambda_k - \lambda_j) \prod_j (1 - \lambda_k \bar\lambda_j)}"),
        ),
    )


def _padded_record(stack):
    """The sunspot record as a process, and as a signal with zeros behind it until the last layer is silent."""
    series = records.sunspots()
    centered = series - series.mean()
    silence = int(np.ceil(40 / (1 - max(stack.poles)) + 40 * len(stack)))
    return numeric.recorded(series), np.concatenate([centered, np.zeros(silence)])[None]


def _layer_variances(law, found, config):
    depths = f"$K = 1, …, {len(config.poles)}$"
    for name, what in (("white", "white noise"), ("ar1", rf"AR(1) input, $\rho = {config.rho}$")):
        yield Claim(
            id=f"autocovariance/{name}",
            statement=f"The closed form gives the variance of every layer's output, {depths}, under {what}.",
            source="paper: Proposition 1",
            predicted=law[name][:, 0],
            measured=found[name][:, 0].mean,
            tolerance=found[name][:, 0].tolerance(law[name][:, 0]),
            reason=found[name].reason,
        )


def _machine(stack, config, law, lags):
    last = len(stack) - 1
    return Claim(
        id="autocovariance/law-and-machine",
        statement=f"The residue formula of {last + 1} poles and the $O(K^2)$ recursion are one function of the lag "
                  f"(white input, lags $0, …, {lags[-1]}$).",
        source="new here",
        predicted=law["white"][last],
        measured=numeric.autocovariance(stack, lags),
        tolerance=8 * (len(stack) + int(lags[-1])) * EPS / 2,
        reason=r"rounding of the recursion, $8(K+\Delta)u$ with $u = 2^{-53}$; the law is evaluated exactly",
    )


def _recorded(stack, law, found, lags, samples):
    return Claim(
        id="autocovariance/recorded",
        statement="For a recorded series the prediction is exact for the zero-padded record: the variance of all "
                  f"{len(stack)} layers driven by the sunspot numbers.",
        source="new here",
        predicted=law["recorded"][:, 0],
        measured=found[:, 0],
        tolerance=samples * EPS / 2,
        reason=f"rounding of sums over {samples} samples, one $u = 2^{{-53}}$ each",
    )


def _lemma(rng, config):
    pole, rho = 0.8, 0.6
    u = ar1_noise(rng, rho, config.batches, config.length)
    found = autocovariances(numeric.cascade([pole]), u, [0], config.discard)[0]
    law = (1 + rho * pole) / ((1 - rho * pole) * (1 - pole**2))
    return Claim(
        id="autocovariance/lemma-1",
        statement=r"Lemma 1: one layer, $\lambda = 0.8$, under AR(1) input with $\rho = 0.6$ has variance "
                  r"$\frac{1+\rho\lambda}{(1-\rho\lambda)(1-\lambda^2)}$.",
        source="paper: Lemma 1 (after Zucchet & Orvieto)",
        predicted=law,
        measured=found.mean[0],
        tolerance=found.tolerance(law),
        reason=found.reason,
    )


def _lemma_without_conjugate(rng, config):
    """A rotating AR(1) input, R(d) = ρ^d with complex ρ: Hermitian and not symmetric."""
    pole, rho = 0.8 * np.exp(0.7j), 0.6 * np.exp(0.7j)
    rotation = np.exp(0.7j * np.arange(config.length))
    u = rotation * ar1_noise(rng, abs(rho), config.batches, config.length)
    y = next(layer_outputs(numeric.cascade([pole]), u))[:, config.discard :]
    found = estimate((np.abs(y) ** 2).mean(axis=1))
    d = np.arange(1, 400)
    predicted, law = (
        (1 + 2 * (factor**d @ rho**d).real) / (1 - abs(pole) ** 2) for factor in (pole, pole.conjugate())
    )
    return Claim(
        id="autocovariance/lemma-1-hermitian",
        statement=r"Lemma 1 as it reads for symmetric $R$, $\frac{|b|^2}{1-|\lambda|^2}[R(0) + 2\,\mathrm{Re} "
                  r"\sum_{d \ge 1} \lambda^d R(d)]$, also holds for complex inputs ($\lambda = 0.8 e^{0.7i}$, "
                  r"$R(d) = (0.6 e^{0.7i})^d$).",
        source="paper: Lemma 1, read for a Hermitian R",
        predicted=predicted,
        measured=float(found.mean),
        tolerance=found.tolerance(law),
        reason=found.reason,
        law=r"with the conjugate: $\frac{|b|^2}{1-|\lambda|^2}[R(0) + 2\,\mathrm{Re} \sum_{d \ge 1} "
            r"\bar\lambda^d R(d)]$",
        law_value=law,
    )


def _yule_walker(config, K=4):
    """AR(1) after AR(1) … is AR(K): the Yule–Walker equations give back the polynomial with roots λ_k."""
    poles = np.array(config.poles[:K])
    R = numeric.autocovariance(numeric.cascade(poles), np.arange(K + 1))
    toeplitz = R[np.abs(np.subtract.outer(np.arange(K), np.arange(K)))]
    return Claim(
        id="autocovariance/ar-k",
        statement=rf"White noise after {K} layers is the AR({K}) process with polynomial "
                  r"$\prod_k (1 - \lambda_k z^{-1})$: its Yule–Walker equations return the coefficients.",
        source="Brockwell & Davis, Time Series: Theory and Methods",
        predicted=-np.poly(poles)[1:],
        measured=solve_toeplitz(R[:K], R[1:]),
        tolerance=8 * K * np.linalg.cond(toeplitz) * EPS,
        reason=r"rounding, $8K \cdot \mathrm{cond} \cdot 2u$ of the Toeplitz system of the $R(\Delta)$",
    )


def _panels(stack, config, law, found, padded_found, record):
    names = {"white": "white noise", "ar1": "AR(1)", "recorded": "sunspots (padded record)"}
    processes = {"white": numeric.white(), "ar1": numeric.ar1(config.rho), "recorded": record}
    lags, every = np.array(config.lags), np.arange(config.lags[-1] + 1)
    depth = np.arange(1, len(stack) + 1)
    variances, panels = [], []
    for group, (name, label) in enumerate(names.items()):
        unit = law[name][0, 0]
        variances.append(Curve(depth, law[name][:, 0] / unit, label, group=group))
        variances.append(_markers(depth, found.get(name), padded_found, (slice(None), 0), unit, group))
        curves = []
        for color, k in enumerate((0, 3, len(depth) - 1)):
            R = numeric.autocovariance(stack, every, processes[name], layer=k)
            curves.append(Curve(every, R / R[0], f"layer {k + 1}", group=color))
            curves.append(_markers(lags, found.get(name), padded_found, k, R[0], color))
        panels.append(Panel(f"Autocorrelation, {label}", "lag Δ (samples)", "R(Δ) / R(0)", tuple(curves), note=NOTE))
    first = Panel("Variance of each layer's output", "layer k", "variance / variance of layer 1", tuple(variances),
                  yscale="log", note=NOTE)
    return first, *panels


NOTE = "lines: law; markers: simulation"


def _markers(x, found, padded_found, index, unit, group):
    """Simulated values with their interval; sums over the padded record have none."""
    if found is None:
        return Curve(x, padded_found[index] / unit, style="markers", group=group)
    part = found[index]
    return Curve(x, part.mean / unit, style="markers", group=group, low=part.low / unit, high=part.high / unit)
