"""The population loss and its derivatives against means over the circle in 120 digits, and against exact residues."""

from dataclasses import replace

import numpy as np
import oracles
import pytest
from oracles import mp

from lti_depth.learning import population
from lti_depth.learning.difference import assign
from lti_depth.learning.sections import section_gradient
from lti_depth.numeric import Layer, ar1, arma, cascade, recorded, sampled, shaped, stack, white
from lti_depth.parametrizations import section_coefficients, section_poles
from lti_depth.system.fields import flat

FIELDS = ("poles", "B", "C", "D")
NODES = 64  # for poles below .45: an error of .45^64 = 6e-23
POINTS = [mp.expj(2 * mp.pi * (m + mp.mpf(1) / 3) / NODES) for m in range(NODES)]


# --- What is drawn ----------------------------------------------------------------------------------------------------


def numbers(rng, *shape, kind="real"):
    return rng.normal(size=shape) + (0 if kind == "real" else 1j * rng.normal(size=shape))


def poles(rng, *shape, kind="real"):
    return rng.uniform(-0.45, 0.45, shape) if kind == "real" else (
        rng.uniform(0.1, 0.45, shape) * np.exp(1j * rng.uniform(-np.pi, np.pi, shape)))


def scalar(rng, K, kind, timing, skips=True):
    gains = numbers(rng, 3, K, kind=kind)
    return cascade(poles(rng, K, kind=kind), gains[0], gains[1], gains[2] if skips else 0, timing=timing)


def wide(rng, widths, channels, kind, timing):
    """`kind`: "real", "complex", or "real output"."""
    layers = []
    for N, h_in, h_out in zip(widths, channels, channels[1:], strict=False):
        layers.append(Layer(
            poles(rng, N, kind=kind), numbers(rng, N, h_in, kind=kind), numbers(rng, h_out, N, kind=kind),
            numbers(rng, h_out, h_in), real=kind == "real output",
        ))  # fmt: skip
    return stack(layers, timing=timing)


def pairs():
    """Student, teacher and process of every kind; the real cascades without skips go by the recursion."""
    rng = np.random.default_rng(0)
    yield "recursion", scalar(rng, 3, "real", "current", False), scalar(rng, 2, "real", "current", False), None
    yield "delayed recursion", *(scalar(rng, 2, "real", "delayed", False) for _ in "ST"), ar1(0.5, 2)
    yield "real cascade", scalar(rng, 2, "real", "current"), scalar(rng, 3, "real", "delayed"), ar1(-0.4)
    yield "complex cascade", scalar(rng, 2, "complex", "delayed"), scalar(rng, 2, "complex", "delayed"), None
    yield "wide", wide(rng, [2, 1], [1, 2, 2], "real", "delayed"), wide(rng, [3], [1, 2], "real", "current"), None
    yield "complex wide", *(wide(rng, [2], [1, 1], "complex", t) for t in ("current", "delayed")), ar1(0.3)
    yield "real output", *(wide(rng, [1, 2], [2, 1, 2], "real output", "current") for _ in "ST"), None
    kinds = [*wide(rng, [1], [1, 1], "real", "delayed"), *wide(rng, [1], [1, 1], "real output", "delayed")]
    yield "mixed", stack(kinds, timing="delayed"), scalar(rng, 1, "real", "current"), ar1(0.5) + sampled([1, 0.4])


PAIRS = {name: rest for name, *rest in pairs()}


# --- The definition ---------------------------------------------------------------------------------------------------


def ar1_density(rho, z):
    rho = mp.mpf(rho)
    return (1 - rho**2) / abs(1 - rho / z) ** 2


def density(process, z):
    """S_u, from what the process was made of."""
    if process is None:
        return mp.mpf(1)
    total = mp.mpf(0)
    for part in process.parts:
        if part.shape is not None:
            total += mp.mpf(part.variance) * ar1_density(float(part.shape.poles[0]), z)
        else:
            R = oracles.exact(part.source)
            total += R[0] + 2 * sum(R[n] * mp.re(z**-n) for n in range(1, len(R)))
    return total


def response(layers, timing, z):
    H = oracles.eye(layers[0].B.shape[1])
    for layer in layers:
        H = oracles.layer_transfer(layer, z, timing) @ H
    return H


