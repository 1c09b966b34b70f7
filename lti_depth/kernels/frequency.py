"""Responses and delays on the unit circle, layer by layer; w = e^{−iω}.

1 − λ w = (1 − λ) + λ (s + i sin ω), s = 2 sin²(ω/2) = 1 − cos ω: no cancellation for λ near 1 and ω near 0.
"""

import math

import numpy as np

from .jit import jit


@jit
def _one_minus(pole, s, sine):
    """1 − λ w."""
    re, im = pole.real, pole.imag
    return complex((1.0 - re) + (re * s - im * sine), im * (s - 1.0) + re * sine)


@jit
def cascade_response(poles, b, c, d, current, omega):
    """Π_k (d_k + c_k b_k g/(1 − λ_k w)), g = 1 (current) or w (delayed): mantissas and binary exponents, (n,) each."""
    out = np.empty(len(omega), dtype=np.complex128)
    exponents = np.zeros(len(omega), dtype=np.int64)
    for n in range(len(omega)):
        s, sine = 2.0 * math.sin(omega[n] / 2.0) ** 2, math.sin(omega[n])
        w = complex(math.cos(omega[n]), -sine)
        h, exponent = complex(1.0, 0.0), 0
        for k in range(len(poles)):
            g = _one_minus(poles[k], s, sine)
            top = d[k] * g + c[k] * b[k] if current else d[k] * g + c[k] * b[k] * w
            h = h * (top / g)
            size = max(abs(h.real), abs(h.imag))
            if size > 0.0 and math.isfinite(size):
                shift = math.frexp(size)[1]
                h = complex(math.ldexp(h.real, -shift), math.ldexp(h.imag, -shift))
                exponent += shift
        out[n] = h
        exponents[n] = exponent
    return out, exponents


@jit
def _pole_delay(pole, s, sine):
    """Re[λ w/(1 − λ w)] = [Re(λ w) − |λ|²]/|1 − λ w|²; for real λ, with δ = 1 − λ: λ (δ − s)/(δ² + 2 λ s)."""
    re, im = pole.real, pole.imag
    delta = 1.0 - re
    if im == 0.0:
        return re * (delta - s) / (delta * delta + 2.0 * re * s)
    g = _one_minus(pole, s, sine)
    return (re * (delta - s) + im * (sine - im)) / (g.real * g.real + g.imag * g.imag)


@jit
def cascade_delay(poles, b, c, d, current, omega):
    """Σ_k Re[w Ḣ_k/H_k], (n,): the delay of each pole, minus that of each zero, plus 1 a delayed layer without d.

    The layer is (m_0 + m_1 w)/(1 − λ w) with m_1 = −d λ (current), c b − d λ (delayed), m_0 + m_1 = c b + d (1 − λ).
    """
    out = np.zeros(len(omega))
    for n in range(len(omega)):
        s, sine = 2.0 * math.sin(omega[n] / 2.0) ** 2, math.sin(omega[n])
        w = complex(math.cos(omega[n]), -sine)
        for k in range(len(poles)):
            out[n] += _pole_delay(poles[k], s, sine)
            gain = c[k] * b[k]
            if d[k] == 0.0:
                out[n] += 0.0 if current else 1.0
                out[n] = out[n] if gain != 0.0 else np.nan
                continue
            m1 = -d[k] * poles[k] if current else gain - d[k] * poles[k]
            top = (gain + d[k] * (1.0 - poles[k])) - m1 * complex(s, sine)
            out[n] += (m1 * w / top).real if top != 0.0 else np.nan
    return out


@jit
def wide_response(poles, B, C, D, current, omega):
    """H_k and w Ḣ_k of every layer, (n, K, H, H) each.

    H_k = D + Σ_n C_n B_n g/(1 − λ_n w); w Ḣ_k = Σ_n C_n B_n h/(1 − λ_n w)², h = λ_n w (current) or w (delayed).
    """
    K, N, H = B.shape
    out = np.zeros((len(omega), K, H, H), dtype=np.complex128)
    slope = np.zeros((len(omega), K, H, H), dtype=np.complex128)
    for n in range(len(omega)):
        s, sine = 2.0 * math.sin(omega[n] / 2.0) ** 2, math.sin(omega[n])
        w = complex(math.cos(omega[n]), -sine)
        for k in range(K):
            out[n, k] = D[k]
            for m in range(N):
                g = _one_minus(poles[k, m], s, sine)
                value = 1.0 / g if current else w / g
                derivative = (poles[k, m] * w if current else w) / (g * g)
                for i in range(H):
                    for j in range(H):
                        residue = C[k, i, m] * B[k, m, j]
                        if residue != 0.0:  # a silent state has no pole
                            out[n, k, i, j] += residue * value
                            slope[n, k, i, j] += residue * derivative
    return out, slope
