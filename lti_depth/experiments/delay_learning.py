"""Learning to recall: pure-delay teachers, students of growing depth and width, and the bounds none of them beats."""

from dataclasses import asdict, dataclass, replace
from math import ceil, lgamma, log

import numpy as np
from scipy.linalg import eigvalsh
from scipy.optimize import minimize, minimize_scalar

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from ..learning.charts import Chart
from ..learning.fits import fit
from ..learning.initializations import ring
from ..learning.population import loss
from ..learning.searches import LBFGS
from ..learning.tasks import Recorded
from ..learning.teachers import delay as delay_line
from ..learning.teachers import pade_delay
from . import limits

FULL_MINUTES = 4
PARAMETRIZATIONS = ("exp-exp", "polar", "zoh", "direct")
BEST_STATES = (2, 4, 6, 8)
STOPPED = "how far from its optimum a fit stops, and the end of the training record"


@dataclass(frozen=True)
class Config:
    """Recall of u[t − D] with S states in all; white input of unit variance, and AR(1)."""

    delay: int = 100
    states: int = 4
    delays: tuple[int, ...] = (10, 30, 100)
    widths: tuple[int, ...] = (2, 4, 8)
    rho: float = 0.99
    seeds: int = 10
    steps: int = 100
    seed: int = 14

    @classmethod
    def full(cls):
        """More seeds, delays and widths."""
        return replace(cls(), seeds=50, delays=(10, 30, 100, 300), widths=(2, 4, 6, 8, 12), steps=1000)


def run(config, progress):
    """Students trained from many seeds, against bounds and against the best that a search over poles finds."""
    settings = sorted({(config.delay, S) for S in config.widths} | {(D, config.states) for D in config.delays}
                      | {(config.delay, config.states)})
    pairs = {setting: learned(config, wide_pairs, *setting) for setting in settings}
    growth = _growth(config, pairs)
    progress(0.3)
    arms, models = _arms(config, pairs)
    progress(0.6)
    starts = _starts(config, pairs)
    progress(0.8)
    colored = _colored(config)
    statuses = [status for part in (arms, growth, starts, colored) for status in part.pop("statuses")]
    claims = (
        _bound_claim(config, arms, growth, starts), _deep_claim(config, arms), _last_layer_claim(),
        _all_layers_claim(config, arms), _pairs_claim(config, arms), _parametrization_claim(config, starts),
        _ring_claim(config, starts), _explicit_claim(), _colored_bound_claim(config, colored),
        _colored_best_claim(config, colored), _szego_claim(config), _band_claim(config),
        _enough_claim(config, colored), _lmu_claim(config), _register_claim(), _total_claim(),
    )  # fmt: skip
    converged = sum(status == "converged" for status in statuses)
    return Result(
        name="delay-learning",
        title="Learning a pure delay: depth, width, and the bounds",
        summary=(
            f"Students with $S$ states learn to recall $u_{{t-D}}$; no training can pass $S/(D+1)$ of the variance of "
            "white noise, at any depth. How near it comes depends on zeros and phases, not on depth: a real cascade "
            r"of $S$ layers gets $\sqrt{(2S-1)/2\pi}/D$, growing as $\sqrt S$; conjugate pairs with free residues, in "
            "one wide layer or in layers with skips, get the same and the most, two thirds of the bound at $S = 4$. "
            "For correlated input the bound is a sum of eigenvalues, and what counts is how many states fit the "
            r"occupied band: $S \approx D \times$ bandwidth$/\pi$. For the practitioner: use that many states, "
            r"rounded up to pairs, put the initial phases into $\pm\pi S/2D$ rather than around the circle, and "
            f"learn poles as exp–exp. ({converged} of {len(statuses)} fits met L-BFGS's own criterion; the others "
            "stopped at the step limit or where no line search led down, and are counted as they ended.)"
        ),
        config=asdict(config),
        arrays=arms | growth | starts | colored,
        panels=(_arm_panel(config, arms), _share_panel(config, growth), _response_panel(config, models),
                _colored_panel(config, colored), _start_panel(config, starts)),
        claims=claims,
        formulas=(
            ("White input, current timing without total feedthrough; otherwise $D$ in place of $D+1$",
             r"E|u_{t-D} - y_t|^2 \ge 1 - \frac{S}{D+1}"),
            ("Any input: $n = D+1$ targets, eigenvalues falling", r"E|e|^2 \ge \frac{1}{n} \sum_{j>S} "
             r"\mu_j(\mathrm{Cov}(u_0, …, u_{-D} \mid u_1, u_2, …))"),
            (r"For $D \to \infty$ at fixed $S/D$, a spectrum that falls in $\omega$, and unit variance",
             r"E|e|^2 \ge 1 - \frac{1}{\pi} \int_0^{\pi S/(D+1)} S_u(\omega)\, d\omega"),
            (r"The last of $S$ equal real layers, $D \to \infty$",
             r"D \times \text{captured} \to \frac{n^n e^{-n}}{(n-1)!} \approx \sqrt{\frac{n}{2\pi}}, \qquad n = 2S-1"),
        ),
    )


