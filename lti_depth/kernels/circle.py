"""The loss ½E|y_S − y_T|² of scalar cascades with poles of any sign or phase, by equally spaced nodes on the circle."""

import math

import numpy as np

from .jit import jit


@jit
def nodes_needed(poles, most):
    """A power of two: 40 times the slowest memory and 3 more for each pole as slow; 0 if that is more than `most`."""
    slowest, total = 1e300, 0.0
    for pole in poles:
        if pole != 0.0:
            slowest = min(slowest, -math.log(abs(pole)))
    for pole in poles:
        if pole != 0.0:
            total += slowest / -math.log(abs(pole))
    needed = (40.0 + 3.0 * total) / slowest + 2.0 * len(poles) + 2.0
    count = 16
    while count < needed and count <= most:
        count *= 2
    return count if count <= most else 0


@jit
def _section(pole, sine, s):
    """1/(1 − λ e^{−iω}) for s = 1 − cos ω, formed as in `kernels.frequency`."""
    re, im = pole.real, pole.imag
    across = (1.0 + re) - re * (2.0 - s) if re < 0.0 else (1.0 - re) + re * s
    gap = complex(across - im * sine, re * sine - im * (1.0 - s))
    size = 1.0 / (gap.real * gap.real + gap.imag * gap.imag)
    return complex(gap.real * size, -gap.imag * size)


@jit
def gradient(poles, b, c, poles_T, b_T, c_T, front, variance, lag, half, sine, s, out):
    """The loss, and in `out` (3, K) E[ē ∂y] by poles, b, c: the conjugate of (∂_Re + i ∂_Im) L.

    The student comes `lag` samples later than in current timing, relative to the teacher. `front`: poles of the filter
    that gives white noise the color of the input. `half`: poles and gains are real, or conjugate in pairs. `sine`, `s`:
    sin ω and 1 − cos ω at as many equally spaced ω as there may be nodes; nan where more were needed.
    """
    K = len(poles)
    g, h = complex(1.0), complex(1.0)
    for k in range(K):
        g *= b[k] * c[k]
    for k in range(len(poles_T)):
        h *= b_T[k] * c_T[k]
    count = nodes_needed(np.concatenate((poles, poles_T, front)), len(sine))
    if count == 0:
        return np.nan
    stride, section = len(sine) // count, np.empty(K, np.complex128)
    by_pole = np.zeros(K, np.complex128)
    by_gain, total, power = complex(0.0), 0.0, 0.0
    for m in range(count // 2 + 1 if half else count):
        at = m * stride
        w = complex(1.0 - s[at], -sine[at])
        unit, target, color = complex(1.0), h, 2.0 if half and 0 < m < count // 2 else 1.0
        for k in range(K):
            section[k] = _section(poles[k], sine[at], s[at])
            unit *= section[k]
        for k in range(len(poles_T)):
            target *= _section(poles_T[k], sine[at], s[at])
        for k in range(len(front)):
            f = _section(front[k], sine[at], s[at])
            color *= f.real * f.real + f.imag * f.imag
        if lag != 0:
            turned = (at * lag) % len(sine)
            unit *= complex(1.0 - s[turned], -sine[turned])
        e = g * unit - target
        total += color * (e.real * e.real + e.imag * e.imag)
        power += color
        weighted = color * (e.conjugate() * unit)
        by_gain += weighted
        weighted *= w
        for k in range(K):
            by_pole[k] += weighted * section[k]
    scale = variance / power
    after = complex(1.0)
    for k in range(K):
        out[1, k] = after
        after *= b[k] * c[k]
    after = complex(1.0)
    for m in range(K):
        k = K - 1 - m
        others = out[1, k] * after * by_gain * scale
        after *= b[k] * c[k]
        out[0, k], out[1, k], out[2, k] = g * by_pole[k] * scale, others * c[k], others * b[k]
    return 0.5 * total * scale
