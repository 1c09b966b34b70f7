"""Formulas as text: what an observable of a cascade of K scalar layers is, for a terminal, a paper or a program."""

import inspect

import sympy
from sympy import Indexed, Symbol
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.pretty.pretty_symbology import pretty_symbol

from . import expressions
from .builders import cascade, scalar_cascade
from .covariances import autocovariance, state_covariance, state_variance
from .delays import group_delay, phase_delay, zeros
from .equivalence import equivalent_layer
from .frequency import frequency_response, power_spectrum, transfer_function
from .processes import ar1, white
from .responses import impulse_response, step_response
from .sensitivities import sensitivity

OBSERVABLES = {
    function.__name__: function
    for function in (
        transfer_function, frequency_response, power_spectrum, impulse_response, step_response, group_delay,
        phase_delay, zeros, autocovariance, state_variance, state_covariance, sensitivity, equivalent_layer,
    )
}  # fmt: skip
ARGUMENTS = {
    "z": Symbol("z"),
    "omega": Symbol("omega", real=True),
    "t": Symbol("t", integer=True, nonnegative=True),
    "lag": Symbol("Delta", integer=True, nonnegative=True),
}
WIDTH = 100
"""Columns of a terminal; wider formulas are printed on one line each, for it to wrap."""


def derive(quantity, layers, *, equal=False, process=None, timing="current", format="unicode"):
    """The closed form of an observable of a cascade of scalar layers, as text.

    Parameters
    ----------
    quantity : str
        The name of an observable; hyphens stand for underscores.
    layers : int
        K ≥ 1.
    equal : bool
        All layers have the same λ, b and c.
    process : None, "white" or "ar1"
        Of the input: white noise of unit variance, or AR(1) with parameter ρ and unit variance.
    timing : {"current", "delayed"}
    format : {"unicode", "latex", "python"}
        "python": the source of a function of that name, with numpy.

    Raises
    ------
    ValueError
        An unknown quantity, process, timing or format, or a process for an observable that has none.
    """
    if not isinstance(quantity, str) or (name := quantity.replace("-", "_")) not in OBSERVABLES:
        raise ValueError(f"quantity: expected one of {', '.join(OBSERVABLES)}, got {expressions.describe(quantity)}")
    expressions.choice(format, "format", ("unicode", "latex", "python"))
    observable = OBSERVABLES[name]
    parameters = inspect.signature(observable).parameters
    arguments = {key: symbol for key, symbol in ARGUMENTS.items() if key in parameters}
    if process is not None:
        expressions.choice(process, "process", ("white", "ar1"))
        if "process" not in parameters:
            raise ValueError(f"process: expected none for {name}, which does not depend on the input, got {process!r}")
    rho = Symbol("rho", real=True)
    given = {} if "process" not in parameters else {"process": ar1(rho) if process == "ar1" else white()}
    stack = _equal_layers(layers, timing) if equal else cascade(expressions.integer(layers, "layers", 1), timing=timing)
    value = observable(stack, *arguments.values(), **given)
    if format == "python":
        return _python(name, value, stack, [*arguments.items(), *([("rho", rho)] if process == "ar1" else [])])
    return (_unicode if format == "unicode" else _latex)(_plain_symbols(value))


def _equal_layers(K, timing):
    K = expressions.integer(K, "layers", 1)
    pole, b, c = (Symbol(name, real=True) for name in ("lambda", "b", "c"))
    return scalar_cascade([pole] * K, b, c, timing=timing)


def _unicode(value):
    text = sympy.pretty(value, use_unicode=True, wrap_line=False)
    if max(map(len, text.splitlines())) <= WIDTH:
        return text
    return _lines(value.xreplace({symbol: Symbol(pretty_symbol(symbol.name)) for symbol in value.free_symbols}))


def _lines(value):
    """One line an expression or row of a matrix, an empty one between matrices."""
    if isinstance(value, sympy.Tuple):
        return "\n\n".join(map(_lines, value))
    return "\n".join(map(sympy.sstr, value.tolist())) if isinstance(value, sympy.MatrixBase) else sympy.sstr(value)


def _latex(value):
    return sympy.latex(value)


def _plain_symbols(value):
    """λ[1] as the symbol λ₁, in nested tuples too."""
    if isinstance(value, tuple):
        return sympy.Tuple(*map(_plain_symbols, value))
    return value.xreplace({
        leaf: Symbol(f"{'lambda' if str(leaf.base) == 'λ' else leaf.base}_{leaf.indices[0]}", real=True)
        for leaf in value.atoms(Indexed)
    })  # fmt: skip


class _Printer(NumPyPrinter):
    """numpy, with Kronecker deltas as comparisons, which numbers and arrays multiply with."""

    def _print_KroneckerDelta(self, delta):
        left, right = map(self._print, delta.args)
        return f"({left} == {right})"


def _python(name, value, stack, arguments):
    """A function of the arguments and of poles, b, c (sequences, or one number each for equal layers)."""
    renamed = {symbol: Symbol(key) for key, symbol in arguments}
    parameters, unpacked = [key for key, _ in arguments], []
    for letter, field, values in (("p", "poles", stack.poles), ("b", "b", stack.B), ("c", "c", stack.C)):
        if isinstance(values[0], Symbol):
            renamed[values[0]] = Symbol("pole" if letter == "p" else field)
        else:
            renamed.update((indexed, Symbol(f"{letter}{k}")) for k, indexed in enumerate(values, start=1))
            unpacked.append(f"[{', '.join(f'{letter}{k + 1}' for k in range(len(values)))}] = {field}")
        parameters.append("pole" if letter == "p" and isinstance(values[0], Symbol) else field)
    leaves = [sympy.expand_func(leaf).xreplace(renamed) for leaf in _leaves(value)]
    steps, reduced = sympy.cse(leaves, sympy.numbered_symbols("x"))
    printer, found = _Printer(), iter(reduced)
    body = [*unpacked, *(f"{symbol} = {printer.doprint(step)}" for symbol, step in steps)]
    body.append(f"return {_shaped(value, lambda _: printer.doprint(next(found)))}")
    lines = [f"def {name}({', '.join(parameters)}):", *(f"    {line}" for line in body)]
    imports = ["import numpy", "", ""] if any("numpy." in line for line in body) else []
    return "\n".join([*imports, *lines])


def _leaves(value):
    return [leaf for entry in value for leaf in _leaves(entry)] if isinstance(value, tuple) else [value]


def _shaped(value, text):
    """The nested tuples of `value` with `text` in the place of each leaf."""
    if isinstance(value, tuple):
        return f"({', '.join(_shaped(entry, text) for entry in value)},)" if value else "()"
    return text(value)
