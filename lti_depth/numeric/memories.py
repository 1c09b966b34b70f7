"""Memory: how much of each past input the states of a stack hold."""

import numpy as np

from ..system import Layer, Stack, validation
from ..system.limits import require_affordable
from ..system.processes import require_stationary
from .circle import expected_nodes
from .hankel import states
from .impulse import impulse_response
from .reach import require_reachable
from .realization import realize
from .signals import signals, triangular

_WHITE = np.ones(1)


def memory_function(stack, lag):
    r"""The part of the variance of u[t − τ] that the best linear readout of all states x_t explains.

    .. math:: \mathrm{MF}(\tau) = (A^\tau B)^* W^{-1} A^\tau B \in [0, 1], \qquad
              \sum_\tau \mathrm{MF}(\tau) = \text{the number of controllable states}

    for white input, W = E x x*, in current timing; in delayed timing x_t has not seen u_t yet and the answer comes one
    sample later. In a scalar cascade without feedthrough MF(τ) = Σ_k |φ_k(τ)|², with the orthonormal functions of
    Takenaka and Malmquist,

    .. math:: \varphi_k(z) = \frac{\sqrt{1-|\lambda_k|^2}}{1-\lambda_k z^{-1}}
              \prod_{m<k} \frac{z^{-1}-\bar\lambda_m}{1-\lambda_m z^{-1}}

    of its poles (in current timing a pole 0 after the first layer adds a copy of a state and is left out): K states
    are controllable in delayed timing, K − #{k ≥ 2: λ_k = 0} in current timing.

    Parameters
    ----------
    stack : Stack
        One input channel.
    lag : int or array of int
        τ in samples; 0 for negative lags, which lie in the future.

    Returns
    -------
    float64, shape of lag

    Raises
    ------
    ValueError
        Several channels; a pole with |λ| ≥ 1; lags so large that the run up to them takes over three minutes or 4 GB.
    TypeError
        Lags that are not integers.

    Notes
    -----
    W is not inverted. Other stacks than such cascades: an orthonormal basis of the states' impulse responses from an
    orthogonal decomposition, states being counted as dependent below 8 S ε of the largest (ε = 2⁻⁵²); of stacks that
    are nearly dependent the answer is that of the independent part. Jaeger, Short term memory in echo state networks,
    GMD report 152, 2001; Ninness & Gustafsson, IEEE Trans. Automatic Control 42:521, 1997.
    """
    require_stationary(stack, "memory_function")
    if stack.channels[0] != 1 or stack.channels[-1] != 1:
        raise ValueError(f"stack: expected one channel at input and output, got {stack.channels[0]} and "
                         f"{stack.channels[-1]}; memory is defined for one input signal")
    lags = validation.integers(lag, "lag")
    plain = stack.is_cascade and not stack.D.any() and stack.B.all() and stack.C[:-1].all()
    values = _of_cascade(stack, lags) if plain else _of_states(stack, lags)
    return values.reshape(lags.shape)[()]


def _of_cascade(stack, lags):
    """φ_k with all layers delayed comes one sample late; its all-pass factors are −λ̄ + (1 − |λ|²) z⁻¹/(1 − λz⁻¹)."""
    current = stack.timing == "current"
    poles = [pole for k, pole in enumerate(stack.poles) if not (current and k and pole == 0)]
    _require_affordable(len(poles), 0, lags)
    before, total = [], np.zeros(lags.shape)
    for pole in poles:
        energy = (1 - abs(pole)) * (1 + abs(pole))
        one, gain = np.ones((1, 1)), np.full((1, 1), np.sqrt(energy))
        last = Layer([pole], gain, one)
        phi = impulse_response(Stack((*before, last), timing="delayed"), lags + current)
        total += np.abs(phi) ** 2
        before.append(Layer([pole], gain, gain, [[-np.conj(pole)]]))
    return np.where(lags < 0, 0.0, total)


def _require_affordable(K, H, lags, flops=0.0):
    """An impulse response to the last lag from the input to each layer, and `flops` more."""
    last = lags.max(initial=0)
    require_reachable(last, "memory_function", seconds=2e-8 * K**2, size=32 * H**2, instead="ask for smaller lags")
    require_affordable(K, "memory_function", 3 if flops else 2, instead="ask for smaller lags, or take fewer layers",
                       seconds=K**2 * (1e-5 + 2e-8 * last) + 1e-10 * flops)


def _of_states(stack, lags):
    """With h = A^τ B and Rᵀ = V̄ Σ Uᵀ the square root of W = Rᵀ R̄: MF(τ) = Σ_i |(Vᵀ h)_i/σ_i|² over σ_i that count."""
    stack = stack.closed()
    model, factor = realize(stack), None
    S, H = model.poles.size, max(model.B.shape[1:])
    _require_affordable(len(stack), H, lags, 8 * S**2 * (S + expected_nodes(model.poles)) + 40 * S**3)
    for at in signals(model, _WHITE):
        factor = triangular(factor, states(model, at))
    kept = [k * model.poles.shape[1] + n for k, width in enumerate(stack.widths) for n in range(width)]
    lengths = np.linalg.norm(factor, axis=0)[kept]
    seen = lengths > 0
    if not seen.any():
        return np.zeros(lags.shape)
    _, sizes, basis = np.linalg.svd(factor[:, kept][:, seen] / lengths[seen])
    counted = sizes > 8 * len(sizes) * np.finfo(float).eps * sizes[0]
    exponents = model.state_exponents.ravel()[kept]
    h = np.ldexp(1.0, -exponents[seen]) * _state_responses(stack, lags.ravel())[:, seen] / lengths[seen]
    return (np.abs(h @ basis[counted].conj().T / sizes[counted]) ** 2).sum(axis=1)


def _state_responses(stack, lags):
    """What an impulse leaves in each state, (n, S)."""
    responses = []
    for k, layer in enumerate(stack):
        readout = Layer(layer.poles, layer.B, np.eye(layer.width))
        h = impulse_response(Stack((*stack.layers[:k], readout), timing=stack.timing), lags)
        responses.append(h.reshape(len(lags), layer.width))
    return np.concatenate(responses, axis=1)
