"""Zero-mean stationary scalar processes, one an input channel, as immutable values.

Every process is a sum of independent parts, and every part is a source with finitely many autocovariances sent
through a shaping filter and scaled to its variance. White noise, AR, ARMA, shaped noise, a sampled autocovariance and
a recorded series are cases of it.
"""

from dataclasses import dataclass

import numpy as np

from . import validation
from .kept import kept
from .stacks import Stack, cascade, require_stack


@dataclass(frozen=True, eq=False)
class Part:
    """A source with autocovariance `source` at lags 0…L−1 (zero beyond), through `shape`, scaled to `variance`.

    `shape` is a single-channel Stack, or None. `real`: the part is real-valued.
    """

    source: np.ndarray
    shape: Stack | None
    variance: float
    real: bool


@dataclass(frozen=True, eq=False)
class Process:
    """A sum of independent parts; ``p + q`` adds two processes."""

    parts: tuple[Part, ...]

    @property
    def variance(self):
        """R(0) of the process."""
        return sum(part.variance for part in self.parts)

    @property
    def real(self):
        """Whether the process is real-valued."""
        return all(part.real for part in self.parts)

    def __add__(self, other):
        if not isinstance(other, Process):
            return NotImplemented
        return Process(self.parts + other.parts)


_UNIT = validation.numbers([1.0], "source")


def white(variance=1):
    """White noise: R(Δ) = variance·[Δ = 0]."""
    return Process((Part(_UNIT, None, validation.real_number(variance, "variance", positive=True), True),))


def ar1(rho, variance=1):
    """The AR(1) process u_t = ρ u_{t−1} + e_t: R(Δ) = variance·ρ^Δ for Δ ≥ 0. |ρ| < 1, real or complex."""
    if (number := validation.numbers(rho, "rho")).ndim != 0:
        raise ValueError(f"rho: expected one number with |rho| < 1, got {validation.describe(rho)}; see arma for more")
    if outside_circle(pole := number[None]).any():
        raise ValueError(f"rho: expected |rho| < 1, got {pole[0]}: the process is not stationary; "
                         "pass a number inside the unit circle")
    return shaped(cascade(pole), variance)


def arma(ar, ma, variance=1):
    r"""The ARMA(p, q) process :math:`u_t = \sum_i ar_i u_{t-i} + e_t + \sum_j ma_j e_{t-j}`, scaled to `variance`.

    The roots λ and ζ of the two polynomials become sections (1 − ζ z⁻¹)/(1 − λ z⁻¹). A repeated root loses half the
    digits in finding it: give such a process as ``shaped(cascade(poles))``.

    Raises
    ------
    ValueError
        A root on or outside the unit circle: the process is not stationary.
    """
    ar, ma = (_coefficients(value, name) for value, name in ((ar, "ar"), (ma, "ma")))
    poles, zeros = np.zeros((2, max(len(ar), len(ma), 1)), dtype=complex)
    found = (np.roots(np.concatenate([[1.0], -ar])), np.roots(np.concatenate([[1.0], ma])))
    poles[: len(found[0])], zeros[: len(found[1])] = found
    if not poles.imag.any() and not zeros.imag.any():
        poles, zeros = poles.real, zeros.real
    if (outside := outside_circle(poles)).any():
        raise ValueError(f"ar: expected a stationary process, all its poles inside the unit circle, got the pole "
                         f"{poles[outside][0]}; pass smaller coefficients")
    shape = cascade(poles, c=poles - zeros, d=1, timing="delayed")
    real = ar.dtype.kind != "c" and ma.dtype.kind != "c"
    return Process((Part(_UNIT, shape, validation.real_number(variance, "variance", positive=True), real),))


def _coefficients(value, name):
    """(p,) coefficients; one number stands for p = 1."""
    array = np.atleast_1d(validation.numbers(value, name))
    if array.ndim != 1:
        raise ValueError(f"{name}: expected a 1-D sequence of coefficients, got {validation.describe(value)}")
    return array


