"""Responses and delays at arbitrary depth: products and sums over the blocks, powers where they are equal."""

import sympy
from sympy import ImmutableMatrix, KroneckerDelta, MatPow, Piecewise, Product, Sum, binomial

from . import expressions
from .covariances import require_process
from .delays import group_delay, phase_delay
from .frequency import frequency_response, power_spectrum, process_spectrum, transfer_function
from .responses import impulse_response, step_response
from .towers import of_tower, require_scalar


@of_tower(transfer_function)
def _transfer_function(tower, z):
    """H = Π_k H_k; for equal blocks H_1^K."""
    return _through_all(tower, transfer_function(tower.block, z))


@of_tower(frequency_response)
def _frequency_response(tower, omega):
    return _through_all(tower, frequency_response(tower.block, omega))


def _through_all(tower, H):
    if not isinstance(H, sympy.MatrixBase):
        return tower.product(H)
    if not tower.equal or not H.is_square:
        raise ValueError("several channels at arbitrary depth: expected equal blocks with as many inputs as outputs, "
                         f"got channels {tower.block.channels}; pass tower.subs(depth, an int)")
    return MatPow(ImmutableMatrix(H), tower.depth)


@of_tower(power_spectrum)
def _power_spectrum(tower, omega, process=None, layer=None):
    """|H|² S_u, |H|² the product over the blocks."""
    require_whole(layer)
    if set(tower.block.channels) != {1}:
        raise ValueError(f"power_spectrum at arbitrary depth: expected one channel, got {tower.block.channels}; pass "
                         "tower.subs(depth, an int)")
    process, omega = require_process(tower.block, process, "power_spectrum"), expressions.frequency(omega)
    return tower.product(power_spectrum(tower.block, omega)) * process_spectrum(process, omega)


@of_tower(group_delay)
def _group_delay(tower, omega):
    """Delays of blocks in series add up."""
    if set(tower.block.channels) != {1}:
        raise ValueError(f"group_delay at arbitrary depth: expected one channel, got {tower.block.channels}; pass "
                         "tower.subs(depth, an int)")
    return tower.sum(group_delay(tower.block, omega))


@of_tower(phase_delay)
def _phase_delay(tower, omega):
    """The turns of the factors 1 − λ_k w add up; the argument of the gain is that of the product, between −π and π."""
    require_plain(tower, "phase_delay")
    block, omega = tower.block, expressions.frequency(omega)
    gain, unit = tower.product(block.B[0] * block.C[0]), block.replace(B=[1], C=[1])
    if omega == 0:
        if not gain.is_positive:
            raise ValueError("omega: expected a frequency other than 0 where the sign of H(1) is not known; declare "
                             "the gains positive")
        return tower.sum(phase_delay(unit, omega))
    return tower.sum(phase_delay(unit, omega)) - sympy.arg(gain) / omega


@of_tower(impulse_response)
def _impulse_response(tower, t):
    r"""h_t = g Σ_k λ_k^{t+K−1}/Π_{j≠k}(λ_k − λ_j); equal layers g^K C(t+K−1, K−1) λ^t; delayed: K samples later."""
    require_scalar(tower, "impulse_response")
    t = _time(t)
    if t.is_negative:
        return sympy.Integer(0)
    K, block = tower.depth, tower.block
    if tower.equal and block.D[0] != 0:
        return _equal_response(tower, t)
    require_plain(tower, "impulse_response")
    since, g = _since_first(tower, t), tower.product(block.B[0] * block.C[0])
    if tower.equal_poles:
        unit = binomial(since + K - 1, K - 1) * block.poles[0] ** since
    else:
        unit = pole_sum(tower, lambda p: p ** (since + K - 1))
    return _from(t, K, tower, g * unit)


def _since_first(tower, t):
    """Samples since the first that can differ from 0, the K-th in delayed timing."""
    return t - (tower.depth if tower.timing == "delayed" else 0)


def _from(t, K, tower, value):
    """0 before the K-th sample in delayed timing."""
    return value if tower.timing == "current" else Piecewise((value, sympy.Ge(t, K)), (0, True))


def _equal_response(tower, t):
    """(d + g w^m/(1 − λw))^K expanded by powers of the state's part, m = 1 in delayed timing."""
    (pole,), (b,), (c,), (d,) = tower.block.poles, tower.block.B, tower.block.C, tower.block.D
    K, g, late = tower.depth, b * c, int(tower.timing == "delayed")

    def passed(n):
        return g**n * binomial(t - late * n + n - 1, n - 1) * pole ** (t - late * n)

    n = expressions.fresh("n", t, K, pole, g, d)
    term = binomial(K, n) * d ** (K - n) * passed(n)
    if late:
        term = Piecewise((term, sympy.Ge(t, n)), (0, True))
    return d**K * KroneckerDelta(t, 0) + Sum(term, (n, 1, K))


@of_tower(step_response)
def _step_response(tower, t):
    """Σ_{r ≤ t} h_r; for distinct poles their geometric series, the pole 1 of the step beside them."""
    require_scalar(tower, "step_response")
    t = _time(t)
    if t.is_negative:
        return sympy.Integer(0)
    K, block = tower.depth, tower.block
    if tower.equal_poles:
        r = expressions.fresh("r", t, K, *block.entries, least=0)
        return Sum(_impulse_response(tower, r), (r, 0, t))
    require_plain(tower, "step_response")
    last = _since_first(tower, t) + K
    g, at_one = tower.product(block.B[0] * block.C[0]), tower.product(1 - block.poles[0])
    return _from(t, K, tower, g * (pole_sum(tower, lambda p: p**last / (p - 1)) + 1 / at_one))


def _time(t):
    t = expressions.samples(t, "t")
    return sympy.Integer(t) if isinstance(t, int) else t


def pole_sum(tower, numerator):
    r"""Σ_k numerator(λ_k)/Π_{j≠k}(λ_k − λ_j): the divided difference of a function at the poles of a scalar tower."""
    k, K = tower.index, tower.depth
    j = expressions.fresh("j", k, K, *tower.block.entries)
    own, other = tower.poles[k], tower.poles[j]
    apart = Product(own - other, (j, 1, k - 1)) * Product(own - other, (j, k + 1, K))
    return Sum(numerator(own) / apart, (k, 1, K))


def require_plain(tower, what):
    """Raise ValueError unless each block is one scalar layer without feedthrough."""
    require_scalar(tower, what)
    if tower.block.D[0] != 0:
        raise ValueError(f"{what} at arbitrary depth: expected layers without feedthrough, got d = "
                         f"{tower.block.D[0]}; pass tower.subs(depth, an int)")


def require_whole(layer):
    """Raise ValueError unless the last layer is asked for."""
    if layer is not None:
        raise ValueError(f"layer: expected None at arbitrary depth, got {layer!r}; ask tower[:k] for the output of "
                         "block k")
