"""Covariances of layers with several states and channels, padded to one size, block by block.

poles (K, N), B (K, N, H), F (K, H, N), E (K, H, H) in the form of `cascade`, with matrices: ξ_i' = Λ_i ξ_i + B_i p_i,
p_{i+1} = F_i ξ_i + E_i p_i. A complex matrix is its planes Re, Im, and one that many are multiplied by has −Im for a
third, so that all products are sums of the real ones of `products`, which start no threads. All is in the precision of
B but the poles and 1 − λ_i λ̄_j.
"""

import numpy as np

from . import doubledouble as dd
from .jit import jit
from .products import accumulate


@jit
def moments(poles, B, F, E, Q):
    """W_ij = E ξ_i ξ_j* (K, N, K, N), Y_j = E p_K ξ_j* (K, H, N), Z_j = E p_K p_j* (K+1, H, H) for E p_0 p_0* = Q.

    Row by row, with X_ij = E ξ_i p_j*, and Y_ij, Z_ij those of p_i:

        W_ij (1 − λ_i λ̄_j) = Λ_i X_ij B_j* + B_i (Y_ij Λ_j* + Z_ij B_j*),
        X_i,j+1 = W_ij F_j* + X_ij E_j*,   Y_i+1,j = F_i W_ij + E_i Y_ij,   Z_i+1,j = F_i X_ij + E_i Z_ij.
    """
    K, N, H = B.shape
    kind = B.real.dtype
    W, Y, Z = np.empty((K, N, K, N), B.dtype), np.zeros((K, 2, H, N), kind), np.zeros((K + 1, 2, H, H), kind)
    right = [(_adjoint(_planes(B[j])), _adjoint(_planes(F[j])), _adjoint(_planes(E[j]))) for j in range(K)]
    Z[0] = _planes(Q)[:2]
    for i in range(K):
        Bi, Fi, Ei, X = _planes(B[i]), _planes(F[i]), _planes(E[i]), np.zeros((2, N, H), kind)
        for j in range(i + 1):
            Bj, Fj, Ej = right[j]
            if j == i:
                Y[i] = _adjoint(X)
            block = _block(poles[i], poles[j], X, Y[j], Z[j], Bi, Bj)
            _put(block, W, i, j)
            Z[j] = _sum_of_products(Fi, X, Ei, Z[j])
            X, Y[j] = _sum_of_products(block, Fj, X, Ej), _sum_of_products(Fi, block, Ei, Y[j])
        Z[i + 1] = _sum_of_products(Fi, X, Ei, _adjoint(Z[i]))
    return W, Y[:, 0] + 1j * Y[:, 1], Z[:, 0] + 1j * Z[:, 1]


@jit
def products(A, B):
    """A_k B_k of complex matrices, (K, n, m)."""
    out = np.empty((len(A), A.shape[1], B.shape[2]), A.dtype)
    for k in range(len(A)):
        planes = np.zeros((2, *out.shape[1:]), A.real.dtype)
        _add_product(_planes(A[k]), _planes(B[k])[:2], planes)
        out[k] = planes[0] + 1j * planes[1]
    return out


@jit
def _planes(M):
    """Re, Im, −Im."""
    planes = np.empty((3, *M.shape), M.real.dtype)
    planes[0], planes[1], planes[2] = M.real, M.imag, -M.imag
    return planes


@jit
def _adjoint(planes):
    """Of two planes or three."""
    out = np.empty((planes.shape[0], planes.shape[2], planes.shape[1]), planes.dtype)
    for n in range(planes.shape[1]):
        for m in range(planes.shape[2]):
            out[0, m, n], out[1, m, n] = planes[0, n, m], -planes[1, n, m]
            if len(planes) == 3:
                out[2, m, n] = planes[1, n, m]
    return out


@jit
def _add_product(A, B, out):
    """out += A B, of which A or B has a third plane."""
    (M, N), K = out.shape[1:], A.shape[2]
    a, b = (2, 1) if len(A) == 3 else (1, 2)
    left, right, flat = A.reshape(-1), B.reshape(-1), out.reshape(-1)
    for p, q, part in ((0, 0, 0), (a, b, 0), (0, 1, 1), (1, 0, 1)):
        accumulate(M, K, N, left, p * M * K, False, right, q * K * N, flat, part * M * N)


@jit
def _sum_of_products(A, B, C, D):
    """A B + C D."""
    out = np.zeros((2, A.shape[1], B.shape[2]), A.dtype)
    _add_product(A, B, out)
    _add_product(C, D, out)
    return out


@jit
def _block(li, lj, X, Y, Z, Bi, Bj):
    """W_ij."""
    from_input, out = _times(Y, np.ones(Y.shape[1], np.complex128), lj.conj()), np.zeros((2, len(li), len(lj)), X.dtype)
    _add_product(Z, Bj, from_input)
    _add_product(_times(X, li, np.ones(X.shape[2], np.complex128)), Bj, out)
    _add_product(Bi, from_input, out)
    for n in range(len(li)):
        for m in range(len(lj)):
            re, im = _gap(li[n], lj[m])
            a, b, size = out[0, n, m], out[1, n, m], re * re + im * im
            out[0, n, m], out[1, n, m] = (a * re + b * im) / size, (b * re - a * im) / size
    return out


@jit
def _gap(a, b):
    """1 − a b̄, rounded once, however near a b̄ is to 1."""
    re = dd.add(dd.one_minus((a.real, 0.0), (b.real, 0.0)), dd.mul((-a.imag, 0.0), (b.imag, 0.0)))
    im = dd.add(dd.mul((a.real, 0.0), (b.imag, 0.0)), dd.mul((-a.imag, 0.0), (b.real, 0.0)))
    return re[0], im[0]


@jit
def _times(planes, rows, columns):
    """diag(rows) M diag(columns)."""
    out = np.empty(planes.shape, planes.dtype)
    for n in range(len(rows)):
        for m in range(len(columns)):
            a, b = planes[0, n, m], planes[1, n, m]
            re = rows[n].real * columns[m].real - rows[n].imag * columns[m].imag
            im = rows[n].real * columns[m].imag + rows[n].imag * columns[m].real
            out[0, n, m], out[1, n, m] = re * a - im * b, re * b + im * a
    return out


@jit
def _put(block, W, i, j):
    """W_ij and W_ji = W_ij*; of a block on the diagonal its lower half twice."""
    for n in range(block.shape[1]):
        for m in range(n + 1 if i == j else block.shape[2]):
            W[i, n, j, m] = complex(block[0, n, m], block[1, n, m])
            W[j, m, i, n] = complex(block[0, n, m], -block[1, n, m])
