r"""What deep and wide share, and what they do not.

With x = T x' the system (A, B, C) becomes (T⁻¹AT, T⁻¹B, CT). In its transfer function T and T⁻¹ meet in pairs,

    C T (I − T⁻¹AT x)⁻¹ T⁻¹ B = C (I − A x)⁻¹ B,    x = z⁻¹,

and det(I − A x) stays: so do the response C A^t B, the poles, the residues c_k b_k of the modal form, hence the group
delay Re[w Ḣ/H], the Hankel matrix of the response, and the autocovariance Σ_t h_{t+Δ} h̄_t under white input (and under
any). The covariance of the states goes over by congruence: W' = A'W'A'* + B'B'* is T⁻¹(W = AWA* + BB*)T⁻*, so that
W = T W' T*, and C'A'^Δ W'C'* = C A^Δ W C* stays. The diagonal of W, the variances of the states, does not.

For the modal form T = P of the theorem diagonalization, W'_kj = β_k β̄_j/(1 − λ_k λ̄_j), β = P⁻¹B. Poles .9, .8 in
current timing, unit gains: the deep states have the variances 1/(1 − .9²) = 5.26 and 89.8, and the second of them is
the output. The modal states, scaled so that the output is their sum, hear the input with the residues 9 and −8 and
have the variances 9²/(1 − .9²) = 426 and 8²/(1 − .8²) = 178: they cancel in the output. The exact numbers are
computed below.

So equivalent stacks differ in whatever is read off their states: variances, norms of B and C, conditioning.
"""

from fractions import Fraction

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, exact, mp, parameters
from ..covariances import autocovariance, cascade_recursion
from ..delays import layer_delay
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from . import deep_to_wide, diagonalization

LAGS, ANGLES, TIMINGS = range(5), (0.2, 1.0, 2.5), ("current", "delayed")


def law(system, T, inverse):
    """(A, B, C) in the coordinates x' = T⁻¹ x."""
    A, B, C = system
    return inverse @ A @ T, inverse @ B, C @ T


def bug(system, T, inverse):
    """$B' = T B$."""
    A, _, C = law(system, T, inverse)
    return A, T @ system[1], C


def prove(law):
    """The transfer function in any basis; the modal basis; a state variance that changes."""
    return (
        Step(r"Two states, any $A, B, C$ and any basis $T$: $C'(I - A'x)^{-1}B' = C(I - Ax)^{-1}B$ and $\det(I - A'x) "
             r"= \det(I - Ax)$", _any_basis(law)),
        *(Step(rf"{timing} timing, $K = {K}$: from deep to modal form $A' = \Lambda$, and the residues $c'_k b'_k$ "
               r"give the response of the deep form", _residues(law, K, timing)) for timing in TIMINGS for K in (2, 3)),
        *(Step(rf"{timing} timing, $K = {K}$, complex poles: $W = P W' P^*$ is the covariance of the deep states, and "
               r"$C' \Lambda^\Delta W' C'^*$ the autocovariance of the cascade", _covariances(law, K, timing))
          for timing in TIMINGS for K in (2, 3)),
        Step(r"Poles $.9$, $.8$, current timing: the variance of the output stays, those of the states do not, and the "
             r"modal ones add up to more than six times the output's", _variances_change(law)),
    )  # fmt: skip


def _any_basis(law):
    x, *entries = indeterminates("x", *"abcdefghpqrs")
    A, T = (np.array(entries[n : n + 4], dtype=object).reshape(2, 2) for n in (0, 4))
    B, C = np.array(entries[8:10], dtype=object).reshape(2, 1), np.array([entries[10:]], dtype=object)
    inverse = _adjugate(T) / _determinant(T)
    return _transfer(law((A, B, C), T, inverse), x) == _transfer((A, B, C), x)


def _transfer(system, x):
    """C adj(I − Ax) B and det(I − Ax), two states."""
    A, B, C = system
    resolvent = np.eye(2, dtype=int) - A * x
    return (C @ _adjugate(resolvent) @ B)[0, 0], _determinant(resolvent)


def _adjugate(M):
    return np.array([[M[1, 1], -M[0, 1]], [-M[1, 0], M[0, 0]]], dtype=object)


def _determinant(M):
    return M[0, 0] * M[1, 1] - M[0, 1] * M[1, 0]


def _modal(law, poles, b, c, timing):
    """The law's modal form: A', and the vectors B', C'."""
    P, inverse, _, _ = diagonalization.law(poles, b, c, timing)
    A, B, C = law(deep_to_wide.law(poles, b, c, timing), P, inverse)
    return A, B[:, 0], C[0]


