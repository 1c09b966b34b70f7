"""What depth does to the memory of the input: the Gaussian law, its classes, its limits."""

from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.special import hyp1f1

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from . import exact, limits

EPS = np.finfo(float).eps
FULL_MINUTES = 0.3


@dataclass(frozen=True)
class Config:
    """Equal scalar layers with gain b = 1−λ; depths K, 4K, 16K, lags that double from one to the next."""

    pole: float = 0.5
    depth: int = 16
    lags: tuple[int, ...] = (3, 7, 14)
    rho: float = 0.6
    long_memory: float = 0.5
    differenced: float = -0.5
    slow_pole: float = 0.9
    sup_depth: int = 8
    length_depth: int = 4
    nodes: int = 200
    lag_one_depth: int = 12

    @classmethod
    def full(cls):
        """Twice as deep where the error is measured, more nodes, more layers."""
        return replace(cls(), sup_depth=16, nodes=400, lag_one_depth=48)


def run(config, progress):
    """Limits of depth, extrapolated from the numeric floor, against the limit laws."""
    classes = [_class(config, alpha) for alpha in (config.long_memory, config.differenced)]
    progress(0.4)
    claims = (
        _gaussian_rate(config),
        _gaussian(config),
        _washed_out(config, classes[0]),
        _differenced(config, classes[1]),
        _complex_poles(config),
        *_lengths(config),
        _lag_one(config),
        _lag_two(config),
    )
    progress(0.8)
    panels, arrays = _panels(config)
    lags, names = np.array(config.lags), ("long_memory", "differenced")
    return Result(
        name="universality",
        title="Universality: what depth does to the memory of the input",
        summary=(
            r"The autocorrelation at depth $K$ tends to the Gaussian $e^{-\Delta^2/(4s)}$, "
            r"$s = \sum_k \lambda_k/(1-\lambda_k)^2$: a central limit theorem in depth. It forgets the input only if "
            r"its spectrum is finite and not zero at frequency zero. If $S_u \sim |\omega|^{-\alpha}$ there, as for "
            "text and $1/f$ noise, the class of the input survives any depth."
        ),
        config=asdict(config),
        arrays=arrays | {"lags": lags} | {
            f"correlation_{name}": values for name, (values, _, _) in zip(names, classes, strict=True)
        },
        panels=panels,
        claims=claims,
        formulas=(
            (r"If $S_u$ is continuous at 0 and $0 < S_u(0) < \infty$", r"\frac{R^{(K)}(\Delta)}{R^{(K)}(0)} \to "
             r"e^{-\Delta^2/(4s)}, \qquad s = \sum_k \frac{\lambda_k}{(1-\lambda_k)^2}"),
            (r"If $S_u \sim |\omega|^{-\alpha}$ at 0, $\alpha < 1$", r"\frac{R^{(K)}(\Delta)}{R^{(K)}(0)} \to "
             r"{}_1F_1\left(\frac{1-\alpha}{2}; \frac{1}{2}; -\frac{\Delta^2}{4s}\right)"),
        ),
    )  # fmt: skip


def equal_layers(pole, K):
    """K equal layers of unit gain at frequency zero, so that no depth overflows."""
    return numeric.cascade([pole] * K, b=1 - abs(pole))


def spread(pole, K):
    """s = Kλ/(1−λ)²."""
    return K * pole / (1 - pole) ** 2


def class_law(alpha, lags, s):
    """₁F₁((1−α)/2; ½; −Δ²/(4s)); α = 0 is the Gaussian."""
    return hyp1f1((1 - alpha) / 2, 0.5, -(np.asarray(lags) ** 2) / (4 * s))


def correlation(pole, K, lags, process=None):
    """R(Δ)/R(0) of the last of K equal layers, from the numeric floor."""
    R = numeric.autocovariance(equal_layers(pole, K), np.concatenate([[0], lags]), process)
    return R[1:] / R[0]


def fractional_correlation(pole, K, lags, alpha, nodes):
    """R(Δ)/R(0) under S_u = |2 sin(ω/2)|^{−α}, by quadrature of |H|² S_u.

    ω = πx⁴ makes the integrand smooth at 0: |ω|^{−α} dω = 4 π^{1−α} x^{3−4α} dx, and 3 − 4α is an integer here.
    """
    x, weight = np.polynomial.legendre.leggauss(nodes)
    x, weight = (1 + x) / 2, weight / 2
    omega = np.pi * x**4
    power = np.abs(numeric.frequency_response(equal_layers(pole, K), omega)) ** 2
    density = weight * 4 * x**3 * power * (2 * np.sin(omega / 2)) ** -alpha
    return np.cos(np.outer(lags, omega)) @ density / density.sum()


