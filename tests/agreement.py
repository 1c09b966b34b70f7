"""How near a machine has to come to the truth, as the package promises it.

The allowed error is `floor` (relative to `scale`), or 64 times what one rounding of the inputs already costs. The
latter is measured on the truth itself: four random relative perturbations of size 2^−53 of every input. A zero among
larger values is owed to 1e−30 of them only: the rounding of double-doubles.
"""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import oracles

mp = oracles.mp
UNIT_ROUNDOFF = 2.0**-53


def assert_agrees(measured, truth, inputs, floor, scale=None):
    """`measured` against ``truth(*inputs)``; inputs are stacks, descriptions of processes, numbers or arrays."""
    expected = np.atleast_1d(np.asarray(truth(*inputs), dtype=object))
    measured = oracles.exact(np.asarray(measured).reshape(expected.shape))
    error = absolute(measured - expected)
    size = absolute(expected)
    relative = as_array(floor, error) * (size if scale is None else as_array(scale, error))
    allowed = relative + mp.mpf("1e-30") * size.max()
    if (error <= allowed).all():
        return
    allowed = np.maximum(allowed, 64 * one_rounding(truth, inputs, expected))
    worst = np.argmax(error - allowed)
    assert (error <= allowed).all(), (
        f"error {mp.nstr(error.flat[worst], 3)}, allowed {mp.nstr(allowed.flat[worst], 3)}: "
        f"{mp.nstr(measured.flat[worst], 20)} for {mp.nstr(expected.flat[worst], 20)}"
    )


def one_rounding(truth, inputs, expected):
    """The largest change of the truth under four perturbations of all inputs by 2^−53."""
    rng = np.random.default_rng(1)
    samples = (truth(*(perturbed(value, rng) for value in inputs)) for _ in range(4))
    moved = [np.atleast_1d(np.asarray(sample, dtype=object)) for sample in samples]
    return np.max([absolute(m - expected) for m in moved], axis=0)


def perturbed(value, rng):
    if isinstance(value, (int, str, type(None))):
        return value
    if isinstance(value, (float, mp.mpf)):
        return mp.mpf(value) * (1 + mp.mpf(UNIT_ROUNDOFF) * rng.choice([-1, -0.7, 0.7, 1]))
    if isinstance(value, (complex, mp.mpc)):
        return mp.mpc(value) * (1 + mp.mpf(UNIT_ROUNDOFF) * mp.expj(rng.uniform(0, 6.3)))
    if isinstance(value, tuple) and value[0] == "recorded":  # what is rounded is its autocovariance
        (part,) = oracles.parts_of(value)
        return ("sampled", perturbed(np.array(part.R), rng))
    if isinstance(value, (tuple, list)):
        return type(value)(perturbed(entry, rng) for entry in value)
    if isinstance(value, np.ndarray):
        entries = [perturbed(entry, rng) for entry in value.ravel().tolist()]
        return np.array(entries, dtype=object).reshape(value.shape)
    layers = [
        replace(layer, **{name: perturbed(np.asarray(getattr(m, name)), rng) for name in ("poles", "B", "C", "D")})
        for layer, m in zip(oracles.layers_of(value), value.layers, strict=True)
    ]
    return SimpleNamespace(layers=layers, timing=value.timing, channels=value.channels)


def absolute(values):
    return np.array([abs(v) for v in values.ravel()], dtype=object).reshape(values.shape)


def as_array(value, like):
    return np.broadcast_to(np.asarray(value, dtype=object), like.shape)
