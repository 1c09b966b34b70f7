"""Networks on samples: outputs against their definition, gradients against complex steps through that definition."""

import definitions
import numpy as np
import pytest
from specializations import Specializations

from lti_depth import numeric, threads
from lti_depth.kernels import networks as kernels
from lti_depth.learning import networks, sampled
from lti_depth.numeric import Block, Layer, Network
from lti_depth.system.networks import ACTIVATIONS

# Sums of about 10⁴ terms in double precision, with gains of order one.
TOLERANCE = {"rtol": 1e-11, "atol": 1e-12}


def layer(rng, h_in, h_out, N=3, kind="real output"):
    if kind == "real":
        return Layer(rng.uniform(-0.9, 0.9, N), *(rng.normal(size=s) / 2 for s in ((N, h_in), (h_out, N))),
                     rng.normal(size=(h_out, h_in)))
    poles = rng.uniform(0.3, 0.9, N) * np.exp(1j * rng.uniform(0, np.pi, N))
    B, C, D = ((rng.normal(size=s) + 1j * rng.normal(size=s)) / 2 for s in ((N, h_in), (h_out, N), (h_out, h_in)))
    return Layer(poles, B, C, D.real if kind == "real output" else D, real=kind == "real output")


def family(name, timing="current"):
    """Networks that between them have every norm, activation, mixing and kind of layer."""
    rng = np.random.default_rng(len(name))
    if name in ACTIVATIONS:
        h = 6 if name == "glu" else 3
        blocks = [Block(layer(rng, 3, h, 2), "rms", name, residual=True), Block(layer(rng, 3, h, 1), activation=name),
                  Block(layer(rng, 3, 2), "layer", mix=rng.normal(size=(3, 2)), residual=True)]  # fmt: skip
    elif name == "real poles":
        blocks = [Block(layer(rng, 1, 3, kind="real"), activation="tanh"), Block(layer(rng, 3, 1, 9, kind="real"))]
    elif name == "complex":
        mix = rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2))
        blocks = [Block(layer(rng, 1, 2, kind="complex"), "rms"),
                  Block(layer(rng, 2, 2, kind="real"), "layer", mix=mix),
                  Block(layer(rng, 2, 2, 5, kind="complex"), "rms", residual=True)]  # fmt: skip
    elif name == "wide":
        blocks = [Block(layer(rng, 2, 11, 17), "layer", "relu", mix=rng.normal(size=(9, 11))),
                  Block(layer(rng, 9, 18, 8), "rms", "glu", residual=True)]  # fmt: skip
    return Network(tuple(blocks), timing=timing)


FAMILIES = [*ACTIVATIONS, "real poles", "complex", "wide"]


def signals(network, batch, T, seed=0):
    rng = np.random.default_rng(seed)
    h_in, h_out = network.blocks[0].channels[0], network.blocks[-1].channels[1]
    u, target = rng.normal(size=(batch, T, h_in)), rng.normal(size=(batch, T, h_out))
    if not all(block.real_output for block in network.blocks):
        u, target = u + 1j * rng.normal(size=u.shape), target + 1j * rng.normal(size=target.shape)
    return u, target, rng.uniform(size=T)