def places(model):
    """(layer, field, index, 1 or i) of each real coordinate, None for an imaginary part that is none."""
    real = [(k, name, index, 1) for name in FIELDS for k, layer in enumerate(model)
            for index in np.ndindex(getattr(layer, name).shape)]
    if model.dtype.kind == "f":
        return real
    return real + [(k, name, index, 1j) if getattr(model[k], name).dtype.kind == "c" else None
                   for k, name, index, _ in real]


def moved(layers, place, step):
    k, name, index, unit = place
    values = getattr(layers[k], name).copy()
    values[index] += step * unit
    return [replace(layer, **{name: values}) if i == k else layer for i, layer in enumerate(layers)]


class Definition:
    """Responses of the student, moved along its real coordinates, and of the teacher, at the nodes."""

    def __init__(self, student, teacher, process):
        self.student, self.layers = student, oracles.layers_of(student)
        self.target = [response(oracles.layers_of(teacher), teacher.timing, z) for z in POINTS]
        self.weights = [density(process, z) / NODES for z in POINTS]
        self.places = places(student)

    def errors(self, layers):
        return [response(layers, self.student.timing, z) - T for z, T in zip(POINTS, self.target, strict=True)]

    def loss(self, layers=None):
        E = self.errors(self.layers if layers is None else layers)
        return sum(w * sum(abs(e) ** 2 for e in M.ravel()) for w, M in zip(self.weights, E, strict=True)) / 2

    def along(self, direction, step):
        layers = self.layers
        for place, amount in zip(self.places, direction, strict=True):
            if place is not None:
                layers = moved(layers, place, step * mp.mpf(float(amount)))
        return layers

    def jacobian(self):
        """∂_t H at the nodes, (P, nodes·channels), by central differences of 1e-40."""
        step, rows = mp.mpf(10) ** -40, []
        for place in self.places:
            if place is None:
                rows.append([mp.mpf(0)] * (NODES * self.target[0].size))
                continue
            ahead, behind = (self.errors(moved(self.layers, place, s)) for s in (step, -step))
            rows.append([(a - b) / (2 * step) for M, N in zip(ahead, behind, strict=True)
                         for a, b in zip(M.ravel(), N.ravel(), strict=True)])
        return rows


def numbers_of(values):
    return np.array([[complex(v) for v in row] for row in values])


@pytest.mark.parametrize("name", PAIRS)
def test_loss_and_derivatives(name):
    student, teacher, process = PAIRS[name]
    truth = Definition(student, teacher, process)
    loss, fields = population.gradient(student, teacher, process)
    exact = truth.loss()
    assert abs(loss - exact) < 1e-14 * exact
    assert population.loss(student, teacher, process) == loss

    J = numbers_of(truth.jacobian())
    weights = np.repeat([float(w) for w in truth.weights], truth.target[0].size)
    e = np.array([complex(v) for M in truth.errors(truth.layers) for v in M.ravel()])
    slope, gram = ((e.conj() * weights) @ J.T).real, ((J.conj() * weights) @ J.T).real
    found = flat(fields)
    found = np.concatenate([found.real, found.imag]) if student.dtype.kind == "c" else found
    np.testing.assert_allclose(found, slope, rtol=0, atol=1e-13 * np.abs(slope).max())

    G, H = population.gauss_newton(student, process), population.hessian(student, teacher, process)
    np.testing.assert_allclose(G, gram, rtol=0, atol=1e-13 * np.abs(gram).max())
    np.testing.assert_array_equal(H, H.T)
    rng, step = np.random.default_rng(1), mp.mpf(10) ** -30
    for _ in range(3):
        v = np.round(rng.normal(size=len(H)), 3)
        bend = (truth.loss(truth.along(v, step)) - 2 * exact + truth.loss(truth.along(v, -step))) / step**2
        assert abs(v @ H @ v - bend) < 1e-13 * np.abs(H).max() * (v @ v) * len(v)


def test_fields_have_the_shapes_of_the_student():
    for student, teacher, process in PAIRS.values():
        fields = population.gradient(student, teacher, process)[1]
        for name in FIELDS:
            own, found = getattr(student, name), getattr(fields, name)
            for a, b in zip(own, found, strict=True) if not student.is_cascade else [(own, found)]:
                assert a.shape == b.shape
                assert a.dtype == b.dtype


