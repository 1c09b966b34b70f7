"""How gains are learned at fixed poles: a sigmoid, its time against width, and Saxe's form in depth."""

from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.integrate import solve_ivp

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from ..learning import population
from . import exact
from .dynamics_laws import correlations, depth_time, endless_depth, learned, learning_time, unbalanced_time

FULL_MINUTES = 1
RTOL = 1e-7  # of the integrator, a step
FLOW = r"the integrator's tolerance of $10^{-7}$ a step, over at most a hundred steps"
FLOW_TOLERANCE = 1e-5


@dataclass(frozen=True)
class Config:
    """Teachers and students with the same poles; time in units of τ, a loss of ½E|y_S − y_T|²."""

    pole: float = 0.9
    poles: tuple[float, ...] = (0.5, 0.7, 0.85, 0.95)
    teacher: tuple[float, ...] = (0.9, 0.6)
    rho: float = 0.6
    speeds: tuple[float, ...] = (0.5, 0.9, 0.99)
    start: float = 0.01
    states: tuple[int, ...] = (1, 4, 16)
    random_states: tuple[int, ...] = (2, 4, 8)
    spread: float = 0.05
    depths: tuple[int, ...] = (1, 2, 3, 6, 12)
    factor: float = 0.5
    share: float = 0.1
    imbalances: tuple[float, ...] = (0.1, 0.2, 0.4)
    imbalanced_depth: int = 3
    seeds: int = 11
    seed: int = 10

    @classmethod
    def full(cls):
        """Wider layers, more seeds."""
        return replace(cls(), states=(1, 4, 16, 64), share=0.02, random_states=(2, 4, 8, 16, 32), seeds=41)


def run(config, progress):
    """Closed forms and quadratures against the gradient flow of the exact loss."""
    sigmoid = _sigmoid(config)
    progress(0.1)
    width, width_arrays = _width(config)
    progress(0.4)
    depth, depth_arrays = _depth(config)
    progress(0.8)
    imbalance, imbalance_arrays = _imbalance(config)
    panels = (_sigmoid_panel(config), _width_panel(width_arrays), _gain_panel(config), _depth_panel(depth_arrays),
              _imbalance_panel(imbalance_arrays))  # fmt: skip
    return Result(
        name="dynamics",
        title="Learning dynamics of the gains: width, depth and balance",
        summary=(
            r"Poles fixed, the gains $b$ and $c$ follow the gradient of the exact loss. All starts of one layer obey "
            r"one law, $\tau\dot w = 2n\sqrt{w^2+m^2}\,(\sigma-\eta w)$, a sigmoid for $m = 0$: $\sigma$ and $\eta$ "
            r"hold all that teacher and input correlation do, $m$ the imbalance. States that share $b$ and $c$ learn "
            r"$N$ times faster ($n = N$); states with their own gains do not ($n = 1$), and a random start of spread "
            r"$s$ helps only through its imbalance $m \approx N s^2$. In depth, $\dot g = 2K g^{2-1/K}(1-g)$ makes the "
            r"time to learn a gain rise up to three layers and then fall; in steps at a fixed share of the largest "
            r"stable rate it rises with depth and saturates. For practice: compare depths each at its own rate, start "
            r"the product of the gains at a fixed size rather than its factors, and do not fear unbalanced gains: they "
            r"learn faster."
        ),
        config=asdict(config),
        arrays=width_arrays | depth_arrays | imbalance_arrays,
        panels=panels,
        claims=(*sigmoid, *width, *depth, *imbalance),
        formulas=(
            (r"Shared $b$, $c$, balanced, $w = Nbc$",
             r"w(t) = \frac{\sigma}{\eta}\, \frac{e^{2N\sigma t/\tau}}{e^{2N\sigma t/\tau} - 1 + \sigma/(\eta w_0)}"),
            (r"Any start: $X = w + \sqrt{w^2+m^2}$, $r = \sqrt{s^2+m^2}$, $s = \sigma/\eta$",
             r"\frac{X - s + r}{s + r - X} = \frac{X_0 - s + r}{s + r - X_0}\, e^{2 n \eta r t/\tau}"),
            (r"$K$ layers, $2K$ balanced gains, $g = \prod_k b_k c_k$, in units of the output's variance",
             r"\dot g = 2K g^{2-1/K} (1-g), \qquad K\,T_K \to \frac{1}{2}\left[\ln\frac{g}{1-g} - \frac{1}{g}\right]"
             r"_{g_0}^{g_1}"),
        ),
    )


