"""Complex poles in teachers and students: when real poles are trapped, and what complex coordinates buy."""

from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from ..learning.sections import section_gradient
from ..parametrizations import section_coefficients, section_poles
from . import saddle_flows as flows
from . import saddle_laws as laws

FULL_MINUTES = 4
PAPER = "paper: learning section (Fig. 3A, 5), as quoted in its reviews"


@dataclass(frozen=True)
class Config:
    """Teachers 1/((1 − qz⁻¹)(1 − q̄z⁻¹)), q = radius·e^{i·phase}, or 1/(1 − λ*z⁻¹), λ* = radius·e^{i·turn}; white."""

    radius: float = 0.9
    phase: float = 0.5
    depths: tuple[int, ...] = (2, 4)
    time: float = 40.0
    slow_radius: float = 0.99
    ratios: tuple[float, ...] = (0.5, 1.5, 6.0)
    sign_depths: tuple[int, ...] = (2, 3, 4, 6)
    turn: float = 0.7
    complex_depths: tuple[int, ...] = (2, 3, 4)
    asymmetry: float = 1e-4
    tail_depth: int = 4
    tail_time: float = 1e5
    seeds: int = 10
    seed: int = 5

    @classmethod
    def full(cls):
        """More seeds and depths."""
        return replace(cls(), depths=(2, 4, 6), sign_depths=(2, 3, 4, 5, 6, 8, 12), complex_depths=(2, 3, 4, 6),
                       ratios=(0.5, 1.0, 1.5, 3.0, 4.0, 6.0, 10.0), tail_time=1e6, seeds=40)  # fmt: skip


def run(config, progress):
    """Closed forms of the tied point against flows and Hessians of the population loss."""
    trapped, arrays = _trapped(config)
    progress(0.5)
    sign = _sign(config)
    progress(0.7)
    rotated = _rotated(config)
    progress(0.8)
    out, path = _way_out(config)
    tail, tail_arrays = _tail(config)
    arrays = arrays | path | tail_arrays
    return Result(
        name="complex-poles",
        title="Complex poles: traps for real students, and the way out",
        summary=(
            r"Against a teacher with a complex pole pair the saddle of equal real poles can turn into a strict local "
            r"minimum, $\kappa < 0$: two real poles are always trapped, $K \ge 3$ of them beyond a critical ratio of "
            r"phase to decay rate that grows with $K$. Random real starts then end at the tied point (a few stay on "
            r"the flat far from it), none below it. In the coefficients of second-order sections, or with complex "
            r"poles, the same point is a saddle with escape rate $|\kappa|$: what complex phases buy in learning is a "
            r"way out. For one-layer complex teachers everything turns with the phase: same plateau, same $\kappa$; "
            "only asymmetry along the radius helps. For practice: give every layer complex poles or sections; a real "
            "diagonal layer cannot find an oscillation."
        ),
        config=asdict(config),
        arrays=arrays,
        panels=_panels(config, arrays),
        claims=(*trapped, *sign, *rotated, *out, tail),
        formulas=(
            ("Hessian on moves that keep the mean of the real poles", r"-\kappa I, \quad \kappa = "
             r"-\langle E, Hw^2\rangle"),
            (r"With complex poles, $d\lambda = dx + i\,dy$", r"-\kappa\,(|dx|^2 - |dy|^2)"),
            ("Complex poles near the end, $n = K-1$",
             r"L \to \frac{\lambda^{*2}}{2}\left((2n-2)\lambda^{*2}t\right)^{-n/(n-1)}"),
        ),
    )  # fmt: skip


def oscillator(radius, phase):
    """1/((1 − qz⁻¹)(1 − q̄z⁻¹)) as a numeric stack."""
    q = radius * np.exp(1j * phase)
    return numeric.cascade([q, q.conjugate()])


# --- Trapped, and not ------------------------------------------------------------------------------------------------


