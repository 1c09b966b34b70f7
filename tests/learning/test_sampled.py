"""Scalar cascades on samples: loss and gradient against complex steps through naive loops."""

import math

import numpy as np
import pytest
from specializations import Specializations

from lti_depth import learning, numeric, threads
from lti_depth.kernels import sampled as kernels
from lti_depth.learning import networks, sampled
from lti_depth.system.fields import flat

STEP = 1e-30


def definition(poles, b, c, d, timing, u, target, weights):
    """½ mean over rows of Σ_t w_t (y_t − target_t)², layer after layer, one sample after another."""
    total = 0
    for row, aim in zip(u, target, strict=True):
        states = [0.0] * len(poles)
        for t in range(len(row)):
            p = row[t]
            for k in range(len(poles)):
                x = states[k]
                states[k] = poles[k] * x + b[k] * p
                p = c[k] * (states[k] if timing == "current" else x) + d[k] * p
            total += weights[t] * (p - aim[t]) ** 2 / 2
    return total / len(u)


def by_steps(stack, u, target, weights):
    """The loss, and its gradient in flat order, each entry by a step i h into the complex plane: no difference."""
    values = [np.array(part, complex) for part in (stack.poles, stack.B, stack.C, stack.D)]
    bars = []
    for part in values:
        for k in range(len(part)):
            part[k] += 1j * STEP
            bars.append(definition(*values, stack.timing, u, target, weights).imag / STEP)
            part[k] = part[k].real
    return definition(*values, stack.timing, u, target, weights).real, np.array(bars)


def draw(K, batch, T, timing="current", seed=0):
    rng = np.random.default_rng(seed + K)
    stack = numeric.cascade(rng.uniform(-0.9, 0.9, K), rng.normal(size=K), rng.normal(size=K), timing=timing)
    return stack, *rng.normal(size=(2, batch, T)), rng.uniform(size=T) / T


