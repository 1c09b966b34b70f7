"""Zero-mean stationary scalar processes, one an input channel, as immutable values of expressions.

Every process is a sum of independent parts, and every part is a source with finitely many autocovariances sent
through a shaping filter and scaled to its variance. White noise, AR, ARMA, shaped noise a sampled autocovariance and
a recorded series are cases of it.
"""

from dataclasses import dataclass

import sympy
from sympy import QQ, Expr, Poly

from . import expressions
from .builders import scalar_cascade
from .polynomials import roots
from .stacks import Stack, require_stack, require_stationary


@dataclass(frozen=True)
class Part:
    """A source with autocovariance `source` at lags 0…L−1 (zero beyond), through `shape`, scaled to `variance`.

    `shape` is a single-channel Stack, or None. `real`: the part is known to be real-valued.
    """

    source: tuple[Expr, ...]
    shape: Stack | None
    variance: Expr
    real: bool


@dataclass(frozen=True)
class Process:
    """A sum of independent parts; ``p + q`` adds two processes."""

    parts: tuple[Part, ...]

    @property
    def variance(self):
        """R(0) of the process."""
        return sympy.Add(*(part.variance for part in self.parts))

    @property
    def real(self):
        """Whether the process is known to be real-valued."""
        return all(part.real for part in self.parts)

    @property
    def free_symbols(self):
        """The symbols and indexed symbols that values can be given for."""
        shapes = (part.shape.entries for part in self.parts if part.shape)
        return expressions.leaves(entry for part in self.parts for entry in (*part.source, part.variance)).union(
            *map(expressions.leaves, shapes))

    def __add__(self, other):
        if not isinstance(other, Process):
            return NotImplemented
        return Process(self.parts + other.parts)

    def subs(self, *substitutions):
        """Each parameter after its ``subs``."""
        return self._map(lambda entry: entry.subs(*substitutions), lambda stack: stack.subs(*substitutions))

    def xreplace(self, rule):
        """Each parameter after its ``xreplace``: the fast way to exact values."""
        return self._map(lambda entry: entry.xreplace(rule), lambda stack: stack.xreplace(rule))

    def _map(self, change, change_stack):
        return Process(tuple(
            Part(tuple(map(change, part.source)), part.shape and change_stack(part.shape), change(part.variance),
                 part.real)
            for part in self.parts
        ))  # fmt: skip


def white(variance=1):
    """White noise: R(Δ) = variance·[Δ = 0]."""
    return Process((Part((sympy.Integer(1),), None, _variance(variance), True),))


def ar1(rho, variance=1):
    """The AR(1) process u_t = ρ u_{t−1} + e_t: R(Δ) = variance·ρ^Δ for Δ ≥ 0. |ρ| < 1; ρ may equal a pole."""
    rho = expressions.exact(rho, "rho")
    if expressions.inside_circle(rho) is False:
        raise ValueError(f"rho: expected |rho| < 1, got {rho}: the process is not stationary; "
                         "pass a number inside the unit circle")
    return shaped(scalar_cascade([rho]), variance)


def arma(ar, ma, variance=1):
    r"""The ARMA(p, q) process :math:`u_t = \sum_i ar_i u_{t-i} + e_t + \sum_j ma_j e_{t-j}`, scaled to `variance`.

    The roots of the autoregressive polynomial become poles: in closed form for p ≤ 2, and for larger p where its
    coefficients are rational numbers. The moving average has finitely many autocovariances.

    Raises
    ------
    ValueError
        A root on or outside the unit circle (the process is not stationary), or roots without a closed form.
    """
    ar, ma = (expressions.vector(value, name, least=0) for value, name in ((ar, "ar"), (ma, "ma")))
    theta = (sympy.Integer(1), *ma)
    source = tuple(
        sympy.expand(sympy.Add(*(theta[i + m] * sympy.conjugate(theta[i]) for i in range(len(theta) - m))))
        for m in range(len(theta))
    )
    real = all(entry.is_real for entry in (*ar, *ma))
    shape = scalar_cascade(_autoregressive_roots(ar)) if ar else None
    if shape is not None:
        require_stationary(shape, "a stationary process", "move it inside the unit circle")
    return Process((Part(source, shape, _variance(variance), real),))


