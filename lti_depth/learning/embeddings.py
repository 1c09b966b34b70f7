"""From holomorphic derivatives in the parameters of a closed stack to the real coordinates of the stack itself.

A layer with real=True has θ and θ̄ among the parameters of its closed form, C halved; a complex parameter has the
coordinates Re θ and Im θ.
"""

import numpy as np


def real_coordinates(stack, squares, bends=0.0):
    """Re[U* squares U + Uᵀ bends U]: from holomorphic derivatives of the closed stack to its real coordinates."""
    if stack.dtype.kind == "f":
        order = _positions(_shapes(stack))
        matrix = np.real(squares + bends)[np.ix_(order, order)]
    else:
        U = embedding(stack)
        matrix = (U.conj().T @ squares @ U + U.T @ (bends * np.eye(len(U)) if np.isscalar(bends) else bends) @ U).real
    return (matrix + matrix.T) / 2


def _shapes(stack):
    return [(layer.poles.shape, layer.B.shape, layer.C.shape, layer.D.shape) for layer in stack]


def _positions(shapes):
    """Where the parameters in flat order (all poles, all B, all C, all D) stand in the order by layer."""
    sizes = np.array([[int(np.prod(shape)) for shape in four] for four in shapes])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).reshape(sizes.shape)
    return np.concatenate([start + np.arange(size) for start, size in zip(starts.T.ravel(), sizes.T.ravel(),
                                                                         strict=True)])  # fmt: skip


def embedding(stack):
    """The closed stack's parameters as linear functions of a complex stack's real coordinates: (P_closed, 2P) complex.

    Rows by layer, then poles, B, C, D; columns all poles, all B, all C, all D: first the real parts, then the imaginary
    ones. What is real in a complex stack has no imaginary coordinate: its column is 0.
    """
    shapes = _shapes(stack)
    flat = np.argsort(_positions(shapes))  # the column of each parameter in the order by layer
    P, start, blocks = len(flat), 0, []
    for layer, four in zip(stack, shapes, strict=True):
        for field, shape in enumerate(four):
            size = int(np.prod(shape))
            block, rows = np.zeros((size, 2 * P), dtype=complex), np.arange(size)
            columns = flat[start : start + size]
            block[rows, columns] = 1
            if layer.dtype.kind == "c" and not (layer.real and field == 3):
                block[rows, P + columns] = 1j
            if layer.real and field < 3:
                block = block.reshape(*shape, 2 * P) / (2 if field == 2 else 1)
                block = np.concatenate([block, block.conj()], axis=1 if field == 2 else 0).reshape(-1, 2 * P)
            blocks.append(block)
            start += size
    return np.concatenate(blocks)


def coordinates(stack, contracted):
    """From holomorphic derivatives of the closed stack to (∂_Re + i ∂_Im) in the stack's parameters, by layer.

    δL = Re[c δθ + c' δθ̄] where the closed stack has θ̄ next to θ: the gradient is c̄ + c'.
    """
    out = []
    for layer, fields in zip(stack, contracted, strict=True):
        if layer.dtype.kind == "f":
            out.append(tuple(c.real for c in fields))
        elif not layer.real:
            out.append(tuple(c.conj() for c in fields))
        else:
            N = layer.width
            poles, B, C, D = fields
            out.append((poles[:N].conj() + poles[N:], B[:N].conj() + B[N:], (C[:, :N].conj() + C[:, N:]) / 2, D.real))
    return out
