"""Training runs, step by step: coordinates against mpmath, losses against sums over time, Adam against its paper."""

import mpmath
import numpy as np
import pytest
from impulses import derivatives, energy, later, pulse, stack, through

from lti_depth.kernels import descent

OMEGA = 2 * np.pi * np.arange(2**10) / 2**10
NODES = np.sin(OMEGA), 2 * np.sin(OMEGA / 2) ** 2

REAL = {
    descent.DIRECT: lambda x: x,
    descent.TANH: mpmath.tanh,
    descent.EXP_EXP: lambda x: mpmath.exp(-mpmath.exp(x)),
    descent.SOFTPLUS: lambda x: mpmath.exp(-mpmath.log1p(mpmath.exp(x))),
    descent.STABLE: lambda x: 1 - 1 / (x * x + 0.5),
}
COMPLEX = {
    descent.DIRECT: lambda x, y: x + 1j * y,
    descent.POLAR: lambda x, y: x * mpmath.expj(y),
    descent.EXP_EXP: lambda x, y: mpmath.exp(-mpmath.exp(x) + 1j * mpmath.exp(y)),
    descent.ZOH: lambda x, y: mpmath.exp(-mpmath.exp(x) + 1j * y),
}


@pytest.mark.parametrize("code", REAL)
@pytest.mark.parametrize("x", [0.3, -1.7, 4.0, -20.0])
def test_real_poles(code, x):
    """A few roundings of numbers up to e^4, in the exponent of the second exponential."""
    with mpmath.workdps(30):
        truth, slope = REAL[code](mpmath.mpf(x)), mpmath.diff(REAL[code], x)
        value, derivative = descent.real_pole(code, x)
        np.testing.assert_allclose([value, derivative], [float(truth), float(slope)], rtol=1e-13)


@pytest.mark.parametrize("code", [descent.TANH, descent.EXP_EXP, descent.SOFTPLUS])
@pytest.mark.parametrize("x", [-800.0, -710.0, 710.0, 800.0])
def test_real_poles_far_out(code, x):
    limit = {descent.TANH: np.sign(x), descent.EXP_EXP: float(x < 0), descent.SOFTPLUS: float(x < 0)}[code]
    assert descent.real_pole(code, x) == (limit, pytest.approx(0.0, abs=1e-300))


@pytest.mark.parametrize("code", COMPLEX)
@pytest.mark.parametrize("x, y", [(0.3, 0.4), (-1.2, -2.0), (0.9, 1.5)])
def test_complex_poles(code, x, y):
    with mpmath.workdps(30):
        partial = [mpmath.diff(COMPLEX[code], (x, y), order) for order in ((0, 0), (1, 0), (0, 1))]
        np.testing.assert_allclose(descent.complex_pole(code, x, y), [complex(z) for z in partial], rtol=1e-13)


def test_complex_poles_far_out():
    assert descent.complex_pole(descent.EXP_EXP, 800.0, 0.1) == (0, 0, 0)
    assert abs(descent.complex_pole(descent.EXP_EXP, 0.1, 800.0)[0]) == pytest.approx(np.exp(-np.exp(0.1)))


WHITE, FRONT = np.array([]), np.array([0.45, 0.2])
STUDENT = np.array([0.6, 0.1, 0.3]), np.array([0.9, -1.1, 1.3]), np.array([1.0, 0.8, 0.6])
TEACHER = np.array([0.5, 0.2]), np.array([1.4, 0.7]), np.array([0.3, -2.0])
SIGNED = np.array([-0.5, 0.2, 0.4]), np.array([1.4, 0.7, 1.0]), np.array([0.3, -2.0, 1.0])


def definition(student, teacher, front, variance, delayed):
    """½E|y_S − y_T|² and E ē ∂y by poles, b and c, (3, K)."""
    color = through(front, later(pulse(), 2))
    scale = variance / energy(color, color).real
    error = stack(student[0], student[1] * student[2], color, delayed)
    error = error - stack(teacher[0], teacher[1] * teacher[2], color, delayed)
    partial = derivatives(*student, color, delayed)[:3]
    return 0.5 * scale * energy(error, error).real, scale * np.array(
        [[energy(error, v) for v in row] for row in partial]
    )


