"""Teachers against dense loops written from their definitions."""

import numpy as np
import pytest
from scipy.interpolate import pade

from lti_depth import numeric
from lti_depth.experiments import records
from lti_depth.learning import delay, one_step, pade_delay, planted, zucchet
from lti_depth.learning.teachers import diagonalized


def response(stack, u):
    """Layer by layer, sample by sample."""
    signal = np.asarray(u, dtype=complex)
    for layer in stack:
        x, y = np.zeros(layer.width, complex), np.zeros((len(signal), layer.channels[1]), complex)
        for t, sample in enumerate(signal):
            if stack.timing == "delayed":
                y[t] = layer.C @ x + layer.D @ sample
                x = layer.poles * x + layer.B @ sample
            else:
                x = layer.poles * x + layer.B @ sample
                y[t] = layer.C @ x + layer.D @ sample
        signal = y.real if layer.real else y
    return signal


def dense(A, B, C, D, T):
    """Impulse response of x ← A x + B u, y = C x + D u."""
    x, h = np.zeros((len(A), 1)), np.zeros(T)
    for t in range(T):
        x = A @ x + B * (t == 0)
        h[t] = (C @ x + D * (t == 0)).item()
    return h


@pytest.mark.parametrize("settings", [
    {}, {"timing": "delayed"}, {"N": 3, "H": 2}, {"N": 3, "H": 2, "phase": 2.0}, {"phase": 1.0, "timing": "delayed"},
])  # fmt: skip
@pytest.mark.parametrize("K", [1, 3])
def test_planted_has_unit_output_variance(K, settings):
    teacher = planted(K, np.random.default_rng(0), r_min=0.3, r_max=0.9, **settings)
    H = settings.get("H", 1)
    assert len(teacher) == K and teacher.channels == (H,) * (K + 1) and set(teacher.widths) == {settings.get("N", 1)}
    energy = sum(np.sum(np.abs(response(teacher, np.outer(np.arange(400) == 0, np.arange(H) == h))) ** 2)
                 for h in range(H))
    assert energy / H == pytest.approx(1, rel=1e-12)
    assert all(0.3 <= abs(pole) <= 0.9 for layer in teacher for pole in layer.poles)


def test_planted_by_default_is_a_real_scalar_cascade():
    teacher = planted(5, np.random.default_rng(0))
    assert teacher.is_cascade and teacher.dtype.kind == "f" and (teacher.poles >= 0).all()
    assert teacher.poles.tolist() == planted(5, np.random.default_rng(0)).poles.tolist()


@pytest.mark.parametrize("nu0", [0.36, 0.99])
def test_zucchet_by_its_protocol(nu0):
    rng = np.random.default_rng(7)
    eigenvalues, vectors = np.linalg.eig(rng.normal(size=(10, 10)) * np.sqrt(1 / 10))
    moved = [(nu0 + (1 - nu0) * np.tanh(abs(l))) * np.exp(1j * np.angle(l) * 3.14 / np.pi) for l in eigenvalues]
    A = np.real(vectors @ np.diag(moved) @ np.linalg.inv(vectors))
    B, C, D = rng.normal(size=(10, 1)), rng.normal(size=(1, 10)) / np.sqrt(10), rng.normal(size=(1, 1))
    teacher = zucchet(nu0, np.random.default_rng(7))
    got = response(teacher, (np.arange(300) == 0.0)[:, None])[:, 0]
    np.testing.assert_allclose(got, dense(A, B, C, D, 300), rtol=0, atol=1e-10)
    assert teacher.real_output and sum(1 + (pole.imag != 0) for pole in teacher.poles[0]) == 10
    assert np.abs(teacher.poles[0]).max() < 1


def test_delay():
    impulse = (np.arange(8) == 0.0)[:, None]
    np.testing.assert_array_equal(response(delay(3), impulse)[:, 0], np.arange(8) == 3)
    assert numeric.group_delay(delay(3), 1.0) == 3


