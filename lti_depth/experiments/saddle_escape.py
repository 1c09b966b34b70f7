"""The escape: what the asymmetry of the start costs."""

import numpy as np

from .. import numeric
from ..claims import Claim
from . import saddle_flows as flows
from .saddle_students import generators, tied
from .wording import listed


def study(config):
    """Claims and arrays of the escape."""
    times = {K: _half_times(config, K) for K in config.escape_depths}
    decades = np.log10(config.asymmetries[0] / config.asymmetries[-1])
    slopes = [(t[:, -1] - t[:, 0]) / decades for t in times.values()]
    law = np.array([np.log(10) / tied(config.teacher, K).kappa for K in config.escape_depths])
    second_order = config.asymmetries[0] / (1 - tied(config.teacher, config.escape_depths[0]).pole)
    claims = (_slope_claim(config, law, slopes, second_order), _spread_claim(slopes, second_order),
              _patience_claim(config, law, list(times.values()), decades, second_order))
    return claims, {f"escape_K{K}": t for K, t in times.items()} | {"asymmetries": np.array(config.asymmetries)}


def _half_times(config, K):
    """(seeds, asymmetries) times from beside the tied optimum until the loss has halved."""
    best = tied(config.teacher, K)
    starts = [best.pole + size * direction for direction in (flows.balanced(rng, K) for rng in generators(config, K))
              for size in config.asymmetries]
    found = flows.half_times(numeric.cascade([config.teacher]), starts, best.loss / 2, 80 / best.kappa)
    return found.reshape(config.seeds, -1)


def _slope_claim(config, law, slopes, second_order):
    return Claim(
        id="saddle/escape",
        statement=r"Ten times less asymmetry $\delta_0$ costs $\ln 10/\kappa$ more time, whatever the direction: "
                  rf"median over {config.seeds} random directions, $\lambda^* = {config.teacher}$, "
                  rf"$K = {listed(config.escape_depths)}$.",
        source="new here",
        predicted=law,
        measured=[np.median(slope) for slope in slopes],
        tolerance=second_order,
        reason=r"the largest $\delta_0$ in units of the plateau's $1-\lambda$: so far the linear regime holds",
    )


def _spread_claim(slopes, second_order):
    return Claim(
        id="saddle/escape-spread",
        statement="All directions out of the saddle are alike: the slowest and the fastest of the random "
                  r"directions pay the same per decade; their difference relative to the median is $0$.",
        source="new here",
        predicted=np.zeros(len(slopes)),
        measured=[np.ptp(slope) / np.median(slope) for slope in slopes],
        tolerance=2 * second_order,
        reason=r"twice the largest $\delta_0$ in units of the plateau's $1-\lambda$",
        floor=1.0,
    )


def _patience_claim(config, law, times, decades, second_order):
    return Claim(
        id="saddle/patience",
        statement="Waiting longer helps in proportion: a start a hundred times more symmetric stays on the plateau "
                  rf"a hundred times as long (ratio of median times, $K = {listed(config.escape_depths)}$).",
        source="practitioner",
        predicted=np.full(len(times), 10**decades),
        measured=[np.median(t[:, -1]) / np.median(t[:, 0]) for t in times],
        tolerance=second_order,
        reason="as for the slope",
        law=r"only $\ln(100)/\kappa$ longer: $1 + \ln(100)/(\kappa t_1)$",
        law_value=[1 + decades * p / np.median(t[:, 0]) for p, t in zip(law, times, strict=True)],
    )
