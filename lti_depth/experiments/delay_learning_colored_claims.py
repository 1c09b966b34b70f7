"""What is claimed of students that recall a delayed AR(1) input."""

from math import ceil

import numpy as np

from .. import numeric
from ..claims import Claim
from ..learning.population import loss
from ..learning.teachers import delay as delay_line
from ..learning.teachers import pade_delay
from . import limits
from .delay_learning_fits import STOPPED, recalled
from .delay_learning_laws import BEST_STATES, best_pairs, colored_bound, occupied_band, outside_band


def claims(config, arrays):
    """All claims of correlated input."""
    return (_bound_claim(config, arrays), _best_claim(config, arrays), _szego_claim(config), _band_claim(config),
            _enough_claim(config, arrays), _lmu_claim(config))


def _bound_claim(config, arrays):
    D, S = config.delay, config.states
    bounds = [colored_bound(D, S, config.rho, feedthrough) for feedthrough in (False, True)]
    found = arrays["colored_missed"], arrays["colored_missed_feedthrough"]
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


def _best_claim(config, arrays):
    D, S = config.delay, config.states
    best = [best_pairs(D, S, config.rho, feedthrough)[0] for feedthrough in (False, True)]
    return Claim(
        id="delay-learning/colored-best",
        statement=rf"What training reaches for AR(1) input, $\rho = {config.rho}$, is the best that pairs of poles "
                  rf"can do: $E|e|^2 = {best[0]:.4f}$ without and ${best[1]:.4f}$ with feedthrough.",
        source="new here",
        predicted=best,
        measured=[arrays["colored_missed"].min(), arrays["colored_missed_feedthrough"].min()],
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


def _enough_claim(config, arrays):
    D = config.delay
    rule = (D + 1) * occupied_band(0.95, config.rho)
    needed = next(S for S, lost in zip(BEST_STATES, arrays["colored_best"], strict=True) if lost <= 0.05)
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