def _state_covariance(poles, B, conjugates, B_conjugate):
    """W'_kj = β_k β̄_j/(1 − λ_k λ̄_j)."""
    return np.multiply.outer(B, B_conjugate) / (1 - np.multiply.outer(np.array(poles), np.array(conjugates)))


def _residues(law, K, timing):
    every = indeterminates(*(f"{name}{k}" for name in "pbc" for k in range(K)))
    poles, b, c = every[:K], every[K : 2 * K], every[2 * K :]
    A, B, C = _modal(law, poles, b, c, timing)
    deep_A, state, deep_C = deep_to_wide.law(poles, b, c, timing)
    same = [(A == np.diag(np.array(poles))).all()]
    for t in range(2 * K):
        same.append((deep_C @ state)[0, 0] == sum(C * B * np.array(poles) ** t))
        state = deep_A @ state
    return all(same)


def _covariances(law, K, timing):
    every = indeterminates(*(f"{name}{k}" for name in "pq" for k in range(K)))
    poles, conjugates, ones = every[:K], every[K:], [1] * K
    (_, B, C), (_, B2, C2) = (_modal(law, each, ones, ones, timing) for each in (poles, conjugates))
    P, P2 = (diagonalization.law(each, ones, ones, timing)[0] for each in (poles, conjugates))
    W = _state_covariance(poles, B, conjugates, B2)
    deep = np.array(cascade_recursion.law(poles, conjugates, ones, ones, timing), dtype=object)[1:, 1:]
    return bool((P @ W @ P2.T == deep).all()) and all(
        C * np.array(poles) ** lag @ W @ C2 == autocovariance.law(poles, conjugates, lag) for lag in range(3))


def _variances_change(law):
    poles, ones = [Fraction(9, 10), Fraction(4, 5)], [1, 1]
    _, B, C = _modal(law, poles, ones, ones, "current")
    deep = np.diag(np.array(cascade_recursion.law(poles, poles, ones, ones, "current"), dtype=object)[1:, 1:])
    W = _state_covariance(poles, C * B, poles, C * B)  # scaled so that C' = (1, 1)
    modal = np.diag(W)
    return bool(W.sum() == deep[-1] and (modal != deep).all() and modal.sum() > 6 * deep[-1])


def shadow(law, stack, machine):
    """From the modal form: the stack's responses, autocovariances, group delays, and by congruence its states."""
    own, late = parameters(stack), int(stack.timing == "delayed")
    _, B, C = _modal(law, own.poles, own.b, own.c, stack.timing)
    poles, W = np.array(own.poles, dtype=object), _state_covariance(own.poles, B, own.conjugates, np.conj(B))
    R = [(C * poles**lag) @ W @ np.conj(C) for lag in LAGS]
    h = [0] * late + [sum(C * B * poles**t) for t in LAGS]
    turns = [mp.expj(-omega) for omega in ANGLES]
    delays = [late + mp.re(layer_delay.law(poles, C * B, 0, w, "current")) for w in turns]
    scale = max(sum(abs(poles * w / (1 - poles * w))) + len(poles) for w in turns)  # of what adds up to the delay
    P = diagonalization.law(own.poles, own.b, own.c, stack.timing)[0]
    deep = P @ W @ np.conj(P).T
    sizes = np.array([mp.sqrt(abs(variance)) for variance in np.diag(deep)])
    units = np.outer(sizes, sizes)
    return max(
        deviation(h, machine.impulse_response(stack, range(len(h)))),
        deviation(R, machine.autocovariance(stack, LAGS)),
        deviation([*delays, scale], [*machine.group_delay(stack, np.array(ANGLES)), scale]),
        deviation(deep / units, exact(machine.state_covariance(stack)) / units),
    )


THEOREM = Theorem(
    name="invariants",
    title="What deep and wide share",
    statement=r"Under $(A, B, C) \mapsto (T^{-1}AT, T^{-1}B, CT)$ the input–output map, its poles and residues, the "
              r"output's autocovariance and the group delay stay; the states' covariance becomes $T^{-1} W T^{-*}$, "
              r"and their variances change.",
    hypotheses=("scalar layers without feedthrough, distinct poles, real or complex, for the modal form; any "
                "system and basis for the map", "white input for covariances, $|\\lambda_k| < 1$", "either timing"),
    origin=Origin.CLASSICAL,
    reference="Kailath, Linear Systems, chapter 2; read for the paper's section 3.3, the example of variances is new",
    tier=Tier.EXACT,
    range="two states in any basis; cascades of K ≤ 3, deep against modal",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", distinct=True),
)
