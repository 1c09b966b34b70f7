"""fit: same seed, same bits; resuming equals one longer run; divergence is a status."""

import copy
import pickle
import re

import numpy as np
import pytest
from planted import CHART, RECORDED, STUDENT, TASK, TEACHER

from lti_depth.learning import (
    LBFGS,
    Adam,
    Chart,
    Fit,
    GradientDescent,
    GradientFlow,
    LeastSquares,
    NaturalGradient,
    Population,
    Recorded,
    Sampled,
    fit,
)
from lti_depth.learning.problems import Problem
from lti_depth.parametrizations import softplus, zoh
from lti_depth.system import Block, Layer, Network, ar1, cascade, stack, white

RNG = np.random.default_rng(0)


def network(seed):
    rng = np.random.default_rng(seed)

    def layer():
        poles = 0.8 * np.exp(1j * rng.uniform(0, 2, 2))
        return Layer(poles, rng.normal(size=(2, 2)) + 0j, rng.normal(size=(2, 2)) + 0j, np.eye(2), real=True)

    return Network((Block(layer(), "rms", "tanh", rng.normal(size=(2, 2)), True), Block(layer())))


TASKS = {
    "population": (STUDENT, Population(TEACHER, ar1(0.5))),
    "sampled": (STUDENT, Sampled(TEACHER, ar1(0.5), batch=4, length=50, washout=10)),
    "recorded": (STUDENT, RECORDED),
    "network": (network(1), Sampled(network(0), None, batch=2, length=30)),
}
OPTIMIZERS = {
    "gradient descent": GradientDescent(1e-3),
    "Adam": Adam(0.01, weight_decay=1e-3, warmup=5, final_rate=1e-4, horizon=50),
}


