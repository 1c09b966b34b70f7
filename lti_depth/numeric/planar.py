"""A network in real arithmetic: a complex number is the pair (Re, Im), a complex matrix M is [[Re, −Im], [Im, Re]].

Only what is needed of it is kept: in a real network the signals have no imaginary halves, in a real layer neither the
states. States are padded with silent ones to whole vectors of the kernels. Parameters become one real vector, in the
order and with the offsets that `kernels.networks.PLAN` names.
"""

import numpy as np

from ..kernels.networks import PLAN
from ..system.networks import ACTIVATIONS, NORMS


def plan(network, parts, lanes):
    """One row a block; `parts`: 2 where signals are complex, 1 where they are real.

    A last row describes the whole: the output channels as its `inputs`, the sizes of parameters, state and tape as its
    offsets, and as its `outputs` the widest row of all.
    """
    rows = np.zeros(len(network) + 1, PLAN)
    parameters = state = tape = 0
    for row, block in zip(rows, network.blocks, strict=False):
        layer = block.layer
        planar = parts == 2 or layer.dtype.kind == "c"
        inputs, before = (parts * size for size in layer.channels)
        states = -(-layer.width // lanes) * lanes
        activated, columns = parts * block.activated, states * (2 if planar else 1)
        row["inputs"], row["states"], row["planar"], row["layer"] = inputs, states, planar, before
        row["activated"], row["outputs"], row["parts"] = activated, parts * block.channels[1], parts
        row["norm"], row["activation"] = NORMS.index(block.norm), ACTIVATIONS.index(block.activation)
        row["mixes"], row["residual"], row["state"] = block.mix is not None, block.residual, state
        state += columns
        sizes = {"poles": columns, "B": inputs * columns, "C": columns * before, "D": inputs * before,
                 "mix": activated * row["outputs"] if row["mixes"] else 0}  # fmt: skip
        for name, size in sizes.items():
            row[name] = parameters
            parameters += size
        row["signal"], row["normed"], tape = tape, tape + (inputs if row["norm"] else 0), tape + inputs
        if row["norm"]:
            tape += inputs
            row["spread"], tape = tape, tape + 1
        row["path"], tape = tape, tape + columns
        row["before"] = row["after"] = tape  # a linear activation changes nothing; alone, it is the next signal at once
        if row["activation"] or row["mixes"]:
            tape += before
        if row["activation"]:
            row["after"], tape = tape, tape + activated
    rows[-1]["inputs"] = parts * network.blocks[-1].channels[1]
    rows[-1]["poles"], rows[-1]["state"], rows[-1]["signal"] = parameters, state, tape
    rows[-1]["outputs"] = max(rows[:-1][name].max() for name in ("inputs", "layer", "outputs"))
    rows[-1]["outputs"] = max(rows[-1]["outputs"], (rows["states"] * (1 + rows["planar"])).max())
    return rows.view(np.recarray)  # for kernels that run uncompiled


def parameters(network, rows, dtype):
    """All parameters as one real vector, and the vector with each matrix transposed."""
    plain, transposed = np.zeros((2, rows[-1]["poles"]), dtype)
    for row, block in zip(rows, network.blocks, strict=False):
        for name, (matrix, shape, *halves) in _matrices(row, block).items():
            planar = _planar(matrix, shape, *halves)
            span = slice(row[name], row[name] + planar.size)
            plain[span], transposed[span] = planar.ravel(), planar.T.ravel()
    return plain, transposed


def fields(network, rows, vector):
    """From the derivative by that vector, those by the arrays, ∂_Re + i ∂_Im: {name: one a block, or None}."""
    out = {name: [] for name in ("poles", "B", "C", "D", "mix")}
    for row, block in zip(rows, network.blocks, strict=False):
        matrices = _matrices(row, block)
        for name, entries in out.items():
            entries.append(_folded(vector[row[name] :], *matrices[name]) if name in matrices else None)
    out["poles"] = [entry[:, 0] for entry in out["poles"]]
    return {name: tuple(entries) for name, entries in out.items()}


def split(signal, parts):
    """(batch, T, H) as real (batch, T, parts·H), all real parts first."""
    if parts == 1:
        return np.ascontiguousarray(signal)
    return np.concatenate([signal.real, signal.imag], axis=2)


def joined(signal, parts):
    """The inverse of `split`."""
    if parts == 1:
        return signal
    re, im = np.split(signal, 2, axis=2)
    return re + 1j * im


def _matrices(row, block):
    """{name: (matrix, its padded shape, whether it acts on complex numbers, whether it gives complex numbers)}."""
    layer, signal, states = block.layer, row["parts"] == 2, bool(row["planar"])
    N, (h_in, h_out) = int(row["states"]), layer.channels
    found = {"poles": (layer.poles[:, None], (N, 1), False, states), "B": (layer.B, (N, h_in), signal, states),
             "C": (layer.C, (h_out, N), states, signal), "D": (layer.D, (h_out, h_in), signal, signal)}  # fmt: skip
    return found if block.mix is None else {**found, "mix": (block.mix, block.mix.shape, signal, signal)}


def _planar(matrix, shape, complex_in, complex_out):
    """The transpose of [[Re, −Im], [Im, Re]], without the halves that real numbers lack."""
    (rows, columns), (n, m) = shape, matrix.shape
    full = np.zeros((columns * (1 + complex_in), rows * (1 + complex_out)))
    full[:m, :n] = matrix.real.T
    if complex_out:
        full[:m, rows : rows + n] = matrix.imag.T
    if complex_in:
        full[columns : columns + m, :n] = -matrix.imag.T
    if complex_in and complex_out:
        full[columns : columns + m, rows : rows + n] = matrix.real.T
    return full


def _folded(vector, matrix, shape, complex_in, complex_out):
    """The adjoint of `_planar`: from the derivative by its entries to ∂_Re + i ∂_Im of the matrix."""
    rows, columns = shape
    full = np.zeros((2 * columns, 2 * rows), vector.dtype)
    kept = (columns * (1 + complex_in), rows * (1 + complex_out))
    full[: kept[0], : kept[1]] = vector[: kept[0] * kept[1]].reshape(kept)
    derivative = full[:columns, :rows] + full[columns:, rows:]
    if matrix.dtype.kind == "c":
        derivative = derivative + 1j * (full[:columns, rows:] - full[columns:, :rows])
    return np.ascontiguousarray(derivative.T[: matrix.shape[0], : matrix.shape[1]])
