"""Delays and zeros: what a stack does to the time at which a signal arrives."""

import sympy
from sympy import Integer, conjugate, oo

from . import expressions
from .frequency import transfer_function
from .polynomials import numerator, roots, single_channel_numerator
from .stacks import require_stack
from .towers import observable
from .trigonometry import autocorrelation, modulus_squared, trigonometric_sum, turn


@observable
def group_delay(stack, omega):
    r"""The group delay, in samples.

    .. math:: \tau(\omega) = -\frac{d}{d\omega} \arg H(e^{i\omega})
              = \mathrm{Re}\Big[w \frac{dH/dw}{H}\Big], \qquad w = e^{-i\omega}

    In a scalar cascade without feedthrough, for real poles,
    :math:`\tau = \sum (\lambda\cos\omega - \lambda^2)/(1 - 2\lambda\cos\omega + \lambda^2)` (delayed timing: + K),
    whatever the gains; zeros add terms of the same form with the opposite sign.

    Parameters
    ----------
    stack : Stack
    omega : real number or expression
        rad/sample.

    Returns
    -------
    Expr, or ImmutableMatrix of shape (H_out, H_in)
        nan where H is 0 or has a pole.

    Notes
    -----
    Either timing. The paper, section 3.2; Oppenheim & Schafer, Discrete-Time Signal Processing, section 5.1.
    """
    require_stack(stack)
    omega = expressions.frequency(omega)
    layers = stack.closed().layers
    of_poles = sympy.Add(*(_pole_delay(pole, omega) for layer in layers for pole in layer.poles))
    if set(stack.channels) == {1}:
        numerators = (single_channel_numerator(layer, stack.timing) for layer in layers)
        return of_poles + sympy.Add(*(_polynomial_delay(coefficients, omega) for coefficients in numerators))
    coefficients = numerator(layers, stack.timing)
    return expressions.drop_channels(sympy.ImmutableMatrix(
        stack.channels[-1], stack.channels[0],
        lambda i, j: of_poles + _polynomial_delay([matrix[i, j] for matrix in coefficients], omega),
    ))  # fmt: skip


def _pole_delay(pole, omega):
    """Re[λw/(1 − λw)] = (Re λw − |λ|²)/|1 − λw|²."""
    w = _real_point(omega)
    if w is not None and pole.is_real and pole * w != 1:
        return pole * w / (1 - pole * w)
    above = trigonometric_sum((-pole * conjugate(pole), pole), omega)
    return above / modulus_squared((sympy.Integer(1), -pole), omega)


def _polynomial_delay(coefficients, omega):
    """Re[w n'(w)/n(w)] = Σ_ij i n_i n̄_j w^{i−j} / |n|²: a ratio of cosine sums for real coefficients."""
    present = [i for i, value in enumerate(coefficients) if value != 0]
    if len(present) <= 1:
        return Integer(present[0]) if present else sympy.nan
    w = _real_point(omega)
    if w is not None and all(value.is_real for value in coefficients):
        value = sympy.Add(*(n * w**i for i, n in enumerate(coefficients)))
        slope = sympy.Add(*(i * n * w**i for i, n in enumerate(coefficients)))
        return slope / value if value != 0 else sympy.nan
    above = autocorrelation(coefficients, range(len(coefficients)))
    return trigonometric_sum(above, omega) / modulus_squared(coefficients, omega)


def _real_point(omega):
    """w = e^{−iω} at ω = 0, ±π, where it is real; None elsewhere."""
    return {sympy.Integer(0): 1, sympy.pi: -1, -sympy.pi: -1}.get(omega)


def zeros(stack):
    r"""The zeros of each layer in the z-plane.

    A layer is :math:`G z^{-m} \prod (1-\zeta z^{-1}) / \prod (1-\lambda z^{-1})`; its N − m zeros ζ are the roots of
    the numerator. In current timing they are the eigenvalues of Λ − B(D+CB)⁻¹CΛ (m = 0) where D + CB ≠ 0, in delayed
    timing with D ≠ 0 those of Λ − BD⁻¹C.

    Parameters
    ----------
    stack : Stack
        One channel between all layers.

    Returns
    -------
    tuple of K tuples
        The zeros of layer k in the k-th.

    Raises
    ------
    ValueError
        More than one channel, a layer whose transfer function vanishes, or zeros without a closed form (three and more
        of them, unless the coefficients are rational numbers).

    Notes
    -----
    Oppenheim & Schafer, Discrete-Time Signal Processing, section 5.2.
    """
    require_stack(stack)
    _require_single_channel(stack, "zeros")
    return tuple(_layer_zeros(layer, k, stack.timing) for k, layer in enumerate(stack.closed().layers))


