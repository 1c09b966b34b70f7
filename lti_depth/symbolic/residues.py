r"""Impulse responses and covariances as sums of residues at known poles.

.. math:: h_t = \sum_p \operatorname{Res}_{z=p} z^{t-1} H(z), \qquad
    E[y_{t+\Delta}\, v_t^*] = \sum_{|p|<1} \operatorname{Res}_{z=p} z^{\Delta-1} H(z)\, G(1/\bar z)^*

for y = H u and v = G u driven by white unit noise. At z = 0 the residue is not zero only for small t or Δ: that is the
feedthrough (Oppenheim & Schafer, section 3.4).
"""

from dataclasses import dataclass

import sympy
from sympy import KroneckerDelta

from . import expressions
from .fields import Field, scaled
from .laurent import Product, Sum, Transfer
from .layers import Layer

MOST_DELTAS = 64
"""Lags that a formula for a symbolic lag may single out."""


@dataclass(frozen=True)
class Chain:
    """Layers in series, the first next to the input, each with its timing; closed under conjugation."""

    sections: tuple[tuple[Layer, str], ...] = ()

    @classmethod
    def of(cls, stack):
        """The layers of a stack; none for None."""
        if stack is None:
            return cls()
        return cls(tuple((layer.closed(), stack.timing) for layer in stack.layers))

    def __add__(self, other):
        return Chain(self.sections + other.sections)

    @property
    def entries(self):
        """Every parameter."""
        return tuple(entry for layer, _ in self.sections for entry in layer.entries)

    @property
    def poles(self):
        """Of all layers, in order."""
        return tuple(pole for layer, _ in self.sections for pole in layer.poles)


def impulse(chain, t):
    """h_t of a chain; t an int, or a nonnegative integer expression."""
    ground = Ground(chain.entries, chain.poles)
    return ground.sequence(ground.transfer(chain), (sympy.Integer(1),), t)


def covariance(left, right, source, lag):
    """E[y(t + lag) v(t)*], y the output of the chain `left`, v of `right`, lag ≥ 0.

    Each input channel carries an independent process with autocovariance `source` at lags 0…L−1, zero beyond.
    """
    ground = Ground((*left.entries, *right.entries, *source), (*left.poles, *right.poles))
    product = ground.transfer(left) * ground.transfer(right).reflected(ground.field)
    two_sided = (*map(sympy.conjugate, source[:0:-1]), *source)
    return ground.sequence(product, two_sided, lag, inside=left.poles)


