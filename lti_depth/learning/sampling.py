"""Exact samples of a stationary process: from the first sample on, no burn-in."""

import numpy as np

from ..numeric import simulate, state_covariance
from ..numeric.autocovariances import part_scale
from ..system import Process, validation, white


def draw(process, rng, shape):
    r"""Independent stretches of a Gaussian stationary process.

    .. math:: E[u_{t+\Delta} u_t^*] = R(\Delta) \text{ within a row, from its first sample on; } 0 \text{ between rows}

    Parameters
    ----------
    process : Process
        The sum of independent parts; complex parts are circular, E[u_{t+Δ} u_t] = 0.
    rng : numpy.random.Generator
    shape : (batch, T)

    Returns
    -------
    u : (batch, T) float64, or complex128 where a part is complex

    Raises
    ------
    ValueError
        A process with a part that is both a sampled autocovariance and shaped; no constructor builds one.

    Notes
    -----
    Shaped noise starts from a state drawn with its stationary covariance. A sampled autocovariance is drawn on a circle
    of at least T + L − 1 points, where it is exact (Davies & Harte, Biometrika 74, 1987: the eigenvalues are the
    spectrum at those points, hence not negative).
    """
    if not isinstance(process, Process):
        raise TypeError(f"process: expected a Process such as white() or ar1(0.9), got {validation.describe(process)}")
    validation.generator(rng, "rng")
    batch, T = (validation.integer(size, "shape", 1) for size in shape)
    first, *others = (_part(part, rng, batch, T) for part in process.parts)
    return sum(others, first)


def _part(part, rng, batch, T):
    if part.shape is None:
        return _on_circle(part, rng, batch, T) if len(part.source) > 1 else _noise(
            rng, (batch, T), part.real, part.variance)
    if len(part.source) > 1:
        raise ValueError("process: expected a shaped part with a white source, got one with a sampled autocovariance")
    stack = part.shape if part.real else part.shape.closed()
    mantissa, exponent = part_scale(part)
    innovations = _noise(rng, (batch, T), part.real, part.source[0].real)
    state = _stationary_state(stack, rng, batch, part.source[0].real, part.real)
    u = simulate(stack, innovations, state)[0]
    u *= np.ldexp(np.sqrt(mantissa), exponent // 2)
    return u


def _noise(rng, shape, real, variance):
    """White, with E|e|² = variance; circular where it is complex."""
    if real:
        noise = rng.standard_normal(shape)
        return noise if variance == 1 else np.multiply(noise, np.sqrt(variance), out=noise)
    return rng.standard_normal((*shape, 2)).view(complex)[..., 0] * np.sqrt(variance / 2)


def _on_circle(part, rng, batch, T):
    """White noise on a circle of n points, each frequency scaled to the root of the spectrum there."""
    from scipy.fft import next_fast_len

    R = part.source * (part.variance / part.source[0].real)
    n = next_fast_len(len(R) - 1 + max(T, len(R)), real=part.real)
    spectrum = np.fft.fft(np.concatenate([R[:1] / 2, R[1:]]), n).real * 2
    amplitude = np.sqrt(np.maximum(spectrum, 0))
    noise = _noise(rng, (batch, n), part.real, 1.0)
    if part.real:
        return np.ascontiguousarray(np.fft.irfft(np.fft.rfft(noise) * amplitude[: n // 2 + 1], n)[:, :T])
    return np.ascontiguousarray(np.fft.ifft(np.fft.fft(noise) * amplitude)[:, :T])


def _stationary_state(stack, rng, batch, variance, real):
    """(batch, K, N_max) states drawn with their stationary covariance, before the first input."""
    covariance = state_covariance(stack, white(variance))
    if real:
        basis = _real_basis(stack)
        covariance = (basis @ covariance @ basis.conj().T).real
    scale = np.sqrt(covariance.diagonal().real)
    scale[scale == 0] = 1
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    root = scale[:, None] * vectors * np.sqrt(np.maximum(values, 0))
    drawn = _noise(rng, (batch, len(root)), real, 1.0) @ root.T
    state = np.zeros((batch, len(stack), max(stack.widths)), stack.dtype if real else complex)
    start = 0
    for k, layer in enumerate(stack):
        N = layer.width
        state[:, k, :N] = drawn[:, start : start + N]
        start += N
        if layer.real:
            state[:, k, :N] += 1j * drawn[:, start : start + N]
            start += N
    return state


def _real_basis(stack):
    """From the closed states (x, x̄) of real-output layers to (Re x, Im x); the identity on real layers."""
    blocks = []
    for layer in stack:
        eye = np.eye(layer.width)
        blocks.append(np.block([[eye, eye], [-1j * eye, 1j * eye]]) / 2 if layer.real else eye)
    size = sum(len(block) for block in blocks)
    basis, start = np.zeros((size, size), complex), 0
    for block in blocks:
        basis[start : start + len(block), start : start + len(block)] = block
        start += len(block)
    return basis
