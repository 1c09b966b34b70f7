"""Compiled training runs against loops that read like the definitions, on impulse responses summed in time."""

import numpy as np
import pytest

from lti_depth import threads
from lti_depth.learning import Adam, GradientDescent, population
from lti_depth.learning.ensembles import CODES, descend
from lti_depth.numeric import ar1, arma, cascade, white
from lti_depth.parametrizations import PARAMETRIZATIONS

T = 400  # for |λ| ≤ .85: .85^800 = 3e-57


def impulse_response(poles, gain):
    """Of gain·Π 1/(1 − λ z⁻¹) at 0 … T−1."""
    h = np.zeros(T, dtype=complex)
    h[0] = gain
    for pole in poles:
        x = 0.0
        for t in range(T):
            x = pole * x + h[t]
            h[t] = x
    return h


def loss_and_gradient(poles, b, c, target, front, scale):
    """½ Σ|h_S − h_T|² with (∂_Re + i ∂_Im) by poles, b, c; the filter `front` colors the input."""
    shared, one = [*poles, *front], np.prod(b * c)
    e = scale * (impulse_response(shared, one) - impulse_response([*target[0], *front], np.prod(target[1] * target[2])))
    unit = scale * impulse_response(shared, 1.0)
    by_poles = []
    for pole in poles:
        longer = one * scale * impulse_response([*shared, pole], 1.0)
        by_poles.append(np.sum(e[1:] * longer[:-1].conj()))
    by_gain = np.sum(e * unit.conj())
    others = np.array([np.prod(np.delete(b * c, k)) for k in range(len(b))])
    gradients = np.array(by_poles), by_gain * np.conj(others * c), by_gain * np.conj(others * b)
    return np.sum(np.abs(e) ** 2) / 2, gradients


def train(poles, b, c, target, front, scale, chart, steps, advance):
    """Losses and the last parameters of a run; every complex number is two real coordinates."""
    complex_ = poles.dtype.kind == "c"
    x = chart.inverse(poles)
    losses, state = [], {}
    for step in range(steps + 1):
        poles = chart.map(x)
        loss, (g, gb, gc) = loss_and_gradient(poles, b, c, target, front, scale)
        losses.append(loss)
        if step == steps:
            return np.array(losses), poles, b, c
        slopes = chart.derivative(x)
        g = np.real(np.conj(g)[:, None] * slopes) if complex_ else g.real * slopes
        gb, gc = (gb, gc) if complex_ else (gb.real, gc.real)
        x, b, c = (advance(step, name, value, gradient, state)
                   for name, value, gradient in (("x", x, g), ("b", b, gb), ("c", c, gc)))


def descent(rate):
    return lambda step, name, value, gradient, state: value - rate * gradient


def adam(rate, warmup, final, steps, decay):
    """Kingma & Ba with warm-up, cosine and decoupled weight decay; Re and Im each on their own."""

    def advance(step, name, value, gradient, state):
        if np.iscomplexobj(value):
            re = advance(step, name + " re", value.real, gradient.real, state)
            return re + 1j * advance(step, name + " im", value.imag, gradient.imag, state)
        m, v = state.get(name, (0.0, 0.0))
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        state[name] = m, v
        if step < warmup:
            now = rate * (step + 1) / warmup
        else:
            now = final + (rate - final) * (1 + np.cos(np.pi * (step - warmup) / (steps - warmup))) / 2
        mean, spread = m / (1 - 0.9 ** (step + 1)), np.sqrt(v / (1 - 0.999 ** (step + 1)))
        return (1 - now * decay) * value - now * mean / (spread + 1e-8)

    return advance


def students(rng, S, K, low, is_complex):
    poles = rng.uniform(low, 0.8, (S, K))
    gains = rng.uniform(0.6, 1.2, (2, S, K))
    if not is_complex:
        return poles, *gains
    turned = np.exp(1j * rng.uniform(0.2, 1.5, (3, S, K)))
    return poles * turned[0], gains[0] * turned[1], gains[1] * turned[2]


CASES = [(name, kind) for name, p in PARAMETRIZATIONS.items() for kind in ("real", "complex") if getattr(p, kind)]