@pytest.mark.parametrize("teacher", [TEACHER, SIGNED], ids=["positive", "signed"])
@pytest.mark.parametrize("front", [WHITE, FRONT, -FRONT], ids=["white", "colored", "negative"])
@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize("code", [descent.DIRECT, descent.TANH])
def test_real_loss(teacher, front, delayed, code):
    x = np.arctanh(STUDENT[0]) if code == descent.TANH else STUDENT[0]
    slope = 1 - STUDENT[0] ** 2 if code == descent.TANH else 1
    target, gradient, poles = (*teacher, front, 1.7, delayed), np.full(9, np.nan), np.full(3, np.nan)
    loss = descent.real_loss(np.concatenate([x, *STUDENT[1:]]), code, target, NODES, poles, gradient)
    expected, partial = definition(STUDENT, teacher, front, 1.7, delayed)
    np.testing.assert_allclose(poles, STUDENT[0], rtol=1e-14)
    np.testing.assert_allclose(loss, expected, rtol=1e-12)
    partial[0] *= slope
    np.testing.assert_allclose(gradient, partial.real.ravel(), rtol=1e-11, atol=1e-13)


def exact_loss(student, teacher, front):
    """½Σ of the squared difference of the responses of sections with gains 1, of colored input, with 40 digits."""
    with mpmath.workdps(40):
        responses = []
        for poles in (student, teacher, []):
            u = [mpmath.mpf(1)] + [mpmath.mpf(0)] * 150
            for pole in map(mpmath.mpf, [*poles, *front]):
                for t in range(1, len(u)):
                    u[t] += pole * u[t - 1]
            responses.append(u)
        color = sum(f**2 for f in responses.pop())
        return float(sum((p - q) ** 2 for p, q in zip(*responses, strict=True)) / (2 * color))


@pytest.mark.parametrize("student, teacher, front, delayed", [
    ([0.3, 0.5 + 1e-13], [0.3, 0.5], [], True),
    ([0.3, 0.0, 0.5 - 1e-13], [0.3, 0.5], [], False),
    ([0.5 - 1e-10, 0.5001 + 1e-10], [0.5, 0.5001], [], False),
    ([0.5 - 1e-10, 0.5001 + 1e-10], [0.5, 0.5001], [0.2], False),
    ([0.0, 0.5 - 1e-10, 0.5001 + 1e-10], [0.0, 0.5, 0.5001], [0.0], False),
], ids=["aligned", "one layer more", "opposite errors", "colored", "poles at 0"])  # fmt: skip
def test_small_losses_keep_their_digits(student, teacher, front, delayed):
    """Positive poles go by the recursion, aligned as they are, though on the circle the loss would be rounding."""
    gradient, poles, one = np.empty(3 * len(student)), np.empty(len(student)), np.ones(len(teacher))
    target = (np.array(teacher), one, one, np.array(front), 1.0, delayed)
    point = np.concatenate([student, np.ones(2 * len(student))])
    loss = descent.real_loss(point, descent.DIRECT, target, NODES, poles, gradient)
    np.testing.assert_allclose(loss, exact_loss(student, teacher, front), rtol=1e-5)


def test_numbers_become_complex():
    assert descent._complex(np.array([0.5, -1.0])).dtype == np.complex128


