"""Slow truths that read like the definitions: loops and sums in 120-digit arithmetic, no code of the package.

A stack enters only as the container of its numbers, taken as exact; a process as the description of
`strategies.py`, ("ar1", rho, variance) for instance. What comes out are object arrays of mpmath numbers.
"""

from dataclasses import dataclass
from itertools import pairwise

import mpmath
import numpy as np

mp = mpmath.MPContext()
mp.dps = 120
TINY = mp.mpf(10) ** -60


def exact(values):
    """An object array of mpmath numbers equal to the given doubles."""
    values = np.asarray(values)
    return np.array([mp.mpmathify(v) for v in values.ravel().tolist()], dtype=object).reshape(values.shape)


def eye(size):
    return exact(np.eye(size))


def zeros(*shape):
    return exact(np.zeros(shape))


def real_part(values):
    return np.array([mp.re(v) for v in values.ravel()], dtype=object).reshape(values.shape)


def adjoint(matrix):
    return np.conj(matrix).swapaxes(-1, -2)


# --- One layer, one time step (the theory, sections 0 and 1) ----------------------------------------------------------


@dataclass(frozen=True)
class Exact:
    """A layer's numbers, as mpmath numbers."""

    poles: np.ndarray
    B: np.ndarray
    C: np.ndarray
    D: np.ndarray
    real: bool


def layers_of(stack):
    return [Exact(exact(m.poles), exact(m.B), exact(m.C), exact(m.D), m.real) for m in stack.layers]


def closed(layer):
    """y = Re(C x) + D u = (C x + C̄ x̄)/2 + D u: poles λ and λ̄."""
    if not layer.real:
        return layer
    join = np.concatenate
    return Exact(
        join([layer.poles, np.conj(layer.poles)]),
        join([layer.B, np.conj(layer.B)]),
        join([layer.C, np.conj(layer.C)], axis=1) / 2,
        layer.D,
        False,
    )


def layer_transfer(layer, z, timing):
    """D + C (I − Λ/z)⁻¹ B; delayed: the same with C (z I − Λ)⁻¹ B."""
    layer = closed(layer)
    factor = 1 if timing == "current" else 1 / z
    return layer.D + factor * (layer.C / (1 - layer.poles / z)) @ layer.B


def transfer_function(stack, z):
    H = eye(stack.channels[0])
    for layer in layers_of(stack):
        H = layer_transfer(layer, mp.mpmathify(z), stack.timing) @ H
    return H


def frequency_response(stack, omega):
    return transfer_function(stack, mp.expj(mp.mpf(omega)))


def at_rest(layers):
    return [zeros(len(layer.poles)) for layer in layers]


def step(layers, timing, states, u):
    """One time step of the theory, section 0: the output, and the states after it."""
    after = []
    for layer, x in zip(layers, states, strict=True):
        advanced = layer.poles * x + layer.B @ u
        y = layer.C @ (advanced if timing == "current" else x)
        u = (real_part(y) if layer.real else y) + layer.D @ u
        after.append(advanced)
    return u, after


def simulate(stack, u, states=None):
    """Outputs (T, H_out) and last states of an input u (T, H_in)."""
    layers = layers_of(stack)
    states = at_rest(layers) if states is None else states
    y = []
    for sample in exact(u):
        output, states = step(layers, stack.timing, states, sample)
        y.append(output)
    return np.array(y), states


def response(stack, times, first, rest):
    """At `times`, from rest, the answers to `first`, `rest`, `rest`, … on each channel: (n, H_out, H_in)."""
    H_in = stack.channels[0]
    columns = []
    for j in range(H_in):
        u = np.full((max(max(times), 0) + 1, H_in), 0.0)
        u[0, j], u[1:, j] = first, rest
        y, _ = simulate(stack, u)
        columns.append(np.array([y[t] if t >= 0 else 0 * y[0] for t in times]))
    return np.stack(columns, axis=-1)


def impulse_response(stack, times):
    return response(stack, times, 1, 0)


def step_response(stack, times):
    return response(stack, times, 1, 1)


# --- Phase and delay (the theory, section 7) --------------------------------------------------------------------------


def group_delay(stack, omega, H=frequency_response):
    """−d arg H/dω, by a central difference of 1e-35: error 1e-70 relative to the curvature."""
    step, omega = mp.mpf(10) ** -35, mp.mpf(omega)
    ahead, behind = H(stack, omega + step), H(stack, omega - step)
    turn = [mp.arg(a / b) for a, b in zip(ahead.ravel(), behind.ravel(), strict=True)]
    return -np.array(turn, dtype=object).reshape(ahead.shape) / (2 * step)