# Gradient flow of the exact loss ------------------------------------------------------------------------------------


def flow(velocity, start, times):
    """The solution of ẋ = velocity(x) at `times`: (times, parameters)."""
    return _solve(velocity, start, (0.0, float(times[-1])), t_eval=times).y.T


def arrival(velocity, start, reached, horizon):
    """When the solution crosses reached(x) = 0, at most `horizon`."""

    def event(t, x):
        return reached(x)

    event.terminal = True
    return float(_solve(velocity, start, (0.0, horizon), events=event).t_events[0][0])


def _solve(velocity, start, span, **options):
    return solve_ivp(lambda t, x: velocity(x), span, np.asarray(start, dtype=float), method="DOP853", rtol=RTOL,
                     atol=1e-3 * RTOL, **options)  # fmt: skip


def shared(poles, teacher, process=None):
    """The velocity of (b, c), shared by all states of one layer."""

    def velocity(x):
        B, C = _gradient(np.full(len(poles), x[0]), np.full(len(poles), x[1]), poles, teacher, process)
        return -np.array([B.sum(), C.sum()])

    return velocity


def unshared(poles, teacher, process=None):
    """The velocity of (b_1…b_N, c_1…c_N)."""

    def velocity(x):
        return -np.concatenate(_gradient(*np.split(x, 2), poles, teacher, process))

    return velocity


def _gradient(b, c, poles, teacher, process):
    student = numeric.stack([numeric.Layer(poles, b[:, None], c[None, :])])
    _, fields = population.gradient(student, teacher, process)
    return np.ravel(fields.B[0]), np.ravel(fields.C[0])


def deep(poles):
    """The velocity of (b_1…b_K, c_1…c_K) of a cascade, the teacher of unit gains; time in units of 1/V."""
    poles = np.asarray(poles, dtype=float)
    teacher = numeric.cascade(poles)
    V = exact.autocovariance(poles, [0])[0]

    def velocity(x):
        _, fields = population.gradient(numeric.cascade(poles, *np.split(x, 2)), teacher, None)
        return -np.concatenate([np.ravel(fields.B), np.ravel(fields.C)]) / V

    return velocity


# One layer ----------------------------------------------------------------------------------------------------------


