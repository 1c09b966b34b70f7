"""Training to recall a delay, without samples, and what a trained student recalls."""

from dataclasses import dataclass
from math import log

import numpy as np

from .. import numeric
from ..learning.fits import fit
from ..learning.searches import LBFGS
from ..learning.tasks import Recorded

STOPPED = "how far from its optimum a fit stops, and the end of the training record"


class StationaryRecord(Recorded):
    """A record that stands for a stationary input: an unstable student has no loss, however short the record."""

    stationary = True


def record(delay, rho=0.0):
    """An impulse through the shaping filter of the input, and the same D later.

    By Parseval ½Σ|e_t|² is the population loss, but for what the student does after the end, at 6 D and ρ^{2T} = 10⁻⁸.
    """
    length = 6 * delay + (0 if rho == 0 else int(-4 * log(10) / log(rho)))
    u = np.sqrt(1 - rho**2) * rho ** np.arange(length, dtype=float)
    target = np.concatenate([np.zeros(delay), u[:-delay]])
    return StationaryRecord(u, target, np.ones(length))


@dataclass(frozen=True, eq=False)
class Fits:
    """Students from all seeds, best first: the `captured` 1 − E|e|² (seeds,), how each fit ended, and the stacks."""

    captured: np.ndarray
    statuses: tuple
    models: tuple


def learned(config, chart, delays, states, rho=0.0):
    """The Fits of a chart's starts from all seeds; `captured` on the numeric floor."""
    task = record(delays, rho)
    fits = [fit(chart(np.random.default_rng([config.seed, n]), delays, states), task, LBFGS(), steps=config.steps,
                every=config.steps) for n in range(config.seeds)]
    captured = np.array([recalled(found.model, delays, rho) for found in fits])
    order = np.argsort(-captured)
    return Fits(captured[order], tuple(fits[n].status for n in order), tuple(fits[n].model for n in order))


def recalled(stack, delay, rho=0.0):
    """1 − E|u_{t−D} − y_t|² = 2 Re Σ_s h_s ρ^{|s−D|} − E|y|², for AR(1) input of unit variance."""
    if rho == 0:
        return float(2 * np.real(numeric.impulse_response(stack, delay)) - numeric.autocovariance(stack, 0).real)
    times = np.arange(40 * delay)
    cross = numeric.impulse_response(stack, times).real @ rho ** np.abs(times - float(delay))
    return float(2 * cross - numeric.autocovariance(stack, 0, numeric.ar1(rho)).real)
