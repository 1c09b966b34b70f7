"""Stacks of layers, and the ways to build one."""

from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from . import validation
from .layers import Layer


@dataclass(frozen=True, eq=False, repr=False)
class Stack:
    """K layers in series: the input of layer k+1 is the output of layer k.

    ``len(stack)`` is K, ``stack[k]`` a Layer, ``stack[:k]`` a Stack. In a *scalar cascade* (one state and one
    channel in every layer, the case in which layers commute) the fields `poles`, `B`, `C`, `D` are vectors of
    length K; otherwise they are tuples with one array a layer.

    Parameters
    ----------
    layers : sequence of Layer
    timing : {"current", "delayed"}
        Current: x_t = Λ x_{t−1} + B u_t (S5, LRU). Delayed: x_{t+1} = Λ x_t + B u_t (control); one layer's H becomes
        D + z⁻¹(H − D).
    """

    layers: tuple[Layer, ...]
    timing: str = field(default="current", kw_only=True)

    def __post_init__(self):
        layers = tuple(self.layers) if np.iterable(self.layers) else (self.layers,)
        validation.choice(self.timing, "timing", validation.TIMINGS)
        if not layers:
            raise ValueError("layers: expected at least one Layer, got none; a stack has K ≥ 1")
        _check_series(layers)
        object.__setattr__(self, "layers", layers)

    def __len__(self):
        return len(self.layers)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Stack(self.layers[index], timing=self.timing)
        return self.layers[index]

    def __iter__(self):
        return iter(self.layers)

    def __reduce__(self):
        """Copies and pickles take along nothing that was computed of the layers."""
        return partial(Stack, timing=self.timing), (self.layers,)

    def __repr__(self):
        kind = "cascade" if self.is_cascade else "stack"
        return (f"Stack({kind}, K={len(self)}, widths={self.widths}, channels={self.channels}, "
                f"timing={self.timing!r}, {self.dtype})")

    @cached_property
    def widths(self):
        """(K,) states of each layer."""
        return tuple(layer.width for layer in self.layers)

    @cached_property
    def channels(self):
        """(K+1,) channels: of the input, then of each layer's output."""
        return (self.layers[0].channels[0], *(layer.channels[1] for layer in self.layers))

    @cached_property
    def dtype(self):
        """float64 when every layer is real, else complex128."""
        return np.result_type(*(layer.dtype for layer in self.layers))

    @cached_property
    def real_output(self):
        """Whether a real input gives a real output, by construction."""
        return all(layer.real_output for layer in self.layers)

    @cached_property
    def is_cascade(self):
        """One state, one channel and no conjugate twin in every layer: a scalar cascade."""
        return set(self.widths) == {1} and set(self.channels) == {1} and not any(layer.real for layer in self.layers)

    @cached_property
    def poles(self):
        """(K,) in a scalar cascade, else a tuple of (N_k,)."""
        return self._collect("poles")

    @cached_property
    def B(self):
        """(K,) in a scalar cascade, else a tuple of (N_k, H_{k−1})."""
        return self._collect("B")

    @cached_property
    def C(self):
        """(K,) in a scalar cascade, else a tuple of (H_k, N_k)."""
        return self._collect("C")

    @cached_property
    def D(self):
        """(K,) in a scalar cascade, else a tuple of (H_k, H_{k−1})."""
        return self._collect("D")

    def _collect(self, name):
        arrays = tuple(getattr(layer, name) for layer in self.layers)
        if not self.is_cascade:
            return arrays
        vector = np.concatenate(arrays, axis=None)
        vector.flags.writeable = False
        return vector

    def replace(self, *, poles=None, B=None, C=None, D=None, timing=None):
        """A new stack with some of its parts changed; each part has the form in which the field returns it."""
        parts = {"poles": poles, "B": B, "C": C, "D": D}
        given = {name: self._per_layer(name, value) for name, value in parts.items() if value is not None}
        layers = [
            Layer(*(given[name][k] if name in given else getattr(layer, name) for name in parts), real=layer.real)
            for k, layer in enumerate(self.layers)
        ]
        return Stack(tuple(layers), timing=timing or self.timing)

    def _per_layer(self, name, value):
        if self.is_cascade:
            vector = validation.vector(value, name, len(self), "K")
            return vector[:, None] if name == "poles" else vector[:, None, None]
        if not np.iterable(value) or len(value) != len(self):
            raise ValueError(f"{name}: expected a sequence of {len(self)} arrays, one a layer, "
                             f"got {validation.describe(value)}")
        return value

    def closed(self):
        """The stack with every real-output layer closed under conjugation (poles λ and λ̄)."""
        return Stack(tuple(layer.closed() for layer in self.layers), timing=self.timing)


