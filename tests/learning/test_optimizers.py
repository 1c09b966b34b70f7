"""Optimizers: one step against the textbook, schedules, rates by group, and each one on a small planted problem."""

import math
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from planted import CHART, RECORDED, STUDENT, TASK, TEACHER
from scipy.optimize import minimize

from lti_depth.learning import (
    LBFGS,
    Adam,
    Chart,
    GradientDescent,
    GradientFlow,
    LeastSquares,
    NaturalGradient,
    Population,
    Sampled,
    descend,
    fit,
)
from lti_depth.learning.optimizers import natural_direction, within_rounding
from lti_depth.learning.searches import isometric_residual
from lti_depth.system import Layer, ar1, cascade, stack, white

RNG = np.random.default_rng(0)


def problem(chart=CHART):
    return SimpleNamespace(chart=chart)


def adam(gradients, point, rates, betas, eps, decay):
    """The loop of the paper, coordinate by coordinate."""
    point, m, v = [float(x) for x in point], [0.0] * len(point), [0.0] * len(point)
    for t, gradient in enumerate(gradients, 1):
        for j, g in enumerate(gradient):
            m[j] = betas[0] * m[j] + (1 - betas[0]) * g
            v[j] = betas[1] * v[j] + (1 - betas[1]) * g * g
            step = (m[j] / (1 - betas[0] ** t)) / (np.sqrt(v[j] / (1 - betas[1] ** t)) + eps)
            point[j] = point[j] - rates[t - 1] * decay * point[j] - rates[t - 1] * step
    return point


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_adam_by_the_book(decay):
    gradients = RNG.normal(size=(5, len(CHART)))
    advance = Adam(0.1, (0.8, 0.95), 1e-6, decay).prepare(problem(), 5)
    point, state = CHART.point, {}
    for step, gradient in enumerate(gradients):
        point, state = advance(step, point, 0.0, gradient, state)
    wanted = adam(gradients, CHART.point, [0.1] * 5, (0.8, 0.95), 1e-6, decay)
    np.testing.assert_allclose(point, wanted, rtol=1e-14)


def test_warm_up_and_cosine():
    optimizer = Adam(0.1, warmup=4, final_rate=0.01)
    rates = [optimizer.scheduled(0.1, step, 24) for step in range(30)]
    np.testing.assert_allclose(rates[:4], [0.025, 0.05, 0.075, 0.1])
    np.testing.assert_allclose(rates[4:25], 0.055 + 0.045 * np.cos(np.pi * np.arange(21) / 20), rtol=1e-13)
    assert set(rates[24:]) == {0.01}
    assert Adam(0.1).scheduled(0.1, 10**6, 10) == 0.1


def test_rates_by_group():
    gradient = np.ones(len(CHART))
    advance = GradientDescent({"poles": 0.5, "B": 0.25}).prepare(problem(), 1)
    moved = CHART.point - advance(0, CHART.point, 0.0, gradient, {})[0]
    np.testing.assert_allclose(moved[CHART.groups["poles"]], 0.5)
    np.testing.assert_allclose(moved[CHART.groups["B"]], 0.25)


@pytest.mark.parametrize("rate", [{"poles": 0.1}, {"poles": 0.1, "B": 0.1, "C": 0.1}])
def test_rates_for_other_groups(rate):
    with pytest.raises(ValueError, match="rate: expected one number, or one for each of 'poles', 'B'"):
        GradientDescent(rate).prepare(problem(), 1)