def phase_delay(stack, omega, steps=64):
    """−φ(ω)/ω, the phase of every layer followed continuously from ω = 0 in small steps."""
    H_1 = frequency_response(stack, 0)[0, 0]
    start = mp.re(H_1) if abs(mp.im(H_1)) < TINY * abs(H_1) else H_1  # −1 − 0i has the argument +π
    phase, omega = mp.arg(start), mp.mpf(omega)
    for layer in layers_of(stack):

        def H(angle, layer=layer):
            return layer_transfer(layer, mp.expj(angle), stack.timing)[0, 0]

        path = [(omega * n / steps, H(omega * n / steps)) for n in range(steps + 1)]
        phase += sum(_turn(H, *a, *b) for a, b in pairwise(path))
    return -phase / omega


def _turn(H, low, H_low, high, H_high):
    """The change of arg H from `low` to `high`, by steps of less than half a radian."""
    change = mp.arg(H_high / H_low)
    if abs(change) < 0.5 or high - low < TINY:
        return change
    middle = (low + high) / 2
    H_middle = H(middle)
    return _turn(H, low, H_low, middle, H_middle) + _turn(H, middle, H_middle, high, H_high)


def numerator(layer, timing):
    """Coefficients, highest power first, of the numerator of one single-channel layer over Π (z − λ)."""
    layer = closed(layer)
    factors = [np.array([mp.mpf(1), -pole], dtype=object) for pole in layer.poles]
    total = layer.D[0, 0] * product(factors)
    for n, residue in enumerate(layer.C[0] * layer.B[:, 0]):
        others = product(factors[:n] + factors[n + 1 :])
        shift = [0] if timing == "current" else []  # z b c/(z − λ), or b c/(z − λ)
        total = add(total, residue * np.concatenate([others, shift]))
    significant = [n for n, a in enumerate(total) if abs(a) > TINY]
    return total[significant[0] :]


def product(polynomials):
    result = np.array([mp.mpf(1)], dtype=object)
    for p in polynomials:
        result = np.convolve(result, p)
    return result


def add(p, q):
    """Sum of polynomials, highest power first."""
    size = max(len(p), len(q))
    return np.concatenate([[mp.mpf(0)] * (size - len(p)), p]) + np.concatenate([[mp.mpf(0)] * (size - len(q)), q])


# --- Linear systems x_{t+1} = A x_t + B e_t, y_t = C x_t + D e_t ----------------------------------------------------


@dataclass(frozen=True)
class System:
    A: np.ndarray
    B: np.ndarray
    C: np.ndarray
    D: np.ndarray


def system(stack):
    """The stack as one linear map, found by feeding it unit vectors: no formula of the theory, section 8."""
    layers = [closed(layer) for layer in layers_of(stack)]
    sizes = [len(layer.poles) for layer in layers]
    cuts = np.cumsum(sizes)[:-1]
    S, H_in = sum(sizes), stack.channels[0]
    columns = []
    for unit in eye(S + H_in):
        y, after = step(layers, stack.timing, np.split(unit[:S], cuts), unit[S:])
        columns.append(np.concatenate([*after, y]))
    table = np.array(columns, dtype=object).T
    return System(table[:S, :S], table[:S, S:], table[S:, :S], table[S:, S:])


def readout(stack):
    """C and D of y_t = C x_t + D u_t, with x_t the states of time t, by unit vectors."""
    layers = [closed(layer) for layer in layers_of(stack)]
    cuts = np.cumsum([len(layer.poles) for layer in layers])[:-1]
    S, H_in = sum(len(layer.poles) for layer in layers), stack.channels[0]
    columns = []
    for unit in eye(S + H_in):
        signal = unit[S:]
        for layer, x in zip(layers, np.split(unit[:S], cuts), strict=True):
            signal = layer.C @ x + layer.D @ signal
        columns.append(signal)
    table = np.array(columns, dtype=object).T
    return table[:, :S], table[:, S:]


def series(first, second):
    A = np.block([[first.A, zeros(len(first.A), len(second.A))], [second.B @ first.C, second.A]])
    return System(
        A,
        np.concatenate([first.B, second.B @ first.D]),
        np.concatenate([second.D @ first.C, second.C], axis=1),
        second.D @ first.D,
    )