def _sigmoid(config):
    N, teacher, process = len(config.poles), numeric.cascade(config.teacher), numeric.ar1(config.rho)
    sigma, eta = correlations(config.poles, config.teacher, config.rho)
    w0 = config.start * sigma / eta
    times = learning_time(w0, sigma / eta / 2, sigma, eta, N) * np.array([0.25, 0.5, 0.75, 1.0, 1.25, 1.5])
    start = np.sqrt(w0 / N)
    velocity = shared(np.array(config.poles), teacher, process)
    yield Claim(
        id="dynamics/shared-sigmoid",
        statement=r"With fixed poles and $b$, $c$ shared by $N$ states, balanced, $w = Nbc$ follows a logistic curve "
                  rf"of rate $2N\sigma/\tau$ ({N} different poles, AR(1) input, a teacher of two other poles; at six "
                  "times).",
        source="Smékal et al., arXiv 2407.07279, in the reading with shared gains; Saxe et al., arXiv 1312.6120",
        predicted=learned(times, w0, sigma, eta, N),
        measured=N * np.prod(flow(velocity, [start, start], times), axis=1),
        tolerance=FLOW_TOLERANCE,
        reason=FLOW,
        condition=r"$b$ and $c$ shared and balanced, $|b| = |c|$ at the start",
    )  # fmt: skip
    c = 0.3
    rate = N**2 * c**2 * eta
    readout = flow(lambda x: velocity([x[0], c])[:1], [w0 / (N * c)], times * 2 * sigma / (N * c**2 * eta))
    yield Claim(
        id="dynamics/fixed-readout",
        statement=r"With $c$ fixed there is no plateau: $w$ approaches $\sigma/\eta$ exponentially at the rate "
                  r"$N^2c^2\eta/\tau$ (at six times).",
        source="new here, after Smékal et al., arXiv 2407.07279",
        predicted=sigma / eta + (w0 - sigma / eta) * np.exp(-rate * times * 2 * sigma / (N * c**2 * eta)),
        measured=N * c * readout[:, 0],
        tolerance=FLOW_TOLERANCE,
        reason=FLOW,
    )  # fmt: skip
    unequal = [(start * np.exp(a), start * np.exp(-a)) for a in (1.0, 2.0)]
    half = sigma / eta / 2
    balanced = learning_time(w0, half, sigma, eta, N)
    yield Claim(
        id="dynamics/unbalanced",
        statement=r"The logistic curve holds from any start with the same $w_0$: the time to half of $\sigma/\eta$ "
                  r"does not depend on $b/c$ (here $e^2$ and $e^4$).",
        source="Saxe et al., arXiv 1312.6120, read without its condition of balance",
        predicted=[balanced] * 2,
        measured=[arrival(velocity, x, lambda x: N * x[0] * x[1] - half, 2 * balanced) for x in unequal],
        tolerance=FLOW_TOLERANCE,
        reason=FLOW,
        law=r"$\tau\dot w = 2N\sqrt{w^2+m^2}\,(\sigma-\eta w)$, $m = N|b^2-c^2|/2$ conserved: imbalance is faster",
        law_value=[learning_time(w0, half, sigma, eta, N, N * abs(b**2 - c**2) / 2) for b, c in unequal],
    )  # fmt: skip
    yield from _speeds(config)


def _speeds(config):
    """One state, teacher of the same pole and unit gain: σ = η = E|x|² for unit b."""
    white, colored = np.zeros((2, len(config.speeds)))
    eta, eta_colored = np.zeros((2, len(config.speeds)))
    start = np.sqrt(config.start)
    for n, pole in enumerate(config.speeds):
        eta[n], eta_colored[n] = (exact.autocovariance([pole], [0], rho)[0] for rho in (None, config.rho))
        for out, process in ((white, None), (colored, numeric.ar1(config.rho))):
            velocity = shared(np.array([pole]), numeric.cascade([pole]), process)
            out[n] = arrival(velocity, [start, start], lambda x: x[0] * x[1] - 0.5, 10.0)
    time = np.array([learning_time(config.start, 0.5, value, value) for value in eta])
    yield Claim(
        id="dynamics/slow-poles-first",
        statement=r"Of equal gains those of slow poles are learned first, in times proportional to $1-\lambda^2$ "
                  rf"($\lambda = {', '.join(map(str, config.speeds))}$, white input).",
        source="new here, after Smékal et al., arXiv 2407.07279",
        predicted=time,
        measured=white,
        tolerance=FLOW_TOLERANCE,
        reason=FLOW,
        condition="the same learning rate for all, states not normalized",
    )  # fmt: skip
    yield Claim(
        id="dynamics/input-correlation",
        statement="Input correlation does not matter for the learning time: AR(1) input with "
                  rf"$\rho = {config.rho}$ over white input of the same variance.",
        source="paper, as quoted in its reviews, read for one layer",
        predicted=np.ones(len(eta)),
        measured=colored / white,
        tolerance=2 * FLOW_TOLERANCE,
        reason=FLOW,
        law=r"$\eta/\eta_\rho = (1-\rho\lambda)/(1+\rho\lambda)$",
        law_value=eta / eta_colored,
    )  # fmt: skip


