"""Stacks of arbitrary depth: a block of layers, once for each value of an index."""

from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import sympy
from sympy import Product, Sum

from . import expressions
from .stacks import Stack

INDEX = sympy.Symbol("k", integer=True, positive=True)


@dataclass(frozen=True)
class Tower:
    r"""`block` in series with itself, `depth` times, its parameters functions of `index` = 1…depth.

    .. math:: H(z) = H^{(K)}(z) \cdots H^{(1)}(z)

    ``cascade(K)`` and ``repeat(stack, n)`` make one for a symbolic K or n; ``tower.subs(K, 5)`` is the Stack of that
    depth, ``tower[:m]`` the first m blocks.

    Parameters
    ----------
    block : Stack
    depth : Expr
        Known to be a positive integer.
    index : Symbol
        Appears in the block's parameters, as in λ[k]; not at all in equal blocks.
    """

    block: Stack
    depth: Any
    index: sympy.Symbol = field(default=INDEX)

    @property
    def timing(self):
        """Of the block."""
        return self.block.timing

    @property
    def equal(self):
        """Whether all blocks are the same."""
        return not any(entry.has(self.index) for entry in self.block.entries)

    @property
    def equal_poles(self):
        """Whether all blocks have the same poles, whatever their gains."""
        return not any(pole.has(self.index) for layer in self.block.layers for pole in layer.poles)

    @property
    def stack(self):
        """The Stack of a tower whose depth is a number."""
        blocks = (self._at(i) for i in range(1, int(self.depth) + 1))
        return Stack(tuple(layer for block in blocks for layer in block.layers), timing=self.timing)

    @property
    def poles(self):
        """``tower.poles[k]``: the pole of layer k = 1…K of a scalar tower (one scalar layer a block)."""
        return Parameter(self, "poles")

    @property
    def B(self):
        """``tower.B[k]``: b of layer k."""
        return Parameter(self, "B")

    @property
    def C(self):
        """``tower.C[k]``: c of layer k."""
        return Parameter(self, "C")

    @property
    def D(self):
        """``tower.D[k]``: d of layer k."""
        return Parameter(self, "D")

    @property
    def free_symbols(self):
        """The symbols and indexed symbols that values can be given for, the depth's included."""
        return (expressions.leaves(self.block.entries) | self.depth.free_symbols) - {self.index}

    def __getitem__(self, blocks):
        if not isinstance(blocks, slice) or blocks.start is not None or blocks.step is not None or blocks.stop is None:
            raise TypeError(f"tower: expected tower[:m], the first m blocks, got [{blocks}]; for one layer's "
                            "parameters see tower.poles[k]")
        depth = expressions.depth(blocks.stop, "m")
        tower = Tower(self.block, depth, self.index)
        return tower.stack if isinstance(depth, int) else tower

    def subs(self, *substitutions):
        """Depth and parameters after their ``subs``; a Stack where the depth becomes a number."""
        return self._changed(lambda entry: entry.subs(*substitutions))

    def xreplace(self, rule):
        """Depth and parameters after their ``xreplace``; a Stack where the depth becomes a number."""
        return self._changed(lambda entry: entry.xreplace(rule))

    def _changed(self, change):
        depth = expressions.depth(change(self.depth), "depth")
        if not isinstance(depth, int):
            return Tower(self.block._map(change), depth, self.index)
        return Tower(self.block, depth, self.index).stack._map(change)

    def _at(self, k):
        return self.block.xreplace({self.index: expressions.exact(k, "k")})

    def product(self, factor):
        """Π of an expression of the index, over all blocks."""
        return factor**self.depth if not factor.has(self.index) else Product(factor, (self.index, 1, self.depth))

    def sum(self, term):
        """Σ of an expression of the index, over all blocks."""
        return self.depth * term if not term.has(self.index) else Sum(term, (self.index, 1, self.depth))

    def _repr_latex_(self):
        if not self.block.is_cascade:
            return None
        inside = self.block._repr_latex_().removeprefix(r"$\displaystyle H(z) = ").removesuffix("$")
        return rf"$\displaystyle H(z) = \prod_{{{self.index}=1}}^{{{sympy.latex(self.depth)}}} {inside}$"


@dataclass(frozen=True)
class Parameter:
    """A parameter of the layers of a scalar tower, by the number of the layer: an int or an expression."""

    tower: Tower
    name: str

    def __getitem__(self, k):
        tower = require_scalar(self.tower, f"tower.{self.name}[k]")
        return getattr(tower._at(expressions.depth(k, "k")), self.name)[0]


def require_scalar(tower, what):
    """Raise ValueError unless each block is one scalar layer."""
    if not (tower.block.is_cascade and len(tower.block) == 1):
        raise ValueError(f"{what}: expected one scalar layer a block for arbitrary depth, got {tower.block!r}; pass "
                         "tower.subs(depth, an int)")
    return tower



def observable(function):
    """An observable of stacks; `of_tower` gives it a law of its own for towers, without which they are refused."""

    @wraps(function)
    def of_any_depth(stack, *arguments, **named):
        law = of_any_depth.law if isinstance(stack, Tower) else function
        return law(stack, *arguments, **named)

    of_any_depth.law = function
    return of_any_depth


def of_tower(observable):
    """Make the decorated function the law of an observable for towers."""

    def register(law):
        observable.law = law
        return law

    return register