@pytest.mark.parametrize(("coordinates", "kind"), CASES)
def test_a_run_is_the_loop_of_the_definition(coordinates, kind):
    steps, rng = 12, np.random.default_rng(5)
    chart, is_complex = PARAMETRIZATIONS[coordinates], kind == "complex"
    low = -0.5 if coordinates in ("direct", "tanh", "stable") and not is_complex else 0.3
    poles, b, c = students(rng, 2, 2, low, is_complex)
    target = tuple(row[0] for row in students(rng, 1, 3, 0.3, is_complex))
    teacher, scale = cascade(*target), np.sqrt(2 * (1 - 0.6**2))
    for optimizer, advance in (
        (GradientDescent(1e-3), descent(1e-3)),
        (Adam(1e-2, weight_decay=0.1, warmup=3, final_rate=1e-3), adam(1e-2, 3, 1e-3, steps, 0.1)),
    ):
        found = descend(poles, b, c, teacher, optimizer, steps=steps, process=ar1(0.6, 2), coordinates=coordinates)
        for s in range(2):
            truth = train(poles[s], b[s], c[s], target, [0.6], scale, chart, steps, advance)
            np.testing.assert_allclose(found.losses[s], truth[0], rtol=1e-9)
            for a, exact in zip((found.poles[s], found.b[s], found.c[s]), truth[1:], strict=True):
                np.testing.assert_allclose(a, exact, rtol=1e-9)
    assert found.status == ("max steps",) * 2
    assert set(CODES) == set(PARAMETRIZATIONS)


def test_delayed_students_and_teachers_of_unequal_depth():
    """The delay of one layer more shifts the response by one sample."""
    rng = np.random.default_rng(6)
    for is_complex in (False, True):
        poles, b, c = students(rng, 1, 2, 0.3, is_complex)
        target = tuple(row[0] for row in students(rng, 1, 1, 0.3, is_complex))
        found = descend(poles, b, c, cascade(*target, timing="delayed"), GradientDescent(1e-3), steps=0)
        h_S = np.append(0, impulse_response(poles[0], np.prod(b * c)))
        h_T = np.append(impulse_response(target[0], np.prod(target[1] * target[2])), 0)
        assert found.loss[0] == pytest.approx(np.sum(np.abs(h_S - h_T) ** 2) / 2, rel=1e-12)


def test_poles_of_both_signs_and_many_layers():
    """Where the recursion loses digits the circle takes over: the same loss as from the general engine."""
    rng = np.random.default_rng(7)
    poles, teacher = rng.uniform(-0.97, 0.97, (6, 12)), cascade(rng.uniform(-0.97, 0.97, 12))
    found = descend(poles, 1.0, 1.0, teacher, GradientDescent(1e-3), steps=0)
    for row, loss in zip(poles, found.loss, strict=True):
        assert loss == pytest.approx(population.loss(cascade(row), teacher), rel=1e-8)


def test_what_is_not_trained_stays():
    poles = np.array([[0.5, 0.7]])
    found = descend(poles, 1.0, [0.5, 2.0], cascade([0.6, 0.3]), GradientDescent({"poles": 1e-3, "B": 1e-2}), steps=5,
                    train=("poles", "B"))  # fmt: skip
    np.testing.assert_array_equal(found.c, [[0.5, 2.0]])
    assert np.all(found.poles != poles)
    assert np.all(found.b != 1)
    found = descend(poles, 1.0, 1.0, cascade([0.6, 0.3]), Adam(1e-2, weight_decay=0.5), steps=5, train=("poles",))
    np.testing.assert_array_equal(found.b, [[1.0, 1.0]])


