"""Whole training runs on the population loss, compiled; its first losses against impulse responses by scipy."""

import numpy as np
import pytest

from lti_depth import numeric
from lti_depth.bench import gradients, scipy_peers
from lti_depth.learning import Adam, descend


def test_100_runs_of_1000_steps(benchmark):
    """100 students of 6 layers, Adam: 10⁵ exact gradient steps."""
    poles = np.random.default_rng(1).uniform(0.5, 0.95, (100, 6))
    _, teacher = gradients.pair(6)
    first = descend(poles, 0.3, 1.0, teacher, Adam(1e-3), steps=0)
    for row, loss in zip(poles, first.loss, strict=True):
        student = numeric.cascade(row, 0.3)
        peer = scipy_peers.population_gradient(student, teacher, gradients.ENDED, 1e-9, "sums over time")
        assert loss == pytest.approx(peer.run()[0], rel=peer.bound)
    benchmark.group = "100 training runs, K = 6, 1000 steps"
    benchmark(descend, poles, 0.3, 1.0, teacher, Adam(1e-3), steps=1000, coordinates="exp-exp", every=100)
