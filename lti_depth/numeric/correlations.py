"""The correlation length: the lag at which the output has forgotten half of itself."""

from dataclasses import dataclass

import numpy as np

from ..system import Layer, Stack
from ..system.limits import require_affordable
from ..system.processes import process_or_white, require_stationary
from ..system.stacks import through_layer
from .autocovariances import autocovariance, part_scale
from .hankel import states
from .realization import realize
from .signals import signals, triangular

_BLOCK = 2**10
_SCANS = (2**6, _BLOCK)
_VISITED = 2**22
_STRIDE = 1.25


def correlation_length(stack, process=None, layer=None):
    r"""The half-correlation lag of a layer's output, in samples.

    .. math:: \Delta_{1/2} = \min\{\Delta > 0 : |r(\Delta)| \le \tfrac12\}, \qquad
              r(\Delta) = \frac{\mathrm{tr}\, R(\Delta)}{\mathrm{tr}\, R(0)}

    with |r| interpolated linearly between the integers: ½ for white noise, log 2/log(1/λ) for a slow AR(1). Deep
    cascades of real poles have Δ_{1/2} ≈ 2 √(s log 2), s = Σ λ_k/(1−λ_k)², which grows as √K.

    Parameters
    ----------
    stack : Stack
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.
    layer : int, optional
        0-based, negative from the end; None is the last.

    Returns
    -------
    float64

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1, or an output without variance.

    Notes
    -----
    Up to 1024 lags (and the length of a sampled source) every lag is looked at. Beyond, R(Δ) = tr F A^{Δ−L} v with the
    state matrix A, and by Cauchy and Schwarz, for any u with |u| = 1 (here that turns the slowest pole back),

    .. math:: |u R(\Delta + 1) - R(\Delta)| \le \sqrt{\mathrm{tr}\, G P G^*}\, \sqrt{\mathrm{tr}\, R(0)}, \qquad
              G = F (u A - 1) A^{h}, \quad P = E\, x x^*

    for all Δ ≥ L + h. Lags at which |r| cannot have come down to ½ yet are passed over, and where that gains little,
    the next 1024 are looked at: the first crossing is found, wherever it is. Only where |r| ripples from lag to lag
    while it decays over millions of them, and 2²² have been looked at, lags a quarter apart are taken from there on,
    and a dip shorter than that may be missed. Powers of A by repeated squaring: a relative error of about 2⁻⁵² Δ_{1/2},
    what one rounding of a pole costs as well; stacks in which large gains cancel lose digits besides.
    """
    stack = through_layer(stack, layer)
    require_stationary(stack, "correlation_length")
    process = process_or_white(process)
    stack = _at_unit_scale(stack)
    variance = abs(_trace(stack, np.zeros(1, np.int64), process)[0])
    if not variance > 0:
        raise ValueError(f"correlation_length: expected an output that varies, got the variance {variance}")
    reach = max(len(part.source) for part in process.parts)
    for last in (*_SCANS, reach) if reach > _SCANS[-1] else _SCANS:
        sizes = np.abs(_trace(stack, np.arange(last + 1), process)) / variance
        below = np.flatnonzero(sizes <= 0.5)
        if len(below):
            return _interpolated(sizes[below[0] - 1], sizes[below[0]], below[0])
    return _beyond(stack, process, variance, last)


