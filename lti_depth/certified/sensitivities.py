"""The mean square of the output's derivative by every parameter, enclosed."""

from dataclasses import replace
from functools import reduce

import numpy as np

from ..system.fields import Fields
from ..system.limits import require_affordable
from ..system.processes import process_or_white, require_stationary
from .balls import exact_layers, trace
from .moments import extended, start
from .outputs import autocovariance_of, part_weight
from .precision import array, enclose, real_if
from .sections import Section, chain_of, wire

_INSTEAD = "numeric.sensitivity has it in doubles"


def sensitivity(stack, process=None, *, rtol=1e-15):
    r"""The mean square of the output's derivative by each parameter, enclosed.

    .. math:: E\Big|\frac{\partial y}{\partial \theta}\Big|^2

    Derivatives are Wirtinger's, as in `numeric.sensitivity`.

    Parameters
    ----------
    stack : Stack
        Its doubles, and those of the process, are taken as exact.
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.
    rtol : float

    Returns
    -------
    Fields
        poles, B, C, D: object arrays of arb in the shapes of the stack's own fields; summed over the output channels.
        Every ball contains the truth. Its radius is at most `rtol` of its absolute value, or it contains 0 and its
        radius is below 2⁻¹⁰²⁴ of a bound on the value.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1.
    PrecisionError
        16384 bits do not suffice for rtol.

    Notes
    -----
    A derivative is the output of the stack with one layer exchanged, φ = 1/(1−λ_n w) or w/(1−λ_n w): c_n φ e_jᵀ for
    B_nj, e_i φ b_n for C_in, e_i e_jᵀ for D_ij, and c_n w/(1−λ_n w) φ b_n for λ_n. Scalar layers commute: there the
    moments of all layers but one, for each, take O(K² log K).
    """
    require_stationary(stack, "sensitivity")
    process = process_or_white(process)
    found = _cascade if stack.is_cascade else _wide
    flat = real_if(True, enclose("sensitivity", rtol, lambda: _summed(stack, process, found)))
    return _as_fields(stack, flat)


def _summed(stack, process, found):
    """Over the parts of the process: all values as one vector in the order of the fields, and scales."""
    total, scales = 0, 0
    for part in process.parts:
        chain, weight = chain_of(stack, part), part_weight(part)
        pairs = [pair for field in found(stack, chain, part.source) for pair in field]
        total = total + array([value * weight for value, _ in pairs], (-1,))
        scales = scales + array([scale * weight for _, scale in pairs], (-1,))
    return total, scales


def _power(chain, column, source):
    """E|y|² summed over the channels of a chain with this last column, and a scale."""
    value, scale = autocovariance_of(replace(chain, sections=column.sections), source, column)(0)
    return trace(value), scale


# --- Any stack --------------------------------------------------------------------------------------------------------


def _wide(stack, chain, source):
    K, P = len(chain.sections), sum(getattr(layer, name).size for layer in stack for name in Fields._fields)
    require_affordable(len(stack), "sensitivity in balls", 3, seconds=3e-6 * P * K**2, instead=_INSTEAD)
    fields = Fields([], [], [], [])
    before = reduce(extended, chain.sections[: chain.front], start(chain))
    for k, (layer, exact) in enumerate(zip(stack, exact_layers(stack, chain.field), strict=True)):
        for field, exchanged in zip(fields, _exchanged(layer, exact, chain.field), strict=True):
            for sections in exchanged:
                column = reduce(extended, (*sections, *chain.stack[k + 1 :]), before)
                field.append(_power(chain, column, source))
        before = extended(before, chain.stack[k])
    return fields


def _exchanged(layer, exact, field):
    """What a layer is exchanged for, by λ, B, C, D: sections for each entry, row-major."""
    N, (H_in, H_out) = layer.width, layer.channels
    b, c = exact.B.table(), exact.C.transpose().table()
    half = field.number(0.5 if layer.real else 1)
    smooth = [_one_state(exact.poles[n], exact.current, field) for n in range(N)]
    again = [_one_state(exact.poles[n], False, field) for n in range(N)]

    def row(entries):
        return wire(field, [entries])

    def column(entries):
        return wire(field, [[entry] for entry in entries])

    def unit(i, size):
        return [int(j == i) for j in range(size)]

    poles = [(row(b[n]), smooth[n], again[n], column(c[n])) for n in range(N)]
    B = [(row(unit(j, H_in)), smooth[n], column(c[n])) for n in range(N) for j in range(H_in)]
    C = [(row(b[n]), smooth[n], column([half * e for e in unit(i, H_out)])) for i in range(H_out) for n in range(N)]
    D = [(row(unit(j, H_in)), column(unit(i, H_out))) for i in range(H_out) for j in range(H_in)]
    return poles, B, C, D


def _one_state(pole, current, field):
    """1/(1 − λw), or w/(1 − λw)."""
    one, zero, A = (field.matrix([[entry]]) for entry in (1, 0, pole))
    return Section([pole], A, one, A if current else one, one if current else zero)


# --- Scalar cascades --------------------------------------------------------------------------------------------------


def _cascade(stack, chain, source):
    K = len(chain.sections)
    require_affordable(len(stack), "sensitivity in balls", 2, seconds=1.5e-5 * K**2 * np.log2(2 * K), instead=_INSTEAD)
    fields = Fields([], [], [], [])
    before = reduce(extended, chain.sections[: chain.front], start(chain))
    one, zero = chain.field.number(1), chain.field.number(0)
    for layer, section, others in zip(stack, chain.stack, _all_but_one(before, chain.stack), strict=True):
        b, c = (abs(chain.field.number(part.item())) for part in (layer.B, layer.C))
        smoothed = extended(others, Section(section.poles, section.A, one, one, zero))
        twice = extended(smoothed, Section(section.poles, section.A, one, one, zero))
        (V0, s0), (V1, s1), (V2, s2) = (_power(chain, column, source) for column in (others, smoothed, twice))
        fields.poles.append((b * b * c * c * V2, b * b * c * c * s2))
        fields.B.append((c * c * V1, c * c * s1))
        fields.C.append((b * b * V1, b * b * s1))
        fields.D.append((V0, s0))
    return fields


def _all_but_one(column, sections):
    """The column after all sections but one, for each of them in turn."""
    if len(sections) == 1:
        yield column
        return
    half = len(sections) // 2
    first, second = sections[:half], sections[half:]
    yield from _all_but_one(reduce(extended, second, column), first)
    yield from _all_but_one(reduce(extended, first, column), second)


def _as_fields(stack, flat):
    """A vector in the order of the fields, in their shapes."""
    fields, first = [], 0
    for name in Fields._fields:
        parts = []
        for layer in stack:
            shape = getattr(layer, name).shape
            parts.append(flat[first : first + int(np.prod(shape))].reshape(shape))
            first += parts[-1].size
        fields.append(np.concatenate(parts, axis=None) if stack.is_cascade else tuple(parts))
    return Fields(*fields)
