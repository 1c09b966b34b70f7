"""simulate: chunks, shapes, precisions, buffers. (That it is the recursion of the theory: test_definitions.)"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import FAMILIES, complex_dyadic

from lti_depth import numeric
from lti_depth.numeric import simulate

over = pytest.mark.parametrize("family", FAMILIES)
RNG = np.random.default_rng(7)
CASCADE = numeric.cascade([0.5, -0.9, 0.99], d=[0, 1, 0])


def wide(**options):
    entries = RNG.normal(size=(3, 2)) + 1j * RNG.normal(size=(3, 2))
    first = numeric.Layer(0.9 * np.exp(1j * np.arange(3)), entries, entries.T[:1], **options)
    second = numeric.Layer([0.5j], entries[:1, :1], entries[:, :1], **options)
    return numeric.stack([first, second])


STACKS = {"cascade": CASCADE, "wide": wide(), "real output": wide(real=True)}


def signal(stack, batch=2, T=20, dtype=float):
    shape = (batch, T, stack.channels[0])
    u = RNG.normal(size=shape)
    return (u + 1j * RNG.normal(size=shape) if np.dtype(dtype).kind == "c" else u).astype(dtype)


@over
@given(st.data())
def test_chunks_are_the_whole(family, data):
    stack = data.draw(FAMILIES[family])
    u = signal(stack, T=12)
    whole, last = simulate(stack, u)
    cuts = sorted(data.draw(st.lists(st.integers(1, 11), max_size=3, unique=True)))
    state, parts = None, []
    for chunk in np.split(u, cuts, axis=1):
        y, state = simulate(stack, chunk, state)
        parts.append(y)
    size = np.abs(whole).max() + 1
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, rtol=1e-13, atol=1e-14 * size)
    np.testing.assert_allclose(state, last, rtol=1e-13, atol=1e-14 * (np.abs(last).max() + 1))


@over
@given(st.data())
def test_batches_are_runs_side_by_side(family, data):
    stack = data.draw(FAMILIES[family])
    u = signal(stack, batch=3, T=6)
    y, state = simulate(stack, u)
    for n in range(3):
        alone, end = simulate(stack, u[n : n + 1])
        assert np.array_equal(alone[0], y[n]) and np.array_equal(end[0], state[n])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_long_rows_of_a_batch_are_runs_alone_to_rounding(timing, dtype):
    """Positive poles and signals: no path of an input to an output has more than 5 (K + T) roundings, in either run."""
    K, T = 7, 600
    stack = numeric.cascade(np.linspace(0.1, 0.97, K), timing=timing)
    u = np.random.default_rng(0).uniform(size=(9, T)).astype(dtype)
    y, state = simulate(stack, u)
    alone, end = simulate(stack, u[4])
    rounding = 2 * 5 * (K + T) * np.finfo(dtype).eps
    np.testing.assert_allclose(alone, y[4], rtol=rounding)
    np.testing.assert_allclose(end[0], state[4], rtol=rounding)
    assert np.array_equal(simulate(stack, u[4, :511])[0], simulate(stack, u[:, :511])[0][4])


@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_a_run_on_an_impulse_is_the_impulse_response(timing):
    stack = CASCADE.replace(timing=timing)
    y, _ = simulate(stack, np.eye(1, 50)[0])
    np.testing.assert_allclose(y, numeric.impulse_response(stack, np.arange(50)), rtol=1e-12, atol=1e-14)


def test_shapes_of_a_single_channel():
    u = signal(CASCADE)[..., 0]
    y, state = simulate(CASCADE, u)
    assert y.shape == (2, 20) and state.shape == (2, 3, 1)
    y, state = simulate(CASCADE, u[0])
    assert y.shape == (20,) and state.shape == (1, 3, 1)
    y, _ = simulate(CASCADE, u[..., None])
    assert y.shape == (2, 20, 1)


@pytest.mark.parametrize("name", ["wide", "real output"])
def test_shapes_of_several_channels(name):
    stack = STACKS[name]
    y, state = simulate(stack, signal(stack))
    assert y.shape == (2, 20, 3) and state.shape == (2, 2, 3)
    assert (state[:, 1, 1:] == 0).all()


@pytest.mark.parametrize(
    ("name", "given_dtype", "expected"),
    [
        ("cascade", "f4", "f4"), ("cascade", "f8", "f8"), ("cascade", "c8", "c8"), ("cascade", "c16", "c16"),
        ("wide", "f4", "c8"), ("wide", "f8", "c16"), ("wide", "c8", "c8"),
        ("real output", "f4", "f4"), ("real output", "f8", "f8"),
        ("cascade", "i2", "f8"), ("cascade", "f2", "f8"),
    ],
)  # fmt: skip
def test_precision_of_the_signal_stays(name, given_dtype, expected):
    stack = STACKS[name]
    u = (8 * signal(stack, dtype=given_dtype if given_dtype[0] == "c" else float)).astype(given_dtype)
    y, state = simulate(stack, u)
    assert y.dtype == np.dtype(expected)
    truth, _ = simulate(stack, u.astype(np.complex128 if u.dtype.kind == "c" else np.float64))
    roundoff = 1e-5 if expected in ("f4", "c8") else 1e-13
    assert np.abs(y - truth).max() < roundoff * np.abs(truth).max()
    again, _ = simulate(stack, u, state)
    assert again.dtype == y.dtype


def test_a_state_is_passed_on_and_not_changed():
    u = signal(CASCADE)
    _, state = simulate(CASCADE, u)
    before = state.copy()
    state.flags.writeable = False
    _, after = simulate(CASCADE, u, state)
    assert np.array_equal(state, before) and not np.array_equal(after, before)
    assert not np.shares_memory(after, state)


@pytest.mark.parametrize("name", STACKS)
def test_a_buffer_takes_the_output(name):
    stack = STACKS[name]
    u = signal(stack)
    expected, _ = simulate(stack, u)
    out = np.full_like(expected, np.nan)
    y, _ = simulate(stack, u, out=out)
    assert y is out and np.array_equal(out, expected)


def test_the_input_may_be_the_buffer():
    u = signal(CASCADE)
    expected, _ = simulate(CASCADE, u)
    assert not np.array_equal(expected, u)
    y, _ = simulate(CASCADE, u, out=u)
    assert y is u and np.array_equal(u, expected)


@pytest.mark.parametrize("name", STACKS)
def test_the_input_is_left_alone(name):
    u = signal(STACKS[name])
    before = u.copy()
    simulate(STACKS[name], u)
    assert np.array_equal(u, before)


@given(st.lists(complex_dyadic(1), min_size=1, max_size=5))
def test_complex_signals_split_into_real_and_imaginary(samples):
    u = np.array(samples, dtype=complex)
    whole, _ = simulate(CASCADE, u)
    re, im = (simulate(CASCADE, part)[0] for part in (u.real, u.imag))
    np.testing.assert_allclose(whole, re + 1j * im, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("stack", [CASCADE, numeric.stack([numeric.Layer([0.5, 0.3], np.eye(2), np.ones((2, 2)))])])
def test_a_buffer_that_is_the_input_stays_where_something_is_not_finite(stack):
    u = signal(stack)
    u[1, 3] = np.inf
    before = u.copy()
    with pytest.raises(ValueError, match="u: expected finite numbers"):
        simulate(stack, u, out=u)
    assert np.array_equal(u, before)


def test_unstable_stacks_run():
    y, _ = simulate(numeric.cascade([2.0]), [1.0, 0, 0, 0])
    assert y.tolist() == [1, 2, 4, 8]


@pytest.mark.compiled("so many steps take minutes")
@pytest.mark.slow
def test_time_averages_are_the_predicted_moments():
    """4·10⁶ samples of AR(1) input: within five standard errors, from the spread over 16 runs."""
    rho, T = 0.6, 250_000
    e = np.random.default_rng(11).normal(size=(16, T)) * np.sqrt(1 - rho**2)
    u, _ = simulate(numeric.cascade([rho]), e)
    stack = numeric.cascade([0.8, 0.5])
    y, _ = simulate(stack, u)
    y = y[:, 1000:]
    for lag in (0, 1, 5):
        measured = (y[:, lag:] * y[:, : y.shape[1] - lag]).mean(axis=1)
        error = measured.std(ddof=1) / 4
        assert abs(measured.mean() - numeric.autocovariance(stack, lag, numeric.ar1(rho))) < 5 * error


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shift", [-3, -1, 0, 1, 3])
def test_out_may_overlap_the_input(shift, dtype):
    """y written some samples before or after the u that is still to be read."""
    buffer = np.zeros(40, dtype)
    buffer[10:30] = u = RNG.normal(size=20).astype(dtype)
    y, _ = simulate(CASCADE, buffer[10:30], out=buffer[10 + shift : 30 + shift])
    assert np.array_equal(y, simulate(CASCADE, u)[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_growth_beyond_the_dtype_is_named_once(dtype):
    wide = numeric.stack([numeric.Layer([3.0, 0.5], [[1], [1]], [[1, 1]])])
    for stack in (numeric.cascade([3.0]), wide):
        with pytest.warns(RuntimeWarning, match=f"simulate: .* exceed {np.dtype(dtype)}") as caught:
            y, _ = simulate(stack, np.ones(1000, dtype))
        assert len(caught) == 1
        first = int(np.argmax(~np.isfinite(y)))
        assert np.isfinite(y[:first]).all() and f"from t = {first} on" in str(caught[0].message)
