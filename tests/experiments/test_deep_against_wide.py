"""The students of Figure 3B: responses against simulation, derivatives against differences, laws against their sums."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter

from lti_depth import numeric
from lti_depth.experiments import start_law, student_races, student_settings, student_spectra
from lti_depth.experiments.deep_against_wide import Config
from lti_depth.experiments.student_training import clipped, descent, natural, train
from lti_depth.experiments.students import (
    Cascade,
    Companion,
    Modal,
    Orthonormal,
    circle,
    modal_inputs,
    packed,
    residues,
    sharpness,
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
    assert student_spectra.first_below(np.array([0.1]), np.array([1.0]), 0.9**40 * 1.0001) == 20


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


def test_clipping_cuts_the_norm_and_keeps_the_direction():
    seen = clipped(lambda step, g, state: g, bound=2.0)(0, np.array([[3.0, -4.0], [0.3, 0.4], [0.0, 0.0]]), {})
    np.testing.assert_allclose(seen, [[1.2, -1.6], [0.3, 0.4], [0.0, 0.0]], rtol=1e-15)


# Settings --------------------------------------------------------------------------------------------------------

SMALL = Config(layers=3, seeds=2)
LONG = replace(SMALL, period=512)  # the basis is orthonormal up to λ^period: 0.85^512 ≈ 1e-36


def test_a_teacher_has_the_energy_one():
    for where in (student_settings.setting(SMALL, 0.9), student_settings.setting(SMALL, phase=1.0)):
        np.testing.assert_allclose(where.energy(where.target), 1, rtol=1e-13)


def test_fresh_seeds_give_fresh_teachers():
    known, fresh = student_settings.setting(SMALL), student_settings.setting(SMALL, seeds=(1000, 1001))
    assert not np.isin(fresh.teachers, known.teachers).any() and not np.isin(fresh.poles, known.poles).any()


def test_gains_of_the_companion_are_norms_of_its_state():
    where = student_settings.setting(SMALL, 0.5)
    h = np.array([lfilter([1.0], np.poly(row), np.eye(1, 4000)[0]) for row in where.poles])
    colored = np.array([np.convolve(row, 0.5 ** np.arange(200) * np.sqrt(0.75)) for row in h])  # AR(.5), variance 1
    expected = {"none": np.ones(2), "unit-dc": 1 / h.sum(axis=1), "l1": 1 / np.abs(h).sum(axis=1),
                "lru": (h**2).sum(axis=1) ** -0.5, "depth-aware": (colored**2).sum(axis=1) ** -0.5}
    for arm, gamma in expected.items():
        np.testing.assert_allclose(student_settings.companion(where, arm)[2], gamma[:, None] * np.ones(3), rtol=1e-10)


def test_a_winner_has_its_quartiles_apart():
    low, high = np.linspace(0, 1, 9), np.linspace(0.8, 2, 9)  # quartiles (.25, .75) and (1.1, 1.7)
    assert student_settings.winner(low, high) == 1 and student_settings.winner(high, low) == 0
    assert student_settings.winner(low, low + 0.4) == 0.5


def test_one_function_in_every_form():
    where = student_settings.setting(LONG)
    target = np.prod(1 / (1 - where.poles[..., None] * where.nodes[0]), axis=1) * 0.7
    for name, (student, x) in student_spectra.same_function(where, where.poles, np.full((2, 1), 0.7)).items():
        np.testing.assert_allclose(student(x, where.ones, where.nodes[0])[0], target, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("phase", [0.0, 1.0])
def test_optima_are_the_teacher(phase):
    where = student_settings.setting(LONG, phase=phase)
    for name, (student, x) in student_spectra.optima(where).items():
        np.testing.assert_allclose(student(x, where.ones, where.nodes[0])[0], where.target, rtol=0, atol=1e-9,
                                   err_msg=name)


# Spectra and laws ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cascade", "modal"])
def test_spectrum_is_that_of_the_covariances(name):
    """Gauss–Newton by the covariance recursion of `numeric`, in the coordinates ν, b, c with the gains γ."""
    student, x = POINTS[name]
    stack = (numeric.cascade(POLES[0], b=(GAMMA * B)[0], c=C[0]) if name == "cascade"
             else numeric.stack([numeric.Layer(POLES[0], (GAMMA * B).T, C)]))
    G = numeric.gauss_newton(stack).matrix[:9, :9]  # all poles, all B, all C, without D
    slope = np.concatenate([POLES[0] * np.log(POLES[0]), GAMMA[0], np.ones(3)])
    expected = np.linalg.eigvalsh(slope[:, None] * G * slope)[::-1]
    found = spectrum(student, x[0], GAMMA[0], *circle(512))
    np.testing.assert_allclose(found, expected[: len(found)], rtol=1e-8, atol=1e-12 * expected[0])
    np.testing.assert_allclose(sharpness(student, x, GAMMA, *circle(512)), expected[:1], rtol=1e-12)


def test_linear_model_is_descended_as_it_says():
    """n explicit steps on the linearized error with columns of length 1."""
    where = student_settings.setting(SMALL)
    start = student_settings.deep(where, "lru")
    student, x, gamma = start
    H, J = student(x, gamma, where.nodes[0])
    root = np.sqrt(where.nodes[1])
    for row in range(2):
        A = np.concatenate([(J[row] * root).real, (J[row] * root).imag], axis=1)
        A = A / np.linalg.norm(A, axis=1)[:, None]
        e = (H - where.target)[row] * root
        e = np.concatenate([e.real, e.imag])
        rate = 1 / np.linalg.norm(A, 2) ** 2
        for _ in range(7):
            e = e - rate * A.T @ (A @ e)
        assert student_spectra.linear_error(start, where, 7)[row] == pytest.approx(e @ e, rel=1e-10)


def test_contradictions_are_counted_among_decided_comparisons():
    outcomes = ((1.0, 0.0), (0.0, 0.0), (1.0, 0.5), (0.5, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0))
    found = [start_law.Case(3, 0.0, 0.0, "lru", {"law": a}, {"Adam": b}) for a, b in outcomes]
    assert start_law.contradictions(found, "law", "Adam") == (2, 5)


def test_races_keep_the_best_rate():
    """A rate of 0 leaves the first error; descent far above its limit diverges."""
    where = student_settings.setting(SMALL)
    start = student_settings.deep(where, "depth-aware")
    end = student_races.imitate(start, where, "Adam", (0.0, 0.1), 50, 1e-3)
    still = student_races.imitate(start, where, "Adam", (0.0,), 50, 1e-3)
    wild = student_races.imitate(start, where, "descent", (30.0,), 200, 1e-3)
    assert end.rate == 0.1 and np.median(end.error) < np.median(end.first)
    np.testing.assert_allclose(still.error, still.first, rtol=1e-14)
    assert not np.median(wild.error) < np.median(wild.first)


def test_arms_of_equal_gains_are_run_once():
    where = student_settings.setting(SMALL)
    found = student_races.race(where, ("deep",), "Adam", {"deep": (0.1,)}, 5, 1e-3)
    assert found["deep", "l1"] is found["deep", "unit-dc"] and found["deep", "l1"] is not found["deep", "lru"]
