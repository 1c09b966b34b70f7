"""Learning to recall: pure-delay teachers, students of growing depth and width, and the bounds none of them beats."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from ..claims import Result
from . import delay_learning_claims as claims
from . import delay_learning_panels as panels
from .delay_learning_fits import learned
from .delay_learning_laws import BEST_STATES, best_pairs
from .delay_learning_students import ARMS, PARAMETRIZATIONS, banded_pairs, ring_pairs

FULL_MINUTES = 4


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
    at = config.delay, config.states
    settings = {(config.delay, S) for S in config.widths} | {(D, config.states) for D in config.delays} | {at}
    pairs = {setting: learned(config, ARMS["wide, pairs"], *setting) for setting in sorted(settings)}
    progress(0.3)
    arms = {name: learned(config, arm, *at) for name, arm in ARMS.items() if name != "wide, pairs"}
    progress(0.6)
    starts = {name: learned(config, banded_pairs(name), *at) for name in PARAMETRIZATIONS if name != "exp-exp"}
    starts["ring"] = learned(config, ring_pairs, *at)
    progress(0.8)
    colored = [learned(config, banded_pairs("exp-exp", feedthrough), *at, config.rho) for feedthrough in (False, True)]
    statuses = [status for fits in (*pairs.values(), *arms.values(), *starts.values(), *colored)
                for status in fits.statuses]
    arms["wide, pairs"] = starts["exp-exp"] = pairs[at]
    arrays = _arrays(config, pairs, arms, starts, colored)
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
        arrays=arrays,
        panels=panels.panels(config, arms, starts, arrays),
        claims=claims.claims(config, arms, starts, arrays),
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


def _arrays(config, pairs, arms, starts, colored):
    """Captured shares: of every arm, of wide layers of pairs by size and by delay, from every start; colored input."""
    captured = {"captured_" + name.replace(",", "").replace(" ", "_"): fits.captured for name, fits in arms.items()}
    started = {"start_" + name.replace("-", "_"): fits.captured for name, fits in starts.items()}
    return captured | {
        "widths": np.array(config.widths),
        "captured_by_width": np.array([pairs[config.delay, states].captured for states in config.widths]),
        "delays": np.array(config.delays),
        "captured_by_delay": np.array([pairs[delay, config.states].captured for delay in config.delays]),
    } | started | {
        "colored_missed": 1 - colored[0].captured,
        "colored_missed_feedthrough": 1 - colored[1].captured,
        "colored_best": np.array([best_pairs(config.delay, states, config.rho)[0] for states in BEST_STATES]),
    }
