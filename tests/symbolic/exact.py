"""Slow truths for the symbolic floor: naive loops and long sums in 50-digit arithmetic, straight from the definitions.

Numbers come as pairs of Fractions (re, im). Nothing of lti_depth is used.
"""

from itertools import pairwise
from typing import NamedTuple

import mpmath

mp = mpmath.mp.clone()
mp.dps = 50
LONG = 220  # samples after which a response with |λ| ≤ 3/4 has died away: its square is below 1e-50


class Section(NamedTuple):
    """A layer: poles (N,), B (N, H_in), C (H_out, N), D (H_out, H_in), nested lists; y = Re(Cx) + Du if `real`."""

    poles: list
    B: list
    C: list
    D: list
    real: bool


class System(NamedTuple):
    """Sections in series."""

    sections: list
    timing: str

    @property
    def inputs(self):
        return len(self.sections[0].B[0])


def number(pair):
    re, im = pair
    value = mp.mpf(re.numerator) / re.denominator
    return mp.mpc(value, mp.mpf(im.numerator) / im.denominator) if im else value


def numbers(value):
    return [numbers(entry) for entry in value] if isinstance(value, list) else number(value)


def times(M, v):
    return [sum((a * b for a, b in zip(row, v, strict=True)), mp.zero) for row in M]


def product(A, B):
    return [[sum((a * b for a, b in zip(row, column, strict=True)), mp.zero) for column in zip(*B, strict=True)]
            for row in A]


def add(v, w):
    return [a + b for a, b in zip(v, w, strict=True)]


def simulate(system, signal):
    """Outputs and states (all layers, one list) at each time, from rest."""
    layers = [Section(*map(numbers, section[:4]), section.real) for section in system.sections]
    states = [[mp.zero] * len(layer.poles) for layer in layers]
    outputs, history = [], []
    for u in signal:
        before = states
        for k, layer in enumerate(layers):
            moved = add([p * x for p, x in zip(layer.poles, states[k], strict=True)], times(layer.B, u))
            seen = moved if system.timing == "current" else states[k]
            states = [*states[:k], moved, *states[k + 1 :]]
            read = times(layer.C, seen)
            u = add([mp.re(y) for y in read] if layer.real else read, times(layer.D, u))
        outputs.append(u)
        now = states if system.timing == "current" else before
        history.append([x for layer in now for x in layer])
    return outputs, history


def responses(system, color, T, of=simulate):
    """Outputs and states for the signal `color` on one input channel after the other: lists [channel][t]."""
    H = system.inputs
    zero = [mp.zero] * H
    signal = [zero] * T
    outputs, states = [], []
    for channel in range(H):
        for t, value in enumerate(color[:T]):
            signal[t] = [value if j == channel else mp.zero for j in range(H)]
        y, x = of(system, signal)
        outputs.append(y)
        states.append(x)
    return outputs, states


def impulse_response(system, t):
    """Nested list (H_out, H_in); zeros for t < 0."""
    outputs, _ = responses(system, [mp.one] + [mp.zero] * max(t, 0), max(t, 0) + 1)
    scale = int(t >= 0)
    return [list(row) for row in zip(*([scale * y for y in output[t]] for output in outputs), strict=True)]


def step_response(system, t):
    outputs, _ = responses(system, [mp.one] * (max(t, 0) + 1), max(t, 0) + 1)
    scale = int(t >= 0)
    return [list(row) for row in zip(*([scale * y for y in output[t]] for output in outputs), strict=True)]


# --- Processes: (name, numbers…) as moving averages of unit innovations --------------------------------------------


def moving_averages(process, T=LONG):
    """[(ψ, weight)]: u = Σ ψ_s e_{t−s} with E|e|² = weight, for each independent part; T terms."""
    name, *values = process
    if name == "sum":
        return [part for term in values for part in moving_averages(term, T)]
    if name == "sampled":
        return [([number(value) for value in values[0]], mp.one)]
    ar, ma = {"white": lambda v: ([], []), "ar1": lambda rho, v: ([rho], []),
              "arma": lambda ar, ma, v: (ar, ma)}[name](*values)  # fmt: skip
    ar, theta = [number(a) for a in ar], [mp.one, *(number(m) for m in ma)]
    psi = []
    for t in range(T):
        past = sum((a * psi[t - 1 - i] for i, a in enumerate(ar) if t - 1 - i >= 0), mp.zero)
        psi.append(past + (theta[t] if t < len(theta) else 0))
    return [(psi, number(values[-1]) / sum(abs(value) ** 2 for value in psi))]


