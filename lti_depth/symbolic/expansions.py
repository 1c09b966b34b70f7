r"""Rational laws over one denominator: the numerator expanded, the denominator factored, in lowest terms.

Laws come as sums of residues, whose denominators are products of small factors. Over their least common multiple the
numerator is a sum of products, and what cancels, such as the differences :math:`\lambda_j - \lambda_k` that residues
at distinct poles bring in, is divided out exactly, factor by factor. No greatest common divisor is searched for.
"""

from fractions import Fraction
from math import lcm, prod
from typing import Any, NamedTuple

import flint
import sympy
from flint.utils.flint_exceptions import DomainError

from . import expressions
from .rationals import are_plain, polynomial_expression

MOST_TERMS = 400_000
"""Terms of a polynomial; the variance of seven layers with symbols needs 322,560 before it is divided."""

MOST_EVALUATED = 40_000
"""Terms of a numerator with functions or symbolic powers in it, which sympy combines one by one."""

MOST_WORK = 10**8
"""Products of terms in one call: a few seconds."""


def expanded(expression):
    r"""A rational law over one denominator: expanded numerator, factored denominator, in lowest terms.

    .. math:: \frac{\lambda_1\lambda_2 + 1}
        {(1-\lambda_1)(1+\lambda_1)(1-\lambda_2)(1+\lambda_2)(1-\lambda_1\lambda_2)}

    is ``expanded(autocovariance(cascade(2), 0))`` but for the gains; powers of single symbols that divide the
    numerator stay in front of it. Two rational laws are the same exactly when their expanded forms are the same
    expression, and 0 is 0.

    Parameters
    ----------
    expression : Expr, or Matrix
        Rational in its symbols, their conjugates and whatever else it is built of: functions such as cos ω, and powers
        with a symbol in the exponent, count as indeterminates of their own, and relations between them, such as
        sin² + cos² = 1, are not used.

    Returns
    -------
    Expr, or ImmutableMatrix
        Evaluate it with xreplace; it has no removable singularity where two poles meet.

    Raises
    ------
    ValueError
        More than some hundred thousand terms; roots of expressions; numbers other than rational ones.

    Notes
    -----
    Of a variance with K distinct real poles the numerator has 1, 2, 8, 48, 473, 6392, 105382 terms for K = 1…7: the
    residue form is the one to compute with, the expanded form the one to compare and to read. Polynomials: FLINT.
    """
    if isinstance(expression, sympy.MatrixBase):
        return sympy.ImmutableMatrix(expression.applyfunc(expanded))
    expression = expressions.exact(expression, "expression")
    atoms = sorted(set(_indeterminates(expression)), key=sympy.default_sort_key)
    if not atoms:
        return expression
    ring = Ring(atoms)
    return ring.expression(ring.form(expression))


def _indeterminates(expression):
    """Whatever is not built by arithmetic, and base**r for the parts r of an exponent that are not integers."""
    if expression.is_Rational:
        return
    if isinstance(expression, (sympy.Add, sympy.Mul)):
        for part in expression.args:
            yield from _indeterminates(part)
    elif isinstance(expression, (sympy.Pow, sympy.exp)):
        base, powers = _powers(expression)
        for power in powers:
            yield from _indeterminates(base) if power is sympy.S.One else (base**power,)
    elif expression.is_number:
        raise ValueError(f"expression: expected rational numbers, got {expressions.describe(expression)}; put a Symbol "
                         "in its place, and the number in afterwards with xreplace")
    else:
        yield expression


def _powers(power):
    """The base and {r: n} with base**power = Π (base**r)**n, each n an integer and r free of signs and numbers."""
    base, exponent = power.as_base_exp()
    found = {}
    for term in sympy.Add.make_args(sympy.expand(exponent)):
        n, r = term.as_coeff_Mul()
        if not n.is_Integer or (r.is_number and r is not sympy.S.One):
            raise ValueError(f"expression: expected integer powers, got {expressions.describe(power)}; expand its "
                             "square, or what is under the root")
        found[r] = int(n)
    return base, found


class Form(NamedTuple):
    """content · numerator · Π factor**e over the irreducible factors of a ring, by their number, e any integer."""

    content: Fraction
    numerator: Any
    factors: dict


