r"""The tied saddle: K equal poles that learn from a teacher, and the way they part.

The student is H = g P, P = (1−λz⁻¹)^{−K}, the loss L = ½E|e|² with E = H − H_T, the gain the best for each λ. With
w = z⁻¹/(1−λz⁻¹) every pole has ∂_j H = wH and ∂_j∂_k H = (1 + δ_jk) w²H, so that where the poles are equal

    ∂_j∂_k L = ⟨wH, wH⟩ − (1 + δ_jk) κ,    κ = −⟨E, w²H⟩ :

on the K − 1 directions with Σ dλ_k = 0 the Hessian is −κ, whatever the teacher and the input.
"""

from typing import Any, NamedTuple

import sympy
from sympy import QQ, QQ_I, Poly

from . import expressions
from .builders import scalar_cascade
from .covariances import require_process, response
from .expansions import expanded
from .fields import Field
from .residues import Chain
from .stacks import require_stack, require_stationary

MOST_PRODUCT = 32
"""K times the poles of teacher and input, the order of the degree of the polynomial whose roots are searched."""


class TiedStudent(NamedTuple):
    """The best student with K equal poles λ: its gain and loss, and the loss around it.

    `slope` is dL/dλ, all poles and the gain moving; it is 0 at a stationary point. `kappa` is κ, the rate at which
    poles part there; `hessian` (K+1, K+1) that of L in λ_1, …, λ_K, g.
    """

    pole: Any
    gain: Any
    loss: Any
    slope: Any
    kappa: Any
    hessian: sympy.ImmutableMatrix

    @property
    def index(self):
        """Negative eigenvalues of the Hessian at a stationary point of numbers: K − 1 where κ > 0, a saddle for K ≥ 2.

        ValueError with symbols, or where an eigenvalue is 0.
        """
        K = self.hessian.rows - 1
        along, cross, down, kappa = (sympy.re(sympy.N(value, 30)) for value in (*_across(self.hessian), self.kappa))
        determinant = along * down - cross**2
        if not determinant.is_number:
            raise ValueError("index: expected numbers, got symbols; give them values with xreplace")
        if abs(determinant) < 1e-20 * along**2 or (K > 1 and abs(kappa) < 1e-20 * abs(along)):
            raise ValueError("index: expected a Hessian without the eigenvalue 0")
        in_plane = 1 if determinant < 0 else 2 if along < 0 else 0
        return in_plane + (K - 1 if kappa > 0 else 0)

    def xreplace(self, rule):
        """With values for its symbols."""
        return TiedStudent(*(part.xreplace(rule) for part in self))


def _across(hessian):
    """The Hessian on the plane of (1, …, 1)/√K and g, which it does not mix with the rest: entries 11, 12, 22."""
    K = hessian.rows - 1
    return sum(hessian[0, :K]), sympy.sqrt(K) * hessian[0, K], hessian[K, K]


