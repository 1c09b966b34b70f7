"""One number for every parameter of a stack: gradients, sensitivities, and their order as a vector."""

from typing import Any, NamedTuple

import numpy as np


class Fields(NamedTuple):
    """Values shaped like the parameters of a stack.

    In a scalar cascade four vectors of length K, otherwise four tuples with one array a layer, as `Stack.poles`, …
    """

    poles: Any
    B: Any
    C: Any
    D: Any


def flat(fields):
    """As one vector: all poles, all B, all C, all D; by layer, then state (the order of `gauss_newton`)."""
    return np.concatenate([np.concatenate([np.ravel(entry) for entry in part]) for part in fields])
