r"""Responses of a stack on the unit circle, their derivatives in every parameter, and the error of a student.

Every parameter p of layer k enters as a rank-one matrix, ∂_p H_k = α_p β_pᵀ, with φ_n = 1/(1−λ_n w) (delayed timing:
w/(1−λ_n w)) and φ_n' = φ_n w/(1−λ_n w):

    ∂λ_n: φ_n' C e_n, e_nᵀB;   ∂B_nj: φ_n C e_n, e_jᵀ;   ∂C_in: e_i, φ_n e_nᵀB;   ∂D_ij: e_i, e_jᵀ.

With L_k = H_K … H_{k+1} and R_k = H_{k−1} … H_1, ∂_p H = (L_k α_p)(β_pᵀ R_k). The derivatives here are holomorphic
ones, in the parameters of the stack closed under conjugation; `embeddings` returns to those of the stack.
"""

from dataclasses import dataclass

import numpy as np

from ..numeric.autocovariances import part_scale
from ..system import Stack, validation
from ..system.processes import process_or_white, require_stationary
from . import nodes as quadrature


@dataclass(frozen=True, eq=False)
class Responses:
    """A closed stack at n nodes: for each layer φ and ψ = w/(1−λw) (n, N), H_k (n, H, H'), L_k and R_k."""

    stack: Stack
    phi: list
    psi: list
    H: list
    left: list
    right: list

    @property
    def total(self):
        """H, (n, H_out, H_in)."""
        return self.H[-1] @ self.right[-1]


def split(values, stack):
    """(n, ΣN) by layer."""
    return np.split(values, np.cumsum(stack.widths)[:-1], axis=-1)


def responses(stack, w, gaps):
    """`Responses` of a closed stack at w (n,), where its 1 − λw are `gaps` (n, ΣN)."""
    psi = split(w[:, None] / gaps, stack)
    phi = psi if stack.timing == "delayed" else split(1 / gaps, stack)
    H = [layer.D + (layer.C * f[:, None, :]) @ layer.B for layer, f in zip(stack, phi, strict=True)]
    h_in, h_out = stack.channels[0], stack.channels[-1]
    right, left = [np.broadcast_to(np.eye(h_in), (len(w), h_in, h_in))], [np.eye(h_out)]
    for k in range(len(H) - 1):
        right.append(H[k] @ right[-1])
        left.append(left[-1] @ H[-1 - k])
    return Responses(stack, phi, psi, H, left[::-1], right)


def together(stacks, process):
    """At the nodes where all stacks and the process are resolved, in chunks.

    Yields the responses of each stack, S_u dω/2π (n,), and the nodes.
    """
    process = process_or_white(process)
    closed = []
    for stack in stacks:
        require_stationary(stack, "a population loss")
        if stack.channels[0] != stacks[0].channels[0] or stack.channels[-1] != stacks[0].channels[-1]:
            raise ValueError(f"student: expected {stack.channels[0]} input and {stack.channels[-1]} output channels as "
                             f"the teacher has, got {stacks[0].channels[0]} and {stacks[0].channels[-1]}")
        closed.append(stack.closed())
    shapes = [part.shape.closed() for part in process.parts if part.shape is not None]
    poles = [layer.poles for stack in (*closed, *shapes) for layer in stack]
    cuts = np.cumsum([sum(stack.widths) for stack in (*closed, *shapes)])[:-1]
    scales = [part_scale(part) for part in process.parts]
    reach = 2 * max(len(part.source) - 1 for part in process.parts)
    reach += 2 * max(len(stack) if stack.timing == "delayed" else 0 for stack in stacks)  # the z^{-K} of K delays
    half = process.real and all(stack.real_output for stack in stacks)
    for chunk in quadrature.around(poles, reach, half):
        gaps = np.split(chunk.gaps, cuts, axis=1)
        shaping = iter(gaps[len(closed) :])
        density = sum(_density(part, chunk, scale, None if part.shape is None else next(shaping))
                      for part, scale in zip(process.parts, scales, strict=True)) * chunk.weights
        yield [responses(stack, chunk.w, g) for stack, g in zip(closed, gaps, strict=False)], density, chunk


