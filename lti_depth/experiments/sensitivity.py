"""How strongly the output answers to the poles: against memory, depth, coordinates, and what learning makes of it."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from .. import numeric
from ..claims import Result
from . import sensitivity_claims as claims
from . import sensitivity_forms as forms
from . import sensitivity_panels as panels
from . import sensitivity_rate_claims as rate_claims
from .montecarlo import ar1_noise, estimate
from .sensitivity_rates import COORDINATES, curvature, largest_stable_rate, memory
from .sensitivity_steps import fewest_steps

FULL_MINUTES = 3


@dataclass(frozen=True)
class Config:
    """Scalar cascades with b = c = 1 where nothing else is said; `delay` the total delay Σ λ/(1−λ) in samples."""

    rhos: tuple[float, ...] = (0.0, 0.5, 0.9, 0.99)
    poles: tuple[float, ...] = (0.5, 0.8, 0.9, 0.95, 0.99)
    batches: int = 400
    length: int = 1200
    discard: int = 600
    step: float = 1e-4
    mixed: tuple[float, ...] = (0.9, 0.5, -0.7, 0.97)
    radius: float = 0.9
    phases: tuple[float, ...] = (0.0, 0.01, 0.1, 0.5)
    delay: float = 100.0
    depths: tuple[int, ...] = (1, 2, 4)
    planted_depths: tuple[int, ...] = (1, 2, 3, 6)
    four: tuple[float, ...] = (0.94, 0.95, 0.96, 0.97)
    apart: tuple[float, ...] = (0.3, 0.6, 0.8, 0.95)
    dozen: float = 0.9
    shorter: float = 3.0
    jitter: float = 0.2
    rates: tuple[float, ...] = tuple((2.0 ** np.arange(-7, 2)).tolist())
    threshold: float = 1e-3
    share: float = 0.1
    steps: int = 4000
    seeds: int = 11
    seed: int = 6

    @classmethod
    def full(cls):
        """More records, more seeds, a finer grid of rates."""
        rates = tuple((2.0 ** np.arange(-7, 1.1, 0.5)).tolist())
        return replace(cls(), batches=4000, seeds=41, steps=10000, rates=rates)


def run(config, progress):
    """Closed forms and the circle against the numeric floor, finite differences and gradient descent."""
    rng = np.random.default_rng(config.seed)
    one, sampled = _one_layer(rng, config)
    progress(0.1)
    limits = _rate_limits(config)
    progress(0.4)
    steps, best_rate = fewest_steps(rng, config)
    progress(0.9)
    finished = np.isfinite(steps)
    arrays = one | limits | {"steps": np.where(finished, steps, config.steps),
                             "unfinished": (~finished).sum(axis=2), "best_rate": best_rate}
    return Result(
        name="sensitivity",
        title="Sensitivity: the curse of memory, with depth",
        summary=(
            r"The mean square of $\partial y/\partial\lambda$ at depth $K$ is the variance of the cascade in which "
            r"$\lambda$ is repeated once more: long memory makes it explode as $(1-\lambda)^{-(2K+1)}$, relative to "
            r"the output as $(1-\lambda)^{-2}$ at every depth. At a fixed total delay deeper stacks are less sensitive "
            r"in $\lambda$, and gradient descent then bears a larger learning rate, exactly $2/\lambda_{max}$ of "
            r"the Hessian. In the LRU's $\log(-\log\lambda)$ the factor $(1-\lambda)^2$ is gone already, and depth "
            r"raises the sensitivity to about $K - \frac12$. A larger rate is not faster learning: with the best rate "
            r"of each, deeper stacks take more steps to lengthen their memory, in either coordinates. For practice: "
            r"choose exp–exp coordinates rather than depth for long memory, and scale their rate as $1/(2K-1)$."
        ),
        config=asdict(config),
        arrays=arrays,
        panels=panels.panels(config, arrays),
        claims=(*claims.claims(config, one, sampled), *rate_claims.claims(config, limits, steps),
                *forms.claims(config), rate_claims.planted_claim(config)),
        formulas=(
            ("A derivative is one more layer",
             r"\frac{\partial H}{\partial\lambda_k} = \frac{z^{-1}H}{1-\lambda_k z^{-1}}, \qquad "
             r"E\left|\frac{\partial y}{\partial\lambda_k}\right|^2 = V(\lambda_1, …, \lambda_K, \lambda_k)"),
            (r"One layer, AR(1) input", r"E\left(\frac{\partial x}{\partial\lambda}\right)^2 = "
             r"\frac{(1+\lambda^2)(1-\lambda^2\rho^2) + 2(1-\lambda^2)\lambda\rho}{(1-\lambda^2)^3(1-\lambda\rho)^2}"),
            (r"Equal layers of total delay $D$, $\lambda = D/(D+K)$, $D \to \infty$",
             r"\frac{\mathrm{tr}\,G}{V} = K\frac{V_{K+1}}{V_K} \sim \frac{K-\frac12}{(1-\lambda)^2}, \qquad "
             r"(\lambda\log\lambda)^2 \frac{\mathrm{tr}\,G}{V} \to K - \tfrac12"),
        ),
    )


def _one_layer(rng, config):
    """Arrays of one layer under AR(1) input, and the Estimate of the same from records, ρ by ρ."""
    few = [pole for pole in config.poles if pole < 0.96]  # the others need longer records
    found = [[numeric.sensitivity(numeric.cascade([pole]), numeric.ar1(rho)).poles[0] for pole in config.poles]
             for rho in config.rhos]  # fmt: skip
    sampled = _finite_differences(rng, config, few)
    return {
        "poles": np.array(config.poles), "rhos": np.array(config.rhos), "one_layer": np.array(found),
        "sampled_poles": np.array(few), "sampled": sampled.mean.reshape(len(config.rhos), -1),
        "sampled_error": sampled.error.reshape(len(config.rhos), -1),
    }, sampled  # fmt: skip


def _finite_differences(rng, config, poles):
    samples = []
    for rho in config.rhos:
        u = ar1_noise(rng, rho, config.batches, config.length)
        for pole in poles:
            after, before = (numeric.simulate(numeric.cascade([pole + h]), u)[0] for h in (config.step, -config.step))
            slope = (after - before)[:, config.discard :] / (2 * config.step)
            samples.append((slope**2).mean(axis=1))
    return estimate(np.stack(samples, axis=1))


def _rate_limits(config):
    """Largest stable rates at a teacher of unit variance, poles trained: the Hessian has rank one, λ_max = tr G."""
    law = [[2 / curvature(K, config.delay, name) for K in config.depths] for name in COORDINATES]
    found = [[largest_stable_rate(memory(K, config.delay), name, ("poles",)) for K in config.depths]
             for name in COORDINATES]  # fmt: skip
    return {"depths": np.array(config.depths), "rate_limits": np.array(found), "rate_limit_law": np.array(law)}
