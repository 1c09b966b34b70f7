"""Laws, training records and students of the delay laws."""

import numpy as np
import pytest

from lti_depth import numeric
from lti_depth.experiments import delay_learning_fits as fits
from lti_depth.experiments import delay_learning_laws as laws
from lti_depth.experiments.delay_learning import Config
from lti_depth.experiments.delay_learning_students import ARMS, banded_pairs
from lti_depth.learning.charts import Chart
from lti_depth.learning.population import loss
from lti_depth.learning.teachers import delay
from tests.theory.digits import agrees


def shaped(rho, length):
    """The impulse response of the AR(1) filter of unit output variance."""
    return np.sqrt(1 - rho**2) * rho ** np.arange(length, dtype=float)


def dense_missed(poles, lag, rho, length=4000):
    """1 − the share explained, by a regression in time."""
    u = shaped(rho, length)
    states = np.array([np.convolve(u, pole ** np.arange(length))[:length] for pole in poles])
    states = (states / np.linalg.norm(states, axis=1)[:, None]).T
    target = np.concatenate([np.zeros(lag), u[:-lag]]).astype(complex)
    c, *_ = np.linalg.lstsq(states, target, rcond=None)
    return np.linalg.norm(states @ c - target) ** 2


@pytest.mark.parametrize("rho", [0.0, 0.9])
def test_best_readout(rho):
    poles = np.array([0.9 * np.exp(0.2j), 0.9 * np.exp(-0.2j), 0.7, 0.0])
    for lag in (3, 12):
        assert laws.missed(poles, lag, rho) == pytest.approx(dense_missed(poles, lag, rho), rel=1e-9)


def test_best_systems_of_the_theory():
    assert agrees(laws.last_layer(100, 4)[0], ".010227") and agrees(laws.last_layer(100, 4)[1], ".96627")
    assert agrees(laws.all_layers(100, 4)[0], ".0144155")
    assert agrees(1 - laws.missed(laws.explicit_poles(100, 4, 1.0), 100), ".01929")
    assert agrees(laws.best_pairs(100, 4, 0.99, True)[0], ".0742")
    assert agrees(laws.colored_bound(100, 4, 0.99), ".0513")


def test_one_layer_in_closed_form():
    """λ² = D/(D+1): (D/(D+1))^D/(D+1) captured."""
    captured, pole = laws.last_layer(20, 1)
    assert captured == pytest.approx((20 / 21) ** 20 / 21, rel=1e-12) and pole**2 == pytest.approx(20 / 21, rel=1e-6)
    assert laws.all_layers(20, 1)[0] == pytest.approx(captured, rel=1e-9)


def test_limit_of_the_last_layer():
    for layers in (1, 3, 6):
        share = 5000 * laws.last_layer(5000, layers)[0]
        assert share == pytest.approx(laws.last_layer_limit(layers), rel=2e-3)
    assert laws.last_layer_limit(50) == pytest.approx(np.sqrt(99 / (2 * np.pi)), rel=1e-3)


@pytest.mark.parametrize("feedthrough", [False, True])
def test_colored_bound_by_a_longer_future(feedthrough):
    D, S, rho, future = 12, 3, 0.8, 40
    times = np.concatenate([-np.arange(int(feedthrough), D + 1), np.arange(1 - int(feedthrough), future)])
    R, n = rho ** np.abs(np.subtract.outer(times, times)), D + 1 - int(feedthrough)
    given_future = R[:n, :n] - R[:n, n:] @ np.linalg.solve(R[n:, n:], R[n:, :n])
    dense = np.sort(np.linalg.eigvalsh(given_future))[: n - S].sum() / n
    assert laws.colored_bound(D, S, rho, feedthrough) == pytest.approx(dense, rel=1e-12)


def test_white_bound_is_the_colored_one_without_correlation():
    assert laws.colored_bound(20, 3, 0.0) == pytest.approx(1 - laws.bound(20, 3), rel=1e-14)


def test_bands():
    """The band that holds 95 % leaves 5 % outside."""
    assert laws.outside_band(laws.occupied_band(0.95, 0.9), 0.9) == pytest.approx(0.05, rel=1e-12)
    assert laws.outside_band(0.3, 0.0) == pytest.approx(0.7)


@pytest.mark.parametrize("rho", [0.0, 0.9])
def test_a_record_is_the_population(rho):
    """One noiseless record, the time-domain sum and the quadrature over frequency agree; the tails are cut at 1e-8."""
    stack = numeric.stack([numeric.Layer([0.7 * np.exp(0.3j)], [[0.6]], [[0.3 - 0.2j]], real=True)])
    exact = 2 * loss(stack, delay(10), numeric.ar1(rho) if rho else None)
    assert 1 - fits.recalled(stack, 10, rho) == pytest.approx(exact, rel=1e-12)
    assert 2 * fits.record(10, rho).loss(stack) == pytest.approx(exact, rel=1e-7)


@pytest.mark.parametrize("arm", ARMS.values(), ids=list(ARMS))
def test_students_have_the_states_and_no_feedthrough(arm):
    chart = arm(np.random.default_rng(0), 20, 4)
    assert isinstance(chart, Chart)
    layers = chart.build(chart.point).closed().layers
    assert sum(layer.width for layer in layers) == 4
    assert np.prod([layer.D for layer in layers]) == 0


def test_training_reaches_the_best_pair():
    config = Config(seeds=3)
    found = fits.learned(config, banded_pairs("exp-exp"), 10, 2)
    best = 1 - laws.best_pairs(10, 2)[0]
    assert found.captured[0] == pytest.approx(best, rel=1e-4) and found.captured[0] < laws.bound(10, 2)
    assert len(found.statuses) == len(found.models) == 3
    assert fits.recalled(found.models[0], 10) == found.captured[0]
