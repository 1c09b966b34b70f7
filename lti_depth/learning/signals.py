"""Real signals of one channel as the kernels of scalar cascades take them: checked and laid out once."""

from dataclasses import dataclass

import numpy as np

from ..kernels import sampled as kernel
from ..system import validation
from . import networks


@dataclass(frozen=True, eq=False, repr=False)
class Signals:
    """An input, the output that is wanted, and what each time counts; `signals` makes one.

    Attributes
    ----------
    u, target : (G, T, 8) array
        Row 8g + l of the batch at ``[g, :, l]``; rows of zeros fill the last group.
    weights : (T,) array
    batch : int
        Rows.
    """

    u: np.ndarray
    target: np.ndarray
    weights: np.ndarray
    batch: int

    def __repr__(self):
        return f"Signals(batch={self.batch}, T={len(self.weights)})"


def signals(u, target, weights=None):
    """Real signals of one channel for `sampled.gradients`, or for many calls of it.

    Parameters
    ----------
    u, target : (T,), (batch, T) or (batch, T, 1) array
    weights : (T,) array, optional
        1/T each if None.

    Returns
    -------
    Signals
        Copies, read-only.

    Raises
    ------
    ValueError
        A shape does not fit, or complex numbers. NaN and inf are met where they matter, in the loss.
    """
    rows, wanted = _rows(u, "u"), _rows(target, "target")
    if wanted.shape != rows.shape:
        raise ValueError(f"target: expected shape {rows.shape} as u, got {wanted.shape}")
    w = networks.time_weights(weights, rows.shape[1])
    return Signals(*(networks.read_only(array) for array in (kernel.lanes(rows), kernel.lanes(wanted), w)), len(rows))


def _rows(value, name):
    """(batch, T) float64, contiguous, in a view that kernels compile for once."""
    array = np.asarray(value)
    array = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
    if array.dtype.kind not in "fiu" or array.ndim not in (1, 2) or not array.size:
        array = validation.numbers(value, name)
        raise ValueError(f"{name}: expected real numbers of shape (T,), (batch, T) or (batch, T, 1), "
                         f"got {validation.describe(array)}")
    rows = np.ascontiguousarray(array.reshape(-1, array.shape[-1]), dtype=np.float64)
    return networks.read_only(rows)
