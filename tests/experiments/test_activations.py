"""Students with activations: outputs against simulation, gradients against differences, laws against their sums."""

import numpy as np
import pytest

from lti_depth import numeric
from lti_depth.experiments import activations, activations_races
from lti_depth.experiments.activated_students import ACTIVATIONS, Activated, train
from lti_depth.experiments.student_training import descent
from lti_depth.experiments.students import packed
from lti_depth.learning import networks
from lti_depth.system import Block, Layer, Network

POLES, B, C = np.array([[0.8, 0.5, 0.3]]), np.array([[0.7, 1.2, 0.4]]), np.array([[1.1, -0.3, 0.9]])
GAMMA = np.array([[0.5, 0.8, 1.5]])
POINT = packed(POLES, B, C)
KINDS = [(activation, deep) for activation in ACTIVATIONS for deep in (True, False)]


def signals(seed, T=32):
    return np.random.default_rng(seed).standard_normal((1, 2, T))


@pytest.mark.parametrize(("activation", "deep"), KINDS)
def test_outputs_are_the_steady_state_of_networks(activation, deep):
    """Eight periods from rest: what is left of the transient is 0.8^224 ≈ 1e-22."""
    values = np.vstack([POLES, GAMMA * B, C]).T
    layers = [Layer([pole], [[b]], [[c]]) for pole, b, c in values] if deep else [Layer(POLES[0], (GAMMA * B).T, C)]
    u = signals(0)
    y = networks.apply(Network(tuple(Block(layer, activation=activation) for layer in layers)), np.tile(u[0], (1, 8)))
    found = Activated(activation, deep)(POINT, GAMMA, u)[0]
    np.testing.assert_allclose(found, y[:, -32:], rtol=0, atol=1e-13 * np.abs(y).max())


@pytest.mark.parametrize("T", [31, 32])
@pytest.mark.parametrize(("activation", "deep"), KINDS)
def test_gradients_by_central_differences(activation, deep, T):
    student, u, target = Activated(activation, deep), signals(1, T), signals(2, T)
    _, gradient = student.gradient(POINT, GAMMA, u, target)
    h = 1e-6  # second order: h²/6 times the third derivative, and rounding u/h, both near 1e-10

    def half(x):
        return np.mean((student(x, GAMMA, u) - target) ** 2) / 2

    for j, row in enumerate(np.eye(9)):
        difference = (half(POINT + h * row) - half(POINT - h * row)) / (2 * h)
        assert gradient[0, j] == pytest.approx(difference, rel=1e-7, abs=1e-8)


def test_training_marks_its_points_and_stops_where_a_gradient_is_not_finite():
    student, u = Activated("tanh", True), signals(3)
    target = student(POINT, GAMMA, u)
    start = POINT + 0.1
    points = train(student, start, GAMMA, u, target, descent(np.array([0.1])), (0, 1, 20))
    first, gradient = student.gradient(start, GAMMA, u, target)
    np.testing.assert_array_equal(points[0], start)
    np.testing.assert_allclose(points[1], start - 0.1 * gradient, rtol=1e-15)
    assert student.gradient(points[2], GAMMA, u, target)[0] < first
    stuck = train(student, start, GAMMA, u, target * np.nan, descent(np.array([0.1])), (0, 3))
    np.testing.assert_array_equal(stuck[1], start)


def test_copied_states_share_the_readout_and_surround_the_poles():
    found = activations_races.task(activations.Config(seeds=2), "linear", 3)
    x, _ = activations_races._start(found.where, "wide", "none", 1)
    wide, gamma = activations_races._start(found.where, "wide", "none", 4)
    assert gamma.shape == (2, 12)
    nu, b, c = np.split(wide, 3, axis=1)
    assert c.sum(axis=1) == pytest.approx(x[:, 6:].sum(axis=1), rel=1e-14) and (b == 1).all()
    np.testing.assert_allclose(nu.reshape(2, 4, 3).mean(axis=1), x[:, :3], rtol=1e-13)


def test_wide_form_has_the_output_of_the_stack():
    stack = numeric.normalize(numeric.cascade(POLES[0]), "depth-aware")
    t = np.arange(20)
    np.testing.assert_allclose(numeric.impulse_response(activations.wide_form(stack, 0.25), t),
                               numeric.impulse_response(stack, t) / 4, rtol=1e-11)
