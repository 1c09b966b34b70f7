"""Charts: a round trip for every kind of model, pullbacks and Jacobians against central differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import FAMILIES

from lti_depth.learning import Adam, Chart, Population, fit
from lti_depth.learning.problems import Problem
from lti_depth.parametrizations import PARAMETRIZATIONS
from lti_depth.system import Block, Layer, Network, ar1, cascade, stack
from lti_depth.system.fields import Fields, flat

GROUPS = ("poles", "B", "C", "D")
STEP = 1e-6


def fields_of(model):
    """The parameters as (poles, B, C, D, mix), tuples over layers."""
    layers = [block.layer for block in model.blocks] if isinstance(model, Network) else model.layers
    columns = [tuple(getattr(layer, name) for layer in layers) for name in GROUPS]
    mixes = tuple(block.mix for block in model.blocks) if isinstance(model, Network) else ()
    return (*columns, mixes)


def vector(model):
    entries = [np.ravel(entry) for part in fields_of(model) for entry in part if entry is not None]
    return np.concatenate(entries).astype(complex)


def same(first, second, rtol=0.0):
    for a, b in zip(fields_of(first), fields_of(second), strict=True):
        for x, y in zip(a, b, strict=True):
            assert (x is None and y is None) or (x.dtype == y.dtype and x.shape == y.shape)
            if x is not None:
                np.testing.assert_allclose(x, y, rtol=rtol, atol=0)


def wide(real):
    rng = np.random.default_rng(1)

    def matrix(*shape):
        return rng.normal(size=shape) + 1j * rng.normal(size=shape)

    poles = [0.9 * np.exp(1j * rng.uniform(0.1, 3, n)) * rng.uniform(0.2, 1, n) for n in (3, 2)]
    D = [rng.normal(size=(2, 2)) if real else matrix(2, 2) for _ in range(2)]
    return stack([Layer(p, matrix(len(p), 2), matrix(2, len(p)), d, real=real) for p, d in zip(poles, D, strict=True)])


def network():
    layers = wide(True).layers
    mix = np.random.default_rng(2).normal(size=(2, 2))
    return Network((Block(layers[0], "rms", "gelu", mix, True), Block(layers[1], residual=True)))


MODELS = {
    "cascade": cascade([0.9, 0.5, 0.2], [1, 2, 3], [4, 5, 6], [0, 1, 0]),
    "complex cascade": cascade([0.9j, 0.5, 0.2 - 0.1j], [1, 2j, 3]),
    "mixed": stack([Layer([0.5], [[1.0]], [[2.0]]), Layer([0.5j, 0.1], [[1j], [2]], [[1, 2]], [[3j]])]),
    "wide": wide(False),
    "real output": wide(True),
    "network": network(),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_round_trip_of_direct_coordinates_is_exact(family):
    @given(FAMILIES[family], st.sets(st.sampled_from(GROUPS), min_size=1))
    def check(model, groups):
        chart = Chart(model, train=tuple(groups))
        same(chart.build(chart.point), model)

    check()


@pytest.mark.parametrize("name", MODELS)
def test_round_trip_with_gamma(name):
    chart = Chart(MODELS[name], gamma=True)
    same(chart.build(chart.point), MODELS[name], rtol=4e-16)
    radius = np.concatenate([np.abs(poles) for poles in fields_of(MODELS[name])[0]])
    np.testing.assert_allclose(np.exp(chart.point[chart.groups["gamma"]]), np.sqrt(1 - radius**2), rtol=1e-14)


@pytest.mark.parametrize("name", PARAMETRIZATIONS)
@given(radii=st.lists(st.floats(0.01, 0.999), min_size=1, max_size=4), angle=st.floats(0.1, 3))
def test_round_trip_of_every_parametrization(name, radii, angle):
    by = PARAMETRIZATIONS[name]
    real, turned = np.array(radii), np.array(radii) * np.exp(1j * angle)
    for poles in [real] * (by.real is not None) + [turned] * (by.complex is not None):
        chart = Chart(cascade(poles), poles=name)
        np.testing.assert_allclose(chart.build(chart.point).poles, poles, rtol=1e-12)


@given(st.lists(st.floats(-0.9, 0.9), min_size=2, max_size=2), st.complex_numbers(min_magnitude=0.1, max_magnitude=0.9))
def test_round_trip_of_sections(real, pole):
    poles = [*real, *([pole, pole.conjugate()] if abs(pole.imag) > 1e-3 else [0.5, 0.25])]
    model = cascade(np.array(poles).real if np.isrealobj(np.real_if_close(poles)) else poles)
    chart = Chart(model, poles="sections")
    found = chart.build(chart.point)
    z = np.exp(1j * np.array([0.1, 1.0, 3.0]))
    wanted, got = (np.prod(1 - np.asarray(p)[:, None] / z, axis=0) for p in (poles, found.poles))
    np.testing.assert_allclose(got, wanted, rtol=1e-13, atol=1e-13)
    assert found.dtype == model.dtype


def linear_loss(model, chart):
    """A fixed covector on the parameters: its pullback at a point is the gradient of Re⟨g, θ⟩."""
    rng = np.random.default_rng(3)
    draw = {"f": lambda s: rng.normal(size=s), "c": lambda s: rng.normal(size=s) + 1j * rng.normal(size=s)}
    fields = tuple(tuple(None if e is None else draw[e.dtype.kind](e.shape) for e in part) for part in fields_of(model))
    covector = np.concatenate([np.ravel(e) for part in fields for e in part if e is not None])
    return fields, lambda point: (covector.conj() @ vector(chart.build(point))).real


def differences(function, point):
    axes = STEP * np.eye(len(point))
    return np.array([(function(point + axis) - function(point - axis)) / (2 * STEP) for axis in axes])


CHARTS = {
    "direct": ("cascade", {}),
    "direct complex": ("complex cascade", {}),
    "some groups": ("mixed", {"train": ("B", "D")}),
    "some layers": ("mixed", {"train": {"poles": None, "C": (1,)}}),
    "gamma": ("cascade", {"gamma": True, "poles": "tanh"}),
    "exp-exp": ("wide", {"gamma": True, "poles": "exp-exp"}),
    "polar": ("wide", {"poles": "polar"}),
    "LRU": ("real output", {"gamma": True, "poles": "exp-exp"}),
    "gamma in one layer": ("real output", {"gamma": True, "train": {"B": (1,), "poles": (0,)}}),
    "network": ("network", {"gamma": True, "poles": "zoh"}),
}


@pytest.mark.parametrize("name", CHARTS)
def test_pullback_is_the_derivative(name):
    model, settings = MODELS[CHARTS[name][0]], CHARTS[name][1]
    chart = Chart(model, **settings)
    fields, loss = linear_loss(model, chart)
    # central differences of O(1) functions: rounding u/STEP, truncation STEP² f‴
    pulled = chart.pullback(chart.point, fields)
    np.testing.assert_allclose(pulled, differences(loss, chart.point), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "network"])
def test_jacobian_is_the_derivative(name):
    model, settings = MODELS[CHARTS[name][0]], CHARTS[name][1]
    chart = Chart(model, **settings)

    def full(point):
        theta = vector(chart.build(point))
        return theta.real if model.dtype.kind == "f" else np.concatenate([theta.real, theta.imag])

    np.testing.assert_allclose(chart.jacobian(chart.point), differences(full, chart.point).T, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("poles", [[0.9, 0.3, 0.5, -0.4], [0.5 + 0.2j, 0.5 - 0.2j, 0.8, 0.1]])
def test_sections_pull_back_symmetric_functions(poles):
    """L = Re Σ λ³ is symmetric in each pair, so that the order in which a section returns its poles is no matter."""
    model = cascade(poles)
    chart = Chart(model, poles="sections", train=("poles",))

    def loss(point):
        return np.sum(chart.build(point).poles ** 3).real

    gradient = 3 * np.conj(chart.build(chart.point).poles) ** 2
    fields = Fields(gradient, model.B, model.C, model.D)
    pulled = chart.pullback(chart.point, fields)
    np.testing.assert_allclose(pulled, differences(loss, chart.point), rtol=1e-7, atol=1e-8)
    theta = chart.jacobian(chart.point)
    theta = theta if model.dtype.kind == "f" else theta[:16] + 1j * theta[16:]
    np.testing.assert_allclose((gradient.conj() @ theta[:4]).real, differences(loss, chart.point), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("poles", [[0.5, 0.5, -0.3, -0.3], [0.9, 0.5, 0.4 + 0.3j, 0.4 - 0.3j]])
@pytest.mark.parametrize("gamma", [False, True])
def test_sections_of_a_population_are_smooth(poles, gamma):
    """Also where the poles of a section coincide; the loss itself is symmetric in them."""
    chart = Chart(cascade(poles, 0.7), poles="sections", train=("poles", "B", "C"), gamma=gamma)
    problem = Problem(chart, Population(cascade([0.8, 0.6]), ar1(0.5)))
    loss, gradient = problem.gradient(chart.point)
    assert loss == pytest.approx(problem.loss(chart.point), rel=1e-12)
    np.testing.assert_allclose(gradient, differences(problem.loss, chart.point), rtol=1e-6, atol=1e-6)


def test_sections_leave_the_real_axis():
    """From a real pole pair to a teacher with a complex one."""
    teacher = cascade(0.9 * np.exp([0.5j, -0.5j]))
    chart = Chart(cascade([0.6, 0.6]), poles="sections", train=("poles", "B"))
    found = fit(chart, Population(teacher), Adam(0.02, final_rate=1e-5), steps=1500)
    assert found.loss < 1e-8 * found.losses[0]
    np.testing.assert_allclose(np.sort_complex(found.model.poles), np.sort_complex(teacher.poles), rtol=1e-4)


def test_fields_of_a_cascade_may_be_vectors():
    model = MODELS["cascade"]
    chart = Chart(model)
    fields = Fields(*(np.arange(3.0) + 3 * n for n in range(4)))
    np.testing.assert_array_equal(chart.pullback(chart.point, fields), flat(fields))


def test_groups_cover_the_point():
    chart = Chart(MODELS["network"], gamma=True, poles="exp-exp")
    assert list(chart.groups) == ["poles", "B", "C", "D", "mix", "gamma"]
    np.testing.assert_array_equal(np.sort(np.concatenate(list(chart.groups.values()))), np.arange(len(chart)))
    assert [len(chart.groups[name]) for name in ("poles", "D", "mix", "gamma")] == [10, 8, 4, 5]


def test_what_is_not_trained_stays():
    model = MODELS["real output"]
    moved = Chart(model, train={"C": (1,)})
    built = moved.build(moved.point + 1)
    for name in ("poles", "B", "D"):
        for a, b in zip(getattr(built, name), getattr(model, name), strict=True):
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(built.C[0], model.C[0])
    np.testing.assert_array_equal(built.C[1], model.C[1] + 1 + 1j)


def test_admissible():
    chart = Chart(cascade([0.5]), poles="exp-exp")
    assert chart.admissible(chart.point, stable=True)
    assert not chart.admissible(chart.point * np.nan, stable=False)
    unstable = Chart(cascade([1.5]))
    assert unstable.admissible(unstable.point, stable=False) and not unstable.admissible(unstable.point, stable=True)
    gamma = Chart(cascade([0.5]), gamma=True)
    far = gamma.point.copy()
    far[gamma.groups["gamma"]] = 1e4
    assert not gamma.admissible(far, stable=False)


@pytest.mark.parametrize(("settings", "message"), [
    ({"train": ("pole",)}, "expected groups among"),
    ({"train": ()}, "at least one parameter"),
    ({"train": {"B": (3,)}}, "expected layers from -3 to 2"),
    ({"poles": "softplu"}, "did you mean 'softplus'"),
    ({"poles": "zoh"}, "no coordinates for real poles"),
    ({"poles": "sections"}, "even number"),
])  # fmt: skip
def test_misuse(settings, message):
    with pytest.raises(ValueError, match=message):
        Chart(MODELS["cascade"], **settings)


def test_gamma_only_where_B_is_trained():
    model = MODELS["real output"]
    chart = Chart(model, gamma=True, train={"B": (1,)})
    np.testing.assert_array_equal(chart.build(chart.point + 1).B[0], model.B[0])
    assert len(chart.groups["gamma"]) == model.widths[1]
    with pytest.raises(ValueError, match="group 'B'"):
        Chart(model, gamma=True, train=("poles",))


def test_gamma_needs_stable_poles():
    with pytest.raises(ValueError, match="inside the unit circle"):
        Chart(cascade([1.0]), gamma=True)
    with pytest.raises(TypeError, match="expected a Stack or a Network"):
        Chart([0.5])


@pytest.mark.parametrize("name", MODELS)
def test_built_models_are_as_if_constructed(name):
    """The same types, frozen and contiguous arrays; a model built once is not touched by the next."""
    chart = Chart(MODELS[name], gamma=name == "network")
    built = chart.build(chart.point)
    before = vector(built)
    chart.build(chart.point + 1)
    np.testing.assert_array_equal(vector(built), before)
    assert type(built) is type(MODELS[name]) and built.timing == MODELS[name].timing
    for part, wanted in zip(fields_of(built), fields_of(MODELS[name]), strict=True):
        for array, like in zip(part, wanted, strict=True):
            if array is not None:
                assert array.dtype == like.dtype and not array.flags.writeable and array.flags.c_contiguous
    with pytest.raises(AttributeError):
        built.timing = "delayed"
