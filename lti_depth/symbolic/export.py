"""Formulas for papers and programs."""

import sympy

from . import expressions
from .c_code import c
from .latex import latex
from .names import RESERVED
from .programs import flattened, python

LANGUAGES = ("latex", "numpy", "mpmath", "c")
MOST_OPERATIONS = 100_000
"""Operations of a formula that is written out, in some ten seconds."""


def export(value, language, *, name="formula", arguments=None):
    r"""A formula as LaTeX, or as the source of a function that computes it.

    Common subexpressions are computed once; the sums and products of formulas for arbitrary depth become loops. A
    program's arguments have the names of the symbols, an indexed λ[1], λ[2], … is one sequence: `poles` for λ (`pole`
    for a single one, `lag` for Δ).

    Parameters
    ----------
    value : Expr, Matrix, or nested tuple of them
        What any law returns.
    language : {"latex", "numpy", "mpmath", "c"}
        "latex": a string that notebooks set. "numpy": floats and arrays. "mpmath": mpmath's precision at the time of
        the call. "c": C99, one function of doubles, or of complex doubles where symbols may be complex; a matrix or a
        tuple is written to `out`, its entries in order, row by row.
    name : str
        Of the function.
    arguments : sequence of Symbol, IndexedBase, or tuples as ``stack.poles``, or None
        Of the function, in order; None: all symbols of the formula, alphabetically. A tuple λ[1], …, λ[n] is a
        sequence of that length, an IndexedBase one of the length that occurs in the formula.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        What is given is no formula, or an argument no symbol.
    ValueError
        Another language; a name that is no identifier; a symbol that is not among the arguments; a formula of more
        than 100 000 operations, or one with functions that the language does not have.

    Notes
    -----
    A square root of a negative number is nan in "numpy" and "c", as for any real arguments there.
    """
    expressions.choice(language, "language", LANGUAGES)
    for leaf in flattened(value):
        if not isinstance(leaf, (sympy.Expr, sympy.MatrixBase)):
            raise TypeError(f"value: expected an expression, a matrix or a tuple of them, got "
                            f"{expressions.describe(leaf)}")
    if (operations := sum(_operations(leaf) for leaf in flattened(value))) > MOST_OPERATIONS:
        raise ValueError(f"value: expected at most {MOST_OPERATIONS} operations, got {operations}; give values to "
                         "symbols, or compute it with lti_depth.numeric")
    if language == "latex":
        return latex(value)
    if not isinstance(name, str) or not (name.isidentifier() and name.isascii()) or name in RESERVED:
        raise ValueError(f"name: expected an identifier that is no word of the language, got "
                         f"{expressions.describe(name)}")
    try:
        return c(value, name, arguments) if language == "c" else python(value, name, arguments, language)
    except sympy.printing.codeprinter.PrintMethodNotImplementedError as error:
        raise ValueError(f"language: {language} has no way to write this formula: {error}".split("\n")[0]) from None


def _operations(leaf):
    return sum(map(_operations, leaf)) if isinstance(leaf, sympy.MatrixBase) else int(sympy.count_ops(leaf))