def _trapped(config):
    teacher, law = oscillator(config.radius, config.phase), laws.pair(config.radius, config.phase)
    best = [laws.tied(law, K) for K in config.depths]
    starts = {K: [np.random.default_rng([config.seed, K, n]).uniform(-0.9, 0.9, K) for n in range(config.seeds)]
              for K in config.depths}  # fmt: skip
    times = np.geomspace(0.01, config.time, 12)
    real = {K: np.array([flows.flow(teacher, start, times, rtol=1e-2).losses for start in starts[K]])
            for K in config.depths}  # fmt: skip
    sections = np.array([section_flow(teacher, start, times) for start in starts[2]])
    rates = [flows.parting_rates(teacher, np.full(K, tied.pole), tied.gain) for K, tied in zip(
        config.depths, best, strict=True)]  # fmt: skip
    total = law.variance / 2
    claims = (
        Claim(
            id="complex-poles/trapped",
            statement="With enough random starts a student with real poles gets past the tied point, to half its loss: "
                      rf"median and least loss of {config.seeds} starts, $K = {', '.join(map(str, config.depths))}$, "
                      "relative to the teacher's variance.",
            source="practitioner",
            predicted=[tied.loss / (2 * total) for tied in best for _ in range(2)],
            measured=[x / total for losses in real.values() for x in _middle_and_least(losses[:, -1])],
            tolerance=1e-6,
            reason=r"the flow contracts toward a strict minimum as $e^{-2|\kappa|t}$, with the integrator's errors",
            law="the median is trapped at the tied point, a strict local minimum, and no start gets below it",
            law_value=[tied.loss / total for tied in best for _ in range(2)],
        ),
        Claim(
            id="complex-poles/strict-minimum",
            statement=r"There $\kappa < 0$: the Hessian on moves that keep the mean of the real poles is $|\kappa| I$ "
                      r"of the closed form with the teacher's two residues (smallest and largest eigenvalue).",
            source="new here",
            predicted=[-tied.kappa for tied in best for _ in range(2)],
            measured=[x for values in rates for x in (-values.max(), -values.min())],
            tolerance=1e-7,
            reason="the root of the closed form, and rounding of the Hessian",
        ),
        Claim(
            id="complex-poles/sections",
            statement="The coordinates do not matter: in the coefficients of a second-order section the same real "
                      rf"starts ($K = 2$, {config.seeds} seeds) end at the same loss, relative to the teacher's "
                      "variance (median and least).",
            source="practitioner",
            predicted=[best[0].loss / total] * 2,
            measured=[x / total for x in _middle_and_least(sections[:, -1])],
            tolerance=1e-6,
            floor=1.0,
            reason="the flow has converged exponentially, to the tolerance of the integrator",
            law="they find the teacher: the sections' poles meet and leave the real axis",
            law_value=[0.0, 0.0],
        ),
    )  # fmt: skip
    arrays = {f"real_K{K}": losses for K, losses in real.items()} | {
        "times": times, "sections": sections, "tied_losses": np.array([tied.loss for tied in best])}  # fmt: skip
    return claims, arrays


def _middle_and_least(losses):
    """A few starts, negative poles nearly orthogonal to the teacher, are still where the gradient all but vanishes."""
    return np.median(losses), losses.min()


def section_flow(teacher, poles, times):
    """Gradient flow of (a_1, a_2) of every section at the best gain: losses at `times`."""

    def slopes(poles, gain):
        return section_gradient(flows.with_gain(poles, gain), teacher)

    given = flows.landscape(teacher)
    sections = flows.Landscape(slopes, given.rest, given.peak)

    def at(x):
        return flows.at_best_gain(sections, flows.inside(section_poles(x.reshape(-1, 2)).ravel()))

    start = section_coefficients(np.asarray(poles)).ravel()
    found = solve_ivp(lambda _, x: -at(x)[1].ravel(), (0, times[-1]), start, "LSODA", times, rtol=1e-3, atol=1e-8)
    return np.array([at(x)[0] for x in found.y.T])


# --- The sign of κ ---------------------------------------------------------------------------------------------------