def _width(config):
    """Times to half of the teacher's gain, against the number of states at one pole."""
    pole = config.pole
    teacher = numeric.cascade([pole])
    eta = exact.autocovariance([pole], [0])[0]
    one = learning_time(config.start, 0.5, eta, eta)
    N = np.array(config.states)
    shared_times, own_times = np.zeros((2, len(N)))
    for n, states in enumerate(config.states):
        poles, start = np.full(states, pole), np.sqrt(config.start / states)
        velocity = shared(poles, teacher)
        shared_times[n] = arrival(velocity, [start] * 2, lambda x, s=states: s * x[0] * x[1] - 0.5, 2 * one)
        own_times[n] = arrival(unshared(poles, teacher), [start] * 2 * states, _own_half, 2 * one)
    found, law = _random_starts(config, teacher, eta)
    random_states = np.array(config.random_states)
    medians = np.median(found, axis=1)
    claims = (
        Claim(
            id="dynamics/states-shared",
            statement=r"$N$ states learn $N$ times faster than one, from the same $w_0$: over-parameterization speeds "
                      rf"up learning ($N = {', '.join(map(str, config.states))}$; time to half, in units of "
                      r"$\tau/\eta$).",
            source="Smékal et al., arXiv 2407.07279",
            predicted=one * eta / N,
            measured=shared_times * eta,
            tolerance=FLOW_TOLERANCE,
            reason=FLOW,
            condition=r"$b$ and $c$ shared by the states",
        ),
        Claim(
            id="dynamics/states-unshared",
            statement=r"$N$ states with gains $b_n$, $c_n$ of their own learn $N$ times faster than one, from the same "
                      r"$w_0$ and balanced.",
            source="Smékal et al., arXiv 2407.07279, read for gains that are not shared",
            predicted=one * eta / N,
            measured=own_times * eta,
            tolerance=FLOW_TOLERANCE,
            reason=FLOW,
            law=r"$2\sigma/\tau$, no $N$: the same time at every width",
            law_value=np.full(len(N), one * eta),
        ),
        Claim(
            id="dynamics/states-random",
            statement=rf"From independent gains of standard deviation $s = {config.spread}$ the time falls as $1/N$ "
                      rf"($N = {', '.join(map(str, config.random_states))}$; medians over {config.seeds} seeds).",
            source="practice: wider layers train faster",
            predicted=medians[0] * random_states[0] / random_states,
            measured=medians,
            tolerance=FLOW_TOLERANCE,
            reason=FLOW + "; the seeds are the same in the law",
            law=r"$\tau\dot w = 2\sqrt{w^2+m^2}\,(\sigma-\eta w)$, $m = \frac12|b+c||b-c| \approx Ns^2$: a "
                r"logarithm of $N$ while $Ns^2 < \sigma/\eta$",
            law_value=np.median(law, axis=1),
        ),
    )  # fmt: skip
    return claims, {
        "states": N, "states_shared": shared_times * eta, "states_own": own_times * eta, "states_law": one * eta / N,
        "random_states": random_states, "random_times": found, "random_law": law,
    }  # fmt: skip


def _own_half(x):
    b, c = np.split(x, 2)
    return b @ c - 0.5


def _random_starts(config, teacher, eta):
    """(widths, seeds) times to half in units of τ/η, of the flow and of the law."""
    rng = np.random.default_rng(config.seed)
    found, law = np.zeros((2, len(config.random_states), config.seeds))
    for n, states in enumerate(config.random_states):
        for seed in range(config.seeds):
            b, c = start = config.spread * rng.standard_normal((2, states))
            m = np.linalg.norm(b + c) * np.linalg.norm(b - c) / 2
            law[n, seed] = learning_time(b @ c, 0.5, eta, eta, 1, m) * eta
            velocity = unshared(np.full(states, config.pole), teacher)
            found[n, seed] = arrival(velocity, start.ravel(), _own_half, 2 * law[n, seed] / eta) * eta
    return found, law


