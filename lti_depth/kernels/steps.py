"""Time steps of a few layers of a cascade, all states in registers: what `batches` are made of.

Numbers are planar: a tuple of real vectors, one a number where `parts` has one entry, else re, im, re, im, … Two forms,
told apart by how many parameters there are for what is held:

    unit layers  p' = x_k ← λ_k x_k + p                            unit gains: λ
    sections     p' = e_k p + f_k ξ_k,  ξ_k ← b_k p + λ_k ξ_k      any scalar layer, see `cascade`: λ, b, f, e

Products with a state come first, for they wait for no other layer.
"""

from numba.core import cgutils, types

from .plain import intrinsic
from .vectors import filled, fused, is_vectors


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

    def behind(self, k, level):
        """max(k − level, 0), or k without a level."""
        number = self.context.get_value_type(types.intp)
        if level is None:
            return number(k)
        behind = self.builder.sub(number(k), level)
        return self.builder.select(self.builder.icmp_signed(">", behind, number(0)), behind, number(0))

    def takes_part(self, n, behind, step, steps):
        """A flag in each lane, lest a choice between vectors become a jump."""
        builder = self.builder
        at = builder.sub(builder.add(step, step.type(n)), behind)
        flag = builder.and_(builder.icmp_signed(">=", at, at.type(0)), builder.icmp_signed("<", at, steps))
        return filled(builder, flag, self.vector.lanes)

    def chosen(self, flags, x, p):
        """x or p."""
        return [self.builder.select(flags, *pair) for pair in zip(x, p, strict=True)]

    def _fma(self, a, b, c):
        return fused(self.context, self.builder, self.vector, a, b, c)


def _unit_layer(arithmetic, given, x, p):
    (pole,) = given
    p = arithmetic.fma(pole, x, p)
    return p, p


def _section(arithmetic, given, x, p):
    pole, b, f, e = given
    return arithmetic.fma(b, p, arithmetic.times(pole, x)), arithmetic.fma(e, p, arithmetic.times(f, x))


@intrinsic
def slanted(typing_context, parameters, held, signals, parts, edge, step, steps, level):
    """(held, outputs) after a step for each of `signals`, where each layer takes what left the one before a step ago.

    `held`: all states, and for sections also what left each layer last. `edge` is (): all layers take part; (0,): in
    the nth step layer k does if 0 ≤ step + n − k < steps; (0, 0): if 0 ≤ step + n − max(k − level, 0) < steps.
    """
    if not all(map(is_vectors, (parameters, held, signals))) or parameters.count not in (held.count, 2 * held.count):
        return None
    out = types.Tuple((held, signals))

    def generate(context, builder, signature, arguments):
        arithmetic = _Arithmetic(context, builder, held.dtype, parts.count)
        given, x, u = (arithmetic.numbers(value) for value in arguments[:3])
        unit = parameters.count == held.count
        layer, K, outputs = _unit_layer if unit else _section, len(x) if unit else len(x) // 2, []
        x, p = x[:K], x[-K:]
        for n, value in enumerate(u):
            entering = [value, *p[:-1]]
            for k in reversed(range(K)):
                found = layer(arithmetic, given[k::K], x[k], entering[k])
                if edge.count:
                    behind = arithmetic.behind(k, arguments[7] if edge.count == 2 else None)
                    flags = arithmetic.takes_part(n, behind, *arguments[5:7])
                    found = (arithmetic.chosen(flags, *pair) for pair in zip(found, (x[k], p[k]), strict=True))
                x[k], p[k] = found
            outputs.append(p[-1])
        pair = [context.make_tuple(builder, kind, [part for number in numbers for part in number])
                for kind, numbers in ((held, x if unit else x + p), (signals, outputs))]
        return context.make_tuple(builder, out, pair)

    return out(parameters, held, signals, parts, edge, types.intp, types.intp, types.intp), generate


@intrinsic
def scaled(typing_context, gain, signals):
    """gain·signals, the one number times each."""
    if not (is_vectors(gain) and is_vectors(signals)):
        return None

    def generate(context, builder, signature, arguments):
        arithmetic = _Arithmetic(context, builder, signals.dtype, gain.count)
        (a,), u = (arithmetic.numbers(value) for value in arguments)
        return context.make_tuple(builder, signals, [part for p in u for part in arithmetic.times(a, p)])

    return signals(gain, signals), generate
