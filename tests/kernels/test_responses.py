"""Responses and delays by eight frequencies at a time against their plain twins, one by one."""

import numpy as np
import pytest

from lti_depth import numeric, threads
from lti_depth.kernels import frequency
from lti_depth.numeric import delays, responses

OMEGA = np.concatenate([[0.0, np.pi, -1e-9, 7.0], np.linspace(-3, 3, 33)])


def cascade(rng, K, kind, timing):
    poles = rng.uniform(-0.99, 0.99, K) * (np.exp(1j * rng.uniform(0, 3, K)) if kind == "complex" else 1)
    poles[: K // 2] = np.abs(poles[: K // 2])
    b, c = rng.normal(size=(2, K)) * (1e-5 if kind == "far from one" else 1)
    return numeric.cascade(poles, b, c, timing=timing)


def as_kernels_take_it(stack):
    return (*(part.astype(complex) for part in (stack.poles, stack.B, stack.C, stack.D)), stack.timing == "current")


@pytest.mark.parametrize("kind", ["real", "complex", "far from one"])
@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("K", [1, 2, 7, 64, 900])
def test_responses(kind, timing, K):
    """Relative errors of a factor: 6 roundings in 1 − λ w, of terms up to (1 + |λ|)/|1 − λ w|, and 4 in the product."""
    stack = cascade(np.random.default_rng(K), K, kind, timing)
    H, exponents = responses._cascade_response(stack, OMEGA)
    plain, expected = frequency.cascade_response(*as_kernels_take_it(stack), OMEGA)
    ratio = H / plain * 2.0 ** (exponents - expected)
    gaps = np.abs(1 - stack.poles * np.exp(-1j * OMEGA)[:, None])
    lost = np.where(stack.poles.imag == 0, 1, 2 / gaps).sum(axis=1)
    assert (np.abs(ratio - 1) <= 2 * (6 * lost + 4 * K) * np.finfo(float).eps).all()


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("K", [1, 2, 7, 64, pytest.param(900, marks=pytest.mark.compiled("so deep takes minutes"))])
def test_delays(timing, K):
    """4 roundings a term, one of the compensated sums, relative to the sum of the terms' sizes."""
    stack = cascade(np.random.default_rng(K), K, "real", timing)
    found, plain = delays._cascade_delay(stack, OMEGA), frequency.cascade_delay(*as_kernels_take_it(stack), OMEGA)
    terms = [np.abs(numeric.group_delay(numeric.cascade([pole], timing=timing), OMEGA)) for pole in stack.poles]
    assert (np.abs(found - plain) <= 2 * 7 * np.finfo(float).eps * np.sum(terms, axis=0)).all()


def test_the_same_bits_for_any_number_of_threads(monkeypatch):
    stack, omega = cascade(np.random.default_rng(0), 30, "real", "delayed"), np.linspace(0, 3, 1001)
    monkeypatch.setattr(responses, "_WORK", 0)
    found = []
    for count in (1, 2, 3):
        monkeypatch.setattr(threads, "count", lambda count=count: count)
        found.append((numeric.frequency_response(stack, omega), numeric.group_delay(stack, omega)))
    for H, delay in found[1:]:
        assert np.array_equal(H, found[0][0]) and np.array_equal(delay, found[0][1])


@pytest.mark.parametrize("pole", [0.9, 0.999, -0.7, 0.0, 0.3])
@pytest.mark.parametrize("through", [1.0, -0.2, 1e3, 1e-6])
@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_delays_with_feedthrough(pole, through, timing):
    """Real and complex arithmetic: 12 roundings of terms that are |w Ḣ/H| in size."""
    stack = numeric.cascade([pole], d=through, timing=timing)
    found = numeric.group_delay(stack, OMEGA)
    w = np.exp(-1j * OMEGA)
    g = 1 - pole * w
    top, q = (pole * w, through * g + 1) if timing == "current" else (w, through * g + w)
    size = np.abs(top / (g * q)) * (1 + 1 / np.abs(g) + (np.abs(through * g) + 1) / np.abs(q))
    assert (np.abs(found - (top / (g * q)).real) <= 12 * np.finfo(float).eps * size).all()
