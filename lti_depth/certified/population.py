"""The population loss of a student against a teacher, enclosed."""

import numpy as np

from ..system import Stack, validation
from ..system.processes import process_or_white, require_stationary
from .balls import field_of, matrix, trace
from .outputs import autocovariance_of, part_weight
from .precision import array, enclose
from .sections import Chain, beside, sections_of, wire


def population_loss(student, teacher, process=None, *, rtol=1e-15):
    r"""½E|y_S − y_T|² in the stationary state, summed over output channels, enclosed.

    .. math:: L = \tfrac12 E|y_S - y_T|^2 = \tfrac12 \frac{1}{2\pi} \int \|H_S - H_T\|_F^2\, S_u\, d\omega

    Parameters
    ----------
    student, teacher : Stack
        Of the same input and output channels; depth, width and timing may differ. Their doubles, and those of the
        process, are taken as exact.
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.
    rtol : float

    Returns
    -------
    arb
        It contains the truth. Its radius is at most `rtol` of its value, or, as where student and teacher are one
        system, it contains 0 and its radius is below 2⁻¹⁰²⁴ of a bound on the loss.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1; channels that do not agree.
    PrecisionError
        16384 bits do not suffice for rtol.

    Notes
    -----
    Student and teacher side by side as one chain, whose output is the difference of theirs: what cancels near the
    optimum is paid for in precision.
    """
    _require_pair(student, teacher)
    process = process_or_white(process)

    def compute():
        total, scale = 0, 0
        for part in process.parts:
            value, bound = autocovariance_of(_difference(student, teacher, part), part.source)(0)
            weight = part_weight(part) / 2
            total, scale = total + weight * trace(value).real, scale + weight * bound
        return array([total], ()), scale

    return enclose("population_loss", rtol, compute)[()]


def _require_pair(student, teacher):
    for stack, name in ((student, "student"), (teacher, "teacher")):
        if not isinstance(stack, Stack):
            raise TypeError(f"{name}: expected a Stack, got {validation.describe(stack)}; linearize(network) makes a "
                            "stack of a linear network")
        require_stationary(stack, "a population loss")
    if (student.channels[0], student.channels[-1]) != (teacher.channels[0], teacher.channels[-1]):
        raise ValueError(f"student: expected {teacher.channels[0]} input and {teacher.channels[-1]} output channels as "
                         f"the teacher has, got {student.channels[0]} and {student.channels[-1]}")


def _difference(student, teacher, part):
    """The chain u ↦ y_S − y_T behind the shaping filter of a part of the process."""
    shape = [] if part.shape is None else [part.shape]
    field = field_of(part.source, *(layer.poles for stack in (student, teacher, *shape) for layer in stack.layers))
    H_in, H_out = student.channels[0], student.channels[-1]
    one, out = np.eye(H_in, dtype=int).tolist(), np.eye(H_out, dtype=int)
    front = [section for stack in shape for section in sections_of(stack, field, H_in)]
    both = [sections_of(stack, field) for stack in (student, teacher)]
    depth = max(len(sections) for sections in both)
    both = [sections + [wire(field, out.tolist())] * (depth - len(sections)) for sections in both]
    pairs = [beside(field, *pair) for pair in zip(*both, strict=True)]
    sections = (*front, wire(field, one + one), *pairs, wire(field, np.hstack([out, -out]).tolist()))
    return Chain(sections, field, matrix(field, np.eye(H_in)), len(front))
