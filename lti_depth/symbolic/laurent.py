"""Truncated Laurent series at known points of products of linear factors and of sums of such products.

Transfer functions of layers with known poles are nothing else: they are expanded exactly, without a search for roots,
partial fractions or limits, and with merged poles as with distinct ones. All arithmetic is in one field (`Field`).
"""

from dataclasses import dataclass, replace
from typing import Any

import sympy

from .fields import scaled, times


def cauchy(first, second):
    """The product of two series with equally many coefficients, truncated to as many."""
    product = []
    for n in range(len(first)):
        terms = [times(first[i], second[n - i]) for i in range(n + 1)]
        product.append(sum(terms[1:], terms[0]))
    return product


@dataclass(frozen=True)
class Product:
    """gain · z^power · Π (a z + b)^e, with `factors` mapping (a, b), neither of them zero, to e."""

    gain: Any
    power: int
    factors: dict

    @classmethod
    def linear(cls, a, b, e=1):
        """(a z + b)^e."""
        if not b:
            return cls(a**e, e, {})
        return cls(b**e, 0, {}) if not a else cls(b**0, 0, {(a, b): e})

    def __mul__(self, other):
        factors = dict(self.factors)
        for factor, e in other.factors.items():
            factors[factor] = factors.get(factor, 0) + e
        factors = {factor: e for factor, e in factors.items() if e}
        return Product(self.gain * other.gain, self.power + other.power, factors)

    def reflected(self, field):
        """The conjugate at 1/z̄: (a z + b)~ = ā/z + b̄ = (b̄ z + ā)/z."""
        factors = {(field.adjoint(b), field.adjoint(a)): e for (a, b), e in self.factors.items()}
        return Product(field.adjoint(self.gain), -self.power - sum(self.factors.values()), factors)

    def _linear(self):
        return [((self.gain**0, self.gain * 0), self.power), *self.factors.items()]

    def valuation(self, p):
        """The order of the zero at z = p; negative for a pole."""
        return sum(e for (a, b), e in self._linear() if not a * p + b)

    def expand(self, p, n):
        """The first n coefficients at z = p + ε, from the power ε^valuation on."""
        series = [self.gain] + [self.gain * 0] * (n - 1)
        for (a, b), e in self._linear():
            value = a * p + b
            if not value:
                series = [a**e * coefficient for coefficient in series]
            elif n == 1:
                series = [value**e * series[0]]
            elif e:
                series = cauchy(series, _binomial_series(value, a, e, n))
        return series


def _binomial_series(value, slope, e, n):
    """(value + slope·ε)^e: the coefficients C(e, j) value^{e−j} slope^j."""
    return [int(sympy.binomial(e, j)) * value ** (e - j) * slope**j for j in range(n)]


@dataclass(frozen=True)
class Sum:
    """Σ weight · Product, the weights elements or matrices of one shape."""

    terms: tuple

    def reflected(self, field):
        """The conjugate transpose at 1/z̄."""
        return Sum(tuple((field.adjoint(weight), product.reflected(field)) for weight, product in self.terms))

    @property
    def shape(self):
        """Of the weights; None for elements."""
        return getattr(self.terms[0][0], "shape", None)

    def valuation(self, p):
        """A lower bound of the order of the zero at z = p."""
        return min(product.valuation(p) for _, product in self.terms)

    def expand(self, p, n):
        """The first n coefficients at z = p + ε, from the power ε^valuation on."""
        start = self.valuation(p)
        some_weight = self.terms[0][0]
        series = [some_weight - some_weight] * n
        for weight, product in self.terms:
            shift = product.valuation(p) - start
            for j, coefficient in enumerate(product.expand(p, n - shift) if shift < n else ()):
                series[shift + j] = series[shift + j] + scaled(coefficient, weight)
        return series


@dataclass(frozen=True)
class Transfer:
    """product · Π scalars · matrices[0] matrices[1] ⋯: a transfer function, its scalar factors collected.

    `scalars` are Sums of elements (they commute), `matrices` Sums of matrices, in the order of multiplication.
    """

    product: Product
    scalars: tuple[Sum, ...] = ()
    matrices: tuple[Sum, ...] = ()

    def __mul__(self, other):
        return Transfer(self.product * other.product, self.scalars + other.scalars, self.matrices + other.matrices)

    def reflected(self, field):
        """H~(z) = H(1/z̄)*."""
        return Transfer(
            self.product.reflected(field),
            tuple(factor.reflected(field) for factor in self.scalars),
            tuple(factor.reflected(field) for factor in reversed(self.matrices)),
        )

    def with_gain(self, gain):
        """The same with another constant in front."""
        return replace(self, product=replace(self.product, gain=gain))

    def without_power(self):
        """The same without its power of z."""
        return replace(self, product=replace(self.product, power=0))

    @property
    def shape(self):
        """(rows, columns); None for a scalar."""
        return (self.matrices[0].shape[0], self.matrices[-1].shape[1]) if self.matrices else None

    def valuation(self, p):
        """A lower bound of the order of the zero at z = p, exact for products of linear factors."""
        return sum(factor.valuation(p) for factor in (self.product, *self.scalars, *self.matrices))

    def expand(self, p, n):
        """The first n coefficients at z = p + ε, from the power ε^valuation on."""
        series = self.product.expand(p, n)
        for factor in (*self.scalars, *self.matrices):
            series = cauchy(series, factor.expand(p, n))
        return series
