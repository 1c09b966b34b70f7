"""The population loss of a cascade with its gradient: the covariance recursion against impulse responses by scipy."""

import numpy as np
import pytest
from scipy import signal

from lti_depth import numeric
from lti_depth.kernels import population as kernel
from lti_depth.learning import Adam, population
from lti_depth.learning.ensembles import descend


def by_impulse_responses(student, teacher, T=4000):
    """Loss and ∂L/∂λ_k from sums over time; ∂h_S/∂λ_k is h_S through one more section, a sample later."""
    unit = np.eye(1, T)[0]
    h = unit * np.prod(student.B * student.C)
    target = unit * np.prod(teacher.B * teacher.C)
    for pole in student.poles:
        h = signal.lfilter([1.0], [1.0, -pole], h)
    for pole in teacher.poles:
        target = signal.lfilter([1.0], [1.0, -pole], target)
    e = h - target
    slopes = [e @ signal.lfilter([0.0, 1.0], [1.0, -pole], h) for pole in student.poles]
    return e @ e / 2, np.array(slopes)


def ours(student, teacher):
    loss, fields = population.gradient(student, teacher)
    return loss, fields.poles


def pair(K):
    rng = np.random.default_rng(0)
    return tuple(numeric.cascade(rng.uniform(0.5, 0.97, K), b=1 - rng.uniform(0.5, 0.97, K)) for _ in range(2))


@pytest.mark.parametrize("K", [1, 12])
@pytest.mark.parametrize("who", ["ours", "scipy"])
def test_gradient(benchmark, K, who):
    student, teacher = pair(K)
    for a, b in zip(ours(student, teacher), by_impulse_responses(student, teacher), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)
    benchmark.group = f"population loss and gradient, K = {K}"
    benchmark(ours if who == "ours" else by_impulse_responses, student, teacher)


@pytest.mark.parametrize("K", [1, 12])
def test_kernel(benchmark, K):
    student, teacher = pair(K)
    arguments = [np.array(a) for s in (student, teacher) for a in (s.poles, s.B, s.C)]
    out = np.empty((4, K))
    loss, _ = kernel.gradient(*arguments, np.zeros(0), 1.0, False, False, out)
    assert loss == pytest.approx(by_impulse_responses(student, teacher)[0], rel=1e-9)
    benchmark.group = f"population loss and gradient, K = {K}"
    benchmark(kernel.gradient, *arguments, np.zeros(0), 1.0, False, False, out)


def test_100_runs_of_1000_steps(benchmark):
    """100 students of 6 layers, Adam: 10⁵ exact gradient steps."""
    rng = np.random.default_rng(1)
    _, teacher = pair(6)
    poles = rng.uniform(0.5, 0.95, (100, 6))
    first = descend(poles, 0.3, 1.0, teacher, Adam(1e-3), steps=0)
    for row, loss in zip(poles, first.loss, strict=True):
        assert loss == pytest.approx(by_impulse_responses(numeric.cascade(row, 0.3), teacher)[0], rel=1e-9)
    benchmark.group = "100 training runs, K = 6, 1000 steps"
    benchmark(descend, poles, 0.3, 1.0, teacher, Adam(1e-3), steps=1000, coordinates="exp-exp", every=100)
