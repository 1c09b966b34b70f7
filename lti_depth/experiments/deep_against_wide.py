"""Figure 3B: a deep teacher, and deep and wide students of it under every normalization and in every coordinates."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from ..claims import Result
from . import deep_against_wide_claims as claims
from . import deep_against_wide_panels as panels
from .start_law import cases
from .student_races import imitate, race
from .student_settings import companion, deep, gains, modal, setting
from .student_spectra import FORMS, conditions, eigenvalues, local_steps, optima, starts
from .student_training import natural

FULL_MINUTES = 4
GRID = (0.3, 0.1, 0.03, 0.01)
SLOW = (0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001)


@dataclass(frozen=True)
class Config:
    """Cascades of `layers` poles; the teacher has output variance 1 for its input."""

    layers: int = 6
    deepest: int = 12
    teacher: tuple[float, float] = (0.5, 0.85)  # moduli of its poles, uniform
    student: tuple[float, float] = (0.3, 0.8)  # and of the students' at the start
    phase: float = 0.5  # of complex poles, uniform within ±, rad/sample
    rho: float = 0.9
    period: int = 96  # of the input: the loss is a sum over so many frequencies
    seeds: int = 10
    steps: int = 600
    rates: tuple[float, ...] = GRID
    slow_rates: tuple[float, ...] = SLOW  # large residues; companion form: stability
    descent_rates: tuple[float, ...] = (2.0, 1.0, 0.5, 0.25, 0.05)  # in units of 2/μ_max at the start
    level: float = 1e-3
    natural_steps: int = 30
    depths: tuple[int, ...] = (2, 3, 4, 5, 6)  # of the condition numbers; more poles: past the rounding of doubles
    descent_steps: int = 400
    fresh_seed: int = 1000  # the first seed of teachers and students on which the laws are tried
    fresh_layers: tuple[int, ...] = (2, 5, 12)
    fresh_arms: tuple[str, ...] = ("none", "lru", "depth-aware")
    fresh_inputs: tuple[float, ...] = (0.0, 0.95)  # ρ
    fresh_phases: tuple[float, ...] = (0.3, 3.141592653589793)
    fresh_optimizers: tuple[str, ...] = ("Adam", "clipped", "short memory")
    fresh_steps: int = 400

    @classmethod
    def full(cls):
        """Twice the seeds and steps, more rates, more depths and inputs on which the laws are tried."""
        return replace(cls(), seeds=20, steps=1200, rates=(1.0, *GRID, 0.003), fresh_layers=(2, 3, 4, 5, 8, 12),
                       fresh_inputs=(0.0, 0.5, 0.95), fresh_phases=(0.3, 1.0, 3.141592653589793),
                       fresh_optimizers=("Adam", "clipped", "short memory", "descent"))


def run(config, progress):
    """Races at the best rate of each arm; laws on fresh teachers; interventions on the wide student; spectra."""
    races = _races(config, progress)
    laws = _laws(config, lambda fraction: progress(0.5 + 0.3 * fraction))
    repairs = _interventions(config)
    progress(0.95)
    kappa = {K: conditions(setting(config, layers=K), FORMS) for K in config.depths}
    spectra, steps = _spectra(config), local_steps(config)
    return Result(
        name="deep-against-wide",
        title="Deep against wide students of a deep teacher",
        summary=(
            f"A cascade of ${config.layers}$ layers, or of ${config.deepest}$, is learned by a cascade and by wide "
            "layers with as many poles. With real poles the cascade is always better conditioned at the optimum, by "
            "many orders of magnitude, and yet loses to the wide layer wherever its loss starts higher: without "
            r"normalization and with LRU's $\sqrt{1-|\lambda|^2}$, where variance explodes with depth. The reason is "
            "the optimizer: Adam divides by gradients that it has seen up to a thousand steps before, and gradient "
            "descent must take a rate that is stable at the start. With gradients clipped to norm $1$ the cascade "
            "wins or draws under every normalization. Rescaling $B$ and $C$ leaves the wide layer about as bad, while "
            "an orthonormal basis of the same functions cures it. With complex poles of different phases the "
            "advantage in conditioning decides nothing, and what the linear model at the start can reach does. In "
            "practice: normalize for the actual depth and input spectrum, or clip; and choose coordinates before "
            "choosing between depth and width."
        ),
        config=asdict(config),
        arrays=_arrays(races, laws, repairs, kappa, spectra, steps),
        panels=panels.panels(config, races, laws, repairs, kappa, spectra),
        claims=claims.claims(config, races, laws, repairs, kappa, steps),
        formulas=(
            ("Students: cascade, modal, companion, orthonormal",
             r"\prod_k \frac{\gamma_k b_k c_k}{1-\lambda_k z^{-1}}, \quad \sum_k \frac{\gamma_k b_k c_k}"
             r"{1-\lambda_k z^{-1}}, \quad \frac{\gamma \sum_j c_j z^{1-j}}{1+\sum_j a_j z^{-j}}, \quad \sum_k c_k "
             r"\frac{\sqrt{1-\lambda_k^2}}{1-\lambda_k z^{-1}} \prod_{l<k} \frac{z^{-1}-\lambda_l}"
             r"{1-\lambda_l z^{-1}}"),
            (r"Gradient descent on a linear model: error after $n$ steps at the rate $\eta$, from the eigenvalues "
             r"$\mu_i$ of Gauss–Newton, the part $e_i$ of the first error in each, and the part outside of all",
             r"\sum_i (1-\eta\mu_i)^{2n} e_i^2 + e_\perp^2"),
        ),
    )


def _races(config, progress):
    """Name to {(side, arm): Arm}."""
    common, three, two = (config.steps, config.level), ("deep", "wide", "companion"), ("deep", "wide")
    rates = {"deep": config.rates, "wide": config.rates, "companion": config.slow_rates}
    relative = dict.fromkeys(two, config.descent_rates)
    white, colored, deepest = setting(config), setting(config, config.rho), setting(config, layers=config.deepest)
    plan = (
        ("white", white, three, "Adam", rates), ("correlated", colored, three, "Adam", rates),
        ("complex", setting(config, phase=config.phase), two, "Adam", rates),
        ("deepest", deepest, two, "Adam", rates), ("deepest, clipped", deepest, two, "clipped", rates),
        ("clipped", white, two, "clipped", rates), ("descent", white, two, "descent", relative),
    )
    found = {}
    for n, (name, where, sides, optimizer, grid) in enumerate(plan):
        found[name] = race(where, sides, optimizer, grid, *common)
        progress(0.5 * (n + 1) / len(plan))
    found["correlated"]["deep", "white γ"] = imitate(_regained(colored, gains(colored.poles, "depth-aware")), colored,
                                                     "Adam", config.rates, *common)
    found["white"]["deep", "output gain"] = imitate(_regained(white, _output_gain(white)), white, "Adam", config.rates,
                                                    *common)
    return found


def _regained(where, gamma):
    student, x, _ = deep(where, "none")
    return student, x, gamma


def _output_gain(where):
    """One gain that gives every cascade output variance 1, shared among its layers."""
    student, x, ones = deep(where, "none")
    variance = where.energy(student(x, ones, where.nodes[0])[0])
    return ones * (variance ** (-0.5 / ones.shape[1]))[:, None]


def _laws(config, progress):
    """Cases with real and with complex poles."""
    grids = {name: dict.fromkeys(("deep", "wide"), config.descent_rates if name == "descent" else config.rates)
             for name in config.fresh_optimizers}
    real = cases(config, [(rho, 0.0) for rho in config.fresh_inputs], grids, lambda f: progress(f / 2))
    turned = cases(config, [(0.0, phase) for phase in config.fresh_phases],
                   {"short memory": grids["short memory"]}, lambda f: progress((1 + f) / 2))
    return {"real": real, "complex": turned}


def _interventions(config):
    """Name to Adam's Arm and the runs of the natural gradient, from one function at the start."""
    where, found = setting(config), {}
    for name, (student, x) in starts(where).items():
        grid = config.rates if name in ("orthonormal", "cascade") else config.slow_rates
        better = natural(student, x, where.ones, where.target, where.nodes, config.natural_steps, config.level)
        found[name] = imitate((student, x, where.ones), where, "Adam", grid, config.steps, config.level), better
    return found


