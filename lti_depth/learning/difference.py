r"""H_S − H_T to the precision of its parameters, however near the student is to the teacher.

Where both have layers of the same sizes, the difference telescopes,

    H_S − H_T = Σ_k H_T^{(K…k+1)} (H_k^S − H_k^T) H_S^{(k−1…1)},

and each layer's difference is formed from differences of parameters: φ_S − φ_T = (λ_S − λ_T) w φ_S φ_T (delayed:
without the w). States are matched by their poles. Scalar layers without feedthrough commute: they are matched by poles
across layers too, their gains are collected in one product, and in current timing a pole at 0 is no layer at all, which
makes up for unequal depths. At each node the form with the smaller terms is taken. Where that one cancels too, because
student and teacher agree as a whole only (a wide layer and its cascade), both responses are taken in double-double
arithmetic, at points w that are the same to all its digits.
"""

import numpy as np

from ..kernels import population as kernel
from ..kernels import transfer
from ..system import Layer

_KEPT = 2.0**-12  # of the sizes of the terms, root mean square, for a difference in doubles to be taken
_ANGLE = 2.0**-11  # rounding of 1 − λw at an angle, where it is formed in extended precision, in units of 2⁻⁵³


def difference(student, teacher):
    """The function of `Responses`, nodes and S_u dω/2π that gives E (n, H_out, H_in); the matching is found once."""
    form, matching = _match(student, teacher)

    def error(S, T, nodes, density):
        E, size = S.total - T.total, _size(S) + _size(T)
        if form is not None:
            telescoped, terms = _telescope(*form(S, T, nodes.w, matching))
            E, size = np.where((terms < size)[:, None, None], telescoped, E), np.minimum(terms, size)
        if nodes.unit[0].imag:
            size = size * (1 + _ANGLE * np.max(np.abs(np.concatenate([*S.psi, *T.psi], axis=1)), axis=1))
        if np.abs(density) @ _norm(E) ** 2 >= _KEPT**2 * (np.abs(density) @ size**2):
            return E
        exact = transfer.subtracted(_exact(S.stack, nodes), _exact(T.stack, nodes))
        return np.where(np.isfinite(exact), exact, E)

    return error


def _norm(H):
    return np.abs(H[..., 0, 0]) if H.shape[-2:] == (1, 1) else np.sqrt(np.sum(np.abs(H) ** 2, axis=(-2, -1)))


def _size(at):
    """Σ_k ‖L_k‖ ‖|D_k| + |C_k| |φ_k| |B_k|‖ ‖R_k‖, (n,): rounding of the response is relative to it."""
    return sum(_norm(left) * _norm(np.abs(layer.D) + (np.abs(layer.C) * np.abs(phi)[:, None]) @ np.abs(layer.B))
               * _norm(right) for layer, phi, left, right in zip(at.stack, at.phi, at.left, at.right, strict=True))


def _exact(stack, nodes):
    """The response in double-double arithmetic, (n, H_out, H_in, 4)."""
    w = transfer.points(*nodes.unit, nodes.turn)
    R = transfer.identity(len(w), stack.channels[0])
    for layer in stack:
        fields = (np.ascontiguousarray(a, dtype=complex) for a in (layer.poles, layer.B, layer.C, layer.D))
        R = transfer.times_layer(w, *fields, stack.timing == "delayed", R)
    return R


def _telescope(student, teacher, differences, sizes):
    """E and the size of its terms; E_k = T_k E_{k−1} + Δ_k S_{k−1} … S_1, `sizes` those of the terms of each Δ_k."""
    E, size = differences[0], sizes[0]
    R = student[0]
    for S, T, delta, own in zip(student[1:], teacher[1:], differences[1:], sizes[1:], strict=True):
        E, size = T @ E + delta @ R, _norm(T) * size + own * _norm(R)
        R = S @ R
    return E, size


def _match(student, teacher):
    if student.timing != teacher.timing:
        return None, None
    if _simple(student) and _simple(teacher):
        if len(student) == len(teacher) or student.timing == "current":
            return _cascade_terms, _match_cascades(student, teacher)
        return None, None
    same = student.channels == teacher.channels and student.closed().widths == teacher.closed().widths
    if not same:
        return None, None
    return _layer_terms, [_match_states(S, T) for S, T in zip(student.closed(), teacher.closed(), strict=True)]