def _depths(config):
    return [(config.depth * 4**n, np.array(config.lags) * 2**n) for n in range(3)]


def _class(config, alpha):
    """Values at the three depths, their limit, and its last change."""
    values = [fractional_correlation(config.pole, K, lags, alpha, config.nodes) for K, lags in _depths(config)]
    return np.array(values), *limits.limit(values)


def _law(config, alpha):
    K, lags = _depths(config)[0]
    return class_law(alpha, lags, spread(config.pole, K))


def _gaussian_rate(config):
    """K·sup|R/R(0) − Gaussian| for white input.

    The first Edgeworth term is (6y − y²) e^{−y/2}/(8K), y = Δ²/(2s), times the factor in λ; largest at y = 5 − √13.
    """
    pole, errors = config.slow_pole, []
    for K in (config.sup_depth * 4**n for n in range(3)):
        s = spread(pole, K)
        lags = np.arange(1, int(6 * np.sqrt(s)))
        errors.append(K * np.max(np.abs(correlation(pole, K, lags) - class_law(0, lags, s))))
    value, change = limits.limit(errors)
    y = 5 - np.sqrt(13)
    constant = (6 * y - y * y) * np.exp(-y / 2) / 8
    predicted = constant * (1 + (1 - pole) ** 2 / (6 * pole))
    return Claim(
        id="universality/gaussian-rate",
        statement=r"White input: $\sup_\Delta |R(\Delta)/R(0) - e^{-\Delta^2/(4s)}| = \frac{a}{K}(1 + "
                  rf"\frac{{(1-\lambda)^2}}{{6\lambda}}) + o(1/K)$ with $a = {constant:.5f}$; the values are $K$ times "
                  rf"it at $\lambda = {pole}$.",
        source="new here",
        predicted=predicted,
        measured=float(value),
        tolerance=limits.tolerance(change, predicted),
        reason=limits.REASON,
    )


def _gaussian(config):
    process = numeric.ar1(config.rho)
    values = [correlation(config.pole, K, lags, process) for K, lags in _depths(config)]
    value, change = limits.limit(values)
    predicted = _law(config, 0)
    return Claim(
        id="universality/gaussian",
        statement=rf"Depth washes out the memory of the input: under AR(1) input with $\rho = {config.rho}$ the "
                  r"autocorrelation tends to the same Gaussian $e^{-\Delta^2/(4s)}$ as under white input.",
        source="paper, as quoted in its reviews: whether the input is correlated does not matter",
        predicted=predicted,
        measured=value,
        tolerance=limits.tolerance(change, predicted),
        reason=limits.REASON,
        condition=r"$S_u$ continuous at $0$ with $0 < S_u(0) < \infty$, $\lambda_k \in (0,1)$, no skips, no residuals",
    )


def _washed_out(config, found):
    _, value, change = found
    law = _law(config, config.long_memory)
    return Claim(
        id="universality/long-memory",
        statement=r"Depth washes out the memory of any input, also of one with long memory, "
                  r"$S_u = |2 \sin(\omega/2)|^{-1/2}$.",
        source="paper, as quoted in its reviews, read for any input",
        predicted=_law(config, 0),
        measured=value,
        tolerance=limits.tolerance(change, law),
        reason=limits.REASON,
        law=r"the class of the input at $\omega \to 0$ survives: ${}_1F_1(\frac{1-\alpha}{2}; \frac{1}{2}; "
            r"-\frac{\Delta^2}{4s})$ with $\alpha = \frac{1}{2}$",
        law_value=law,
    )


def _differenced(config, found):
    _, value, change = found
    law = _law(config, config.differenced)
    return Claim(
        id="universality/differenced",
        statement=r"For $S_u = |2 \sin(\omega/2)|^{1/2}$, as of differenced series, the autocorrelation at depth tends "
                  r"to ${}_1F_1(\frac{3}{4}; \frac{1}{2}; -\frac{\Delta^2}{4s})$ and becomes negative.",
        source="new here",
        predicted=law,
        measured=value,
        tolerance=limits.tolerance(change, law),
        reason=limits.REASON,
    )