def _sign(config):
    cases = [(ratio, K) for ratio in config.ratios for K in config.sign_depths]
    gap = 1 - config.slow_radius
    law = [np.sign(laws.tied(laws.pair(config.slow_radius, ratio * gap), K).kappa) for ratio, K in cases]
    measured = [np.sign(_rate(config, ratio, K)) for ratio, K in cases]
    thresholds = [brentq(lambda r, K=K: laws.tied(laws.pair(config.slow_radius, r * gap), K).kappa, 0.5, 3)
                  for K in (3, 4)]  # fmt: skip
    found = [brentq(lambda r, K=K: _rate(config, r, K), r - 0.02, r + 0.01, xtol=1e-7)
             for r, K in zip(thresholds, (3, 4), strict=True)]  # fmt: skip
    return (
        Claim(
            id="complex-poles/sign-of-kappa",
            statement=r"Any teacher with a complex pole pair traps real poles: $\kappa < 0$, for phases "
                      rf"$\theta = {', '.join(map(str, config.ratios))}$ times $1-|q|$, $|q| = {config.slow_radius}$, "
                      rf"$K = {', '.join(map(str, config.sign_depths))}$ (its sign).",
            source="new here, read for every pair",
            predicted=[-1] * len(cases),
            measured=measured,
            tolerance=0.0,
            reason="a sign",
            law=r"two real poles always; $K \ge 3$ only beyond a critical $\theta/(1-|q|)$ that grows with $K$",
            law_value=law,
        ),
        Claim(
            id="complex-poles/critical-phase",
            statement=r"The saddle turns into a trap at the closed form's root of $\kappa$ in $\theta/(1-|q|)$, for "
                      rf"$K = 3, 4$ ($|q| = {config.slow_radius}$).",
            source="new here",
            predicted=thresholds,
            measured=found,
            tolerance=1e-6,
            reason="the tolerance of the two roots, $10^{-7}$, tenfold",
        ),
    )  # fmt: skip


def _rate(config, ratio, K):
    """κ by the engine's Hessian at the tied point that the engine's gradient finds."""
    teacher = oscillator(config.slow_radius, ratio * (1 - config.slow_radius))
    pole, gain, _ = flows.tied_plateau(teacher, K)
    return flows.parting_rates(teacher, np.full(K, pole), gain).mean()


# --- Complex students ------------------------------------------------------------------------------------------------


def _rotated(config):
    turn = np.exp(1j * config.turn)
    teacher = numeric.cascade([config.radius * turn])
    best = [laws.tied(laws.one_layer(config.radius), K) for K in config.complex_depths]
    spectra, slopes = [], []
    for K, tied in zip(config.complex_depths, best, strict=True):
        spectra.append(flows.complex_parting_rates(teacher, np.full(K, tied.pole * turn), tied.gain))
        slopes.append(np.abs(flows.at_best_gain(flows.landscape(teacher), np.full(K, tied.pole * turn))[1]).max())
    angles = np.deg2rad([0.0, 60.0])
    tied, offset = best[0], config.asymmetry * np.array([0.5, -0.5])
    starts = [(tied.pole + offset * np.exp(1j * angle)) * turn for angle in angles]
    reached = flows.half_times(teacher, starts, tied.loss / 2, 80 / tied.kappa, rtol=1e-7)
    return (
        Claim(
            id="complex-poles/rotation",
            statement=r"A complex one-layer teacher $\lambda^* = |\lambda^*| e^{i\theta}$ has the plateau of "
                      r"$|\lambda^*|$ turned by $\theta$: there the gradient vanishes, relative to "
                      rf"$\kappa(1-\lambda)$, $K = {', '.join(map(str, config.complex_depths))}$.",
            source="new here",
            predicted=np.zeros(len(best)),
            measured=[x / (each.kappa * (1 - each.pole)) for x, each in zip(slopes, best, strict=True)],
            tolerance=1e-9,
            floor=1.0,
            reason="rounding of a gradient whose terms are larger than this unit",
            condition="white input: its spectrum is the same at every phase",
        ),
        Claim(
            id="complex-poles/complex-saddle",
            statement=r"Complex poles double the ways out of the saddle: the Hessian on the $2(K-1)$ moves that keep "
                      "the mean has as many negative eigenvalues, "
                      rf"$K = {', '.join(map(str, config.complex_depths))}$.",
            source="practitioner",
            predicted=[2 * (K - 1) for K in config.complex_depths],
            measured=[int((each > 0).sum()) for each in spectra],
            tolerance=0.0,
            reason="a count",
            law=r"$y_S$ is holomorphic in the poles: $-\kappa$ along the radius and $+\kappa$ across, $K-1$ each",
            law_value=[K - 1 for K in config.complex_depths],
        ),
        Claim(
            id="complex-poles/complex-kappa",
            statement=r"These eigenvalues are $\mp\kappa$ of the real teacher $|\lambda^*|$ (smallest and largest).",
            source="new here",
            predicted=[x for each in best for x in (-each.kappa, each.kappa)],
            measured=[x for each in spectra for x in (each.min(), each.max())],
            tolerance=1e-8,
            reason="rounding of the Hessian",
            condition="white input",
        ),
        Claim(
            id="complex-poles/phase-asymmetry",
            statement=r"Asymmetry of the start shortens the plateau whatever its direction in the complex plane: "
                      r"at $60^\circ$ from the radius the escape ($K = 2$) takes as long as along it; the difference "
                      r"times $\kappa$.",
            source="practitioner",
            predicted=0.0,
            measured=(reached[1] - reached[0]) * tied.kappa,
            tolerance=10 * config.asymmetry / (1 - tied.pole),
            floor=1.0,
            reason=r"$\delta_0$ in units of $1-\lambda$, ten times",
            law=r"only its part along the radius grows: $\ln(1/\cos 60^\circ) = \ln 2$ more",
            law_value=np.log(2),
        ),
    )  # fmt: skip


