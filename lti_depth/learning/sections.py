"""The population loss in the coefficients of second-order sections, smooth where two poles meet and leave the axis."""

import numpy as np

from ..parametrizations import section_coefficients
from . import spectral
from .difference import difference


def section_gradient(student, teacher, process=None):
    r"""The loss ½E|y_S − y_T|² and its gradient by section coefficients and total gain.

    .. math:: H_S = g \prod_m \frac{1}{A_m}, \qquad A_m = 1 + a_{m1} z^{-1} + a_{m2} z^{-2}
              = (1 - \lambda_{2m} z^{-1})(1 - \lambda_{2m+1} z^{-1}), \qquad
              \frac{\partial H_S}{\partial a_{mi}} = -\frac{z^{-i} H_S}{A_m}

    (delayed timing: all times :math:`z^{-K}`).

    Parameters
    ----------
    student : Stack
        A scalar cascade without feedthrough whose consecutive poles are paired, both real or conjugate, with
        :math:`g = \prod_k b_k c_k` real.
    teacher : Stack
        Of one input and one output channel.
    process : Process
        Of the input; white noise of unit variance if None.

    Returns
    -------
    loss : float
    sections : (K/2, 2) float64
        ∂L/∂(a₁, a₂) of each section.
    gain : float
        ∂L/∂g.

    Raises
    ------
    ValueError
        Not such a student; a pole with |λ| ≥ 1.

    Notes
    -----
    The coefficients of `parametrizations.section_coefficients`. Oppenheim & Schafer, Discrete-Time Signal Processing,
    section 6.3.
    """
    spectral.require_pair(student, teacher)
    if not student.is_cascade or student.D.any():
        raise ValueError(f"student: expected a scalar cascade without feedthrough, got {student!r}")
    section_coefficients(student.poles)  # refuses poles that are not paired
    error = difference(student, teacher)
    loss, sections, gain = 0.0, np.zeros((len(student) // 2, 2)), 0.0
    for (S, T), density, nodes in spectral.together([student, teacher], process):
        E = error(S, T, nodes, density)[:, 0, 0]
        psi = np.concatenate(S.psi, axis=1)
        along = psi[:, ::2] * psi[:, 1::2] * (E.conj() * S.total[:, 0, 0] * density)[:, None]  # w² Ē H/A_m
        loss += 0.5 * density @ np.abs(E) ** 2
        sections -= np.stack([np.sum(along / nodes.w[:, None], axis=0), np.sum(along, axis=0)], axis=1).real
        gain += np.sum(E.conj() * np.prod(np.concatenate(S.phi, axis=1), axis=1) * density).real
    return loss, sections, gain
