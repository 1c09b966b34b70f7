"""The variance of states that started from zero, after T samples of the stationary input.

.. math:: x_T = \\sum_{s<T} A^s B u_{T-1-s}, \\qquad
          E x_T x_T^* = \\sum_{s,r<T} A^s B R(r-s) B^* A^{r*}
"""

from ..system.limits import require_affordable
from .balls import adjoint, diagonal, size
from .orbits import orbit, system
from .outputs import part_weight
from .precision import array
from .sections import Chain, chain_of
from .states import white


def variance_from_rest(stack, process, T):
    """E|x|² after T samples, by layer and state, and a scale: the largest covariance of all states."""
    total, scale = 0, 0
    for part in process.parts:
        chain = chain_of(stack, part)
        P = (_sampled(chain, part.source, T) if chain.front == 0 else _shaped(chain, T)) * part_weight(part)
        skipped = sum(len(one.poles) for one in chain.sections[: chain.front])
        total = total + array([P[n, n] for n in range(skipped, P.nrows())], (-1,))
        scale = scale + size(P)
    return total, scale


def _sampled(chain, source, T):
    """R(0) W_T + G + G*, G = Σ_{m≥1} conj(R(m)) A^m W_{T−m}, with W_{T−m} = W_T − Σ_{s=T−m}^{T−1} A^s B B* A^{s*}."""
    A, B, _, _ = system(chain)
    W, _ = _gramian(A, B, T)
    total = W * chain.field.number(source[0].real.item())
    impulse, power = orbit(A, B), orbit(A, diagonal(chain.field, [1] * A.nrows()))
    for m, R in enumerate(source.tolist()[:T]):
        if m:
            last = impulse(T - m)
            W = W - last * adjoint(last)
            G = power(m) * W * adjoint(chain.field.number(R))
            total = total + G + adjoint(G)
    return total


def _shaped(chain, T):
    """W_T + A^T P_0 A^{T*}, with the shaping filter stationary and the stack at rest in P_0."""
    A, B, _, _ = system(chain)
    W, power = _gramian(A, B, T)
    P, _ = white(Chain(chain.sections[: chain.front], chain.field, chain.unit))
    S, inner = A.nrows(), P.nrows()
    moved = chain.field.matrix(S, inner, [power[i, j] for i in range(S) for j in range(inner)])  # by the filter alone
    return W + moved * P * adjoint(moved)


def _gramian(A, B, T):
    """W_T = Σ_{s<T} A^s B B* A^{s*} and A^T, by doubling: W_{2n} = W_n + A^n W_n A^{n*}, W_{n+1} = B B* + A W_n A*."""
    require_affordable(A.nrows(), "state_variance from rest", 3, seconds=8e-8 * A.nrows() ** 3 * T.bit_length(),
                       of="states", instead="numeric.state_variance has its doubles")
    first = B * adjoint(B)
    W, power = first, A
    for digit in bin(T)[3:]:
        W, power = W + power * W * adjoint(power), power * power
        if digit == "1":
            W, power = first + A * W * adjoint(A), A * power
    return W, power