# Depth --------------------------------------------------------------------------------------------------------------


def _depth(config):
    g0, depths = config.start, config.depths
    law = np.array([depth_time(K, g0) for K in depths])
    velocities = [deep(_spread_poles(K)) for K in depths]
    times = np.array([_gain_time(v, np.full(2 * K, g0 ** (0.5 / K)))
                      for K, v in zip(depths, velocities, strict=True)])  # fmt: skip
    small = np.array([_gain_time(v, np.full(2 * K, config.factor))
                      for K, v in zip(depths[:-1], velocities[:-1], strict=True)])  # fmt: skip
    small_law = np.array([depth_time(K, config.factor ** (2 * K)) for K in depths[:-1]])
    coarse, fine = (np.array([_steps(v, K, g0, share) * share for K, v in zip(depths, velocities, strict=True)])
                    for share in (config.share, config.share / 2))  # fmt: skip
    steps = 2 * fine - coarse
    ratio, ratio_law = times[1:] / times[:-1], law[1:] / law[:-1]
    printed = ", ".join(map(str, depths))
    claims = (
        Claim(
            id="dynamics/depth-form",
            statement=r"$2K$ balanced gains obey $\dot g = 2K g^{2-1/K}(1-g)$: times from $g = 0.01$ to $\frac12$ for "
                      rf"$K = {printed}$, in units of $\tau/V$.",
            source="Saxe et al., arXiv 1312.6120, in depth",
            predicted=law,
            measured=times,
            tolerance=FLOW_TOLERANCE,
            reason=FLOW,
            condition="poles learned already, gains balanced",
        ),
        Claim(
            id="dynamics/deeper-is-slower",
            statement=r"Deeper learns slower: from the same product of gains the time of gradient flow rises with each "
                      rf"depth of {printed} (ratios of successive times, at least 1).",
            source="paper, as quoted in its reviews; common belief",
            predicted=np.maximum(ratio_law, 1),
            measured=ratio,
            tolerance=2 * FLOW_TOLERANCE,
            reason=FLOW,
            law=r"$\int dg/(2K g^{2-1/K}(1-g))$: not monotone, it rises to $K = 3$ and falls beyond",
            law_value=ratio_law,
        ),
        Claim(
            id="dynamics/deeper-is-slower-in-steps",
            statement=r"Counted in steps of gradient descent, each depth at the same share of its own largest stable "
                      rf"rate $2/(2KV)$, deeper does learn slower, for $K = {printed}$: steps times share are "
                      rf"$K T_K$, below a bound of {endless_depth(g0):.1f} for any depth.",
            source="Saxe et al., arXiv 1312.6120: a finite delay however deep",
            predicted=np.array(depths) * law,
            measured=steps,
            tolerance=float(np.max(np.abs(steps - fine) / steps)) / 4,
            reason="a quarter of what extrapolation to small steps moves; the rest is of the next order in the rate",
            condition="each depth has its own learning rate",
        ),
        Claim(
            id="dynamics/small-gains",
            statement=rf"From gains of one size, $b_k = c_k = {config.factor}$, the time grows exponentially with "
                      rf"depth ($K = {', '.join(map(str, depths[:-1]))}$): the product starts at "
                      rf"${config.factor}^{{2K}}$.",
            source="Saxe et al., arXiv 1312.6120, in depth",
            predicted=small_law,
            measured=small,
            tolerance=FLOW_TOLERANCE,
            reason=FLOW,
        ),
    )  # fmt: skip
    return claims, {
        "depths": np.array(depths), "depth_times": times, "depth_law": law, "depth_steps": steps,
        "small_times": small, "small_law": small_law,
    }  # fmt: skip