# --- Small losses -----------------------------------------------------------------------------------------------------


def nudged(rng, values, size):
    return values * (1 + size * rng.normal(size=values.shape))


def residues_loss(student, teacher, rho):
    """½ Σ r_i r_j/(1 − λ_i λ_j) over all poles of the error, which must be distinct; 1200 digits for the residues."""
    with oracles.mp.workdps(1200):
        one = mp.mpf(1)
        front = [] if rho is None else [mp.mpf(rho)]
        found, residues = [], []
        for model, sign in ((student, 1), (teacher, -1)):
            a = front + list(oracles.exact(model.poles))
            gain = sign * mp.fprod(oracles.exact(np.concatenate([model.B, model.C])))
            for i, pole in enumerate(a):
                others = mp.fprod(pole / (pole - other) for j, other in enumerate(a) if j != i)
                found.append(pole)
                residues.append(gain * others)
        if front:
            K = len(student) + 1
            found, shared = found[:K] + found[K + 1 :], residues.pop(K)
            residues[0] += shared
        total = sum(r * s / (one - a * b) for r, a in zip(residues, found, strict=True)
                    for s, b in zip(residues, found, strict=True))
        return +(total / 2 * (1 if rho is None else 1 - front[0] ** 2))


@pytest.mark.parametrize("K", range(1, 13))
def test_small_losses_keep_their_digits(K):
    """Relative error ≤ 1e-12 from losses of the teacher's variance down to 1e-24 of it, poles up to 1 − 1e-9."""
    rng = np.random.default_rng(K)
    for size in (1e-1, 1e-4, 1e-8, 1e-12):
        gap = 10.0 ** -rng.uniform(0.2, 9, K)
        teacher = cascade(1 - gap, rng.uniform(0.5, 1.5, K), rng.normal(size=K))
        student = cascade(1 - nudged(rng, gap, size)[::-1], nudged(rng, teacher.B, size), nudged(rng, teacher.C, size))
        rho = 0.7 if K % 2 else None
        found = population.loss(student, teacher, None if rho is None else ar1(rho))
        exact = residues_loss(student, teacher, rho)
        assert abs(found - exact) < 1e-12 * exact


@pytest.mark.parametrize("size", [1e-6, 1e-12])
@pytest.mark.parametrize("name", ["complex", "skips", "deeper", "wide", "rescaled", "real output", "channels"])
def test_small_losses_of_other_stacks_keep_their_digits(name, size):
    rng = np.random.default_rng(3)
    if name in ("complex", "skips", "deeper"):
        teacher = scalar(rng, 3, "complex", "current", name == "skips")
        parts = [nudged(rng, getattr(teacher, field), size) for field in FIELDS]
        if name == "deeper":
            parts = [np.append(part, extra) for part, extra in zip(parts, (size, 1, 1, 0), strict=True)]
        student = cascade(*([part[::-1] for part in parts] if name == "complex" else parts))
    else:
        kind, channels = {"wide": ("complex", [1, 1, 1]), "rescaled": ("complex", [1, 1, 1]),
                          "real output": ("real output", [1, 2, 1]), "channels": ("real", [2, 3, 2])}[name]  # fmt: skip
        teacher = wide(rng, [3, 3], channels, kind, "delayed")
        scale = 2.7 if name == "rescaled" else 1  # B → 2.7 B, C → C/2.7 is the same layer
        order = rng.permutation(3)
        student = stack([
            Layer(nudged(rng, m.poles, size)[order], nudged(rng, m.B, size)[order] * scale,
                  nudged(rng, m.C, size)[:, order] / scale, nudged(rng, m.D, size), real=m.real)
            for m in teacher
        ], timing="delayed")  # fmt: skip
    exact = Definition(student, teacher, None).loss()
    assert exact < 1e3 * size**2
    assert abs(population.loss(student, teacher) - exact) < 1e-13 * exact
    assert abs(population.gradient(student, teacher)[0] - exact) < 1e-13 * exact


def wide_of(teacher):
    """One layer with the residues of a real or complex scalar cascade, from 200 digits."""
    with oracles.mp.workdps(200):
        at = list(oracles.exact(teacher.poles))
        gain = mp.fprod(oracles.exact(np.concatenate([teacher.B, teacher.C])))
        C = [gain * mp.fprod(a / (a - b) for j, b in enumerate(at) if j != i) for i, a in enumerate(at)]
    C = np.array([complex(c) for c in C])
    C = C.real if teacher.dtype.kind == "f" else C
    return Layer(teacher.poles, np.ones((len(at), 1), C.dtype), C[None])