class Ground:
    """The field of a computation, and one representative for all poles that are equal."""

    def __init__(self, entries, poles):
        self.field = Field.holding(entries)
        representatives = [sympy.Integer(0)]
        self._of = {}
        for pole in dict.fromkeys(poles):
            same = next((known for known in representatives if expressions.equal(pole, known)), pole)
            self._of[pole] = same
            if same is pole:
                representatives.append(pole)

    def transfer(self, chain):
        """H(z) of a chain, the last layer leftmost."""
        total = Transfer(Product(self.field.domain.one, 0, {}))
        for layer, timing in chain.sections:
            total = self._layer(layer, timing) * total
        return total

    def _layer(self, layer, timing):
        if layer.width == 1 and layer.channels == (1, 1):
            return Transfer(self._scalar(layer, timing))
        terms = [(self.field.matrix(layer.D), self._resolvent(None, timing))]
        terms += [
            (self.field.residue(layer, n), self._resolvent(pole, timing))
            for n, pole in enumerate(layer.poles)
        ]
        factor = Sum(tuple(terms))
        return Transfer(self._resolvent(None, timing), *(((factor,),) if factor.shape is None else ((), (factor,))))

    def _scalar(self, layer, timing):
        """(α z + β)/(z − λ): α = d + bc, β = −dλ; in delayed timing α = d, β = bc − dλ."""
        one, pole = self.field.domain.one, self.field.element(self._of[layer.poles[0]])
        b, c, d = (self.field.element(M[0, 0]) for M in (layer.B, layer.C, layer.D))
        alpha, beta = (d + b * c, -d * pole) if timing == "current" else (d, b * c - d * pole)
        if not alpha and not beta:
            return Product(self.field.domain.zero, 0, {})
        return Product.linear(alpha, beta) * Product.linear(one, -pole, -1)

    def _resolvent(self, pole, timing):
        """z/(z − λ), in delayed timing 1/(z − λ); 1 for None."""
        one = self.field.domain.one
        if pole is None:
            return Product(one, 0, {})
        pole = self.field.element(self._of[pole])
        return Product(one, int(timing == "current"), {}) * Product.linear(one, -pole, -1)

    def sequence(self, transfer, source, index, inside=None):
        """Σ_m source(m) Res z^{index−m−1} F(z), summed over the poles; `source` is centered at m = 0.

        An int index is computed in the field; a symbolic one gives a formula for every index ≥ 0, in which the residue
        at the origin appears as Kronecker deltas.
        """
        reach = len(source) // 2
        gain = transfer.product.gain
        transfer = transfer.with_gain(self.field.domain.one)
        weights = dict(zip(range(-reach, reach + 1), source, strict=True))
        poles = dict.fromkeys(self._of[pole] for pole in (self._of if inside is None else inside))
        poles.pop(sympy.Integer(0), None)
        if isinstance(index, int):
            value = self.field.expression(scaled(gain, self._at(transfer, poles, weights, index)))
        else:
            value = self.field.expression(gain) * self._for_all(transfer, poles, weights, index)
        return expressions.drop_channels(value)

    def _at(self, transfer, poles, weights, index):
        weights = {m: self.field.element(weight) for m, weight in weights.items()}
        total = self.field.zeros(transfer.shape)
        for pole in poles:
            p = self.field.element(pole)
            for j, coefficient in enumerate(_principal_part(transfer, p)):
                n = index - 1 + transfer.product.power - j
                powers = (weight * int(sympy.binomial(n + j - m, j)) * p ** (n - m) for m, weight in weights.items())
                total = total + scaled(sum(powers, self.field.domain.zero), coefficient)
        origin = self._origin(transfer, max(weights) - index)
        for m, weight in weights.items():
            if (coefficient := origin.get(m - index)) is not None:
                total = total + scaled(weight, coefficient)
        return total

    def _for_all(self, transfer, poles, weights, index):
        zero = self.field.expression(self.field.zeros(transfer.shape))
        terms = []
        for pole in poles:
            part = _principal_part(transfer, self.field.element(pole))
            for j, coefficient in enumerate(part):
                n = index - 1 + transfer.product.power - j
                powers = (weight * sympy.binomial(n + j - m, j) * pole ** (n - m) for m, weight in weights.items())
                term = self.field.expression(coefficient) * sympy.Add(*powers)
                terms.append(sympy.powsimp(term) if len(part) > 1 and transfer.shape is None else term)
        zero_power = self.field.domain.zero
        last = max(weights) - transfer.valuation(zero_power)
        if last >= MOST_DELTAS:
            raise ValueError(f"expected an int lag or time for a system whose first {last + 1} values are each a case "
                             f"of their own, got {expressions.describe(index)}; pass ints")
        origin = self._origin(transfer, max(weights))
        for value in range(last + 1):
            parts = (weight * self.field.expression(origin[m - value]) for m, weight in weights.items()
                     if m - value in origin)
            terms.append(KroneckerDelta(index, value) * sum(parts, zero))
        return sympy.Add(*terms) if transfer.shape is None else sum(terms, zero)

    def _origin(self, transfer, last):
        """The coefficients of z^k at the origin, for k up to `last`."""
        origin = self.field.domain.zero
        first = transfer.valuation(origin)
        if last < first:
            return {}
        return dict(enumerate(transfer.expand(origin, last - first + 1), start=first))


def _principal_part(transfer, p):
    """The coefficients of 1/ε, 1/ε², … at z = p + ε of transfer(z) without its power of z."""
    rest = transfer.without_power()
    order = -rest.valuation(p)
    return rest.expand(p, order)[::-1] if order > 0 else []