def _spread_poles(K):
    """K different poles in [.3, .6]: only their common variance enters."""
    return np.linspace(0.3, 0.6, K) if K > 1 else np.array([0.6])


def _gain_time(velocity, start):
    horizon = 2 * unbalanced_time(start)
    return arrival(velocity, start, lambda x: np.prod(x) - 0.5, horizon)


def _steps(velocity, K, start, share):
    """Steps of rate share/K (of 2/(2K), in units of 1/V) until g = ½, the last one in part."""
    x, gain, n = np.full(2 * K, start ** (0.5 / K)), start, 0
    while gain < 0.5:
        x = x + share / K * velocity(x)
        before, gain, n = gain, np.prod(x), n + 1
    return n - (gain - 0.5) / (gain - before)


def _imbalance(config):
    """Gains multiplied by e^{a z}, z normal with mean 0 over the gains: the product unchanged."""
    K = config.imbalanced_depth
    rng = np.random.default_rng(config.seed)
    velocity = deep(_spread_poles(K))
    z = rng.standard_normal((config.seeds, 2 * K))
    z -= z.mean(axis=1, keepdims=True)
    starts = config.start ** (0.5 / K) * np.exp(np.array(config.imbalances)[:, None, None] * z)
    found = np.array([[_gain_time(velocity, start) for start in row] for row in starts])
    law = np.array([[unbalanced_time(start) for start in row] for row in starts])
    balanced = depth_time(K, config.start)
    claims = (
        Claim(
            id="dynamics/imbalance",
            statement=rf"A balanced start is the slowest of all starts with the same product of gains, ${K}$ layers: "
                      rf"share of {found.size} random starts that are faster.",
            source=r"new here: $\dot g = g^2(1-g)\sum_i f_i^{-2} \geq 2K g^{2-1/K}(1-g)$ by the means' inequality",
            predicted=1.0,
            measured=float(np.mean(found < balanced)),
            tolerance=0.0,
            reason="one counter-example would refute it",
        ),
        Claim(
            id="dynamics/imbalance-law",
            statement=r"From unequal gains $f_i$ all $f_i^2$ grow alike, and the time is $\int dx/(2g(1-g))$ with $g = "
                      rf"\prod_i \sqrt{{f_i^2 + x}}$ (medians over {config.seeds} seeds, spreads of $\ln f$ of "
                      rf"{', '.join(map(str, config.imbalances))}).",
            source="new here",
            predicted=np.median(law, axis=1),
            measured=np.median(found, axis=1),
            tolerance=FLOW_TOLERANCE,
            reason=FLOW,
        ),
    )  # fmt: skip
    return claims, {
        "imbalances": np.array(config.imbalances), "imbalance_times": found, "imbalance_law": law,
        "balanced_time": np.array([balanced]),
    }  # fmt: skip


# Panels -------------------------------------------------------------------------------------------------------------


def _sigmoid_panel(config):
    pole = config.pole
    eta = exact.autocovariance([pole], [0])[0]
    teacher = numeric.cascade([pole])
    times = np.linspace(0, 2.2 * learning_time(config.start, 0.5, eta, eta), 120)
    marks = times[6::12]
    curves = []
    for group, N in enumerate((1, 2, 4)):
        start = np.sqrt(config.start / N)
        found = N * np.prod(flow(shared(np.full(N, pole), teacher), [start] * 2, marks), axis=1)
        curves += [Curve(times * eta, learned(times, config.start, eta, eta, N), f"shared, N = {N}", group=group),
                   Curve(marks * eta, found, style="markers", group=group)]  # fmt: skip
    own = flow(unshared(np.full(4, pole), teacher), [np.sqrt(config.start / 4)] * 8, marks)
    curves.append(Curve(marks * eta, np.sum(own[:, :4] * own[:, 4:], axis=1), "own gains, N = 4", "markers", group=3))
    return Panel("A gain is learned along a sigmoid", r"time $\eta t/\tau$", r"$w$, teacher at 1", tuple(curves),
                 note=f"lines: closed form; markers: gradient flow; λ = {pole}")  # fmt: skip


