r"""The loss ½E|y_S − y_T|² of real scalar cascades without feedthrough, and its gradient: O(K²) by covariances.

Student x and teacher q are cascades of n unit-gain sections scaled by common powers of two, s_i, paired by their poles
λ_i and μ_i; the error between them runs through sections of its own, so that small errors keep their digits:

    x_i[t] = λ_i x_i[t−1] + s_i x_{i−1}[t],   ε_i = x_i − q_i = μ_i ε_i[t−1] + s_i ε_{i−1}[t] + (λ_i − μ_i) x_i[t−1].

The true outputs are g x_n and h q_n, and e = y_S − y_T = h ε_n + (g − h) x_n = g x_n − h q_n. Layers of poles alone
commute, so ∂y_S/∂λ_k = g ρ_k with one more section, ρ_k[t] = λ_k ρ_k[t−1] + x_n[t−1]. Sections that student and teacher
share come first: they color the white input. A pole at 0 is no section at all.

Multiplying these recursions with each other and using stationarity, each covariance is a sum of earlier ones over
1 − λ_i λ_j, λ_j μ_i, …; for poles in [0, 1) all terms of W, and of C and D where λ ≥ μ, are non-negative.
"""

import math

import numpy as np

from . import doubledouble as dd
from .jit import jit

ERRORS, PRODUCTS = 0, 1  # e as h ε_n + (g − h) x_n, or as g x_n − h q_n


@jit
def _scales(lam, mu):
    """s_i: powers of two about 1 − max(|λ_i|, |μ_i|)."""
    s = np.empty(len(lam))
    for i in range(len(lam)):
        s[i] = math.ldexp(1.0, math.frexp(1.0 - max(abs(lam[i]), abs(mu[i])))[1])
    return s


@jit
def _reciprocals(a, b):
    """1/(1 − a_i b_j), the denominator formed without cancellation."""
    out = np.empty((len(a), len(b)))
    for i in range(len(a)):
        size, sign = abs(a[i]), 1.0 if a[i] >= 0.0 else -1.0
        for j in range(len(b)):
            out[i, j] = 1.0 / ((1.0 - size) + size * (1.0 - sign * b[j]))
    return out


@jit
def _products(a, b, s, over, W, V):
    """W_ij = E x_i q_j of the cascades with poles a and b, V_j = E x_n[t−1] q_j[t]; returns E x_n[t] q_n[t−1].

    `over` = 1/(1 − a_i b_j). With V_ij = E x_i[t−1] q_j[t]:

        W_ij (1 − a_i b_j) = a_i s_j V_i,j−1 + s_i W_i−1,j,   V_ij = b_j W_ij + s_j V_i,j−1.
    """
    n = len(a)
    W[0, 0] = 1.0
    for j in range(n):
        W[0, j + 1] = W[0, j] * s[j]
    V[0] = 0.0
    swapped = 0.0
    for i in range(n):
        W[i + 1, 0] = W[i, 0] * s[i]
        for j in range(n):
            W[i + 1, j + 1] = (a[i] * (s[j] * V[j]) + s[i] * W[i, j + 1]) * over[i, j]
            V[j + 1] = b[j] * W[i + 1, j + 1] + s[j] * V[j]
        swapped = a[i] * W[i + 1, n] + s[i] * swapped
    return swapped


