"""Second moments without bounds on their range.

They come from the recursion over pairs of layers in double-doubles. Run on the moduli of everything, it gives the sum
of the moduli of all terms, to which the rounding of each entry is relative: an entry that keeps less than 2^−50 of it
is taken from the circle instead, where the terms of a variance have one sign.
"""

import numpy as np

from ..kernels import unbounded as kernels
from ..system import Layer, Stack
from ..system.limits import require_affordable
from . import unbounded_circle as circle
from .cascades import unbounded_response
from .circle import expected_nodes, spectrum
from .extended import Extended, chosen, extended, from_kernel, joined, leveled, product, summed, total
from .from_rest import WIRE, weighted_energy
from .reach import require_reachable
from .unbounded import power, seconds_a_sample, system

_KEPT = 50  # bits of 104 that may cancel


def autocovariance(stack, lags, part):
    """(n, H, H) of the output at lags Δ ≥ 0, for a part of a process."""
    return product(_colored(stack, lags, part.shape, part.source), scale(part))


def scale(part):
    """variance/R(0) of the source through the shaping filter."""
    if part.shape is None:
        return extended(part.variance / part.source[0].real)
    R = _colored(part.shape, np.zeros(1, np.int64), None, part.source)[0, 0, 0]
    if not R.mantissa.real > 0:
        raise ValueError("process: expected a shaping filter that lets something through, got one with output 0")
    return extended(part.variance / R.mantissa.real, -R.exponent)


def _colored(stack, lags, shape, source):
    of = system(stack, shape)
    asked = np.union1d([0], lags)
    R = _output_recursion(of, asked, source)
    if not _nonnegative(of, source):
        sizes = _output_recursion(of.magnitude, asked, np.abs(source))
        decay = _decay(of, np.maximum(asked - len(source) + 1, 0))
        lost = _lost(R, sizes, R[0], decay[:, None, None])
        again = lost.any(axis=(1, 2))
        if again.any():
            R = chosen(lost, _scattered(circle.autocovariance(of, asked[again], source), again, R), R)
    return R[np.searchsorted(asked, lags)]


def _nonnegative(of, source):
    return of.nonnegative and bool((source.imag == 0).all() and (source.real >= 0).all())


def _decay(of, lags):
    """log₂ |λ|^Δ of the slowest pole."""
    slowest = np.abs(of.poles).max()
    return lags * np.log2(slowest) if slowest > 0 else np.where(lags > 0, -np.inf, 0.0)


def _lost(values, sizes, at_once, decay=0.0):
    """Where the recursion has fewer digits than the circle: of the entry itself, and of the deviations it belongs to.

    The error of the recursion is relative to `sizes`; the circle's to √(R_ii R_jj), decayed to the lag.
    """
    variances = at_once.log2.diagonal()
    good = variances >= sizes.log2.reshape(-1, *at_once.shape)[0].diagonal() - _KEPT
    deviations = np.where(good, variances, -np.inf) / 2
    owed = np.maximum(values.log2, deviations[:, None] + deviations + decay)
    return owed < sizes.log2 - _KEPT


def _scattered(values, where, like):
    mantissa, exponent = like.mantissa.copy(), like.exponent.copy()
    mantissa[where], exponent[where] = values.mantissa, values.exponent
    return Extended(mantissa, exponent)


def _output_recursion(of, lags, source):
    """Σ_m R(m) ρ(Δ − m) at sorted lags Δ ≥ 0, the first of them 0; R the source and ρ the answer to white noise."""
    L = len(source)
    needed = lags if L == 1 else np.unique(np.abs(lags[:, None] - np.arange(1 - L, L)))
    sections = of.sections
    require_reachable(lags[-1], "log_autocovariance", seconds=2 * seconds_a_sample(of))  # also of moduli
    _, X, Z = _moments(of, sections)
    start = kernels.free_start(sections[0], sections[1], X, Z)
    later = kernels.run(*sections, start, 0.0, 0.0, needed[1:], 1)
    rho = joined(from_kernel(Z[-1:, -1]), from_kernel(later))
    if L == 1:
        return product(rho, extended(source[0].real))
    parts = []
    for lag in lags:
        behind = lag - np.arange(1 - L, L)
        terms = rho[np.searchsorted(needed, np.abs(behind))]
        terms = chosen((behind < 0)[:, None, None], terms.adjoint, terms)
        weights = np.concatenate([source[:0:-1].conj(), source])
        parts.append(total(product(terms, extended(weights[:, None, None])), 0)[None])
    return joined(*parts)