def _width_panel(arrays):
    N, times, law = arrays["random_states"], arrays["random_times"], arrays["random_law"]
    low, median, high = np.quantile(times, [0.1, 0.5, 0.9], axis=1)
    return Panel("Width: time to half of the teacher's gain", "states N", r"time $\eta t/\tau$", (
        Curve(arrays["states"], arrays["states_law"], "shared, $1/N$", group=0),
        Curve(arrays["states"], arrays["states_shared"], style="markers", group=0),
        Curve(arrays["states"], np.full(len(arrays["states"]), arrays["states_law"][0]), "own, balanced", group=1),
        Curve(arrays["states"], arrays["states_own"], style="markers", group=1),
        Curve(N, np.median(law, axis=1), "own, random (10–90 %)", group=2),
        Curve(N, median, "", "markers", low, high, 2),
    ), "log", "log", note="lines: laws; markers: gradient flow")  # fmt: skip


def _gain_panel(config):
    curves = []
    gains = config.start ** np.linspace(1, 0, 60)[:-1] * 0.99
    for group, K in enumerate((1, 2, 3, 6)):
        times = np.array([depth_time(K, gains[0], g) if g > gains[0] else 0.0 for g in gains])
        marks = np.linspace(0.1, 0.9, 8) * times[-1]
        found = np.prod(flow(deep(_spread_poles(K)), np.full(2 * K, gains[0] ** (0.5 / K)), marks), axis=1)
        curves += [Curve(times, gains, f"K = {K}", group=group), Curve(marks, found, style="markers", group=group)]
    return Panel("Depth: 2K balanced gains", r"time $Vt/\tau$", r"$g = \prod b_k c_k$", tuple(curves),
                 note="lines: Saxe's equation in depth; markers: gradient flow of a cascade")  # fmt: skip


def _depth_panel(arrays):
    K, fine = arrays["depths"], np.arange(1, arrays["depths"][-1] + 1)
    law = np.array([depth_time(int(k), 0.01) for k in fine])
    few = len(arrays["small_times"])
    return Panel("Depth: time from 0.01 to ½", "depth K", r"time $Vt/\tau$, or steps × share", (
        Curve(fine, law, "flow", group=0), Curve(K, arrays["depth_times"], style="markers", group=0),
        Curve(fine, fine * law, "steps × share", group=1), Curve(K, arrays["depth_steps"], style="markers", group=1),
        Curve(fine[[0, -1]], np.full(2, endless_depth(0.01)), "its bound", "dashed", group=3),
        Curve(K[:few], arrays["small_law"], "flow from gains of ½", group=2),
        Curve(K[:few], arrays["small_times"], style="markers", group=2),
    ), "linear", "log", note="lines: laws; markers: gradient flow and descent")  # fmt: skip


def _imbalance_panel(arrays):
    a, balanced = arrays["imbalances"], arrays["balanced_time"][0]
    low, median, high = np.quantile(arrays["imbalance_times"], [0, 0.5, 1], axis=1)
    return Panel("Imbalance", r"spread of $\ln f$ at the start", r"time $Vt/\tau$ from 0.01 to ½", (
        Curve(np.append(0, a), np.append(balanced, np.median(arrays["imbalance_law"], axis=1)), "law", group=0),
        Curve(a, median, "flow, all seeds", "markers", low, high, 0),
        Curve(np.array([0, a[-1]]), np.full(2, balanced), "balanced", "dashed", group=1),
    ), note="the product of the gains is the same at every start")  # fmt: skip
