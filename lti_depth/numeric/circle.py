"""Covariances as integrals over the unit circle, for stacks in which the recursion cancels.

Every state and every output is H_s(e^{iω}) applied to the input, so that

    E s[t+Δ] r[t]* = (1/2π) ∫ H_s S_u H_r* e^{iωΔ} dω,

with terms of one sign where s = r, Δ = 0. The recursion instead adds errors that later layers amplify by their largest
gain: it loses log₁₀(largest gain²/variance) digits, more than thirty when complex poles lie at many angles.
"""

import numpy as np

_ORDER = 20
_CHUNK = 4096


def nodes(poles, reach):
    """Gauss–Legendre nodes and weights/2π on panels of [−π, π] graded towards the poles.

    A panel is no longer than half its distance to the nearest singularity θ ± i log(1/|λ|) of the integrand, and than
    8/reach, the oscillation of e^{iω·reach}.
    """
    poles = np.unique(poles[poles != 0])
    angles, depths = np.angle(poles), -np.log(np.abs(poles))
    edges = np.unique(np.concatenate([[-np.pi, np.pi], angles]))
    open_panels, done = np.stack([edges[:-1], edges[1:]], axis=1), []
    while len(open_panels):
        center, half = open_panels.mean(axis=1), (open_panels[:, 1] - open_panels[:, 0]) / 2
        good = half * max(reach, 1) <= 4
        for angle, depth in zip(angles, depths, strict=True):
            away = np.abs((center - angle + np.pi) % (2 * np.pi) - np.pi)
            good &= 4 * half <= np.hypot(np.maximum(away - half, 0), depth)
        good |= half < 1e-15
        done.append(open_panels[good])
        split, middle = open_panels[~good], center[~good]
        open_panels = np.concatenate([np.stack([split[:, 0], middle], 1), np.stack([middle, split[:, 1]], 1)])
    panels = np.concatenate(done)
    x, weights = np.polynomial.legendre.leggauss(_ORDER)
    half = (panels[:, 1] - panels[:, 0])[:, None] / 2
    return (panels.mean(axis=1)[:, None] + half * x).ravel(), (half * weights).ravel() / (2 * np.pi)


def _responses(model, omega):
    """From the input to all states ξ (n, K·N, H) and to the output (n, H, H)."""
    poles, B, F, E = model.sections
    w = np.exp(-1j * omega)[:, None]
    P = np.broadcast_to(np.eye(B.shape[2]), (len(omega), *E.shape[1:])).astype(complex)
    states = []
    for k in range(len(poles)):
        minus = (1 - poles[k]) + poles[k] * (2 * np.sin(omega / 2) ** 2 + 1j * np.sin(omega))[:, None]
        states.append((B[k] @ P) * (w / minus)[:, :, None])
        P = F[k] @ states[-1] + E[k] @ P
    return np.concatenate(states, axis=1), P


def _spectrum(source, omega):
    """Σ_Δ R(Δ) e^{−iωΔ} of a source with R(0), …, R(L−1)."""
    lags = np.arange(1, len(source))
    return source[0].real + 2 * (np.exp(-1j * np.outer(omega, lags)) @ source[1:]).real


def _chunks(model, reach, source):
    omega, weights = nodes(model.poles.ravel(), reach + len(source))
    for start in range(0, len(omega), _CHUNK):
        part = slice(start, start + _CHUNK)
        yield omega[part], weights[part] * _spectrum(source, omega[part])


def state_covariance(model, source):
    """E ξ ξ*, (K·N, K·N) in the scaled units of the realization."""
    total = 0.0
    for omega, density in _chunks(model, 0, source):
        states, _ = _responses(model, omega)
        flat = states.transpose(1, 0, 2).reshape(states.shape[1], -1)
        total = total + (flat * np.repeat(density, states.shape[2])) @ flat.conj().T
    return total


def autocovariance(model, lags, source):
    """E y[t+Δ] y[t]* at lags Δ ≥ 0, (n, H, H) in the scaled units of the realization."""
    total = 0.0
    for omega, density in _chunks(model, lags.max(initial=0), source):
        _, P = _responses(model, omega)
        S = density[:, None, None] * (P @ P.conj().swapaxes(1, 2))
        total = total + np.tensordot(np.exp(1j * np.outer(lags, omega)), S, axes=1)
    return total
