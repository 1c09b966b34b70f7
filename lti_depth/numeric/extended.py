"""Arrays of numbers of unbounded range: mantissas times powers of two, entry by entry, and their logarithms."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..kernels.extended import BITS
from .realization import ldexp

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""ln 2 = high + low; the product of high with an exponent below 2²⁰ is exact (fdlibm, e_log.c)."""


class Logarithm(NamedTuple):
    """Numbers as sign·e^logabs: the sign is ±1, or of modulus 1 for complex numbers; 0 has sign 0 and logabs −inf."""

    sign: Any
    logabs: Any


@dataclass(frozen=True, eq=False)
class Extended:
    """mantissa·2^exponent: |mantissa| in [½, 1), or 0 with the exponent −inf; exponents are whole doubles."""

    mantissa: np.ndarray
    exponent: np.ndarray

    def __getitem__(self, index):
        return Extended(self.mantissa[index], self.exponent[index])

    @property
    def shape(self):
        """Of both arrays."""
        return self.mantissa.shape

    @property
    def conj(self):
        """The complex conjugate."""
        return Extended(self.mantissa.conj(), self.exponent)

    @property
    def adjoint(self):
        """The conjugate with its last two axes exchanged."""
        return Extended(self.mantissa.conj().swapaxes(-1, -2), self.exponent.swapaxes(-1, -2))

    @property
    def power(self):
        """The square of the modulus."""
        return extended(self.mantissa.real**2 + self.mantissa.imag**2, 2 * self.exponent)

    @property
    def log2(self):
        """log₂ of the modulus, rounded; −inf for 0."""
        with np.errstate(divide="ignore"):
            return np.log2(np.abs(self.mantissa)) + self.exponent


def extended(values, exponents=0.0):
    """values·2^exponents for finite doubles, real or complex."""
    values, exponents = np.broadcast_arrays(np.asarray(values), np.asarray(exponents, dtype=float))
    near = np.frexp(np.maximum(np.abs(values.real), np.abs(values.imag)))[1]  # a modulus may exceed every double
    shift = near + np.frexp(np.abs(ldexp(values, -near)))[1]
    return Extended(ldexp(values, -shift), np.where(values == 0, -np.inf, exponents + shift))


def from_kernel(numbers):
    """The kernels' numbers (…, 5) without their low halves."""
    with np.errstate(invalid="ignore"):  # 512 times −inf
        return extended(numbers[..., 0] + 1j * numbers[..., 2], BITS * numbers[..., 4])


def product(first, second):
    """Entry by entry."""
    return extended(first.mantissa * second.mantissa, first.exponent + second.exponent)


def inverse_root(values):
    """1/√x of positive numbers."""
    odd = values.exponent % 2
    return extended(1 / np.sqrt(values.mantissa * 2**odd), (odd - values.exponent) / 2)


def total(values, axis):
    """The sum along an axis, or several."""
    top = values.exponent.max(axis=axis, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, 0.0)
    return extended(leveled(values, top).sum(axis=axis), np.squeeze(top, axis))


def summed(terms):
    """The sum of several arrays of one shape."""
    return total(joined(*(term[None] for term in terms)), 0)


def leveled(values, exponents):
    """The doubles values·2^−exponents: 0 below their range, inf beyond it."""
    with np.errstate(over="ignore"):
        return ldexp(values.mantissa, values.exponent - exponents)


def joined(*parts, axis=0):
    """One after the other along an axis."""
    return Extended(np.concatenate([part.mantissa for part in parts], axis=axis),
                    np.concatenate([part.exponent for part in parts], axis=axis))


def chosen(condition, first, second):
    """`first` where the condition holds, else `second`."""
    return Extended(np.where(condition, first.mantissa, second.mantissa),
                    np.where(condition, first.exponent, second.exponent))


def logarithm(values, real):
    """Sign and natural logarithm; of real numbers, if `real`, with the sign ±1.

    The logarithm of a mantissa in [1/√2, √2) keeps the digits of values near one.
    """
    size = np.abs(values.mantissa)
    with np.errstate(divide="ignore", invalid="ignore"):
        sign = np.sign(values.mantissa.real) if real else np.where(size > 0, values.mantissa / size, 0)
    low = size < np.sqrt(0.5)
    exponent = np.where(size > 0, values.exponent, 0.0) - low
    with np.errstate(divide="ignore"):
        log = np.log(np.where(low, 2 * size, size))
    return Logarithm(sign[()], (exponent * _LN2_HIGH + (exponent * _LN2_LOW + log))[()])
