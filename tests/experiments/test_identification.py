"""Finite-horizon losses of LRU stacks, and what the identification experiment builds on them."""

from dataclasses import replace

import numpy as np
import pytest

from lti_depth.experiments import identification as experiment
from lti_depth.experiments import identification_claims, identification_races
from lti_depth.learning import horizons
from lti_depth.learning.charts import Chart
from lti_depth.learning.horizons import LRU
from lti_depth.learning.tasks import Recorded
from lti_depth.learning.teachers import zucchet

T = 23
SHAPES = [(1, 64), (2, 32), (3, 21), (4, 16), (6, 11), (12, 5)]
SMALL = replace(experiment.Config(), nu0=(0.9,), students=((2, 3),), rates=(0.03, 0.01), seeds=2, steps=12, length=T)


def simulated(system, u):
    """The output of a real-output stack, sample by sample."""
    for layer in system:
        x, y = np.zeros(len(layer.poles), dtype=complex), np.empty(len(u))
        for t, sample in enumerate(u):
            x = layer.poles * x + layer.B[:, 0] * sample
            y[t] = (layer.C[0] @ x + layer.D[0, 0] * sample).real
        u = y
    return u


def points(layers, states, count=2):
    return np.stack([LRU(layers, states).start(np.random.default_rng(seed), 0.8) for seed in range(count)])


def test_parameters_are_those_of_the_theory():
    assert [LRU(*shape).size for shape in SHAPES] == [449, 450, 444, 452, 468, 432]
    assert experiment.Config.full().students == tuple(SHAPES)


@pytest.mark.parametrize("shape", [(1, 4), (2, 3), (5, 1)])
def test_responses_are_those_of_the_recursion(shape):
    x, impulse = points(*shape), np.eye(T)[0]
    for point, h in zip(x, LRU(*shape).responses(x, T), strict=True):
        assert h == pytest.approx(simulated(LRU(*shape).build(point), impulse), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("shape", [(1, 4), (2, 3), (5, 1)])
def test_gradient_against_differences(shape):
    student, x, rng = LRU(*shape), points(*shape), np.random.default_rng(1)
    goal, weights, move = rng.standard_normal(T), rng.random(T), rng.standard_normal(x.shape)
    _, gradient = student.gradient(x, T, lambda h: weights * (h - goal))

    def loss(step):
        return 0.5 * (student.responses(x + step * move, T) - goal) ** 2 @ weights

    e = 1e-4  # fourth order: error e⁴ from the fifth derivative, rounding 1e-16/e
    slope = (8 * (loss(e) - loss(-e)) - (loss(2 * e) - loss(-2 * e))) / (12 * e)
    assert (gradient * move).sum(axis=1) == pytest.approx(slope, rel=1e-7, abs=1e-9)


def test_gradient_is_that_of_the_network_engine():
    student, x = LRU(2, 3), points(2, 3)[:1]
    goal, weights = np.random.default_rng(2).standard_normal(T), horizons.expected_gram(T)
    _, gradient = student.gradient(x, T, lambda h: weights * (h - goal))
    model = student.build(x[0])
    chart = Chart(model, "polar", gamma=True)
    _, fields = Recorded(np.eye(T)[0], goal, weights).gradient(model)
    pulled = chart.pullback(chart.point, fields)
    assert pulled[chart.groups["gamma"]] == pytest.approx(gradient.reshape(2, -1)[:, 6:9].ravel(), rel=1e-10)
    assert pulled[chart.groups["D"]] == pytest.approx(gradient.reshape(2, -1)[:, -1], rel=1e-10)


def test_gram_matrix_is_its_definition():
    u = np.random.default_rng(3).standard_normal((4, 9))
    lagged = np.stack([np.stack([np.concatenate([np.zeros(s), row[: 9 - s]]) for s in range(9)]) for row in u])
    assert horizons.gram(u) == pytest.approx(np.einsum("bst,brt->sr", lagged, lagged) / (4 * 9), abs=1e-14)


def test_gram_matrix_gives_the_loss_of_a_batch():
    rng = np.random.default_rng(4)
    teacher, point = zucchet(0.9, rng), points(2, 3)[0]
    u = rng.standard_normal((3, T))
    student = LRU(2, 3).build(point)
    errors = [simulated(student, row) - simulated(teacher, row) for row in u]
    difference = LRU(2, 3).responses(point[None], T) - horizons.target(teacher, T)
    loss = identification_races.loss(difference, horizons.gram(u))[0]
    assert loss == pytest.approx(0.5 * np.mean(np.square(errors)), rel=1e-12)


def test_expected_gram_matrix_is_the_mean():
    rng, found = np.random.default_rng(5), np.zeros((T, T))
    for _ in range(400):
        found += horizons.gram(rng.standard_normal((64, T))) / 400
    error = 6 * np.sqrt(2 / (400 * 64 * T))  # a mean of at most T squares, of variance 2 each
    assert np.abs(found - np.diag(horizons.expected_gram(T))).max() < error


def test_powers_by_doubling():
    x = np.array([[0.9 * np.exp(0.3j), -0.5]])
    for n in (2, 3, 4, 7, 18):
        assert horizons.powers(x, n) == pytest.approx(x[:, None] ** np.arange(n)[:, None], rel=1e-14)


def test_mean_power_of_a_layer():
    powers = identification_claims.layer_powers(5, 0.5, (40_000,), np.random.default_rng(6))
    assert powers.mean() == pytest.approx(3, abs=6 * powers.std() / 200)


def test_runs_that_are_lost_are_infinite_and_leave_the_others_alone():
    race = identification_races.race(SMALL)
    hot = identification_races.race(replace(SMALL, rates=(1e300, 0.03, 0.01)))
    assert hot.lost.tolist() == [[2]] and race.lost.tolist() == [[0]]
    assert np.array_equal(hot.loss, race.loss) and hot.rate == race.rate


def test_the_best_rate_is_that_of_the_seeds_that_were_not_lost():
    losses = np.array([[[[1.0, 5.0], [2.0, np.inf], [np.inf, np.inf]]]])
    race = identification_races.Race((0.9,), np.array([0.1, 0.03, 0.01]), losses, np.array([1]), np.zeros((1, 1, 3, 1)))
    assert identification_races.mean(losses).tolist() == [[[3.0, 2.0, np.inf]]]
    assert race.rate == 0.03 and race.loss.tolist() == [[[2.0, np.inf]]] and race.lost == 3
