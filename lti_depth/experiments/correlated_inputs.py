"""Does the correlation of the input matter for which eigenvalues a deep student learns? Plateau, escape and limits."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.optimize import brentq

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from . import records
from . import saddle_flows as flows
from . import saddle_laws as laws

FULL_MINUTES = 1
PAPER = "paper, as quoted in its reviews: whether the input is correlated does not matter at depth"
TOKENS = 0.0431, 0.9970, 0.332  # R(Δ) = 0.0431·0.9970^|Δ| + 0.332·[Δ = 0] (Zucchet & Orvieto, arXiv 2405.21064)


@dataclass(frozen=True)
class Config:
    """One-layer teachers, students with best gain; inputs of unit variance."""

    teacher: float = 0.99
    depths: tuple[int, ...] = (2, 4, 6)
    rhos: tuple[float, ...] = (0.9, 0.99)
    gap: float = 1e-4
    escape_depths: tuple[int, ...] = (2, 3)
    asymmetries: tuple[float, ...] = (1e-3, 1e-5)
    rho_panel: int = 13
    seeds: int = 10
    seed: int = 6

    @classmethod
    def full(cls):
        """More depths and seeds."""
        return replace(cls(), depths=(2, 3, 4, 5, 6, 12), escape_depths=(2, 3, 6, 12), rho_panel=40, seeds=40)


@dataclass(frozen=True, eq=False)
class Input:
    """A process of unit variance and, separately, its spectrum at ω for the quadrature."""

    name: str
    process: numeric.Process
    spectrum: Callable


def run(config, progress):
    """Quadratures over the spectrum against the engine's gradients, Hessians and flows."""
    inputs = _inputs(config)
    cases = [(each, K) for each in inputs for K in config.depths]
    law = [tied_under(each.spectrum, config.teacher, K) for each, K in cases]
    white = [laws.tied(laws.one_layer(config.teacher), K) for _, K in cases]
    found = [_measured(config.teacher, K, each.process) for each, K in cases]
    progress(0.4)
    claims = [
        *_plateau(config, inputs, law, white, found),
        _fast_input(config),
        _slow_input(config),
    ]
    progress(0.6)
    claims += [_escape(config)]
    progress(0.9)
    panels, arrays = _panels(config, inputs, law, found)
    return Result(
        name="correlated-inputs",
        title="Correlated inputs: what they change of the plateau, and what not",
        summary=(
            r"Input correlation does matter, and how much depends on one comparison. When the input forgets faster "
            r"than the teacher ($1-\lambda^* \ll 1-\rho$) the plateau is that of white noise, $1-\lambda = "
            r"(2K-1)(1-\lambda^*)$, and the escape is faster by the factor $S_u(0)$. When the input is slower, the "
            r"plateau moves toward the teacher, to $1-\lambda = \sigma_K(1-\lambda^*)$ with $\sigma_K \to K/\ln 2$, "
            r"and far less of the loss is left on it. The saddle itself, of index $K-1$, is there under every input. "
            "For practice: real inputs (token embeddings, records) are of neither kind at common time scales, so "
            "measure the spectrum near zero frequency at the resolution of the memory that is to be learned."
        ),
        config=asdict(config),
        arrays=arrays,
        panels=panels,
        claims=tuple(claims),
        formulas=(
            ("A fast input", r"\frac{1-\lambda}{1-\lambda^*} \to 2K-1, \quad \frac{\kappa}{\kappa_{white}} \to S_u(0)"),
            ("A slow input, $1-\\rho \\ll 1-\\lambda^* \\ll 1$", r"\frac{1-\lambda}{1-\lambda^*} \to \sigma_K, \quad "
             r"\left(\frac{\sigma_K}{1+\sigma_K}\right)^{K+1} = \frac{1}{2}\left(1 - \binom{2K}{K} 4^{-K}\right)"),
        ),
    )  # fmt: skip


# --- Inputs and quadrature ------------------------------------------------------------------------------------------


def ar1_spectrum(rho):
    """(1 − ρ²)/|1 − ρe^{−iω}|²."""
    return lambda omega: (1 - rho**2) / ((1 - rho) ** 2 + 4 * rho * np.sin(omega / 2) ** 2)


def _inputs(config):
    slow, rho, noise = TOKENS
    total, pole = slow + noise, ar1_spectrum(rho)
    u = records.sunspots()
    u = u - u.mean()
    R = np.correlate(u, u, "full")[len(u) - 1 :] / np.sum(u * u)
    lags = np.arange(1, len(R))
    return (
        *(Input(f"AR(1), ρ = {r}", numeric.ar1(r), ar1_spectrum(r)) for r in config.rhos),
        Input("token embeddings", numeric.ar1(rho, slow / total) + numeric.white(noise / total),
              lambda omega: (slow * pole(omega) + noise) / total),
        Input("sunspots", numeric.recorded(u / np.sqrt(np.mean(u * u))),
              lambda omega: R[0] + 2 * np.cos(np.outer(omega, lags)) @ R[1:]),
    )  # fmt: skip