def unpaired(name, rng):
    """A teacher, and layers that agree with it as a whole only."""
    if name == "skips exchanged":
        teacher = scalar(rng, 3, "real", "current")
        return teacher, [teacher[k] for k in (2, 0, 1)]
    if name in ("wide against its cascade", "complex wide"):
        teacher = scalar(rng, 5, "real" if name[:5] == "wide " else "complex", "current", False)
        return teacher, [wide_of(teacher)]
    teacher = wide(rng, [2, 2], [1, 2, 1], "real output", "delayed")
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]  # of the channels in between
    first, second = teacher
    return teacher, [replace(first, C=turn @ first.C, D=turn @ first.D),
                     replace(second, B=second.B @ turn.T, D=second.D @ turn.T)]  # fmt: skip


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9, 1e-12])
@pytest.mark.parametrize("name", ["skips exchanged", "wide against its cascade", "complex wide", "channels turned"])
def test_small_losses_without_pairs_of_layers_keep_their_digits(name, size):
    rng = np.random.default_rng(11)
    teacher, layers = unpaired(name, rng)
    student = stack([replace(layer, **{field: nudged(rng, getattr(layer, field), size) for field in FIELDS})
                     for layer in layers], timing=teacher.timing)  # fmt: skip
    exact, variance = Definition(student, teacher, None).loss(), 2 * Definition(teacher, silence(teacher), None).loss()
    assert size > 1e-12 or exact < 1e-20 * variance
    assert abs(population.loss(student, teacher) - exact) < 1e-12 * exact
    loss, fields = population.gradient(student, teacher)
    assert abs(loss - exact) < 1e-12 * exact
    truth = Definition(student, teacher, ar1(0.3))
    assert abs(population.loss(student, teacher, ar1(0.3)) - truth.loss()) < 1e-12 * truth.loss()
    v = flat(fields)
    v = np.concatenate([v.real, v.imag]) if student.dtype.kind == "c" else v
    truth, step = Definition(student, teacher, None), mp.mpf(10) ** -30 / mp.mpf(float(np.linalg.norm(v)))
    slope = (truth.loss(truth.along(v, step)) - truth.loss(truth.along(v, -step))) / (2 * step)
    assert abs(v @ v - slope) < 1e-12 * slope


def silence(model):
    return stack([Layer([0.0], np.zeros((1, model.channels[0])), np.zeros((model.channels[-1], 1)))])


@pytest.mark.parametrize("angle", [0.0, 1.0])
@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_small_losses_of_slow_poles_without_pairs(gap, angle):
    """A wide layer against its cascade near the circle, by ½ Σ r_i r_j*/(1 − λ_i λ_j*) in 300 digits."""
    rng = np.random.default_rng(12)
    gaps = gap * np.array([1.0, 2.0, 5.0])
    turn = np.exp(1j * angle * np.array([1, 1, -1])) if angle else np.ones(3)
    teacher = cascade((1 - gaps) * turn, gaps)
    for size in (1e-3, 1e-6, 1e-12):
        layer = wide_of(teacher)
        student = stack([replace(layer, poles=(1 - nudged(rng, gaps, size)) * turn, C=nudged(rng, layer.C, size))])
        with oracles.mp.workdps(300):
            found = [(pole, residue) for pole, residue in zip(oracles.exact(student[0].poles),
                                                              oracles.exact(student[0].C[0]), strict=True)]
            at, gain = list(oracles.exact(teacher.poles)), mp.fprod(oracles.exact(teacher.B))
            found += [(a, -gain * mp.fprod(a / (a - b) for b in at if b != a)) for a in at]
            exact = mp.re(sum(r * mp.conj(s) / (1 - a * mp.conj(b)) for a, r in found for b, s in found)) / 2
            assert abs(population.loss(student, teacher) - exact) < 1e-12 * exact


