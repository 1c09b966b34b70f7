"""What the constructors and laws accept: exact expressions, integers, and how they are refused.

A refusal names the argument, what was expected, what came, and what to pass instead.
"""

import numbers
import operator

import sympy
from sympy import I, Rational

TIMINGS = ("current", "delayed")


def describe(value):
    """A short name for what came."""
    text = " ".join(repr(value).split())
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def exact(value, name):
    """`value` as an exact sympy expression: a float becomes the rational number that it is."""
    if isinstance(value, (bool, str, bytes)) or not isinstance(value, (numbers.Number, sympy.Expr)):
        raise TypeError(f"{name}: expected a number or a sympy expression, got {describe(value)}")
    try:
        expression = _exact_expression(value) if isinstance(value, sympy.Expr) else _exact_number(value)
    except (ValueError, OverflowError):
        raise ValueError(f"{name}: expected finite numbers, got {describe(value)}") from None
    if expression is None:
        raise TypeError(f"{name}: expected a real or complex number, got {describe(value)}; pass a Fraction or a float")
    if expression.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
        raise ValueError(f"{name}: expected finite numbers, got {describe(value)}")
    if not expression.is_commutative:
        raise TypeError(f"{name}: expected a scalar expression, got {describe(value)}")
    return expression


def _exact_number(value):
    if isinstance(value, numbers.Integral):
        return sympy.Integer(int(value))
    if isinstance(value, numbers.Rational):
        return Rational(value.numerator, value.denominator)
    if isinstance(value, numbers.Real):
        return Rational(*float(value).as_integer_ratio())
    if isinstance(value, numbers.Complex):
        value = complex(value)
        return Rational(*value.real.as_integer_ratio()) + I * Rational(*value.imag.as_integer_ratio())
    return None


def _exact_expression(value):
    """Floats made exact, and Gaussian rationals brought to the form a + b·i, in which they are compared."""
    floats = {number: Rational(number) for number in value.atoms(sympy.Float)}
    expression = value.xreplace(floats)
    if expression.is_number and not expression.is_Rational:
        real, imaginary = expression.as_real_imag()
        if real.is_Rational and imaginary.is_Rational:
            return real + I * imaginary
    return expression


def vector(value, name, least=1):
    """A sequence of at least `least` entries, 0 or 1, as a tuple of exact expressions."""
    entries = tuple(exact(entry, name) for entry in _entries(value, name, "a 1-D sequence of numbers or expressions"))
    if len(entries) < least:
        raise ValueError(f"{name}: expected at least one entry, got none")
    return entries


def matrix(value, name, shape, axes):
    """An ImmutableMatrix of exact expressions; an entry None of `shape` is free, `axes` names the entries."""
    wanted = ", ".join(axis if size is None else f"{axis}={size}" for axis, size in zip(axes, shape, strict=True))
    expected = f"a matrix of shape ({wanted})"
    if isinstance(value, sympy.MatrixBase):
        rows = value.tolist()
    else:
        rows = [_entries(row, name, expected) for row in _entries(value, name, expected)]
    columns = {len(row) for row in rows}
    if len(columns) > 1:
        raise ValueError(f"{name}: expected {expected}, got rows of different lengths")
    have = (len(rows), *columns) if rows else (0, 0)
    if not all(size in (None, got) for size, got in zip(shape, have, strict=True)) or 0 in have:
        raise ValueError(f"{name}: expected {expected}, got {have}")
    return sympy.ImmutableMatrix([[exact(entry, name) for entry in row] for row in rows])


def _entries(value, name, expected):
    if isinstance(value, (str, bytes)):
        raise TypeError(f"{name}: expected {expected}, got {describe(value)}")
    if isinstance(value, (dict, set)) or not hasattr(type(value), "__iter__") or getattr(value, "ndim", 1) == 0:
        raise ValueError(f"{name}: expected {expected}, got {describe(value)}; pass a list, with one entry for one "
                         "pole or row")
    return list(value)


