"""a b + c, rounded once: what gives a product its error, and 1 − λ_i λ_j all its digits."""

import math
from fractions import Fraction

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, overload


def fma(a, b, c):
    """a b + c of doubles, rounded once."""
    rounded_twice = a * b + c
    return float(Fraction(a) * Fraction(b) + Fraction(c)) if math.isfinite(rounded_twice) else rounded_twice


@intrinsic
def _fused(typing_context, a, b, c):
    def generate(context, builder, signature, arguments):
        double = ir.DoubleType()
        kind = ir.FunctionType(double, [double] * 3)
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.fma.f64"), arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


@overload(fma)
def _compiled(a, b, c):
    return lambda a, b, c: _fused(a, b, c)
