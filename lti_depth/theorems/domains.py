"""The stacks a theorem speaks of, and random ones among them: equal, opposite, zero and near-unit poles included."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .. import numeric

KINDS = ("nonnegative", "signed", "complex", "wide", "channels")
AGAIN, ZERO = 0.25, 0.1  # how often a pole repeats an earlier one, or is 0


@dataclass(frozen=True)
class Domain:
    """A family of stacks.

    Parameters
    ----------
    kind : str
        Scalar cascades with "nonnegative", "signed" (real) or "complex" poles; "wide": one channel, up to three states
        a layer, complex; "channels": up to two channels as well.
    layers : (int, int)
        Least and largest K.
    timings : tuple of str
    feedthrough : bool
        Whether D may differ from 0.
    distinct : bool
        Whether all poles of the stack differ (by at least 1e-6).
    zeros : bool
        Whether a pole may be 0.
    gap : float
        The least 1 − |λ|.
    """

    kind: str = "complex"
    layers: tuple[int, int] = (1, 4)
    timings: tuple[str, ...] = ("current", "delayed")
    feedthrough: bool = False
    distinct: bool = False
    zeros: bool = True
    gap: float = 1e-6

    def holds(self, stack):
        """Whether a stack belongs to the family: what the kind says of its shape is taken for granted."""
        poles = np.concatenate([layer.poles for layer in stack.layers])
        apart = np.abs(poles[:, None] - poles) + np.eye(len(poles))
        return (
            self.layers[0] <= len(stack) <= self.layers[1] and stack.timing in self.timings
            and (self.feedthrough or not any(layer.D.any() for layer in stack.layers))
            and (not self.distinct or apart.min() > 1e-6)
            and (self.zeros or (poles != 0).all())
            and bool((1 - np.abs(poles) >= self.gap).all())
        )  # fmt: skip

    def draw(self, rng):
        """A random member."""
        timing = str(rng.choice(self.timings))
        K = int(rng.integers(self.layers[0], self.layers[1] + 1))
        if self.kind in ("wide", "channels"):
            return numeric.stack(self._layers(rng, K), timing=timing)
        poles = self._poles(rng, K, [])
        b, c, d = (self._entries(rng, K) for _ in range(3))
        return numeric.cascade(poles, b, c, d if self._through(rng) else 0, timing=timing)

    def _layers(self, rng, K):
        channels = rng.integers(1, 3, K + 1) if self.kind == "channels" else np.ones(K + 1, int)
        before, layers = [], []
        for h_in, h_out in pairwise(channels):
            poles = self._poles(rng, int(rng.integers(1, 4)), before)
            before.extend(poles)
            B, C, D = (self._entries(rng, shape) for shape in
                       ((len(poles), h_in), (h_out, len(poles)), (h_out, h_in)))
            layers.append(numeric.Layer(poles, B, C, D if self._through(rng) else 0))
        return layers

    def _through(self, rng):
        return self.feedthrough and rng.random() < 0.7

    def _poles(self, rng, count, before):
        drawn = []
        while len(drawn) < count:
            chance, known = rng.random(), [*before, *drawn]
            if known and chance < AGAIN and not self.distinct:
                drawn.append(known[rng.integers(len(known))])
            elif self.zeros and chance > 1 - ZERO and not (self.distinct and 0 in known):
                drawn.append(0.0)
            else:
                drawn.append(self._pole(rng))
        return drawn

    def _pole(self, rng):
        """The distance to the circle spread over its decades."""
        modulus = 1 - np.exp(rng.uniform(np.log(self.gap), 0))
        if self.kind == "nonnegative":
            return modulus
        if self.kind == "signed":
            return modulus * rng.choice([-1.0, 1.0])
        return modulus * np.exp(1j * rng.uniform(-np.pi, np.pi))

    def _entries(self, rng, shape):
        """Between ½ and 2 in size."""
        size = rng.uniform(0.5, 2, shape)
        if self.kind in ("nonnegative", "signed"):
            return size * (rng.choice([-1.0, 1.0], shape) if self.kind == "signed" else 1)
        return size * np.exp(1j * rng.uniform(-np.pi, np.pi, shape))
