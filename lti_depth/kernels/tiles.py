"""Tiles: 8 entries of as many rows as a vector has lanes, in 8 vectors; what `batches` read, write and turn over.

A tile by row has in each vector the entries of the rows `plain.row_pieces` tells; by entry, one entry of every row.
"""

from llvmlite import ir
from numba.core import cgutils, types

from .plain import TILE, intrinsic, row_pieces
from .vectors import Vector, filled, is_contiguous, is_vectors


@intrinsic
def by_entry(typing_context, tile):
    """Entry i of every row in vector i, the nth row in lane n.

    A round trades one bit of a vector's number for one of a lane's. Within quarters, lanes are interleaved (unpck of
    AVX): what was the upper bit of a lane there goes to the vector, the lower one up, and the vector's comes in below.
    Among quarters, it is the lower bit that goes to the vector (vshuf), and the vector's comes in above.
    """
    if not _is_tile(tile):
        return None

    def generate(context, builder, signature, arguments):
        values = cgutils.unpack_tuple(builder, arguments[0])
        _order_by_entry(builder, values, tile.dtype.lanes)
        return context.make_tuple(builder, tile, values)

    return tile(tile), generate


@intrinsic
def by_row(typing_context, tile):
    """What `by_entry` was given: of 8 rows the same exchange, else its rounds undone."""
    if not _is_tile(tile):
        return None
    n = tile.dtype.lanes

    def generate(context, builder, signature, arguments):
        values = cgutils.unpack_tuple(builder, arguments[0])
        if n == TILE:
            _order_by_entry(builder, values, n)
        else:
            _trade(builder, values, 4, *_undone(*_quarters(n)))
            for span in (1, 2):
                _trade(builder, values, span, *_undone(*_interleaved(n)))
        return context.make_tuple(builder, tile, values)

    return tile(tile), generate