def _check_series(layers):
    """Each layer takes what the one before puts out, and a layer with real=True takes a real signal."""
    for k, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise TypeError(f"layers: expected Layer objects, got {validation.describe(layer)} at {k}")
    for k in range(1, len(layers)):
        given, taken = layers[k - 1].channels[1], layers[k].channels[0]
        if given != taken:
            raise ValueError(f"layers: expected layer {k} to take the {given} channels that layer {k - 1} puts out, "
                             f"got {taken}; pass a B with {given} columns")
        if layers[k].real and not all(layer.real_output for layer in layers[:k]):
            raise ValueError(f"layers: expected a real signal into layer {k} with real=True, got a complex one from "
                             "the layers before; pass real=True there too")


def require_stack(value, name="stack"):
    """`value`, a Stack."""
    if not isinstance(value, Stack):
        instead = validation.of_another_kind(value) or "cascade(poles) or stack(layers)"
        raise TypeError(f"{name}: expected a Stack, got {validation.describe(value)}; pass {instead}")
    return value


def require_single_channel(stack, what):
    """Raise ValueError unless there is one channel before, between and after all layers."""
    if set(require_stack(stack).channels) != {1}:
        raise ValueError(f"{what} needs one channel between all layers, got channels {stack.channels}")


def through_layer(stack, layer):
    """The stack up to and including `layer` (0-based, negative from the end, None = the last)."""
    require_stack(stack)
    if layer is None:
        return stack
    K = len(stack)
    index = validation.integer(layer, "layer", -K)
    if index >= K:
        raise ValueError(f"layer: expected an integer from {-K} to {K - 1}, got {index}")
    return Stack(stack.layers[: index % K + 1], timing=stack.timing)


def stack(layers, *, timing="current"):
    """A Stack of any sequence of Layers, the first one next to the input."""
    return Stack(layers, timing=timing)


def cascade(poles, b=None, c=None, d=0, *, timing="current"):
    r"""A scalar cascade: K layers of one state and one channel, :math:`H = \prod_k H_k`.

    .. math:: H_k(z) = d_k + \frac{b_k c_k}{1 - \lambda_k z^{-1}}

    (delayed timing: :math:`d_k + b_k c_k z^{-1}/(1-\lambda_k z^{-1})`).

    Parameters
    ----------
    poles : (K,) array
    b, c, d : scalar or (K,) array
        None means 1.
    timing : {"current", "delayed"}
    """
    poles = validation.vector(poles, "poles", None, "K")
    b, c, d = (_gain(value, name, len(poles)) for value, name in ((b, "b"), (c, "c"), (d, "d")))
    layers = (
        Layer(poles[k : k + 1], b[k].reshape(1, 1), c[k].reshape(1, 1), d[k].reshape(1, 1)) for k in range(len(poles))
    )
    return Stack(tuple(layers), timing=timing)


def _gain(value, name, K):
    array = validation.numbers(1.0 if value is None else value, name)
    if array.ndim == 0:
        return np.full(K, array)
    return validation.vector(value, name, K, "K")


def series(first, second):
    """`first`, then `second`; both of one timing."""
    if require_stack(first, "first").timing != require_stack(second, "second").timing:
        raise ValueError(f"series: expected stacks of one timing, got {first.timing!r} and {second.timing!r}; "
                         "rebuild one of them with stack.replace(timing=…)")
    return Stack(first.layers + second.layers, timing=first.timing)


def repeat(stack, n):
    """`stack` n times in series, n ≥ 1."""
    return Stack(require_stack(stack).layers * validation.integer(n, "n", 1), timing=stack.timing)
