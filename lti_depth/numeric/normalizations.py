"""Gains that keep states at one size, as they are used in practice, and the one that does."""

from fractions import Fraction

import numpy as np

from ..system import Layer, Stack, validation
from ..system.limits import require_affordable
from ..system.processes import process_or_white, require_stationary
from .extended import extended, inverse_root, leveled, logarithm, product
from .realization import unscale
from .unbounded_covariances import state_variance

ARMS = ("none", "unit-dc", "l1", "lru", "depth-aware", "isometric")


def normalization(stack, arm, process=None):
    r"""The gains γ of a normalization, for each state.

    =============  ===============================================  ==================================================
    arm            γ of the state n of layer k                      what it keeps at one
    =============  ===============================================  ==================================================
    "none"         1
    "unit-dc"      \|1 − λ\|                                        the answer of the state to a constant
    "l1"           1 − \|λ\|                                        the absolute sum of its impulse response
    "lru"          √(1 − \|λ\|²)                                    its variance for white noise into the layer
    "depth-aware"  1/√E\|x\|², earlier layers already normalized    its variance, at every depth
    "isometric"    √(1 − \|λ\|²)                                    the spectrum: the layer becomes all-pass
    =============  ===============================================  ==================================================

    Rows of B that are not of unit length scale what is kept along, except in "depth-aware" and "isometric".

    Parameters
    ----------
    stack : Stack
    arm : {"none", "unit-dc", "l1", "lru", "depth-aware", "isometric"}
    process : Process
        Of the input; white noise of unit variance if None. Only "depth-aware" depends on it.

    Returns
    -------
    (K, N_max) float64, 0 in the padding of narrower layers.

    Raises
    ------
    ValueError
        An unknown arm; a pole with |λ| ≥ 1; "depth-aware" of a state that no input reaches; "isometric" of layers that
        are not scalar, or of a pole 0 in current timing.

    See Also
    --------
    log_normalization : where values exceed float64.

    Notes
    -----
    Either timing. Orvieto et al., arXiv 2303.06349 (LRU); initializations that depend on the input's autocorrelation:
    Liu & Li, arXiv 2411.19455. The law of the depth-aware γ at equal poles: `symbolic.normalization`.
    """
    gains = _extended_gains(stack, arm, process, "normalization")
    return unscale(gains.mantissa, np.where(gains.mantissa == 0, 0, gains.exponent).astype(int), "normalization")


def log_normalization(stack, arm, process=None):
    """Sign and logarithm of the gains γ of a normalization.

    Parameters
    ----------
    stack, arm, process
        As in `normalization`.

    Returns
    -------
    Logarithm
        (K, N_max) float64 each; sign 0 and logabs −inf in the padding.

    Raises
    ------
    ValueError
        As `normalization`.

    See Also
    --------
    normalization
    """
    return logarithm(_extended_gains(stack, arm, process, "log_normalization"), True)


def _extended_gains(stack, arm, process, what):
    require_stationary(stack, what)
    validation.choice(arm, "arm", ARMS)
    process = process_or_white(process)
    if arm == "isometric":
        _require_all_pass(stack)
    if arm == "depth-aware":
        return _normalized(stack, process)[1]
    gains = _padding(stack)
    for k, layer in enumerate(stack):
        gains[k, : layer.width] = _gains(layer.poles, arm)
    return extended(gains)


def _gains(poles, arm):
    if arm == "none":
        return 1.0
    return np.abs(1 - poles) if arm == "unit-dc" else _gap(poles) if arm == "l1" else np.sqrt(_squared_gap(poles))


def _squared_gap(poles):
    """1 − |λ|², rounded once."""
    return np.array([float(1 - Fraction(pole.real) ** 2 - Fraction(pole.imag) ** 2) for pole in poles.tolist()])


def _gap(poles):
    """1 − |λ| = (1 − |λ|²)/(1 + |λ|)."""
    return _squared_gap(poles) / (1 + np.abs(poles))


def _padding(stack):
    return np.zeros((len(stack), max(stack.widths)))


def _normalized(stack, process):
    """The layers with states of unit variance, one after the other, and their gains."""
    S = sum(stack.closed().widths)
    require_affordable(len(stack), "the arm 'depth-aware'", 3, seconds=6e-7 * S**3, instead="normalize by another arm")
    layers, gains = [], extended(_padding(stack))
    for k, layer in enumerate(stack):
        own = (k, slice(layer.width))
        variances = state_variance(Stack((*layers, layer), timing=stack.timing), process)[own]
        for n in np.flatnonzero(~(variances.mantissa > 0)):
            raise ValueError(f"arm: expected states that vary for 'depth-aware', got the variance "
                             f"{leveled(variances, 0)[n]} in layer {k}, state {n}; give row {n} of its B an entry")
        gain = inverse_root(variances)
        gains.mantissa[own], gains.exponent[own] = gain.mantissa, gain.exponent
        B = leveled(product(gain[:, None], extended(layer.B)), 0)
        layers.append(Layer(layer.poles, B, layer.C, layer.D, real=layer.real))
    return layers, gains


def _scaled(layer, gains):
    return Layer(layer.poles, gains[: layer.width, None] * layer.B, layer.C, layer.D, real=layer.real)


def normalize(stack, arm, process=None):
    r"""The stack with a normalization applied.

    Row n of layer k's B is multiplied by γ_{k,n} of `normalization`, earlier layers first; C, D and the poles stay.
    "isometric" replaces the layers of a scalar cascade by the all-pass layers of their poles, whatever their gains:

    .. math:: H_k(z) = \frac{z^{-1} - \bar\lambda_k}{1 - \lambda_k z^{-1}}, \qquad |H_k(e^{i\omega})| = 1

    with b = c = √(1−|λ|²), d = −λ̄ (delayed timing), or b = √(1−|λ|²), c = b/λ, d = −1/λ (current timing, λ ≠ 0).

    Parameters
    ----------
    stack : Stack
    arm, process
        As in `normalization`.

    Returns
    -------
    Stack

    Raises
    ------
    ValueError
        As `normalization`.

    Notes
    -----
    All-pass (Laguerre) sections: Oppenheim & Schafer, Discrete-Time Signal Processing, section 5.5. With white input
    their states have unit variance and are uncorrelated, at every depth.
    """
    require_stationary(stack, "normalize")
    if validation.choice(arm, "arm", ARMS) == "depth-aware":
        return Stack(tuple(_normalized(stack, process_or_white(process))[0]), timing=stack.timing)
    gains = normalization(stack, arm, process)
    if arm == "isometric":
        layers = [_all_pass(layer.poles, gain[:, None], stack.timing) for layer, gain in zip(stack, gains, strict=True)]
    else:
        layers = [_scaled(layer, gain) for layer, gain in zip(stack, gains, strict=True)]
    return Stack(tuple(layers), timing=stack.timing)


def _all_pass(pole, gain, timing):
    if timing == "current":
        return Layer(pole, gain, gain / pole, -1 / pole[:, None])
    return Layer(pole, gain, gain, -pole[:, None].conj())


def _require_all_pass(stack):
    for k, layer in enumerate(stack):
        if layer.width > 1 or layer.channels != (1, 1) or layer.real:
            raise ValueError(f"arm: expected a scalar cascade for 'isometric', got layer {k} as {layer}; all-pass "
                             "layers are defined for one state and one channel")
        if stack.timing == "current" and layer.poles[0] == 0:
            raise ValueError(f"arm: expected poles other than 0 for 'isometric' in current timing, got 0 in layer {k}; "
                             "its all-pass layer is a pure delay, which needs delayed timing")
