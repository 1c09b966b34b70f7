r"""Formulas as C99: a function of doubles, complex where the formula is.

Type-generic functions (tgmath.h) serve both kinds of numbers. Sums and products become loops ahead of the line that
uses them. Whole powers of complex numbers are products: cpow would go through logarithms, and make 0⁰ no number.
"""

import sympy
from sympy import I, Indexed, IndexedBase, Symbol
from sympy.functions import Abs, arg, im, re
from sympy.printing.c import C99CodePrinter

from .names import parameters, steps
from .programs import flattened

POWER = """static double complex power(double complex x, double n)
{
    double complex y = 1;
    for (double m = fabs(n); m >= 1; m = floor(m / 2), x *= x)
        if (fmod(m, 2) == 1)
            y *= x;
    return n < 0 ? 1 / y : y;
}"""
BINOMIAL = """static double binomial(double n, double k)
{
    double value = k < 0 ? 0 : 1;
    for (double j = 1; j <= k; j++)
        value *= (n - k + j) / j;
    return value;
}"""
LEGENDRE = """static NUMBER legendre(double n, NUMBER x)
{
    NUMBER before = 0, value = 1;
    for (double k = 0; k < n; k++) {
        NUMBER next = ((2 * k + 1) * x * value - k * before) / (k + 1);
        before = value;
        value = next;
    }
    return value;
}"""
SUPPORT = {"power": POWER, "binomial": BINOMIAL, "legendre": LEGENDRE}


def c(value, name, arguments):
    """The source of a function that returns a number, or writes matrices and tuples to `out`, row by row."""
    leaves = list(flattened(value))
    if matrices := [leaf for leaf in leaves if isinstance(leaf, sympy.MatrixExpr)
                and not isinstance(leaf, sympy.MatrixBase)]:
        raise ValueError(f"value: expected entries that can be written out in C, got a matrix of the shape "
                         f"{matrices[0].shape}; ask for an int depth")
    entries = [entry for leaf in leaves for entry in (leaf if isinstance(leaf, sympy.MatrixBase) else [leaf])]
    taken = parameters(entries, arguments)
    found, reduced = steps(entries)
    printer = _Printer(taken)
    for symbol, step in found:
        printer.define(symbol, step)
    complex_out = any(not entry.is_real and printer.is_complex(short)
                      for entry, short in zip(entries, reduced, strict=True))
    kind, single = printer.kind(complex_out), not isinstance(value, (tuple, sympy.Tuple, sympy.MatrixBase))
    results = [_result(printer, short, complex_out) for short in reduced]
    printer.body += [f"return {results[0]};"] if single else [f"out[{i}] = {text};" for i, text in enumerate(results)]
    given = [printer.declared(argument) for argument in taken.order] + ([] if single else [f"{kind} *out"])
    head = f"{kind if single else 'void'} {name}({', '.join(given) or 'void'})"
    lines = [head, "{", *(f"    {line}" for line in printer.body), "}"]
    layout = [] if single else [f"/* out, row by row: {', '.join(map(_layout, leaves))} */"]
    number = printer.kind(printer.any_complex)
    support = [text.replace("NUMBER", number) for name, text in SUPPORT.items() if name in printer.used]
    headers = ["#include <complex.h>\n#include <tgmath.h>"]
    return "\n\n".join([*headers, *support, "\n".join([*layout, *lines])]) + "\n"


def _layout(leaf):
    return f"{leaf.rows} x {leaf.cols}" if isinstance(leaf, sympy.MatrixBase) else "1"


def _result(printer, expression, complex_out):
    text = printer.doprint(expression)
    return text if complex_out or not printer.is_complex(expression) else f"creal({text})"