def close(measured, expected):
    np.testing.assert_allclose(measured, expected, rtol=1e-11, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("K", [1, 2, 3, 4, 6, 7, 13])
def test_gradient_by_complex_steps(K, timing):
    stack, u, target, weights = draw(K, 3, 20, timing)
    value, gradient = sampled.gradient(stack, u, target, weights)
    expected, bars = by_steps(stack, u, target, weights)
    assert value == pytest.approx(expected, rel=1e-13)
    close(flat(gradient), bars)


@pytest.mark.parametrize(("batch", "T"), [(1, 1), (1, 7), (8, 8), (9, 64), (11, 77), (16, 130)])
def test_batches_and_lengths_of_every_remainder(batch, T):
    for timing in ("current", "delayed"):
        stack, u, target, weights = draw(3, batch, T, timing)
        value, gradient = sampled.gradient(stack, u, target, weights)
        expected, bars = by_steps(stack, u, target, weights)
        assert value == pytest.approx(expected, rel=1e-13)
        close(flat(gradient), bars)


def test_washed_out_samples_do_not_count():
    stack, u, target, _ = draw(2, 4, 30)
    weights = np.where(np.arange(30) < 20, 0.0, 0.1)
    value, gradient = sampled.gradient(stack, u, target, weights)
    expected, bars = by_steps(stack, u, target, weights)
    assert value == pytest.approx(expected, rel=1e-13)
    close(flat(gradient), bars)
    target[:, :20] = 1e6
    assert sampled.gradient(stack, u, target, weights)[0] == value


def test_weights_default_to_the_mean_over_time():
    stack, u, target, _ = draw(2, 4, 30)
    assert sampled.gradient(stack, u, target)[0] == pytest.approx(by_steps(stack, u, target, np.full(30, 1 / 30))[0])
    one, _ = sampled.gradient(stack, u[0], target[0])
    assert one == sampled.gradient(stack, u[:1], target[:1, :, None])[0]


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("zeros", [(1,), (0, 2)])
def test_gains_of_zero(zeros, timing):
    stack, u, target, weights = draw(4, 3, 20, timing)
    B = stack.B.copy()
    B[list(zeros)] = 0
    stack = stack.replace(B=B)
    _, gradient = sampled.gradient(stack, u, target, weights)
    close(flat(gradient), by_steps(stack, u, target, weights)[1])


@pytest.mark.parametrize("kind", ["feedthrough", "complex"])
def test_other_cascades_go_by_the_adjoint(kind):
    stack, u, target, weights = draw(3, 3, 20, "delayed")
    stack = stack.replace(D=[0.5, 0, -1]) if kind == "feedthrough" else stack.replace(poles=stack.poles * 1j)
    value, gradient = sampled.gradient(stack, u, target, weights)
    assert all(part.shape == (3,) for part in gradient)
    assert value == pytest.approx(sampled.loss(stack, u, target, weights), rel=1e-13)
    if kind == "feedthrough":
        close(flat(gradient), by_steps(stack, u, target, weights)[1])
    else:
        for k in range(3):
            for direction, bar in ((1e-6, gradient.poles[k].real), (1e-6j, gradient.poles[k].imag)):
                step = np.eye(3)[k] * direction
                moved = (stack.replace(poles=stack.poles + s) for s in (step, -step))
                up, down = (sampled.loss(other, u, target, weights) for other in moved)
                assert (up - down) / 2e-6 == pytest.approx(bar, rel=1e-6, abs=1e-9)


def test_wide_stacks_have_gradients_layer_by_layer():
    rng = np.random.default_rng(1)
    stack = numeric.stack([numeric.Layer([0.5, 0.2], rng.normal(size=(2, 1)), rng.normal(size=(1, 2)))] * 2)
    u, target = rng.normal(size=(2, 3, 20))
    value, gradient = sampled.gradient(stack, u, target)
    expected, fields = networks.gradient(stack, u, target)
    assert value == expected and np.array_equal(gradient.B[1], fields.B[1]) and gradient.C[0].shape == (1, 2)


def test_many_seeds_are_each_alone():
    rng = np.random.default_rng(2)
    poles, gains = rng.uniform(-0.9, 0.9, (37, 5)), rng.normal(size=37)
    gains[3] = 0
    u, target = rng.normal(size=(2, 11, 100))
    losses, by_poles, by_gains = sampled.gradients(poles, gains, sampled.signals(u, target))
    for s in range(37):
        stack = numeric.cascade(poles[s], b=[gains[s], 1, 1, 1, 1])
        value, gradient = sampled.gradient(stack, u, target)
        assert losses[s] == value and by_gains[s] == gradient.B[0]
        assert np.array_equal(by_poles[s], gradient.poles)


def test_bits_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(sampled, "_WORTH_A_THREAD", 0)
    rng = np.random.default_rng(3)
    poles, gains = rng.uniform(-0.9, 0.9, (40, 6)), rng.normal(size=40)
    u, target = rng.normal(size=(2, 29, 150))
    results = []
    for count in (1, 2, 3):
        monkeypatch.setattr(threads, "count", lambda count=count: count)
        results.append(sampled.gradients(poles, gains, sampled.signals(u, target)))
    for other in results[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(results[0], other, strict=True))


def test_products_of_gains_beyond_double_precision():
    """The product of all gains is 10⁻³²⁰, less than float64 holds; the output is not."""
    u, target = 1e300 * np.random.default_rng(4).normal(size=(2, 150)), np.zeros((2, 150))
    stack = numeric.cascade([0.5] * 80, b=1e-4)
    weights = np.full(150, 1 / 150)
    value, gradient = sampled.gradient(stack, u, target, weights)
    values = stack.poles.astype(complex), stack.B, stack.C, stack.D
    values[0][7] += 1j * STEP
    expected = definition(*values, "current", u, target, weights)
    assert value == pytest.approx(expected.real, rel=1e-12, abs=0)
    assert gradient.poles[7] == pytest.approx(expected.imag / STEP, rel=1e-9, abs=0) != 0


def test_divergence_is_a_value_and_bad_input_is_refused():
    stack, u, target, _ = draw(2, 3, 400)
    value, _ = sampled.gradient(stack.replace(poles=[9.0, 9.0]), u, target)
    assert not math.isfinite(value)
    u[1, 3] = np.nan
    with pytest.raises(ValueError, match="u: expected finite numbers"):
        sampled.gradient(stack, u, target)
    with pytest.raises(ValueError, match="target: expected shape"):
        sampled.gradient(stack, target, target[:2])
    with pytest.raises(ValueError, match="weights"):
        sampled.gradient(stack, target, target, [1.0])
    with pytest.raises(ValueError, match="u: expected"):
        sampled.gradient(stack, np.ones((2, 3, 4)), np.ones((2, 3, 4)))
    with pytest.raises(TypeError, match="expected a Stack"):
        sampled.gradient([0.5], target, target)
    with pytest.raises(ValueError, match="poles: expected shape"):
        sampled.gradients([0.5], [1.0], sampled.signals(target, target))


@pytest.mark.parametrize(("batch", "T"), [(1, 1), (8, 8), (11, 77), (17, 16)])
def test_rows_lie_side_by_side(batch, T):
    u, target = np.random.default_rng(5).normal(size=(2, batch, T))
    given = sampled.signals(u, target)
    for laid, rows in ((given.u, u), (given.target, target)):
        back = laid.transpose(0, 2, 1).reshape(-1, T)
        assert np.array_equal(back[:batch], rows) and not back[batch:].any() and not laid.flags.writeable
    assert given.batch == batch and repr(given) == f"Signals(batch={batch}, T={T})"


def test_seeds_count_weighted_times():
    stack, u, target, weights = draw(3, 5, 40)
    losses, by_poles, _ = sampled.gradients(
        stack.poles[None], [np.prod(stack.B * stack.C)], sampled.signals(u, target, weights)
    )
    value, gradient = sampled.gradient(stack, u, target, weights)
    assert losses[0] == pytest.approx(value, rel=1e-14)
    close(by_poles[0], gradient.poles)


@pytest.mark.parametrize("shape", [(30,), (5, 30), (5, 30, 1)])
def test_recorded_data_are_laid_out_once(shape):
    stack = draw(3, 1, 1)[0]
    u, target = np.random.default_rng(6).normal(size=(2, *shape))
    task = learning.Recorded(u, target)
    feedthrough = stack.replace(D=[0.5, 0, -1])
    for student in (stack, stack.replace(timing="delayed"), feedthrough):
        value, gradient = task.gradient(student)
        expected, fields = sampled.gradient(student, u, target)
        assert value == expected and np.array_equal(flat(gradient), flat(fields))
    assert task._signals is task._signals and sampled.forward_gradient(feedthrough, task._signals) is None
    assert learning.Recorded(1j * u, target)._signals is None


def test_seeds_are_real_numbers():
    given = sampled.signals(*np.ones((2, 3, 9)))
    for poles, gains in (([[0.5j]], [1.0]), ([[0.5]], [1j]), ([[np.nan]], [1.0]), ([[0.5]], [np.inf]), ([[0.5]], [])):
        with pytest.raises(ValueError, match="expected"):
            sampled.gradients(poles, gains, given)
        with pytest.raises(ValueError, match="expected"):
            sampled.gradients(np.array(poles), np.array(gains), given)


def test_the_kernel_compiles_once():
    asked = Specializations(*(known := (kernels.gradients, kernels.means, kernels.lanes)))
    stack, u, target, weights = draw(2, 3, 40)
    u.flags.writeable = False
    for x in (u, np.array(u)[::-1], np.asfortranarray(u)):
        sampled.gradient(stack, x, target, weights)
        sampled.gradient(stack, x, target)
        sampled.gradients([[0.5, 0.2]] * 20, np.ones(20), sampled.signals(x, target))
    assert all(asked.of(kernel) <= 1 for kernel in known)


def test_against_jax():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    stack, u, target, _ = draw(5, 9, 200)

    def loss(poles, gain):
        y = gain * jnp.asarray(u).T
        for pole in poles:
            _, y = jax.lax.scan(lambda x, q, pole=pole: (pole * x + q,) * 2, jnp.zeros(len(u)), y)
        return 0.5 * ((y.T - target) ** 2).mean()

    gain = float(np.prod(stack.B * stack.C))
    value, (by_poles, by_gain) = jax.value_and_grad(loss, (0, 1))(jnp.asarray(stack.poles), gain)
    losses, poles, gains = sampled.gradients(stack.poles[None], [gain], sampled.signals(u, target))
    assert losses[0] == pytest.approx(float(value), rel=1e-13)
    close(poles[0], np.asarray(by_poles))
    close(gains[0], np.asarray(by_gain))
