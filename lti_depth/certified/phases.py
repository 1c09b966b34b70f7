"""Phase delay, enclosed: the continuous phase by proof, not by unwrapping."""

from functools import reduce
from itertools import accumulate

import numpy as np
from flint import acb, acb_poly, arb, ctx

from ..system import validation
from ..system.processes import outside_circle
from ..system.stacks import require_single_channel
from .balls import COMPLEX, exact_layers
from .delays import group_delay
from .precision import PrecisionError, Undecided, array, enclose
from .responses import unit_circle

_HALVED = 1024
"""How often an arc is halved at most."""


def phase_delay(stack, omega, *, rtol=1e-15):
    r"""The phase delay −φ(ω)/ω, in samples, enclosed, with φ the continuous phase of H(e^{iω}).

    .. math:: H_k = P_k(w)/Q_k(w), \quad Q_k = \prod_n (1 - \lambda_n w), \qquad
              \varphi(\omega) = \arg H(1) + \sum_k \Delta\arg P_k - \sum_k \Delta\arg Q_k

    with Δ arg the continuous change as w = e^{−iω} moves from 1.

    Parameters
    ----------
    stack : Stack
        One channel between all layers; its doubles are taken as exact.
    omega : float or array
        rad/sample, taken as exact.
    rtol : float

    Returns
    -------
    arb samples, an object array in the shape of omega. Every ball contains the truth; its radius is at most `rtol` of
    its absolute value, or it contains 0 and its radius is below 2⁻¹⁰²⁴ samples. At ω = 0 the group delay.

    Raises
    ------
    ValueError
        More than one channel; a layer that lets nothing through; ω = 0 where H(1) is not positive; a pole λ = 1.
    PrecisionError
        A zero on the circle between 0 and ω, at which the phase jumps; 16384 bits do not suffice for rtol.

    Notes
    -----
    The change of arg P over an arc around c is arg P/P(c) at its ends if |P(c + h)/P(c) − 1| < 1 for all h within the
    arc, which the coefficients of P(c + h) decide; otherwise the arc is halved. A pole |λ| > 1 turns the phase by −ω
    beyond its reflection 1/λ̄; one on the circle counts as the limit from inside. Oppenheim & Schafer, Discrete-Time
    Signal Processing, section 5.1.
    """
    require_single_channel(stack, "phase_delay")
    omega = validation.frequencies(omega)
    layers = exact_layers(stack, COMPLEX)
    poles = np.concatenate([layer.poles for layer in stack.closed().layers])
    if (poles == 1).any():
        raise ValueError("phase_delay: expected a finite response at omega = 0, got a pole λ = 1; a phase that begins "
                         "there is not defined")
    flat = [_delay(stack, layers, poles, one, rtol) for one in omega.ravel().tolist()]
    return array(flat, omega.shape)[()]


def _delay(stack, layers, poles, omega, rtol):
    def compute():
        numerators = [_numerator(layer, k) for k, layer in enumerate(layers)]
        phase = _start(numerators, layers, stack.real_output)
        if omega == 0:
            return array([phase], ()), 1
        turns, rest = _whole_turns(omega)
        for P in numerators:
            phase += _turn(P, rest) + (turns * _turn(P, 2 * arb.pi()) if turns else 0)
        for pole in poles.tolist():
            phase -= _pole_turn(pole, omega)
        return array([-phase / omega], ()), 1

    delay = enclose("phase_delay", rtol, compute)[()]
    if omega != 0:
        return delay
    if not delay.is_zero():
        raise ValueError(f"phase_delay: expected H(1) > 0 at omega = 0, got a phase of {delay.str(5)}; the phase delay "
                         "is infinite there, leave the point out")
    return group_delay(stack, 0.0, rtol=rtol)


def _numerator(layer, k):
    """P(w) = d Q + v Σ c_n b_n Π_{m≠n} (1 − λ_m w), v = 1, or w in delayed timing."""
    factors = [acb_poly([1, -pole]) for pole in layer.poles]
    one = acb_poly([1])
    before = list(accumulate(factors, lambda p, q: p * q, initial=one))
    after = list(accumulate(reversed(factors), lambda p, q: p * q, initial=one))[::-1]
    v = one if layer.current else acb_poly([0, 1])
    P = before[-1] * layer.D[0, 0]
    for n in range(len(factors)):
        P += v * before[n] * after[n + 1] * (layer.C[0, n] * layer.B[n, 0])
    if all(a.is_zero() for a in P.coeffs()):
        raise ValueError(f"layer {k}: expected a transfer function other than 0, got one without any gain; "
                         "look at B and C")
    return P


def _start(numerators, layers, real_output):
    """arg H(1), from Π P(1) Q(1)*, which holds no division and thus no rounding once precision suffices."""
    gaps = [1 - pole.conjugate() for layer in layers for pole in layer.poles]
    value = reduce(lambda a, b: a * b, [P(acb(1)) for P in numerators] + gaps)
    if value.is_zero():
        raise ValueError("phase_delay: expected H(1) other than 0, got a zero at omega = 0; a phase that begins there "
                         "is not defined")
    value = acb(value.real) if real_output else value
    if value.contains(0):
        raise Undecided("got H(1) that cannot be told from 0")
    return value.arg()


def _whole_turns(omega):
    """n and r with ω = 2πn + r, |r| ≤ π or so."""
    turns = int((arb(omega) / (2 * arb.pi())).mid().floor().unique_fmpz())
    return turns, arb(omega) - 2 * turns * arb.pi()


def _turn(P, omega):
    """The continuous change of arg P(e^{−iθ}) from θ = 0 to ω: over arcs halved until P keeps to a half-plane."""
    total, arcs = arb(0), [(arb(0), omega, 0)]
    while arcs:
        low, high, halved = arcs.pop()
        change = _turn_over(P, low, high)
        if change is not None:
            total += change
            continue
        if halved == _HALVED:
            raise PrecisionError("phase_delay: expected a response other than 0 from omega = 0 on, got a zero within "
                                 f"2^-{_HALVED} of the circle; the phase jumps there")
        if 2 * halved > ctx.prec:
            raise Undecided("got a response near 0 on the way from omega = 0")
        middle = (low + high) / 2
        arcs += [(middle, high, halved + 1), (low, middle, halved + 1)]
    return total


def _turn_over(P, low, high):
    """The same from low to high, or None where |P(c + h)/P(c) − 1| < 1 is not certain around the middle."""
    value, *coefficients = P(acb_poly([unit_circle((low + high) / 2), 1])).coeffs()
    if not coefficients:
        return arb(0)
    reach, power, change = abs((high - low) / 2).upper(), arb(1), arb(0)
    for coefficient in coefficients:
        power *= reach
        change += abs(coefficient) * power
    if change < abs(value):
        return (P(unit_circle(high)) / value).arg() - (P(unit_circle(low)) / value).arg()
    return None


def _pole_turn(pole, omega):
    """The continuous change of arg(1 − λ e^{−iω}) from 0 to ω: of the right half-plane for |λ| ≤ 1."""
    exact = acb(pole)
    if outside_circle(np.array([pole]))[0] and pole not in (-1, 1j, -1j):  # the doubles with |λ| = 1
        reflected = 1 / exact.conjugate()
        return -arb(omega) - (1 - reflected * unit_circle(omega)).arg() + (1 - reflected).arg()
    return (1 - exact * unit_circle(omega)).arg() - (1 - exact).arg()