class _Printer(C99CodePrinter):
    """Prints an expression; the loops it needs are added to `body`."""

    def __init__(self, taken):
        super().__init__({"strict": True, "math_macros": {}})
        self.taken, self.body, self.used, self._loops = taken, [], set(), 0
        self.complex = {argument for argument in taken.order if not _real(argument)}
        self.any_complex = bool(self.complex)

    def is_complex(self, expression):
        """Whether the expression has the type double complex in C."""
        if isinstance(expression, (Abs, arg, im, re)):
            return False
        if isinstance(expression, Indexed):
            return expression.base in self.complex
        if expression in self.complex or expression == I:
            return True
        return any(map(self.is_complex, expression.args))

    def kind(self, complex_number):
        self.any_complex = self.any_complex or complex_number
        return "double complex" if complex_number else "double"

    def define(self, symbol, expression):
        """A variable for a common subexpression."""
        text, complex_number = self.doprint(expression), self.is_complex(expression)
        self.body.append(f"{self.kind(complex_number)} {symbol} = {text};")
        if complex_number:
            self.complex.add(symbol)

    def declared(self, argument):
        """As a parameter."""
        kind, name = self.kind(argument in self.complex), self.taken.names[argument]
        return f"const {kind} *{name}" if isinstance(argument, IndexedBase) else f"{kind} {name}"

    def _print_Symbol(self, symbol):
        return self.taken.names.get(symbol, symbol.name)

    def _print_Indexed(self, leaf):
        (index,) = leaf.indices
        place = str(index - 1) if index.is_Integer else f"(long)({self._print(index - 1)})"
        return f"{self.taken.names[leaf.base]}[{place}]"

    def _print_Integer(self, number):
        return f"{number}.0" if abs(number) > 2**31 else str(number)

    def _print_NumberSymbol(self, constant):
        return str(sympy.N(constant, 20))

    def _print_ImaginaryUnit(self, _):
        return "I"

    def _print_Pow(self, power):
        base, exponent = power.args
        if self.is_complex(base) and exponent.is_integer and exponent != -1:
            self.used.add("power")
            return f"power({self._print(base)}, {self._print(exponent)})"
        if exponent == sympy.Rational(1, 3) and self.is_complex(base):
            return f"pow({self._print(base)}, {self._print(exponent)})"
        return super()._print_Pow(power)

    def _print_KroneckerDelta(self, delta):
        left, right = map(self._print, delta.args)
        return f"(({left}) == ({right}))"

    def _print_binomial(self, chosen):
        self.used.add("binomial")
        return f"binomial({', '.join(map(self._print, chosen.args))})"

    def _print_legendre(self, polynomial):
        self.used.add("legendre")
        return f"legendre({', '.join(map(self._print, polynomial.args))})"

    def _print_conjugate(self, value):
        return f"conj({self._print(value.args[0])})"

    def _print_re(self, value):
        return f"creal({self._print(value.args[0])})"

    def _print_im(self, value):
        return f"cimag({self._print(value.args[0])})"

    def _print_arg(self, value):
        return f"carg({self._print(value.args[0])})"

    def _print_Sum(self, total):
        return self._loop(total, 0, "+=")

    def _print_Product(self, product):
        return self._loop(product, 1, "*=")

    def _loop(self, expression, start, operation):
        """A variable that a loop for each index fills, the outermost limit first; written ahead."""
        (index, low, high), inner = expression.limits[-1], expression.limits[:-1]
        term = expression.func(expression.function, *inner) if inner else expression.function
        self._loops += 1
        name, i, outside = f"r{self._loops}", self._print(index), self.body
        bounds = self._print(low), self._print(high)
        self.body = []
        text = self._print(term)
        inside, self.body = self.body, outside
        self.body += [f"{self.kind(self.is_complex(term))} {name} = {start};",
                      f"for (double {i} = {bounds[0]}; {i} <= {bounds[1]}; {i}++) {{",
                      *(f"    {line}" for line in inside), f"    {name} {operation} {text};", "}"]
        return name


def _real(argument):
    """Whether a Symbol, or the members of a family, are known to be real."""
    return bool((argument[Symbol("i", integer=True)] if isinstance(argument, IndexedBase) else argument).is_real)