class Ring:
    """The polynomials in some indeterminates, with the irreducible ones met so far."""

    def __init__(self, atoms):
        self.atoms = atoms
        names = [f"x{i}" for i in range(len(atoms))]
        context = flint.fmpz_mpoly_ctx.get(names, "degrevlex")
        self.one = context.constant(1)
        self.generators = dict(zip(atoms, context.gens(), strict=True))
        self.irreducible = []
        self.work = 0

    def form(self, expression):
        """The Form of an expression whose indeterminates are those of the ring."""
        if expression in self.generators:
            return self._inserted(self.generators[expression], 1)
        if expression.is_Rational:
            return Form(Fraction(int(expression.p), int(expression.q)), self.one, {})
        if isinstance(expression, sympy.Add):
            return self._sum([self.form(part) for part in expression.args])
        if isinstance(expression, sympy.Mul):
            return self._product([self.form(part) for part in expression.args])
        base, powers = _powers(expression)
        parts = (self._power(self.form(base if r is sympy.S.One else base**r), n) for r, n in powers.items())
        return self._product(list(parts))

    def _product(self, forms):
        factors = {}
        for form in forms:
            for i, e in form.factors.items():
                factors[i] = factors.get(i, 0) + e
        numerator = self.one
        for form in forms:
            numerator = self._times(numerator, form.numerator)
        return Form(prod(form.content for form in forms), numerator, {i: e for i, e in factors.items() if e})

    def _power(self, form, n):
        if not form.content and n < 0:
            raise ValueError("expression: expected denominators other than 0, got one that cancels to 0")
        inner = self._product([form._replace(numerator=self.one), self._inserted(form.numerator, 1)])
        return Form(inner.content**n, self.one, {i: n * e for i, e in inner.factors.items()})

    def _inserted(self, polynomial, e):
        """polynomial**e, factored."""
        content, found = polynomial.factor()
        factors = {}
        for factor, multiplicity in found:
            sign, i = self._number(factor)
            content, factors[i] = content * sign ** int(multiplicity), e * int(multiplicity)
        return Form(Fraction(int(content)) ** e, self.one, factors)

    def _number(self, factor):
        """(sign, i) with factor = sign · irreducible[i]; its constant, or else its leading, coefficient is positive."""
        constant = factor.to_dict().get((0,) * len(self.atoms), 0)
        sign = 1 if (constant or factor.leading_coefficient()) > 0 else -1
        factor = sign * factor
        if factor not in self.irreducible:
            self.irreducible.append(factor)
        return sign, self.irreducible.index(factor)

    def _sum(self, forms):
        forms = [form for form in forms if form.content]
        if not forms:
            return Form(Fraction(0), self.one, {})
        shared = {i: min(form.factors.get(i, 0) for form in forms) for form in forms for i in form.factors}
        scale = Fraction(1, lcm(*(form.content.denominator for form in forms)))
        total = 0 * self.one
        for form in forms:
            total = total + self._over(form, shared) * int(form.content / scale)
        if not total:
            return Form(Fraction(0), self.one, {})
        return self._reduced(Form(scale, total, shared))

    def _over(self, form, shared):
        """numerator · Π factor**(e − shared e)."""
        product = form.numerator
        for i, least in shared.items():
            for _ in range(form.factors.get(i, 0) - least):
                product = self._times(product, self.irreducible[i])
        return product

    def _reduced(self, form):
        """Without the factors of the denominator that divide the numerator."""
        numerator, factors = form.numerator, dict(form.factors)
        for i, e in form.factors.items():
            while e < 0 and (quotient := self._quotient(numerator, self.irreducible[i])) is not None:
                numerator, e = quotient, e + 1
            factors[i] = e
        content = int(numerator.content())
        return Form(form.content * content, numerator / content, {i: e for i, e in factors.items() if e})

    def _quotient(self, numerator, factor):
        """numerator / factor, or None where it is no polynomial."""
        if any(f > n for f, n in zip(factor.degrees(), numerator.degrees(), strict=True)):
            return None
        self._charge(len(numerator))
        try:
            return numerator / factor
        except DomainError:
            return None

    def _times(self, first, second):
        self._charge(len(first) * len(second))
        product = first * second
        if len(product) > MOST_TERMS:
            self._refuse()
        return product

    def _charge(self, work):
        self.work += work
        if self.work > MOST_WORK:
            self._refuse()

    def _refuse(self):
        raise ValueError(f"expanded: expected a law whose numerator stays within {MOST_TERMS} terms, got a larger one "
                         f"in {len(self.atoms)} indeterminates; keep the sum of residues, or give values to some "
                         "symbols first")

    def expression(self, form):
        """content · powers of indeterminates · expanded rest, over the factors of the denominator."""
        form = self._reduced(form)
        common = form.numerator.term_content()
        form = self._product([form._replace(numerator=form.numerator / common), self._inserted(common, 1)])
        single = {i for i, factor in enumerate(self.irreducible) if len(factor) == 1}
        outside = {i: e if e < 0 or i in single else 0 for i, e in form.factors.items()}
        inside = self._over(form, outside)
        if len(inside) > MOST_EVALUATED and not are_plain(self.atoms):
            self._refuse()
        terms = polynomial_expression(inside * form.content.numerator, self.atoms)
        factors = [polynomial_expression(self.irreducible[i], self.atoms) ** e for i, e in outside.items()]
        return sympy.Mul(terms, *factors) / form.content.denominator
