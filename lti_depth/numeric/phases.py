"""Phase delay: the continuous phase, from poles and zeros.

Both are factors A + M w, w = e^{−iω}, of layers: A (1 − p w), p = −M/A. A factor with |p| ≤ 1 turns by less than half a
circle. One with |p| > 1 turns by −ω and against its mirror image, A + M w = w (Ā w + M̄)*, as does w itself.
"""

import numpy as np

from ..kernels import bilinear
from ..system import validation
from ..system.stacks import require_single_channel
from .delays import group_delay, scaled_layers, without_gain, zeros
from .responses import scalars, scaled_frequency_response


def phase_delay(stack, omega):
    r"""The phase delay −φ(ω)/ω, in samples, with φ the continuous phase of H(e^{iω}).

    .. math:: \varphi(\omega) = \arg H(1) + \sum_\zeta a_\zeta(\omega) - \sum_\lambda a_\lambda(\omega) - m\,\omega

    where a_p(ω) is the continuous change of arg(1 − p e^{−iω}) from 0 to ω and m the pure delay: from poles and zeros,
    never by unwrapping.

    Parameters
    ----------
    stack : Stack
        One channel between all layers.
    omega : float or array
        rad/sample.

    Returns
    -------
    float64 samples, shape of omega. At ω = 0 it is the group delay if H(1) > 0, otherwise infinite (nan if H(1) = 0).
    Next to the circle, where the phase jumps, zeros of scalar cascades are known to 1e−30; those of wider layers are
    eigenvalues in doubles, and by a wrong side φ is wrong by 2π beyond their angle. So it may be, in either, where two
    zeros or poles lie within 1e−15 of e^{iω} itself.

    Raises
    ------
    ValueError
        More than one channel.

    Notes
    -----
    Oppenheim & Schafer, Discrete-Time Signal Processing, section 5.1. A zero outside the circle (or an unstable pole)
    turns the phase by −ω beyond its reflection.
    """
    require_single_channel(stack, "phase_delay")
    omega = validation.frequencies(omega)
    flat = np.array(omega.ravel())
    factors, gains = _cascade_factors(stack) if stack.is_cascade else _factors(stack)
    start, change = np.angle(_product(gains, stack.real_output)), np.zeros(len(flat))
    for sign, outside, *factor in factors:
        change += sign * (-flat - _turn(*factor, flat) if outside else _turn(*factor, flat))
    # Roundings add up, eigenvalues are good to √u where they meet, 1 − p w is next to 0: arg H says what is left.
    H, _ = scaled_frequency_response(stack, flat)
    rounding = 4 * len(factors) * np.finfo(float).eps
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.angle(H[:, 0, 0] * np.exp(-1j * (start + change)))
        change += np.where(np.abs(left) > rounding, left, 0.0)
        delay = -(start + change) / flat
    if (flat == 0).any():
        at_zero = group_delay(stack, 0.0) if abs(start) <= rounding else -np.copysign(np.inf, start)
        delay[flat == 0] = at_zero
    return delay.reshape(omega.shape)[()]


def _factors(stack):
    """Of all layers 1 and the factors of zeros, also those at infinity, −1 and the factors of poles; and H_k(1)."""
    factors, gains = [], []
    for roots, (poles, b, c, d) in zip(zeros(stack), scaled_layers(stack), strict=True):
        late = [(1, *_factor(True, 1.0, -1.0, 0.0, 1.0))] * (len(poles) - len(roots))
        factors += late + [(sign, *_factor(abs(p) > 1, 1 - p, 1 + p, 1.0, -p))
                           for sign, points in ((1, roots), (-1, poles)) for p in points]  # fmt: skip
        with np.errstate(divide="ignore", invalid="ignore"):
            gains.append(d + np.sum(c * b / (1 - poles)))
    return factors, gains


def _cascade_factors(stack):
    """The same of a scalar cascade, whose zeros are known to as many digits as double-doubles have."""
    rows = bilinear.table(*scalars(stack), stack.timing == "current")[0]
    factors, ends = [], []
    for sign, which in ((1, bilinear.Q), (-1, bilinear.G)):
        at_one, at_minus_one, M = (rows[:, which : which + 3, 0] + 1j * rows[:, which : which + 3, 2]).T
        silent = np.flatnonzero((at_one == 0) & (M == 0))
        if len(silent):
            raise without_gain(silent[0])
        parts = bilinear.is_outside(rows, which), at_one, at_minus_one, at_one - M, M
        factors += [(sign, *_factor(*part)) for part in zip(*parts, strict=True)]
        ends.append(at_one)
    with np.errstate(divide="ignore", invalid="ignore"):
        return factors, ends[0] / ends[1]


def _factor(outside, at_one, at_minus_one, A, M):
    """`outside`, and p, 1 − p and 1 + p of A + M w, or of its mirror image where that is so."""
    if outside:
        at_one, at_minus_one, A, M = np.conj(at_one), -np.conj(at_minus_one), np.conj(M), np.conj(A)
    return outside, -M / A, at_one / A, at_minus_one / A


def _product(gains, real):
    """Π H_k(1) up to a positive factor."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.prod(gains / np.abs(gains))
    return value.real if real else value


def _turn(p, minus, plus, omega):
    """The continuous change of arg(1 − p e^{−iω}) from 0 to ω, |p| ≤ 1; from 1 − p or 1 + p, whichever is nearer."""
    sine, cosine = np.sin(omega / 2), np.cos(omega / 2)
    turned = 2j * sine * cosine
    value = np.where(abs(sine) <= abs(cosine), minus + p * (2 * sine**2 + turned), plus - p * (2 * cosine**2 - turned))
    value.real = np.maximum(value.real, 0)  # rounding must not take it over the edge of the half-plane
    return np.angle(value * np.conj(minus))
