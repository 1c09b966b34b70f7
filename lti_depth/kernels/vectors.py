"""Vectors of 8 doubles or 16 floats for kernels: one register of AVX-512, two of AVX2, four of NEON.

Whatever the machine, the same operations in the same order: `fma` rounds once everywhere. `load` and `store` take a
contiguous array of any shape and the position of the first entry, unchecked. What each operation means is in `plain`.
"""

import itertools

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import RequireLiteralValue
from numba.extending import models, register_model

from .plain import intrinsic

BITS = 512


class Vector(types.Type):
    """BITS of one kind of float."""

    def __init__(self, dtype):
        self.dtype, self.lanes = dtype, BITS // dtype.bitwidth
        super().__init__(f"Vector({dtype} × {self.lanes})")


@register_model(Vector)
class _Model(models.PrimitiveModel):
    def __init__(self, manager, vector):
        super().__init__(manager, vector, ir.VectorType(manager[vector.dtype].get_value_type(), vector.lanes))


def _pointer(context, builder, array_type, array, position):
    """Of the entry at `position`, as a pointer to a vector."""
    data = context.make_array(array_type)(context, builder, array).data
    vector = context.get_value_type(Vector(array_type.dtype))
    return builder.bitcast(builder.gep(data, [position]), vector.as_pointer())


def filled(builder, value, lanes):
    """A vector with the value in every lane."""
    unused = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    first = builder.insert_element(unused, value, ir.IntType(32)(0))
    return builder.shuffle_vector(first, unused, ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes))


def fused(context, builder, vector, a, b, c):
    kind = context.get_value_type(vector)
    name = f"llvm.fma.v{vector.lanes}f{vector.dtype.bitwidth}"
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind] * 3), name)
    return builder.call(function, (a, b, c))


def is_contiguous(array):
    return isinstance(array, types.Array) and array.layout == "C" and isinstance(array.dtype, types.Float)


def is_vectors(kind):
    return isinstance(kind, types.UniTuple) and isinstance(kind.dtype, Vector)


