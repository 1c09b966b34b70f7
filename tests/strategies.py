"""What the property tests draw: stacks whose poles coincide, nearly coincide, vanish, change sign or touch the circle.

Grid values are dyadic, hence exact on every floor. Gaps between poles and to the circle are 10^−U: it is gaps, not
poles, that are spread evenly. A process is drawn as a description, ("ar1", rho, variance) for instance, from which each
floor (`build`) and the oracles make their own.
"""

import numpy as np
from hypothesis import strategies as st

from lti_depth.system import Layer, Stack, cascade

TIMINGS = st.sampled_from(["current", "delayed"])
GAPS = st.floats(0, 15).map(lambda exponent: 10.0**-exponent)
TO_CIRCLE = st.floats(0.3, 12).map(lambda exponent: 10.0**-exponent)
ANGLES = st.floats(0, np.pi)


def dyadic(low, high, denominator=16):
    """Multiples of 1/denominator in [low, high]."""
    return st.integers(int(low * denominator), int(high * denominator)).map(lambda n: n / denominator)


def complex_dyadic(size, denominator=16):
    return st.builds(complex, dyadic(-size, size, denominator), dyadic(-size, size, denominator))


def stable(pole):
    return pole.real * pole.real + pole.imag * pole.imag < 1 - 1e-13


def _fresh(kind):
    """A pole that owes nothing to the others."""
    if kind == "nonnegative":
        return st.one_of(dyadic(0, 15 / 16), TO_CIRCLE.map(lambda gap: 1 - gap))
    if kind == "signed":
        ends = st.one_of(TO_CIRCLE.map(lambda gap: 1 - gap), TO_CIRCLE.map(lambda gap: gap - 1))
        return st.one_of(dyadic(-15 / 16, 15 / 16), ends)
    circle = st.builds(lambda gap, angle: complex((1 - gap) * np.exp(1j * angle)), TO_CIRCLE, ANGLES)
    return st.one_of(complex_dyadic(15 / 16).filter(stable), circle.filter(stable))


def _beside(pole, gap, kind):
    """A pole at a relative distance `gap`, nearer to zero, so that it stays stable and of the same sign."""
    return pole * (1 - gap) if kind != "complex" else complex(pole * (1 - gap) * np.exp(1j * gap))


@st.composite
def poles(draw, K, kind):
    """K poles: "nonnegative", "signed" or "complex"; each fresh, zero, or in a relation to one drawn before."""
    drawn = []
    relations = ["fresh", "fresh", "zero", "again", "beside"]
    relations += {"nonnegative": [], "signed": ["opposite"], "complex": ["opposite", "conjugate"]}[kind]
    for _ in range(K):
        relation = draw(st.sampled_from(relations)) if drawn else "fresh"
        if relation == "fresh":
            drawn.append(draw(_fresh(kind)))
        elif relation == "zero":
            drawn.append(0.0)
        else:
            other = draw(st.sampled_from(drawn))
            drawn.append({
                "again": lambda p: p, "beside": lambda p: _beside(p, draw(GAPS), kind),
                "opposite": lambda p: -p, "conjugate": lambda p: p.conjugate() if kind == "complex" else p,
            }[relation](other))  # fmt: skip
    return drawn


@st.composite
def cascades(draw, kind, K_max=4, feedthrough=True):
    """Scalar cascades of both timings."""
    K = draw(st.integers(1, K_max))
    gains = {
        "nonnegative": dyadic(1 / 4, 2),
        "signed": dyadic(-2, 2).filter(bool),
        "complex": complex_dyadic(2).filter(bool),
    }[kind]
    b, c = draw(st.lists(gains, min_size=K, max_size=K)), draw(st.lists(gains, min_size=K, max_size=K))
    d = draw(st.one_of(st.just(0), st.lists(gains, min_size=K, max_size=K))) if feedthrough else 0
    return cascade(draw(poles(K, kind)), b, c, d, timing=draw(TIMINGS))