def test_a_student_that_is_the_teacher_has_no_loss():
    for student, _, process in PAIRS.values():
        loss, fields = population.gradient(student, student, process)
        assert loss == 0
        assert not np.any(flat(fields))
        G = population.gauss_newton(student, process)
        np.testing.assert_allclose(population.hessian(student, student, process), G, rtol=1e-12,
                                   atol=1e-14 * np.abs(G).max())  # fmt: skip


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("process", [None, ar1(0.5, 3.0), shaped(cascade([0.5, 0.2], timing="delayed"), 2.0)])
def test_recursion_and_circle_agree(timing, process):
    """Two engines with no line in common; poles of one sign and of both, to each depth."""
    rng = np.random.default_rng(4)
    for K, low in ((1, 0), (1, -0.9), (3, 0), (5, -0.9), (12, 0)):
        student, teacher = (cascade(rng.uniform(low, 0.95, K), *rng.normal(size=(2, K)), timing=timing) for _ in "ST")
        loss, fields = population.gradient(student, teacher, process)
        skip = 1e-300  # a feedthrough that is none, but keeps the recursion away
        other, others = population.gradient(student.replace(D=np.full(K, skip)), teacher, process)
        assert loss == pytest.approx(other, rel=1e-12)
        for a, b in zip(fields, others, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12 * max(np.abs(b).max(), loss))


def test_unequal_depths():
    """A plateau: the gains of the two cascades differ by orders of magnitude where the outputs agree."""
    for K, pole in ((2, 0.97031), (4, 0.93215), (8, 0.85)):
        teacher = cascade([0.99])
        unit = cascade([pole] * K)
        overlap = 1 / (1 - 0.99 * pole) ** K  # Σ h_S h_T
        energy = 2 * population.loss(unit, teacher) - 1 / (1 - 0.99**2) + 2 * overlap
        found, _ = population.gradient(unit.replace(B=[overlap / energy] + [1] * (K - 1)), teacher)
        assert found == pytest.approx((1 / (1 - 0.99**2) - overlap**2 / energy) / 2, rel=1e-10)


def test_gains_that_vanish():
    teacher = cascade([0.5, 0.3])
    for b in ([0.0, 1.0], [0.0, 0.0]):
        student = cascade([0.6, 0.2], b)
        loss, fields = population.gradient(student, teacher)
        assert loss == pytest.approx(population.loss(teacher, cascade([0.0], 0.0)), rel=1e-14)
        h = 1e-7
        nudge = [(population.loss(student.replace(B=np.add(b, h * unit)), teacher)
                  - population.loss(student.replace(B=np.add(b, -h * unit)), teacher)) / (2 * h) for unit in np.eye(2)]
        np.testing.assert_allclose(fields.B, nudge, atol=1e-7)


def test_a_long_memory_and_many_nodes():
    """Poles near the circle at an angle: ½E|y_S − y_T|² of two resonances, from residues."""
    for gap in (1e-2, 1e-5, 1e-7):
        a, b = (1 - gap) * np.exp(1j), (1 - 2 * gap) * np.exp(1j)
        with oracles.mp.workdps(60):
            x, y = oracles.exact([a, b])
            exact = (1 / (1 - abs(x) ** 2) + 1 / (1 - abs(y) ** 2) - 2 * mp.re(1 / (1 - x * mp.conj(y)))) / 2
        assert population.loss(cascade([a]), cascade([b])) == pytest.approx(float(exact), rel=1e-12)


def test_what_is_refused():
    good = cascade([0.5])
    with pytest.raises(ValueError, match=r"\|λ\| < 1, got the pole 1\.0"):
        population.loss(cascade([1.0]), good)
    with pytest.raises(ValueError, match="channels"):
        population.loss(stack([Layer([0.5], [[1.0]], [[1.0], [1.0]])]), good)
    with pytest.raises(TypeError, match="teacher: expected a Stack"):
        population.gradient(good, 3)
    with pytest.raises(TypeError, match="process"):
        population.gradient(good, good, 3)


def test_poles_are_assigned():
    rows, columns = assign(np.array([0.9, 0.1]), np.array([0.2, 0.8]))
    np.testing.assert_array_equal(np.stack([rows, columns]), [[1, 0], [0, 1]])
    rows, columns = assign(np.array([0.9j, 0.1]), np.array([0.2, 0.8j]))
    np.testing.assert_array_equal(columns[np.argsort(rows)], [1, 0])


