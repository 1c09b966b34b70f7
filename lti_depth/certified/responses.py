"""What a stack does to a sinusoid and to a spectrum, enclosed."""

import numpy as np
from flint import acb, arb

from ..system import validation
from ..system.processes import process_or_white, require_stationary
from ..system.stacks import require_stack, through_layer
from .balls import COMPLEX, adjoint, diagonal, exact_layers, known_size, total
from .outputs import part_weight
from .precision import NEGLIGIBLE, array, drop_channels, enclose


def transfer_function(stack, z, *, rtol=1e-15):
    r"""The transfer function at points z of the complex plane, enclosed.

    .. math:: H(z) = H_K(z) \cdots H_1(z), \qquad H_k(z) = D_k + C_k (I - \Lambda_k z^{-1})^{-1} B_k

    Delayed timing: :math:`D_k + C_k (z I - \Lambda_k)^{-1} B_k`.

    Parameters
    ----------
    stack : Stack
        Its doubles are taken as exact.
    z : complex or array
        Taken as exact.
    rtol : float

    Returns
    -------
    acb; an object array in the shape of z, then (H_out, H_in), the channel axes dropped when both are 1. Every ball
    contains the truth. Its radius is at most `rtol` of its absolute value, or it contains 0 and its radius is below
    2⁻¹⁰²⁴ of the absolute sum of the last layer times the response before it.

    Raises
    ------
    ValueError
        z is a pole.
    PrecisionError
        16384 bits do not suffice for rtol.

    Notes
    -----
    The paper, Proposition 2.
    """
    layers = exact_layers(require_stack(stack), COMPLEX)
    points = validation.numbers(z, "z")
    return _at_each(points, layers, "transfer_function", rtol, lambda value: point_of(acb(value)))


def frequency_response(stack, omega, *, rtol=1e-15):
    """The response H(e^{iω}), enclosed, as a product over layers.

    Parameters
    ----------
    stack : Stack
        Stable or not; its doubles are taken as exact.
    omega : float or array
        rad/sample, taken as exact: the double 3.14… is not π.
    rtol : float

    Returns
    -------
    acb; an object array in the shape of omega, then (H_out, H_in), contained and narrow as in `transfer_function`.

    Raises
    ------
    ValueError
        A pole at e^{iω}: λ = 1 at ω = 0. No other double ω has an algebraic e^{iω} (Lindemann), so no other is a pole.
    PrecisionError
        16384 bits do not suffice for rtol.
    """
    layers = exact_layers(require_stack(stack), COMPLEX)
    return _at_each(validation.frequencies(omega), layers, "frequency_response", rtol, on_circle)


def _at_each(points, layers, what, rtol, placed):
    shape = len(layers[-1].C.table()), layers[0].B.ncols()
    values = np.empty((points.size, *shape), dtype=object)
    for n, point in enumerate(points.ravel().tolist()):
        values[n] = enclose(what, rtol, lambda point=point: _response(layers, placed(point), what, point, shape))
    return drop_channels(values.reshape(*points.shape, *shape))


def _response(layers, place, what, point, shape):
    H, bound = product(layers, place, what, point)
    return array(H.entries(), shape), bound


def point_of(z):
    """λ, current ↦ 1/(1 − λ/z), or 1/(z − λ) in delayed timing, None at a pole."""

    def transfer(pole, current):
        if current and pole.is_zero():
            return acb(1)
        gap = z - pole
        return None if gap.is_zero() else (z if current else acb(1)) / gap

    return transfer


def on_circle(omega):
    """The same at z = e^{iω}, w = 1/z: 1/(1 − λ w), and w/(1 − λ w)."""
    w = unit_circle(omega)

    def transfer(pole, current):
        gap = 1 - pole * w
        return None if gap.is_zero() else (acb(1) if current else w) / gap

    return transfer


def unit_circle(omega):
    """w = e^{−iω}, exactly 1 at ω = 0."""
    return acb(0, -arb(omega)).exp()