def gramian(A, B):
    """W = Σ_t A^t B B* (A^t)*, the number of terms doubled until 60 digits of each variance stand.

    The first 2n terms are the first n, plus A^n (the first n) (A^n)*.
    """
    W, power = B @ adjoint(B), A
    for _ in range(64):
        further = power @ W @ adjoint(power)
        W = W + further
        noise = mp.mpf(10) ** -45 * max(abs(w) for w in np.diag(W))  # a variance that is 0 is 0 to rounding only
        if all(abs(dw) <= TINY * max(abs(w), noise) for dw, w in zip(np.diag(further), np.diag(W), strict=True)):
            return W
        power = power @ power
    raise ArithmeticError("the sum over t does not converge")


def white_autocovariance(system, lags):
    """Σ_t h_{t+Δ} h_t* at lags Δ ≥ 0 for h_0 = D, h_t = C A^{t−1} B: one gramian, then one step a lag."""
    W = gramian(system.A, system.B) if len(system.A) else zeros(0, 0)
    wanted, found = set(lags), {}
    if 0 in wanted:
        found[0] = system.C @ W @ adjoint(system.C) + system.D @ adjoint(system.D)
    state = system.A @ W @ adjoint(system.C) + system.B @ adjoint(system.D)
    for lag in range(1, max(lags) + 1):
        if lag in wanted:
            found[lag] = system.C @ state
        state = system.A @ state
    return found


# --- Processes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Innovations:
    """`system` driven by white noise, scaled to `variance`."""

    system: System
    variance: object

    def autocovariance(self, lag):
        """R(Δ), Δ ≥ 0."""
        values = white_autocovariance(self.system, [0, lag])
        return self.variance * values[lag][0, 0] / values[0][0, 0]


@dataclass(frozen=True)
class Samples:
    """R(0…L−1), zero beyond."""

    R: list

    def autocovariance(self, lag):
        return self.R[lag] if lag < len(self.R) else mp.mpf(0)


def parts_of(process):
    """The independent parts of a described process."""
    kind, *values = process
    if kind == "sum":
        return [part for term in values for part in parts_of(term)]
    if kind == "white":
        (variance,) = values
        return [Innovations(System(zeros(0, 0), zeros(0, 1), zeros(1, 0), eye(1)), mp.mpf(variance))]
    if kind == "ar1":  # u_t = ρ u_{t−1} + e_t
        rho, variance = exact(values[:1])[0], mp.mpf(values[1])
        one = eye(1)
        return [Innovations(System(rho * one, one, rho * one, one), variance)]
    if kind == "arma":
        ar, ma, variance = exact(values[0]), exact(values[1]), mp.mpf(values[2])
        return [Innovations(arma_system(ar, ma), variance)]
    if kind == "shaped":
        return [Innovations(system(values[0]), mp.mpf(values[1]))]
    if kind == "sampled":
        return [Samples(list(exact(values[0])))]
    if kind == "recorded":
        u = exact(values[0])
        u, T = u - sum(u) / len(u), len(u)
        return [Samples([sum(u[t + d] * mp.conj(u[t]) for t in range(T - d)) / T for d in range(T)])]
    raise ValueError(kind)


def arma_system(ar, ma):
    """u_t = Σ ar_i u_{t−i} + e_t + Σ ma_j e_{t−j}; the state holds u_{t−1}…u_{t−p}, e_{t−1}…e_{t−q}."""
    p, q = len(ar), len(ma)
    C = np.concatenate([ar, ma])[None, :]
    A, B = zeros(p + q, p + q), zeros(p + q, 1)
    for i in range(1, p):
        A[i, i - 1] = mp.mpf(1)
    for j in range(1, q):
        A[p + j, p + j - 1] = mp.mpf(1)
    if p:
        A[0], B[0] = C[0], mp.mpf(1)
    if q:
        B[p] = mp.mpf(1)
    return System(A, B, C, eye(1))


def process_autocovariance(process, lag):
    """R(Δ), Δ ≥ 0, of the process itself."""
    return sum(part.autocovariance(lag) for part in parts_of(process))


def process_spectrum(process, omega):
    """Σ_Δ R(Δ) e^{−iωΔ}; for a driven system, variance·|H(e^{iω})|²/R(0)."""
    z, total = mp.expj(mp.mpf(omega)), 0
    for part in parts_of(process):
        if isinstance(part, Samples):
            terms = [part.R[d] * z**-d for d in range(1, len(part.R))]
            total += mp.re(part.R[0]) + 2 * sum(mp.re(term) for term in terms)
        else:
            s = part.system
            H = s.D[0, 0]
            if len(s.A):
                inverse = mp.matrix((z * eye(len(s.A)) - s.A).tolist()) ** -1
                H += (s.C @ np.array(inverse.tolist(), dtype=object) @ s.B)[0, 0]
            total += part.variance * abs(H) ** 2 / white_autocovariance(s, [0])[0][0, 0]
    return total