@pytest.fixture
def short_tape(monkeypatch):
    """Segments of one tile: three of them in 300 steps."""
    monkeypatch.setattr(networks, "_TAPE", 1)


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("name", FAMILIES)
def test_output_is_the_definition(name, timing):
    network = family(name, timing)
    u, _, _ = signals(network, 2, 140)
    values = definitions.parameters(network)
    expected = [re + 1j * im for re, im in (definitions.run(network, values, row) for row in u)]
    y = networks.apply(network, u)
    assert np.iscomplexobj(y) == (name == "complex")
    np.testing.assert_allclose(y, np.array(expected), **TOLERANCE)


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("name", FAMILIES)
def test_gradient_by_every_coordinate(name, timing):
    network = family(name, timing)
    u, target, weights = signals(network, 1, 4, 1)
    value, gradient = networks.gradient(network, u, target, weights)
    values = definitions.parameters(network)
    assert value == pytest.approx(definitions.loss(network, values, u, target, weights).real, rel=1e-12)
    random = (definitions.directions(network, np.random.default_rng(seed)) for seed in range(3))
    for direction in random if name == "wide" else definitions.coordinates(network):
        stepped = definitions.stepped(values, direction)
        expected = definitions.loss(network, stepped, u, target, weights).imag / definitions.STEP
        assert definitions.along(gradient, direction) == pytest.approx(expected, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", FAMILIES)
def test_gradient_through_segments_and_tiles(name, short_tape):
    network = family(name)
    u, target, weights = signals(network, 2, 300, 3)
    value, gradient = networks.gradient(network, u, target, weights)
    direction = definitions.directions(network, np.random.default_rng(4))
    values = definitions.stepped(definitions.parameters(network), direction)
    expected = definitions.loss(network, values, u, target, weights)
    assert value == pytest.approx(expected.real, rel=1e-12)
    assert definitions.along(gradient, direction) == pytest.approx(expected.imag / definitions.STEP, rel=1e-9)


@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_segments_do_not_matter(timing, monkeypatch):
    network = family("gelu", timing)
    u, target, weights = signals(network, 3, 400, 5)
    whole = networks.gradient(network, u, target, weights)
    monkeypatch.setattr(networks, "_TAPE", 1)
    cut = networks.gradient(network, u, target, weights)
    assert whole[0] == cut[0]
    for one, other in zip(whole[1].B, cut[1].B, strict=True):
        assert np.array_equal(one, other)


def test_gradient_by_finite_differences():
    """Central differences of the machine's own loss: error h² + 2⁻⁵³/h, about 1e−10 at h = 1e−5."""
    network = family("gelu")
    u, target, _ = signals(network, 4, 60)
    _, gradient = networks.gradient(network, u, target)
    first, h = network.blocks[0], 1e-5

    def moved(step):
        B = first.layer.B.copy()
        B[1, 1] += step
        block = Block(Layer(first.layer.poles, B, first.layer.C, first.layer.D, real=True), first.norm,
                      first.activation, first.mix, first.residual)
        return networks.loss(Network((block, *network.blocks[1:])), u, target)

    for direction, part in ((1, gradient.B[0][1, 1].real), (1j, gradient.B[0][1, 1].imag)):
        assert (moved(h * direction) - moved(-h * direction)) / (2 * h) == pytest.approx(part, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_a_stack_is_a_network_of_linear_blocks(timing):
    rng = np.random.default_rng(6)
    stack = numeric.stack([layer(rng, 1, 3), layer(rng, 3, 2, kind="real"), layer(rng, 2, 1)], timing=timing)
    for shape in ((50,), (3, 50), (3, 50, 1)):
        u = rng.normal(size=shape)
        y = networks.apply(stack, u)
        assert y.shape == shape
        np.testing.assert_allclose(y, numeric.simulate(stack, u)[0], **TOLERANCE)


def test_the_norm_of_nothing_is_nothing():
    network = family("gelu")
    u, target, _ = signals(network, 2, 20)
    u[:, :5] = 0
    y = networks.apply(network, u)
    assert (y[:, 0] == networks.apply(network, 0 * u)[:, 0]).all() and np.isfinite(y).all()
    _, gradient = networks.gradient(network, u, target)
    assert all(np.isfinite(array).all() for part in gradient[:4] for array in part)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_norms_know_no_scale(size):
    network = Network([Block(layer(np.random.default_rng(7), 2, 2), "rms")])
    u, _, _ = signals(network, 1, 30)
    np.testing.assert_allclose(networks.apply(network, size * u), networks.apply(network, u), rtol=1e-11)


@pytest.mark.parametrize("batch", [1, 5, 37])
def test_bits_do_not_depend_on_the_number_of_threads(batch, monkeypatch):
    network = family("wide")
    u, target, weights = signals(network, batch, 30)
    results = []
    for count in (1, 2, 3):
        monkeypatch.setattr(threads, "count", lambda count=count: count)
        value, gradient = networks.gradient(network, u, target, weights)
        results.append((value, *gradient.poles, *gradient.C, networks.apply(network, u)))
    for other in results[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(results[0], other, strict=True))


@pytest.mark.parametrize("name", ["real poles", "wide", "complex"])
def test_single_precision_stays_single(name):
    network = family(name)
    u, target, weights = signals(network, 3, 200)
    dtype = np.complex64 if np.iscomplexobj(u) else np.float32
    single, double = networks.apply(network, u.astype(dtype)), networks.apply(network, u)
    assert single.dtype == dtype
    np.testing.assert_allclose(single, double, rtol=0, atol=2e-4 * abs(double).max())
    value, gradient = networks.gradient(network, u.astype(dtype), target.astype(dtype), weights)
    expected, exact = networks.gradient(network, u, target, weights)
    assert value == pytest.approx(expected, rel=1e-4)
    for one, other in zip(gradient.B, exact.B, strict=True):
        assert one.dtype in (np.float32, np.complex64)
        np.testing.assert_allclose(one, other, rtol=0, atol=2e-3 * abs(other).max())


def test_loss_is_that_of_the_gradient():
    network = family("complex")
    u, target, weights = signals(network, 3, 40)
    assert networks.loss(network, u, target, weights) == pytest.approx(
        networks.gradient(network, u, target, weights)[0], rel=1e-13)
    cascade = numeric.cascade([0.5, 0.2])
    x = np.random.default_rng(8).normal(size=(4, 30))
    for v in (x, x[0]):
        assert networks.loss(cascade, v, 0 * v) == pytest.approx(sampled.gradient(cascade, v, 0 * v)[0], rel=1e-13)


def test_each_kernel_compiles_once_per_precision():
    asked = Specializations(kernels.apply, kernels.gradient)
    for dtype in (np.float64, np.float32):
        for name in ("gelu", "real poles"):
            network = family(name)
            u, target, _ = signals(network, 2, 9)
            networks.gradient(network, u.astype(dtype)[:, ::2], np.asfortranarray(target.astype(dtype)[:, ::2]))
            networks.apply(network, u.astype(dtype))
    assert asked.of(kernels.apply) <= 2 and asked.of(kernels.gradient) <= 2


def refused(call, *arguments, **named):
    with pytest.raises((ValueError, TypeError)) as caught:
        call(*arguments, **named)
    return str(caught.value)


def test_refusals():
    network = family("gelu")
    u, target, weights = signals(network, 2, 9)
    assert "(batch, T, 3)" in refused(networks.apply, network, u[..., 0])
    assert "Network or a Stack" in refused(networks.apply, 1.0, u)
    assert "target" in refused(networks.gradient, network, u, target[:, 1:])
    assert "target" in refused(networks.loss, network, u, target[:, 1:])
    assert "weights" in refused(networks.gradient, network, u, target, weights[1:])
    assert "real numbers" in refused(networks.gradient, network, u, target, 1j * weights)
    assert "real=True" in refused(networks.apply, network, 1j * u)
    assert "'tanh'" in refused(networks.apply, family("real poles"), np.ones(4) * 1j)
    assert "NaN" in refused(networks.apply, network, u * np.nan)
    assert "NaN" in refused(networks.apply, network, (u * np.nan).astype(np.float32))


def test_gated_linear_units_as_blocks():
    rng = np.random.default_rng(9)
    assert Block(layer(rng, 2, 6), activation="glu").channels == (2, 3)
    assert Block(layer(rng, 2, 6), activation="glu", mix=rng.normal(size=(2, 3)), residual=True).channels == (2, 2)
    assert "even" in refused(Block, layer(rng, 2, 3), activation="glu")
    assert "H_φ=3" in refused(Block, layer(rng, 2, 6), activation="glu", mix=rng.normal(size=(2, 6)))
    assert "linear" in refused(numeric.linearize, Network([Block(layer(rng, 2, 6), activation="glu")]))


def test_against_jax():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    network = Network([Block(layer(np.random.default_rng(10), 3, 6, 5), "rms", "glu", residual=True)
                       for _ in range(2)])  # fmt: skip
    u, target, weights = signals(network, 4, 50)

    def loss(values):
        p = jnp.asarray(u)
        for poles, B, C, D in values:
            n = p / jnp.sqrt((p**2).mean(axis=2, keepdims=True))

            def step(x, q, poles=poles):
                return (x := poles * x + q), x

            _, x = jax.lax.scan(step, jnp.zeros((len(u), len(poles)), complex), (n @ B.T).transpose(1, 0, 2))
            v = (x.transpose(1, 0, 2) @ C.T).real + n @ D.T
            p = p + jax.nn.glu(v)
        return 0.5 * ((p - target) ** 2 * weights[:, None]).sum() / len(u)

    values = [tuple(getattr(block.layer, name) for name in ("poles", "B", "C", "D")) for block in network.blocks]
    value, bars = jax.value_and_grad(loss)(values)
    mine, gradient = networks.gradient(network, u, target, weights)
    assert mine == pytest.approx(float(value), rel=1e-12)
    for k, bar in enumerate(bars):
        for name, entry in zip(("poles", "B", "C", "D"), bar, strict=True):
            np.testing.assert_allclose(getattr(gradient, name)[k], np.conj(entry), rtol=1e-9, atol=1e-11)