def product(layers, place, what, point):
    """H at a point, and the scale on which it may be 0: of the last layer's absolute sums times the size before it."""
    H, bound = layer_response(layers[0], 0, place, what, point)
    for k, layer in enumerate(layers[1:], start=1):
        factor, own = layer_response(layer, k, place, what, point)
        H, bound = factor * H, own * known_size(H, bound)
    return H, bound


def layer_response(layer, k, place, what, point):
    """D + C diag(φ) B of layer k, and a bound on its entries: Σ|D| + Σ|C||φ||B|."""
    phi = [place(pole, layer.current) for pole in layer.poles]
    phi = [_at_pole(layer, k, n, what, point) if value is None else value for n, value in enumerate(phi)]
    H = layer.D + layer.C * diagonal(COMPLEX, phi) * layer.B
    bound = total(layer.D.entries())
    for value, row, column in zip(phi, layer.B.table(), layer.C.transpose().table(), strict=True):
        bound += abs(value) * total(row) * total(column)
    return H, bound


def _at_pole(layer, k, n, what, point):
    """0 for a state that nothing drives or nothing reads; any other makes the response infinite."""
    row, column = layer.B.table()[n], layer.C.transpose().table()[n]
    if not all(entry.is_zero() for entry in row) and not all(entry.is_zero() for entry in column):
        raise ValueError(f"{what}: expected points other than poles, got {point}, a pole of layer {k}, state {n}, at "
                         "which the value is infinite; leave it out")
    return acb(0)


def power_spectrum(stack, omega, process=None, layer=None, *, rtol=1e-15):
    r"""The spectrum of the output of a layer, enclosed.

    .. math:: S(\omega) = \sum_\Delta R(\Delta) e^{-i\omega\Delta} = H(e^{i\omega})\, S_u(\omega)\, H(e^{i\omega})^*

    Parameters
    ----------
    stack : Stack
        Its doubles, and those of the process, are taken as exact.
    omega : float or array
        rad/sample, taken as exact.
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.
    layer : int, optional
        0-based, negative from the end; None is the last.
    rtol : float

    Returns
    -------
    arb for one channel, else acb in an object array in the shape of omega, then (H_out, H_out). Every ball contains the
    truth. Its radius is at most `rtol` of its absolute value, or it contains 0 and its radius is below 2⁻²⁰⁴⁸ of the
    largest spectrum that such a last layer lets through.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1.
    PrecisionError
        16384 bits do not suffice for rtol.
    """
    stack = through_layer(stack, layer)
    require_stationary(stack, "power_spectrum")
    omega, process = validation.frequencies(omega), process_or_white(process)
    layers, H_out = exact_layers(stack, COMPLEX), stack.channels[-1]
    shapes = [None if part.shape is None else exact_layers(part.shape, COMPLEX) for part in process.parts]

    def compute(one):
        H, bound = product(layers, on_circle(one), "power_spectrum", one)
        densities = [_density(part, shape, one) for part, shape in zip(process.parts, shapes, strict=True)]
        S = H * adjoint(H) * sum(density for density, _ in densities)
        scale = bound * bound * sum(scale for _, scale in densities)
        return array(S.entries(), (H_out, H_out)), scale * arb(2) ** -NEGLIGIBLE  # a square: of a response told from 0

    S = np.empty((omega.size, H_out, H_out), dtype=object)
    for n, one in enumerate(omega.ravel().tolist()):
        S[n] = enclose("power_spectrum", rtol, lambda one=one: compute(one))
    S = S.reshape(*omega.shape, H_out, H_out)
    return drop_channels(S if H_out > 1 else array([ball.real for ball in S.ravel()], S.shape))


def _density(part, shape, omega):
    """The spectrum of a part of the input process, and a scale."""
    weight, power, bound = part_weight(part), arb(1), arb(1)
    if shape is not None:
        F, bound = product(shape, on_circle(omega), "power_spectrum", omega)
        power, bound = (F[0, 0] * F[0, 0].conjugate()).real, bound * bound
    R = [acb(value) for value in part.source.tolist()]
    ahead = [(value * unit_circle(m * arb(omega))).real for m, value in enumerate(R) if m]
    source = R[0].real + 2 * sum(ahead, arb(0))
    return weight * power * source, weight * bound * 2 * total(R)