# --- Second moments (the theory, sections 3, 4) -----------------------------------------------------------------------


def through(stack, layer):
    return stack if layer is None else stack[: range(len(stack))[layer] + 1]


def autocovariance(stack, lags, process, layer=None):
    """E[y_{t+Δ} y_t*] at integers Δ of either sign: a list of (H_out, H_out)."""
    return system_autocovariance(system(through(stack, layer)), lags, process)


def system_autocovariance(target, lags, process):
    ahead = sorted({abs(lag) for lag in lags})
    found = dict.fromkeys(ahead, 0)
    for part in parts_of(process):
        for j in range(target.B.shape[1]):  # the channels carry independent copies
            channel = System(target.A, target.B[:, j : j + 1], target.C, target.D[:, j : j + 1])
            for lag, value in _through(channel, ahead, part).items():
                found[lag] = found[lag] + value
    return [found[lag] if lag >= 0 else adjoint(found[-lag]) for lag in lags]


def _through(channel, lags, part):
    if isinstance(part, Innovations):
        unit = white_autocovariance(part.system, [0])[0][0, 0]
        joint = white_autocovariance(series(part.system, channel), lags)
        return {lag: part.variance / unit * value for lag, value in joint.items()}
    # R_y(Δ) = Σ_d R(d) ρ(Δ − d), ρ the autocovariance for white input
    L = len(part.R)
    rho = white_autocovariance(channel, range(max(lags) + L))
    two_sided = {d: part.R[d] if d >= 0 else mp.conj(part.R[-d]) for d in range(1 - L, L)}
    return {
        lag: sum(R * (rho[lag - d] if lag >= d else adjoint(rho[d - lag])) for d, R in two_sided.items())
        for lag in lags
    }


def state_covariance(stack, process):
    """E x_t x_t*: the states as outputs."""
    s = system(stack)
    return system_autocovariance(System(s.A, s.B, eye(len(s.A)), zeros(*s.B.shape)), [0], process)[0]


def state_variance(stack, process, horizon=None):
    """E|x|² of every state, a list of vectors, one a layer; from rest after `horizon` samples, or stationary."""
    diagonal = np.diag(state_covariance(stack, process) if horizon is None else covariance_from_rest(
        system(stack), process, horizon))
    variances, start = [], 0
    for layer in layers_of(stack):
        variances.append(real_part(diagonal[start : start + len(layer.poles)]))
        start += len(closed(layer).poles)
    return variances


def covariance_from_rest(system, process, T):
    """Σ_{s,r<T} A^s B R(r − s) B* (A^r)*: the state after T samples is Σ_s A^s B u_{T−1−s}."""
    terms = [system.B]
    for _ in range(T - 1):
        terms.append(system.A @ terms[-1])
    R = [process_autocovariance(process, d) for d in range(T)]
    total = zeros(*system.A.shape)
    for s in range(T):
        for r in range(T):
            total = total + (R[r - s] if r >= s else mp.conj(R[s - r])) * terms[s] @ adjoint(terms[r])
    return total


# --- Memory (the theory, section 14) ----------------------------------------------------------------------------------


def hankel_singular_values(stack):
    """√eig(W_o W_c), falling, of the matrices found by unit vectors."""
    s = system(stack)
    reached, observed = gramian(s.A, s.B), gramian(adjoint(s.A), adjoint(s.C))
    product = mp.matrix((observed @ reached).tolist())
    values = mp.eig(product, left=False, right=False) if len(s.A) > 1 else [product[0, 0]]
    return sorted((mp.sqrt(abs(value)) for value in values), reverse=True)


def memory_function(stack, lags):
    """h_τ* W⁻¹ h_τ, h_τ the states τ samples after an impulse, one sample later in delayed timing.

    A state that follows from those before it is left out.
    """
    s = system(stack)
    W, kept = gramian(s.A, s.B), []
    for i in range(len(W)):
        seen = W[i, kept] @ inverse(W[np.ix_(kept, kept)]) @ W[kept, i] if kept else 0
        if abs(W[i, i] - seen) > mp.mpf(10) ** -40 * abs(W[i, i]):
            kept.append(i)
    precision, values, h = inverse(W[np.ix_(kept, kept)]), {}, s.B[:, 0]
    for tau in range(max(lags) + 1):
        values[tau] = mp.re(np.conj(h[kept]) @ precision @ h[kept])
        h = s.A @ h
    delay = int(stack.timing == "delayed")
    return [values.get(lag - delay, mp.mpf(0)) for lag in lags]


def inverse(matrix):
    return np.array((mp.matrix(matrix.tolist()) ** -1).tolist(), dtype=object)
