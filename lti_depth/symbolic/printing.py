"""Formulas as text: what an observable of a cascade of scalar layers is, for a terminal, a paper or a program."""

import inspect
import re

import sympy
from sympy import Indexed, Symbol
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.pretty_symbology import pretty_symbol, pretty_use_unicode

from . import expressions
from .builders import cascade, repeat, scalar_cascade
from .covariances import autocovariance, state_covariance, state_variance
from .delay_sensitivities import delay_sensitivity
from .delays import group_delay, phase_delay, zeros
from .equivalence import equivalent_layer
from .export import LANGUAGES, export
from .frequency import frequency_response, power_spectrum, transfer_function
from .growth import asymptotic_variance, growth_per_layer
from .hankel import hankel_singular_values
from .latex import PositiveFirst, tuples
from .memories import memory_function
from .modal import modal, residues
from .normalizations import normalization
from .processes import ar1, white
from .responses import impulse_response, step_response
from .sensitivities import gauss_newton, sensitivity
from .towers import Tower

OBSERVABLES = {
    function.__name__: function
    for function in (
        transfer_function, frequency_response, power_spectrum, impulse_response, step_response, group_delay,
        phase_delay, zeros, autocovariance, state_variance, state_covariance, equivalent_layer, modal, residues,
        memory_function, hankel_singular_values, sensitivity, gauss_newton, delay_sensitivity, normalization,
        asymptotic_variance, growth_per_layer,
    )
}  # fmt: skip
ARGUMENTS = {
    "z": Symbol("z"),
    "omega": Symbol("omega", real=True),
    "t": Symbol("t", integer=True, nonnegative=True),
    "lag": Symbol("Delta", integer=True, nonnegative=True),
}
RHO = Symbol("rho", real=True)
EQUAL = tuple(Symbol(name, real=True) for name in ("lambda", "b", "c"))
FORMATS = ("unicode", "python", *LANGUAGES)
MOST_LAYERS = {"state_variance": 16, "memory_function": 16, "modal": 24, "state_covariance": 8, "sensitivity": 8,
               "gauss_newton": 4}
"""Layers for which a formula takes seconds; of the other observables 32."""
WIDTH = 100
"""Columns of a terminal; wider formulas are printed on one line each, for it to wrap."""


def derive(quantity, layers, *, equal=False, process=None, timing="current", format="unicode", arm=None, limit=None):
    """The closed form of an observable of a cascade of scalar layers, as text.

    Parameters
    ----------
    quantity : str
        The name of an observable; hyphens stand for underscores.
    layers : int or str
        K ≥ 1; or a name, as "K" or "K+1", for the law of every depth.
    equal : bool
        All layers have the same λ, b and c.
    process : None, "white" or "ar1"
        Of the input: white noise of unit variance, or AR(1) with parameter ρ and unit variance.
    timing : {"current", "delayed"}
    format : {"unicode", "python", "latex", "numpy", "mpmath", "c"}
        Text for a terminal, or as in `export`: the source of a function with the name of the observable; "python" is
        "numpy".
    arm : str
        Of `normalization` and `growth_per_layer`; None for "none".
    limit : {"deep", "slow"}
        Of `asymptotic_variance`; None for "deep".

    Raises
    ------
    ValueError
        An unknown quantity, process, timing or format; a process, arm or limit for an observable that has none; an
        observable that has no law for the given layers.
    """
    if not isinstance(quantity, str) or (name := quantity.replace("-", "_")) not in OBSERVABLES:
        raise ValueError(f"quantity: expected one of {', '.join(OBSERVABLES)}, got {expressions.describe(quantity)}")
    expressions.choice(format, "format", FORMATS)
    expressions.boolean(equal, "equal")
    _require_few(name, depth := _depth(layers))
    observable, stack = OBSERVABLES[name], _stack(depth, equal, timing)
    parameters = inspect.signature(observable).parameters
    _require_law(observable, stack)
    queries = {key: symbol for key, symbol in ARGUMENTS.items() if key in parameters}
    given = _settings(name, parameters, process=process, arm=arm, limit=limit)
    value = observable(stack, *queries.values(), **given)
    if format == "unicode":
        return _unicode(value)
    if format == "latex":
        return str(export(value, "latex"))
    named = sorted(stack.depth.free_symbols, key=str) if isinstance(stack, Tower) else []
    rho = [RHO] if process == "ar1" else []
    return export(value, "numpy" if format == "python" else format, name=name,
                  arguments=[*queries.values(), *named, *rho, *_fields(stack)])


