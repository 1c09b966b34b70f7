"""The log-scaled observables against balls, whose exponents know no bounds: values from 10^−9600 to 10^9900."""

import numpy as np
import pytest
from enclosing import middles
from hypothesis import given
from hypothesis import strategies as st
from logscale import rounding, values
from oracles import mp
from strategies import FAMILIES, build, fitting_process
from test_certified_numeric import moved

from lti_depth import certified, numeric
from lti_depth.numeric import cascade
from lti_depth.system.fields import flat

_RNG = np.random.default_rng(5)


def _entries(*shape):
    return _RNG.normal(size=shape) + 1j * _RNG.normal(size=shape)


WIDE = numeric.stack([
    numeric.Layer([0.9, 0.5j], 2.0**500 * _entries(2, 2), 2.0**450 * _entries(2, 2), real=True),
    numeric.Layer([0.75, -0.5, 0.25], 2.0**300 * _entries(3, 2).real, 2.0**480 * _entries(2, 3).real,
                  2.0**780 * _entries(2, 2).real),
    numeric.Layer([0.5, 0.99], 2.0**500 * _entries(2, 2).real, 2.0**500 * _entries(1, 2).real),
])  # fmt: skip
MODELS = {
    "deep": cascade(np.linspace(0.5, 0.97, 64), b=2.0**500),
    "deep and small": cascade(np.linspace(0.5, 0.97, 64), b=2.0**-500, timing="delayed"),
    "resonant": cascade(0.9 * np.exp(1j * np.linspace(0.1, 5, 12)), b=2.0**400, d=[0] * 11 + [2.0**400]),
    "wide": WIDE,
    "wide delayed": WIDE.replace(timing="delayed"),
}
QUERIES = {
    "transfer_function": [[1.25, 2j]], "frequency_response": [[0.0, 0.7, 3.0]], "power_spectrum": [[0.0, 0.7, 3.0]],
    "impulse_response": [[0, 5, 64, 80]], "step_response": [[5, 64]], "autocovariance": [[0, -5, 80]],
    "state_variance": [], "state_covariance": [],
}  # fmt: skip


def assert_within(name, stack, query, flattened=np.ravel):
    """Error ≤ 1e−12 and one rounding of the logarithm, or 64 times what a rounding of the inputs costs.

    A zero among larger values is owed to 1e−30 of them only: the rounding of double-doubles.
    """
    log = getattr(numeric, f"log_{name}")(stack, *query)
    sign, logabs = flattened(log.sign), flattened(log.logabs)
    balls = getattr(certified, name)
    truth = middles(flattened(balls(stack, *query, rtol=1e-20)))
    error, size = np.abs(values(sign, logabs) - truth), np.abs(truth)
    allowed = (1e-12 + rounding(logabs)) * size + mp.mpf("1e-30") * max(size)
    if (error <= allowed).all():
        return
    rng = np.random.default_rng(1)
    others = [middles(flattened(balls(moved(stack, rng), *(moved(value, rng) for value in query)))) for _ in range(4)]
    allowed = np.maximum(allowed, 64 * np.max([np.abs(other - truth) for other in others], axis=0))
    worst = np.argmax(error - allowed)
    assert (error <= allowed).all(), f"error {mp.nstr(error[worst], 3)}, allowed {mp.nstr(allowed[worst], 3)}"


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("model", MODELS)
def test_logarithms(model, name):
    assert_within(name, MODELS[model], QUERIES[name])


@pytest.mark.parametrize("family", FAMILIES)
@given(st.data())
def test_sensitivities(family, data):
    stack = data.draw(FAMILIES[family])
    process = build(data.draw(fitting_process(stack, family).filter(lambda p: p[0] in ("white", "ar1"))), numeric)
    assert_within("sensitivity", stack, [process], flat)


@pytest.mark.parametrize("model", MODELS)
def test_logarithms_of_sensitivities(model):
    assert_within("sensitivity", MODELS[model], [], flat)
