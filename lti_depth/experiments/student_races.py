"""Races: every seed of every student at every rate of one optimizer, and the rate with the least median error."""

from dataclasses import dataclass

import numpy as np

from .student_settings import ARMS, companion, deep, modal
from .student_training import adam, clipped, descent, train
from .students import sharpness

SIDES = {"deep": deep, "wide": modal, "companion": companion}
OPTIMIZERS = {
    "Adam": lambda rates, steps: adam(rates, steps),
    "clipped": lambda rates, steps: clipped(adam(rates, steps)),
    "short memory": lambda rates, steps: adam(rates, steps, memory=0.9),
    "descent": lambda rates, steps: descent(rates),
}


@dataclass(frozen=True, eq=False)
class Arm:
    """One arm at the rate with the least median error; the errors are relative to the energy of the teacher."""

    first: np.ndarray  # error at the start, (seeds,)
    error: np.ndarray
    steps: np.ndarray  # to the level, inf: never
    diverged: int
    rate: float
    variance: float  # median variance of the output at the start


def imitate(start, where, optimizer, rates, steps, level):
    """Every seed at every rate, at once; rates of "descent" are relative to 2/μ_max at the start, seed by seed.

    `start`: student, points, gains γ. μ_max: the largest eigenvalue of Gauss–Newton there, which bounds stable rates.
    """
    student, x, gamma = start
    seeds, n = len(x), len(rates)
    unit = 2 / sharpness(student, x, gamma, *where.nodes) if optimizer == "descent" else np.ones(seeds)
    rule = OPTIMIZERS[optimizer](np.outer(rates, unit).ravel(), steps)
    found = train(student, np.tile(x, (n, 1)), np.tile(gamma, (n, 1)), np.tile(where.target, (n, 1)), where.nodes,
                  rule, steps, level)
    errors = found.error.reshape(n, seeds)
    best = int(np.argmin(np.median(np.minimum(errors, 1e300), axis=1)))
    H, _ = student(x, gamma, where.nodes[0])
    return Arm(where.energy(H - where.target), errors[best], found.steps.reshape(n, seeds)[best],
               int(found.diverged.reshape(n, seeds)[best].sum()), rates[best], float(np.median(where.energy(H))))


def race(where, sides, optimizer, rates, steps, level, arms=ARMS):
    """(side, arm) to Arm. `rates`: of each side."""
    found, known = {}, {}
    for side in sides:
        for arm in arms:
            start = SIDES[side](where, arm)
            key = side, np.round(start[2], 12).tobytes()  # arms may agree: ℓ1 and unit DC for positive poles
            if key not in known:
                known[key] = imitate(start, where, optimizer, rates[side], steps, level)
            found[side, arm] = known[key]
    return found