# --- Laws -----------------------------------------------------------------------------------------------------------


def bound(delay, states):
    """The most of the variance of u[t−D] that S states recall: S/(D+1). Current timing, no total feedthrough.

    The Hankel matrix of z^{−D} is (D+1) × (D+1) with singular values 1; that of a student has rank S, so the two differ
    by D+1−S at least in squared Frobenius norm, to which e_t contributes (t+1)|e_t|² ≤ (D+1)|e_t|² [Eckart–Young;
    François, Orvieto & Bach, arXiv 2502.09287].
    """
    return states / (delay + 1)


def last_layer(delay, layers):
    """(captured, λ): K equal real layers with the best pole and gain, h_D²/Σh²."""
    def missed(pole):
        h = lgamma(delay + layers) - lgamma(layers) - lgamma(delay + 1) + delay * log(pole)
        return log(numeric.autocovariance(numeric.cascade(np.full(layers, pole)), 0)) - 2 * h

    middle = layers / (delay + layers)
    found = minimize_scalar(missed, bounds=(1 - 2 * middle, 1 - middle / 4), method="bounded", options={"xatol": 1e-10})
    return float(np.exp(-found.fun)), float(found.x)


def last_layer_limit(layers):
    """D × captured for D → ∞: nⁿe^{−n}/(n−1)! with n = 2K−1, about √(n/2π).

    h = t^{K−1}e^{−pt} at t = 1 over its energy: p^n e^{−2p} 2^n/Γ(n), the largest at p = n/2.
    """
    n = 2 * layers - 1
    return np.exp(n * log(n) - n - lgamma(n))


def all_layers(delay, layers):
    """(captured, λ): K equal real layers, every one read out (a Laguerre network), at the best pole."""
    gaps = np.geomspace(0.2, 2 * layers + 1, 24) / delay

    def missed(gap):
        return -numeric.memory_function(numeric.cascade(np.full(layers, np.exp(-gap))), delay)

    best = int(np.argmin([missed(gap) for gap in gaps]))
    near = gaps[max(best - 1, 0)], gaps[min(best + 1, len(gaps) - 1)]
    found = minimize_scalar(missed, bounds=near, method="bounded", options={"xatol": 1e-9 / delay})
    return float(-found.fun), float(np.exp(-found.x))


def explicit_poles(delay, states, alpha):
    """a_s = e^{−α/D} e^{iπs/D}, s = −(S−1)/2 … (S−1)/2."""
    return np.exp((-alpha + 1j * np.pi * (np.arange(states) - (states - 1) / 2)) / delay)


def missed(poles, delay, rho=0.0):
    """E|u_{t−D} − c* x_t|² of the best readout c of states with distinct poles; AR(1) input of unit variance.

    E x_m x̄_n = (1/(1−λ_mρ) + 1/(1−λ̄_nρ) − 1)/(1−λ_mλ̄_n), and E x_n u_{t−D} = Σ_s λ_n^s ρ^{|s−D|}.
    """
    scale = np.sqrt(1 - np.abs(poles) ** 2)
    one = 1 / (1 - poles * rho)
    covariance = (one[:, None] + one.conj() - 1) / (1 - np.outer(poles, poles.conj())) * np.outer(scale, scale)
    past = np.arange(delay + 1)
    cross = scale * (poles[:, None] ** past @ rho ** (delay - past) + poles**delay * (one - 1))
    return float(1 - np.vdot(cross, np.linalg.solve(covariance, cross)).real)


