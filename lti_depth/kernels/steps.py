"""One time step of a few layers of a cascade, all states in registers: what `batches` are made of.

Numbers are planar: a tuple of real vectors, one a number where `signal` has one, else re, im, re, im, … Two forms, told
apart by how many parameters there are for a state:

    chain      p ← x_k ← λ_k x_k + p, layer after layer                     current timing, unit gains: λ
    sections   p' = e_k p + f_k ξ_k,  ξ_k ← b_k p + λ_k ξ_k,  p ← p'        any scalar layer, see `cascade`: λ, b, f, e

Products with a state come first, for they wait for no other layer.
"""

from numba.core import cgutils, types

from .plain import intrinsic
from .vectors import Vector, fused


class _Arithmetic:
    """Numbers of `parts` vectors each."""

    def __init__(self, context, builder, vector, parts):
        self.context, self.builder, self.vector, self.parts = context, builder, vector, parts

    def numbers(self, value):
        entries = cgutils.unpack_tuple(self.builder, value)
        return [entries[i : i + self.parts] for i in range(0, len(entries), self.parts)]

    def fma(self, a, x, p):
        """a x + p."""
        if self.parts == 1:
            return [self._fma(a[0], x[0], p[0])]
        (a, b), (x, y), (u, v) = a, x, p
        minus_y = self.builder.fneg(y)  # part of the operation; −b would take a register of its own
        return [self._fma(a, x, self._fma(b, minus_y, u)), self._fma(a, y, self._fma(b, x, v))]

    def times(self, a, x):
        product = self.builder.fmul
        if self.parts == 1:
            return [product(a[0], x[0])]
        (a, b), (x, y) = a, x
        return [self._fma(a, x, self.builder.fneg(product(b, y))), self._fma(a, y, product(b, x))]

    def _fma(self, a, b, c):
        return fused(self.context, self.builder, self.vector, a, b, c)


def _chain(arithmetic, poles, states, p):
    after = []
    for pole, x in zip(poles, states, strict=True):
        p = arithmetic.fma(pole, x, p)
        after.append(p)
    return after, p


def _sections(arithmetic, given, states, p):
    K, after = len(states), []
    for k, x in enumerate(states):
        pole, b, f, e = given[k::K]
        after.append(arithmetic.fma(b, p, arithmetic.times(pole, x)))
        p = arithmetic.fma(e, p, arithmetic.times(f, x))
    return after, p


_FORMS = {1: _chain, 4: _sections}


def _is_vectors(*kinds):
    return all(isinstance(kind, types.UniTuple) and isinstance(kind.dtype, Vector) for kind in kinds)


@intrinsic
def step(typing_context, parameters, states, signal):
    """(states, output) after a step; parameters: all λ (then all b, all f, all e)."""
    if not _is_vectors(parameters, states, signal) or parameters.count not in (states.count, 4 * states.count):
        return None
    form, out = _FORMS[parameters.count // states.count], types.Tuple((states, signal))

    def generate(context, builder, signature, arguments):
        arithmetic = _Arithmetic(context, builder, states.dtype, signal.count)
        given, x, (p,) = (arithmetic.numbers(value) for value in arguments)
        after, output = form(arithmetic, given, x, p)
        planar = [part for number in after for part in number]
        pair = context.make_tuple(builder, states, planar), context.make_tuple(builder, signal, output)
        return context.make_tuple(builder, out, pair)

    return out(parameters, states, signal), generate


@intrinsic
def scaled(typing_context, gain, signal):
    """gain·signal, one number each."""
    if not (_is_vectors(signal) and gain == signal):
        return None

    def generate(context, builder, signature, arguments):
        arithmetic = _Arithmetic(context, builder, signal.dtype, signal.count)
        (a,), (p,) = (arithmetic.numbers(value) for value in arguments)
        return context.make_tuple(builder, signal, arithmetic.times(a, p))

    return signal(gain, signal), generate
