"""An impulse and white noise through twelve layers, and what B and C do to their delays."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from .montecarlo import SIGMAS, Estimate, estimate, white_noise

EPS = np.finfo(float).eps
FULL_MINUTES = 0.3


@dataclass(frozen=True)
class Config:
    """A fixed stack of twelve scalar layers; a pair (pole, depth) of equal layers; a layer of two states."""

    poles: tuple[float, ...] = (0.5, 0.8, 0.3, 0.9, 0.6, 0.7, 0.2, 0.85, 0.4, 0.75, 0.1, 0.65)
    equal: tuple[float, int] = (0.9, 4)
    wide: tuple[float, float] = (0.9, 0.5)
    mixtures: tuple[float, ...] = (-0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
    grid: int = 1 << 13
    samples: int = 1200
    batches: int = 64
    length: int = 1 << 15
    window: int = 200
    gains: int = 50
    seed: int = 3

    @classmethod
    def full(cls):
        """Four times the samples."""
        return replace(cls(), length=1 << 17, gains=1000)


def run(config, progress):
    """Delays from the frequency domain against mean times of simulated responses."""
    rng = np.random.default_rng(config.seed)
    stack = numeric.cascade(config.poles)
    h = impulse(stack, config.samples)
    noise = _noise_delay(rng, stack, config)
    progress(0.5)
    mixtures = _mixtures(rng, config)
    progress(0.8)
    claims = (
        _impulse_claim(config, stack, h),
        _noise_claim(config, stack, noise[0]),
        _one_delay(config, stack, noise[0]),
        _two_delays(config),
        _spread(config),
        *_gains(rng, config),
        mixtures[0],
        _skip(),
        _all_pass(config),
    )
    times = np.arange(config.samples)
    return Result(
        name="delay",
        title="Delay: an impulse and white noise through twelve layers",
        summary=(
            r"The group delay at frequency zero is the mean time of the impulse response, $\sum_t t h_t / \sum_t h_t$. "
            r"White noise sees the delay weighted by energy, $\sum_t t h_t^2 / \sum_t h_t^2$, which is shorter. "
            "The gains $B$ and $C$ act on the delay only through the zeros, and a scalar cascade has none."
        ),
        config=asdict(config),
        arrays={"times": times, "impulse_response": h} | noise[1] | mixtures[1],
        panels=(_response_panel(config, stack, h, noise), _delay_panel(config), _spread_panel(config),
                _mixture_panel(config, mixtures[1])),
        claims=claims,
        formulas=(
            ("Scalar cascade", r"\tau(\omega) = \sum_k \mathrm{Re} \frac{\lambda_k e^{-i\omega}}"
             r"{1 - \lambda_k e^{-i\omega}}, \qquad \tau(0) = \sum_k \frac{\lambda_k}{1-\lambda_k}"),
            ("Seen by white noise", r"\frac{\sum_t t |h_t|^2}{\sum_t |h_t|^2} = \frac{\int \tau(\omega) "
             r"|H(e^{i\omega})|^2 d\omega}{\int |H(e^{i\omega})|^2 d\omega}"),
            (r"One layer with residues $r_n = c_n b_n$", r"\tau(0) = \mathrm{Re} \frac{\sum_n r_n \lambda_n / "
             r"(1-\lambda_n)^2}{D + \sum_n r_n / (1-\lambda_n)}"),
        ),
    )


def impulse(stack, samples):
    """The simulated answer to an impulse."""
    u = np.zeros(samples)
    u[0] = 1
    return numeric.simulate(stack, u)[0]


def mean_time(h):
    """Σ t h_t / Σ h_t."""
    return float(np.arange(len(h)) @ h / h.sum())


def energy_delay(stack, grid):
    """∫τ|H|²/∫|H|² by the trapezoidal rule, which converges geometrically on a circle."""
    omega = 2 * np.pi * np.arange(grid) / grid
    power = np.abs(numeric.frequency_response(stack, omega)) ** 2
    return float(numeric.group_delay(stack, omega) @ power / power.sum())


def rounding(samples, K):
    """The rounding of mean times: 2(t+2K)u of every h_t ≥ 0, in numerator and denominator."""
    return 2 * (samples + 2 * K) * EPS


ROUNDING = "rounding: $2(t+2K)u$ of the impulse response, at the last time simulated, in numerator and denominator"


def _impulse_claim(config, stack, h):
    return Claim(
        id="delay/impulse",
        statement=r"An impulse arrives after $\tau(0) = \sum_k \lambda_k/(1-\lambda_k)$ samples: the mean time of the "
                  f"simulated response of {len(stack)} layers.",
        source="paper: section 3.2",
        predicted=float(numeric.group_delay(stack, 0.0)),
        measured=mean_time(h),
        tolerance=rounding(len(h), len(stack)),
        reason=ROUNDING,
    )


def _noise_delay(rng, stack, config):
    """Σ t h_t²/Σ h_t² from white noise: h by cross-correlation, h_t² by products of independent records.

    Squaring one estimate of h would add its variance to every h_t²; the product of two independent ones adds nothing
    in the mean.
    """
    window, T = config.window, config.length
    u = white_noise(rng, config.batches, T)
    y, _ = numeric.simulate(stack, u)
    u[:, T - window :] = 0
    spectrum = np.fft.rfft(y, 2 * T) * np.fft.rfft(u, 2 * T).conj()
    h = np.fft.irfft(spectrum)[:, :window] / (T - window)
    products = h[::2] * h[1::2]
    numerator, denominator = products @ np.arange(window), products.sum(axis=1)
    ratio = numerator.mean() / denominator.mean()
    error = np.std(numerator - ratio * denominator, ddof=1) / np.sqrt(len(products)) / denominator.mean()
    shape = estimate(h)
    return Estimate(np.array(ratio), np.array(error), len(products)), {
        "noise_response": shape.mean, "noise_response_error": shape.error, "noise_delay": np.array([ratio, error])
    }  # fmt: skip


def _noise_claim(config, stack, found):
    predicted = energy_delay(stack, config.grid)
    return Claim(
        id="delay/white-noise",
        statement=r"White noise arrives after the energy-weighted delay "
                  r"$\int \tau |H|^2 d\omega / \int |H|^2 d\omega$, "
                  "measured from the cross-correlation of simulated input and output.",
        source="new here",
        predicted=predicted,
        measured=float(found.mean),
        tolerance=found.tolerance(predicted),
        reason=f"{SIGMAS} standard errors of a ratio of means over {found.batches} pairs of independent records",
    )


def _one_delay(config, stack, found):
    law = energy_delay(stack, config.grid)
    return Claim(
        id="delay/one-delay",
        statement=r"One number says it: white noise is delayed by $\tau(0)$, as an impulse is.",
        source="paper: section 3.2, group delay at frequency zero for any input",
        predicted=float(numeric.group_delay(stack, 0.0)),
        measured=float(found.mean),
        tolerance=found.tolerance(law),
        reason=f"{SIGMAS} standard errors of a ratio of means over {found.batches} pairs of independent records",
        law=r"the energy-weighted delay, $\sum_t t h_t^2 / \sum_t h_t^2$",
        law_value=law,
    )


def _two_delays(config):
    pole, K = config.equal
    stack = numeric.cascade([pole] * K)
    h = impulse(stack, config.samples)
    return Claim(
        id="delay/equal-layers",
        statement=rf"{K} layers with $\lambda = {pole}$: an impulse shows a delay of $36$ samples, white noise one of "
                  r"$31.247$.",
        source="reviewer: the relation of group delay and impulse response",
        predicted=[float(numeric.group_delay(stack, 0.0)), energy_delay(stack, config.grid)],
        measured=[mean_time(h), mean_time(h**2)],
        tolerance=2 * rounding(config.samples, K),
        reason=ROUNDING + ", twice that for the squares",
    )


def _spread(config):
    pole, K = config.equal
    depths = [K, 4 * K]
    widths = []
    for depth in depths:
        h = impulse(numeric.cascade([pole] * depth), 4 * config.samples)
        t = np.arange(len(h))
        widths.append(np.sqrt((t - mean_time(h)) ** 2 @ h / h.sum()))
    return Claim(
        id="delay/spread",
        statement=r"The impulse arrives spread over $\sqrt{K\lambda}/(1-\lambda)$ samples, which is the fraction "
                  rf"$1/\sqrt{{K\lambda}}$ of its delay ($\lambda = {pole}$, $K = {depths[0]}, {depths[1]}$).",
        source="new here; de Vries & Principe, Neural Networks 5:565 for one gamma memory",
        predicted=[np.sqrt(depth * pole) / (1 - pole) for depth in depths],
        measured=widths,
        tolerance=rounding(4 * config.samples, depths[1]) * depths[1] * pole,
        reason=ROUNDING + r"; the variance is smaller than the squared mean by $K\lambda$",
    )


def _gains(rng, config):
    """Random gains of a scalar cascade."""
    K = len(config.poles)
    delays, variances = np.zeros((2, config.gains))
    for n in range(config.gains):
        b, c = np.exp(rng.normal(size=(2, K)))
        stack = numeric.cascade(config.poles, b, c)
        h = impulse(stack, config.samples)
        delays[n], variances[n] = mean_time(h), h @ h
    law = float(numeric.group_delay(numeric.cascade(config.poles), 0.0))
    moved = float(np.mean(np.abs(delays / law - 1) > rounding(config.samples, K)))
    yield Claim(
        id="delay/gains",
        statement=rf"$B$ and $C$ regulate the delay, and thereby the variance: share of {config.gains} random choices "
                  "of the gains of a scalar cascade that move the mean time of an impulse.",
        source="paper, as quoted in its reviews",
        predicted=1.0,
        measured=moved,
        tolerance=0.0,
        reason=r"a count; a delay has moved if it left $\sum_k \lambda_k/(1-\lambda_k)$ by more than rounding",
        law=r"the delay of a scalar cascade is independent of every $b_k$ and $c_k$",
        law_value=0.0,
    )
    base = impulse(numeric.cascade(config.poles), config.samples)
    b, c = np.full(K, 2.0), np.full(K, 0.75)
    h = impulse(numeric.cascade(config.poles, b, c), config.samples)
    yield Claim(
        id="delay/gains-variance",
        statement=r"The variance does follow the gains, as $\prod_k (b_k c_k)^2$, while the delay stays: both for "
                  r"$b_k = 2$, $c_k = 0.75$ over those for $b_k = c_k = 1$.",
        source="new here",
        predicted=[1.5 ** (2 * K), 1.0],
        measured=[h @ h / (base @ base), mean_time(h) / mean_time(base)],
        tolerance=2 * rounding(config.samples, K),
        reason=ROUNDING + ", of two responses",
    )


def _two_states(config, share, timing="current"):
    """A layer of two states, H(1) = 1: residues share·(1−λ_1) and (1−share)·(1−λ_2)."""
    poles = np.array(config.wide)
    r = np.array([share, 1 - share]) * (1 - poles)
    return numeric.stack([numeric.Layer(poles, np.ones((2, 1)), r[None])], timing=timing)


def _mixtures(rng, config):
    """Residues move the delay of a layer with two states, at the price of a variance."""
    poles = np.array(config.wide)
    shares = np.array(config.mixtures)
    delays, variances = [], []
    u = white_noise(rng, 16, config.length // 4)
    for share in shares:
        stack = _two_states(config, share)
        delays.append(mean_time(impulse(stack, config.samples)))
        variances.append(estimate((numeric.simulate(stack, u)[0][:, 200:] ** 2).mean(axis=1)))
    law = shares * poles[0] / (1 - poles[0]) + (1 - shares) * poles[1] / (1 - poles[1])
    claim = Claim(
        id="delay/residues",
        statement=r"$B$ and $C$ regulate the delay of a layer with several states: poles "
                  rf"${poles[0]}, {poles[1]}$, residues $a(1-\lambda_1)$ and $(1-a)(1-\lambda_2)$ with "
                  f"$a = {shares[0]}, …, {shares[-1]}$.",
        source="paper, as quoted in its reviews; a reviewer asked to quantify it",
        predicted=law,
        measured=delays,
        tolerance=2 * rounding(config.samples, 1) * float(np.sum(np.abs(_weights(shares, poles)), axis=1).max()),
        reason=ROUNDING + "; times the cancellation between the two residues",
        condition="more than one state in a layer, or a skip: then there are zeros",
        floor=1.0,
    )
    found = {"mixtures": shares, "mixture_delay": np.array(delays),
             "mixture_variance": np.array([float(v.mean) for v in variances]),
             "mixture_error": np.array([float(v.error) for v in variances])}
    return claim, found


def _weights(shares, poles):
    """The two terms of the delay, relative to a sample."""
    return np.stack([shares, 1 - shares], axis=1) * poles / (1 - poles)


def _skip():
    """H = d + g/(1−λz⁻¹): an impulse of height d at time 0, or the layer's answer."""
    pole, d, g = 0.9, 0.7, 0.1
    found, law = [], []
    for timing in ("current", "delayed"):
        stack = numeric.cascade([pole], b=g, d=d, timing=timing)
        found.append(mean_time(impulse(stack, 1200)))
        residue = g * (pole if timing == "current" else 1.0) / (1 - pole) ** 2
        law.append(residue / (d + g / (1 - pole)))
    return Claim(
        id="delay/skip",
        statement=r"A skip connection makes a zero and shortens the delay: $\lambda = 0.9$, $d = 0.7$, $g = 0.1$ gives "
                  r"$5.294118$ samples in current and $5.882353$ in delayed timing, instead of $9$ and $10$.",
        source="new here",
        predicted=law,
        measured=found,
        tolerance=rounding(1200, 1),
        reason=ROUNDING,
    )