@pytest.mark.parametrize("signed", ["student", "teacher"])
def test_real_loss_of_many_poles_of_both_signs(signed):
    """The recursion over sorted poles would lose seven digits: the circle takes over. In pairs ±λ sums lose none."""
    sizes = 0.8 * np.cos(np.pi * (np.arange(8) + 0.5) / 16)
    deep, shallow = ((poles, np.ones(len(poles)), np.ones(len(poles)))
                     for poles in (np.stack([-sizes, sizes], 1).ravel(), np.array([0.1, 0.3])))  # fmt: skip
    student, teacher = (deep, shallow) if signed == "student" else (shallow, deep)
    gradient, poles = np.empty(3 * len(student[0])), np.empty(len(student[0]))
    target = (*teacher, WHITE, 1.0, False)
    loss = descent.real_loss(np.concatenate(student), descent.DIRECT, target, NODES, poles, gradient)
    expected, partial = definition(student, teacher, WHITE, 1.0, False)
    np.testing.assert_allclose(loss, expected, rtol=1e-12)
    np.testing.assert_allclose(gradient, partial.real.ravel(), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("code", [descent.DIRECT, descent.ZOH])
@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("delayed", [False, True])
def test_complex_loss(code, depth, delayed):
    poles, b, c = np.array([0.4 + 0.3j, -0.5j]), np.array([0.7 - 1j, 1.2j]), np.array([1.0 + 0.2j, 0.4 - 0.6j])
    teacher = np.array([0.3j, -0.6])[:depth], np.array([1.0, 0.2 + 1j])[:depth], np.array([0.5j, 1.5 + 0j])[:depth]
    x, y = (poles.real, poles.imag) if code == descent.DIRECT else (np.log(-np.log(abs(poles))), np.angle(poles))
    slope = np.array([[1, 1j]] * 2) if code == descent.DIRECT else poles[:, None] * np.stack([-np.exp(x), [1j] * 2], 1)
    point = np.concatenate([np.stack([x, y], 1).ravel(), b.view(float), c.view(float)])
    target, gradient, found = (*teacher, FRONT + 0j, 1.7, delayed), np.full(12, np.nan), np.full(2, np.nan + 0j)
    loss = descent.complex_loss(point, code, target, NODES, found, gradient)
    expected, (by, *gains) = definition((poles, b, c), teacher, FRONT, 1.7, delayed)
    np.testing.assert_allclose(found, poles, rtol=1e-14)
    np.testing.assert_allclose(loss, expected, rtol=1e-12)
    np.testing.assert_allclose(gradient[:4], (by[:, None] * slope).real.ravel(), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(gradient[4:], np.conj(gains).ravel().view(float), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("pole", [1.0, -1.0, 1.5, np.nan])
def test_no_loss_beyond_the_circle(pole):
    target, gradient = (*TEACHER, WHITE, 1.0, False), np.full(6, 7.0)
    point = np.array([0.5, pole, 1.0, 1.0, 1.0, 1.0])
    assert descent.real_loss(point, descent.DIRECT, target, NODES, np.empty(2), gradient) == np.inf
    target = (*(part + 0j for part in TEACHER), WHITE + 0j, 1.0, False)
    point = np.array([0.0, pole, 1.0, 0.0, 1.0, 0.0])
    assert descent.complex_loss(point, descent.DIRECT, target, NODES, np.empty(1, complex), gradient) == np.inf
    assert (gradient == 7).all()


def test_gradient_descent():
    point, gradient, rates = np.array([1.0, 2.0, 3.0]), np.array([4.0, -5.0, 6.0]), np.array([0.5, 0.0, 0.25])
    rule = False, 0.0, 0.0, 0.0, 0.0, 0, np.nan, 10
    descent.advance(point, gradient, rates, rule, 3, np.zeros(3), np.zeros(3))
    assert point.tolist() == [-1.0, 2.0, 1.5]


def schedule(rate, step, warmup, final, end):
    if step < warmup:
        return rate * (step + 1) / warmup
    if np.isnan(final):
        return rate
    final, part = min(final, rate), min(1.0, (step - warmup) / max(end - warmup, 1))
    return final + (rate - final) * (1 + np.cos(np.pi * part)) / 2


def adam(x, m, v, gradient, rate, step, beta1, beta2, eps, decay):
    """Kingma & Ba, arXiv 1412.6980, algorithm 1; weights decay apart from the gradient (arXiv 1711.05101)."""
    m, v = beta1 * m + (1 - beta1) * gradient, beta2 * v + (1 - beta2) * gradient**2
    mean, square = m / (1 - beta1 ** (step + 1)), v / (1 - beta2 ** (step + 1))
    return (1 - rate * decay) * x - rate * mean / (np.sqrt(square) + eps), m, v


@pytest.mark.parametrize("warmup, final, end", [(0, np.nan, 9), (3, np.nan, 9), (2, 0.1, 5), (0, 0.3, 6), (4, 0.0, 4)])
def test_adam(warmup, final, end):
    rng = np.random.default_rng(0)
    rates, start = np.array([0.5, 0.0, 0.2]), rng.normal(size=3)
    point, m, v = start.copy(), np.zeros(3), np.zeros(3)
    x, first, second = start.copy(), np.zeros(3), np.zeros(3)
    for step in range(9):
        gradient = rng.normal(size=3)
        descent.advance(point, gradient, rates, (True, 0.8, 0.95, 1e-3, 0.1, warmup, final, end), step, m, v)
        for j in (0, 2):
            rate = schedule(rates[j], step, warmup, final, end)
            x[j], first[j], second[j] = adam(
                x[j], first[j], second[j], gradient[j], rate, step, 0.8, 0.95, 1e-3, 0.1)  # fmt: skip
        np.testing.assert_allclose([point, m, v], [x, first, second], rtol=1e-13)
    assert point[1] == start[1]


class Records:
    """What a run writes into."""

    def __init__(self, size, every, steps, levels):
        count = steps // every + 1
        self.losses, self.points = np.full(count, np.nan), np.full((count, size), np.nan)
        self.crossings, self.levels, self.every = np.full(len(levels), np.nan), np.array(levels), every

    def note(self, step, loss, gradient, point, before, last, tolerance):
        return descent._note(step, loss, np.array(gradient), point, before, last, self.every, tolerance, self.levels,
                             self.losses, self.points, self.crossings)  # fmt: skip


def test_what_is_noted():
    records = Records(2, 2, 4, [5.0, 1.0])
    before, last = np.zeros(2), np.zeros(2)
    point = np.array([1.0, 2.0])
    for step, loss in ((0, 8.0), (1, 5.0), (2, 0.75), (3, 0.5)):
        point[0] += 1.0
        assert records.note(step, loss, [1.0, 1.0], point, before, last, 0.25) == descent.RUNNING
        assert (before == point).all() and last[0] == loss
    np.testing.assert_array_equal(records.losses, [8.0, 0.75, np.nan])
    np.testing.assert_array_equal(records.points, [[2.0, 2.0], [4.0, 2.0], [np.nan, np.nan]])
    assert records.crossings.tolist() == [1, 2]
    assert records.note(4, 0.25, [1.0, 1.0], point, before, last, 0.25) == descent.CONVERGED
    for loss, gradient, status in ((np.inf, [1.0, 1.0], descent.DIVERGED), (np.nan, [1.0, 1.0], descent.UNRESOLVED),
                                   (0.1, [np.nan, 1.0], descent.DIVERGED)):  # fmt: skip
        moved = np.array([9.0, 9.0])
        assert records.note(4, loss, gradient, moved, before, last, 0.25) == status
        assert (moved == point).all() and last[0] == 0.25


@pytest.mark.parametrize("steps, every, tolerance, status", [
    (5, 2, 0.0, descent.MAX_STEPS), (40, 1, 1e-2, descent.CONVERGED), (0, 1, 0.0, descent.MAX_STEPS),
])  # fmt: skip
@pytest.mark.parametrize("kind", [float, complex])
def test_runs(steps, every, tolerance, status, kind):
    """Gradient descent with gradients summed over time."""
    point = np.array([0.3, 0.7, 0.9]).astype(kind).view(float) + (0.1 if kind is complex else 0.0)
    teacher = [np.array([value], kind) for value in (0.5, 1.0, 0.8)]
    size, rate = len(point), 0.05
    run = descent.run_complex if kind is complex else descent.run_real
    records = Records(size, every, steps, [0.1, 0.0])
    expected, losses, points = point.copy(), [], []
    for step in range(steps + 1):
        parameters = expected.view(kind).reshape(3, 1)
        loss, partial = definition(parameters, teacher, WHITE, 1.0, False)
        losses.append(loss)
        points.append(expected.copy())
        if loss <= tolerance or step == steps:
            break
        expected -= rate * np.ascontiguousarray(np.conj(partial.ravel()) if kind is complex else partial.ravel().real
                                                ).view(float)  # fmt: skip
    rule = False, 0.0, 0.0, 0.0, 0.0, 0, np.nan, steps
    target = (*teacher, WHITE.astype(kind), 1.0, False)
    found = run(point, descent.DIRECT, target, NODES, np.full(size, rate), rule, steps, every, tolerance,
                records.levels, records.losses, records.points, records.crossings)  # fmt: skip
    assert found[:2] == (status, step)
    np.testing.assert_allclose(found[2], losses[-1], rtol=1e-9)
    np.testing.assert_allclose(point, expected, rtol=1e-10)
    kept = len(losses[::every])
    np.testing.assert_allclose(records.losses[:kept], losses[::every], rtol=1e-9)
    np.testing.assert_allclose(records.points[:kept], points[::every], rtol=1e-10)
    assert np.isnan(records.losses[kept:]).all() and np.isnan(records.crossings[1])
    below = np.flatnonzero(np.array(losses) <= 0.1)
    assert records.crossings[0] == below[0] if len(below) else np.isnan(records.crossings[0])


def test_a_run_of_adam_in_coordinates():
    """A deeper teacher in delayed timing: the student comes one step earlier."""
    x, m, v = np.array([0.4, 0.7, 0.9]), np.zeros(3), np.zeros(3)
    point, steps = x.copy(), 4
    records, rule = Records(3, 1, steps, []), (True, 0.8, 0.95, 1e-3, 0.1, 0, np.nan, steps)
    descent.run_real(point, descent.TANH, (*TEACHER, WHITE, 1.0, True), NODES, np.full(3, 0.1), rule, steps, 1, 0.0,
                     records.levels, records.losses, records.points, records.crossings)  # fmt: skip
    for step in range(steps):
        student = np.array([np.tanh(x[:1]), x[1:2], x[2:]])
        loss, partial = definition(student, TEACHER, WHITE, 1.0, True)
        np.testing.assert_allclose(records.losses[step], loss, rtol=1e-10)
        np.testing.assert_allclose(records.points[step], x, rtol=1e-10)
        gradient = partial.real.ravel() * [1 - student[0, 0] ** 2, 1, 1]
        x, m, v = adam(x, m, v, gradient, 0.1, step, 0.8, 0.95, 1e-3, 0.1)
    np.testing.assert_allclose(point, x, rtol=1e-10)


def test_a_complex_run_of_adam_in_coordinates():
    x, m, v = np.array([0.1, 0.5, 0.7, 0.2, 0.9, -0.3]), np.zeros(6), np.zeros(6)
    point, steps = x.copy(), 4
    teacher = tuple(part + 0.1j for part in TEACHER)
    records, rule = Records(6, 1, steps, []), (True, 0.8, 0.95, 1e-3, 0.1, 0, np.nan, steps)
    descent.run_complex(point, descent.ZOH, (*teacher, WHITE + 0j, 1.0, True), NODES, np.full(6, 0.1), rule, steps, 1,
                        0.0, records.levels, records.losses, records.points, records.crossings)  # fmt: skip
    for step in range(steps):
        pole = np.exp(-np.exp(x[0]) + 1j * x[1])
        loss, partial = definition(np.array([[pole], *x[2:].view(complex).reshape(2, 1)]), teacher, WHITE, 1.0, True)
        np.testing.assert_allclose(records.losses[step], loss, rtol=1e-10)
        np.testing.assert_allclose(records.points[step], x, rtol=1e-10)
        by_pole = (partial[0, 0] * pole * np.array([-np.exp(x[0]), 1j])).real
        gradient = np.concatenate([by_pole, np.conj(partial[1:, 0]).view(float)])
        x, m, v = adam(x, m, v, gradient, 0.1, step, 0.8, 0.95, 1e-3, 0.1)
    np.testing.assert_allclose(point, x, rtol=1e-10)


@pytest.mark.parametrize("kind", [float, complex])
def test_a_run_that_leaves_the_circle(kind):
    point = np.array([0.3, 0.7, 0.9]).astype(kind).view(float)
    start = point.copy()
    teacher = [np.array([value], kind) for value in (0.5, 1.0, 0.8)]
    run = descent.run_complex if kind is complex else descent.run_real
    records, size = Records(len(point), 1, 3, [0.1]), len(point)
    rule = False, 0.0, 0.0, 0.0, 0.0, 0, np.nan, 3
    found = run(point, descent.DIRECT, (*teacher, WHITE.astype(kind), 1.0, False), NODES, np.full(size, 100.0), rule,
                3, 1, 0.0, records.levels, records.losses, records.points, records.crossings)  # fmt: skip
    assert found == (descent.DIVERGED, 1, records.losses[0]) and (point == start).all()
    assert np.isnan(records.losses[1:]).all()
