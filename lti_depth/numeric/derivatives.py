r"""The derivatives of a transfer function by every parameter, at nodes of the unit circle.

Each is a column times a row. With P the system before a layer, G the one after it, c_n a column of its C, b_n a row of
its B, w = e^{−iω}, and v = 1 (current timing) or w (delayed):

    ∂H/∂λ_n = G c_n · b_n P · v w/(1−λ_n w)²,     ∂H/∂B_nj = G c_n · P_j · v/(1−λ_n w),
    ∂H/∂C_in = G_i · b_n P · v/(1−λ_n w),         ∂H/∂D_ij = G_i · P_j.

In a layer y = Re(C x) + D u these are the derivatives of ½ C x, by λ, B, C with their conjugates held fixed.

Vectors over the parameters are in the order of `flat`: all poles, all B, all C, all D, by layer, then row-major. A
realization counts states and signals in powers of two, so that its derivatives are those of the stack but for the
`exponents`.
"""

import numpy as np

from ..system.fields import Fields


def squares(stack, model, at):
    """∫ |∂H/∂θ|², summed over channels, over the nodes `at`: (P,)."""
    return np.concatenate([_square(at.density, *pair) for field in _factors(stack, model, at) for pair in field])


def _square(density, columns, rows, paired):
    left, right = (np.abs(columns) ** 2).sum(axis=1) * density[:, None], (np.abs(rows) ** 2).sum(axis=2)
    return (left * right).sum(axis=0) if paired else (left.T @ right).ravel()


def matrix(stack, model, at):
    """√density · ∂H/∂θ: rows (frequency, output channel, input channel), columns the parameters."""
    parts = [_product(*pair) for field in _factors(stack, model, at) for pair in field]
    weighted = np.concatenate(parts, axis=3) * np.sqrt(at.density)[:, None, None, None]
    return weighted.reshape(-1, weighted.shape[3])


def _product(columns, rows, paired):
    rows = rows.swapaxes(1, 2)[:, None]  # (n, 1, H_in, b)
    if paired:
        return columns[:, :, None] * rows
    outer = columns[:, :, None, :, None] * rows[:, :, :, None, :]
    return outer.reshape(*outer.shape[:3], -1)


def _factors(stack, model, at):
    """For each field and layer: columns (n, H_out, a), rows (n, b, H_in), and whether a = b count the same states.

    ∂H by parameter (a, b) is column a times row b; by state a, where paired, column a times row a.
    """
    fields = Fields([], [], [], [])
    h_in, h_out = stack.channels[0], stack.channels[-1]
    for k, layer in enumerate(stack):
        m, (taken, given) = model.front + k, layer.channels
        pole = at.pole[:, m, : layer.width]
        once = pole if model.current[m] else pole * at.w[:, None]
        after, before = at.after[:, m, :h_out, :given], at.before[:, m, :taken, :h_in]
        driven = model.B[m, : layer.width, :taken] @ before * once[:, :, None]
        read = after @ model.C[m, :given, : layer.width]
        fields.poles.append((read * (at.w[:, None] * pole)[:, None], driven, True))
        fields.B.append((read * once[:, None], before, False))
        fields.C.append((after / 2 if layer.real else after, driven, False))
        fields.D.append((after, before, False))
    return fields


def exponents(stack, model):
    """e (P,): the derivatives of the stack by θ are those of its realization times 2^e(θ).

    With 2^s the units of the states, 2^p those of the signals before a layer, 2^q after it: B comes to the realization
    as B·2^(p−s), C as C·2^(s−q), D as D·2^(p−q), and the output in units of 2^output_exponent.
    """
    units = []
    for k, layer in enumerate(stack.closed()):
        local = _exponent(layer.B) - _exponent(model.B[model.front + k, : layer.width])
        units.append(model.state_exponents[model.front + k, : layer.width] - local)
    signals = [int(unit[0]) for unit in units] + [model.output_exponent]
    fields = Fields([], [], [], [])
    for k, layer in enumerate(stack):
        states, (p, q) = model.state_exponents[model.front + k, : layer.width], signals[k : k + 2]
        fields.poles.append(np.zeros_like(states))
        fields.B.append(np.repeat(p - states, layer.channels[0]))
        fields.C.append(np.tile(states - q, layer.channels[1]))
        fields.D.append(np.full(layer.D.size, p - q))
    return model.output_exponent + np.concatenate([entry for field in fields for entry in field])


def _exponent(B):
    """Of the largest entry of each row, 0 for rows of zeros, as the scaling takes it."""
    return np.frexp(np.abs(B).max(axis=1))[1].astype(np.int64)


def felt(stack):
    """(P,): whether a path of gains other than 0 leads from the input to a parameter, and from it to the output."""
    layers = [tuple(part != 0 for part in (layer.B, layer.C, layer.D)) for layer in stack]
    before, after = [np.ones(stack.channels[0], bool)], [np.ones(stack.channels[-1], bool)]
    for B, C, D in layers:
        before.append(D @ before[-1] | C @ (B @ before[-1]))
    for B, C, D in reversed(layers):
        after.append(after[-1] @ D | (after[-1] @ C) @ B)
    fields = Fields([], [], [], [])
    for (B, C, _), p, q in zip(layers, before, after[-2::-1], strict=False):
        driven, read = B @ p, q @ C
        for field, pattern in zip(fields, (driven & read, np.outer(read, p), np.outer(q, driven), np.outer(q, p)),
                                  strict=True):  # fmt: skip
            field.append(pattern.ravel())
    return np.concatenate([entry for field in fields for entry in field])


def as_fields(stack, vector):
    """A vector over the parameters in the shapes of the stack's fields."""
    layers, start = [[getattr(layer, name) for layer in stack] for name in Fields._fields], 0
    fields = []
    for arrays in layers:
        parts = []
        for array in arrays:
            parts.append(vector[start : start + array.size].reshape(array.shape))
            start += array.size
        fields.append(np.concatenate(parts, axis=None) if stack.is_cascade else tuple(parts))
    return Fields(*fields)