def _complex_poles(config):
    """λ = |λ|e^{iθ} turns the response by e^{iθt}: R(Δ) = e^{iθΔ}·R of |λ|. θ = 2π/3 has cos θΔ = −½ at 4, 8, 16."""
    pole = config.pole * np.exp(2j * np.pi / 3)
    doubled = [(K, np.array([4, 8]) * (lags[0] // config.lags[0])) for K, lags in _depths(config)]
    values = [correlation(pole, K, lags).real for K, lags in doubled]
    value, change = limits.limit(values)
    gaussian = class_law(0, doubled[0][1], spread(config.pole, config.depth))
    law = gaussian * np.cos(2 * np.pi / 3 * doubled[0][1])
    return Claim(
        id="universality/complex-poles",
        statement=r"The Gaussian law holds for complex poles, with $|\lambda|$ in place of $\lambda$ "
                  rf"($\lambda = {config.pole} e^{{2\pi i/3}}$).",
        source="new here",
        predicted=gaussian,
        measured=value,
        tolerance=limits.tolerance(change, law),
        reason=limits.REASON,
        law=r"the Gaussian rotates: $\mathrm{Re}\,e^{i\theta\Delta} e^{-\Delta^2/(4s)}$ with "
            r"$\theta = \mathrm{arg}\,\lambda$",
        law_value=law,
    )


def half_lag(pole, K):
    """The lag, interpolated linearly, at which the autocorrelation under white input falls to ½."""
    lags = np.arange(0, int(6 * np.sqrt(spread(pole, K))) + 4)
    values = correlation(pole, K, lags)
    below = int(np.argmax(values < 0.5))
    return below - (0.5 - values[below]) / (values[below - 1] - values[below])


def _lengths(config):
    pole, K = config.slow_pole, config.length_depth
    lengths = np.array([half_lag(pole, K * 4**n) for n in range(4)])
    value, change = limits.limit(lengths[1:] / lengths[:-1])
    yield Claim(
        id="universality/correlation-length",
        statement=r"The correlation length grows in proportion to the depth: four times the layers, four times the "
                  r"lag at which the autocorrelation falls to $\frac{1}{2}$.",
        source="paper, as quoted in its reviews",
        predicted=4.0,
        measured=float(value),
        tolerance=limits.tolerance(change, 2.0),
        reason=limits.REASON,
        law=r"it grows as $\sqrt{K}$: $\Delta_{1/2} = \sqrt{4 s \ln 2}$, twice for four times the layers",
        law_value=2.0,
    )
    mean = [_mean_delay(pole, K * 4**n) for n in range(2)]
    yield Claim(
        id="universality/delay-grows-as-depth",
        statement=r"What grows in proportion to the depth is the delay, $K\lambda/(1-\lambda)$: the mean time of a "
                  "simulated impulse after $K$ and $4K$ layers.",
        source="paper: section 3.2",
        predicted=[pole / (1 - pole) * K, pole / (1 - pole) * 4 * K],
        measured=mean,
        tolerance=2 * (_impulse_length(pole, 4 * K) + 8 * K) * EPS,
        reason=r"rounding: $2(t+2K)u$ of the impulse response, at the last time $t$ that was simulated, for the "
               "numerator and for the denominator",
    )


def _impulse_length(pole, K):
    """Eight times the mean delay, and then until λ^t is below rounding."""
    return int(8 * K * pole / (1 - pole) + 40 / (1 - pole))


def _mean_delay(pole, K):
    impulse = np.zeros(_impulse_length(pole, K))
    impulse[0] = 1
    h, _ = numeric.simulate(equal_layers(pole, K), impulse)
    return float(np.arange(len(h)) @ h / h.sum())


def _profile(poles, process, lag):
    """R(Δ)/R(0) at one lag, for the input-side layers 1…K."""
    stack = numeric.cascade(poles)
    values = [numeric.autocovariance(stack, [0, lag], process, layer=k) for k in range(len(stack))]
    return np.array([R[1] / R[0] for R in values])


def _lag_one(config):
    K = config.lag_one_depth
    processes = (None, numeric.ar1(config.rho), numeric.ar1(-0.9), numeric.sampled([1.0, -0.45, 0.2]))
    profiles = [_profile([config.pole] * K, process, 1) for process in processes]
    fall = max(float(np.max(-np.diff(profile), initial=0.0)) for profile in profiles)
    return Claim(
        id="universality/lag-one",
        statement=r"Every layer raises the correlation of neighboring samples: the largest fall of the lag-1 "
                  f"correlation over {K} layers and four inputs is $0$.",
        source="paper, as quoted in its reviews",
        predicted=0.0,
        measured=fall,
        tolerance=4 * EPS,
        reason="rounding of a correlation near 1",
        floor=1.0,
        condition=r"real input, $\lambda_k \in [0,1)$, no skips (Chebyshev's association inequality)",
    )


def _lag_two(config):
    pole, rho = 0.5, -0.9
    outputs = [exact.autocovariance([pole] * K, [0, 2], rho) for K in (1, 2)]
    law = np.array([rho**2, *(R[1] / R[0] for R in outputs)])
    measured = np.concatenate([[rho**2], _profile([pole] * 2, numeric.ar1(rho), 2)])
    return Claim(
        id="universality/lag-two",
        statement=r"The same holds at lag 2: under AR(1) input with $\rho = -0.9$ the lag-2 correlation does not fall "
                  r"from $0.81$ in two layers with $\lambda = 0.5$.",
        source="paper, as quoted in its reviews, read for any lag",
        predicted=np.maximum.accumulate(law),
        measured=measured,
        tolerance=16 * EPS,
        reason="rounding of two variances and of their ratio",
        law="it falls, $0.81, 0.741, 0.668$",
        law_value=law,
    )


def _panels(config):
    pole, arrays = config.pole, {}
    shape = []
    for group, K in enumerate((1, 4, 16, 64)):
        s = spread(pole, K)
        lags = np.arange(0, int(4 * np.sqrt(s)) + 2)
        arrays[f"white_K{K}"] = correlation(pole, K, lags)
        shape.append(Curve(lags / np.sqrt(s), arrays[f"white_K{K}"], f"K = {K}", "markers", group=group))
    x = np.linspace(0, 4, 200)
    shape.append(Curve(x, np.exp(-(x**2) / 4), "Gaussian law", group=6))
    K, s, classes = 64, spread(pole, 64), []
    lags = np.arange(0, 46, 3)
    kinds = ((config.long_memory, "long memory, α = ½"), (0.0, "white, α = 0"), (config.differenced, "α = −½"))
    for group, (alpha, label) in enumerate(kinds):
        found = fractional_correlation(pole, K, lags, alpha, config.nodes)
        arrays[f"class_{group}"] = found
        fine = np.linspace(0, lags[-1], 200)
        classes += [Curve(fine, class_law(alpha, fine, s), label, group=group),
                    Curve(lags, found, style="markers", group=group)]
    depth = np.unique(np.round(np.geomspace(1, 128, 15)).astype(int))
    half = np.array([half_lag(config.slow_pole, K) for K in depth.tolist()])
    delay = np.array([float(numeric.group_delay(equal_layers(config.slow_pole, K), 0.0)) for K in depth.tolist()])
    arrays |= {"depths": depth, "half_lag": half, "delay": delay}
    growth = (
        Curve(depth, np.sqrt(4 * np.log(2) * spread(config.slow_pole, depth)), r"$\sqrt{4 s \ln 2}$", group=0),
        Curve(depth, half, "half-correlation lag", "markers", group=0),
        Curve(depth, depth * config.slow_pole / (1 - config.slow_pole), r"$K\lambda/(1-\lambda)$", group=1),
        Curve(depth, delay, "delay at frequency 0", "markers", group=1),
    )
    layers = np.arange(1, config.lag_one_depth + 1)
    falls = []
    for group, (lag, rho) in enumerate(((1, None), (1, -0.9), (2, -0.9))):
        process = None if rho is None else numeric.ar1(rho)
        found = _profile([pole] * config.lag_one_depth, process, lag)
        arrays[f"lag_{lag}_{'white' if rho is None else 'ar1'}"] = found
        name = "white" if rho is None else f"AR(1), ρ = −{-rho}"
        falls += [Curve(layers, found, f"lag {lag}, {name}", "dashed", group=group),
                  Curve(layers, found, style="markers", group=group)]
    return (
        Panel("White input: a central limit in depth", r"scaled lag $\Delta/\sqrt{s}$", "R(Δ) / R(0)", tuple(shape),
              note=f"λ = {pole}"),
        Panel("The class of the input survives", "lag Δ (samples)", "R(Δ) / R(0)", tuple(classes),
              note=f"λ = {pole}, K = {K}; lines: class laws, markers: numeric floor"),
        Panel("Correlation length and delay", "depth K", "samples", growth, "log", "log",
              note=f"λ = {config.slow_pole}, white input"),
        Panel("Neighboring samples and the next ones", "layer k", "correlation at the lag", tuple(falls),
              note=f"λ = {pole}, numeric floor"),
    ), arrays