def _all_pass(config):
    pole, K = config.equal
    layer = numeric.cascade([pole] * K, b=1 - pole**2, d=-pole, timing="delayed")
    omega = 2 * np.pi * np.arange(config.grid) / config.grid
    h = impulse(layer, config.samples)
    return Claim(
        id="delay/all-pass",
        statement=r"All-pass layers $(z^{-1}-\lambda)/(1-\lambda z^{-1})$ delay by one sample a layer on the average "
                  r"over frequency, and keep the variance: "
                  rf"mean group delay, delay seen by white noise, and energy, {K} layers.",
        source="new here; Oppenheim & Schafer, Discrete-Time Signal Processing",
        predicted=[K, K, 1.0],
        measured=[float(numeric.group_delay(layer, omega).mean()), mean_time(h**2), h @ h],
        tolerance=4 * (config.samples + 2 * K) * EPS * (2 / (1 - pole)) ** 2,
        reason=r"rounding, $4(t+2K)u$, times the cancellation of direct path and state, "
               r"$(\frac{2}{1-\lambda})^2$",
    )


def _response_panel(config, stack, h, noise):
    t = np.arange(config.window)
    found, every = noise[1], slice(0, config.window, 8)
    mean, error = found["noise_response"][every], SIGMAS * found["noise_response_error"][every]
    top = np.array([0, h.max()])
    return Panel(
        "Impulse response of twelve layers", "time t (samples)", "$h_t$",
        (Curve(t, h[: config.window], "simulated impulse", group=0),
         Curve(t[every], mean, "cross-correlation, white noise", "markers", mean - error, mean + error, 0),
         Curve(np.full(2, float(numeric.group_delay(stack, 0.0))), top, r"$\tau(0)$", "dashed", group=1),
         Curve(np.full(2, energy_delay(stack, config.grid)), top, "energy-weighted delay", "dashed", group=2)),
    )  # fmt: skip


