"""Formulas as Python: a function of named arguments, with numpy for arrays or with mpmath for any precision."""

import re

import sympy
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.pycode import MpmathPrinter

from .names import parameters, steps


def python(value, name, arguments, library):
    """The source of a function. Nested tuples of expressions and matrices give nested tuples."""
    leaves = list(flattened(value))
    taken = parameters(leaves, arguments)
    printer = {"numpy": _Numpy, "mpmath": _Mpmath}[library](taken)
    found, reduced = steps(leaves)
    body = [*printer.start(), *(f"{symbol} = {printer.doprint(step)}" for symbol, step in found)]
    texts = iter([printer.doprint(leaf) for leaf in reduced])
    body.append(f"return {_shaped(value, texts)}")
    lines = [f"def {name}({', '.join(taken.names[argument] for argument in taken.order)}):",
             *(f"    {line}" for line in body)]
    imports = [f"import {module}" for module in ("math", "mpmath", "numpy", "scipy.special")
               if re.search(rf"\b{re.escape(module)}\.", "\n".join(lines))]
    return "\n".join([*imports, *(["", ""] if imports else []), *lines])


def flattened(value):
    """The expressions and matrices in nested tuples; ints as sympy's."""
    if isinstance(value, (tuple, sympy.Tuple)):
        for entry in value:
            yield from flattened(entry)
    else:
        yield sympy.Integer(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _shaped(value, texts):
    """The nested tuples of `value` with the next of `texts` in the place of each leaf."""
    if isinstance(value, (tuple, sympy.Tuple)):
        inside = [_shaped(entry, texts) for entry in value]
        return f"({', '.join(inside)},)" if inside else "()"
    return next(texts)


class _Cases(sympy.Function):
    """Piecewise, of which the cases that do not hold are not computed."""


class _Names:
    """Symbols by their names as parameters; λ[2] of a family of known length by the name that start() gives it."""

    def __init__(self, taken):
        super().__init__({"strict": True})
        self.taken = taken

    def start(self):
        """[poles_1, poles_2] = poles: what is too short or too long is refused."""
        families = ((self.taken.names[base], length) for base, length in self.taken.lengths.items() if length)
        return [f"[{', '.join(f'{name}_{k + 1}' for k in range(length))}] = {name}" for name, length in families]

    def _print_Symbol(self, symbol):
        return self.taken.names.get(symbol, symbol.name)

    def _print_Indexed(self, leaf):
        (index,), family = leaf.indices, self.taken.names[leaf.base]
        if self.taken.lengths[leaf.base] is None:
            return f"{family}[{self._place(index)}]"
        return f"{family}_{index}"

    def _place(self, index):
        return self._print(index - 1)

    def _of(self, function, expression):
        return f"{function}({', '.join(map(self._print, expression.args))})"

    def _looped(self, expression):
        """The terms of a sum or product, outermost limit first."""
        loops = " ".join(f"for {self._print(i)} in {self._range(low, high)}" for i, low, high in
                         reversed(expression.limits))
        return f"{self._print(expression.function)} {loops}"

    def _range(self, low, high):
        return f"range({self._print(low)}, {self._print(high + 1)})"

    def _print_Product(self, product):
        return f"math.prod({self._looped(product)})"

    def _print__Cases(self, cases):
        *rest, (last, _) = cases.args
        text = self._print(last)
        for value, condition in reversed(rest):
            text = f"({self._print(value)} if {self._print(condition)} else {text})"
        return text

    def _print_FunctionMatrix(self, matrix):
        i, j = matrix.lamda.variables
        entry = self._print(matrix.lamda.expr.replace(sympy.Piecewise, _Cases))
        rows, columns = (self._range(sympy.Integer(0), size - 1) for size in matrix.shape)
        return f"{self.matrix}([[{entry} for {self._print(j)} in {columns}] for {self._print(i)} in {rows}])"


class _Numpy(_Names, NumPyPrinter):
    """Kronecker deltas are comparisons, which numbers and arrays multiply with."""

    matrix = "numpy.array"

    def _print_Sum(self, total):
        return f"sum({self._looped(total)})"

    def _print_KroneckerDelta(self, delta):
        left, right = map(self._print, delta.args)
        return f"(1*({left} == {right}))"

    def _print_conjugate(self, value):
        return self._of("numpy.conjugate", value)

    def _print_arg(self, value):
        return self._of("numpy.angle", value)

    def _print_binomial(self, chosen):
        return self._of("scipy.special.binom", chosen)

    def _print_legendre(self, polynomial):
        return self._of("scipy.special.eval_legendre", polynomial)


class _Mpmath(_Names, MpmathPrinter):
    """Every number, indices too, is an mpf: nothing is rounded to double."""

    matrix = "mpmath.matrix"

    def start(self):
        names, families = self.taken.names, self.taken.lengths
        numbers = (names[argument] for argument in self.taken.order if argument not in families)
        return [*(f"{name} = mpmath.mpmathify({name})" for name in numbers),
                *(f"{names[base]} = [mpmath.mpmathify(value) for value in {names[base]}]" for base in families),
                *super().start()]

    def _place(self, index):
        return self._whole(index - 1)

    def _range(self, low, high):
        return f"map(mpmath.mpf, range({self._whole(low)}, {self._whole(high + 1)}))"

    def _whole(self, expression):
        return str(expression) if expression.is_Integer else f"int({self._print(expression)})"

    def _print_Sum(self, total):
        return f"mpmath.fsum({self._looped(total)})"

    def _print_KroneckerDelta(self, delta):
        left, right = map(self._print, delta.args)
        return f"int({left} == {right})"

    def _print_conjugate(self, value):
        return self._of("mpmath.conj", value)

    def _print_Abs(self, value):
        return self._of("abs", value)

    def _print_re(self, value):
        return self._of("mpmath.re", value)

    def _print_im(self, value):
        return self._of("mpmath.im", value)

    def _print_arg(self, value):
        return self._of("mpmath.arg", value)

    def _print_binomial(self, chosen):
        return self._of("mpmath.binomial", chosen)

    def _print_legendre(self, polynomial):
        return self._of("mpmath.legendre", polynomial)

    def _print_MatrixBase(self, matrix):
        return f"mpmath.matrix({self._print(matrix.tolist())})"

    _print_ImmutableDenseMatrix = _print_MutableDenseMatrix = _print_MatrixBase
