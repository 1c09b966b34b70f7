"""Gradient descent and Adam that lengthen the memory of a stack at a fixed total delay."""

import numpy as np

from .. import numeric
from ..learning import ensembles
from ..learning.optimizers import Adam, GradientDescent
from .sensitivity_laws import equal_pole, speed
from .sensitivity_rates import COORDINATES, curvature, memory

ARMS = tuple((train, name, adam) for train in (("poles",), ("poles", "B", "C")) for name in COORDINATES
             for adam in (False, True))  # fmt: skip


def fewest_steps(rng, config):
    """Steps to lengthen the memory at the best rate of each arm, (arms, depths, seeds), and that rate."""
    found = np.zeros((len(ARMS), len(config.depths), config.seeds))
    best = np.zeros((len(ARMS), len(config.depths)), dtype=int)
    for m, K in enumerate(config.depths):
        delays = config.delay / config.shorter / K * np.exp(config.jitter * rng.standard_normal((config.seeds, K)))
        for n, arm in enumerate(ARMS):
            grid = [_crossings(config, delays / (1 + delays), arm, rate) for rate in config.rates]
            best[n, m] = np.argmin(np.median(grid, axis=1))
            found[n, m] = grid[best[n, m]]
    return found, np.array(config.rates)[best]


def _crossings(config, poles, arm, rate):
    """(seeds,) steps until the loss has come down to `threshold` of that of no output; inf where it has not.

    Poles alone: the gains are the teacher's. All parameters: b = c, of unit output variance at start and teacher. The
    rate of gradient descent is in units of 2/λ_max for the poles alone, that of Adam in units of the change of x that
    changes log(1−λ) by 1.
    """
    (train, coordinates, adam), (_, K) = arm, poles.shape
    teacher, level = memory(K, config.delay), config.threshold / 2
    b, c = teacher.B, teacher.C
    if "B" in train:
        teacher = numeric.cascade(teacher.poles, *[_level_gain(teacher.poles)] * 2)
        b = c = np.array([[_level_gain(row)] for row in poles])
    if adam:
        optimizer = Adam(rate * speed("exp-exp", teacher.poles[0]) / speed(coordinates, teacher.poles[0]))
    else:
        optimizer = GradientDescent(rate * 2 / curvature(K, config.delay, coordinates))
    with np.errstate(over="ignore"):  # exp(−e^x) where a run has diverged
        runs = ensembles.descend(poles, b, c, teacher, optimizer, steps=config.steps, train=train,
                                 coordinates=coordinates, every=config.steps, levels=(level,),
                                 tolerance=level)  # fmt: skip
    return np.where(np.isfinite(runs.crossings[:, 0]), runs.crossings[:, 0], np.inf)


def _level_gain(poles):
    """b = c of all layers for a unit variance."""
    return float(numeric.autocovariance(numeric.cascade(poles), 0)) ** (-0.25 / len(poles))


def small_share(config, K, coordinates, share):
    """Steps times share from equal poles, the last step in part by the logarithm of the loss."""
    teacher, level = memory(K, config.delay), config.threshold / 2
    start = np.full((1, K), equal_pole(K, config.delay / config.shorter))
    rate = share * 2 / curvature(K, config.delay, coordinates)
    run = ensembles.descend(start, teacher.B, teacher.C, teacher, GradientDescent(rate), train=("poles",),
                            coordinates=coordinates, steps=int(400 / share), levels=(level,),
                            tolerance=level)  # fmt: skip
    n = int(run.crossings[0, 0])
    before, after = np.log(run.losses[0, n - 1 : n + 1])
    return share * (n - (np.log(level) - after) / (before - after))
