"""One LTI layer with a diagonal state matrix, as an immutable value."""

from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Any

import numpy as np

from . import validation


@dataclass(frozen=True, eq=False, repr=False)
class Layer:
    r"""A layer with N states, H_in inputs and H_out outputs.

    .. math:: x_t = \mathrm{diag}(\lambda)\, x_{t-1} + B u_t, \qquad y_t = C x_t + D u_t

    in current-input timing; in delayed timing :math:`x_{t+1} = \mathrm{diag}(\lambda) x_t + B u_t`.
    The timing belongs to the stack.

    Parameters
    ----------
    poles : (N,) array
        The eigenvalues λ of the state matrix. Unstable poles (|λ| ≥ 1) can be built and simulated.
    B : (N, H_in) array
    C : (H_out, N) array
    D : (H_out, H_in) array, or 0
    real : bool
        True: y = Re(C x) + D u, as the LRU is published (S4 and S5: pass 2C). Input and D are real.

    Raises
    ------
    ValueError
        A shape does not fit, an entry is not finite, or `real` is asked for with a complex D.
    TypeError
        An argument holds no numbers.

    Notes
    -----
    The arrays are float64 when everything given is real, else complex128; read-only and contiguous.
    Orvieto et al., arXiv 2303.06349 (LRU); Smith et al., arXiv 2208.04933 (S5).
    """

    poles: Any
    B: Any
    C: Any
    D: Any = 0
    _: KW_ONLY
    real: bool = False

    def __post_init__(self):
        poles = validation.vector(self.poles, "poles", None, "N")
        B = validation.shaped(self.B, "B", (len(poles), None), ("N", "H_in"))
        C = validation.shaped(self.C, "C", (None, len(poles)), ("H_out", "N"))
        sizes = (C.shape[0], B.shape[1])
        no_feedthrough = isinstance(self.D, (int, float)) and self.D == 0
        D = validation.shaped(np.zeros(sizes) if no_feedthrough else self.D, "D", sizes, ("H_out", "H_in"))
        real = validation.boolean(self.real, "real")
        if real and D.dtype.kind == "c":
            raise ValueError("D: expected a real matrix in a layer with real=True, got a complex one; pass D.real")
        dtype = np.result_type(poles, B, C, D)
        for name, array in (("poles", poles), ("B", B), ("C", C), ("D", D)):
            keep = name == "D" and real
            object.__setattr__(self, name, array if keep else _frozen(array, dtype))
        object.__setattr__(self, "real", real and dtype.kind == "c")

    @property
    def width(self):
        """N, the number of states."""
        return len(self.poles)

    @property
    def channels(self):
        """(H_in, H_out)."""
        return self.B.shape[1], self.C.shape[0]

    @property
    def dtype(self):
        """Of the parameters: float64 or complex128."""
        return self.poles.dtype

    @property
    def real_output(self):
        """Whether a real input gives a real output, by construction."""
        return self.real or self.dtype.kind == "f"

    def closed(self):
        """The same layer without `real`: closed under conjugation, with poles λ, λ̄ (2N states).

        Re(C x) = ½ C x + ½ C̄ x̄, and x̄ has the poles λ̄ and the input matrix B̄.
        """
        if not self.real:
            return self
        return Layer(
            np.concatenate([self.poles, self.poles.conj()]),
            np.concatenate([self.B, self.B.conj()]),
            np.concatenate([self.C / 2, self.C.conj() / 2], axis=1),
            self.D,
        )

    def __reduce__(self):
        """Copies and pickles go through the constructor, which makes their arrays read-only."""
        return partial(Layer, real=self.real), (self.poles, self.B, self.C, self.D)

    def __repr__(self):
        h_in, h_out = self.channels
        real = ", real output" if self.real else ""
        return f"Layer({self.width} states, {h_in} → {h_out} channels, {self.dtype}{real})"


def _frozen(array, dtype):
    array = np.ascontiguousarray(array, dtype=dtype)
    array.flags.writeable = False
    return array
