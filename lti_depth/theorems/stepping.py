"""A stack by its definition, one time step after the other, in any arithmetic; and random stacks over a prime field.

Over a prime field an identity between rational functions that fails somewhere fails at almost all points: of those
where nothing is divided by 0, at all but degree/PRIME (Schwartz–Zippel), the degree being the numerator's.
"""

from dataclasses import dataclass, fields

import flint
import numpy as np

from .arithmetic import exact

PRIME = 2**61 - 1


@dataclass(frozen=True, eq=False)
class Numbers:
    """poles (N,), B (N, H_in), C (H_out, N), D (H_out, H_in) of a layer, as object arrays."""

    poles: np.ndarray
    B: np.ndarray
    C: np.ndarray
    D: np.ndarray

    def map(self, function):
        """A function applied to each of the four arrays."""
        return Numbers(*(function(getattr(self, field.name)) for field in fields(self)))


def layers_of(stack):
    """The layers of a numeric stack."""
    return [Numbers(*map(exact, (layer.poles, layer.B, layer.C, layer.D))) for layer in stack.layers]


def conjugated(layers):
    """With the conjugates of all numbers."""
    return [layer.map(np.conj) for layer in layers]


def random_layers(rng, widths, channels):
    """Layers of these widths between these numbers of channels, entries uniform over the field of PRIME elements."""
    def draw(*shape):
        values = [flint.nmod(int(n), PRIME) for n in rng.integers(PRIME, size=int(np.prod(shape)))]
        return np.array(values, dtype=object).reshape(shape)

    return [Numbers(draw(N), draw(N, h_in), draw(h_out, N), draw(h_out, h_in))
            for N, h_in, h_out in zip(widths, channels[:-1], channels[1:], strict=True)]  # fmt: skip


def step(layers, timing, states, u):
    """The output, and the states after it, of one time step."""
    after = []
    for layer, x in zip(layers, states, strict=True):
        advanced = layer.poles * x + layer.B @ u
        u = layer.C @ (advanced if timing == "current" else x) + layer.D @ u
        after.append(advanced)
    return u, after


def matrices(layers, timing):
    """A, B, C, D of ξ' = A ξ + B u, y = C ξ + D u, found by feeding unit vectors.

    ξ are the states of all layers before the step, ξ' those after it: x_{t−1} and x_t in current timing, x_t and
    x_{t+1} in delayed timing.
    """
    sizes = [len(layer.poles) for layer in layers]
    S = sum(sizes)
    columns = []
    for unit in np.eye(S + layers[0].B.shape[1], dtype=int).astype(object):
        y, after = step(layers, timing, np.split(unit[:S], np.cumsum(sizes)[:-1]), unit[S:])
        columns.append(np.concatenate([*after, y]))
    table = np.array(columns, dtype=object).T
    return table[:S, :S], table[:S, S:], table[S:, :S], table[S:, S:]
