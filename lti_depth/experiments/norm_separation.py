"""The least coefficients of a wide layer that imitates a cascade: what depth saves, and what complex poles save."""

from dataclasses import asdict, dataclass, replace
from math import ceil, log

import numpy as np

from ..claims import Result
from . import limits
from . import norm_separation_claims as claims
from . import norm_separation_panels as panels
from .least_norms import least_norms, least_norms_of_pairs, log_spaced, midpoints, pairs, pulses
from .norm_separation_laws import mellin_norm

FULL_MINUTES = 0.3


@dataclass(frozen=True)
class Config:
    """Targets: K equal layers λ = D/(D+K). Atoms: decaying exponentials of unit energy."""

    delay: int = 100
    error: float = 0.01
    states: int = 24
    slowest: float = 1e-3
    moduli: int = 16
    phases: int = 96
    largest_phase: float = np.pi / 10
    depths: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 12, 16)
    short: int = 125
    states_per_decade: int = 10
    errors: tuple[float, ...] = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001)
    shown: tuple[int, ...] = (2, 4, 8)
    band_moduli: int = 12
    bands: tuple[float, ...] = (0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.16, 0.24, 0.32)

    @classmethod
    def full(cls):
        """Longer delays, more poles, narrower steps of the band."""
        return replace(cls(), short=1000, states_per_decade=16, band_moduli=16,
                       bands=tuple(np.geomspace(0.01, 0.64, 19).tolist()))


def run(config, progress):
    """Trust-region problems solved by their secular equations, against printed numbers and a Mellin law."""
    real, scaled = _real(config), _scaled(config)
    progress(0.3)
    phases = _phases(config)
    progress(0.7)
    tradeoff, bands = _tradeoff(config), _bands(config)
    return Result(
        name="norm-separation",
        title="Norm separation of depth and width",
        summary=(
            "How large must the coefficients of a wide layer be that imitates $K$ equal layers of total delay "
            rf"${config.delay}$ to one per cent of the energy? With real poles they grow from $1.7$ to $111$ between "
            r"$K = 1$ and $K = 8$, and the exact law is an integral over Mellin frequencies: asymptotically "
            r"$\exp(\frac{\pi}{2} \mathrm{erfc}^{-1}(\varepsilon) \sqrt K)$. So the separation is real, but it is "
            r"exponential in $\sqrt K$ rather than in $K$, and it is a property of real poles: with phases up to "
            r"$\pi/10$ the coefficients level off near $7$. For the practitioner: depth substitutes for "
            "complex poles; give the layer phases as wide as the band of the response, and width alone will do."
        ),
        config=asdict(config),
        arrays=real | scaled | phases | tradeoff | bands,
        panels=panels.panels(config, real, scaled, phases, tradeoff, bands),
        claims=claims.claims(config, real, scaled, phases),
        formulas=(
            (r"The norm: unit-energy atoms $\phi_n(t) = \sqrt{1-|\lambda_n|^2} \lambda_n^t$, unit-energy target $h$, "
             r"independent of how finely the $N$ poles sample a given set",
             r"\min_c \sqrt N \|c\|_2 \quad \text{subject to} \quad \|h - \textstyle\sum_n c_n \phi_n\|^2 \le "
             r"\varepsilon"),
            (r"Its solution: $w_j$, $v_j$ the eigenpairs of the Gram matrix, $e_j = |\langle v_j, \phi^* h\rangle|^2 / "
             r"w_j$", r"N \|c\|^2 = N \sum_j \frac{e_j w_j}{(w_j+\mu)^2}, \qquad \varepsilon = 1 - \sum_j e_j + "
             r"\sum_j \frac{e_j \mu^2}{(w_j+\mu)^2}"),
            (r"Real poles, $\log(1-\lambda)$ uniform over a range $L$, $D \gg K$", r"N\|c\|^2 \to L \int \frac{p\,k}"
             r"{(k+\mu)^2} d\omega, \quad p \propto |\Gamma(K - \tfrac12 + i\omega)|^2, \quad k = \frac{2\pi}"
             r"{\cosh \pi\omega}, \quad \varepsilon = \int \frac{p\,\mu^2}{(k+\mu)^2} d\omega"),
            (r"Deep targets", r"\log \sqrt N \|c\| \sim \frac{\pi}{2}\, \mathrm{erfc}^{-1}(\varepsilon) \sqrt K"),
        ),
    )  # fmt: skip


def _real(config):
    poles = log_spaced(config.states, config.slowest)
    return {
        "depth": np.array(config.depths),
        "real_norm": least_norms(poles, pulses(config.depths, config.delay), config.error),
        "real_law": np.array([mellin_norm(K, config.error, -log(config.slowest)) for K in config.depths]),
    }


def _scaled(config):
    """Norms with time scales from 1 to 100 D, per √(range), at the delays D, 4D, 16D, and their limit."""
    norms = []
    for delay in (config.short, 4 * config.short, 16 * config.short):
        count = round(config.states_per_decade * np.log10(100 * delay))
        found = least_norms(midpoints(count, 1 / (100 * delay)), pulses(config.depths, delay), config.error)
        norms.append(found / np.sqrt(log(100 * delay)))
    value, change = limits.limit(norms)
    return {
        "scaled_norm": np.array(norms),
        "scaled_limit": value,
        "scaled_change": change,
        "scaled_law": np.array([mellin_norm(K, config.error, 1.0) for K in config.depths]),
    }


def _phases(config):
    poles = pairs(log_spaced(config.moduli, config.slowest, 0.1), config.phases, config.largest_phase)
    return {"phase_norm": least_norms_of_pairs(poles, pulses(config.depths, config.delay), config.error)}


def _tradeoff(config):
    poles, targets = log_spaced(config.states, config.slowest), pulses(config.shown, config.delay)
    return {"error": np.array(config.errors),
            "norm_of_error": np.array([least_norms(poles, targets, error) for error in config.errors])}


def _bands(config):
    """Norms for the deepest of the printed targets, with ever wider phases, two to each decay rate 1−|λ| = 0.01."""
    target, moduli = pulses([8], config.delay), log_spaced(config.band_moduli, 0.01)
    found = [least_norms(moduli, target, config.error)[0]]
    for band in config.bands:
        poles = pairs(moduli, 2 * max(2, ceil(band / 0.01)), band)
        found.append(least_norms_of_pairs(poles, target, config.error)[0])
    return {"band": np.array([0.0, *config.bands]), "norm_of_band": np.array(found)}
