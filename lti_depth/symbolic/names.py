"""The parameters of a program: which symbols of a formula it takes, in which order, under which names."""

import keyword
import re
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Indexed, IndexedBase, Symbol

from . import expressions
from .latex import spelled

FIELD = {"lambda": "pole", "Delta": "lag"}
"""Names of single symbols in a program; an indexed λ is the sequence `poles`."""
RESERVED = frozenset([*keyword.kwlist, *"""
    I abs arg auto binomial break case char complex const conj continue default do double enum exp extern fabs float
    goto imag inline int legendre long main map math mpmath numpy out pow power range real register restrict scipy
    short signed sizeof sqrt static struct sum switch tuple typedef union unsigned void volatile cos sin tan atan log
    len""".split()])  # fmt: skip


@dataclass(frozen=True)
class Parameters:
    """What a program takes.

    Parameters
    ----------
    order : tuple of Symbol or IndexedBase
        An IndexedBase stands for a sequence.
    names : dict
        Symbol or IndexedBase → identifier, of these and of every bound symbol.
    lengths : dict
        IndexedBase → the length of its sequence, None where an index is symbolic.
    """

    order: tuple[Any, ...]
    names: dict[Any, str]
    lengths: dict[Any, int | None]


def parameters(leaves, arguments):
    """Parameters of a program for the expressions `leaves`; `arguments` sets their order, None takes what there is.

    A tuple λ[1], …, λ[n] among the arguments is the sequence of that length, whichever of its entries occur.

    Raises
    ------
    ValueError
        A symbol of the formula is not among the arguments.
    TypeError
        An argument is neither a Symbol nor an IndexedBase, or an index is not one integer.
    """
    found = set().union(*(leaf.free_symbols for leaf in leaves))
    indexed = set().union(*(leaf.atoms(Indexed) for leaf in leaves))
    bases = {entry.base for entry in indexed}
    hidden = {base.label for base in bases} | indexed
    free = {symbol for symbol in found - hidden if isinstance(symbol, Symbol)} | bases
    given = sorted(free, key=lambda symbol: (str(symbol), sympy.default_sort_key(symbol)))
    given = given if arguments is None else arguments
    if not isinstance(given, (tuple, list)):
        raise TypeError(f"arguments: expected a list of symbols, got {expressions.describe(given)}")
    families = {argument[0].base: len(argument) for argument in given if _is_family(argument)}
    order = tuple(argument[0].base if _is_family(argument) else argument for argument in given)
    for argument in order:
        if not isinstance(argument, (Symbol, IndexedBase)):
            raise TypeError("arguments: expected Symbols, IndexedBases and tuples of λ[1] to λ[n], got "
                            f"{expressions.describe(argument)}")
    if missing := free - set(order):
        raise ValueError(f"arguments: expected every symbol of the formula, got none for "
                         f"{', '.join(sorted(map(str, missing)))}")
    bound = {symbol for leaf in leaves for symbol in leaf.atoms(Symbol)} - set(order) - {b.label for b in bases}
    names = _named([*order, *sorted(bound, key=str)])
    lengths = {base: families.get(base) or _length(base, indexed) for base in order if isinstance(base, IndexedBase)}
    return Parameters(order, names, lengths)


def _is_family(argument):
    """λ[1], …, λ[n]."""
    if not (isinstance(argument, tuple) and argument and isinstance(argument[0], Indexed)):
        return False
    return argument == tuple(argument[0].base[k] for k in range(1, len(argument) + 1))


def _named(symbols):
    names = {}
    for symbol in symbols:
        name = identifier(symbol)
        while name in names.values() or re.fullmatch(r"[xr]\d+", name):  # the program's own
            name += "_"
        names[symbol] = name
    return names


def identifier(symbol):
    """A name that Python and C take: poles for an indexed λ, pole for λ, lag for Δ, else the symbol's, spelled out."""
    text = spelled(str(symbol.label if isinstance(symbol, IndexedBase) else symbol))
    text = f"{FIELD[text]}s" if isinstance(symbol, IndexedBase) and text in FIELD else FIELD.get(text, text)
    text = re.sub(r"[^0-9A-Za-z_]", "_", text)
    if not re.match(r"[A-Za-z]", text):
        text = f"v{text}"
    return f"{text}_" if text in RESERVED else text


def _length(base, indexed):
    """The largest index of the family, or None."""
    indices = []
    for entry in indexed:
        if entry.base != base:
            continue
        if len(entry.indices) != 1 or not (entry.indices[0].is_integer):
            raise TypeError(f"expected one integer index, got {entry}")
        indices.append(entry.indices[0])
    if not all(index.is_Integer for index in indices):
        return None
    if any(index < 1 for index in indices):
        raise ValueError(f"expected indices from 1 on, got {min(indices)} of {base}")
    return max(map(int, indices), default=0)


def steps(leaves):
    """Common subexpressions: pairs (symbol x0, x1, …, expression) and the leaves in terms of them.

    What depends on an index of summation is left where it is.
    """
    bound = {symbol for leaf in leaves for inner in leaf.atoms(sympy.Sum, sympy.Product, sympy.Lambda)
             for symbol in inner.bound_symbols}
    leaves = [leaf.replace(_is_polynomial, sympy.expand_func) if leaf.has(sympy.binomial) else leaf for leaf in leaves]
    return sympy.cse(leaves, sympy.numbered_symbols("x"), order="none", ignore=tuple(bound))


def _is_polynomial(expression):
    """A binomial coefficient with a number below."""
    return isinstance(expression, sympy.binomial) and expression.args[1].is_Integer