def _delay_panel(config):
    pole, K = config.equal
    omega = np.linspace(0, np.pi, 400)
    curves = []
    stacks = ((numeric.cascade([pole] * K), "scalar cascade"),
              (numeric.cascade([pole] * K, b=1 - pole, d=0.3), "with skips, d = 0.3"),
              (numeric.cascade([pole] * K, b=1 - pole**2, d=-pole, timing="delayed"), "all-pass"))
    for group, (stack, label) in enumerate(stacks):
        curves.append(Curve(omega, numeric.group_delay(stack, omega), label, group=group))
        h = impulse(stack, config.samples)
        curves.append(Curve(np.zeros(1), np.array([mean_time(h)]), style="markers", group=group))
    return Panel("Group delay", "frequency ω (rad/sample)", "group delay (samples)", tuple(curves),
                 note=f"λ = {pole}, K = {K}; markers: mean time of the simulated impulse")


def _spread_panel(config):
    pole, curves = config.equal[0], []
    for group, K in enumerate((1, 4, 16)):
        h = impulse(numeric.cascade([pole] * K, b=1 - pole), 400)
        curves.append(Curve(np.arange(400), h, f"K = {K}", group=group))
    return Panel("Depth blurs an impulse as it delays it", "time t (samples)", "$h_t$ at unit area",
                 tuple(curves), note=rf"λ = {pole}; relative width $1/\sqrt{{K\lambda}}$")


def _mixture_panel(config, found):
    poles, shares = np.array(config.wide), np.linspace(config.mixtures[0], config.mixtures[-1], 200)
    residues = np.stack([shares, 1 - shares], axis=1) * (1 - poles)
    variance = np.einsum("si,sj,ij->s", residues, residues, 1 / (1 - np.outer(poles, poles)))
    error = SIGMAS * found["mixture_error"]
    return Panel(
        "Two states: residues trade delay for variance", "delay at frequency 0 (samples)", "output variance",
        (Curve(_weights(shares, poles).sum(axis=1), variance, "law", group=0),
         Curve(found["mixture_delay"], found["mixture_variance"], "simulated", "markers",
               found["mixture_variance"] - error, found["mixture_variance"] + error, 0)),
        note=f"poles {poles[0]}, {poles[1]}; unit gain at frequency 0",
    )  # fmt: skip