@jit
def _errors(lam, mu, delta, s, over, over_T, W, Q):
    """E ε_n², E ε_n x_n and E ε_n[t−1] x_n[t]; fills Q_ij = E ε_i[t] x_j[t−1].

    `over` = 1/(1 − μ_i λ_j), `over_T` = 1/(1 − μ_i μ_j). With C_ij = E ε_i x_j, D_ij = E ε_i ε_j and
    G_ij = E ε_i[t−1] ε_j[t]:

        C_ij (1 − μ_i λ_j) = λ_j R_ij + s_j C_i,j−1,   R_ij = s_i Q_i−1,j + δ_i W_ij,   Q_ij = μ_i C_ij + R_ij,
        D_ij (1 − μ_i μ_j) = μ_i P_ij + s_i D_i−1,j + δ_i Q_ji,   P_ij = s_j G_i,j−1 + δ_j C_ij,
        G_ij = μ_j D_ij + P_ij.
    """
    n = len(lam)
    C, D = np.zeros(n + 1), np.zeros(n + 1)
    Q[0, :] = 0.0
    for i in range(n):
        for j in range(n):
            R = s[i] * Q[i, j + 1] + delta[i] * W[i + 1, j + 1]
            C[j + 1] = (lam[j] * R + s[j] * C[j]) * over[i, j]
            Q[i + 1, j + 1] = mu[i] * C[j + 1] + R
        G = 0.0
        for j in range(i + 1):
            P = s[j] * G + delta[j] * C[j + 1]
            before = D[j + 1] if j < i else D[i]  # D_i−1,i = D_i,i−1
            D[j + 1] = (mu[i] * P + s[i] * before + delta[i] * Q[j + 1, i + 1]) * over_T[i, j]
            G = mu[j] * D[j + 1] + P
    past = 0.0
    for j in range(n):
        past = lam[j] * C[j + 1] + s[j] * past
    return D[n], C[n], past


@jit
def _slopes(lam, poles, drive, source, s, over, Y):
    """Y_ik = E z_i ρ_k for a cascade z with `poles` whose sections are driven besides by signals d_i; returns T_n.

    `source`_i = E z_i[t] x_n[t−1], `over` = 1/(1 − poles_i λ_k), `drive`_ik = E d_i[t] ρ_k[t−1]. With
    T_i = E z_i[t] ρ_k[t−1]:

        Y_i (1 − poles_i λ_k) = λ_k (s_i T_i−1 + drive_i) + source_i,   T_i = poles_i Y_i + s_i T_i−1 + drive_i.
    """
    T = np.zeros(len(lam))
    for i in range(len(poles)):
        for k in range(len(lam)):
            R = s[i] * T[k] + drive[i, k]
            Y[i, k] = (lam[k] * R + source[i + 1]) * over[i, k]
            T[k] = poles[i] * Y[i, k] + R
    return T


@jit
def _sum(p, q, zz, zx, xx):
    """E (p z + q x)², and the part of it that did not cancel."""
    value = p * p * zz + 2.0 * p * q * zx + q * q * xx
    size = p * p * zz + 2.0 * abs(p * q * zx) + q * q * xx
    return value, value / size if size > 0.0 else 1.0


@jit
def fit(lam, mu, delta, front, g, h, difference, slope):
    """E e², E e x_n, E e[t] x_n[t−1], E e[t−1] x_n[t], and in `slope` E e ρ_k; whether by errors.

    For a unit variance after the `front` sections; g and h are the gains of the sections behind them. e = p z + q x_n
    is h ε_n + (g − h) x_n, or, where that sum loses two digits and the other one fewer, −h q_n + g x_n.
    """
    n = len(lam)
    s, W, Q = _scales(lam, mu), np.empty((n + 1, n + 1)), np.empty((n + 1, n + 1))
    X, Y, drive = np.empty((n, n)), np.empty((n, n)), np.zeros((n, n))
    source = np.empty(n + 1)
    over, across, over_T = _reciprocals(lam, lam), _reciprocals(mu, lam), _reciprocals(mu, mu)
    past = _products(lam, lam, s, over, W, source)
    xx, unit = W[n, n], 1.0 / W[front, front]
    _slopes(lam, lam, drive, source, s, over, X)
    p, q = h, difference
    zz, zx, early = _errors(lam, mu, delta, s, across, over_T, W, Q)
    late, by_errors = Q[n, n], True
    square, kept = _sum(p, q, zz, zx, xx)
    if kept < 0.01:
        _products(mu, mu, s, over_T, W, source)
        qq = W[n, n]
        swapped = _products(lam, mu, s, _reciprocals(lam, mu), W, source)
        other, kept_other = _sum(-h, g, qq, W[n, n], xx)
        if kept_other > kept:
            p, q, square, by_errors = -h, g, other, False
            zx, early, late = W[n, n], swapped, source[n]
    if by_errors:
        for i in range(n):
            source[i + 1] = Q[i + 1, n]
            for k in range(n):
                drive[i, k] = delta[i] * X[i, k]
    _slopes(lam, mu, drive, source, s, across, Y)
    for k in range(n):
        slope[k] = (p * Y[n - 1, k] + q * X[n - 1, k]) * unit
    now, late, early = p * zx + q * xx, p * late + q * past, p * early + q * past
    return square * unit, now * unit, late * unit, early * unit, by_errors