NAN, INF = float("nan"), float("inf")
RATES = [-0.1, 0, NAN, INF, 1j, [0.1, 0.1], {"poles": 0.1, "B": -0.1}, {"poles": NAN}, {"poles": 0}, {}]
OF_ANOTHER_TYPE = ["0.1", None, True]
SETTINGS = {
    (GradientDescent, "rate"): RATES,
    (Adam, "rate"): RATES,
    (Adam, "betas"): [(1.0, 0.9), (0.9, -0.1), (0.9, NAN), (0.9,), 0.9, (0.9, 0.99, 0.999), (0.9j, 0.9)],
    (Adam, "eps"): [0.0, -1e-8, NAN, INF],
    (Adam, "weight_decay"): [-1e-3, NAN, INF],
    (Adam, "warmup"): [-1],
    (Adam, "final_rate"): [-1e-3, NAN, 0.2],
    (Adam, "horizon"): [0, -5],
    (NaturalGradient, "rate"): [0.0, -1.0, NAN],
    (NaturalGradient, "damping"): [-1e-10, NAN],
    (LBFGS, "memory"): [0, -3],
    (LBFGS, "gradient_tolerance"): [-1e-12, NAN],
    (LeastSquares, "xtol"): [-1e-14, NAN],
    (LeastSquares, "gtol"): [-1e-14, NAN],
    (GradientFlow, "time"): [0.0, -1.0, NAN, INF],
    (GradientFlow, "rtol"): [0.0, -1e-9, 1e-15, NAN],
    (GradientFlow, "atol"): [-1e-12, NAN],
    (GradientFlow, "at"): [(0.2, 0.1), (0.1, 0.1), (-0.1, 0.5), (0.5, 2.0), (NAN,), 0.5],
    (GradientFlow, "levels"): [(NAN,), (1j,), 0.5],
    (GradientFlow, "method"): ["Euler", None],
}
NEEDED = {GradientDescent: {"rate": 0.1}, Adam: {"rate": 0.1}, GradientFlow: {"time": 1.0}}


@pytest.mark.parametrize(("kind", "name", "value"), [
    (kind, name, value) for (kind, name), values in SETTINGS.items() for value in values
])  # fmt: skip
def test_settings_without_sense(kind, name, value):
    with pytest.raises(ValueError, match=rf"{name}.*: expected .*got"):
        kind(**{**NEEDED.get(kind, {}), name: value})


@pytest.mark.parametrize(("kind", "name", "value"), [
    (kind, name, value) for kind, name in SETTINGS for value in OF_ANOTHER_TYPE
    if (name, value) not in (("final_rate", None), ("horizon", None), ("at", None)) and name != "method"
])  # fmt: skip
def test_settings_of_another_type(kind, name, value):
    with pytest.raises(TypeError, match=f"{name}: expected"):
        kind(**{**NEEDED.get(kind, {}), name: value})


def test_settings_at_their_bounds():
    Adam(0.1, (0, 0), 1e-300, 0, 0, 0.1, horizon=1)
    NaturalGradient(damping=0)
    LBFGS(1, 0.0)
    LeastSquares(0.0, 2.3e-16)
    GradientFlow(1, rtol=2.3e-14, atol=0, at=(0, 1), levels=())
    with pytest.raises(ValueError, match="xtol, gtol: expected one of them"):
        LeastSquares(1e-17, 0.0)
    with pytest.raises(ValueError, match="horizon: expected an integer of at least 6"):
        Adam(0.1, warmup=5, horizon=5)


def test_settings_do_not_change_with_what_was_passed():
    rates = {"poles": 0.1, "B": 0.2}
    optimizer = Adam(rates)
    rates["B"] = -1.0
    assert optimizer == Adam({"poles": 0.1, "B": 0.2})


def test_a_group_of_rate_0_stays_also_where_the_rate_falls():
    optimizer = Adam({"poles": 0.0, "B": 0.1}, final_rate=0.01)
    found = fit(CHART, TASK, optimizer, steps=5)
    np.testing.assert_array_equal(found.model.poles, STUDENT.poles)
    moved = descend(STUDENT.poles[None], STUDENT.B, 1.0, TEACHER, optimizer, steps=5, train=("poles", "B"))
    np.testing.assert_allclose(moved.b[0], found.model.B, rtol=1e-12)
    slow = Adam({"poles": 0.001, "B": 0.1}, final_rate=0.01)
    moved = descend(STUDENT.poles[None], STUDENT.B, 1.0, TEACHER, slow, steps=5, train=("poles", "B"))
    np.testing.assert_allclose(moved.poles[0], fit(CHART, TASK, slow, steps=5).model.poles, rtol=1e-12)


