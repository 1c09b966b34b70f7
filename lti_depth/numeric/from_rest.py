"""Second moments of states from rest, after finitely many inputs."""

import numpy as np

from ..system import Layer, Stack
from ..system.limits import require_affordable
from .autocovariances import part_autocovariance
from .impulse import scaled_response
from .reach import require_reachable
from .realization import leveled, unscale

WIRE = Stack((Layer([0.0], [[0.0]], [[0.0]], [[1.0]]),))


def variance_from_rest(stack, process, T):
    """Σ_{s,s'<T} h_s h̄_s' R_u(s' − s) = Σ_d R_u(d) conj(ρ(d)), ρ(d) = Σ_s h_{s+d} h̄_s over the first T terms."""
    energy, exponents = (np.zeros((len(stack), max(stack.widths)), kind) for kind in (float, np.int64))
    H = max(*stack.channels, *stack.widths)
    require_reachable(T, "state_variance from rest", seconds=2e-8 * len(stack) ** 2, size=150 * H**2,
                      instead="take fewer samples, or simulate")
    require_affordable(len(stack), "state_variance from rest", 2, instead="take fewer samples, or simulate",
                       seconds=len(stack) ** 2 * (1e-5 + 2e-8 * T))
    times = np.arange(T) + (stack.timing == "delayed")  # the states after the T-th input
    lags = np.arange(T if len(process.parts) > 1 or _is_colored(process.parts[0]) else 1)
    R = sum(unscale(*part_autocovariance(WIRE, lags, part), "state_variance") for part in process.parts)[:, 0, 0]

    def answer(layers):
        return scaled_response(Stack(layers, timing=stack.timing), times, 0.0, "state_variance")

    for k, layer in enumerate(stack):
        readout = Layer(layer.poles, layer.B, np.eye(layer.width))
        before = (*stack.layers[:k], readout)
        h, common = answer(before)
        for n in range(layer.width):
            own, exponent = h[:, n, : stack.channels[0]], common[:, :, 0]
            if not np.isfinite(own).all():  # 0·inf: where another state overflows, this one may be finite
                alone, common_alone = answer(_heard(before, n))
                own, exponent = alone[:, n, : stack.channels[0]], common_alone[:, :, 0]
            own, exponents[k, n] = leveled(own, exponent)
            energy[k, n] = weighted_energy(own, R)
    return unscale(energy, 2 * exponents, "state_variance")


def _heard(layers, n):
    """The layers with every gain put to 0 through which nothing reaches output n of the last."""
    wanted, kept = np.arange(layers[-1].channels[1]) == n, []
    for layer in reversed(layers):
        C, D = (np.where(wanted[:, None], matrix, 0) for matrix in (layer.C, layer.D))
        B = np.where((C != 0).any(axis=0)[:, None], layer.B, 0)
        kept.append(Layer(layer.poles, B, C, D, real=layer.real))
        wanted = (B != 0).any(axis=0) | (D != 0).any(axis=0)
    return tuple(reversed(kept))


def _is_colored(part):
    return part.shape is not None or len(part.source) > 1


def weighted_energy(h, R):
    """R(0) Σ|h|² + 2 Re Σ_{d≥1} R(d) conj(ρ(d)) of h (T, H), summed over the input channels; inf where h overflows."""
    if not np.isfinite(h).all():
        return np.inf
    if len(R) == 1:
        return R[0].real * (np.abs(h) ** 2).sum()
    T = len(h)
    rho = np.fft.ifft(np.abs(np.fft.fft(h, 2 * T, axis=0)) ** 2, axis=0)[:T].sum(axis=1)
    return R[0].real * rho[0].real + 2 * (R[1:] * rho[1:].conj()).real.sum()