def shaped(stack, variance=1):
    """White noise through a single-channel stack, scaled to `variance`."""
    require_stack(stack)
    if stack.channels[0] != 1 or stack.channels[-1] != 1:
        raise ValueError(f"stack: expected one input and one output channel, got {stack.channels[0]} and "
                         f"{stack.channels[-1]}")
    _require_stable(stack)
    variance = validation.real_number(variance, "variance", positive=True)
    return Process((Part(_UNIT, stack, variance, stack.real_output),))


def sampled(R):
    """A process with autocovariance R(0), …, R(L−1), and zero beyond.

    Raises
    ------
    ValueError
        The spectrum Σ R(Δ) e^{−iωΔ} is negative somewhere: no process has this autocovariance.
    """
    R = validation.vector(R, "R", None, "L")
    variance = validation.real_number(R[0].real if R[0].imag == 0 else R[0], "R[0]", positive=True)
    size = 16 * len(R)
    spectrum = np.fft.fft(np.concatenate([R[:1] / 2, R[1:]]), size).real * 2
    if spectrum.min() < -1e-10 * spectrum.max():
        worst = int(spectrum.argmin())
        raise ValueError(
            f"R: expected a positive semidefinite autocovariance, got the spectrum {spectrum[worst]:.3g} at "
            f"omega = {2 * np.pi * worst / size:.4f}; taper R, or take the biased estimate (recorded)"
        )
    return Process((Part(R, None, variance, R.dtype.kind == "f"),))


def recorded(u):
    """A finite record of T samples: mean removed, biased autocovariance (1/T) Σ u_{t+Δ} u_t* at all lags |Δ| < T.

    This is the autocovariance of the zero-padded record, so that time averages over the padded record agree with the
    predictions exactly, for every stack. Its spectrum at ω = 0 is 0, but only to the rounding of R: a pole with
    1 − λ below about 1e−10 sees that rounding.
    """
    u = validation.vector(u, "u", None, "T")
    T = len(u)
    if (u == u[0]).all():
        raise ValueError(f"u: expected a record that varies, got {T} equal sample{'s' if T > 1 else ''}")
    centered = u - u.mean()
    spectrum = np.fft.fft(centered, 2 * T)
    R = np.fft.ifft(np.abs(spectrum) ** 2)[:T] / T
    R = R if u.dtype.kind == "c" else R.real
    return Process((Part(validation.numbers(R, "u"), None, float(R[0].real), u.dtype.kind == "f"),))


def process_or_white(process):
    """The process, or white noise of unit variance where none is given."""
    if process is None:
        return white()
    if not isinstance(process, Process):
        way = validation.of_another_kind(process)
        raise TypeError(f"process: expected a Process such as white() or ar1(0.9), got {validation.describe(process)}"
                        + (f"; pass {way}" if way else ""))
    return process


def outside_circle(poles):
    """Where |λ| ≥ 1, decided exactly on the doubles: re² + im² ≥ 1.

    Only within a few roundings of the circle is exact rational arithmetic needed.
    """
    poles = np.asarray(poles)
    with np.errstate(over="ignore"):
        magnitude = poles.real**2 + poles.imag**2
    outside = magnitude >= 1
    for n in np.flatnonzero(np.abs(magnitude - 1) < 1e-14):
        outside[n] = _exact_square(poles[n].real) + _exact_square(poles[n].imag) >= 1
    return outside


def _exact_square(x):
    from fractions import Fraction

    return Fraction(float(x)) ** 2


def _require_stable(stack):
    require_stationary(stack, "a stationary process", "move it inside the unit circle")


def require_stationary(
    stack, what, instead="move it inside the unit circle, or ask for a finite horizon or a simulation"
):
    """Raise ValueError naming the first pole with |λ| ≥ 1, and saying what to do `instead`."""
    require_stack(stack)
    for k, n in _outside(stack):
        raise ValueError(f"{what} needs |λ| < 1, got the pole {stack[k].poles[n]} in layer {k}, state {n}; {instead}")


@kept
def _outside(stack):
    """(layer, state) of the poles that are not inside the circle."""
    if not outside_circle(np.concatenate([layer.poles for layer in stack.layers])).any():
        return ()
    return tuple((k, n) for k, layer in enumerate(stack.layers) for n in np.flatnonzero(outside_circle(layer.poles)))
