"""Students of a one-layer teacher: the tied optimum that they meet, and where they start."""

import numpy as np

from . import saddle_flows as flows
from . import saddle_laws as laws


def tied(pole, K):
    """The best student with K equal poles of the teacher 1/(1 − λ*z⁻¹), a saddle_laws.Tied."""
    return laws.tied(laws.one_layer(pole), K)


def generators(config, K):
    """Random generators of the starts of depth K, one a seed."""
    return [np.random.default_rng([config.seed, K, n]) for n in range(config.seeds)]


def direction(config, K):
    """One random direction of unit norm in which K poles part."""
    return flows.balanced(np.random.default_rng([config.seed, K]), K)
