r"""The population loss of a student against a teacher, exact and without samples.

.. math:: L = \tfrac12 E|y_S - y_T|^2 = \tfrac12 \frac{1}{2\pi} \int \|H_S - H_T\|_F^2\, S_u\, d\omega
"""

import numpy as np

from ..kernels import population as kernel
from ..system.fields import Fields
from ..system.processes import process_or_white, require_stationary
from . import embeddings, spectral
from .difference import difference

_KEPT = 2.0**-11  # of the absolute sum of its terms, for a loss of the recursion to be taken


def loss(student, teacher, process=None):
    r"""½E|y_S − y_T|² in the stationary state, summed over output channels.

    Parameters
    ----------
    student, teacher : Stack
        Of the same input and output channels; depth, width and timing may differ.
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.

    Returns
    -------
    float
        With a relative error below 1e-12 down to losses of 1e-24 of the teacher's variance; inf beyond the range of
        doubles.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1; channels that do not agree.

    Notes
    -----
    What the digits of a small loss rest on: where layers of student and teacher can be paired, on differences of their
    parameters; where they cannot (skips exchanged between layers, a wide layer against its cascade), on double-double
    responses, since H_S − H_T in doubles leaves the loss 1e-11 at a relative distance of 1e-6, and 1e-5 to 1e-3 at
    1e-12. See `difference`.
    """
    spectral.require_pair(student, teacher)
    found = _by_recursion(student, teacher, process)
    if found is not None:
        return found[0]
    error, total = difference(student, teacher), 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for (S, T), density, nodes in spectral.together([student, teacher], process):
            total += _mean_square(error(S, T, nodes, density), density)
    return _finite(total / 2)


def gradient(student, teacher, process=None):
    r"""`loss` and its gradient in all parameters of the student.

    .. math:: (\partial_{\mathrm{Re}} + i\,\partial_{\mathrm{Im}}) L = E[e\, \overline{\partial_\theta y}],
              \qquad e = y_S - y_T

    for a parameter on which y depends holomorphically; a layer with real=True adds the term of θ̄.

    Parameters
    ----------
    student, teacher : Stack
    process : Process
        Of the input; white noise of unit variance if None.

    Returns
    -------
    loss : float
    gradient : Fields
        Shaped as the student's fields: real for real layers, else (∂_Re + i ∂_Im) L.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1; channels that do not agree.
    """
    spectral.require_pair(student, teacher)
    found = _by_recursion(student, teacher, process)
    if found is not None:
        return found[0], Fields(*found[1])
    error = difference(student, teacher)
    total, sums = 0.0, None
    with np.errstate(over="ignore", invalid="ignore"):
        for (S, T), density, nodes in spectral.together([student, teacher], process):
            E = error(S, T, nodes, density)
            weighted = E.conj() * density[:, None, None]
            total += _mean_square(E, density)
            parts = [spectral.contract(S, weighted, k) for k in range(len(student))]
            sums = parts if sums is None else [_added(a, b) for a, b in zip(sums, parts, strict=True)]
    return _finite(total / 2), _fields(student, embeddings.coordinates(student, sums))


def gauss_newton(student, process=None):
    r"""The Gauss–Newton matrix of the loss, which is its Hessian where student and teacher agree.

    .. math:: G_{jk} = \mathrm{Re}\, E[\overline{\partial_j y}\, \partial_k y]

    Parameters
    ----------
    student : Stack
    process : Process
        Of the input; white noise of unit variance if None.

    Returns
    -------
    (P, P) float64 for a real stack, (2P, 2P) for a complex one: the real coordinates all poles, all B, all C, all D;
    for a complex stack first all real parts, then all imaginary parts (0 where a parameter is real).

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1.
    """
    spectral.require_pair(student, student)
    found = _curvature_by_recursion(student, process)
    if found is not None:
        return found
    total = sum(_gram(S, density) for (S,), density, _ in spectral.together([student], process))
    return embeddings.real_coordinates(student, total)