def _at_unit_scale(stack):
    """With an output near one, on which a correlation does not depend; each layer takes its share of powers of two."""
    shares = np.diff(-realize(stack).output_exponent * np.arange(len(stack) + 1) // len(stack))
    layers = []
    for layer, share in zip(stack, shares.tolist(), strict=True):
        C, D = (np.ldexp(1.0, share) * part for part in (layer.C, layer.D))
        layers.append(Layer(layer.poles, layer.B, C, D, real=layer.real))
    return Stack(tuple(layers), timing=stack.timing)


def _trace(stack, lags, process):
    R = autocovariance(stack, lags, process)
    return R if R.ndim == 1 else R.trace(axis1=1, axis2=2)


def _interpolated(above, below, lag):
    """Where the line from `above` at lag − 1 to `below` at lag is ½."""
    return np.float64(lag - 1 + (above - 0.5) / (above - below))


def _beyond(stack, process, variance, low):
    """The crossing after `low`, up to which |r| is above ½."""
    tails = [_tail(stack, part) for part in process.parts]
    slowest = max((pole for tail in tails for pole in tail.A.diagonal()), key=abs)
    back = np.conj(slowest) / abs(slowest)

    def sizes(lag, count=1):
        return np.abs(sum(tail.traces(lag, count) for tail in tails)) / variance

    for _ in range(_VISITED // _BLOCK):
        steepest = sum(tail.steepest(low, back) for tail in tails) / variance
        while (spare := sizes(low)[0] - 0.5) > _BLOCK * steepest:
            low += int(spare / steepest)
            steepest = sum(tail.steepest(low, back) for tail in tails) / variance
        seen = sizes(low, _BLOCK)
        below = np.flatnonzero(seen <= 0.5)
        if len(below):
            return _interpolated(seen[below[0] - 1], seen[below[0]], low + below[0])
        low += _BLOCK - 1
    high = int(low * _STRIDE)
    while sizes(high)[0] > 0.5:
        low, high = high, int(high * _STRIDE)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if sizes(middle)[0] > 0.5 else (low, middle)
    return _interpolated(sizes(low)[0], sizes(high)[0], high)


@dataclass(frozen=True, eq=False)
class _Tail:
    """R(Δ) = scale · tr F A^{Δ−L} v of one part, for Δ ≥ L, the samples of its source: v = E ξ[t+L] y[t]*.

    `powers`: A, A², A⁴, … as far as they matter; `rows` (n, H, S): F A^j; `root`: of P = E ξ ξ* = rootᵀ root̄; `size`:
    √tr R(0), in the units of v.
    """

    lags: int
    A: np.ndarray
    F: np.ndarray
    start: np.ndarray
    powers: list[np.ndarray]
    rows: np.ndarray
    root: np.ndarray
    size: float
    scale: float

    def traces(self, lag, count):
        """R at `lag`, lag + 1, …, `count` ≤ 1024 lags."""
        state = self._moved(self.start, lag, np.matmul)
        return self.scale * np.einsum("jhs,sh->j", self.rows[:count], state)

    def steepest(self, lag, u):
        """A bound on |u R(Δ + 1) − R(Δ)| for all Δ ≥ lag."""
        change = self._moved(self.F @ (u * self.A - np.eye(len(self.A))), lag, lambda power, G: G @ power)
        return self.scale * self.size * np.linalg.norm(change @ self.root.T)

    def _moved(self, value, lag, times):
        """`value` times A^{lag−L}, by the binary digits of lag − L; 0 beyond the powers."""
        steps = lag - self.lags
        for power in self.powers:
            value = times(power, value) if steps & 1 else value
            steps >>= 1
        return 0 * value if steps else value


def _tail(stack, part):
    model = realize(stack, part.shape)
    require_affordable(len(stack), f"a correlation length over {_BLOCK}", 3, seconds=2e-8 * model.poles.size**3,
                       instead="ask for autocovariances at later lags, and where they come down to half the variance")
    A, F = model.dense
    L, root = len(part.source), None
    start, energy = np.zeros_like(F.T), 0.0
    for at in signals(model, part.source):
        x, y = _states_and_output(model, at)
        start += np.einsum("f,fsj,fij->si", at.density * at.w.conj() ** L, x, y.conj(), optimize=True)
        energy += at.density @ np.sum(np.abs(y) ** 2, axis=(1, 2))
        root = triangular(root, states(model, at))
    scale, exponent = part_scale(part)
    scale *= 2.0 ** (2 * model.output_exponent + exponent)
    powers, rows = [A], F[None]
    while np.abs(powers[-1]).max() > 1e-20:
        if len(rows) < _BLOCK:
            rows = np.concatenate([rows, rows @ powers[-1]])
        powers.append(powers[-1] @ powers[-1])
    return _Tail(L, A, F, start, powers, rows, root, np.sqrt(energy), scale)


def _states_and_output(model, at):
    """From each input channel to the states (n, K·N, H) and to the output (n, H, H)."""
    _, _, F, E = model.sections
    x = (model.B @ at.before) * (at.w[:, None, None] * at.pole)[..., None]  # (n, K, N, H)
    return x.reshape(len(at.w), -1, x.shape[-1]), F[-1] @ x[:, -1] + E[-1] @ at.before[:, -1]
