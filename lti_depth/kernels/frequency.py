"""Responses and delays on the unit circle, layer by layer; w = e^{−iω}.

Nothing cancels for λ near 1 and ω near 0, nor for λ near −1 and ω near π:

    1 − λ w = (1 − λ) + λ (1 − w) = (1 + λ) − λ (1 + w),   1 − w = s + i sin ω,   1 + w = 2 − s − i sin ω,

with s = 2 sin²(ω/2) and 2 − s = 2 cos²(ω/2). The second form serves the left half plane.
"""

import math

import numpy as np

from .jit import jit


@jit
def _angle(omega):
    """w = cos ω − i sin ω, 1 − cos ω and 1 + cos ω, each to its last digit."""
    w = complex(math.cos(omega), -math.sin(omega))
    return w, 2.0 * math.sin(omega / 2.0) ** 2, 2.0 * math.cos(omega / 2.0) ** 2


@jit
def _one_minus(pole, w, minus, plus):
    """1 − λ w."""
    re, im = pole.real, pole.imag
    if re < 0.0:
        return complex((1.0 + re) - (re * plus - im * w.imag), im * (1.0 - plus) - re * w.imag)
    return complex((1.0 - re) + (re * minus + im * w.imag), im * (minus - 1.0) - re * w.imag)


@jit
def _divide(a, b):
    """a/b; inf where b = 0, which compiled complex division would make an exception."""
    return a / b if b != 0.0 else complex(np.inf, np.nan)


@jit
def cascade_response(poles, b, c, d, current, omega):
    """Π_k (d_k + c_k b_k g/(1 − λ_k w)), g = 1 (current) or w (delayed): mantissas and binary exponents, (n,) each."""
    out = np.empty(len(omega), dtype=np.complex128)
    exponents = np.zeros(len(omega), dtype=np.int64)
    for n in range(len(omega)):
        w, minus, plus = _angle(omega[n])
        h, exponent = complex(1.0, 0.0), 0
        for k in range(len(poles)):
            g = _one_minus(poles[k], w, minus, plus)
            top = d[k] * g + c[k] * b[k] if current else d[k] * g + c[k] * b[k] * w
            h = h * _divide(top, g)
            size = max(abs(h.real), abs(h.imag))
            if size > 0.0 and math.isfinite(size):
                shift = math.frexp(size)[1]
                h = complex(math.ldexp(h.real, -shift), math.ldexp(h.imag, -shift))
                exponent += shift
        out[n] = h
        exponents[n] = exponent
    return out, exponents


@jit
def _pole_delay(pole, w, minus, plus):
    """Re[λ w/(1 − λ w)] = [Re(λ w) − |λ|²]/|1 − λ w|²; for real λ, with δ = 1 − |λ|: |λ| (δ − s)/(δ² + 2 |λ| s)."""
    re, im = pole.real, pole.imag
    delta, s = (1.0 - re, minus) if re >= 0.0 else (1.0 + re, plus)
    if im == 0.0:
        return abs(re) * (delta - s) / (delta * delta + 2.0 * abs(re) * s)
    g = _one_minus(pole, w, minus, plus)
    return (abs(re) * (delta - s) - im * (w.imag + im)) / (g.real * g.real + g.imag * g.imag)


@jit
def cascade_delay(poles, b, c, d, current, omega):
    """Σ_k Re[w Ḣ_k/H_k], (n,).

    Without feedthrough the delay of the pole, plus 1 in delayed timing. With it, r = c b and g = 1 − λ w:
    w Ḣ_k/H_k = r λ w/(g (d g + r)) (current), r w/(g (d g + r w)) (delayed), where pole and zero may nearly cancel.
    """
    out = np.zeros(len(omega))
    for n in range(len(omega)):
        w, minus, plus = _angle(omega[n])
        total, lost = 0.0, 0.0  # Kahan's compensated sum
        for k in range(len(poles)):
            r = c[k] * b[k]
            if d[k] == 0.0:
                delay = _pole_delay(poles[k], w, minus, plus) + (0.0 if current else 1.0)
                delay = delay if r != 0.0 else np.nan
            else:
                g = _one_minus(poles[k], w, minus, plus)
                through, slope = (r, r * poles[k] * w) if current else (r * w, r * w)
                ratio = _divide(slope, g * (d[k] * g + through))
                delay = ratio.real if math.isfinite(ratio.real) and math.isfinite(ratio.imag) else np.nan
            delay -= lost
            advanced = total + delay
            lost = (advanced - total) - delay
            total = advanced
        out[n] = total
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
        w, minus, plus = _angle(omega[n])
        for k in range(K):
            for i in range(H):
                for j in range(H):
                    out[n, k, i, j] = D[k, i, j]
            for m in range(N):
                g = _one_minus(poles[k, m], w, minus, plus)
                value = _divide(complex(1.0), g) if current else _divide(w, g)
                derivative = _divide(poles[k, m] * w if current else w, g * g)
                for i in range(H):
                    for j in range(H):
                        residue = C[k, i, m] * B[k, m, j]
                        if residue != 0.0:  # a silent state has no pole
                            out[n, k, i, j] += residue * value
                            slope[n, k, i, j] += residue * derivative
    return out, slope
