"""What a stack does to a sinusoid and to a spectrum, as factored closed forms."""

import sympy
from sympy import I

from . import expressions
from .covariances import part_scale, require_process, through
from .fields import Field, scaled, times
from .layers import Layer
from .polynomials import is_short, single_channel_numerator
from .stacks import Stack, require_stack
from .towers import observable
from .trigonometry import modulus_squared, trigonometric_sum


@observable
def transfer_function(stack, z):
    r"""The transfer function at a point z.

    .. math:: H(z) = H_K(z) \cdots H_1(z), \qquad H_k(z) = D_k + C_k (I - \Lambda_k z^{-1})^{-1} B_k

    (delayed timing: :math:`D_k + C_k (z I - \Lambda_k)^{-1} B_k`); of a scalar cascade :math:`g/\prod(1-\lambda_k/z)`.

    Parameters
    ----------
    stack : Stack
    z : number or expression
        Layers with real=True are taken as the systems with poles λ and λ̄.

    Returns
    -------
    Expr, or ImmutableMatrix of shape (H_out, H_in)

    Raises
    ------
    ValueError
        z is a pole.

    Notes
    -----
    The paper, Proposition 2, with a state matrix of its own for each layer.
    """
    require_stack(stack)
    z = expressions.exact(z, "z")
    point = (z, sympy.Integer(1)) if z == 0 else (sympy.Integer(1), expressions.exact(1 / z, "z"))
    return expressions.drop_channels(_evaluated(stack, *point))


@observable
def frequency_response(stack, omega):
    """H(e^{iω}).

    Parameters
    ----------
    stack : Stack
    omega : real number or expression
        rad/sample.

    Returns
    -------
    Expr, or ImmutableMatrix of shape (H_out, H_in)

    Raises
    ------
    ValueError
        A pole at e^{iω}, or ω not real.

    Notes
    -----
    Either timing. The paper, Proposition 2.
    """
    require_stack(stack)
    omega = expressions.frequency(omega)
    w = expressions.exact(sympy.exp(-I * omega), "omega")
    return expressions.drop_channels(_evaluated(stack, sympy.Integer(1), w))


@observable
def power_spectrum(stack, omega, process=None, layer=None):
    r"""The spectrum of the output of one layer.

    .. math:: S(\omega) = \sum_\Delta R(\Delta) e^{-i\omega\Delta} = H(e^{i\omega})\, S_u(\omega)\, H(e^{i\omega})^*

    of a scalar cascade :math:`|g|^2 S_u \prod_k 1/(1 - 2\lambda_k\cos\omega + \lambda_k^2)` for real poles.

    Parameters
    ----------
    stack : Stack
    omega : real number or expression
        rad/sample.
    process : Process
        Of the input, independent on each channel; white noise of unit variance if None.
    layer : int or None
        0-based, negative from the end; None for the last.

    Returns
    -------
    Expr, or ImmutableMatrix of shape (H_out, H_out)
        Variance per (rad/sample)/2π.

    Raises
    ------
    ValueError
        A pole on or outside the unit circle.

    Notes
    -----
    Either timing. The paper, Proposition 1.
    """
    require_stack(stack)
    omega = expressions.frequency(omega)
    process = require_process(stack, process, "power_spectrum")
    return expressions.drop_channels(_gain(through(stack, layer), omega) * process_spectrum(process, omega))


def _evaluated(stack, u, v):
    """H(u/v): layer by layer D + Σ_n C_n B_n u/(u − λ_n v), in delayed timing v/(u − λ_n v)."""
    layers = stack.closed().layers
    field = Field.holding((*stack.closed().entries, u, v))
    u, v = field.element(u), field.element(v)
    top = u if stack.timing == "current" else v
    total = field.domain.one
    for layer in layers:
        H = section(layer, field, u, v, top)
        total = times(H, total)
    H = field.expression(total)
    return H if isinstance(H, sympy.MatrixBase) else sympy.ImmutableMatrix([[H]])


def section(layer, field, u, v, top):
    """H(u/v) of one layer, with top = u in current timing and v in delayed; an element, or a matrix."""
    bottoms = [u - field.element(pole) * v for pole in layer.poles]
    for pole, bottom in zip(layer.poles, bottoms, strict=True):
        if not bottom:
            raise ValueError(f"expected a point that is not a pole, got one at the pole {pole}; there the transfer "
                             "function is infinite")
    if layer.width == 1 and layer.channels == (1, 1):
        b, c, d = (field.element(M[0, 0]) for M in (layer.B, layer.C, layer.D))
        return (d * bottoms[0] + b * c * top) / bottoms[0]
    total = field.matrix(layer.D)
    for n, bottom in enumerate(bottoms):
        total = total + scaled(top / bottom, field.residue(layer, n))
    return total


def process_spectrum(process, omega):
    """S_u(ω) of a process."""
    return sympy.Add(*(_spectrum_of(part, omega) for part in process.parts))


def _spectrum_of(part, omega):
    """The spectrum of the source times |H|² of the shaping filter, scaled."""
    source = trigonometric_sum((part.source[0], *(2 * value for value in part.source[1:])), omega)
    return part_scale(part) * source * (1 if part.shape is None else _gain(part.shape, omega))


def _gain(stack, omega):
    """|H|², or H H* for several channels; of wide layers with symbols as a product of sums of partial fractions."""
    layers = stack.closed().layers
    if set(stack.channels) != {1} or not all(is_short([layer]) for layer in layers):
        w, one = expressions.exact(sympy.exp(-I * omega), "omega"), sympy.Integer(1)
        return expressions.drop_channels(_evaluated(stack, one, w) * _evaluated(_adjoint(stack), w, one))
    above = (modulus_squared(single_channel_numerator(layer, stack.timing), omega) for layer in layers)
    below = (modulus_squared((sympy.Integer(1), -pole), omega) for layer in layers for pole in layer.poles)
    return sympy.Mul(*above) / sympy.Mul(*below)


def _adjoint(stack):
    """The stack whose transfer function at 1/z̄ is H(z)*: at e^{−iω}, without conjugating ω."""
    layers = (
        Layer(tuple(map(sympy.conjugate, layer.poles)), layer.C.H, layer.B.H, layer.D.H)
        for layer in reversed(stack.closed().layers)
    )
    return Stack(tuple(layers), timing=stack.timing)