def _density(part, nodes, scale, gaps):
    """S_u of one part of the process: variance/R(0) · |F|² · Σ_m R(m) w^m, F the shaping filter at the nodes.

    F comes from its gaps 1 − λw, which keep the digits that ω loses near a pole. A source of many lags at equally
    spaced nodes goes by one Fourier transform.
    """
    mantissa, exponent = scale
    F = 1.0 if gaps is None else responses(part.shape.closed(), nodes.w, gaps).total[:, 0, 0]
    shaped = mantissa * np.abs(np.ldexp(1.0, exponent // 2) * F) ** 2
    source, L = part.source, len(part.source)
    if L == 1:
        return shaped * source[0].real
    if not nodes.count:
        return shaped * (source[0].real + 2 * (np.exp(-1j * np.outer(nodes.omega, np.arange(1, L))) @ source[1:]).real)
    turned = source * np.exp(-1j * np.pi / nodes.count * np.arange(L))
    S = 2 * np.fft.fft(turned, nodes.count).real - source[0].real
    return shaped * S[np.rint(nodes.omega * nodes.count / (2 * np.pi) - 0.5).astype(int)]


def outer_factors(at, k):
    """α (n, P_k, H_k) and β (n, P_k, H_{k−1}) of layer k; order: poles, B, C, D, each by rows."""
    layer, phi, psi = at.stack[k], at.phi[k], at.psi[k]
    (h_in, h_out), N, n = layer.channels, layer.width, len(phi)
    column = phi[:, :, None] * layer.C.T  # φ_n C e_n
    row = phi[:, :, None] * layer.B  # φ_n e_nᵀB

    def spread(values, rows, columns, axis):
        shape = (n, rows, columns, values.shape[-1])
        return np.broadcast_to(np.expand_dims(values, axis), shape).reshape(n, rows * columns, -1)

    unit_in, unit_out = (np.broadcast_to(np.eye(size, dtype=complex), (n, size, size)) for size in (h_in, h_out))
    alpha = [psi[:, :, None] * column, spread(column, N, h_in, 2), spread(unit_out, h_out, N, 2),
             spread(unit_out, h_out, h_in, 2)]  # fmt: skip
    beta = [np.broadcast_to(layer.B, (n, N, h_in)), spread(unit_in, N, h_in, 1), spread(row, h_out, N, 1),
            spread(unit_in, h_out, h_in, 1)]  # fmt: skip
    return np.concatenate(alpha, axis=1), np.concatenate(beta, axis=1)


def jacobian_factors(at, k):
    """L_k α_p (n, P_k, H_out) and β_pᵀ R_k (n, P_k, H_in)."""
    alpha, beta = outer_factors(at, k)
    return alpha @ np.swapaxes(at.left[k], -1, -2), beta @ at.right[k]


def jacobian(at):
    """∂_p H, (n, P, H_out·H_in)."""
    parts = []
    for k in range(len(at.stack)):
        a, b = jacobian_factors(at, k)
        parts.append((a[:, :, :, None] * b[:, :, None, :]).reshape(len(a), a.shape[1], -1))
    return np.concatenate(parts, axis=1)


def adjoint(at, weighted, k):
    """M_k = L_kᵀ Ē R_kᵀ for `weighted` = Ē times the weights, (n, H_k, H_{k−1})."""
    return np.swapaxes(at.left[k], -1, -2) @ weighted @ np.swapaxes(at.right[k], -1, -2)


def contract(at, weighted, k):
    """Σ tr(E* ∂_p H) over the nodes, as (poles, B, C, D) of closed layer k."""
    layer, phi, psi = at.stack[k], at.phi[k], at.psi[k]
    M = adjoint(at, weighted, k)
    down, up = layer.C.T @ M, M @ layer.B.T  # (n, N, H_{k−1}), (n, H_k, N)
    return (
        np.sum(phi * psi * np.sum(down * layer.B, axis=2), axis=0),
        np.sum(phi[:, :, None] * down, axis=0),
        np.sum(phi[:, None, :] * up, axis=0),
        np.sum(M, axis=0),
    )


def curvature(at, weighted):
    """Σ tr(E* ∂_p∂_q H) over the nodes, (P, P): the second derivatives inside each layer and across layers."""
    factors = [outer_factors(at, k) for k in range(len(at.stack))]
    starts = np.cumsum([0] + [alpha.shape[1] for alpha, _ in factors])
    total = np.zeros((starts[-1], starts[-1]), dtype=complex)
    for k, (alpha, beta) in enumerate(factors):
        rows = slice(starts[k], starts[k + 1])
        total[rows, rows] = _inside(at, adjoint(at, weighted, k), k)
        entering = np.swapaxes(weighted @ np.swapaxes(beta @ at.right[k], -1, -2), -1, -2)  # Ē R_kᵀ β_p
        passed = alpha
        for l in range(k + 1, len(factors)):
            later, taken = factors[l]
            first = later @ np.swapaxes(at.left[l], -1, -2) @ np.swapaxes(entering, -1, -2)
            block = np.sum(first * (taken @ np.swapaxes(passed, -1, -2)), axis=0)
            columns = slice(starts[l], starts[l + 1])
            total[columns, rows], total[rows, columns] = block, block.T
            passed = passed @ np.swapaxes(at.H[l], -1, -2)
    return total


def _inside(at, M, k):
    """Second derivatives within a layer: λλ, λB, λC and BC at one state."""
    layer, phi, psi = at.stack[k], at.phi[k], at.psi[k]
    (h_in, h_out), N = layer.channels, layer.width
    down, up = layer.C.T @ M, M @ layer.B.T
    slope = phi * psi
    states, b = np.arange(N), N + np.arange(N * h_in).reshape(N, h_in)
    c = N + N * h_in + np.arange(h_out * N).reshape(h_out, N)
    T = np.zeros((N + N * h_in + h_out * N + h_out * h_in,) * 2, dtype=complex)
    T[states, states] = np.sum(2 * slope * psi * np.sum(down * layer.B, axis=2), axis=0)
    T[states[:, None], b] = np.sum(slope[:, :, None] * down, axis=0)
    T[states, c] = np.sum(slope[:, None, :] * up, axis=0)
    T[b[None, :, :], c[:, :, None]] = np.einsum("tn,tij->inj", phi, M)
    return T + np.triu(T, 1).T


def require_pair(student, teacher):
    """Two stacks of one shape outside."""
    for value, name in ((student, "student"), (teacher, "teacher")):
        if not isinstance(value, Stack):
            raise TypeError(f"{name}: expected a Stack, got {validation.describe(value)}; linearize(network) makes a "
                            "stack of a linear network")
