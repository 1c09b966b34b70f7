"""linearize: a linear network under a process, against its definition block by block and against its own run."""

import numpy as np
import oracles
import pytest
from agreement import assert_agrees

from lti_depth import numeric
from lti_depth.numeric import Block, Layer, Network, linearize

mp = oracles.mp
RNG = np.random.default_rng(5)
PROCESSES = {"white": ("white", 2.0), "ar1": ("ar1", 0.75, 1.0), "recorded": ("recorded", np.array([1.0, 0, -2, 3, 1]))}


def layer(h_in, h_out, N=3, real=True, feedthrough=True):
    poles = np.array([0.9, 0.5 + 0.5j, -0.7j])[:N]
    B = RNG.normal(size=(N, h_in)) + 1j * RNG.normal(size=(N, h_in))
    C = RNG.normal(size=(h_out, N)) + 1j * RNG.normal(size=(h_out, N))
    return Layer(poles, B, C, RNG.normal(size=(h_out, h_in)) if feedthrough else 0, real=real)


def networks(timing):
    mix = RNG.normal(size=(3, 2))
    return {
        "plain": Network([Block(layer(1, 2)), Block(layer(2, 1))], timing=timing),
        "pre-norm residual": Network([Block(layer(2, 2), norm="rms", residual=True) for _ in range(3)], timing=timing),
        "layer norm": Network(
            [Block(layer(1, 3)), Block(layer(3, 2), norm="layer", mix=mix, residual=True)], timing=timing
        ),
        "complex": Network(
            [
                Block(layer(2, 2, real=False), norm="rms"),
                Block(layer(2, 2, real=False, feedthrough=False), residual=True),
            ],
            timing=timing,
        ),
    }


def block_matrices(network, process, z):
    """H(z) of the network by the definition: u ← M layer(G u) + u, with G from the covariance of what arrives."""
    H = oracles.eye(network.blocks[0].channels[0])
    before = []
    for block in network.blocks:
        h_in, h_out = block.layer.channels
        G, M = gain(block.norm, before, network.timing, process, h_in), oracles.exact(
            np.eye(h_out) if block.mix is None else block.mix)
        skip = oracles.eye(h_in) if block.residual else 0
        (exact,) = oracles.layers_of(numeric.stack([block.layer]))
        H = (M @ oracles.layer_transfer(exact, mp.mpmathify(z), network.timing) @ G + skip) @ H
        before.append(composed(block.layer, np.asarray(M, dtype=float), np.asarray(G, dtype=float), block.residual))
    return H


def composed(inner, M, G, residual):
    D = M @ inner.D @ G + (np.eye(len(G)) if residual else 0)
    return Layer(inner.poles, inner.B @ G, M @ inner.C, D, real=inner.real)


def gain(norm, before, timing, process, h_in):
    """1/σ, σ² the mean variance of the channels; "layer": after their mean over channels is taken away."""
    identity = oracles.eye(h_in)
    if norm is None:
        return identity
    if before:
        R = oracles.autocovariance(numeric.stack(before, timing=timing), [0], process)[0]
    else:
        R = oracles.process_autocovariance(process, 0) * identity
    center = identity - oracles.exact(np.ones((h_in, h_in))) / h_in if norm == "layer" else identity
    variance = sum(np.diag(center @ R @ oracles.adjoint(center))) / h_in
    return center / mp.sqrt(mp.re(variance))


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("name", networks("current"))
def test_linearization_is_the_network(name, process, timing):
    from strategies import build

    network = networks(timing)[name]
    stack = linearize(network, build(PROCESSES[process], numeric))
    assert isinstance(stack, numeric.Stack) and stack.timing == timing and len(stack) == len(network)
    for z in (1.0, 1.2j, -1.5 + 0.5j):
        expected = block_matrices(network, PROCESSES[process], z)
        scale = max(abs(H) for H in expected.ravel())
        assert_agrees(oracles.transfer_function(stack, z), lambda H=expected: H, (), 1e-12, scale)


def test_white_noise_where_no_process_is_given():
    network = networks("current")["pre-norm residual"]
    for one, other in zip(linearize(network), linearize(network, numeric.white()), strict=True):
        assert np.array_equal(one.B, other.B)


def test_normalized_signals_have_unit_variance():
    """What enters each layer behind an RMS norm has mean variance 1 over its channels."""
    network = Network([Block(layer(2, 2), norm="rms") for _ in range(3)])
    process = numeric.ar1(0.75)
    stack = linearize(network, process)
    for k in range(1, 3):
        arriving = numeric.autocovariance(stack, 0, process, layer=k - 1)
        inner = network.blocks[k].layer
        gain = np.linalg.norm(stack[k].B) / np.linalg.norm(inner.B)
        assert gain**2 * np.trace(arriving) / 2 == pytest.approx(1, rel=1e-12)


@pytest.mark.compiled("so many steps take minutes")
@pytest.mark.slow
def test_a_wide_network_run_with_its_norms():
    """128 channels, pre-norm residual blocks: the norms fluctuate little, and the run agrees with the linearization."""
    H, K, T = 128, 3, 4000
    rng = np.random.default_rng(1)
    blocks = []
    for _ in range(K):
        B, C = rng.normal(size=(H, H)) / np.sqrt(H), rng.normal(size=(H, H)) / np.sqrt(H)
        blocks.append(Block(Layer(np.full(H, 0.9), np.sqrt(1 - 0.81) * B, C), norm="rms", residual=True))
    network = Network(blocks)
    u = rng.normal(size=(1, T, H))
    y = u
    for block in blocks:
        normed = y / np.sqrt((y**2).mean(axis=2, keepdims=True))
        y = y + numeric.simulate(numeric.stack([block.layer]), normed)[0]
    predicted = np.trace(numeric.autocovariance(linearize(network), 0)) / H
    assert (y[0, 200:] ** 2).mean() == pytest.approx(predicted, rel=0.05)