def boolean(value, name):
    """`value`, True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected True or False, got {describe(value)}")
    return value


def integer(value, name, minimum):
    """`value` as an int of at least `minimum`; bools and floats are refused."""
    if isinstance(value, bool):
        raise TypeError(f"{name}: expected an integer, got {describe(value)}")
    try:
        result = operator.index(value)
    except TypeError:
        raise TypeError(f"{name}: expected an integer, got {describe(value)}; pass an int") from None
    if result < minimum:
        raise ValueError(f"{name}: expected an integer of at least {minimum}, got {result}")
    return result


def depth(value, name):
    """A number of layers: an int of at least 1, or an expression known to be a positive integer."""
    if isinstance(value, sympy.Expr) and not value.is_number:
        if not (value.is_integer and value.is_positive):
            raise ValueError(f"{name}: expected an int or a positive integer expression, got {describe(value)}; "
                             f"pass Symbol({str(value)!r}, integer=True, positive=True)")
        return value
    if isinstance(value, str):
        raise TypeError(f"{name}: expected an int or a Symbol, got {describe(value)}; pass an int, or "
                        f"Symbol({value!r}, integer=True, positive=True)")
    return integer(value, name, 1)


def fresh(name, *used, least=1):
    """A symbol for an index from `least`, 0 or 1, on, with a name that none of the expressions has."""
    taken = {symbol.name for expression in used for symbol in expression.free_symbols if symbol.is_Symbol}
    while name in taken:
        name += "_"
    return sympy.Symbol(name, integer=True, **{"positive" if least else "nonnegative": True})


def samples(value, name):
    """A lag or time: an int, or an expression that is known to be an integer and to be of one sign."""
    if isinstance(value, sympy.Expr) and not value.is_number:
        if not value.is_integer:
            raise TypeError(f"{name}: expected an integer (samples), got {describe(value)}; "
                            f"pass Symbol({str(value)!r}, integer=True, nonnegative=True)")
        if not (value.is_nonnegative or value.is_nonpositive):
            raise ValueError(f"{name}: expected an integer of known sign, got {describe(value)}; "
                             f"pass Symbol({str(value)!r}, integer=True, nonnegative=True)")
        return value
    try:
        return integer(value, name, float("-inf"))
    except TypeError:
        raise TypeError(f"{name}: expected an integer (samples), got {describe(value)}; "
                        "pass an int or a Symbol with integer=True, nonnegative=True") from None


def is_backward(lag):
    """Whether a lag is negative, or an expression known not to be positive."""
    return lag < 0 if isinstance(lag, int) else not lag.is_nonnegative


def leaves(entries):
    """The symbols and indexed symbols that values can be given for."""
    found = {leaf for entry in entries for leaf in entry.atoms(sympy.Symbol, sympy.Indexed)}
    labels = {label for leaf in found if isinstance(leaf, sympy.Indexed) for label in leaf.free_symbols - {leaf}}
    return found - labels


def frequency(value, name="omega"):
    """A real number or expression, in rad/sample; a Symbol without assumptions is taken as real."""
    omega = exact(value, name)
    if omega.is_real is False:
        raise ValueError(f"{name}: expected a real frequency in rad/sample, got {describe(value)}; for a point z pass "
                         "it to transfer_function")
    return omega


def choice(value, name, options):
    """`value`, one of a few names."""
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name}: expected one of {', '.join(map(repr, options))}, got {describe(value)}")
    return value


def equal(p, q):
    """Whether two expressions are the same rational function or number, decided exactly."""
    if p == q:
        return True
    if all(part.is_Rational or part.is_Symbol or isinstance(part, sympy.Indexed) for part in (p, q)):
        return False
    difference = sympy.expand(p - q)
    if difference.is_number:
        return abs(sympy.N(difference, 30)) < 1e-20 and bool(difference.equals(0))
    return sympy.cancel(difference) == 0


def inside_circle(pole):
    """|λ| < 1: True, False, or None where symbols leave it open. Exact on rational and Gaussian numbers."""
    return None if (margin := _margin(pole)) is None else margin.is_positive is True


def outside_circle(point):
    """|ζ| > 1: True, False, or None where symbols leave it open."""
    return None if (margin := _margin(point)) is None else margin.is_negative is True


def _margin(point):
    return sympy.expand(1 - point * sympy.conjugate(point)) if point.is_number else None


def diagonal(entries):
    """The diagonal matrix of expressions (sympy.diag takes an indexed symbol for a matrix)."""
    return sympy.Matrix(len(entries), len(entries), lambda i, j: entries[i] if i == j else 0)


def drop_channels(value):
    """A 1×1 matrix as its entry."""
    if isinstance(value, sympy.MatrixBase):
        return value[0, 0] if value.shape == (1, 1) else sympy.ImmutableMatrix(value)
    return value