def hessian(student, teacher, process=None):
    r"""The second derivatives of `loss`: the Gauss–Newton matrix plus Re E[ē ∂_j∂_k y].

    Parameters
    ----------
    student, teacher : Stack
    process : Process
        Of the input; white noise of unit variance if None.

    Returns
    -------
    Symmetric, shaped and ordered as `gauss_newton`.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1; channels that do not agree.
    """
    spectral.require_pair(student, teacher)
    error = difference(student, teacher)
    squares, bends = 0.0, 0.0
    for (S, T), density, nodes in spectral.together([student, teacher], process):
        squares = squares + _gram(S, density)
        bends = bends + spectral.curvature(S, error(S, T, nodes, density).conj() * density[:, None, None])
    return embeddings.real_coordinates(student, squares, bends)


def recursion(student, teacher, process=None):
    """The covariance recursion for real scalar cascades without feedthrough, or None for other pairs.

    Parameters
    ----------
    student, teacher : Stack
        Of the student only depth and timing count.
    process : Process

    Returns
    -------
    callable or None
        Of poles, b, c (K,), all |λ| < 1: (loss, gradient (4, K) by poles, b, c, d), or None where it loses digits.
    """
    front = color(process)
    if front is None or student.timing != teacher.timing or not (is_plain(student) and is_plain(teacher)):
        return None
    delayed, K = student.timing == "delayed", len(student)
    if delayed and K != len(teacher):
        return None
    target = (*_poles_alone(teacher), *front, delayed, True)

    def evaluate(poles, b, c):
        own, out = np.array((poles, b, c)), np.empty((4, K))  # a copy: compiled code tells read-only arrays apart
        loss, kept = kernel.gradient(*own, *target, out)
        return (loss, out) if kept >= _KEPT and np.isfinite(out).all() else None

    return evaluate


def is_plain(stack):
    """Whether it is a real scalar cascade without feedthrough."""
    return stack.is_cascade and stack.dtype.kind == "f" and not any(layer.D[0, 0] for layer in stack.layers)


def _by_recursion(student, teacher, process):
    """Loss and gradient (4, K) by `recursion`, or None."""
    evaluate = recursion(student, teacher, process)
    return None if evaluate is None else evaluate(*_poles_alone(student))


def _curvature_by_recursion(student, process):
    """The same for the Gauss–Newton matrix."""
    front, own = color(process), _poles_alone(student)
    if front is None or own is None:
        return None
    out = np.empty((4 * len(student),) * 2)
    kept = kernel.gauss_newton(*own, *front, student.timing == "delayed", out)
    return out if kept >= _KEPT and np.isfinite(out).all() else None


def _poles_alone(stack):
    """Poles, b and c of a stable real scalar cascade without feedthrough, or None."""
    if not is_plain(stack):
        return None
    values = [(layer.poles[0], layer.B[0, 0], layer.C[0, 0]) for layer in stack.layers]
    poles, b, c = np.array(np.transpose(values), order="C")
    if np.abs(poles).max() >= 1:
        require_stationary(stack, "a population loss")
    return poles, b, c


def color(process):
    """Poles of the filter in front and variance of the input, or None where poles alone do not make it."""
    process = process_or_white(process)
    part = process.parts[0]
    if len(process.parts) > 1 or len(part.source) > 1:
        return None
    if part.shape is None:
        return np.zeros(0), part.variance
    shape = _poles_alone(part.shape)
    if shape is None or not (shape[1].all() and shape[2].all()):
        return None
    return shape[0], part.variance


def _finite(loss):
    """inf where the sum has overflown."""
    return loss if np.isfinite(loss) else np.inf


def _mean_square(E, density):
    return float(density @ np.sum(np.abs(E) ** 2, axis=(1, 2)))


def _gram(S, density):
    """Σ ∂_j H* ∂_k H over nodes and channels."""
    J = spectral.jacobian(S)
    J = np.moveaxis(J, 1, 2).reshape(-1, J.shape[1])
    return J.conj().T @ (J * np.repeat(density, len(J) // len(density))[:, None])


def _added(first, second):
    return tuple(a + b for a, b in zip(first, second, strict=True))


def _fields(stack, by_layer):
    """Shaped as the stack's fields."""
    fields = (tuple(part) for part in zip(*by_layer, strict=True))
    return Fields(*((np.concatenate(part, axis=None) for part in fields) if stack.is_cascade else fields))
