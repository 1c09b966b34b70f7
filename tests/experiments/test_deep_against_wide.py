"""The students of Figure 3B: responses against simulation, derivatives against differences, laws against their sums."""

import numpy as np
import pytest

from lti_depth import numeric
from lti_depth.experiments import activations, deep_against_wide
from lti_depth.experiments.student_training import descent, natural, train
from lti_depth.experiments.students import (
    Cascade,
    Companion,
    Modal,
    Orthonormal,
    circle,
    modal_inputs,
    packed,
    residues,
    spectrum,
    stable,
    takenaka,
)

POLES = np.array([[0.8, 0.5, 0.3]])
TURNED = POLES * np.exp(1j * np.array([[0.3, -0.2, 0.9]]))
B, C = np.array([[0.7, -1.2, 0.4]]), np.array([[1.1, 0.3, 0.9]])
GAMMA = np.array([[0.5, 0.8, 1.5]])
POINTS = {
    "cascade": (Cascade(), packed(POLES, B, C)),
    "modal": (Modal(), packed(POLES, B, C)),
    "complex cascade": (Cascade(True), packed(TURNED, B + 0.2j, C - 0.1j)),
    "complex modal": (Modal(True), packed(TURNED, B + 0.2j, C - 0.1j)),
    "orthonormal": (Orthonormal(), np.concatenate([np.log(-np.log(POLES)), C], axis=1)),
    "companion": (Companion(), np.concatenate([np.poly(POLES[0])[None, 1:], C], axis=1)),
}
NAMES = tuple(POINTS)


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_by_central_differences(name):
    student, x = POINTS[name]
    z, _ = circle(32, pairs=True)
    _, J = student(x, GAMMA, z)
    h = 1e-6  # second order: h²·f'''/6 with f''' up to 1e3·f', and rounding u/h, both near 1e-10
    for j, row in enumerate(np.eye(x.shape[1])):
        difference = (student(x + h * row, GAMMA, z)[0] - student(x - h * row, GAMMA, z)[0]) / (2 * h)
        np.testing.assert_allclose(J[:, j], difference, rtol=0, atol=1e-8 * max(1, np.abs(J[:, j]).max()))


@pytest.mark.parametrize("name", NAMES)
def test_gradient_contracts_the_derivatives(name):
    student, x = POINTS[name]
    z, w = circle(32, 0.5, pairs=True)
    H, J = student(x, GAMMA, z)
    target = np.exp(1j * np.arange(32.0))[None]
    _, gradient = student.gradient(x, GAMMA, z, lambda H: w * (H - target).conj())
    contracted = (J @ (w * (H - target).conj())[..., None])[..., 0].real
    np.testing.assert_allclose(gradient, contracted, rtol=1e-12, atol=1e-13)


def test_responses_are_those_of_stacks():
    z, _ = circle(16)
    omega = 2 * np.pi * np.arange(9) / 16
    cascade = numeric.cascade(POLES[0], b=(GAMMA * B)[0], c=C[0])
    layer = numeric.stack([numeric.Layer(POLES[0], (GAMMA * B).T, C)])
    np.testing.assert_allclose(Cascade()(POINTS["cascade"][1], GAMMA, z)[0][0],
                               numeric.frequency_response(cascade, omega), rtol=1e-13)
    np.testing.assert_allclose(Modal()(POINTS["modal"][1], GAMMA, z)[0][0],
                               numeric.frequency_response(layer, omega), rtol=1e-13)


def test_weights_are_the_spectrum_of_the_process():
    half, full = circle(64, 0.7), circle(64, 0.7, pairs=True)
    assert half[1].sum() == pytest.approx(1)
    lag = 3
    assert (full[1] @ full[0] ** lag).real == pytest.approx((0.7**3 + 0.7**61) / (1 + 0.7**64), rel=1e-12)
    assert (half[1] @ half[0] ** lag).real == pytest.approx((0.7**3 + 0.7**61) / (1 + 0.7**64), rel=1e-12)


def test_basis_is_orthonormal():
    z, w = circle(256, pairs=True)
    phi = takenaka(POLES, z)[0]
    np.testing.assert_allclose((phi.conj() * w) @ phi.T, np.eye(3), atol=1e-13)


def test_residues_of_close_poles():
    assert np.abs(residues(np.array([[0.94, 0.95, 0.96, 0.97]]))).max() == pytest.approx(442368, rel=1e-9)
    np.testing.assert_allclose(residues(np.array([[0.9, 0.8]])), [[9, -8]], rtol=1e-12)
    np.testing.assert_allclose(modal_inputs(np.array([[0.9, 0.8]])), [[1, -8]], rtol=1e-12)


@pytest.mark.parametrize("roots", [[0.9, -0.99, 0.3], [0.5, 1.01, 0.2], [1.2, 1.1, -1.3], [0.999], [-1.001]])
def test_stability_by_reflection_is_that_of_the_roots(roots):
    assert stable(np.poly(roots)[None, 1:]) == [max(map(abs, roots)) < 1]


def test_spectrum_has_the_eigenvalues_of_gauss_newton():
    student, x = POINTS["orthonormal"]
    z, w = circle(64)
    _, J = student(x, GAMMA, z)
    G = np.real((J[0].conj() * w) @ J[0].T)
    np.testing.assert_allclose(spectrum(student, x[0], GAMMA[0], z, w), np.linalg.eigvalsh(G)[::-1], rtol=1e-6)


def test_descent_of_a_quadratic_takes_the_steps_of_its_law():
    """With its poles fixed by a zero rate the orthonormal student is quadratic: every error shrinks by 1 − η."""
    x = POINTS["orthonormal"][1]
    z, w = circle(256)
    target = Orthonormal()(x, GAMMA, z)[0]
    start = x + np.array([[0, 0, 0, 0.5, -0.2, 0.1]])

    def rule(step, g, state):
        return np.concatenate([0 * g[:, :3], 0.1 * g[:, 3:]], axis=1)

    runs = train(Orthonormal(), start, GAMMA, target, (z, w), rule, 20, 0.0)
    first = np.abs(Orthonormal()(start, GAMMA, z)[0] - target) ** 2 @ w / (np.abs(target) ** 2 @ w)
    np.testing.assert_allclose(runs.error, first * 0.9**40, rtol=1e-10)
    assert deep_against_wide._first_below(np.array([0.1]), np.array([1.0]), 0.9**40 * 1.0001) == 20


def test_unstable_companion_ends_as_diverged():
    x = POINTS["companion"][1]
    z, w = circle(64)
    target = 0 * Companion()(x, GAMMA, z)[0] + 1
    runs = train(Companion(), x, GAMMA, target, (z, w), descent(np.array([1e3])), 5, 0.0)
    assert runs.diverged.all() and np.isinf(runs.error).all()


def test_natural_gradient_finds_a_neighbor():
    student, x = POINTS["cascade"]
    nodes = circle(64)
    target = student(x, GAMMA, nodes[0])[0]
    found = natural(student, x + 0.05, GAMMA, target, nodes, 20, 1e-6)
    assert found.error[0] < 1e-20 and found.steps[0] < 10


def test_wide_form_has_the_output_of_the_stack():
    stack = numeric.normalize(numeric.cascade(POLES[0]), "depth-aware")
    t = np.arange(20)
    np.testing.assert_allclose(numeric.impulse_response(activations.wide_form(stack), t),
                               numeric.impulse_response(stack, t), rtol=1e-11)
