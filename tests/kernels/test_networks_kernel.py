"""Networks and their adjoint, in segments and tiles of time, against blocks run from their definitions."""

from types import SimpleNamespace

import numpy as np
import pytest
from learning import definitions

from lti_depth.kernels import networks as kernel
from lti_depth.numeric import planar
from lti_depth.system import Block, Layer, Network

RNG = np.random.default_rng(0)


def layer(h_in, h_out, N, kind):
    B, C, D = (RNG.normal(size=shape) / 2 for shape in ((N, h_in), (h_out, N), (h_out, h_in)))
    if kind == "real":
        return Layer(RNG.uniform(-0.9, 0.9, N), B, C, D)
    poles = RNG.uniform(0.3, 0.9, N) * np.exp(1j * RNG.uniform(0, np.pi, N))
    D = D + 1j * RNG.normal(size=D.shape) if kind == "complex" else D
    return Layer(poles, B * (1 + 1j), C * (1 - 0.5j), D, real=kind == "real output")


NETWORKS = {
    "real": (Block(layer(2, 4, 3, "real"), "rms", "glu", residual=True), Block(layer(2, 1, 9, "real output"))),
    "mixed": (Block(layer(2, 4, 1, "real output"), "layer", "glu", mix=RNG.normal(size=(2, 2)), residual=True),
              Block(layer(2, 2, 2, "real"), "rms", "gelu")),
    "complex": (Block(layer(1, 2, 2, "complex"), "rms"), Block(layer(2, 3, 3, "real"), mix=RNG.normal(size=(2, 3))),
                Block(layer(2, 2, 2, "complex"), "layer", residual=True)),
    "all as wide": (Block(layer(16, 16, 16, "real"), None, "tanh", mix=RNG.normal(size=(16, 16)) / 8, residual=True),),
}  # fmt: skip


def prepared(name, timing, T):
    network, parts = Network(NETWORKS[name], timing=timing), 2 if name == "complex" else 1
    rng = np.random.default_rng(1)
    u, target = (rng.normal(size=(2, T, h)) + (1j * rng.normal(size=(2, T, h)) if parts == 2 else 0)
                 for h in (NETWORKS[name][0].channels[0], NETWORKS[name][-1].channels[1]))  # fmt: skip
    rows = planar.plan(network, parts, 8)
    working = [read_only(planar.split(signal, parts).reshape(2, -1)) for signal in (u, target)]
    return network, rows, planar.parameters(network, rows, np.float64), u, target, working, rng.uniform(0.5, 1, T)


def read_only(array):
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("name", NETWORKS)
def test_outputs(name, timing):
    """Five steps in segments of two; then the states go on from where they were."""
    network, rows, (parameters, _), u, _, (working, _), _ = prepared(name, timing, 5)
    expected = [sum(part * turn for part, turn in zip(definitions.run(network, definitions.parameters(network), row),
                                                      (1, 1j), strict=True)) for row in u]  # fmt: skip
    expected = planar.split(np.array(expected) if name == "complex" else np.real(expected), rows[0].parts)
    y, state = np.full((2, expected[0].size), np.nan), np.zeros((2, rows[-1].state))
    kernel.apply(rows, parameters, timing == "current", 2, working, state, y)
    np.testing.assert_allclose(y, expected.reshape(2, -1), rtol=1e-12, atol=1e-13)
    cut = 3 * rows[0].inputs
    halves, state = [np.empty((2, n * rows[-1].inputs)) for n in (3, 2)], np.zeros((2, rows[-1].state))
    for part, half in zip((working[:, :cut], working[:, cut:]), halves, strict=True):
        kernel.apply(rows, parameters, timing == "current", 2, read_only(part.copy()), state, half)
    np.testing.assert_allclose(np.concatenate(halves, axis=1), y, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("name, T, S", [
    ("real", 5, 2), ("mixed", 3, 2), ("complex", 4, 2), ("real", 2, 2), ("mixed", 132, 384),
    ("all as wide", 128, 128),
])  # fmt: skip
def test_gradients(name, T, S, timing):
    """Along random directions, by complex steps, exact to rounding; they add to what was there."""
    network, rows, (parameters, transposed), u, target, (working, aim), weights = prepared(name, timing, T)
    found = np.ones(len(parameters))
    poison = [np.full(S * (rows[-1].signal + rows[-1].inputs), np.nan) for _ in range(3)]
    del poison  # memory that is taken again, not cleared
    loss = kernel.gradient(rows, parameters, transposed, timing == "current", S, working, aim, weights, found)
    own, rng = definitions.parameters(network), np.random.default_rng(2)
    np.testing.assert_allclose(loss, 2 * definitions.loss(network, own, u, target, weights).real, rtol=1e-12)
    fields = SimpleNamespace(**planar.fields(network, rows, found - 1))
    for _ in range(2 if T < 20 else 1):
        direction = definitions.directions(network, rng)
        stepped = definitions.loss(network, definitions.stepped(own, direction), u, target, weights)
        slope = 2 * stepped.imag / definitions.STEP
        np.testing.assert_allclose(definitions.along(fields, direction), slope, rtol=1e-10, atol=1e-11)