def _way_out(config):
    teacher, tied = oscillator(config.radius, config.phase), laws.tied(laws.pair(config.radius, config.phase), 2)
    sizes = (1e-3, 1e-5)
    starts = [tied.pole + 1j * size * np.array([0.5, -0.5]) for size in sizes]
    reached = flows.half_times(teacher, starts, tied.loss / 2, 80 / abs(tied.kappa), rtol=1e-5)
    times = np.linspace(0.25, 30, 60) / abs(tied.kappa)
    found = flows.flow(teacher, starts[0], times, rtol=1e-4)
    claims = (
        Claim(
            id="complex-poles/way-out",
            statement=r"With complex poles the trap is a saddle again: from $\lambda \pm i\delta_0/2$ ($K = 2$) ten "
                      r"times less asymmetry costs $\ln 10/|\kappa|$ more time.",
            source="new here",
            predicted=np.log(10) / abs(tied.kappa),
            measured=(reached[1] - reached[0]) / 2,
            tolerance=sizes[0] / (1 - tied.pole),
            reason=r"the largest $\delta_0$ in units of $1-\lambda$: so far the linear regime holds",
        ),
        Claim(
            id="complex-poles/way-out-ends",
            statement="It ends at the teacher's pair: loss relative to the teacher's variance, and modulus and phase "
                      "of the pole.",
            source="new here",
            predicted=[0.0, config.radius, config.phase],
            measured=[found.losses[-1] / laws.pair(config.radius, config.phase).variance * 2,
                      np.abs(found.poles[-1, 0]), np.angle(found.poles[-1, 0])],
            tolerance=1e-6,
            floor=1.0,
            reason="exponential convergence, to the tolerance of the integrator",
        ),
    )  # fmt: skip
    path = np.stack([found.poles.real, found.poles.imag], axis=-1)
    return claims, {"way_out_times": times * abs(tied.kappa), "way_out_poles": path}


