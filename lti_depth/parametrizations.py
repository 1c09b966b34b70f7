r"""Coordinates in which poles are learned: real coordinates x ↦ poles λ, with inverse and derivative.

Shapes, the same for every parametrization:

=============  ===================  ======================  ==========================
poles          x                    ``map(x)``              ``derivative(x)``
=============  ===================  ======================  ==========================
real           (N,) float64         (N,) float64            (N,) float64, dλ_n/dx_n
complex        (N, 2) float64       (N,) complex128         (N, 2) complex128, ∂λ_n/∂x_nj
=============  ===================  ======================  ==========================

The number of axes of x says which of the two it is; in ``inverse(poles)`` the dtype does. The gradient of a real loss,
g_n = (∂_Re + i ∂_Im) L, is pulled back as ∂L/∂x_nj = Re[conj(g_n) ∂λ_n/∂x_nj].

============  ==========================================  =====================================================
name          real poles                                  complex poles
============  ==========================================  =====================================================
"direct"      x, all numbers                              x₀ + i x₁, all numbers
"polar"       –                                           x₀ e^{i x₁}, all numbers
"tanh"        tanh x in (−1, 1)                           –
"exp-exp"     exp(−e^x) in (0, 1)                         exp(−e^{x₀} + i e^{x₁}), 0 < |λ| < 1, phase in (0, 2π)
"softplus"    exp(−Δ softplus(x)) in (0, 1)               –
"zoh"         –                                           exp(Δ(−e^{x₀} + i x₁)), 0 < |λ| < 1
"stable"      1 − 1/(x² + ½) in [−1, 1), x ≥ 0            –
============  ==========================================  =====================================================

"exp-exp" is the LRU's (ν^log, θ^log) [Orvieto et al., arXiv 2303.06349]; "softplus" with step Δ Mamba's, where A = −1
and the step is the softplus [Gu & Dao, arXiv 2312.00752]; "zoh" S4D's and S5's −exp(log A_re) + i A_im, held for a step
Δ [Gu et al., arXiv 2206.11893; Smith et al., arXiv 2208.04933]; "stable" StableSSM's, in which x = 0 lies on the
circle [Wang & Li, arXiv 2311.14495]. Zero-order hold also scales B; that is the layer's affair, not the pole's.

Second-order sections couple poles in pairs, and are functions of their own: `section_coefficients`, `section_poles`,
`section_derivative`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from .system import validation

__all__ = ["PARAMETRIZATIONS", "Coordinates", "Parametrization", "parametrization", "section_coefficients",
           "section_derivative", "section_poles", "softplus", "zoh"]


@dataclass(frozen=True, eq=False)
class Coordinates:
    """One elementwise map: what it covers, whether a pole is in its range, and its three functions.

    `range` is the text for people, `covers` the test for arrays of poles.
    """

    range: str
    covers: Callable
    map: Callable
    inverse: Callable
    derivative: Callable


@dataclass(frozen=True, eq=False)
class Parametrization:
    """A named pair of coordinates: for real poles, for complex poles, or for both (None: not defined there)."""

    name: str
    real: Coordinates | None
    complex: Coordinates | None
    step: float | None = None  # Δ of "softplus" and "zoh"

    def __reduce__(self):
        """Copied and pickled by name and step: functions within functions have no address of their own."""
        if self is PARAMETRIZATIONS.get(self.name):
            return parametrization, (self.name,)
        if self.step is not None:
            return {"softplus": softplus, "zoh": zoh}[self.name], (self.step,)
        return Parametrization, (self.name, self.real, self.complex)

    def map(self, x):
        """The poles at x: (N,) → (N,) real, (N, 2) → (N,) complex; ValueError for another shape.

        What is beyond float64 becomes its limit, or nan where there is none.
        """
        x, coordinates = self._coordinates(x)
        with np.errstate(over="ignore", invalid="ignore"):
            return coordinates.map(x)

    def derivative(self, x):
        """dλ_n/dx_n (N,) for x (N,), or ∂λ_n/∂x_nj (N, 2) complex for x (N, 2)."""
        x, coordinates = self._coordinates(x)
        with np.errstate(over="ignore", invalid="ignore"):
            return coordinates.derivative(x)

    def inverse(self, poles):
        """Coordinates x of the poles: (N,) for float64, (N, 2) for complex128. ValueError for a pole out of range."""
        poles = validation.vector(poles, "poles", None, "N")
        coordinates = self._defined(poles.dtype.kind == "c")
        outside = np.flatnonzero(~coordinates.covers(poles))
        if len(outside):
            raise ValueError(f"poles: expected {coordinates.range} for {self.name!r}, got {poles[outside[0]]} at "
                             f"{outside[0]}; take another parametrization or another pole")
        return coordinates.inverse(poles)

    def _coordinates(self, x):
        x = validation.numbers(x, "x")
        if x.dtype.kind == "c" or x.ndim not in (1, 2) or (x.ndim == 2 and x.shape[1] != 2):
            raise ValueError("x: expected real coordinates of shape (N,) for real or (N, 2) for complex poles, got "
                             f"{validation.describe(x)}")
        return x, self._defined(x.ndim == 2)

    def _defined(self, of_complex):
        coordinates = self.complex if of_complex else self.real
        if coordinates is None:
            kind = "complex" if of_complex else "real"
            possible = [name for name, p in PARAMETRIZATIONS.items() if getattr(p, kind) is not None]
            raise ValueError(f"{self.name!r} has no coordinates for {kind} poles; expected one of "
                             f"{', '.join(map(repr, possible))}")
        return coordinates


def _pair(first, second):
    return np.stack([first, second], axis=-1)


def _everywhere(poles):
    return np.ones(poles.shape, bool)


def _in_unit_interval(poles):
    return (poles > 0) & (poles < 1)


def _in_punctured_disk(poles):
    return (poles != 0) & (np.abs(poles) < 1)


def _direct():
    real = Coordinates("any real number", _everywhere, np.array, np.array, np.ones_like)
    return Parametrization("direct", real, Coordinates(
        "any complex number", _everywhere,
        map=lambda x: x[:, 0] + 1j * x[:, 1],
        inverse=lambda poles: _pair(poles.real, poles.imag),
        derivative=lambda x: np.tile([1.0, 1j], (len(x), 1)),
    ))  # fmt: skip


def _polar():
    def poles(x):
        return x[:, 0] * np.exp(1j * x[:, 1])

    return Parametrization("polar", None, Coordinates(
        "any complex number", _everywhere, poles,
        inverse=lambda poles: _pair(np.abs(poles), np.angle(poles)),
        derivative=lambda x: _pair(np.exp(1j * x[:, 1]), 1j * poles(x)),
    ))  # fmt: skip


def _tanh():
    return Parametrization("tanh", Coordinates(
        "a real number in (−1, 1)", lambda poles: np.abs(poles) < 1, np.tanh, np.arctanh,
        derivative=lambda x: 4 * np.exp(-2 * np.abs(x)) / (1 + np.exp(-2 * np.abs(x))) ** 2,
    ), None)  # fmt: skip


def _exp_exp():
    def poles(x):
        return np.exp(-np.exp(x[:, 0]) + 1j * np.exp(x[:, 1]))

    def phases(poles):
        return np.angle(poles) % (2 * np.pi)

    return Parametrization(
        "exp-exp",
        Coordinates(
            "a real number in (0, 1)", _in_unit_interval,
            map=lambda x: np.exp(-np.exp(x)),
            inverse=lambda poles: np.log(-np.log(poles)),
            derivative=lambda x: -np.exp(x - np.exp(x)),
        ),
        Coordinates(
            "0 < |λ| < 1 and a phase in (0, 2π)",
            lambda poles: _in_punctured_disk(poles) & (phases(poles) > 0) & (phases(poles) < 2 * np.pi),
            map=poles,
            inverse=lambda poles: _pair(np.log(-np.log(np.abs(poles))), np.log(phases(poles))),
            derivative=lambda x: _pair(-np.exp(x[:, 0]), 1j * np.exp(x[:, 1])) * poles(x)[:, None],
        ),
    )  # fmt: skip


def softplus(step=1.0):
    """exp(−Δ log(1 + e^x)) = (1 + e^x)^{−Δ} with Δ = `step` > 0; for Δ = 1 the logistic function of −x."""
    step = validation.real_number(step, "step", positive=True)

    def poles(x):
        return np.exp(-step * np.logaddexp(0, x))

    return Parametrization("softplus", Coordinates(
        "a real number in (0, 1)", _in_unit_interval, poles,
        inverse=lambda poles: _inverse_softplus(-np.log(poles) / step),
        derivative=lambda x: -step * poles(x) * np.exp(-np.logaddexp(0, -x)),
    ), None, step)  # fmt: skip


def _inverse_softplus(y):
    """log(e^y − 1) = y + log(1 − e^{−y}) for y > 0."""
    return y + np.log(-np.expm1(-y))


def zoh(step=1.0):
    """exp(Δ a), a = −e^{x₀} + i x₁, with Δ = `step` > 0: zero-order hold; the inverse has Δ x₁ in (−π, π]."""
    step = validation.real_number(step, "step", positive=True)

    def poles(x):
        return np.exp(step * (-np.exp(x[:, 0]) + 1j * x[:, 1]))

    return Parametrization("zoh", None, Coordinates(
        "0 < |λ| < 1", _in_punctured_disk, poles,
        inverse=lambda poles: _pair(np.log(-np.log(np.abs(poles)) / step), np.angle(poles) / step),
        derivative=lambda x: step * _pair(-np.exp(x[:, 0]), np.full(len(x), 1j)) * poles(x)[:, None],
    ), step)  # fmt: skip


def _stable():
    return Parametrization("stable", Coordinates(
        "a real number in [−1, 1)", lambda poles: (poles >= -1) & (poles < 1),
        map=lambda x: 1 - 1 / (x**2 + 0.5),
        inverse=lambda poles: np.sqrt(0.5 * (1 + poles) / (1 - poles)),
        derivative=lambda x: 2 * x / (x**2 + 0.5) ** 2,
    ), None)  # fmt: skip


PARAMETRIZATIONS = {p.name: p for p in (_direct(), _polar(), _tanh(), _exp_exp(), softplus(), zoh(), _stable())}


def parametrization(name):
    """The parametrization of a name (the table above; steps Δ = 1), or `name` itself where it is one already.

    Raises
    ------
    ValueError
        An unknown name.
    """
    return named(name, "name")


def named(value, name):
    """`parametrization` of `value`, an argument that is called `name`."""
    if isinstance(value, Parametrization):
        return value
    if not isinstance(value, str) or value not in PARAMETRIZATIONS:
        near = get_close_matches(value, PARAMETRIZATIONS, n=1) if isinstance(value, str) else []
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"{name}: expected one of {', '.join(map(repr, PARAMETRIZATIONS))}, got "
                         f"{validation.describe(value)}{hint}")
    return PARAMETRIZATIONS[value]


def section_coefficients(poles):
    r"""Second-order sections :math:`1 + a_1 z^{-1} + a_2 z^{-2} = (1-\lambda z^{-1})(1-\lambda' z^{-1})`.

    Parameters
    ----------
    poles : (2M,) array
        Pairs λ_{2m}, λ_{2m+1}: both real, or conjugate.

    Returns
    -------
    (M, 2) float64
        Rows (a₁, a₂) = (−(λ + λ'), λ λ'). The section is stable inside the triangle |a₂| < 1, |a₁| < 1 + a₂.

    Raises
    ------
    ValueError
        An odd number of poles, or a pair that is neither real nor conjugate.

    Notes
    -----
    Two real poles and a conjugate pair are joined smoothly at a₁² = 4a₂, where the poles as functions of (a₁, a₂) have
    a branch point: learning in (a₁, a₂) can leave the real axis. Oppenheim & Schafer, Discrete-Time Signal Processing,
    section 6.3.
    """
    poles = validation.vector(poles, "poles", None, "2M")
    if len(poles) % 2:
        raise ValueError(f"poles: expected an even number, in pairs, got {len(poles)}; add a pole at 0")
    first, second = poles[::2], poles[1::2]
    paired = ((first.imag == 0) & (second.imag == 0)) | (first == second.conj())
    if not paired.all():
        m = int(np.argmin(paired))
        raise ValueError(f"poles: expected pairs that are real or conjugate, got {first[m]} and {second[m]} at {2 * m}")
    return _pair(-(first + second).real, (first * second).real)


def section_poles(coefficients):
    """The poles (2M,) of sections (M, 2): float64 where every pair is real, else complex128; larger |λ| first.

    Real pairs without cancellation: the larger root from −a₁ ∓ √(a₁² − 4a₂), the other as a₂ over it. Conjugate pairs:
    the one in the upper half plane first.
    """
    a1, a2 = _sections(coefficients).T
    discriminant = a1**2 / 4 - a2
    root = np.sqrt(np.abs(discriminant))
    large = -(a1 / 2 + np.where(a1 >= 0, root, -root))
    small = np.divide(a2, large, out=np.zeros_like(a2), where=large != 0)
    if (discriminant >= 0).all():
        return _pair(large, small).ravel()
    upper = -a1 / 2 + 1j * root
    real = discriminant >= 0
    return _pair(np.where(real, large, upper), np.where(real, small, upper.conj())).ravel()


def section_derivative(coefficients):
    """∂λ/∂(a₁, a₂) for both poles of each section, (M, 2, 2), the poles in the order of `section_poles`.

    λ² + a₁λ + a₂ = 0 gives ∂λ/∂a₁ = −λ/(2λ + a₁), ∂λ/∂a₂ = −1/(2λ + a₁): infinite where the pair coincides.
    """
    poles = section_poles(coefficients).reshape(-1, 2)
    slope = poles - poles[:, ::-1]  # 2λ + a₁ = λ − λ'
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.stack([-poles / slope, -1 / slope], axis=-1)


def _sections(coefficients):
    coefficients = validation.shaped(coefficients, "coefficients", (None, 2), ("M", "2"))
    if coefficients.dtype.kind == "c":
        raise ValueError("coefficients: expected real a₁, a₂, got complex ones; pass sections of conjugate pairs")
    return coefficients
