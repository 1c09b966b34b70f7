"""The population loss of real scalar cascades without feedthrough, its gradient and its Gauss–Newton matrix."""

import numpy as np

from . import doubledouble as dd
from . import errors
from .jit import jit


@jit
def ascending(values, out, at):
    """`values`, with as many zeros as fill `out`, sorted; `at`_i is the number of the value at i, −1 for a zero."""
    for m in range(len(out)):
        value, i = values[m] if m < len(values) else 0.0, m
        while i > 0 and out[i - 1] > value:
            out[i], at[i] = out[i - 1], at[i - 1]
            i -= 1
        out[i], at[i] = value, m if m < len(values) else -1


@jit
def _gain(b, c, at, s):
    """Π b c/Π s as a double-double, factor by factor: neither product alone need be in the range of doubles."""
    g = dd.ONE
    for i in range(len(at)):
        if at[i] >= 0:
            g = dd.mul(dd.mul(g, dd.lift(b[at[i]])), dd.lift(c[at[i]]))
        g = (g[0] / s[i], g[1] / s[i], g[2] / s[i], g[3] / s[i])
    return g


@jit
def gain_difference(b, c, at, b_T, c_T, at_T, s):
    """Π b c/Π s, the same of the teacher, and their difference to full precision, unless below 2^−100 of them."""
    g, h = _gain(b, c, at, s), _gain(b_T, c_T, at_T, s)
    return dd.value(g), dd.value(h), dd.value(dd.sub(g, h))


@jit
def _other_gains(b, c, at, s):
    """The products of b c/s over all sections, but without b c of one layer, (K,)."""
    others, after = np.empty(len(b)), 1.0
    for i in range(len(at)):
        if at[i] >= 0:
            others[at[i]] = after / s[i]
        after *= b[at[i]] * c[at[i]] / s[i] if at[i] >= 0 else 1.0 / s[i]
    after = 1.0
    for i in range(len(at) - 1, -1, -1):
        if at[i] >= 0:
            others[at[i]] *= after
        after *= b[at[i]] * c[at[i]] / s[i] if at[i] >= 0 else 1.0 / s[i]
    return others


@jit
def product_differences(b, c, b_T, c_T):
    """b c − b_T c_T, elementwise, (n,)."""
    out = np.empty(len(b), dtype=np.complex128)
    for n in range(len(b)):
        product, other = dd.mul(dd.lift(b[n]), dd.lift(c[n])), dd.mul(dd.lift(b_T[n]), dd.lift(c_T[n]))
        out[n] = dd.value(dd.sub(product, other))
    return out


@jit
def gradient(poles, b, c, poles_T, b_T, c_T, front, variance, delayed, check, out):
    """The loss, and in `out` (4, K) its derivatives by poles, b, c, d at d = 0.

    In current timing the depths may differ. `front`: poles of the filter that gives white noise the color of the input,
    of which `variance` is the variance. Last comes, with `check`, the part of the absolute sum of all terms that the
    loss keeps: its relative error is some units of rounding over that part.
    """
    K, F = len(poles), len(front)
    n = F + max(K, len(poles_T))
    lam, mu, slope = np.empty(n), np.empty(n), np.empty(n)
    at, at_T = np.empty(n - F, np.int64), np.empty(n - F, np.int64)
    lam[:F], mu[:F] = front, front
    ascending(poles, lam[F:], at)
    ascending(poles_T, mu[F:], at_T)
    delta, s = lam - mu, errors.scales(lam[F:], mu[F:])
    gain, gain_T = _gain(b, c, at, s), _gain(b_T, c_T, at_T, s)
    g, h, difference = gain[0], gain_T[0], dd.sub(gain, gain_T)[0]
    square, now, late, early, by_errors = errors.fit(lam, mu, delta, F, g, h, difference, slope)
    kept = 1.0
    if check and square > 0.0:
        kept = square / errors.magnitude(lam, mu, delta, F, g, h, difference, by_errors)
    others = _other_gains(b, c, at, s)
    for i in range(n - F):
        k = at[i]
        if k >= 0:
            out[0, k] = g * slope[F + i] * variance
            out[1, k], out[2, k] = now * others[k] * c[k] * variance, now * others[k] * b[k] * variance
            out[3, k] = (early - poles[k] * now if delayed else now - poles[k] * late) * others[k] * variance
    return 0.5 * square * variance, kept


@jit
def gauss_newton(poles, b, c, front, variance, delayed, out):
    """E ∂_i y ∂_j y in `out` (4K, 4K), by poles, b, c, d at d = 0; the smallest part that a sum of it keeps.

    With x̂ = x_n times all other gains: ∂_λk y = g ρ_k, ∂_bk y = c_k x̂, ∂_ck y = b_k x̂, and ∂_dk y is x̂[t] − λ_k x̂[t−1]
    (delayed timing: x̂[t+1] − λ_k x̂[t]). E ρ_j[t] x_n[t−1] = λ_j E x_n ρ_j + E x_n², from the recursion of ρ_j.
    """
    K, F = len(poles), len(front)
    lam, at = np.empty(F + K), np.empty(K, np.int64)
    lam[:F] = front
    ascending(poles, lam[F:], at)
    s = errors.scales(lam[F:], lam[F:])
    xx, past, x, late, R = errors.curvatures(lam, F)
    size, _, _, _, sizes = errors.curvatures(np.abs(lam), F)
    kept, g, others = xx / size, _gain(b, c, at, s)[0], _other_gains(b, c, at, s)
    for i in range(K):
        j, pole = at[i], lam[F + i]
        by_pole, own = g * variance, others[j] * variance
        kept = min(kept, R[F + i, F + i] / sizes[F + i, F + i])
        shifted = x[F + i] * pole + xx  # E ρ_j[t] x_n[t−1]
        for m in range(K):
            k, other = at[m], lam[F + m]
            through = late[F + i] - other * x[F + i] if delayed else x[F + i] - other * shifted
            direct = past - other * xx if delayed else xx - other * past
            out[j, k] = by_pole * g * R[F + i, F + m]
            out[j, K + k] = by_pole * x[F + i] * others[k] * c[k]
            out[j, 2 * K + k] = by_pole * x[F + i] * others[k] * b[k]
            out[j, 3 * K + k] = by_pole * through * others[k]
            out[K + j, K + k] = own * c[j] * xx * others[k] * c[k]
            out[K + j, 2 * K + k] = own * c[j] * xx * others[k] * b[k]
            out[2 * K + j, 2 * K + k] = own * b[j] * xx * others[k] * b[k]
            out[K + j, 3 * K + k] = own * c[j] * direct * others[k]
            out[2 * K + j, 3 * K + k] = own * b[j] * direct * others[k]
            out[3 * K + j, 3 * K + k] = own * (xx * (1.0 + pole * other) - past * (pole + other)) * others[k]
        step = xx * (1.0 + pole * pole) - 2.0 * past * pole  # E|x̂[t] − λ x̂[t−1]|²
        kept = min(kept, step / (size * (1.0 + pole * pole) + 2.0 * abs(past * pole)))
    for j in range(4 * K):
        for k in range(j):
            out[j, k] = out[k, j]
    return kept
