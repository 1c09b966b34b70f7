r"""Depth-aware gains: every state has unit variance at every depth, and the gains telescope.

Let V_k be the variance of the output of k layers with unit gains under the given input. State k of the stack without
gains has E|x_k|² = Π_{j≤k} |b_j|² Π_{j<k} |c_j|² V_k. A gain γ_j on b_j multiplies the states of layer j and of all
later layers by γ_j. Hence unit variance at all depths is

    Π_{j≤k} γ_j² |b_j|² Π_{j<k} |c_j|² V_k = 1,  k = 1, …, K,  that is  γ_k² = V_{k−1}/(V_k |b_k c_{k−1}|²),

V_0 = 1, c_0 = 1: what stands for k, divided by what stands for k−1. By induction in k that is one step, for every
process, timing and K, as nothing but the V_k enters. (With several states a layer, row n of B_k has the gain
1/√E|x_{k,n}|², earlier layers scaled before: that is the definition, and nothing telescopes.)

An AR(1) input of variance 1 is white noise of unit variance through one more layer in front, with the pole ρ and the
gain √(1−|ρ|²): V_k = (1−|ρ|²) V(ρ, λ_1, …, λ_k).
"""

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp, parameters
from ..domains import Domain
from ..moments import LATE, cascade, moment, variance
from ..theorem import Origin, Step, Theorem, Tier

CORRELATION = 0.4


def law(variances, b, c):
    """γ_k², k = 1, …, K, from variances = V_1, …, V_K, b = |b_1|², …, and c = |c_1|², ….."""
    before = zip([1, *variances], [1, *c], strict=False)
    return [last / (here * into * out) for (last, out), here, into in zip(before, variances, b, strict=False)]


def bug(variances, b, c):
    """$c_{k+1}$ for $c_k$."""
    return law(variances, b, c[1:] + c[:1])


def prove(law):
    """The step for abstract V; unit states from the equations of stationarity of the scaled stack, AR(1) in front."""
    return (
        Step(r"$V_k \prod_{j \le k} \gamma_j^2 |b_j|^2 \prod_{j<k} |c_j|^2 = 1$ for abstract $V_k$: from $k$ to $k+1$ "
             "one factor", _telescopes(law)),
        *(Step(rf"$E|x_k|^2 = 1$ for $k \le {K}$ under AR(1) input, from the equations of stationarity of the scaled "
               "stack", _unit(law, K)) for K in (1, 2)),
    )  # fmt: skip


def _telescopes(law):
    """From any three neighboring layers: the factor that k → k+1 adds is 1, for the first as for later ones."""
    V, W, *gains = indeterminates("V", "W", "b1", "b2", "c1", "c2")
    b, c = gains[:2], gains[2:]
    first, second = law([V, W], b, c)
    return first * b[0] * V == 1 and second * b[1] * c[0] * W == V


def _unit(law, K):
    """The AR(1) input is layer 0. Poles and conjugates apart; |γ b|² and |c|² enter in the first factor of E x x̄."""
    numbers = indeterminates(*(f"{name}{k}" for name in "pqbc" for k in range(K + 1)))
    poles, conjugates, b, c = (numbers[i : i + K + 1] for i in range(0, len(numbers), K + 1))
    unit = 1 - poles[0] * conjugates[0]
    variances = [unit * variance(poles[: k + 1], conjugates[: k + 1]) for k in range(1, K + 1)]
    gains = law(variances, list(b[1:]), list(c[1:]))
    into = [1, *c[1:K]]  # |c_{k−1}|²
    scaled = [(poles[0], unit, 0), *((pole, before * energy * gain, 0) for pole, before, energy, gain
                                     in zip(poles[1:], into, b[1:], gains, strict=True))]
    plain = cascade(conjugates)
    return all(moment(scaled[: k + 1], plain[: k + 1]) == 1 for k in range(1, K + 1))


def shadow(law, stack, machine):
    """The machine's gains for white input; unit states with the law's gains under three inputs.

    White; AR(1), ρ the last pole; correlated over two lags, R(1) = .4, which adds .8 Re E[y_{t+1} y_t*] of white input.
    """
    own, depths = parameters(stack), range(1, len(stack) + 1)
    rho, conjugate = own.poles[-1], own.conjugates[-1]
    poles, conjugates = [own.poles[:k] for k in depths], [own.conjugates[:k] for k in depths]
    white = [variance(*pair) for pair in zip(poles, conjugates, strict=True)]
    late = [moment(cascade(p), [*cascade(q), LATE]) for p, q in zip(poles, conjugates, strict=True)]
    colored = [(1 - rho * conjugate) * variance([rho, *p], [conjugate, *q])
               for p, q in zip(poles, conjugates, strict=True)]
    sampled = [V + 2 * long(CORRELATION) * mp.re(R) for V, R in zip(white, late, strict=True)]
    inputs = (white, machine.white()), (colored, machine.ar1(stack.poles[-1].item())), (
        sampled, machine.sampled([1.0, CORRELATION]))
    states = (machine.state_variance(_scaled(stack, _gains(law, own, V)), process)[:, 0] for V, process in inputs)
    return max(deviation(_gains(law, own, white), machine.normalization(stack, "depth-aware")[:, 0]),
               *(deviation([1] * len(stack), row) for row in states))


def _gains(law, own, variances):
    squares = law([mp.re(V) for V in variances], [abs(b) ** 2 for b in own.b], [abs(c) ** 2 for c in own.c])
    return [mp.sqrt(square) for square in squares]


def _scaled(stack, gains):
    return stack.replace(B=[float(gain) * b for gain, b in zip(gains, stack.B, strict=True)])


THEOREM = Theorem(
    name="depth-aware-gain",
    title="Gains that keep every state at unit variance",
    statement=r"Every state of a cascade has unit variance at every depth exactly with the gains $\gamma_k^2 = "
              r"\frac{V_{k-1}}{V_k\,|b_k c_{k-1}|^2}$, $V_k$ the variance after $k$ layers with unit gains under the "
              r"given input, $V_0 = 1$, $c_0 = 1$: their product telescopes.",
    hypotheses=("scalar layers without feedthrough, $b_k, c_k \\ne 0$", "real or complex poles, $|\\lambda_k| < 1$, "
                "equal ones too", "any stationary input with all $V_k > 0$", "either timing"),
    origin=Origin.NEW,
    reference="initializations that depend on the input's autocorrelation are older: Liu & Li, arXiv 2411.19455",
    tier=Tier.INDUCTION,
    range="all K, every process",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(2, 4)),
)  # fmt: skip
