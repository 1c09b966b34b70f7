r"""The memory function of a cascade through the orthonormal functions of Takenaka and Malmquist.

    φ_k = √(1−|λ_k|²)/(1 − λ_k x) · Π_{m<k} (x − λ̄_m)/(1 − λ_m x),    x = z⁻¹.

Orthonormal: on the circle |x − λ̄| = |1 − λx|, so that common all-pass factors cancel in ⟨φ_j, φ_k⟩. For j < k what is
left is ⟨√(1−|λ_j|²)/(1 − λ_j x), f⟩ with an f analytic in |x| ≤ 1 that has the factor x − λ̄_j; and 1/(1 − λ_j x)
reproduces values, ⟨1/(1 − λ_j x), f⟩ = f(x = λ̄_j) = 0. For j = k it is (1−|λ_k|²)/(1−|λ_k|²) = 1.

They span what the states span: φ_1, …, φ_K and the K independent states are functions q(x)/Π_m(1 − λ_m x), deg q < K.
Let x_t = M ξ_t with M regular and ξ the states with the responses φ_k: then W = M M* and A^τ B = M φ(τ), so

    MF(τ) = (A^τ B)* W⁻¹ (A^τ B) = Σ_k |φ_k(τ)|².

MF ≤ 1 (Bessel's inequality) and the sum K of the theorem memory-sum are seen at once. Poles 0 after the first add no
state in current timing and are left out; in delayed timing none is, and MF comes a sample later.
"""

from fractions import Fraction

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp, parameters
from ..domains import Domain
from ..moments import moment
from ..theorem import Origin, Step, Theorem, Tier
from .memory_sum import memory


def law(poles, conjugates, n):
    """Σ_k |φ_k(τ)|², τ = 0 … n−1."""
    return _squares(poles, conjugates, _functions(poles, conjugates, n), _functions(conjugates, poles, n))


def bug(poles, conjugates, n):
    r"""$x - \lambda_m$ in place of $x - \bar\lambda_m$."""
    return _squares(poles, conjugates, _functions(poles, poles, n), _functions(conjugates, conjugates, n))


def _squares(poles, conjugates, own, twin):
    energy = [1 - p * q for p, q in zip(poles, conjugates, strict=True)]
    return [sum(e * a * b for e, a, b in zip(energy, *rows, strict=True)) for rows in zip(own, twin, strict=True)]


def _functions(poles, zeros, n):
    """The responses φ_k(τ)/√(1−|λ_k|²), n rows: s ← λs + u, and on through (x − ζ)/(1 − λx)."""
    states, rows = [0 * pole for pole in poles], []
    for t in range(n):
        signal, after = Fraction(t == 0), []
        for pole, zero, state in zip(poles, zeros, states, strict=True):
            after.append(pole * state + signal)
            signal = state - zero * after[-1]
        states = after
        rows.append(after)
    return rows


def prove(law):
    """Orthonormality by moments; the definition by W⁻¹."""
    p, q, P, Q = indeterminates("p", "q", "P", "Q")
    three = [[Fraction(n, 7) for n in numbers] for numbers in ((3, -2, 5), (1, 4, -3))]
    return (
        *(Step(rf"$K = {K}$: $\langle \varphi_j, \varphi_k \rangle = \delta_{{jk}}$, conjugates as indeterminates",
               _orthonormal(K)) for K in (1, 2, 3)),
        Step(r"$K = 1, 2$: $(A^\tau B)^* W^{-1} (A^\tau B)$ is the law, $\tau \le 3$",
             all(memory(*pair, "current", 4) == law(*pair, 4)
                 for pair in (([p], [P]), ([p, q], [P, Q]), ([p, p], [P, P])))),
        Step(r"$K = 3$: the same at a rational point", memory(*three, "current", 6) == law(*three, 6)),
        Step(r"$K = 3$, delayed timing: one sample later", memory(*three, "delayed", 6)[1:] == law(*three, 5)),
    )  # fmt: skip


def _orthonormal(K):
    numbers = indeterminates(*(f"{name}{k}" for name in "pq" for k in range(K)))
    poles, conjugates = numbers[:K], numbers[K:]

    def phi(own, twin, k):
        return [*((own[m], -twin[m], 1) for m in range(k)), (own[k], 1, 0)]

    return all(moment(phi(poles, conjugates, j), phi(conjugates, poles, k)) * (1 - poles[k] * conjugates[k]) == (j == k)
               for j in range(K) for k in range(K))


def shadow(law, stack, machine):
    """The first lags, poles 0 after the first left out in current timing."""
    late = stack.timing == "delayed"
    own, n = parameters(stack), 8
    kept = [k for k, pole in enumerate(own.poles) if late or k == 0 or pole]
    values = law([own.poles[k] for k in kept], [own.conjugates[k] for k in kept], n)
    return deviation([mp.re(value) for value in values], machine.memory_function(stack, [t + late for t in range(n)]))


THEOREM = Theorem(
    name="takenaka-malmquist",
    title="Memory through orthonormal functions",
    statement=r"$\mathrm{MF}(\tau) = \sum_k |\varphi_k(\tau)|^2$ with the orthonormal $\varphi_k = "
              r"\frac{\sqrt{1-|\lambda_k|^2}}{1-\lambda_k z^{-1}} \prod_{m<k} \frac{z^{-1}-\bar\lambda_m}{1-\lambda_m "
              r"z^{-1}}$ of the poles; in delayed timing a sample later. Nothing is inverted.",
    hypotheses=("scalar cascade without feedthrough, all $b_k, c_k \\ne 0$", "$|\\lambda_k| < 1$, real or complex, "
                "equal or not", "white input", "current timing: poles 0 after the first left out"),
    origin=Origin.CLASSICAL,
    reference="Ninness & Gustafsson, IEEE Trans. Automatic Control 42:515, 1997; its use for memory is new here",
    tier=Tier.EXACT,
    range="orthonormality K ≤ 3; the definition K ≤ 2, and K = 3 at a rational point; all K by hand",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(1, 3), gap=1e-3),
)  # fmt: skip
