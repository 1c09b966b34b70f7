"""Samples of processes: autocovariances within their standard errors, from the first sample on; and determinism."""

import numpy as np
import pytest

from lti_depth import numeric
from lti_depth.learning import sampling
from lti_depth.system import Part, Process

REAL_OUTPUT = numeric.stack([
    numeric.Layer([0.5 + 0.5j, 0.3j], [[1], [2j]], [[1, 2 + 1j]], [[0.3]], real=True),
    numeric.Layer([0.2], [[1.0]], [[1.0]]),
])  # fmt: skip
PROCESSES = {
    "white": numeric.white(2.0),
    "ar1": numeric.ar1(0.9),
    "near the circle": numeric.ar1(0.9999, 3.0),
    "complex ar1": numeric.ar1(0.5j),
    "arma": numeric.arma([0.5, 0.2], [0.3]),
    "cascade": numeric.shaped(numeric.cascade([0.9] * 6), 2.0),
    "delayed": numeric.shaped(numeric.cascade([0.9, 0.5], d=1, timing="delayed"), 2.0),
    "silent state": numeric.shaped(numeric.cascade([0.9, 0.5], b=[1, 0], d=1)),
    "real output": numeric.shaped(REAL_OUTPUT, 3.0),
    "real output, then complex": numeric.shaped(numeric.series(REAL_OUTPUT, numeric.cascade([0.4j]))),
    "sampled": numeric.sampled([2, 1, 0.5]),
    "complex sampled": numeric.sampled([2, 0.5j, 0.3 + 0.1j]),
    "recorded": numeric.recorded(np.sin(np.arange(50.0) ** 1.5)),
    "sum": numeric.ar1(0.9) + numeric.white(0.5) + numeric.sampled([1, -0.5]),
}
WIRE = numeric.stack([numeric.Layer([0.0], [[0.0]], [[0.0]], [[1.0]])])
BATCH, T = 20_000, 9


@pytest.mark.parametrize("name", PROCESSES)
def test_autocovariances_are_those_of_the_process(name):
    """E[u_s conj(u_r)] for all pairs of times: within five standard errors, from rows that are independent."""
    process = PROCESSES[name]
    u = sampling.draw(process, np.random.default_rng(1), (BATCH, T))
    assert u.shape == (BATCH, T) and np.iscomplexobj(u) != process.real
    R = numeric.autocovariance(WIRE, np.arange(T), process)
    for s in range(T):
        for r in range(s + 1):
            terms = u[:, s] * u[:, r].conj()
            error = terms.std() / np.sqrt(BATCH)
            assert abs(terms.mean() - R[s - r]) < 5 * error, (s, r)
            assert process.real or abs((u[:, s] * u[:, r]).mean()) < 5 * error  # circular
    assert abs(u.mean(axis=0)).max() < 5 * np.sqrt(process.variance / BATCH)


def test_rows_are_independent():
    u = sampling.draw(numeric.ar1(0.9), np.random.default_rng(2), (BATCH, 3))
    terms = u[1:] * u[:-1]
    assert (abs(terms.mean(axis=0)) < 5 * terms.std(axis=0) / np.sqrt(BATCH)).all()


def test_marginals_are_gaussian():
    """The fourth moment is 3 variances², with standard error √(96/n)."""
    for name in ("ar1", "recorded", "real output"):
        u = sampling.draw(PROCESSES[name], np.random.default_rng(3), (BATCH, 1))
        u /= u.std()
        assert abs((u**4).mean() - 3) < 5 * np.sqrt(96 / BATCH)


@pytest.mark.parametrize("name", PROCESSES)
def test_the_seed_decides_every_bit(name):
    one, other, third = (sampling.draw(PROCESSES[name], np.random.default_rng(seed), (3, 40)) for seed in (5, 5, 6))
    assert np.array_equal(one, other) and not np.array_equal(one, third)


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (1, 500)])
def test_every_length(shape):
    for process in PROCESSES.values():
        assert sampling.draw(process, np.random.default_rng(0), shape).shape == shape


def test_refusals():
    rng = np.random.default_rng(0)
    with pytest.raises(TypeError, match="expected a Process"):
        sampling.draw(1.0, rng, (2, 3))
    with pytest.raises(TypeError, match="Generator"):
        sampling.draw(numeric.white(), 0, (2, 3))
    with pytest.raises(ValueError, match="shape: expected an integer of at least 1"):
        sampling.draw(numeric.white(), rng, (0, 3))
    both = Process((Part(np.array([2.0, 1.0]), numeric.cascade([0.5]), 1.0, True),))
    with pytest.raises(ValueError, match="white source"):
        sampling.draw(both, rng, (2, 3))