def _autoregressive_roots(ar):
    found = roots((sympy.Integer(1), *(-coefficient for coefficient in ar)))
    if found is None:
        raise ValueError(f"ar: expected a polynomial with roots in closed form, got degree {len(ar)}; pass the process "
                         "by its poles, as shaped(scalar_cascade(poles))")
    return found


def shaped(stack, variance=1):
    """White noise through a single-channel stack, scaled to `variance`."""
    require_stack(stack)
    if stack.channels[0] != 1 or stack.channels[-1] != 1:
        raise ValueError(f"stack: expected one input and one output channel, got {stack.channels[0]} and "
                         f"{stack.channels[-1]}")
    require_stationary(stack, "a stationary process", "move it inside the unit circle")
    return Process((Part((sympy.Integer(1),), stack, _variance(variance), stack.real_output),))


def sampled(R):
    """A process with autocovariance R(0), …, R(L−1), and zero beyond.

    Raises
    ------
    ValueError
        The spectrum Σ R(Δ) e^{−iωΔ} is negative somewhere: no process has this autocovariance. Decided exactly where
        R holds rational or Gaussian numbers; symbols are taken on trust.
    """
    R = expressions.vector(R, "R")
    variance = _variance(R[0], "R[0]")
    if all(entry.is_number and all(part.is_Rational for part in entry.as_real_imag()) for entry in R):
        _require_nonnegative_spectrum(R)
    return Process((Part(R, None, variance, all(entry.is_real for entry in R)),))


def recorded(u):
    """A finite record of T samples: mean removed, biased autocovariance (1/T) Σ u_{t+Δ} u_t* at all lags |Δ| < T.

    This is the autocovariance of the zero-padded record, so that time averages over the padded record agree with the
    predictions exactly, for every stack.
    """
    u = expressions.vector(u, "u")
    T = len(u)
    centered = [sympy.expand(value - sympy.Add(*u) / T) for value in u]
    R = tuple(
        sympy.expand(sympy.Add(*(centered[t + m] * sympy.conjugate(centered[t]) for t in range(T - m)))) / T
        for m in range(T)
    )
    if R[0] == 0:
        raise ValueError(f"u: expected a record that varies, got {T} equal sample{'s' if T > 1 else ''}")
    return Process((Part(R, None, R[0], all(value.is_real for value in u)),))


def _require_nonnegative_spectrum(R):
    """With t = tan(ω/2), e^{−iω} = (1 − it)²/(1 + t²), and S·(1 + t²)^{L−1} is a real polynomial in t.

    It is nonnegative exactly when its leading coefficient is positive and no real root has odd multiplicity.
    """
    t = Poly(sympy.Symbol("t"), domain=QQ)
    cosine, sine = t**0, t * 0  # of (1 − it)^{2m}
    spectrum = R[0] * cosine
    for value in R[1:]:
        cosine, sine = (1 - t**2) * cosine + 2 * t * sine, (1 - t**2) * sine - 2 * t * cosine
        real, imaginary = value.as_real_imag()
        spectrum = (1 + t**2) * spectrum + 2 * (real * cosine - imaginary * sine)
    odd = (factor for factor, multiplicity in spectrum.sqf_list()[1] if multiplicity % 2)
    if spectrum.LC() < 0 or any(factor.intervals() for factor in odd):
        raise ValueError(f"R: expected a positive semidefinite autocovariance, got one of {len(R)} samples whose "
                         "spectrum is negative somewhere; taper R, or take the biased estimate of a record (recorded)")


def _variance(value, name="variance"):
    variance = expressions.exact(value, name)
    if variance.is_real is False or variance.is_nonpositive:
        raise ValueError(f"{name}: expected a positive number, got {expressions.describe(value)}")
    return variance