def correlation(process, lag):
    """R(lag) of the process."""
    if lag < 0:
        return mp.conj(correlation(process, -lag))
    return sum(weight * sum((psi[t + lag] * mp.conj(psi[t]) for t in range(len(psi) - lag)), mp.zero)
               for psi, weight in moving_averages(process))


def outer(v, w):
    return [[a * mp.conj(b) for b in w] for a in v]


def total(matrices):
    matrices = iter(matrices)
    result = next(matrices)
    for matrix in matrices:
        result = [add(a, b) for a, b in zip(result, matrix, strict=True)]
    return result


def scaled(c, M):
    return [[c * entry for entry in row] for row in M]


def adjoint(M):
    return [[mp.conj(entry) for entry in column] for column in zip(*M, strict=True)]


def autocovariance(system, lag, process):
    """Σ_t y_{t+lag} y_t*, y the answer to one innovation."""
    if lag < 0:
        return adjoint(autocovariance(system, -lag, process))
    return total(
        scaled(weight, total(outer(y[t + lag], y[t]) for t in range(LONG - lag)))
        for psi, weight in moving_averages(process)
        for y in responses(system, psi, LONG)[0]
    )


def state_covariance(system, process):
    """E x x*, the states of a real-output layer followed by their conjugates."""
    return total(
        scaled(weight, total(outer(x, x) for x in (_with_conjugates(system, states) for states in history)))
        for psi, weight in moving_averages(process)
        for history in responses(system, psi, LONG)[1]
    )


def _with_conjugates(system, states):
    states, result = list(states), []
    for section in system.sections:
        own, states = states[: len(section.poles)], states[len(section.poles) :]
        result += own + ([mp.conj(x) for x in own] if section.real else [])
    return result


def variance_from_rest(system, process, T):
    """E|x|² after T inputs, Σ_{s,s'<T} g_s R(s' − s) g_s'*, g the states after an impulse."""
    R = {m: correlation(process, m) for m in range(1 - T, T)}
    delay = int(system.timing == "delayed")  # there x_t does not contain u_t yet
    _, histories = responses(system, [mp.one] + [mp.zero] * T, T + 1)
    variances = [mp.zero] * len(histories[0][0])
    for history in histories:
        g = history[delay : delay + T]
        for s in range(T):
            for r in range(T):
                variances = add(variances, [R[r - s] * a * mp.conj(b) for a, b in zip(g[s], g[r], strict=True)])
    return variances


# --- On the complex plane -------------------------------------------------------------------------------------------


def transfer_function(system, z):
    """The product of D + C (I − Λ/z)⁻¹ B, delayed D + C (z − Λ)⁻¹ B, layer by layer; real layers as ½(H + H̄)."""
    H = None
    for section in system.sections:
        poles, B, C, D = map(numbers, section[:4])
        top = z if system.timing == "current" else 1
        H_k = _through_states(poles, B, C, z, top)
        if section.real:
            mirrored = _through_states(*([mp.conj(p) for p in poles], _conjugate(B), _conjugate(C)), z, top)
            H_k = scaled(mp.mpf(1) / 2, total([H_k, mirrored]))
        H_k = total([H_k, D])
        H = H_k if H is None else product(H_k, H)
    return H


def _conjugate(M):
    return [[mp.conj(entry) for entry in row] for row in M]


def _through_states(poles, B, C, z, top):
    weighted = [[top / (z - pole) * entry for entry in row] for pole, row in zip(poles, B, strict=True)]
    return product(C, weighted)


def frequency_response(system, omega):
    return transfer_function(system, mp.expj(omega))


def power_spectrum(system, omega, process):
    """H S_u H* with S_u = Σ_parts weight |Σ ψ_t e^{−iωt}|²."""
    H = frequency_response(system, omega)
    S_u = sum(weight * abs(sum(value * mp.expj(-omega * t) for t, value in enumerate(psi))) ** 2
              for psi, weight in moving_averages(process, 2 * LONG))
    return scaled(S_u, product(H, adjoint(H)))


def group_delay(system, omega):
    """−d/dω arg H = −Im d/dω log H, by a numerical derivative."""
    H = frequency_response(system, omega)
    return [
        [-mp.im(mp.diff(lambda w, i=i, j=j: frequency_response(system, w)[i][j], omega) / H[i][j])
         for j in range(len(H[0]))]
        for i in range(len(H))
    ]  # fmt: skip


def phase_delay(system, omega, steps=160):
    """−φ/ω, φ followed from arg H(1) in small steps."""
    path = [frequency_response(system, omega * k / steps)[0][0] for k in range(steps + 1)]
    phase = mp.arg(path[0]) + sum(mp.arg(after / before) for before, after in pairwise(path))
    return -phase / omega