@intrinsic
def load(typing_context, array, position):
    """The entries from `position` on."""
    if not (is_contiguous(array) and isinstance(position, types.Integer)):
        return None

    def generate(context, builder, signature, arguments):
        pointer = _pointer(context, builder, array, arguments[0], arguments[1])
        return builder.load(pointer, align=array.dtype.bitwidth // 8)

    return Vector(array.dtype)(array, types.intp), generate


@intrinsic
def store(typing_context, array, position, vector):
    """Put the vector at `position` and after."""
    if not (is_contiguous(array) and vector == Vector(array.dtype)):
        return None

    def generate(context, builder, signature, arguments):
        pointer = _pointer(context, builder, array, arguments[0], arguments[1])
        builder.store(arguments[2], pointer, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), generate


@intrinsic
def spread(typing_context, array, position):
    """The one entry at `position`, in every lane."""
    if not (is_contiguous(array) and isinstance(position, types.Integer)):
        return None

    def generate(context, builder, signature, arguments):
        data = context.make_array(array)(context, builder, arguments[0]).data
        return filled(builder, builder.load(builder.gep(data, [arguments[1]])), Vector(array.dtype).lanes)

    return Vector(array.dtype)(array, types.intp), generate


@intrinsic
def broadcast(typing_context, value):
    """The same number in every lane."""
    if not isinstance(value, types.Float):
        return None
    vector = Vector(value)

    def generate(context, builder, signature, arguments):
        return filled(builder, arguments[0], vector.lanes)

    return vector(value), generate


@intrinsic
def fma(typing_context, a, b, c):
    """a b + c, rounded once."""
    if not (isinstance(a, Vector) and a == b == c):
        return None

    def generate(context, builder, signature, arguments):
        return fused(context, builder, a, *arguments)

    return a(a, a, a), generate


def _binary(name, instruction):
    def operation(typing_context, a, b):
        if not (isinstance(a, Vector) and a == b):
            return None

        def generate(context, builder, signature, arguments):
            return getattr(builder, instruction)(*arguments)

        return a(a, b), generate

    operation.__name__ = name
    return intrinsic(operation)


add, subtract = _binary("add", "fadd"), _binary("subtract", "fsub")
multiply, divide = _binary("multiply", "fmul"), _binary("divide", "fdiv")


@intrinsic
def total(typing_context, vector):
    """The sum of the lanes: halves onto halves."""
    if not isinstance(vector, Vector):
        return None

    def generate(context, builder, signature, arguments):
        value, lanes = arguments[0], vector.lanes
        while lanes > 1:
            lanes //= 2
            indices = ir.VectorType(ir.IntType(32), lanes)
            low, high = (ir.Constant(indices, list(range(start, start + lanes))) for start in (0, lanes))
            unused = ir.Constant(value.type, ir.Undefined)
            value = builder.fadd(*(builder.shuffle_vector(value, unused, half) for half in (low, high)))
        return builder.extract_element(value, ir.IntType(32)(0))

    return vector.dtype(vector), generate


@intrinsic
def last(typing_context, vector):
    """The number in the last lane."""
    if not isinstance(vector, Vector):
        return None

    def generate(context, builder, signature, arguments):
        return builder.extract_element(arguments[0], ir.IntType(32)(vector.lanes - 1))

    return vector.dtype(vector), generate


@intrinsic
def rotated(typing_context, vector, lanes):
    """Each lane moved up by a constant number of lanes, the last ones round to the first."""
    if not isinstance(vector, Vector):
        return None
    if not isinstance(lanes, types.Literal):
        raise RequireLiteralValue(lanes)
    n = vector.lanes

    def generate(context, builder, signature, arguments):
        unused = ir.Constant(arguments[0].type, ir.Undefined)
        mask = ir.Constant(ir.VectorType(ir.IntType(32), n), [(j - lanes.literal_value) % n for j in range(n)])
        return builder.shuffle_vector(arguments[0], unused, mask)

    return vector(vector, lanes), generate


@intrinsic
def prefetch(typing_context, array, position, written):
    """Ask for the cache line around `position`, to read or to write there; harmless beyond the end."""
    if not (is_contiguous(array) and isinstance(position, types.Integer)):
        return None
    if not isinstance(written, types.Literal):
        raise RequireLiteralValue(written)

    def generate(context, builder, signature, arguments):
        data = context.make_array(array)(context, builder, arguments[0]).data
        byte, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        address = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        builder.call(function, [address, flag(int(written.literal_value)), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp, written), generate


# --- Several vectors at once, held in tuples, hence in registers ------------------------------------------------------


@intrinsic
def load_each(typing_context, array, position, like):
    """As many vectors as the tuple `like` has entries, side by side from `position` on."""
    if not (is_contiguous(array) and isinstance(like, types.BaseTuple)):
        return None
    vector = Vector(array.dtype)
    out = types.UniTuple(vector, len(like))

    def generate(context, builder, signature, arguments):
        values = []
        for n in range(len(like)):
            at = builder.add(arguments[1], context.get_constant(types.intp, n * vector.lanes))
            pointer = _pointer(context, builder, array, arguments[0], at)
            values.append(builder.load(pointer, align=array.dtype.bitwidth // 8))
        return context.make_tuple(builder, out, values)

    return out(array, types.intp, like), generate


@intrinsic
def store_each(typing_context, array, position, vectors):
    """Put the vectors side by side, from `position` on."""
    if not (is_contiguous(array) and is_vectors(vectors) and vectors.dtype == Vector(array.dtype)):
        return None

    def generate(context, builder, signature, arguments):
        for n, value in enumerate(cgutils.unpack_tuple(builder, arguments[2])):
            at = builder.add(arguments[1], context.get_constant(types.intp, n * vectors.dtype.lanes))
            pointer = _pointer(context, builder, array, arguments[0], at)
            builder.store(value, pointer, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, vectors), generate


@intrinsic
def spread_each(typing_context, array, position, like):
    """As many vectors as `like` has entries, each filled with one entry of the array, from `position` on."""
    if not (is_contiguous(array) and isinstance(like, types.BaseTuple)):
        return None
    vector = Vector(array.dtype)
    out = types.UniTuple(vector, len(like))

    def generate(context, builder, signature, arguments):
        data = context.make_array(array)(context, builder, arguments[0]).data
        places = [builder.add(arguments[1], context.get_constant(types.intp, n)) for n in range(len(like))]
        values = [filled(builder, builder.load(builder.gep(data, [at])), vector.lanes) for at in places]
        return context.make_tuple(builder, out, values)

    return out(array, types.intp, like), generate


@intrinsic
def fma_each(typing_context, a, b, c):
    """a_n b_n + c_n; a or c may be one vector for all."""
    if not is_vectors(b) or any(kind not in (b, b.dtype) for kind in (a, c)):
        return None

    def generate(context, builder, signature, arguments):
        columns = [cgutils.unpack_tuple(builder, value) if kind == b else [value] * b.count
                   for kind, value in zip(signature.args, arguments, strict=True)]  # fmt: skip
        values = [fused(context, builder, b.dtype, *entries) for entries in zip(*columns, strict=True)]
        return context.make_tuple(builder, b, values)

    return b(a, b, c), generate


@intrinsic
def divide_each(typing_context, a, b):
    """a_n / b_n."""
    if not (is_vectors(a) and a == b):
        return None

    def generate(context, builder, signature, arguments):
        columns = [cgutils.unpack_tuple(builder, value) for value in arguments]
        return context.make_tuple(builder, a, [builder.fdiv(*entries) for entries in zip(*columns, strict=True)])

    return a(a, b), generate


@intrinsic
def fma_chain(typing_context, a, x, v):
    """x_1 ← a_1 x_1 + v, x_2 ← a_2 x_2 + x_1, …: one step of a cascade."""
    if not (is_vectors(x) and a == x and v == x.dtype):
        return None

    def generate(context, builder, signature, arguments):
        a_values, x_values = (cgutils.unpack_tuple(builder, value) for value in arguments[:2])
        values, signal = [], arguments[2]
        for pole, state in zip(a_values, x_values, strict=True):
            signal = fused(context, builder, x.dtype, pole, state, signal)
            values.append(signal)
        return context.make_tuple(builder, x, values)

    return x(a, x, v), generate


@intrinsic
def shift_in(typing_context, value, vectors):
    """All lanes of all vectors moved up by one: the value comes in at the first, the last one drops out."""
    if not (is_vectors(vectors) and value == vectors.dtype.dtype):
        return None
    n = vectors.dtype.lanes

    def generate(context, builder, signature, arguments):
        mask = ir.Constant(ir.VectorType(ir.IntType(32), n), [n - 1 + j for j in range(n)])
        chain = [filled(builder, arguments[0], n), *cgutils.unpack_tuple(builder, arguments[1])]
        moved = [builder.shuffle_vector(before, own, mask) for before, own in itertools.pairwise(chain)]
        return context.make_tuple(builder, vectors, moved)

    return vectors(value, vectors), generate