def _tail(config):
    """Poles at 0 that start as the n-th roots of unity, so that p_n is the last power sum to vanish."""
    n, pole = config.tail_depth - 1, config.radius
    start = np.append(pole, 0.3 * np.exp(2j * np.pi * (np.arange(n) + 0.25) / n))
    times = np.geomspace(10, config.tail_time, 4 * int(np.log10(config.tail_time) - 1) + 1)
    found = flows.flow(numeric.cascade([pole]), start, times, rtol=1e-4)
    rates = -np.diff(np.log(found.losses)) / np.diff(np.log(times))
    claim = Claim(
        id="complex-poles/tail",
        statement=r"Complex students converge like real ones, $L \sim t^{-2}$: the exponent at the end of the run, "
                  rf"$K = {config.tail_depth}$.",
        source="new here, read for complex poles",
        predicted=2.0,
        measured=rates[-1],
        tolerance=abs(rates[-1] - rates[-5]),
        reason="the change of the exponent over the last tenfold of time",
        law=r"the power sums $p_2, \ldots, p_{n-1}$ can vanish before $p_n$, $n = K-1$: $L \sim t^{-n/(n-1)}$",
        law_value=n / (n - 1),
    )  # fmt: skip
    return claim, {"tail_times": times, "tail_losses": found.losses}


# --- Panels ----------------------------------------------------------------------------------------------------------


def _panels(config, arrays):
    times, losses = arrays["times"], []
    for group, K in enumerate(config.depths):
        low, middle, high = np.quantile(arrays[f"real_K{K}"], [0.1, 0.5, 0.9], axis=0)
        losses += [Curve(times, middle, f"real poles, K = {K}", "line", low, high, group=group),
                   Curve(times[[0, -1]], np.full(2, arrays["tied_losses"][group]), "", "dashed", group=group)]
    low, middle, high = np.maximum(np.quantile(arrays["sections"], [0.1, 0.5, 0.9], axis=0), 1e-12)
    losses.append(Curve(times, middle, "one section", "line", low, high, group=4))
    path = arrays["way_out_poles"] @ np.array([1, 1j])
    star = config.radius * np.exp(1j * config.phase)
    plane = (
        Curve(path[:, 0].real, path[:, 0].imag, "complex poles", group=0),
        Curve(path[:, 1].real, path[:, 1].imag, "", group=0),
        Curve([star.real] * 2, [star.imag, -star.imag], "teacher", "markers", group=1),
        Curve([laws.tied(laws.pair(config.radius, config.phase), 2).pole], [0.0], "tied point", "markers", group=2),
    )  # fmt: skip
    ratios, signs = np.geomspace(0.2, 12, 60), []
    gap = 1 - config.slow_radius
    for group, K in enumerate((2, 3, 4, 6)):
        kappas = [laws.tied(laws.pair(config.slow_radius, ratio * gap), K) for ratio in ratios.tolist()]
        scale = [abs(laws.tied_curvature(laws.pair(config.slow_radius, ratio * gap), K)) for ratio in ratios.tolist()]
        signs.append(Curve(ratios, [k.kappa / h for k, h in zip(kappas, scale, strict=True)], f"K = {K}", group=group))
    law = laws.algebraic_tail(config.radius, arrays["tail_times"], config.tail_depth - 1)
    real_law = laws.algebraic_tail(config.radius, arrays["tail_times"], 2)
    tail = (
        Curve(arrays["tail_times"], law, f"n = {config.tail_depth - 1}: complex poles", group=0),
        Curve(arrays["tail_times"], arrays["tail_losses"], "", "markers", group=0),
        Curve(arrays["tail_times"], real_law, "n = 2: real poles", "dashed", group=1),
    )
    setting = f"pair {config.radius}·exp(±{config.phase}i)"
    return (
        Panel("Real poles are trapped, sections are not", "time (gradient flow)", "loss", tuple(losses), "log",
              "log", note=setting + f"; {config.seeds} seeds; dashed: tied optima"),
        Panel("The way out", "Re λ", "Im λ", plane, note=setting + ", K = 2"),
        Panel("When a pair traps real poles", r"$\theta/(1-|q|)$", r"$\kappa/h$", tuple(signs), "log",
              note=f"|q| = {config.slow_radius}; below 0: a strict local minimum"),
        Panel("The end, with complex poles", "time (gradient flow)", "loss", tail, "log", "log",
              note=f"K = {config.tail_depth}, λ* = {config.radius}"),
    )  # fmt: skip