@st.composite
def wide_stacks(draw, K_max=3, N_max=3, H_max=3, real=False, single_channel=False):
    """Stacks of wide layers; `real`: every layer gives y = Re(C x) + D u."""
    K = draw(st.integers(1, K_max))
    size = st.just(1) if single_channel else st.integers(1, H_max)
    channels = [draw(size) for _ in range(K + 1)]
    is_complex = real or draw(st.booleans())
    entry = complex_dyadic(2, 4) if is_complex else dyadic(-2, 2, 4)

    def matrix(rows, columns, entries):
        size = rows * columns
        return np.array(draw(st.lists(entries, min_size=size, max_size=size))).reshape(rows, columns)

    layers = []
    for k in range(K):
        N = draw(st.integers(1, N_max))
        H_in, H_out = channels[k], channels[k + 1]
        D = matrix(H_out, H_in, dyadic(-2, 2, 4) if real else entry) if draw(st.booleans()) else 0
        kind = "complex" if is_complex else "signed"
        layers.append(Layer(draw(poles(N, kind)), matrix(N, H_in, entry), matrix(H_out, N, entry), D, real=real))
    return Stack(tuple(layers), timing=draw(TIMINGS))


FAMILIES = {
    "nonnegative cascade": cascades("nonnegative"),
    "signed cascade": cascades("signed"),
    "complex cascade": cascades("complex"),
    "wide": wide_stacks(),
    "real output": wide_stacks(K_max=2, N_max=2, real=True),
}
SINGLE_CHANNEL = {
    "signed cascade": cascades("signed"),
    "complex cascade": cascades("complex"),
    "wide": wide_stacks(single_channel=True),
    "real output": wide_stacks(real=True, single_channel=True),
}


# --- Processes ------------------------------------------------------------------------------------------------------

VARIANCES = dyadic(1 / 4, 4, 4)


def _autocorrelation(theta):
    """Σ_t θ_{t+d} θ̄_t: positive semidefinite by construction, and exact for short dyadic θ."""
    theta = np.asarray(theta)
    return np.correlate(theta, theta, "full")[len(theta) - 1 :]


@st.composite
def processes(draw, stack=None, kind="real", sums=True):
    """A description of a process: "nonnegative" (R ≥ 0), "real" or "complex"."""
    number = {"nonnegative": dyadic(0, 2, 4), "real": dyadic(-2, 2, 4), "complex": complex_dyadic(2, 4)}[kind]
    pole = _fresh({"nonnegative": "nonnegative", "real": "signed", "complex": "complex"}[kind])
    if stack is not None:
        own = [p.item() for layer in stack.layers for p in layer.poles]
        fitting = [p for p in own if kind == "complex" or (p.imag == 0 and (kind == "real" or p.real >= 0))]
        if fitting:  # resonance: the process has a pole of the stack
            pole = st.one_of(pole, st.sampled_from([p if kind == "complex" else p.real for p in fitting]))
    names = ["white", "ar1", "ar1", "arma", "shaped", "sampled", "recorded"] + ["sum"] * sums
    if kind == "nonnegative":
        names = ["white", "ar1", "ar1", "shaped", "sampled"]
    name = draw(st.sampled_from(names))
    variance = draw(VARIANCES)
    if name == "white":
        return ("white", variance)
    if name == "ar1":
        return ("ar1", draw(pole), variance)
    if name == "arma":
        roots = draw(st.lists(st.sampled_from([-0.75, -0.25, 0.5, 0.875]), unique=True, max_size=2))
        ar = (-np.poly(roots)[1:]).tolist() if roots else []
        return ("arma", ar, draw(st.lists(number, max_size=2)), variance)
    if name == "shaped":
        shape = cascades({"nonnegative": "nonnegative", "real": "signed", "complex": "complex"}[kind], K_max=2)
        return ("shaped", draw(shape), variance)
    if name == "sampled":
        theta = draw(st.lists(number, min_size=1, max_size=4).filter(lambda values: any(values)))
        return ("sampled", _autocorrelation(theta))
    if name == "recorded":
        return ("recorded", np.array(draw(st.lists(number, min_size=2, max_size=8).filter(lambda u: len(set(u)) > 1))))
    return ("sum", draw(processes(stack, kind, False)), draw(processes(stack, kind, False)))


def build(description, floor):
    """The process of a floor from its description."""
    name, *values = description
    if name == "sum":
        first, second = (build(term, floor) for term in values)
        return first + second
    return getattr(floor, name)(*values)


def fitting_process(stack, family):
    """Processes that fit a family: nonnegative where errors are owed componentwise, real into real-output layers."""
    if family == "nonnegative cascade":
        return processes(stack, "nonnegative")
    if family == "complex cascade":
        return st.one_of(processes(stack), processes(stack, "complex"))
    return processes(stack)
