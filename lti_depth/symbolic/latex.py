"""Formulas as LaTeX, in the letters of the field."""

import unicodedata

import sympy
from sympy.printing.latex import LatexPrinter

from .layers import LATEX_LIMIT


class Latex(str):
    """LaTeX source; a notebook sets it, unless it is longer than what browsers set in a moment."""

    def _repr_latex_(self):
        return rf"$\displaystyle {self}$" if len(self) <= LATEX_LIMIT else None


def latex(value):
    r"""The LaTeX of an expression, a matrix, or nested tuples of them: λ[1] as \lambda_{1}, sums and products kept."""
    if hasattr(value, "_fields"):
        pairs = zip(value._fields, value, strict=True)
        return Latex(r",\quad ".join(f"{sympy.latex(sympy.Symbol(name))} = {latex(entry)}" for name, entry in pairs))
    return Latex(_Printer().doprint(tuples(value)))


def tuples(value):
    """Nested tuples as sympy's."""
    return sympy.Tuple(*map(tuples, value)) if isinstance(value, (tuple, sympy.Tuple)) else sympy.sympify(value)


def spelled(text):
    """Greek letters by their names: λ as lambda."""
    return "".join(map(_spelled, text))


def _spelled(letter):
    name = unicodedata.name(letter, "")
    return name.split()[-1].lower().replace("lamda", "lambda") if name.startswith("GREEK SMALL LETTER") else letter


class PositiveFirst:
    """A printer that begins sums with a positive term, where there is one: 1 − λ."""

    def _as_ordered_terms(self, total, order=None):
        terms = super()._as_ordered_terms(total, order)
        first = next((i for i, term in enumerate(terms) if not term.could_extract_minus_sign()), 0)
        return [terms[first], *terms[:first], *terms[first + 1 :]]


class _Printer(PositiveFirst, LatexPrinter):
    def _print_Symbol(self, symbol, **options):
        return super()._print_Symbol(sympy.Symbol(spelled(symbol.name)), **options)

    def _print_Indexed(self, leaf):
        return f"{self._print(leaf.base.label)}_{{{', '.join(map(self._print, leaf.indices))}}}"

    def _print_FunctionMatrix(self, matrix):
        entry, (i, j) = self._print(matrix.lamda.expr), map(self._print, matrix.lamda.variables)
        rows, columns = map(self._print, matrix.shape)
        return rf"\left[{entry}\right]_{{0 \le {i} < {rows},\ 0 \le {j} < {columns}}}"