def _simple(stack):
    return stack.is_cascade and not stack.D.any()


def _match_cascades(student, teacher):
    """Layers in pairs, −1 for a pole at 0 that is no layer; differences of poles; scales; gains and their difference.

    The scales are powers of two, taken out of each pair of sections and put into the gains.
    """
    K = max(len(student), len(teacher))
    padded = [np.concatenate([stack.poles, np.zeros(K - len(stack))]) for stack in (student, teacher)]
    order = assign(*padded)
    poles = [values[index] for values, index in zip(padded, order, strict=True)]
    at = [np.where(index < len(stack), index, -1) for index, stack in zip(order, (student, teacher), strict=True)]
    scales = np.exp2(np.floor(np.log2(1 - np.abs(poles).max(axis=0))))
    gains = kernel.gain_difference(*_gains(student), at[0], *_gains(teacher), at[1], scales)
    return list(zip(*at, poles[0] - poles[1], scales, strict=True)), gains


def _gains(stack):
    return np.array(stack.B, dtype=complex), np.array(stack.C, dtype=complex)


def assign(first, second):
    """Indices that pair equally many poles with the least total distance; sorted where they are real."""
    if not first.imag.any() and not second.imag.any():
        return np.argsort(first.real, kind="stable"), np.argsort(second.real, kind="stable")
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(np.abs(first[:, None] - second[None, :]))


def _cascade_terms(S, T, w, matching):
    pairs, gains = matching
    student, teacher, differences = ([np.full((len(w), 1, 1), gain)] for gain in gains)
    one = np.ones((len(w), 1))
    slope = w[:, None] if S.stack.timing == "current" else 1.0
    for s, t, gap, scale in pairs:
        a, b = (S.phi[s] if s >= 0 else one), (T.phi[t] if t >= 0 else one)
        student.append(scale * a[:, :, None])
        teacher.append(scale * b[:, :, None])
        differences.append(scale * (gap * slope * a * b)[:, :, None])
    return student, teacher, differences, [_norm(delta) for delta in differences]


def _match_states(student: Layer, teacher: Layer):
    rows, columns = assign(student.poles, teacher.poles)
    order = columns[np.argsort(rows)]
    gap = student.poles - teacher.poles[order]
    if student.channels == (1, 1):  # only the residues C B count, and they are free of scale
        B, C = student.B[:, 0], student.C[0]
        return order, gap, kernel.product_differences(
            *(np.ascontiguousarray(a, dtype=complex) for a in (B, C, teacher.B[order, 0], teacher.C[0, order])))
    return order, gap, (student.B - teacher.B[order], student.C - teacher.C[:, order])


def _layer_terms(S, T, w, matching):
    differences, sizes = [], []
    slope = w[:, None] if S.stack.timing == "current" else 1.0
    for k, (order, gap, rest) in enumerate(matching):
        own, other = S.stack[k], T.stack[k]
        phi, phi_T = S.phi[k], T.phi[k][:, order]
        parts = phi, phi_T, gap * slope * phi * phi_T, own.B, other.B[order], other.C[:, order], rest
        differences.append(own.D - other.D + _layer_difference(*parts))
        magnitudes = (tuple(map(np.abs, part)) if isinstance(part, tuple) else np.abs(part) for part in parts)
        sizes.append(_norm(np.abs(own.D - other.D) + _layer_difference(*magnitudes)))
    return S.H, T.H, differences, sizes


def _layer_difference(phi, phi_T, delta, B, B_T, C_T, rest):
    """C diag(φ) B − C_T diag(φ_T) B_T, (n, H_out, H_in)."""
    if isinstance(rest, np.ndarray):
        return (phi @ rest + delta @ (B_T[:, 0] * C_T[0]))[:, None, None]
    dB, dC = rest
    return (dC * phi[:, None, :] + C_T * delta[:, None, :]) @ B + (C_T * phi_T[:, None, :]) @ dB
