r"""A stack of wide layers is one layer with the states of all.

Current timing: layer k hears u⁽ᵏ⁾_t = y⁽ᵏ⁻¹⁾_t, and y⁽ᵏ⁾ = C_k x⁽ᵏ⁾_t + D_k u⁽ᵏ⁾_t = C_k A_k x⁽ᵏ⁾_{t−1} + E_k u⁽ᵏ⁾_t
with E_k = D_k + C_k B_k. By induction u⁽ⁱ⁾_t = E_{i−1} ⋯ E_1 u_t + Σ_{j<i} E_{i−1} ⋯ E_{j+1} C_j A_j x⁽ʲ⁾_{t−1}, and
x⁽ⁱ⁾_t = A_i x⁽ⁱ⁾_{t−1} + B_i u⁽ⁱ⁾_t:

    A_ij = B_i E_{i−1} ⋯ E_{j+1} C_j A_j  (j < i),    A_ii = A_i,    B'_i = B_i E_{i−1} ⋯ E_1.

In delayed timing y⁽ᵏ⁾_t = C_k x⁽ᵏ⁾_t + D_k u⁽ᵏ⁾_t holds the state before the step: E_k becomes D_k and A_j drops out
at the end. In both, the output written with the states that y⁽ᵏ⁾_t = C_k x⁽ᵏ⁾_t + D_k u⁽ᵏ⁾_t speaks of is

    C'_j = D_K ⋯ D_{j+1} C_j,    D' = D_K ⋯ D_1.

The proof compares with the layers stepped by unit vectors, at random points of the field of 2⁶¹ − 1 elements. All
entries are polynomials of a degree of at most 9 (C' A and D' + C' B of four layers: 2 a layer and 1), so that a false
identity holds at a random point with a probability below 10/(2⁶¹ − 1) < 1e−17.
"""

from functools import reduce

import numpy as np

from ..arithmetic import deviation
from ..domains import Domain
from ..stepping import layers_of, matrices, random_layers
from ..theorem import Origin, Step, Theorem, Tier

TIMES = range(6)
SHAPES = (((1, 2), (1, 1, 1)), ((2, 1, 2), (2, 1, 2, 1)), ((1, 2, 1, 2), (1, 2, 2, 2, 2)))  # widths, channels


def law(layers, timing):
    """A, B, C, D of the wide layer."""
    return _wide(layers, timing, timing)


def bug(layers, timing):
    """$E_k = D_k$ in current timing as well."""
    return _wide(layers, timing, "delayed")


def _wide(layers, timing, passing):
    through = [layer.D + layer.C @ layer.B if passing == "current" else layer.D for layer in layers]
    read = [layer.C * layer.poles if timing == "current" else layer.C for layer in layers]

    def block(i, j):
        if j < i:
            return layers[i].B @ _chain(through[j + 1 : i], read[j])
        return np.diag(layers[i].poles) if i == j else 0 * np.multiply.outer(layers[i].poles, layers[j].poles)

    A = [[block(i, j) for j in range(len(layers))] for i in range(len(layers))]
    unit = np.eye(layers[0].B.shape[1], dtype=int).astype(object)
    B = [[layer.B @ _chain(through[:i], unit)] for i, layer in enumerate(layers)]
    skips = [layer.D for layer in layers]
    C = [[_chain(skips[j + 1 :], layer.C) for j, layer in enumerate(layers)]]
    return np.block(A), np.block(B), np.block(C), _chain(skips, unit)


def _chain(factors, first):
    """The last factor times … times the first one times `first`."""
    return reduce(lambda total, factor: factor @ total, factors, first)


def prove(law):
    """One time step of the layers by unit vectors, at random points."""
    rng = np.random.default_rng(0)
    return tuple(
        Step(rf"{timing} timing, widths ${widths}$, channels ${channels}$: the map of states and input to states and "
             r"output in one time step", _one_step(law, random_layers(rng, widths, channels), timing))
        for timing in ("current", "delayed") for widths, channels in SHAPES
    )  # fmt: skip


def _one_step(law, layers, timing):
    A, B, C, D = law(layers, timing)
    ours = (A, B, C @ A, D + C @ B) if timing == "current" else (A, B, C, D)
    return all((a == stepped).all() for a, stepped in zip(ours, matrices(layers, timing), strict=True))


def shadow(law, stack, machine):
    """Against the machine's equivalent layer, and against the responses of the stack."""
    ours = law(layers_of(stack), stack.timing)
    A, B, C, D = ours
    h, state = [D + C @ B if stack.timing == "current" else D], A @ B if stack.timing == "current" else B
    for _ in TIMES[1:]:
        h.append(C @ state)
        state = A @ state
    return max(*(deviation(matrix, found) for matrix, found in zip(ours, machine.equivalent_layer(stack), strict=True)),
               deviation(h, machine.impulse_response(stack, TIMES)))


THEOREM = Theorem(
    name="deep-to-wide-blocks",
    title="A stack of wide layers as one layer",
    statement=r"Current timing, $E_k = D_k + C_k B_k$: $A_{ij} = B_i E_{i-1} \cdots E_{j+1} C_j A_j$ ($j < i$), "
              r"$A_{ii} = A_i$, $B'_i = B_i E_{i-1} \cdots E_1$; delayed: $E_k = D_k$ and no trailing $A_j$; both: "
              r"$C'_j = D_K \cdots D_{j+1} C_j$, $D' = D_K \cdots D_1$.",
    hypotheses=("diagonal layers of any widths and channels, with feedthrough, poles real or complex, equal or not",
                "current timing; delayed with its own form"),
    origin=Origin.CLASSICAL,
    reference="series connection of state-space systems (Kailath, Linear Systems, chapter 2); in current timing it "
              "extends the paper's section 3.3 to blocks",
    tier=Tier.PROBABILISTIC,
    range="K ≤ 4, up to two states and channels a layer, both timings; a false identity passes with probability below "
          "1e−17",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("channels", layers=(1, 3), feedthrough=True),
)