# --- Second-order sections --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("double", [False, True])
def test_section_gradient(timing, double):
    """Differences in (a₁, a₂) and the gain, through a double pole too."""
    a = np.array([[-1.0, 0.25], [-0.3, 0.2]]) if double else np.array([[-0.9, 0.3], [-1.0, 0.2]])
    teacher = cascade([0.8, 0.3, 0.5, 0.1], timing=timing)

    def student(a, gain):
        return cascade(section_poles(a), [gain, 1, 1, 1], timing=timing)

    process = ar1(0.5)
    loss, sections, gain = section_gradient(student(a, 0.7), teacher, process)
    assert loss == pytest.approx(population.loss(student(a, 0.7), teacher, process), rel=1e-13)
    h = 1e-5
    for index in np.ndindex(2, 2):
        step = np.zeros((2, 2))
        step[index] = h
        slope = (population.loss(student(a + step, 0.7), teacher, process)
                 - population.loss(student(a - step, 0.7), teacher, process)) / (2 * h)
        assert sections[index] == pytest.approx(slope, abs=1e-7 * np.abs(sections).max())
    slope = (population.loss(student(a, 0.7 + h), teacher, process)
             - population.loss(student(a, 0.7 - h), teacher, process)) / (2 * h)
    assert gain == pytest.approx(slope, rel=1e-7)
    np.testing.assert_allclose(section_coefficients(student(a, 0.7).poles), a, atol=1e-15)


def test_section_gradient_refuses_what_has_no_sections():
    teacher = cascade([0.5, 0.5])
    with pytest.raises(ValueError, match="even number"):
        section_gradient(cascade([0.5]), teacher)
    with pytest.raises(ValueError, match="real or conjugate"):
        section_gradient(cascade([0.5j, 0.3]), teacher)
    with pytest.raises(ValueError, match="without feedthrough"):
        section_gradient(cascade([0.5, 0.5], d=1), teacher)


@pytest.mark.parametrize("process", [white(2.0), arma([0.5], [0.3], 2.0)])
def test_loss_against_silence_is_half_the_variance(process):
    """y_T = 0: a teacher without gain; the variance of white noise through one pole, and of ARMA(1, 1) itself."""
    silent = cascade([0.0], 0.0)
    assert population.loss(cascade([0.0]), silent, process) == pytest.approx(1.0, rel=1e-13)
    if len(process.parts[0].source) == 1 and process.parts[0].shape is None:
        assert population.loss(cascade([0.6]), silent, process) == pytest.approx(1 / (1 - 0.36), rel=1e-14)


def test_a_record_as_input():
    """The zero-padded record through both filters: ½ Σ_t (y_S − y_T)²/T, by loops over time."""
    u = np.random.default_rng(9).normal(size=40)
    student, teacher = cascade([0.5, 0.3], d=[0.1, 0]), cascade([0.6], timing="delayed")
    padded = np.concatenate([u - u.mean(), np.zeros(160)])
    e = np.array([complex(v) for v in (oracles.simulate(student, padded[:, None])[0]
                                       - oracles.simulate(teacher, padded[:, None])[0])[:, 0]]).real  # fmt: skip
    assert population.loss(student, teacher, recorded(u)) == pytest.approx(e @ e / 40 / 2, rel=1e-13)


@pytest.mark.parametrize("skip", [0, 1e-300])
def test_ranges(skip):
    """Forty slow layers: neither the gains nor the sections alone are doubles; an overflow is inf."""
    gaps = np.geomspace(1e-9, 1e-8, 40)
    student = cascade(1 - gaps, gaps, d=skip)
    assert population.gradient(student, student.replace(B=2 * gaps))[0] == pytest.approx(
        4.0**40 * population.loss(student, cascade([0.0], 0.0)), rel=1e-11)  # fmt: skip
    assert population.loss(student, cascade([0.0], 0.0)) > 1e-11
    assert population.loss(cascade(1 - gaps, d=skip), student) == np.inf


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_curvature_by_feedthrough_of_slow_poles(gap):
    """∂y/∂d of one layer of two is the answer of the other: 1/(1 − λ²)."""
    pole = 1 - gap
    found = population.gauss_newton(cascade([pole, pole]))[6, 6]
    np.testing.assert_allclose(found, 1 / ((1 - pole) * (1 + pole)), rtol=1e-10)