def legendre(q, theta):
    A = np.array([[(2 * i + 1) * (-1.0 if i < j else (-1.0) ** (i - j + 1)) for j in range(q)] for i in range(q)])
    return A / theta, np.array([[(2 * i + 1) * (-1.0) ** i] for i in range(q)]) / theta


@pytest.mark.parametrize(("q", "digits"), [(1, 12), (4, 12), (6, 11), (10, 7), (12, 5)])
@pytest.mark.parametrize("D", [5, 50.5])
def test_pade_delay_is_the_held_legendre_memory(q, digits, D):
    """exp of the held system by its power series, in steps of 2⁻¹⁰, which costs the reference a factor 1024 in u; the
    diagonal form loses what its eigenvectors' condition takes, about a digit more with each order above 4."""
    A, B = legendre(q, D)
    held = np.block([[A, B], [np.zeros((1, q + 1))]]) / 1024
    step = sum(np.linalg.matrix_power(held, n) / np.prod(np.arange(1.0, n + 1)) for n in range(12))
    step = np.linalg.matrix_power(step, 1024)
    teacher = pade_delay(D, q)
    got = response(teacher, (np.arange(100) == 0.0)[:, None])[:, 0]
    want = dense(step[:q, :q], step[:q, q:], np.ones((1, q)), np.zeros((1, 1)), 100)
    np.testing.assert_allclose(got, want, rtol=0, atol=10.0**-digits)


@pytest.mark.parametrize("q", [1, 2, 4])
def test_the_legendre_memory_is_pade(q):
    """C (s − A)⁻¹ B against the Padé approximant [q−1/q] of e^{−s}, from its Taylor series."""
    A, B = legendre(q, 1.0)
    taylor = [(-1.0) ** n / np.prod(np.arange(1.0, n + 1)) for n in range(2 * q)]
    numerator, denominator = pade(taylor, q, q - 1)
    for s in (0.3, 1j, 2 - 1j):
        transfer = (np.ones((1, q)) @ np.linalg.solve(s * np.eye(q) - A, B)).item()
        assert transfer == pytest.approx(numerator(s) / denominator(s), rel=1e-9)


@pytest.mark.parametrize(("timing", "shift"), [("current", -0.5), ("delayed", 0.5)])
def test_delay_of_the_pade_delay(timing, shift):
    teacher = pade_delay(20, 6, timing=timing).closed()
    assert numeric.group_delay(teacher, 0.0) == pytest.approx(20 + shift, abs=0.03)


def test_pade_delays_of_high_order_are_refused():
    with pytest.raises(ValueError, match="at most 12"):
        pade_delay(20, 13)


@pytest.mark.parametrize("read", [records.sunspots, records.elnino])
def test_one_step(read):
    series, task = read(), one_step(read())
    np.testing.assert_array_equal(task.u[1:], task.target[:-1])
    assert len(task.u) == len(series) - 1
    whole = np.append(task.u, task.target[-1])
    assert whole.mean() == pytest.approx(0, abs=1e-12) and whole.std() == pytest.approx(1)
    assert task.weights.sum() == pytest.approx(1)


def test_diagonalized_keeps_real_systems_real():
    layer = diagonalized(np.array([[0.5, 0.1], [0.0, 0.2]]), np.ones((2, 1)), np.ones((1, 2)), np.zeros((1, 1)))
    assert layer.dtype.kind == "f" and not layer.real


@pytest.mark.parametrize("build", [
    lambda rng: planted(0, rng), lambda rng: zucchet(1.0, rng), lambda rng: delay(0), lambda rng: pade_delay(-1, 3),
    lambda rng: one_step([1.0, 1.0, 1.0, 1.0]), lambda rng: one_step([1.0, 2.0]),
])  # fmt: skip
def test_misuse(build):
    with pytest.raises(ValueError, match="expected"):
        build(np.random.default_rng(0))
