"""One LTI layer with a diagonal state matrix, as an immutable value of sympy expressions."""

from dataclasses import KW_ONLY, dataclass
from typing import Any

import sympy

from . import expressions


@dataclass(frozen=True)
class Layer:
    r"""A layer with N states, H_in inputs and H_out outputs.

    .. math:: x_t = \mathrm{diag}(\lambda)\, x_{t-1} + B u_t, \qquad y_t = C x_t + D u_t

    in current-input timing; in delayed timing :math:`x_{t+1} = \mathrm{diag}(\lambda) x_t + B u_t`.
    The timing belongs to the stack.

    Parameters
    ----------
    poles : sequence of N expressions
        The eigenvalues λ of the state matrix. Numbers are taken exactly: a float is the rational number that it is.
    B : (N, H_in) matrix or nested sequence
    C : (H_out, N) matrix or nested sequence
    D : (H_out, H_in) matrix or nested sequence, or 0
    real : bool
        True: y = Re(C x) + D u, as the LRU is published (S4 and S5: pass 2C). Input and D are real.

    Raises
    ------
    ValueError
        A shape does not fit, an entry is not finite, or `real` is asked for with a complex D.
    TypeError
        An entry is no number or expression; strings are never parsed.

    Notes
    -----
    Orvieto et al., arXiv 2303.06349 (LRU); Smith et al., arXiv 2208.04933 (S5).
    """

    poles: Any
    B: Any
    C: Any
    D: Any = 0
    _: KW_ONLY
    real: bool = False

    def __post_init__(self):
        poles = expressions.vector(self.poles, "poles")
        B = expressions.matrix(self.B, "B", (len(poles), None), ("N", "H_in"))
        C = expressions.matrix(self.C, "C", (None, len(poles)), ("H_out", "N"))
        sizes = (C.rows, B.cols)
        no_feedthrough = isinstance(self.D, (int, sympy.Integer)) and not isinstance(self.D, bool) and self.D == 0
        D = sympy.zeros(*sizes) if no_feedthrough else self.D
        D = expressions.matrix(D, "D", sizes, ("H_out", "H_in"))
        expressions.boolean(self.real, "real")
        if self.real and not all(entry.is_real for entry in D):
            raise ValueError("D: expected a real matrix in a layer with real=True, got one that may be complex; "
                             "declare its symbols with real=True")
        complex_entries = not all(entry.is_real for entry in (*poles, *B, *C, *D))
        for name, value in (("poles", poles), ("B", B), ("C", C), ("D", D), ("real", self.real and complex_entries)):
            object.__setattr__(self, name, value)

    @property
    def width(self):
        """N, the number of states."""
        return len(self.poles)

    @property
    def channels(self):
        """(H_in, H_out)."""
        return self.B.cols, self.C.rows

    @property
    def entries(self):
        """Every parameter, in the order poles, B, C, D."""
        return (*self.poles, *self.B, *self.C, *self.D)

    @property
    def real_output(self):
        """Whether a real input is known to give a real output."""
        return self.real or all(entry.is_real for entry in self.entries)

    def closed(self):
        """The same layer without `real`: closed under conjugation, with poles λ, λ̄ (2N states).

        Re(C x) = ½ C x + ½ C̄ x̄, and x̄ has the poles λ̄ and the input matrix B̄.
        """
        if not self.real:
            return self
        return Layer(
            (*self.poles, *map(sympy.conjugate, self.poles)),
            self.B.col_join(self.B.conjugate()),
            (self.C / 2).row_join(self.C.conjugate() / 2),
            self.D,
        )

    def map(self, change):
        """The layer with `change` applied to every parameter."""
        return Layer(tuple(map(change, self.poles)), *(M.applyfunc(change) for M in (self.B, self.C, self.D)),
                     real=self.real)

    def __repr__(self):
        real = ", real=True" if self.real else ""
        return f"Layer({self.poles}, {self.B.tolist()}, {self.C.tolist()}, {self.D.tolist()}{real})"

    def _repr_latex_(self):
        poles = expressions.diagonal(self.poles)
        output = r"\operatorname{Re}" if self.real else ""
        text = (rf"$\displaystyle \Lambda = {sympy.latex(poles)},\quad B = {sympy.latex(self.B)},\quad "
                rf"{output} C = {sympy.latex(self.C)},\quad D = {sympy.latex(self.D)}$")
        return text if len(text) <= LATEX_LIMIT else None


LATEX_LIMIT = 4000
"""Longer LaTeX is left to the plain text: browsers take seconds to set it."""