def best_pairs(delay, states, rho=0.0, feedthrough=False):
    """(E|e|², poles): the best S/2 pairs of poles with their best readout, by search from the explicit filter."""
    pairs = states // 2

    def poles(x):
        half = np.exp((-np.exp(x[:pairs]) + 1j * np.exp(x[pairs:])) / delay)
        return np.concatenate([half, half.conj(), np.zeros(int(feedthrough))])

    start = np.log(np.concatenate([np.full(pairs, 1.5), np.pi * (np.arange(pairs) + 0.5)]))
    found = minimize(lambda x: missed(poles(x), delay, rho), start, method="BFGS", options={"gtol": 1e-9})
    return float(found.fun), poles(found.x)


def colored_bound(delay, states, rho, feedthrough=False):
    """E|e|² ≥ (1/n) Σ_{j>S} μ_j of the n targets u_0 … u_{−D} given the future u_1, u_2, …; AR(1) input.

    By Markov only u_1 tells: Cov = ρ^{|i−j|} − ρ^{i+j+2}. With feedthrough u_0 belongs to the future.
    """
    n = delay + 1 - int(feedthrough)
    i = np.arange(n)
    covariance = rho ** np.abs(np.subtract.outer(i, i)) - rho ** (np.add.outer(i, i) + 2.0)
    return float(eigvalsh(covariance)[: n - states].sum() / n)


def outside_band(fraction, rho):
    """The energy of AR(1) beyond ω = π·fraction: 1 − (2/π) atan((1+ρ)/(1−ρ) tan(ω/2))."""
    return 1 - 2 / np.pi * np.arctan((1 + rho) / (1 - rho) * np.tan(np.pi * fraction / 2))


def occupied_band(energy, rho):
    """ω below which `energy` of an AR(1) input lies, as a fraction of π."""
    return 2 / np.pi * np.arctan((1 - rho) / (1 + rho) * np.tan(np.pi / 2 * energy))


# --- Students -------------------------------------------------------------------------------------------------------


class StationaryRecord(Recorded):
    """A record that stands for a stationary input: an unstable student has no loss, however short the record."""

    stationary = True


def record(delay, rho=0.0):
    """An impulse through the shaping filter of the input, and the same D later.

    By Parseval ½Σ|e_t|² is the population loss, but for what the student does after the end, at 6 D and ρ^{2T} = 10⁻⁸.
    """
    length = 6 * delay + (0 if rho == 0 else int(-4 * log(10) / log(rho)))
    u = np.sqrt(1 - rho**2) * rho ** np.arange(length, dtype=float)
    target = np.concatenate([np.zeros(delay), u[:-delay]])
    return StationaryRecord(u, target, np.ones(length))


def band_poles(rng, delay, count):
    """Complex poles with decay 0.5 … 3 over the delay and phases within the band S/(D+1) that S = 2·count can fill."""
    return np.exp((-rng.uniform(0.5, 3, count) + 1j * np.pi * count * rng.uniform(0, 1, count)) / delay)


def real_cascade(rng, delay, states):
    """S real layers, read at the last one."""
    poles = np.exp(-rng.uniform(0.5, 1.5, states) * states / delay)
    return Chart(_matched(numeric.cascade(poles), delay), poles="exp-exp", train=_last(states))