@jit
def magnitude(lam, mu, delta, front, g, h, difference, by_errors):
    """The sum of the absolute values of all terms that `fit` adds for E e²: rounding is relative to it."""
    lam, mu, delta = np.abs(lam), np.abs(mu), np.abs(delta)
    n = len(lam)
    s, W, Q, V = _scales(lam, mu), np.empty((n + 1, n + 1)), np.empty((n + 1, n + 1)), np.empty(n + 1)
    over_T = _reciprocals(mu, mu)
    _products(lam, lam, s, _reciprocals(lam, lam), W, V)
    unit, xx = 1.0 / W[front, front], W[n, n]
    if by_errors:
        zz, zx, _ = _errors(lam, mu, delta, s, _reciprocals(mu, lam), over_T, W, Q)
        return _sum(abs(h), abs(difference), zz, zx, xx)[0] * unit
    _products(mu, mu, s, over_T, W, V)
    zz = W[n, n]
    _products(lam, mu, s, _reciprocals(lam, mu), W, V)
    return _sum(abs(h), abs(g), zz, W[n, n], xx)[0] * unit


@jit
def curvatures(lam, front):
    """E x_n², E x_n[t] x_n[t−1], E x_n ρ_k, E x_n[t] ρ_k[t−1], R_jk = E ρ_j ρ_k, in units of the variance of x_front.

    R_jk (1 − λ_j λ_k) = λ_j E x_n ρ_j + λ_k E x_n ρ_k + E x_n².
    """
    n = len(lam)
    s, over = _scales(lam, lam), _reciprocals(lam, lam)
    W, source, X = np.empty((n + 1, n + 1)), np.empty(n + 1), np.empty((n, n))
    past = _products(lam, lam, s, over, W, source)
    late = _slopes(lam, lam, np.zeros((n, n)), source, s, over, X)
    unit, x = 1.0 / W[front, front], X[n - 1]
    R = np.empty((n, n))
    for j in range(n):
        for k in range(n):
            R[j, k] = (lam[j] * x[j] + lam[k] * x[k] + W[n, n]) * over[j, k] * unit
    return W[n, n] * unit, past * unit, x * unit, late * unit, R


@jit
def ascending(values, out, at):
    """`values`, with as many zeros as fill `out`, sorted; `at`_i says which value stands at i, −1 for a zero filled in."""
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
    delta, s = lam - mu, _scales(lam[F:], mu[F:])
    gain, gain_T = _gain(b, c, at, s), _gain(b_T, c_T, at_T, s)
    g, h, difference = gain[0], gain_T[0], dd.sub(gain, gain_T)[0]
    square, now, late, early, by_errors = fit(lam, mu, delta, F, g, h, difference, slope)
    kept = 1.0
    if check and square > 0.0:
        kept = square / magnitude(lam, mu, delta, F, g, h, difference, by_errors)
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
    s = _scales(lam[F:], lam[F:])
    xx, past, x, late, R = curvatures(lam, F)
    size, _, _, _, sizes = curvatures(np.abs(lam), F)
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
            out[j, K + k], out[j, 2 * K + k] = by_pole * x[F + i] * others[k] * c[k], by_pole * x[F + i] * others[k] * b[k]
            out[j, 3 * K + k] = by_pole * through * others[k]
            out[K + j, K + k], out[K + j, 2 * K + k] = c[j] * own * xx * others[k] * c[k], c[j] * own * xx * others[k] * b[k]
            out[2 * K + j, 2 * K + k] = b[j] * own * xx * others[k] * b[k]
            out[K + j, 3 * K + k] = c[j] * own * direct * others[k]
            out[2 * K + j, 3 * K + k] = b[j] * own * direct * others[k]
            out[3 * K + j, 3 * K + k] = own * (xx * (1.0 + pole * other) - past * (pole + other)) * others[k]
    for j in range(4 * K):
        for k in range(j):
            out[j, k] = out[k, j]
    return kept
