"""Stacks of symbolic layers."""

from dataclasses import dataclass, field

import sympy

from . import expressions
from .layers import LATEX_LIMIT, Layer


@dataclass(frozen=True)
class Stack:
    """K layers in series: the input of layer k+1 is the output of layer k.

    ``len(stack)`` is K, ``stack[k]`` a Layer, ``stack[:k]`` a Stack. In a *scalar cascade* (one state and one
    channel in every layer, the case in which layers commute) the fields `poles`, `B`, `C`, `D` are tuples of K
    expressions; otherwise they are tuples with one tuple or matrix a layer.

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
        layers = tuple(self.layers) if isinstance(self.layers, (tuple, list)) else (self.layers,)
        expressions.choice(self.timing, "timing", expressions.TIMINGS)
        if not layers:
            raise ValueError("layers: expected at least one Layer, got none; a stack has K ≥ 1")
        complex_signal = False
        for k, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise TypeError(f"layers: expected symbolic Layer objects, got {expressions.describe(layer)} at {k}")
            if k and layers[k - 1].channels[1] != layer.channels[0]:
                raise ValueError(f"layers: layer {k} expects {layer.channels[0]} input channels, but layer {k - 1} "
                                 f"puts out {layers[k - 1].channels[1]}; pass a B with {layers[k - 1].channels[1]} "
                                 "columns")
            if layer.real and complex_signal:
                raise ValueError(f"layers: layer {k} has real=True and takes a real signal, but layer {k - 1} may put "
                                 "out a complex one; pass real=True there too, or declare its symbols real")
            complex_signal = complex_signal or not layer.real_output
        object.__setattr__(self, "layers", layers)

    def __len__(self):
        return len(self.layers)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Stack(self.layers[index], timing=self.timing)
        return self.layers[index]

    def __iter__(self):
        return iter(self.layers)

    @property
    def widths(self):
        """(K,) states of each layer."""
        return tuple(layer.width for layer in self.layers)

    @property
    def channels(self):
        """(K+1,) channels: of the input, then of each layer's output."""
        return (self.layers[0].channels[0], *(layer.channels[1] for layer in self.layers))

    @property
    def entries(self):
        """Every parameter of every layer."""
        return tuple(entry for layer in self.layers for entry in layer.entries)

    @property
    def free_symbols(self):
        """The symbols and indexed symbols that values can be given for."""
        return expressions.leaves(self.entries)

    @property
    def real_output(self):
        """Whether a real input is known to give a real output."""
        return all(layer.real_output for layer in self.layers)

    @property
    def is_cascade(self):
        """One state, one channel and no conjugate twin in every layer: a scalar cascade."""
        return set(self.widths) == {1} and set(self.channels) == {1} and not any(layer.real for layer in self.layers)

    @property
    def poles(self):
        """K expressions in a scalar cascade, else a tuple of tuples of N_k."""
        return tuple(layer.poles[0] if self.is_cascade else layer.poles for layer in self.layers)

    @property
    def B(self):
        """K expressions in a scalar cascade, else a tuple of (N_k, H_{k−1}) matrices."""
        return self._collect("B")

    @property
    def C(self):
        """K expressions in a scalar cascade, else a tuple of (H_k, N_k) matrices."""
        return self._collect("C")

    @property
    def D(self):
        """K expressions in a scalar cascade, else a tuple of (H_k, H_{k−1}) matrices."""
        return self._collect("D")

    def _collect(self, name):
        matrices = (getattr(layer, name) for layer in self.layers)
        return tuple(M[0, 0] if self.is_cascade else M for M in matrices)

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
        values = expressions.vector(value, name) if self.is_cascade else value
        if not isinstance(values, (tuple, list)) or len(values) != len(self):
            raise ValueError(f"{name}: expected a sequence of {len(self)} entries, one a layer, "
                             f"got {expressions.describe(value)}")
        if self.is_cascade:
            return [(entry,) if name == "poles" else sympy.Matrix([[entry]]) for entry in values]
        return values

    def subs(self, *substitutions):
        """Each parameter after its ``subs``; poles that become equal are treated as such from then on."""
        return self._map(lambda entry: entry.subs(*substitutions))

    def xreplace(self, rule):
        """Each parameter after its ``xreplace``: the fast way to exact values."""
        return self._map(lambda entry: entry.xreplace(rule))

    def _map(self, change):
        return Stack(tuple(layer.map(change) for layer in self.layers), timing=self.timing)

    def closed(self):
        """The stack with every real-output layer closed under conjugation (poles λ and λ̄)."""
        return Stack(tuple(layer.closed() for layer in self.layers), timing=self.timing)

    def __repr__(self):
        if self.is_cascade:
            return (f"scalar_cascade({list(self.poles)}, b={list(self.B)}, c={list(self.C)}, d={list(self.D)}, "
                    f"timing={self.timing!r})")
        return f"Stack(K={len(self)}, widths={self.widths}, channels={self.channels}, timing={self.timing!r})"

    def _repr_latex_(self):
        if not self.is_cascade:
            return None
        x = "z^{-1}" if self.timing == "delayed" else ""
        factors = (
            rf"\left({sympy.latex(d) + '+' if d != 0 else ''}"
            rf"\frac{{{sympy.latex(b * c)} {x}}}{{1 - {sympy.latex(pole)} z^{{-1}}}}\right)"
            for pole, b, c, d in zip(self.poles, self.B, self.C, self.D, strict=True)
        )
        text = rf"$\displaystyle H(z) = {' '.join(factors)}$"
        return text if len(text) <= LATEX_LIMIT else None


def require_stack(value, name="stack"):
    """Raise TypeError unless `value` is a symbolic Stack."""
    if not isinstance(value, Stack):
        raise TypeError(f"{name}: expected a symbolic Stack of known depth, got {expressions.describe(value)}; see "
                        "symbolic.cascade, symbolic.stack, bridge.lift for a numeric one, and tower.subs(K, 5) for a "
                        "Tower")


def require_stationary(stack, what, instead="move it inside the unit circle, or ask for a finite horizon"):
    """Raise ValueError naming the first pole that is not inside the unit circle, and saying what to do `instead`.

    Symbols are taken to be inside.
    """
    for k, layer in enumerate(stack.layers):
        for n, pole in enumerate(layer.poles):
            if expressions.inside_circle(pole) is False:
                raise ValueError(f"{what} needs |λ| < 1, got the pole {pole} in layer {k}, state {n}; {instead}")
