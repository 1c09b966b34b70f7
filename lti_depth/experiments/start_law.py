"""What decides between deep and wide, tried on teachers, depths, inputs and seeds that no law was found on.

A prediction is made where the quartiles of a quantity of the two students do not overlap: the smaller one shall win.
It is contradicted where the quartiles of the final errors do not overlap either, in the other order.
"""

from dataclasses import dataclass

import numpy as np

from .student_races import SIDES, race
from .student_settings import setting, winner
from .student_spectra import conditions, linear_error

PREDICTORS = ("loss at the start", "linear model at the start", "condition at the optimum")


@dataclass(frozen=True, eq=False)
class Case:
    """One depth, input, range of phases and arm: 1, ½, 0 for the cascade first, level, last."""

    layers: int
    rho: float
    phase: float
    arm: str
    predicted: dict  # predictor to 1, ½, 0
    found: dict  # optimizer to 1, ½, 0


def cases(config, inputs, optimizers, progress=lambda fraction: None):
    """All depths under all `inputs`, (ρ, phase), with fresh seeds."""
    found = []
    seeds = range(config.fresh_seed, config.fresh_seed + config.seeds)
    for n, K in enumerate(config.fresh_layers):
        for rho, phase in inputs:
            where = setting(config, rho, phase, K, seeds)
            kappa = conditions(where, ("cascade", "modal"))
            ends = {name: race(where, ("deep", "wide"), name, rates, config.fresh_steps, config.level,
                               config.fresh_arms) for name, rates in optimizers.items()}
            found += [_case(config, where, arm, (K, rho, phase), kappa, ends) for arm in config.fresh_arms]
        progress((n + 1) / len(config.fresh_layers))
    return found


def _case(config, where, arm, labels, kappa, ends):
    some = next(iter(ends.values()))
    linear = [linear_error(SIDES[side](where, arm), where, config.fresh_steps) for side in ("deep", "wide")]
    values = ((some["deep", arm].first, some["wide", arm].first), linear, (kappa["cascade"], kappa["modal"]))
    return Case(*labels, arm, {name: _order(*pair) for name, pair in zip(PREDICTORS, values, strict=True)},
                {name: winner(end["deep", arm].error, end["wide", arm].error) for name, end in ends.items()})


def _order(first, second):
    """As `winner`, of quantities of any size."""
    (low, high), (bottom, top) = np.quantile(first, (0.25, 0.75)), np.quantile(second, (0.25, 0.75))
    return 1.0 if high < bottom else 0.0 if top < low else 0.5


def contradictions(found, predictor, optimizer):
    """How many predictions came out the other way, of how many that came out."""
    pairs = [(case.predicted[predictor], case.found[optimizer]) for case in found]
    decided = [(a, b) for a, b in pairs if 0.5 not in (a, b)]
    return sum(a != b for a, b in decided), len(decided)