@dataclass(frozen=True)
class Plateau:
    """1 − λ of the tied optimum, its loss, κ there, and the curvature h along equal poles at the best gain."""

    gap: float
    loss: float
    kappa: float
    stiffness: float


def tied_under(spectrum, teacher, K, nodes=1 << 14):
    """The tied optimum by equally spaced nodes on the circle: |λ*|^nodes and ρ^nodes must be negligible.

    With H = (1 − λz⁻¹)^{−K}: the slope of log ⟨H, H_T⟩²/‖H‖² vanishes; κ = −⟨E, Hw²⟩.
    """
    omega = (np.arange(nodes // 2) + 0.5) * (2 * np.pi / nodes)
    weights, x = spectrum(omega) * 2 / nodes, np.exp(-1j * omega)
    target = 1 / (1 - teacher * x)

    def inner(f, h):
        return float(np.sum((f.conj() * h).real * weights))

    def captured(pole):
        """⟨H, H_T⟩²/‖H‖² and the derivative of its logarithm."""
        H = (1 - pole * x) ** -float(K)
        dH = K * x * H / (1 - pole * x)
        overlap, energy = inner(H, target), inner(H, H)
        return overlap**2 / energy, 2 * inner(dH, target) / overlap - 2 * inner(dH, H) / energy

    gaps = np.linspace(np.log(1 - teacher), np.log(0.999), 31)
    best = int(np.argmax([captured(1 - gap)[0] for gap in np.exp(gaps)]))
    gap = np.exp(brentq(lambda g: captured(1 - np.exp(g))[1], gaps[max(best - 1, 0)], gaps[best + 1], xtol=1e-14))
    pole, step = 1 - gap, 1e-4 * gap
    H = (1 - pole * x) ** -float(K)
    H *= inner(H, target) / inner(H, H)
    E = H - target
    bend = (captured(pole + step)[1] - captured(pole - step)[1]) / (2 * step)
    kappa = -inner(E, H * (x / (1 - pole * x)) ** 2)
    return Plateau(gap, inner(E, E) / 2, kappa, -captured(pole)[0] * bend / (2 * K))


def _measured(pole, K, process):
    """The same from the engine's gradient and Hessian, and the Hessian's index in (λ, log g)."""
    teacher = numeric.cascade([pole])
    tied, gain, loss = flows.tied_plateau(teacher, K, process)
    poles = np.full(K, tied)
    H = flows.hessian(teacher, poles, gain, process)
    rates = flows.parting_rates(teacher, poles, gain, process)
    together = np.append(np.full(K, K**-0.5), 0.0)
    cross, own = (H @ together)[K], H[K, K]
    return Plateau(1 - tied, loss, rates.mean(), together @ H @ together - cross**2 / own), int(
        (np.linalg.eigvalsh(H) < 0).sum())  # fmt: skip


# --- Claims ---------------------------------------------------------------------------------------------------------


def _plateau(config, inputs, law, white, found):
    names = ", ".join(each.name for each in inputs)
    setting = rf"$\lambda^* = {config.teacher}$, $K = {', '.join(map(str, config.depths))}$; {names}"
    plateaus, stiff = [each for each, _ in found], []
    for K in config.depths:
        teacher = laws.one_layer(config.teacher)
        stiff.append(laws.tied_curvature(teacher, K) / laws.tied(teacher, K).kappa)
    exact = "rounding of the quadrature and of the Hessian, whose entries are up to $10^5$ times larger than the value"
    variance = laws.one_layer(config.teacher).variance
    totals = [t for each in inputs for t in [_total(each, config.teacher)] for _ in config.depths]
    return (
        Claim(
            id="correlated-inputs/plateau",
            statement="Input correlation does not matter: "
                      rf"$1-\lambda$ on the plateau is that of white input ({setting}).",
            source=PAPER,
            predicted=[1 - best.pole for best in white],
            measured=[each.gap for each in plateaus],
            tolerance=1e-7,
            reason=exact,
            law=r"the tied optimum in $\langle\cdot,\cdot\rangle$ weighted by the input's spectrum",
            law_value=[each.gap for each in law],
        ),
        Claim(
            id="correlated-inputs/loss",
            statement="The share of the teacher's variance that is missed on the plateau is that of white input "
                      f"({setting}).",
            source=PAPER,
            predicted=[2 * best.loss / variance for best in white],
            measured=[2 * each.loss / total for each, total in zip(plateaus, totals, strict=True)],
            tolerance=1e-7,
            reason=exact,
            law=r"the weighted tied optimum: less is missed, the slower the input",
            law_value=[2 * each.loss / total for each, total in zip(law, totals, strict=True)],
        ),
        Claim(
            id="correlated-inputs/kappa",
            statement=f"At the same variance the plateau lasts as long as under white input: $\\kappa$ ({setting}).",
            source=PAPER,
            predicted=[best.kappa for best in white],
            measured=[each.kappa for each in plateaus],
            tolerance=1e-6,
            reason=exact,
            law=r"$\kappa = -\langle E, Hw^2\rangle$ with the input's spectrum",
            law_value=[each.kappa for each in law],
        ),
        Claim(
            id="correlated-inputs/tuned-step",
            statement=r"With the learning rate tuned to each input, an e-fold of escape costs as many steps as under "
                      rf"white input: curvature along equal poles over $\kappa$ ({setting}).",
            source="practitioner",
            predicted=stiff * len(inputs),
            measured=[each.stiffness / each.kappa for each in plateaus],
            tolerance=1e-5,
            reason=exact + "; the quadrature takes a difference quotient",
            law="the ratio of the two weighted curvatures",
            law_value=[each.stiffness / each.kappa for each in law],
        ),
        Claim(
            id="correlated-inputs/index",
            statement=rf"The plateau is a saddle of index $K-1$ under every input ({setting}).",
            source="new here",
            predicted=[K - 1 for _ in inputs for K in config.depths],
            measured=[index for _, index in found],
            tolerance=0.0,
            floor=1.0,
            reason="a count",
        ),
    )  # fmt: skip


def _total(each, pole):
    """‖H_T‖² under the input."""
    return float(numeric.autocovariance(numeric.cascade([pole]), 0, each.process))


def _fast_input(config):
    rho, gaps = config.rhos[0], (10 * config.gap, config.gap)
    scale, rates = [], []
    for gap in gaps:
        teacher = numeric.cascade([1 - gap])
        for K in config.depths:
            tied, gain, _ = flows.tied_plateau(teacher, K, numeric.ar1(rho))
            rate = flows.parting_rates(teacher, np.full(K, tied), gain, numeric.ar1(rho)).mean()
            scale.append((1 - tied) / gap)
            rates.append(rate / laws.kappa_limit(1 - gap, K))
    values = np.array([scale, rates]).reshape(2, 2, -1)
    change = (values[:, 1] - values[:, 0]) / 9
    S_0 = (1 + rho) / (1 - rho)
    predicted = np.concatenate([[2 * K - 1 for K in config.depths], np.full(len(config.depths), S_0)])
    return Claim(
        id="correlated-inputs/fast-input",
        statement=r"Input correlation does not matter at depth: as $\lambda^* \to 1$ the plateau is that of white "
                  rf"input, $1-\lambda = (2K-1)(1-\lambda^*)$, and $\kappa$ only scales with $S_u(0)$ "
                  rf"(AR(1), $\rho = {rho}$, $K = {', '.join(map(str, config.depths))}$).",
        source=PAPER,
        predicted=predicted,
        measured=(values[:, 1] + change).ravel(),
        tolerance=float(np.max(np.abs(change).ravel() / predicted)),
        reason=r"the correction of the extrapolation in $1-\lambda^*$; what is left is of its square",
        condition=r"$S_u$ continuous at $0$ with $0 < S_u(0) < \infty$, and $K(1-\lambda^*) \ll 1-\rho$",
    )  # fmt: skip


def _slow_input(config):
    """ρ and λ* both tend to 1, ρ faster: 1 − ρ = (1 − λ*)²."""
    values = []
    for gap in (10 * config.gap, config.gap):
        process, teacher = numeric.ar1(1 - gap**2), numeric.cascade([1 - gap])
        values.append([(1 - flows.tied_plateau(teacher, K, process)[0]) / gap for K in config.depths])
    coarse, fine = np.array(values)
    change = (fine - coarse) / 9
    law = [laws.slow_input_scale(K) for K in config.depths]
    return Claim(
        id="correlated-inputs/slow-input",
        statement=r"The plateau of a slow teacher is at $1-\lambda = (2K-1)(1-\lambda^*)$ under any input "
                  rf"(here $1-\rho = (1-\lambda^*)^2$, $K = {', '.join(map(str, config.depths))}$).",
        source=PAPER + ", read for any input",
        predicted=[2 * K - 1 for K in config.depths],
        measured=fine + change,
        tolerance=float(np.max(np.abs(change) / law)),
        reason=r"the correction of the extrapolation in $1-\lambda^*$; what is left is of its square",
        law=r"an input slower than the teacher moves it closer, $(\sigma_K/(1+\sigma_K))^{K+1} = \frac{1}{2}(1 - "
            r"\binom{2K}{K}4^{-K})$, $\sigma_K \to K/\ln 2$",
        law_value=law,
    )  # fmt: skip


def _escape(config):
    pole, rho, slopes, kappas = config.teacher, config.rhos[-1], [], []
    teacher, process = numeric.cascade([pole]), numeric.ar1(rho)
    decades = np.log10(config.asymmetries[0] / config.asymmetries[-1])
    gaps = []
    for K in config.escape_depths:
        law = tied_under(ar1_spectrum(rho), pole, K)
        directions = [flows.balanced(np.random.default_rng([config.seed, K, n]), K) for n in range(config.seeds)]
        starts = [1 - law.gap + size * d for d in directions for size in config.asymmetries]
        found = flows.half_times(teacher, starts, law.loss / 2, 80 / law.kappa, process).reshape(config.seeds, -1)
        slopes.append(np.median(found[:, -1] - found[:, 0]) / decades)
        kappas.append(law.kappa)
        gaps.append(law.gap)
    return Claim(
        id="correlated-inputs/escape",
        statement=rf"Under AR(1) input with $\rho = {rho}$, too, ten times less asymmetry costs $\ln 10/\kappa$ more "
                  rf"time (median over {config.seeds} directions, $K = {', '.join(map(str, config.escape_depths))}$).",
        source="new here",
        predicted=np.log(10) / np.array(kappas),
        measured=slopes,
        tolerance=config.asymmetries[0] / min(gaps),
        reason=r"the largest $\delta_0$ in units of the plateau's $1-\lambda$: so far the linear regime holds",
    )  # fmt: skip


# --- Panels ---------------------------------------------------------------------------------------------------------


def _panels(config, inputs, law, found):
    depths, n = np.array(config.depths), len(config.depths)
    gap, kappa = ([], []), ([], [])
    white = [laws.tied(laws.one_layer(config.teacher), K) for K in config.depths]
    for group, each in enumerate(inputs):
        predicted, measured = law[group * n : (group + 1) * n], [p for p, _ in found[group * n : (group + 1) * n]]
        gap[0].extend([Curve(depths, [p.gap / (1 - config.teacher) for p in predicted], each.name, group=group),
                       Curve(depths, [p.gap / (1 - config.teacher) for p in measured], "", "markers", group=group)])
        kappa[0].extend([Curve(depths, [p.kappa for p in predicted], each.name, group=group),
                         Curve(depths, [p.kappa for p in measured], "", "markers", group=group)])
    gap[0].append(Curve(depths, [(1 - best.pole) / (1 - config.teacher) for best in white], "white", "dashed", group=6))
    kappa[0].append(Curve(depths, [best.kappa for best in white], "white", "dashed", group=6))
    rhos = 1 - np.geomspace(1, 1e-4, config.rho_panel)
    crossing, arrays = [], {"rhos": rhos}
    for group, K in enumerate((2, 4)):
        path = [_measured_gap(config.teacher, K, rho) for rho in rhos]
        arrays[f"gap_K{K}"] = np.array(path)
        crossing += [Curve(1 - rhos, np.array(path) / (1 - config.teacher), f"K = {K}", "markers", group=group),
                     Curve(1 - rhos, np.full(len(rhos), 2 * K - 1), "", "dashed", group=group),
                     Curve(1 - rhos, np.full(len(rhos), laws.slow_input_scale(K)), "", "line", group=group)]
    arrays |= {"depths": depths, "gaps": np.array([p.gap for p, _ in found]).reshape(-1, n),
               "kappas": np.array([p.kappa for p, _ in found]).reshape(-1, n)}  # fmt: skip
    setting = f"λ* = {config.teacher}; lines: quadrature, markers: engine"
    return (
        Panel("Where the plateau is", "depth K", r"$(1-\lambda)/(1-\lambda^*)$", tuple(gap[0]), note=setting),
        Panel("How fast it is left", "depth K", "κ", tuple(kappa[0]), "linear", "log", note=setting),
        Panel("From a fast input to a slow one", r"$1-\rho$", r"$(1-\lambda)/(1-\lambda^*)$", tuple(crossing), "log",
              note=f"AR(1), λ* = {config.teacher}; dashed: 2K − 1, lines: slow limit"),
    ), arrays  # fmt: skip


def _measured_gap(pole, K, rho):
    return 1 - flows.tied_plateau(numeric.cascade([pole]), K, numeric.ar1(rho))[0]