def pair_cascade(rng, delay, states):
    """S/2 layers with a conjugate pair each and no zeros, in second-order-section coordinates."""
    half = band_poles(rng, delay, states // 2)
    poles = np.stack([half, half.conj()], axis=1).ravel()
    return Chart(_matched(numeric.cascade(poles), delay), poles="sections", train=_last(states))


def complex_cascade(rng, delay, states):
    """S complex layers, complex output."""
    poles = band_poles(rng, delay, states) * np.exp(-0.5j * np.pi * states / delay)
    return Chart(_matched(numeric.cascade(poles), delay), poles="polar", train=_last(states))


def skip_stack(rng, delay, states):
    """S/2 layers with a conjugate pair each, real output, and skips from the second layer on."""
    poles = band_poles(rng, delay, states // 2)
    layers = [numeric.Layer([pole], [[_gamma(pole)]], [[_normal(rng) * _gamma(pole)]], [[float(k > 0)]], real=True)
              for k, pole in enumerate(poles)]
    skips = {"D": list(range(1, len(layers)))} if len(layers) > 1 else {}
    return Chart(numeric.stack(layers), poles="exp-exp", train={"poles": None, "C": None} | skips)


def wide_real(rng, delay, states):
    """One layer of S real poles."""
    return wide(rng, np.exp(-rng.uniform(0.5, 12, states) / delay), "exp-exp")


def wide_pairs(rng, delay, states):
    """One layer of S/2 pairs, as the LRU is built: phases in the band."""
    return wide(rng, band_poles(rng, delay, states // 2), "exp-exp")


def wide(rng, poles, parametrization, feedthrough=False):
    """One layer; B = √(1−|λ|²), C random and small against 1."""
    gamma = _gamma(poles)
    C = np.array([_normal(rng) for _ in poles]) if np.iscomplexobj(poles) else rng.standard_normal(len(poles))
    layer = numeric.Layer(poles, gamma[:, None], 0.1 * C[None, :], real=np.iscomplexobj(poles))
    return Chart(numeric.stack([layer]), parametrization, ("poles", "C", "D") if feedthrough else ("poles", "C"))


ARMS = {
    "real cascade": real_cascade,
    "cascade of pairs": pair_cascade,
    "complex cascade": complex_cascade,
    "wide, real poles": wide_real,
    "wide, pairs": wide_pairs,
    "pairs with skips": skip_stack,
}


def _gamma(poles):
    return np.sqrt(1 - np.abs(poles) ** 2)


def _normal(rng):
    return complex(*rng.standard_normal(2)) / np.sqrt(2)


def _matched(stack, delay):
    """A cascade of unit variance, by B, with the best gain for its poles in the last C: h̄_D."""
    stack = stack.replace(B=stack.B * numeric.autocovariance(stack, 0).real ** (-0.5 / len(stack)))
    gain = np.conj(numeric.impulse_response(stack, delay))
    return stack.replace(C=np.append(stack.C[:-1], gain if np.iscomplexobj(stack.B) else np.real(gain)))


def _last(layers):
    return {"poles": None, "C": [layers - 1]}


def learned(config, chart, delays, states, rho=0.0):
    """Fits from all seeds: `captured` (seeds,), 1 − E|e|² on the numeric floor, `statuses` and `models`, best first."""
    task = record(delays, rho)
    fits = [fit(chart(np.random.default_rng([config.seed, n]), delays, states), task, LBFGS(), steps=config.steps,
                every=config.steps) for n in range(config.seeds)]
    captured = np.array([recalled(found.model, delays, rho) for found in fits])
    order = np.argsort(-captured)
    return captured[order], [fits[n].status for n in order], [fits[n].model for n in order]


def recalled(stack, delay, rho=0.0):
    """1 − E|u_{t−D} − y_t|² = 2 Re Σ_s h_s ρ^{|s−D|} − E|y|², for AR(1) input of unit variance."""
    if rho == 0:
        return float(2 * np.real(numeric.impulse_response(stack, delay)) - numeric.autocovariance(stack, 0).real)
    times = np.arange(40 * delay)
    cross = numeric.impulse_response(stack, times).real @ rho ** np.abs(times - float(delay))
    return float(2 * cross - numeric.autocovariance(stack, 0, numeric.ar1(rho)).real)


# --- Runs -----------------------------------------------------------------------------------------------------------


def _arms(config, pairs):
    at = config.delay, config.states
    found = {name: learned(config, arm, *at) for name, arm in ARMS.items() if arm is not wide_pairs}
    arrays = {_key(name): captured for name, (captured, _, _) in found.items()}
    arrays["statuses"] = [status for _, statuses, _ in found.values() for status in statuses]
    best = {name: models[0] for name, (_, _, models) in found.items()}
    return arrays | {_key("wide, pairs"): pairs[at][0]}, best | {"wide, pairs": pairs[at][2][0]}


def _key(name):
    return "captured_" + name.replace(",", "").replace(" ", "_")


def _growth(config, pairs):
    """Wide layers of pairs: more states at one delay, and one number of states at more delays."""
    return {
        "widths": np.array(config.widths),
        "captured_by_width": np.array([pairs[config.delay, states][0] for states in config.widths]),
        "delays": np.array(config.delays),
        "captured_by_delay": np.array([pairs[delay, config.states][0] for delay in config.delays]),
        "statuses": [status for _, statuses, _ in pairs.values() for status in statuses],
    }


def _starts(config, pairs):
    """Wide layers of pairs in four parametrizations from one start each, and from phases around the circle."""
    def from_band(name):
        return lambda rng, delay, states: wide(rng, band_poles(rng, delay, states // 2), name)

    def from_ring(rng, delay, states):
        decay = np.array([3, 0.5]) / delay
        return wide(rng, ring(states // 2, rng, *np.exp(-decay)), "exp-exp")

    at = config.delay, config.states
    found = {name: learned(config, from_band(name), *at) for name in PARAMETRIZATIONS if name != "exp-exp"}
    found["ring"] = learned(config, from_ring, *at)
    statuses = [status for _, statuses, _ in found.values() for status in statuses]
    found["exp-exp"] = pairs[at]
    arrays = {"start_" + name.replace("-", "_"): captured for name, (captured, _, _) in found.items()}
    return arrays | {"statuses": statuses}


def _colored(config):
    def arm(feedthrough):
        return lambda rng, delay, states: wide(rng, band_poles(rng, delay, states // 2), "exp-exp", feedthrough)

    found = [learned(config, arm(through), config.delay, config.states, config.rho) for through in (False, True)]
    return {
        "colored_missed": 1 - found[0][0],
        "colored_missed_feedthrough": 1 - found[1][0],
        "colored_best": np.array([best_pairs(config.delay, states, config.rho)[0] for states in BEST_STATES]),
        "statuses": [status for _, statuses, _ in found for status in statuses],
    }


# --- Claims ---------------------------------------------------------------------------------------------------------


def _bound_claim(config, arms, growth, starts):
    runs = [(captured, config.delay, config.states) for captured in (*arms.values(), *starts.values())]
    runs += [(captured, config.delay, states)
             for captured, states in zip(growth["captured_by_width"], config.widths, strict=True)]
    runs += [(captured, delay, config.states)
             for captured, delay in zip(growth["captured_by_delay"], config.delays, strict=True)]
    total = sum(len(captured) for captured, _, _ in runs)
    return Claim(
        id="delay-learning/white-bound",
        statement="No student captures more than $S/(D+1)$ of white noise, whatever its depth, width or "
                  f"parametrization: students above it, of {total} trained.",
        source="new here for any depth; one layer: François, Orvieto & Bach, arXiv 2502.09287, Theorem 2",
        predicted=0,
        measured=sum(int(np.sum(captured > bound(delay, states))) for captured, delay, states in runs),
        tolerance=0.0,
        reason="a count",
        condition="current timing without total feedthrough; otherwise the bound is $S/D$",
    )


def _deep_claim(config, arms):
    D, S = config.delay, config.states
    captured, pole = last_layer(D, S)
    return Claim(
        id="delay-learning/real-cascade",
        statement=rf"Depth is what recall needs: {S} real layers learn to recall $u_{{t-{D}}}$ up to the bound "
                  rf"$\frac{{{S}}}{{{D + 1}}}$.",
        source="paper, as quoted in its reviews: deep stacks need less memory in each layer",
        predicted=bound(D, S),
        measured=arms[_key("real cascade")][0],
        tolerance=1e-4,
        reason=STOPPED,
        law=rf"the last of $S$ equal layers at the best pole, $\lambda = {pole:.5f}$: $h_D^2/\sum_t h_t^2$",
        law_value=captured,
    )


def _last_layer_claim():
    layers = (1, 2, 4, 8)
    value, change = limits.limit([[delay * last_layer(delay, K)[0] for K in layers] for delay in (200, 800, 3200)])
    law = np.array([last_layer_limit(K) for K in layers])
    return Claim(
        id="delay-learning/real-cascade-limit",
        statement=r"For long delays the best real cascade captures $\frac{n^n e^{-n}}{(n-1)!}/D$, $n = 2S-1$: it grows "
                  r"as $\sqrt S$, the bound as $S$ ($S = 1, 2, 4, 8$; at $S = 1$ it is $1/e$ of the bound).",
        source="new here",
        predicted=law,
        measured=value,
        tolerance=limits.tolerance(change, law),
        reason="last change of the extrapolation in $1/D$ from $D = 200, 800, 3200$",
    )


def _all_layers_claim(config, arms):
    D, S = config.delay, config.states
    captured, pole = all_layers(D, S)
    return Claim(
        id="delay-learning/all-layer-readout",
        statement=f"Reading out every layer makes up for real poles: {S} real poles with free residues learn to "
                  "recall up to the bound.",
        source="new here; the readout is the Laguerre network of de Vries & Principe, Neural Networks 5:565, 1992",
        predicted=bound(D, S),
        measured=arms[_key("wide, real poles")][0],
        tolerance=0.02,
        reason="the poles draw together while residues grow without bound, and the fits stop on the way; at the "
               r"distance $\delta$ relative to $1-\lambda$ they miss $O(\delta^2)$, and the best has "
               r"$\delta \approx 0.1$",
        law=rf"all poles equal, $\lambda = {pole:.5f}$: the Laguerre network",
        law_value=captured,
    )


def _pairs_claim(config, arms):
    D, S = config.delay, config.states
    best = 1 - best_pairs(D, S)[0]
    return Claim(
        id="delay-learning/depth-with-skips",
        statement=f"With conjugate pairs depth is of no consequence: the best of a wide layer and the best of {S // 2} "
                  rf"layers with skips capture the same, {best:.5f}, ${best / bound(D, S):.2f}$ of the bound.",
        source="new here",
        predicted=[best, best],
        measured=[arms[_key("wide, pairs")][0], arms[_key("pairs with skips")][0]],
        tolerance=1e-4,
        reason=STOPPED,
        condition="the best seed; in layers with skips not every seed arrives",
    )


def _parametrization_claim(config, starts):
    best = 1 - best_pairs(config.delay, config.states)[0]
    return Claim(
        id="delay-learning/parametrization",
        statement="The parametrization decides whether a delay can be learned: only exp–exp reaches the best recall "
                  f"from its best seed, of {', '.join(PARAMETRIZATIONS)}.",
        source="LRU: Orvieto et al., arXiv 2303.06349, read for delays",
        predicted=[best if name == "exp-exp" else 0.0 for name in PARAMETRIZATIONS],
        measured=[starts["start_" + name.replace("-", "_")][0] for name in PARAMETRIZATIONS],
        tolerance=1e-4,
        floor=best,
        reason=STOPPED,
        law="every one reaches it; they differ in how many seeds do",
        law_value=[best] * len(PARAMETRIZATIONS),
    )


def _ring_claim(config, starts):
    """A pair far from all others and from phase 0 is one complex pole for each of its two states: D^D/(D+1)^{D+1}."""
    D, S = config.delay, config.states
    best = 1 - best_pairs(D, S)[0]
    return Claim(
        id="delay-learning/initial-phases",
        statement="Initial phases around the whole circle, as in LRU's ring, do for delays as well as phases within "
                  r"$\pm \pi S/2D$: the median over seeds from the ring and from the band, as shares of the best.",
        source="LRU: Orvieto et al., arXiv 2303.06349, read for delays",
        predicted=[1.0, 1.0],
        measured=[float(np.median(starts[name])) / best for name in ("start_ring", "start_exp_exp")],
        tolerance=0.1,
        reason=r"pairs at a distance $\theta$ in phase help each other to the order $\pi/D\theta$: over the circle a "
               "few per cent in the median",
        law="phases from the ring stay where they are, each pair a local optimum by itself, and capture together "
            r"$\frac{S}{D+1} (\frac{D}{D+1})^D \approx \frac{1}{e}$ of the bound",
        law_value=[bound(D, S) * (D / (D + 1)) ** D / best, 1.0],
    )


def _explicit_claim():
    states, alpha = np.array([16, 32]), 1.0
    near, far = ((1 - missed(explicit_poles(100 * S, int(S), alpha), int(100 * S))) * 100 for S in states)
    law = (1 - np.exp(-4 * alpha)) / 2
    return Claim(
        id="delay-learning/explicit-filter",
        statement=r"The filter $a_s = e^{-\alpha/D} e^{i\pi s/D}$ with its best readout captures "
                  r"$\frac{1-e^{-4\alpha}}{2} \frac{S}{D}$ for many states and longer delays: without any training "
                  r"half of the bound ($\alpha = 1$, $S = 32$, $D = 3200$).",
        source="new here",
        predicted=law,
        measured=far,
        tolerance=abs(far - near) / law,
        reason="change from $S = 16$ to $S = 32$ at $D = 100 S$",
    )


def _colored_bound_claim(config, colored):
    D, S = config.delay, config.states
    bounds = [colored_bound(D, S, config.rho, feedthrough) for feedthrough in (False, True)]
    found = colored["colored_missed"], colored["colored_missed_feedthrough"]
    return Claim(
        id="delay-learning/colored-bound",
        statement=rf"No student beats the colored memory law, $E|e|^2 \ge {bounds[0]:.4f}$ without and "
                  rf"${bounds[1]:.4f}$ with feedthrough for AR(1), $\rho = {config.rho}$, $D = {D}$, $S = {S}$: "
                  f"students below it, of {sum(map(len, found))} trained.",
        source="new here",
        predicted=0,
        measured=sum(int(np.sum(missed < limit)) for missed, limit in zip(found, bounds, strict=True)),
        tolerance=0.0,
        reason="a count",
    )


def _colored_best_claim(config, colored):
    D, S = config.delay, config.states
    best = [best_pairs(D, S, config.rho, feedthrough)[0] for feedthrough in (False, True)]
    return Claim(
        id="delay-learning/colored-best",
        statement=rf"What training reaches for AR(1) input, $\rho = {config.rho}$, is the best that pairs of poles "
                  rf"can do: $E|e|^2 = {best[0]:.4f}$ without and ${best[1]:.4f}$ with feedthrough.",
        source="new here",
        predicted=best,
        measured=[colored["colored_missed"].min(), colored["colored_missed_feedthrough"].min()],
        tolerance=1e-3,
        reason=STOPPED,
    )


def _szego_claim(config):
    fraction = 0.04
    value, change = limits.limit([colored_bound(n - 1, round(fraction * n), config.rho) for n in (50, 200, 800)])
    law = outside_band(fraction, config.rho)
    return Claim(
        id="delay-learning/szego-limit",
        statement=r"For long delays at fixed $S/(D+1)$ the bound is the energy of the input outside its best fraction "
                  rf"$S/(D+1)$ of the band: AR(1), $\rho = {config.rho}$, ${fraction}$ of the band.",
        source="new here; Szegő's limit theorem",
        predicted=law,
        measured=float(value),
        tolerance=limits.tolerance(change, law),
        reason="last change of the extrapolation in $1/(D+1)$ from $50, 200, 800$",
    )


def _band_claim(config):
    D, rhos = config.delay, (0.9, 0.95, 0.99)
    needed = [next(S for S in range(D + 1) if colored_bound(D, S, rho) <= 0.05) for rho in rhos]
    predicted = [ceil((D + 1) * occupied_band(0.95, rho)) for rho in rhos]
    return Claim(
        id="delay-learning/occupied-band",
        statement=r"To recall $95\,\%$ of the energy the bound asks for $S \approx (D+1) \times$ occupied "
                  r"bandwidth$/\pi$ states, the band that holds $95\,\%$, rounded up: AR(1), "
                  rf"$\rho = 0.9, 0.95, 0.99$, $D = {D}$.",
        source="new here",
        predicted=predicted,
        measured=needed,
        tolerance=1.5 / max(predicted),
        floor=max(predicted),
        reason="one state, in whole numbers",
    )


def _enough_claim(config, colored):
    D = config.delay
    rule = (D + 1) * occupied_band(0.95, config.rho)
    needed = next(S for S, lost in zip(BEST_STATES, colored["colored_best"], strict=True) if lost <= 0.05)
    return Claim(
        id="delay-learning/rule-of-thumb",
        statement=r"$D \times$ occupied bandwidth$/\pi$ states are enough, rounded up to pairs: the fewest states with "
                  rf"which the best layer of pairs recalls $95\,\%$ of AR(1) input, $\rho = {config.rho}$, $D = {D}$.",
        source="practitioner's reading of the bound",
        predicted=2 * np.ceil(rule / 2),
        measured=needed,
        tolerance=0.0,
        reason="a comparison of even numbers",
    )


def _lmu_claim(config):
    D, S = config.delay, config.states
    process = numeric.ar1(config.rho)
    line = pade_delay(D, S)
    return Claim(
        id="delay-learning/legendre-memory",
        statement=rf"The Legendre memory unit is the best delay line for its size: $E|e|^2$ for AR(1) input, "
                  rf"$\rho = {config.rho}$, $D = {D}$, {S} states.",
        source="Voelker et al., Legendre Memory Units, NeurIPS 2019, read for discrete time",
        predicted=best_pairs(D, S, config.rho)[0],
        measured=1 - recalled(line, D, config.rho),
        tolerance=1e-4,
        reason="quadrature of the loss over frequency against its sum over time",
        law=r"its own loss by quadrature; it matches the delay at $\omega = 0$ to the highest order, not over the band",
        law_value=2 * loss(line, delay_line(D), process),
    )


def _register_claim():
    D, u = 30, np.random.default_rng(0).standard_normal(200)
    y, _ = numeric.simulate(delay_line(D), u)
    return Claim(
        id="delay-learning/shift-register",
        statement="The bound is sharp on shift registers: $D$ zero poles in delayed timing recall $u_{t-D}$ "
                  f"without loss ($D = {D}$): the largest error.",
        source="new here",
        predicted=0.0,
        measured=float(np.max(np.abs(y[D:] - u[:-D]))),
        tolerance=0.0,
        reason="products with ones",
    )


def _total_claim():
    stacks = [numeric.cascade([0.9, 0.8, 0.0, 0.5, 0.0], timing=timing) for timing in ("current", "delayed")]
    return Claim(
        id="delay-learning/total-memory",
        statement=r"The memory function adds up to the number of controllable states, whatever the depth: for poles "
                  r"$0.9, 0.8, 0, 0.5, 0$ three in current timing and five in delayed timing.",
        source="Jaeger, GMD report 152, 2001; Guan et al., arXiv 2510.00563",
        predicted=[3, 5],
        measured=[float(numeric.memory_function(stack, np.arange(400)).sum()) for stack in stacks],
        tolerance=1e-12,
        reason=r"rounding; the tail $0.9^{800}$ is far below it",
    )


# --- Panels ---------------------------------------------------------------------------------------------------------


def _arm_panel(config, arms):
    D, S = config.delay, config.states
    rank = np.arange(1, config.seeds + 1)
    curves = [Curve(rank, np.maximum(arms[_key(name)], 0), name, "markers", group=n) for n, name in enumerate(ARMS)]
    line = Curve(np.array([1, config.seeds]), np.full(2, bound(D, S)), "bound S/(D+1)", "dashed", group=6)
    return Panel("What training reaches", "seed, the best first", "captured share of the variance", (*curves, line),
                 note=f"white input, D = {D}, {S} states in all")


def _share_panel(config, growth):
    D, S = config.delay, np.array([1, 2, 4, 8, 16])
    captured = growth["captured_by_width"] / bound(D, growth["widths"])[:, None]
    even = S[1:4]
    return Panel("Share of the bound", "states S", "captured · (D+1)/S", (
        Curve(S, [last_layer(D, int(n))[0] / bound(D, n) for n in S], "real cascade, last layer", group=0),
        Curve(S, [all_layers(D, int(n))[0] / bound(D, n) for n in S], "real cascade, all layers", group=1),
        Curve(even, [(1 - best_pairs(D, int(n))[0]) / bound(D, n) for n in even], "pairs, best", group=2),
        Curve(growth["widths"], np.median(captured, axis=1), "pairs, learned", "markers", captured.min(axis=1),
              captured.max(axis=1), group=2),
        Curve(S, [(1 - missed(explicit_poles(D, int(n), 1.0), D)) / bound(D, n) for n in S], "explicit filter",
              "dashed", group=3),
    ), xscale="log", note=f"white input, D = {D}; learned: median and range over {config.seeds} seeds")  # fmt: skip


def _response_panel(config, models):
    times = np.arange(3 * config.delay)
    shown = ("real cascade", "wide, real poles", "wide, pairs")
    return Panel("What the students learned", "time t (samples)", "$h_t$",
                 tuple(Curve(times, numeric.impulse_response(models[name], times).real, name) for name in shown),
                 note=f"the target is one at t = {config.delay}, zero elsewhere")


def _colored_panel(config, colored):
    D, S = config.delay, np.arange(1, 13)
    found = colored["colored_missed"]
    order = np.array([2, 4, 6, 8])
    lmu = [1 - recalled(pade_delay(D, int(n)), D, config.rho) for n in order]
    return Panel("Recall of a correlated input", "states S", "$E|e|^2$", (
        Curve(S, [colored_bound(D, int(n), config.rho) for n in S], "bound", group=0),
        Curve(S, [outside_band(n / (D + 1), config.rho) for n in S], "Szegő limit", "dashed", group=6),
        Curve(np.array(BEST_STATES), colored["colored_best"], "pairs, best", group=2),
        Curve(np.array([config.states]), np.array([np.median(found)]), "pairs, learned", "markers",
              np.array([found.min()]), np.array([found.max()]), group=2),
        Curve(order, lmu, "Legendre memory unit", "markers", group=4),
    ), yscale="log", note=f"AR(1), ρ = {config.rho}, D = {D}")  # fmt: skip


def _start_panel(config, starts):
    rank = np.arange(1, config.seeds + 1)
    names = {name: f"{name}, phases in the band" for name in PARAMETRIZATIONS} | {"ring": "exp-exp, on the ring"}
    return Panel("Parametrization and initial phases", "seed, the best first", "captured share of the variance",
                 tuple(Curve(rank, np.maximum(starts["start_" + name.replace("-", "_")], 0), label, "markers")
                       for name, label in names.items()),
                 note=f"wide layer of pairs, white input, D = {config.delay}, {config.states} states")
