"""The degenerate end of deep students: the loss falls as a power of time."""

import numpy as np

from .. import numeric
from ..claims import Claim
from . import saddle_flows as flows
from . import saddle_laws as laws
from .saddle_students import generators
from .wording import listed


def study(config):
    """Claims and arrays of the tail."""
    times = np.geomspace(1e1, config.tail_time, 4 * int(np.log10(config.tail_time) - 1) + 1)
    losses = {K: _losses(config, K, times) for K in config.tail_depths}
    arrays = {f"tail_K{K}": values for K, values in losses.items()}
    return (_tail_claim(config, times, losses),), arrays | {"tail_times": times}


def _losses(config, K, times):
    """(seeds, times) from starts near (λ*, 0, …, 0)."""
    pole = config.tail_teacher
    starts = [np.append(0.95 * pole, rng.uniform(-0.3, 0.3, K - 1)) for rng in generators(config, K)]
    return np.array([flows.flow(numeric.cascade([pole]), start, times).losses for start in starts])


def _tail_claim(config, times, losses):
    law = laws.algebraic_tail(config.tail_teacher, times, 2)
    ratios = [np.median(values / law, axis=0) for values in losses.values()]
    return Claim(
        id="saddle/algebraic-tail",
        statement=r"Near the end the loss falls exponentially, as at any minimum: from the last tenth of the run to "
                  r"its end, relative to $1/(8\lambda^{*2}t^2)$, nothing is left of it "
                  rf"($K = {listed(config.tail_depths)}$, medians of {config.seeds} starts).",
        source="practitioner",
        predicted=np.zeros(len(ratios)),
        measured=[ratio[-1] for ratio in ratios],
        tolerance=max(abs(ratio[-1] - ratio[-5]) for ratio in ratios),
        reason="the change of the ratio over the last tenfold of time; what is left falls at least as $t^{-1/2}$, so "
               "it is less than half of that",
        floor=1.0,
        law=r"from three layers on the minimum is degenerate: $L \to 1/(8\lambda^{*2}t^2)$, a ratio of $1$",
        law_value=np.ones(len(ratios)),
    )
