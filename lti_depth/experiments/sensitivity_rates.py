"""The largest stable rate of gradient descent at its optimum, by bisection."""

import numpy as np

from .. import numeric
from ..learning import ensembles
from ..learning.optimizers import GradientDescent
from . import exact
from .sensitivity_laws import equal_pole, relative_sensitivity, speed

COORDINATES = ("direct", "exp-exp")
BISECTIONS = 12
RATE_TOLERANCE = 1e-3 + 2.0 ** (2 - BISECTIONS)
RATE_REASON = f"{BISECTIONS} bisections of a factor of four, and the growth that half of the steps resolve"
GROWTH = 1e-5
STEPS = 400  # to see whether an optimum is left


def curvature(K, delay, coordinates):
    """λ_max at the optimum of `memory`, the poles trained."""
    return relative_sensitivity(K, delay) * speed(coordinates, equal_pole(K, delay)) ** 2


def memory(K, delay):
    """The teacher: K equal layers of total delay D, unit output variance."""
    poles = np.full(K, equal_pole(K, delay))
    return numeric.cascade(poles, [*[1.0] * (K - 1), exact.autocovariance(poles, [0])[0] ** -0.5])


def largest_stable_rate(teacher, coordinates, train):
    """Bisection on the rate at which gradient descent leaves its optimum, the teacher, from 10⁻⁶ beside it.

    In every direction the deviation is multiplied by 1 − rate·λ_i a step, so that the loss only falls unless
    rate·λ_max > 2. It may fall again later, in a flatter minimum nearby; so all steps are looked at.
    """
    beside = 1e-6 * np.cos(np.arange(len(teacher)))
    start = teacher.poles + beside * (1 - teacher.poles)
    b, c = teacher.B, teacher.C
    if "B" in train:
        b, c = b * (1 + beside[::-1]), c * (1 - beside**2 + beside)

    def leaves(rate):
        with np.errstate(over="ignore"):  # exp(−e^x) where a run has diverged
            run = ensembles.descend(start[None], b, c, teacher, GradientDescent(rate), steps=STEPS, train=train,
                                    coordinates=coordinates)  # fmt: skip
        loss = run.losses[0]
        grows = loss.max() > loss[0] * (1 + GROWTH) or loss[STEPS] > max(loss[STEPS // 2], GROWTH * loss[0])
        return run.status[0].startswith("diverged") or grows

    high = 1e-6
    while not leaves(high):
        high *= 4
    low = high / 4
    for _ in range(BISECTIONS):
        middle = np.sqrt(low * high)
        low, high = (low, middle) if leaves(middle) else (middle, high)
    return np.sqrt(low * high)