def _order_by_entry(builder, values, n):
    within = (n // 4).bit_length() - 1  # bits of a lane's number within a quarter
    for span in (4, 2, 1)[-within:]:
        _trade(builder, values, span, *_interleaved(n))
    for span in (1, 2, 4)[within:]:
        _trade(builder, values, span, *_quarters(n))


def _is_tile(kind):
    return is_vectors(kind) and kind.count == TILE


def _trade(builder, values, span, low, high):
    """Every two vectors `span` apart for two shuffles of both."""
    for i in range(TILE):
        if not i & span:
            pair, indices = (values[i], values[i + span]), ir.VectorType(ir.IntType(32), len(low))
            values[i], values[i + span] = (builder.shuffle_vector(*pair, ir.Constant(indices, order))
                                           for order in (low, high))  # fmt: skip


def _interleaved(n):
    """Lanes of two vectors one by one, from the lower half of every quarter, and from the upper."""
    lower = [start + j for start in range(0, n, n // 4) for j in range(n // 8)]
    return tuple([lane for j in half for lane in (j, n + j)] for half in (lower, [j + n // 8 for j in lower]))


def _quarters(n):
    """Quarters 0 and 2 of two vectors, and 1 and 3."""
    return tuple([q * (n // 4) + j for q in (first, first + 2, first + 4, first + 6) for j in range(n // 4)]
                 for first in (0, 1))  # fmt: skip


def _undone(low, high):
    """The two shuffles that take back two."""
    lanes = [(low + high).index(lane) for lane in range(2 * len(low))]
    return lanes[: len(low)], lanes[len(low) :]


@intrinsic
def load_rows(typing_context, array, rows, position, first, last):
    """The tile at `position` from where the tuple `rows` says that they start.

    Of the entries of each row only `first` … `last` − 1 are read, the others are 0.
    """
    if not (is_contiguous(array) and _is_positions(rows) and isinstance(position, types.Integer)):
        return None
    out = types.UniTuple(Vector(array.dtype), TILE)

    def generate(context, builder, signature, arguments):
        kind, mask = ir.VectorType(context.get_value_type(array.dtype), TILE), _flags(builder, *arguments[3:])
        zero, alignment = ir.Constant(kind, None), ir.IntType(32)(array.dtype.bitwidth // 8)
        load = _masked(builder, "load", kind, (kind.as_pointer(), alignment.type, mask.type, kind))
        pieces = [builder.call(load, [pointer, alignment, mask, zero])
                  for pointer in _pieces(context, builder, array, *arguments[:3])]  # fmt: skip
        tile = [_side_by_side(builder, [pieces[row] for row in row_pieces(i, rows.count)]) for i in range(TILE)]
        return context.make_tuple(builder, out, tile)

    return out(array, rows, types.intp, types.intp, types.intp), generate


@intrinsic
def store_rows(typing_context, array, rows, position, tile, first, last):
    """Put a tile where `load_rows` takes it from, entries `first` … `last` − 1 of each row."""
    if not (is_contiguous(array) and _is_positions(rows) and is_vectors(tile) and tile.count == TILE):
        return None

    def generate(context, builder, signature, arguments):
        kind, mask = ir.VectorType(context.get_value_type(array.dtype), TILE), _flags(builder, *arguments[4:])
        alignment, tiled = ir.IntType(32)(array.dtype.bitwidth // 8), cgutils.unpack_tuple(builder, arguments[3])
        store = _masked(builder, "store", kind, (kind, kind.as_pointer(), alignment.type, mask.type), ir.VoidType())
        pointers, lanes = _pieces(context, builder, array, *arguments[:3]), ir.VectorType(ir.IntType(32), TILE)
        for i, value in enumerate(tiled):
            for j, row in enumerate(row_pieces(i, rows.count)):
                piece = builder.shuffle_vector(value, value, ir.Constant(lanes, list(range(j * TILE, (j + 1) * TILE))))
                builder.call(store, [piece, pointers[row], alignment, mask])
        return context.get_dummy_value()

    return types.void(array, rows, types.intp, tile, types.intp, types.intp), generate


def _pieces(context, builder, array_type, array, rows, position):
    """A pointer to TILE entries of each row."""
    data = context.make_array(array_type)(context, builder, array).data
    piece = ir.VectorType(context.get_value_type(array_type.dtype), TILE).as_pointer()
    return [builder.bitcast(builder.gep(data, [builder.add(start, position)]), piece)
            for start in cgutils.unpack_tuple(builder, rows)]  # fmt: skip


def _side_by_side(builder, pieces):
    """One vector from one or two."""
    if len(pieces) == 1:
        return pieces[0]
    return builder.shuffle_vector(*pieces, ir.Constant(ir.VectorType(ir.IntType(32), 2 * TILE), list(range(2 * TILE))))


def _flags(builder, first, last):
    """Of the entries n with first ≤ n < last."""
    order = ir.Constant(ir.VectorType(first.type, TILE), list(range(TILE)))
    return builder.and_(builder.icmp_signed("<=", filled(builder, first, TILE), order),
                        builder.icmp_signed("<", order, filled(builder, last, TILE)))  # fmt: skip


def _masked(builder, what, kind, arguments, result=None):
    """LLVM's masked load or store of one kind of vector."""
    name = f"llvm.masked.{what}.v{kind.count}f{64 if kind.element == ir.DoubleType() else 32}.p0"
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(result or kind, arguments), name)


def _is_positions(kind):
    return isinstance(kind, types.UniTuple) and isinstance(kind.dtype, types.Integer)


@intrinsic
def row_starts(typing_context, array, first, stride, count):
    """Where `count` rows start, as many as a vector of the array's has lanes; the last of them stands for the rest."""
    if not (is_contiguous(array) and all(isinstance(kind, types.Integer) for kind in (first, stride, count))):
        return None
    lanes = Vector(array.dtype).lanes
    out = types.UniTuple(types.intp, lanes)

    def generate(context, builder, signature, arguments):
        _, start, step, rows = arguments
        last, starts = builder.sub(rows, context.get_constant(types.intp, 1)), []
        for n in range(lanes):
            row = context.get_constant(types.intp, n)
            row = builder.select(builder.icmp_signed("<", row, last), row, last)
            starts.append(builder.add(start, builder.mul(row, step)))
        return context.make_tuple(builder, out, starts)

    return out(array, types.intp, types.intp, types.intp), generate