def tied_student(teacher, K, pole, process=None):
    r"""K equal poles λ and the best gain against a teacher, at any λ.

    .. math:: g = \frac{\langle P, H_T\rangle}{\|P\|^2}, \quad
              L = \tfrac12 \|H_T\|^2 - \tfrac12 g \langle P, H_T\rangle, \quad
              \frac{dL}{d\lambda} = K\langle E, wH\rangle, \quad \kappa = -\langle E, w^2 H\rangle

    with :math:`P = (1-\lambda z^{-1})^{-K}`, :math:`H = gP`, :math:`w = z^{-1}/(1-\lambda z^{-1})`, E = H − H_T, and
    the inner product :math:`\frac{1}{2\pi}\int A \bar B S_u d\omega`.

    Parameters
    ----------
    teacher : Stack
        One channel; real poles and gains, or layers with real=True.
    K : int
    pole : real number or Symbol
        λ of the student, which is in current timing.
    process : Process
        Real; white noise of unit variance if None.

    Returns
    -------
    TiedStudent

    Raises
    ------
    ValueError
        A pole on or outside the unit circle; several channels; a teacher or input that may be complex.

    Notes
    -----
    For a one-layer teacher 1/(1−λ*z⁻¹) and white input the best λ has 1 − λ → (2K−1)(1−λ*) as λ* → 1, and κ > 0. A
    teacher with complex poles may have κ < 0: the tied point is a minimum among real poles. New here.
    """
    require_stack(teacher, "teacher")
    K = expressions.integer(K, "K", 1)
    pole = expressions.exact(pole, "pole")
    process = require_process(teacher, process, "tied_student")
    if set((teacher.channels[0], teacher.channels[-1])) != {1}:
        raise ValueError(f"teacher: expected one channel at input and output, got channels {teacher.channels}")
    if not (teacher.real_output and process.real and pole.is_real):
        raise ValueError("teacher, pole, process: expected real ones, got one that may be complex; declare symbols "
                         "with real=True, and pass a complex pole in a layer with real=True")
    require_stationary(scalar_cascade([pole]), "pole: tied_student", "pass one inside the unit circle")
    T, P = Chain.of(teacher), Chain.of(scalar_cascade([pole] * K))
    w = Chain.of(scalar_cascade([pole], timing="delayed"))

    def inner(first, second):
        return response(first, second, process, 0)

    energy, overlap = inner(P, P), inner(T, P)
    g = overlap / energy
    along, parting = inner(P, P + w), inner(P, P + w + w)
    residual, kappa = g * along - inner(T, P + w), g * inner(T, P + w + w) - g**2 * parting  # ⟨E, wP⟩ and κ
    stiff, mixed = g**2 * inner(P + w, P + w), g * along + residual

    def second(j, k):
        if max(j, k) == K:
            return energy if j == k else mixed
        return stiff - (2 if j == k else 1) * kappa

    return TiedStudent(pole, g, (inner(T, T) - g * overlap) / 2, K * g * residual, kappa,
                       sympy.ImmutableMatrix(K + 1, K + 1, second))


def tied_optimum(teacher, K, process=None):
    r"""The tied student of least loss, with λ as an exact algebraic number: a root of its stationary condition.

    Parameters
    ----------
    teacher : Stack
        As in `tied_student`, rational (or Gaussian) numbers.
    K : int
        At most 32 over the number of poles of teacher and input.
    process : Process
        Rational numbers; white noise of unit variance if None.

    Returns
    -------
    TiedStudent
        Its fields are exact; sympy.N gives as many digits as asked for. `index` is its number of escape directions.

    Raises
    ------
    ValueError
        As `tied_student`; symbols, or numbers that are not rational; a larger K; no stationary point inside (−1, 1).
    """
    require_stack(teacher, "teacher")
    K = expressions.integer(K, "K", 1)
    process = require_process(teacher, process, "tied_optimum")
    if Field.holding((*teacher.entries, *_numbers(process))).domain not in (QQ, QQ_I):
        raise ValueError("teacher, process: expected rational numbers, got others; give values to their symbols, or "
                         "see tied_student")
    poles = len(Chain.of(teacher).poles) + sum(len(Chain.of(part.shape).poles) for part in process.parts)
    if K * poles > MOST_PRODUCT:
        raise ValueError(f"K: expected at most {MOST_PRODUCT // poles} for {poles} poles of teacher and input, got "
                         f"{K}; use tied_student with numbers for the pole")
    pole = sympy.Dummy("lambda", real=True)
    student = tied_student(teacher, K, pole, process)
    found = _stationary(student.slope, pole)
    if not found:
        raise ValueError("teacher: expected a stationary point in (−1, 1), got none; the teacher has no such student")
    best = min(found, key=lambda root: _loss(student, pole, root))
    return tied_student(teacher, K, best, process) if best.is_Rational else student.xreplace({pole: best})


def _loss(student, pole, root):
    """To some 30 digits: an error of the root enters squared."""
    near = root if root.is_Rational else root.eval_rational(n=20)
    return sympy.re(sympy.N(student.loss.xreplace({pole: near}), 30))


def _numbers(process):
    """Every parameter of a process."""
    for part in process.parts:
        yield from (*part.source, part.variance, *(() if part.shape is None else part.shape.entries))


def _stationary(slope, pole):
    """Its zeros in (−1, 1), where its denominators have none; i as an indeterminate until it is over one of them."""
    i = sympy.Dummy("i", real=True)
    above, _ = sympy.fraction(expanded(slope.xreplace({sympy.I: i})))
    above = Poly(above.xreplace({i: sympy.I}), pole, domain=QQ_I)
    parts = [Poly([part(c) for c in above.all_coeffs()], pole) for part in (sympy.re, sympy.im)]
    return [root for root in sorted(set(parts[0].gcd(parts[1]).real_roots())) if -1 < root < 1]
