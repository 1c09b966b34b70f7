"""Between the floors: a symbolic stack with values becomes a numeric one, a numeric one its exact rationals."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from . import symbolic, system
from .symbolic import expressions
from .symbolic.processes import Part
from .system import validation


def lower(value, values=None):
    """A symbolic stack or process, with numbers for its symbols, as a numeric one.

    Parameters
    ----------
    value : symbolic Stack or Process
    values : mapping of Symbol or Indexed to number
        For every free symbol, the same object as in `value`; numbers are taken exactly, and each parameter is rounded
        once, at the end.

    Returns
    -------
    lti_depth.system.Stack or Process
        float64 where all parameters of a layer are real, else complex128.

    Raises
    ------
    ValueError
        A symbol without a value; values with which a process is not stationary, its spectrum negative somewhere, or
        its variance not positive.
    TypeError
        A value that is no number, `values` that are no mapping, or a `value` of another type.

    Examples
    --------
    >>> stack = symbolic.cascade(2)
    >>> lower(stack, dict(zip((*stack.poles, *stack.B, *stack.C), [0.5, 0.8, 1, 1, 1, 1]))).poles
    array([0.5, 0.8])
    """
    if not isinstance(value, (symbolic.Stack, symbolic.Process)):
        raise TypeError(f"value: expected a symbolic Stack or Process, got {expressions.describe(value)}; see lift for "
                        "the way back")
    number = _evaluated(value, {} if values is None else values)
    if isinstance(number, symbolic.Stack):
        return _numeric_stack(number)
    return system.Process(tuple(_numeric_part(part) for part in number.parts))


def _evaluated(value, values):
    """`value` with numbers for all its symbols."""
    if not isinstance(values, Mapping):
        raise TypeError(f"values: expected a mapping of symbols to numbers, got {expressions.describe(values)}; pass "
                        "dict(zip(symbols, numbers))")
    number = value.xreplace({symbol: expressions.exact(entry, str(symbol)) for symbol, entry in values.items()})
    if missing := number.free_symbols:
        unused = [repr(key) for key in values if key not in value.free_symbols]
        beside = f", beside the unused {', '.join(unused)}" if unused else ""
        raise ValueError(f"values: expected a number for every symbol, got none for "
                         f"{', '.join(sorted(map(str, missing)))}{beside}; pass as keys the very symbols of the stack "
                         "or process, with their assumptions")
    return number


def lift(value):
    """A numeric stack or process as a symbolic one: every float64 as the rational number that it is.

    Parameters
    ----------
    value : lti_depth.system.Stack or Process

    Returns
    -------
    symbolic.Stack or symbolic.Process

    Raises
    ------
    TypeError
        A `value` of another type.
    """
    if isinstance(value, system.Stack):
        return _symbolic_stack(value)
    if isinstance(value, system.Process):
        return symbolic.Process(tuple(_symbolic_part(part) for part in value.parts))
    raise TypeError(f"value: expected a Stack or Process of numbers, got {expressions.describe(value)}; see lower for "
                    "the way back")


def _numeric_stack(stack):
    layers = (
        system.Layer(_numbers(layer.poles), *(_numbers(matrix).reshape(matrix.shape) for matrix in
                                              (layer.B, layer.C, layer.D)), real=layer.real)
        for layer in stack.layers
    )
    return system.Stack(tuple(layers), timing=stack.timing)


def _numeric_part(part):
    """A part of a process, as its constructor on the numeric floor accepts it."""
    source = validation.numbers(_numbers(part.source), "R")
    variance = validation.real_number(_numbers([part.variance]).item(), "variance", positive=True)
    process = system.sampled(source) if part.shape is None else system.shaped(_numeric_stack(part.shape))
    (accepted,) = process.parts
    real = part.real or (accepted.real and source.dtype.kind == "f")
    return replace(accepted, source=source, variance=variance, real=real)


def _numbers(entries):
    """A float64 array where every entry is real, else complex128; each entry correctly rounded."""
    if all(entry.is_real for entry in entries):
        return np.array([_rounded(entry) for entry in entries])
    parts = (entry.as_real_imag() for entry in entries)
    return np.array([complex(_rounded(real), _rounded(imaginary)) for real, imaginary in parts])


def _rounded(entry):
    return entry.p / entry.q if entry.is_Rational else float(entry.evalf(40))


def _symbolic_stack(stack):
    layers = (
        symbolic.Layer(*(getattr(layer, name).tolist() for name in ("poles", "B", "C", "D")), real=layer.real)
        for layer in stack.layers
    )
    return symbolic.Stack(tuple(layers), timing=stack.timing)


def _symbolic_part(part):
    shape = None if part.shape is None else _symbolic_stack(part.shape)
    source = expressions.vector(part.source.tolist(), "source")
    return Part(source, shape, expressions.exact(part.variance, "variance"), part.real)