@pytest.mark.parametrize("rank", [2, 4])
def test_natural_direction(rank):
    factor = RNG.normal(size=(rank, 4))
    metric, gradient = factor.T @ factor, factor.T @ RNG.normal(size=rank)
    np.testing.assert_allclose(natural_direction(metric, gradient, 0.0), np.linalg.pinv(metric, 1e-12) @ gradient,
                               rtol=1e-9)
    damped = metric + 0.1 * np.linalg.norm(metric, 2) * np.eye(4)
    np.testing.assert_allclose(natural_direction(metric, gradient, 0.1), np.linalg.solve(damped, gradient), rtol=1e-10)


def test_natural_direction_without_curvature():
    np.testing.assert_array_equal(natural_direction(np.zeros((3, 3)), np.ones(3), 1e-3), np.zeros(3))


@pytest.mark.parametrize("distance", [1e-3, 1.0, 1e3])
def test_what_rounding_hides(distance):
    """L(x) = V + ½(x − x*)²: the promise ½(x − x*)² against ε (V + |x − x*| |x|), p = 1."""
    eps = Fraction(2) ** -52
    for V, x in ((Fraction(3), Fraction(2)), (Fraction(0), Fraction(2)), (Fraction(5), Fraction(0))):
        scale = max(2 * eps * x, Fraction(math.isqrt(int(2 * eps * V * 4**60)), 2**60))  # where one of them meets it
        gap = scale * Fraction(distance)
        loss, promise = V + gap**2 / 2, gap**2 / 2
        hidden = promise <= eps * (loss + gap * x)
        assert within_rounding(float(promise), np.array([float(x)]), float(loss), np.array([float(gap)])) == hidden
        assert distance == 1.0 or hidden == (distance < 1)