def _layer_zeros(layer, k, timing):
    coefficients = single_channel_numerator(layer, timing)
    if all(value == 0 for value in coefficients):
        raise ValueError(f"layer {k}: expected a transfer function other than 0, got one without any gain; "
                         "look at B and C")
    found = roots(coefficients)
    if found is None:
        raise ValueError(f"layer {k}: expected at most two zeros, or rational coefficients, got a numerator of degree "
                         f"{len(coefficients) - 1} without roots in closed form; use the numeric floor")
    return tuple(found)


def _require_single_channel(stack, what):
    if set(stack.channels) != {1}:
        raise ValueError(f"{what} needs one channel between all layers, got channels {stack.channels}")


@observable
def phase_delay(stack, omega):
    r"""The phase delay −φ(ω)/ω, in samples, with φ the continuous phase of H(e^{iω}).

    .. math:: \varphi(\omega) = \arg H(1) + \sum_\zeta a_\zeta(\omega) - \sum_\lambda a_\lambda(\omega) - m\,\omega

    where a_p(ω) = arg(1 − p e^{−iω}) − arg(1 − p) for \|p\| ≤ 1, by arctangents, and m is the pure delay.

    Parameters
    ----------
    stack : Stack
        One channel between all layers; zeros are numbers, or 0.
    omega : real number or expression
        rad/sample.

    Returns
    -------
    Expr
        At ω = 0 the group delay if H(1) > 0, otherwise infinite (nan if H(1) = 0).

    Raises
    ------
    ValueError
        More than one channel, or a root of which it is not known on which side of the circle it is.

    Notes
    -----
    Symbolic poles are taken to be inside the circle. A zero outside turns the phase by −ω beyond its reflection.
    Either timing. The paper, section 3.2; Oppenheim & Schafer, Discrete-Time Signal Processing, section 5.1.
    """
    require_stack(stack)
    _require_single_channel(stack, "phase_delay")
    omega = expressions.frequency(omega)
    poles = [pole for layer in stack.closed().layers for pole in layer.poles]
    found = [root for layer in zeros(stack) for root in layer]
    start = sympy.arg(_at_one(stack, [*poles, *found]))
    if omega == 0:
        return _at_zero(stack, start)
    turns = [-_continued(pole, omega, symbolic=True) for pole in poles] + [_continued(root, omega) for root in found]
    return (-start - sympy.Add(*turns)) / omega + len(poles) - len(found)


def _at_one(stack, points):
    """H(1), or of its sign where poles and zeros are real symbols: Π (1 − ζ)/Π (1 − λ) > 0 inside the circle."""
    if not (stack.free_symbols and all(point.is_real for point in points)):
        return transfer_function(stack, 1)
    numerators = (single_channel_numerator(layer, stack.timing) for layer in stack.closed().layers)
    leading = (next(value for value in coefficients if value != 0) for coefficients in numerators)
    return sympy.Mul(*leading, *(1 - point for point in points if expressions.outside_circle(point)))


def _at_zero(stack, start):
    if start == 0:
        return group_delay(stack, 0)
    sign = sympy.sign(start)
    if start is sympy.nan or sign not in (1, -1):
        raise ValueError("omega: expected a frequency other than 0 where the sign of H(1) is not known; declare the "
                         "gains positive, or pass numbers")
    return -sign * oo


def _continued(p, omega, symbolic=False):
    """The continuous change of arg(1 − p w) from 0 to ω: beyond the circle 1 − p w = −p w (1 − w̄/p)."""
    outside = expressions.outside_circle(p)
    if outside is None and not symbolic:
        raise ValueError(f"expected zeros at known places, got {expressions.describe(p)}; give numbers to the gains "
                         "and poles it depends on")
    return -omega - turn(1 / conjugate(p), omega) if outside else turn(p, omega)
