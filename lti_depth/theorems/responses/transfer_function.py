r"""The transfer function of a stack is the ordered product of those of its layers, each with its own A.

Let the input be u_t = v z^t at all times, with |z| larger than every pole. In a layer (current timing)

    x_t = A x_{t−1} + B u_t,   y_t = C x_t + D u_t

the sum x_t = Σ_s A^s B u_{t−s} converges, and x_t = X z^t. One time step must take X z^{−1} to X:

    X = A X/z + B v,   hence   X = (1 − A/z)⁻¹ B v,   y_t = H_k(z) v z^t,   H_k = C (1 − A/z)⁻¹ B + D;

in delayed timing z X = A X + B v and H_k = C (z − A)⁻¹ B + D. The output is again an exponential, with the amplitude
H_k v, and it is the input of the next layer; so a further layer multiplies by its H from the left. This is the step of
an induction over K. In the proof v is a vector of indeterminates, and the law gives the amplitudes of the states too:
they are the outputs of a stack whose last layer has C = 1 and D = 0. A diagonal A loses nothing but Jordan blocks.
"""

from dataclasses import replace
from functools import reduce

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, exact, mp
from ..domains import Domain
from ..stepping import Numbers, layers_of
from ..theorem import Origin, Step, Theorem, Tier

TERMS = 24
POINTS = (8.0, -8.0, 6.0 + 6.0j)


def law(layers, z, timing):
    """H_K(z) ⋯ H_1(z), every layer with its own A."""
    return reduce(lambda before, factor: factor @ before, (_layer(layer, z, timing) for layer in layers))


def _layer(layer, z, timing):
    passed = 1 / (1 - layer.poles / z) if timing == "current" else 1 / (z - layer.poles)
    return (layer.C * passed) @ layer.B + layer.D


def bug(layers, z, timing):
    """One A for all: that of the first layer, its poles repeated where there are more states."""
    return law([replace(layer, poles=np.resize(layers[0].poles, len(layer.poles))) for layer in layers], z, timing)


def prove(law):
    """Exponentials pass through one time step of every layer; further layers multiply from the left."""
    return tuple(
        Step(f"{text}, {timing} timing: one time step multiplies all states by $z$, and gives $H(z) v$",
             _passes(law, widths, channels, timing))
        for text, widths, channels in (
            ("One layer, two states, two channels", (2,), (2, 2)),
            ("One more layer, with an $A$ and a size of its own", (2, 1), (2, 1, 2)),
            ("Three layers, two channels between the last", (1, 1, 1), (1, 1, 2, 1)))
        for timing in ("current", "delayed"))  # fmt: skip


def _passes(law, widths, channels, timing):
    """Whether the recursion itself, run for one time step from the law's states, agrees with the law."""
    layers, z, v = _indeterminate(widths, channels)
    signal = v
    for k, layer in enumerate(layers):
        N = len(layer.poles)
        state = replace(layer, C=np.eye(N, dtype=object), D=0 * layer.B)
        X = law([*layers[:k], state], z, timing) @ v
        before, after = (X / z, X) if timing == "current" else (X, z * X)
        if not (layer.poles * before + layer.B @ signal == after).all():
            return False
        signal = layer.C @ X + layer.D @ signal
    return bool((signal == law(layers, z, timing) @ v).all())


def _indeterminate(widths, channels):
    shapes = [shape for k, N in enumerate(widths)
              for shape in ((N,), (N, channels[k]), (channels[k + 1], N), (channels[k + 1], channels[k]))]
    shapes.append((channels[0],))
    symbols = iter(indeterminates("z", *(f"x{n}" for n in range(sum(map(np.prod, shapes))))))
    z = next(symbols)
    *arrays, v = (np.array([next(symbols) for _ in range(np.prod(shape))], dtype=object).reshape(shape)
                  for shape in shapes)  # fmt: skip
    return [Numbers(*arrays[k : k + 4]) for k in range(0, len(arrays), 4)], z, v


def shadow(law, stack, machine):
    """Against the machine's transfer function, and against Σ_t h_t z^{−t} of its impulse response.

    For |z| ≥ 8 the terms from 24 on are below 8^{−24} times a polynomial of t.
    """
    layers = layers_of(stack)
    values = [law(layers, mp.convert(z), stack.timing) for z in POINTS]
    h = exact(np.reshape(machine.impulse_response(stack, range(TERMS)), (TERMS, -1)))
    series = [sum(h[t] / mp.convert(z) ** t for t in range(TERMS)) for z in POINTS]
    return max(deviation(values, machine.transfer_function(stack, POINTS)), deviation(values, series))


THEOREM = Theorem(
    name="transfer-function",
    title="The transfer function of a stack",
    statement=r"$H(z) = H_K(z) \cdots H_1(z)$, an ordered product, with $H_k(z) = C^{(k)} (I - A^{(k)} z^{-1})^{-1} "
              r"B^{(k)} + D^{(k)}$ in current timing and $C^{(k)} (z I - A^{(k)})^{-1} B^{(k)} + D^{(k)}$ in delayed "
              r"timing: every layer has its own $A^{(k)}$.",
    hypotheses=("any states and channels that fit", "diagonal A", "|z| > |λ| for every pole λ (elsewhere by "
                "continuation)", "either timing"),
    origin=Origin.PAPER,
    reference="Proposition 2, with a state matrix of its own for each layer; Oppenheim & Schafer, Discrete-Time Signal "
              "Processing, 5.2",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("channels", layers=(1, 3), feedthrough=True),
)  # fmt: skip