def test_convergence_divergence_thinning_and_levels():
    teacher = cascade([0.7])
    found = descend([[0.5], [0.6]], 1.0, 1.0, teacher, GradientDescent(0.02), steps=1000, every=7, levels=(1e-2, 1e-40),
                    tolerance=1e-20, train=("poles",))  # fmt: skip
    assert found.status == ("converged",) * 2
    assert np.all((found.loss <= 1e-20) & (found.steps < 1000))
    dense = descend([[0.5], [0.6]], 1.0, 1.0, teacher, GradientDescent(0.02), steps=1000, tolerance=1e-20,
                    train=("poles",))  # fmt: skip
    np.testing.assert_array_equal(found.losses, dense.losses[:, ::7])
    np.testing.assert_array_equal(found.pole_paths, dense.pole_paths[:, ::7])
    np.testing.assert_array_equal(found.times, np.arange(0, 1001, 7))
    first = [np.flatnonzero(losses <= 1e-2)[0] for losses in dense.losses]
    np.testing.assert_array_equal(found.crossings, [[first[0], np.nan], [first[1], np.nan]])
    assert np.isnan(dense.losses[0, found.steps[0] + 1 :]).all()

    wild = descend([[0.5], [0.9]], 1.0, 1.0, teacher, GradientDescent(1.0), steps=50, train=("poles",))
    assert all(status.startswith("diverged at step") for status in wild.status)
    assert np.all(np.abs(wild.poles) < 1)
    assert wild.status[0] == f"diverged at step {wild.steps[0]}"
    last = [losses[np.isfinite(losses)][-1] for losses in wild.losses]
    np.testing.assert_array_equal(wild.loss, last)


@pytest.mark.parametrize("is_complex", [False, True])
def test_same_bits_for_any_number_of_threads(monkeypatch, is_complex):
    poles, b, c = students(np.random.default_rng(8), 5, 3, 0.3, is_complex)
    runs = []
    for cores in (1, 2, 3):
        monkeypatch.setattr(threads, "count", lambda cores=cores: cores)
        runs.append(descend(poles, b, c, cascade([0.6, 0.7]), Adam(1e-2), steps=40))
    for run in runs[1:]:
        for name in ("poles", "b", "c", "losses", "pole_paths"):
            np.testing.assert_array_equal(getattr(run, name), getattr(runs[0], name))


def test_what_is_refused():
    teacher, step = cascade([0.5]), GradientDescent(1e-3)
    for arguments, message in (
        (([0.5], 1.0, 1.0, teacher, step), "poles: expected shape"),
        (([[1.5]], 1.0, 1.0, teacher, step), r"\|λ\| < 1"),
        (([[0.5]], 1.0, 1.0, cascade([0.5], d=1), step), "without feedthrough"),
        (([[0.5]], 1.0, 1.0, cascade([1.0]), step), r"\|λ\| < 1"),
    ):
        with pytest.raises(ValueError, match=message):
            descend(*arguments, steps=1)
    for options, message in (
        ({"process": arma([0.5], [0.3])}, "process: expected white noise"),
        ({"coordinates": "polar"}, "no coordinates for real poles"),
        ({"train": ("D",)}, "train: expected one of"),
        ({"steps": -1}, "steps"),
        ({"tolerance": -1.0}, "tolerance: expected"),
        ({"tolerance": np.nan}, "tolerance: expected"),
        ({"levels": (np.nan,)}, "levels: expected"),
    ):
        with pytest.raises(ValueError, match=message):
            descend([[0.5]], 1.0, 1.0, teacher, step, **{"steps": 1, **options})
    with pytest.raises(TypeError, match="optimizer"):
        descend([[0.5]], 1.0, 1.0, teacher, 3, steps=1)
    assert descend([[0.5]], 1.0, 1.0, teacher, step, steps=0, process=white(4)).loss == 0


def test_what_frequencies_cannot_resolve_is_said():
    teacher = cascade([0.9999], timing="delayed")
    found = descend([[0.99999, 0.1]], 1, 1, teacher, Adam(0.01), steps=3)
    assert found.status == ("not resolved at step 0",)


def test_complex_students_share_broadcast_gains():
    poles = 0.5 * np.exp(1j * np.arange(8.0).reshape(2, 4))
    apart = descend(poles, np.full((2, 4), 0.5), np.ones((2, 4)), cascade([0.9j]), Adam(0.01), steps=2)
    shared = descend(poles, np.full(4, 0.5), 1, cascade([0.9j]), Adam(0.01), steps=2)
    assert np.array_equal(apart.poles, shared.poles)