def _stack(depth, equal, timing):
    """A Stack, or a Tower for a depth with a name."""
    if not equal:
        return cascade(depth, timing=timing)
    pole, b, c = EQUAL
    return repeat(scalar_cascade([pole], b, c, timing=timing), depth)


def _depth(layers):
    if not isinstance(layers, str):
        return expressions.integer(layers, "layers", 1)
    named = re.fullmatch(r"([A-Za-z]\w*)(?:\s*\+\s*(\d+))?", layers)
    if not named:
        raise ValueError(f"layers: expected an int of at least 1, or a name such as K or K+1, got {layers!r}")
    name, more = named[1], int(named[2] or 0)
    if name in {symbol.name for symbol in (*ARGUMENTS.values(), *EQUAL, RHO)}:
        raise ValueError(f"layers: expected a name that the formula does not have already, got {name!r}; pass K")
    return Symbol(name, integer=True, positive=True) + more


def _require_few(name, depth):
    """Raise ValueError for a number of layers whose formula would take minutes to derive."""
    if isinstance(depth, int) and depth > (most := MOST_LAYERS.get(name, 32)):
        raise ValueError(f"layers: expected at most {most} for {name}, whose formula grows fast, got {depth}; "
                         "give numbers to the numeric floor, or see which laws hold for any depth K")


def _require_law(observable, stack):
    """Raise ValueError for a depth, a number or a name, for which the observable has no law that can be derived."""
    name, any_depth = observable.__name__, isinstance(stack, Tower)
    if observable in (asymptotic_variance, growth_per_layer):
        if not (any_depth and stack.equal):
            raise ValueError(f"layers: expected a name such as K, and equal layers, for {name}, which is about depth")
    elif any_depth and getattr(observable, "law", None) in (None, inspect.unwrap(observable)):
        known = ", ".join(key for key, each in OBSERVABLES.items()
                          if getattr(each, "law", inspect.unwrap(each)) is not inspect.unwrap(each))
        raise ValueError(f"layers: expected an int for {name}, got {stack.depth}; laws for any depth: {known}")


def _settings(name, parameters, process, arm, limit):
    """The keyword arguments of an observable that are not queries."""
    for key, value in (("process", process), ("arm", arm), ("limit", limit)):
        if value is not None and key not in parameters:
            raise ValueError(f"{key}: expected none for {name}, which does not depend on it, got {value!r}")
    if process is not None:
        expressions.choice(process, "process", ("white", "ar1"))
    chosen = {"process": ar1(RHO) if process == "ar1" else white(),
              "arm": "none" if arm is None else arm, "limit": "deep" if limit is None else limit}
    return {key: value for key, value in chosen.items() if key in parameters}


def _fields(stack):
    """λ, b and c: symbols of equal layers, sequences of known or of any length."""
    if isinstance(stack, Tower):
        entries = (field[0] for field in (stack.block.poles, stack.block.B, stack.block.C))
        return [entry.base if isinstance(entry, Indexed) else entry for entry in entries]
    return [field if isinstance(field[0], Indexed) else field[0] for field in (stack.poles, stack.B, stack.C)]


def _unicode(value):
    if hasattr(value, "_fields"):
        return "\n\n".join(f"{name} =\n{_unicode(entry)}" for name, entry in zip(value._fields, value, strict=True))
    value = _plain(tuples(value))
    text = _pretty(value)
    if max(map(len, text.splitlines())) <= WIDTH:
        return text
    return _lines(value.xreplace({symbol: Symbol(pretty_symbol(symbol.name)) for symbol in value.free_symbols}))


class _Pretty(PositiveFirst, PrettyPrinter):
    pass


def _pretty(value):
    before = pretty_use_unicode(True)
    try:
        return _Pretty({"wrap_line": False}).doprint(value)
    finally:
        pretty_use_unicode(before)


def _lines(value):
    """One line an expression or row of a matrix, an empty one between matrices."""
    if isinstance(value, sympy.Tuple):
        return "\n\n".join(map(_lines, value))
    return "\n".join(map(sympy.sstr, value.tolist())) if isinstance(value, sympy.MatrixBase) else sympy.sstr(value)


def _plain(value):
    """λ[1] as the symbol λ₁, λ[k + 1] as the symbol λ[k + 1]."""
    return value.xreplace({leaf: _letter(leaf) for leaf in value.atoms(Indexed)})


def _letter(leaf):
    base, (index,) = str(leaf.base), leaf.indices
    if index.is_Integer or index.is_Symbol:
        return Symbol(f"{'lambda' if base == 'λ' else base}_{index}", real=True)
    return Symbol(f"{base}[{index}]", real=True)