@pytest.mark.parametrize("rank", [2, 4])
def test_the_residual_is_an_isometric_image(rank):
    """For any vector e and matrix J, from |e|²/2, Jᵀe and JᵀJ alone."""
    e, J = RNG.normal(size=9), RNG.normal(size=(9, rank)) @ RNG.normal(size=(rank, 4))
    r, image = isometric_residual(e @ e / 2, J.T @ e, J.T @ J)
    assert r @ r == pytest.approx(e @ e, rel=1e-14)
    np.testing.assert_allclose(image.T @ r, J.T @ e, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(image.T @ image, J.T @ J, rtol=1e-12, atol=1e-12)


OPTIMIZERS = {
    "gradient descent": (GradientDescent(0.02), 2000, 0.2),
    "Adam": (Adam(0.02, warmup=5, final_rate=1e-4), 400, 1e-3),
    "natural gradient": (NaturalGradient(), 40, 1e-20),
    "L-BFGS": (LBFGS(), 200, 1e-18),
    "least squares": (LeastSquares(), 100, 1e-18),
    "gradient flow": (GradientFlow(300.0), 1000, 1e-5),
}
TASKS = {
    "white": TASK,
    "AR(1)": Population(TEACHER, ar1(0.5)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("process", TASKS)
def test_each_on_a_planted_problem(name, process):
    optimizer, steps, wanted = OPTIMIZERS[name]
    found = fit(CHART, TASKS[process], optimizer, steps=steps)
    assert found.losses[-1] < wanted * found.losses[0]
    assert found.losses[0] == TASKS[process].loss(STUDENT)
    assert TASKS[process].loss(found.model) == pytest.approx(found.losses[-1], rel=1e-12)
    np.testing.assert_allclose(found.trajectory[-1], found.point)


@pytest.mark.parametrize(("damping", "wanted"), [(1e-10, 1e-6), (0.0, 1.0)])
def test_natural_gradient_never_climbs(damping, wanted):
    """From nearly tied poles, where the metric all but loses rank; undamped steps are then long, and cut short."""
    start = Chart(cascade([0.6, 0.6001], [0.5, 0.5]))
    losses = fit(start, Population(cascade([0.95])), NaturalGradient(damping=damping), steps=30).losses
    assert (np.diff(losses) <= 0).all() and losses[-1] < wanted * losses[0]


def test_natural_gradient_on_a_complex_stack():
    rng = np.random.default_rng(5)

    def layer(scale):
        poles = np.array([0.8, 0.6]) * np.exp(1j * np.array([0.4, 1.2]) * scale)
        return Layer(poles, rng.normal(size=(2, 1)) + 0.2j, rng.normal(size=(1, 2)) - 0.1j, [[0.3 * scale]], real=True)

    teacher, student = stack([layer(1.0)]), stack([layer(1.1)])
    found = fit(Chart(student, gamma=True, poles="exp-exp"), Population(teacher), NaturalGradient(), steps=40)
    assert (np.diff(found.losses) <= 0).all() and found.loss < 1e-8 * found.losses[0]


@pytest.mark.parametrize("optimizer", [NaturalGradient(), LeastSquares()])
def test_a_task_without_a_metric_is_refused(optimizer):
    with pytest.raises(ValueError, match="Gauss–Newton"):
        fit(CHART, RECORDED, optimizer, steps=3)


@pytest.mark.parametrize("optimizer", [LBFGS(), LeastSquares(), GradientFlow(1.0)])
def test_fresh_samples_are_refused(optimizer):
    with pytest.raises(ValueError, match="without fresh samples"):
        fit(CHART, Sampled(TEACHER, white(), 2, 20), optimizer, steps=3)


def test_gradient_flow_of_one_gain():
    """H = g against the teacher 1 (poles fixed at 0.6, V = 1/(1 − 0.36)): g − 1 falls as exp(−V t)."""
    chart = Chart(cascade([0.6], 0.2), train=("B",))
    V = 1 / (1 - 0.36)
    at = np.linspace(0, 3, 7)
    found = fit(chart, Population(cascade([0.6])), GradientFlow(3.0, at=at, levels=(0.1, 1e-30)), steps=1000)
    np.testing.assert_array_equal(found.times, at)
    np.testing.assert_allclose(found.trajectory[:, 0], 1 - 0.8 * np.exp(-V * at), rtol=1e-7)
    np.testing.assert_allclose(found.losses, 0.32 * V * np.exp(-2 * V * at), rtol=1e-5)
    crossing = np.log(0.32 * V / 0.1) / (2 * V)
    np.testing.assert_allclose(found.crossings, [crossing, np.nan], rtol=1e-7)


def test_gradient_flow_leaves_the_saddle():
    """λ* = .99, K = 2: tied optimum λ = .97031, L = 3.71714; ten times less asymmetry costs ln 10/κ = 7.3656e-4."""
    task = Population(cascade([0.99]))
    found = minimize(lambda x: task.loss(cascade([1 - np.exp(x[0])] * 2, [np.exp(x[1]), 1.0])), np.log([0.03, 0.1]),
                     method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-14})
    pole, gain = 1 - np.exp(found.x[0]), np.exp(found.x[1])
    assert (round(pole, 5), round(found.fun, 5)) == (0.97031, 3.71714)
    crossings = []
    for asymmetry in (1e-4, 1e-5):
        student = cascade([pole + asymmetry, pole - asymmetry], [gain, 1.0])
        chart = Chart(student, train={"poles": None, "B": (0,)})
        crossings.append(fit(chart, task, GradientFlow(0.004, levels=(3.0,)), steps=1000).crossings[0])
    assert crossings[1] - crossings[0] == pytest.approx(7.3656e-4, rel=1e-3)


@pytest.mark.parametrize("method", ["Radau", "BDF", "LSODA", "DOP853"])
def test_integrators_agree(method):
    optimizer = GradientFlow(2.0, rtol=1e-10, atol=1e-13, method=method)
    found = fit(CHART, TASK, optimizer, steps=3000)
    exact = fit(CHART, TASK, GradientFlow(2.0, rtol=1e-12, atol=1e-14, method="DOP853"), steps=10000)
    np.testing.assert_allclose(found.point, exact.point, rtol=1e-6)
    assert found.times[-1] == 2.0