def same(first, second):
    for name in ("times", "losses", "trajectory", "point"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    assert (first.status, first.step, first.seed) == (second.status, second.step, second.seed)
    assert first.rng_state == second.rng_state
    assert first.state.keys() == second.state.keys()
    for name in first.state:
        np.testing.assert_array_equal(first.state[name], second.state[name])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", TASKS)
def test_same_seed_same_bits_and_another_seed_others(name, optimizer):
    model, task = TASKS[name]
    run = [fit(model, task, OPTIMIZERS[optimizer], steps=20, seed=seed) for seed in (3, 3, 4)]
    same(run[0], run[1])
    assert task.fresh == (not np.array_equal(run[0].losses, run[2].losses))


@pytest.mark.parametrize("every", [1, 7])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", TASKS)
def test_resuming_is_one_longer_run(name, optimizer, every):
    model, task = TASKS[name]
    whole = fit(model, task, OPTIMIZERS[optimizer], steps=50, seed=3, every=every)
    part = fit(model, task, OPTIMIZERS[optimizer], steps=18, seed=3, every=every)
    part = fit(model, task, OPTIMIZERS[optimizer], steps=31, every=every, resume=part)
    same(fit(model, task, OPTIMIZERS[optimizer], steps=50, every=every, resume=part), whole)


def test_resuming_a_natural_gradient():
    whole = fit(STUDENT, TASK, NaturalGradient(0.1), steps=20)
    part = fit(STUDENT, TASK, NaturalGradient(0.1), steps=7)
    same(fit(STUDENT, TASK, NaturalGradient(0.1), steps=20, resume=part), whole)


def test_resuming_what_scipy_drives():
    first = fit(CHART, TASK, GradientFlow(1.0), steps=500)
    on = fit(CHART, TASK, GradientFlow(2.0), steps=1000, resume=first)
    whole = fit(CHART, TASK, GradientFlow(2.0), steps=1000)
    assert on.times[-1] == 2.0 and (np.diff(on.times) > 0).all()
    np.testing.assert_allclose(on.point, whole.point, rtol=1e-6)
    first = fit(CHART, TASK, LBFGS(), steps=5)
    assert first.status == "max steps"
    on = fit(CHART, TASK, LBFGS(), steps=100, resume=first)
    np.testing.assert_array_equal(on.times, np.arange(len(on.times)))
    assert on.loss < first.loss


OTHERS = {
    "kind of optimizer": {"optimizer": GradientDescent(0.01)},
    "optimizer.rate": {"optimizer": Adam(0.02)},
    "optimizer.betas[1]": {"optimizer": Adam(0.01, (0.9, 0.99))},
    "coordinates of the poles": {"model": Chart(STUDENT, "tanh")},
    "train": {"model": CHART},
    "gamma": {"model": Chart(STUDENT, gamma=True)},
    "train.poles": {"model": Chart(cascade([0.6, 0.3j + 0.1], 0.7))},
    "train.B": {"model": Chart(STUDENT, train={"poles": None, "B": (0,), "C": None, "D": None})},
    "model.timing": {"model": cascade([0.6, 0.3], 0.7, timing="delayed")},
    "task": {"task": Sampled(TEACHER)},
    "task.teacher.timing": {"task": Population(cascade([0.9, 0.5], 0.5, timing="delayed"))},
    "task.teacher.layers[1].poles": {"task": Population(cascade([0.9, 0.4], 0.5))},
    "task.process.parts[0].variance": {"task": Population(TEACHER, white(2.0))},
    "task.process.parts[0].shape": {"task": Population(TEACHER, ar1(0.5))},
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_run_is_not_resumed(name):
    part = fit(STUDENT, TASK, Adam(0.01), steps=3)
    run = {"model": STUDENT, "task": Population(TEACHER), "optimizer": Adam(0.01)} | OTHERS[name]
    with pytest.raises(ValueError, match=re.escape(f"another {name}: ")):
        fit(*run.values(), steps=5, resume=part)


@pytest.mark.parametrize(("name", "before", "now"), [
    ("task.batch", Sampled(TEACHER, batch=2, length=9), Sampled(TEACHER, batch=3, length=9)),
    ("task.length", Sampled(TEACHER, batch=2, length=9), Sampled(TEACHER, batch=2, length=8)),
    ("task.washout", Sampled(TEACHER, batch=2, length=9), Sampled(TEACHER, batch=2, length=9, washout=1)),
    ("task.target", Recorded(np.ones(9), np.ones(9)), Recorded(np.ones(9), np.zeros(9))),
])  # fmt: skip
def test_other_samples_are_not_resumed(name, before, now):
    part = fit(STUDENT, before, Adam(0.01), steps=2)
    with pytest.raises(ValueError, match=f"another {name}: "):
        fit(STUDENT, now, Adam(0.01), steps=5, resume=part)


def test_other_untrained_parameters_are_not_resumed():
    part = fit(Chart(STUDENT, train={"B": (0,)}), Population(TEACHER), Adam(0.01), steps=3)
    with pytest.raises(ValueError, match=re.escape("another train[0][1][0]: int 0, here int 1")):
        fit(Chart(STUDENT, train={"B": (1,)}), Population(TEACHER), Adam(0.01), steps=5, resume=part)
    part = fit(Chart(STUDENT, train=("B",)), Population(TEACHER), Adam(0.01), steps=3)
    with pytest.raises(ValueError, match=re.escape("another model.layers[0].poles")):
        fit(Chart(cascade([0.61, 0.3], 0.7), train=("B",)), Population(TEACHER), Adam(0.01), steps=5, resume=part)
    block = network(1).blocks[0]
    other = Network((Block(block.layer, "layer", "tanh", block.mix, True), network(1).blocks[1]))
    model, task = TASKS["network"]
    with pytest.raises(ValueError, match=re.escape("another model.blocks[0].norm: str 'rms', here str 'layer'")):
        fit(other, task, Adam(0.01), steps=5, resume=fit(model, task, Adam(0.01), steps=3))


def test_what_may_be_another_where_a_run_goes_on():
    """The trained parameters at the start, objects of the same content, the thinning, the tolerance."""
    part = fit(STUDENT, TASK, Adam(0.01), steps=3)
    whole = fit(STUDENT, TASK, Adam(0.01), steps=6)
    again = fit(part.model, Population(cascade([0.9, 0.5], 0.5), white()), Adam(0.01), steps=6, resume=part)
    same(again, whole)
    again = fit(STUDENT, part.task, Adam(0.01), steps=6, every=3, tolerance=1e-30, resume=part)
    np.testing.assert_array_equal(again.point, whole.point)


def test_resuming_needs_steps_and_a_horizon():
    part = fit(STUDENT, TASK, GradientDescent(0.01), steps=3)
    with pytest.raises(ValueError, match="horizon"):
        cosine = Adam(0.01, final_rate=1e-4)
        fit(STUDENT, TASK, cosine, steps=9,
            resume=fit(STUDENT, TASK, cosine, steps=5))
    with pytest.raises(ValueError, match="steps: expected"):
        fit(STUDENT, TASK, GradientDescent(0.01), steps=2, resume=part)
    with pytest.raises(TypeError, match="resume: expected a Fit"):
        fit(STUDENT, TASK, GradientDescent(0.01), steps=2, resume=part.point)


@pytest.mark.parametrize("task", [Population, Sampled])
def test_channels_that_do_not_agree_are_the_students(task):
    two = stack([Layer([0.5], [[1.0, 2.0]], [[1.0], [2.0], [3.0]])])
    for student, teacher, message in ((STUDENT, two, "2 input and 3 output channels as the teacher has, got 1 and 1"),
                                      (two, TEACHER, "1 input and 1 output channels as the teacher has, got 2 and 3")):
        with pytest.raises(ValueError, match="student: expected " + message):
            fit(student, task(teacher), GradientDescent(0.01), steps=2)
    with pytest.raises(ValueError, match="student: expected 2 input and 3 output"):
        fit(network(0), Sampled(two), GradientDescent(0.01), steps=2)


def test_the_record():
    found = fit(STUDENT, TASK, GradientDescent(1e-3), steps=25, every=10)
    np.testing.assert_array_equal(found.times, [0, 10, 20, 25])
    assert found.trajectory.shape == (4, 8) and found.losses.shape == (4,)
    assert found.step == 25 and found.status == "max steps" and found.loss == found.losses[-1]
    for index, loss in enumerate(found.losses):
        assert Population(TEACHER).loss(found.model_at(index)) == pytest.approx(loss, rel=1e-13)
    np.testing.assert_array_equal(found.model.poles, found.model_at(-1).poles)
    for array in (found.times, found.losses, found.trajectory, found.point):
        assert not array.flags.writeable
    assert isinstance(found, Fit)


def test_converged():
    found = fit(STUDENT, TASK, NaturalGradient(), steps=100, tolerance=1e-6)
    assert found.status == "converged" and found.losses[-1] <= 1e-6 < found.losses[-2]
    assert fit(TEACHER, TASK, GradientDescent(0.1), steps=10).status == "converged"
    assert fit(TEACHER, TASK, GradientFlow(1.0), steps=10).status == "converged"


TRAPPED = Chart(cascade([0.5], 0.7), train=("poles", "B"))
DEEPER = Population(cascade([0.9, 0.7, 0.3]))


@pytest.mark.parametrize(("chart", "task", "optimizer"), [
    (TRAPPED, DEEPER, NaturalGradient()),
    (CHART, TASK, NaturalGradient()),
    (Chart(cascade([0.5, 0.2], 0.7), train=("poles", "B")), Population(cascade([0.8])), NaturalGradient(1.0, 0.0)),
    (CHART, Population(cascade([0.9, 0.5, 0.8], 0.5)), LBFGS(gradient_tolerance=0.0)),
])  # fmt: skip
def test_at_the_precision_of_doubles_it_has_converged(chart, task, optimizer):
    """Also where the loss stays large: no point nearby is better by more than p ε L."""
    found = fit(chart, task, optimizer, steps=200)
    assert found.status == "converged" and found.step < 100
    near = found.point + found.point * 1e-6 * RNG.normal(size=(100, len(found.point)))
    losses = [task.loss(chart.build(point)) for point in near]
    assert min(losses) >= found.loss * (1 - len(found.point) * np.finfo(float).eps)


def test_no_way_down_where_there_is_one_is_stalling():
    """Steps below the rounding of the point, far from the optimum."""
    found = fit(TRAPPED, DEEPER, NaturalGradient(rate=1e-18), steps=20)
    assert found.status == "stalled at step 0"
    np.testing.assert_array_equal(found.point, TRAPPED.point)


@pytest.mark.parametrize("optimizer", [LBFGS(), LeastSquares(), GradientFlow(1e4)])
def test_what_scipy_drives_stops_at_the_tolerance(optimizer):
    found = fit(CHART, TASK, optimizer, steps=500, tolerance=1e-6)
    assert found.status == "converged" and found.losses[-1] <= 1e-6 < found.losses[-2]
    assert found.step == len(found.losses) - 1


@pytest.mark.parametrize("optimizer", [LBFGS(), LeastSquares()])
def test_scipys_own_criteria(optimizer):
    found = fit(CHART, TASK, optimizer, steps=500)
    assert found.status == "converged" and found.loss < 1e-20


@pytest.mark.parametrize("optimizer", [LBFGS(), LeastSquares(), GradientFlow(10.0)])
def test_scipys_steps_are_counted(optimizer):
    found = fit(STUDENT, TASK, optimizer, steps=6, every=4)
    assert found.status == "max steps" and found.step <= 6
    assert found.trajectory.shape == (len(found.times), 8)
    np.testing.assert_array_equal(found.trajectory[-1], found.point)


def test_a_search_from_near_the_circle():
    """Line searches and trust regions that reach beyond it see no loss there, and come back."""
    teacher = Population(cascade([0.999], 0.1))
    for optimizer in (LBFGS(), LeastSquares(), NaturalGradient()):
        found = fit(Chart(cascade([0.9], 0.5), train=("poles", "B")), teacher, optimizer, steps=300)
        assert found.loss < 1e-12 * found.losses[0], optimizer


def test_leaving_the_circle_is_divergence():
    found = fit(cascade([0.9]), Population(cascade([0.99])), GradientDescent(0.1), steps=100)
    assert found.status == f"diverged at step {found.step + 1}"
    assert np.abs(found.model.poles).max() < 1 and np.isfinite(found.losses).all()
    np.testing.assert_array_equal(found.trajectory[-1], found.point)


@pytest.mark.parametrize("name", ["sampled", "network"])
def test_overflow_is_divergence(name):
    model, task = TASKS[name]
    found = fit(model, task, GradientDescent(100.0), steps=500)
    assert found.status.startswith("diverged at step") and np.isfinite(found.point).all()


def test_a_diverged_run_diverges_again():
    task = Population(cascade([0.99]))
    whole = fit(cascade([0.9]), task, GradientDescent(0.1), steps=100)
    same(fit(cascade([0.9]), task, GradientDescent(0.1), steps=100, resume=whole), whole)


def test_starting_outside_the_circle_is_misuse():
    with pytest.raises(ValueError, match="inside the unit circle"):
        fit(cascade([1.0]), Population(TEACHER), GradientDescent(0.1), steps=3)


@pytest.mark.parametrize("settings", [{"steps": 0}, {"steps": 5, "every": 0}, {"steps": 5, "seed": -1}])
def test_bad_settings(settings):
    with pytest.raises(ValueError, match="expected an integer"):
        fit(STUDENT, TASK, GradientDescent(0.1), **settings)


@pytest.mark.parametrize("tolerance", [-1e-3, float("nan"), float("inf")])
def test_bad_tolerances(tolerance):
    with pytest.raises(ValueError, match="tolerance: expected"):
        fit(STUDENT, TASK, GradientDescent(0.1), steps=3, tolerance=tolerance)


def test_bad_arguments():
    with pytest.raises(TypeError, match="task: expected"):
        fit(STUDENT, TEACHER, GradientDescent(0.1), steps=3)
    with pytest.raises(TypeError, match="optimizer: expected"):
        fit(STUDENT, TASK, 0.1, steps=3)
    with pytest.raises(TypeError, match="expected a Stack or a Network"):
        fit([0.5], Population(TEACHER), GradientDescent(0.1), steps=3)
    with pytest.raises(ValueError, match="time: expected"):
        flow = fit(STUDENT, TASK, GradientFlow(0.01), steps=500)
        fit(STUDENT, TASK, GradientFlow(0.01), steps=900, resume=flow)


COPIES = {"copied": copy.deepcopy, "pickled": lambda fit: pickle.loads(pickle.dumps(fit))}
CHARTS = {
    **{name: Chart(STUDENT, name) for name in ("direct", "exp-exp", "tanh", "softplus", "stable", "sections")},
    "softplus of another step": Chart(STUDENT, softplus(0.5)),
    **{name: Chart(stack([Layer([0.6j, 0.3], [[1.0], [1.0j]], [[0.5, 0.5]])]), name)
       for name in ("direct", "polar")},
    "zoh": Chart(stack([Layer([0.6j, 0.3 - 0.1j], [[1.0], [1.0j]], [[0.5, 0.5]])]), zoh(0.1), gamma=True),
}  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("how", COPIES)
def test_a_copy_goes_on_as_the_fit_does(how, name):
    task, optimizer = Sampled(TEACHER, batch=2, length=20), Adam(0.01)
    part = fit(CHARTS[name], task, optimizer, steps=3)
    found = COPIES[how](part)
    same(found, part)
    assert repr(found) == repr(part)
    same(fit(found.chart, found.task, found.optimizer, steps=6, resume=found),
         fit(CHARTS[name], task, optimizer, steps=6))
    for array in (found.times, found.losses, found.trajectory, found.point):
        assert not array.flags.writeable


@pytest.mark.parametrize("optimizer", [GradientDescent({"poles": 0.01, "B": 0.02}), NaturalGradient(), LBFGS(),
                                       LeastSquares(), GradientFlow(1.0, levels=(0.1,))])  # fmt: skip
@pytest.mark.parametrize("how", COPIES)
def test_a_fit_by_any_optimizer_is_copied(how, optimizer):
    part = fit(CHART, Population(TEACHER, ar1(0.5)), optimizer, steps=4)
    found = COPIES[how](part)
    same(found, part)
    assert found.optimizer == part.optimizer
    np.testing.assert_array_equal(found.model.poles, part.model.poles)


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize(("coordinates", "gamma"), [("direct", False), ("exp-exp", True), ("tanh", False)])
def test_scalar_cascades_are_trained_without_a_model_to_the_same_bits(coordinates, gamma, timing, monkeypatch):
    teacher = cascade([0.9, 0.5, 0.7], 0.5, timing=timing)
    chart = Chart(cascade([0.6, 0.3, 0.2], 0.7, timing=timing), coordinates, ("poles", "B", "C"), gamma)
    task = Population(teacher, ar1(0.5))
    problem, point = Problem(chart, task), chart.point
    loss, fields = task.gradient(chart.build(point))
    wanted = chart.pullback(point, fields)
    monkeypatch.setattr(Chart, "assembled", lambda *_: pytest.fail("built a model"))
    found = problem.gradient(point)
    assert found[0] == loss == problem.loss(point)
    np.testing.assert_array_equal(found[1], wanted)
    assert fit(chart, task, Adam(1e-3), steps=5).loss < loss
    outside = point.copy()
    outside[0] = {"direct": 1.0, "exp-exp": -800.0, "tanh": 40.0}[coordinates]
    assert problem.gradient(outside) == (np.inf, None) and problem.loss(outside) == np.inf


def test_repr_is_one_line():
    found = fit(STUDENT, TASK, GradientDescent(0.01), steps=3)
    assert repr(found).startswith("Fit(GradientDescent, 8 parameters, 3 steps, max steps, loss")
    assert len(repr(found)) < 120


def test_progress_rises_to_one():
    for steps in (3, 250):
        seen = []
        fit(STUDENT, TASK, GradientDescent(1e-3), steps=steps, progress=seen.append)
        assert seen == sorted(seen) and seen[-1] == 1.0 and len(seen) <= 101


def test_recorded_loss_by_the_definition():
    u, target, weights = RNG.normal(size=(3, 40)), RNG.normal(size=(3, 40)), RNG.uniform(size=40)
    y = np.zeros_like(u)
    for row, signal in zip(y, u, strict=True):
        x = np.zeros(2)
        for t, value in enumerate(signal):
            for k in range(2):
                x[k] = STUDENT.poles[k] * x[k] + STUDENT.B[k] * value
                value = STUDENT.C[k] * x[k] + STUDENT.D[k] * value
            row[t] = value
    wanted = 0.5 * np.mean(((y - target) ** 2) @ weights)
    assert Recorded(u, target, weights).loss(STUDENT) == pytest.approx(wanted, rel=1e-13)


def test_washout_and_channels_of_sampled():
    task = Sampled(network(0), None, batch=3, length=20, washout=5)
    u, target = task.draw(np.random.default_rng(1))
    assert u.shape == target.shape == (3, 20, 2)
    assert task.weights[:5].tolist() == [0] * 5 and task.weights.sum() == pytest.approx(1)
    assert task.loss(network(0), np.random.default_rng(2)) == 0
    wide = stack([Layer([0.5], [[1.0, 2.0]], [[1.0]])])
    u, target = Sampled(wide, None, batch=3, length=20).draw(np.random.default_rng(1))
    assert u.shape == (3, 20, 2) and target.shape == (3, 20, 1)


@pytest.mark.parametrize(("build", "message"), [
    (lambda: Sampled(TEACHER, length=10, washout=10), "washout"),
    (lambda: Sampled(TEACHER, batch=0), "batch"),
    (lambda: Recorded(np.zeros((2, 5)), np.zeros((2, 4))), "target"),
    (lambda: Recorded(np.zeros(5), np.zeros(5), -np.ones(5)), "weights"),
    (lambda: Recorded(np.zeros(5), np.zeros(5), np.ones(4)), "weights"),
])  # fmt: skip
def test_bad_tasks(build, message):
    with pytest.raises(ValueError, match=message):
        build()