def _spectra(config):
    """Eigenvalues of Gauss–Newton, place to form to medians over seeds."""
    where = setting(config)
    best = optima(where)
    return {
        "start": eigenvalues(where, {"cascade": deep(where, "depth-aware"), "modal": modal(where, "depth-aware"),
                                     "companion": companion(where, "depth-aware")}),
        "optimum": eigenvalues(where, {name: (*best[name], where.ones) for name in ("cascade", "modal", "companion")}),
        "start, no normalization": eigenvalues(where, {"cascade": deep(where, "none")}),
    }


def _arrays(races, laws, repairs, kappa, spectra, steps):
    """Steps are −1 where the threshold was not reached; orders are 1, ½, 0 for deep before, beside, behind wide."""
    arrays = {}
    for name, found in races.items():
        for (side, arm), end in found.items():
            key = f"{name}: {side} {arm}"
            arrays |= {f"{key}: error": np.minimum(end.error, 10.0), f"{key}: first error": end.first,
                       f"{key}: steps": np.where(np.isfinite(end.steps), end.steps, -1),
                       f"{key}: diverged": np.array(end.diverged), f"{key}: rate": np.array(end.rate),
                       f"{key}: variance": np.array(end.variance)}
    for kind, found in laws.items():
        arrays[f"fresh, {kind}: layers, rho, phase"] = np.array([[c.layers, c.rho, c.phase] for c in found])
        for what in ("predicted", "found"):
            arrays |= {f"fresh, {kind}: {what}: {name}": np.array([getattr(c, what)[name] for c in found])
                       for name in getattr(found[0], what)}
    for name, (first, second) in repairs.items():
        arrays |= {f"{name}: Adam": np.minimum(first.error, 10.0), f"{name}: rate": np.array(first.rate),
                   f"{name}: diverged": np.array(first.diverged), f"{name}: natural gradient": second.error}
    arrays |= {f"condition: {K} poles: {name}": values for K, found in kappa.items() for name, values in found.items()}
    arrays |= {f"spectrum, {place}: {name}": mu for place, found in spectra.items() for name, mu in found.items()}
    return arrays | {f"steps: {name}": values for name, values in steps.items()}