def _moments(of, sections):
    """`kernels.moments`, and memory for what is made of the states' covariance."""
    K, N, H = of.B.shape
    require_affordable(K, "covariances of unbounded range", 2, instead="divide the gains b and c, and take doubles",
                       size=40 * (K * N + (K + 1) * H) ** 2 + 200 * (K * N) ** 2)
    return kernels.moments(of.poles, *sections)


def state_covariance(stack, part):
    """(S, S), the states of the stack in the order of `equivalent_layer`, for a part of a process."""
    of = system(stack, part.shape)
    N = of.poles.shape[1]
    kept = [k * N + n for k, width in enumerate(stack.closed().widths, of.front) for n in range(width)]
    W = _state_recursion(of, part.source)[np.ix_(kept, kept)]
    if not _nonnegative(of, part.source):
        sizes = _state_recursion(of.magnitude, np.abs(part.source))[np.ix_(kept, kept)]
        lost = _lost(W, sizes, W)
        if lost.any():
            W = chosen(lost, circle.state_covariance(of, kept, part.source), W)
    return product(W, scale(part))


def _state_recursion(of, source):
    """(K·N, K·N)."""
    sections = of.sections
    W, _, _ = _moments(of, sections)
    W = np.ascontiguousarray(W.transpose(0, 2, 1, 3, 4)).reshape(of.poles.size, of.poles.size, 5)
    return from_kernel(kernels.colored(*sections, W, source.astype(complex)))


def state_variance(stack, process):
    """(K, N_max), the diagonal of the covariance of all states."""
    W = summed(state_covariance(stack, part) for part in process.parts)
    out = extended(np.zeros((len(stack), max(stack.widths))))
    start = 0
    for k, (layer, closed) in enumerate(zip(stack, stack.closed(), strict=True)):
        own = np.arange(start, start + layer.width)
        out.mantissa[k, : layer.width], out.exponent[k, : layer.width] = W.mantissa[own, own].real, W.exponent[own, own]
        start += closed.width
    return out


def variance_from_rest(stack, process, T):
    """(K, N_max), from rest, after T samples of the stationary input (`from_rest.weighted_energy`)."""
    of = system(stack)
    require_reachable(T, "log_state_variance", seconds=len(stack) * seconds_a_sample(of), size=200 * of.B.shape[2] ** 2)
    lags = np.arange(T if any(part.shape or len(part.source) > 1 for part in process.parts) else 1)
    R = summed(autocovariance(WIRE, lags, part)[:, 0, 0] for part in process.parts)
    R, unit = leveled(R, R.exponent[0]), R.exponent[0]
    times = np.arange(T) + (stack.timing == "delayed")  # the states after the T-th input
    energy, exponents = np.zeros((2, len(stack), max(stack.widths)))
    for k, layer in enumerate(stack):
        readout = Layer(layer.poles, layer.B, np.eye(layer.width))
        upto = Stack((*stack.layers[:k], readout), timing=stack.timing)
        h = unbounded_response(upto, times, 0.0, "log_state_variance")
        for n in range(layer.width):
            own = h[:, n, : stack.channels[0]]
            top = np.nan_to_num(own.exponent.max(), neginf=0.0)
            energy[k, n], exponents[k, n] = weighted_energy(leveled(own, top), R), 2 * top + unit
    return extended(energy, exponents)


def power_spectrum(stack, omega, part):
    """(n, H, H), for a part of a process."""
    density = product(extended(spectrum(part.source, omega).real), scale(part))
    return product(power(stack, omega, part), density[:, None, None])


def sensitivity(stack, part):
    """(P,), in the order of `fields.flat`, for a part of a process."""
    of = system(stack, part.shape)
    (K, N, H), nodes = of.B.shape, expected_nodes(of.poles)
    require_affordable(len(stack), "log_sensitivity", 2, seconds=3e-6 * nodes * K * (N + H) * H,
                       instead="take fewer layers; equal ones have equal sensitivities")
    return product(circle.sensitivity(stack, part), scale(part))
