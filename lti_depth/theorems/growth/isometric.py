r"""All-pass layers keep every spectrum, and their states are an orthonormal readout, at any depth.

The all-pass layer of λ is H(z) = (x − λ̄)/(1 − λx), x = z⁻¹. On the circle conj x = 1/x, and

    H · H* = (x − λ̄)/(1 − λx) · (1/x − λ)/(1 − λ̄/x) = 1.

As a layer, with β² = 1 − |λ|²: b = c = β, d = −λ̄ in delayed timing; b = β, c = β/λ, d = −1/λ in current timing
(λ ≠ 0). Since |H| = 1, S⁽ᵏ⁾ = S_u at every depth: every autocovariance is kept, whatever the process, and the gradient
that comes back through the layers has its spectrum kept as well.

States. In either timing s = x_{t−1} (delayed: x_t), u_t ↦ (λ s + β u, β s − λ̄ u): the output of the layer in terms of
the state before the input is the same. The matrix

    U = [[λ, β], [β, −λ̄]]

is unitary. Take K layers under white unit input. The states of the moment before and u_t have the covariance I, of size
K+1, once the states among themselves have; one step applies K unitary matrices, each to one state and the signal, the
product of which is unitary: the states afterwards, and y_t, again have the covariance I. So E x x* = I is stationary,
and |λ_k| < 1 makes the stationary covariance unique. The readout y = Σ_k c_k x_k of all layers has ∂y/∂c_k = x_k: its
Gauss–Newton matrix in c is E x x* = I, condition number 1 at any depth; under white input of variance v it is v I. The
states are the Takenaka–Malmquist functions.
"""

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, mp, parameters
from ..delays.all_pass import layer
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier

ANGLES, LAGS = (0.3, 1.1, 2.9), (0, 1, 2, 5)


def law(pole, conjugate, x):
    """H at x = z⁻¹."""
    return (x - conjugate) / (1 - pole * x)


def bug(pole, conjugate, x):
    r"""$\lambda$ in place of $\bar\lambda$."""
    return law(pole, pole, x)


def prove(law):
    """The two layers have this transfer function; it has modulus 1; one step is unitary and has this output."""
    p, q, x = indeterminates("p", "q", "x")  # q = λ̄
    H = law(p, q, x)
    return (
        Step(r"Delayed: $d + z^{-1} cb/(1-\lambda z^{-1})$, $cb = 1-|\lambda|^2$, $d = -\bar\lambda$",
             layer(p, q, x, "delayed") == H),
        Step(r"Current: $d + cb/(1-\lambda z^{-1})$, $cb = (1-|\lambda|^2)/\lambda$, $d = -1/\lambda$",
             layer(p, q, x, "current") == H),
        Step(r"$H \bar H = 1$ on the circle", law(p, q, x) * law(q, p, 1 / x) == 1),
        Step(r"One step in state and signal, $U = [[\lambda, \beta], [\beta, -\bar\lambda]]$, is unitary, and from "
             r"signal to signal it is $H$", _step(law)),
    )  # fmt: skip


def _step(law):
    """U U* = I with λ̄ = (1−β²)/λ; and x s' = s, s' = λ s + β u, y = β s − λ̄ u give y = H u."""
    p, beta, x = indeterminates("p", "beta", "x")
    q = (1 - beta**2) / p
    U, conjugate = [[p, beta], [beta, -q]], [[q, beta], [beta, -p]]
    unitary = all(sum(U[i][n] * conjugate[j][n] for n in (0, 1)) == (i == j) for i in (0, 1) for j in (0, 1))
    return unitary and U[1][1] + U[1][0] * x * U[0][1] / (1 - x * U[0][0]) == law(p, q, x)


def shadow(law, stack, machine):
    """The machine's all-pass layers: response, output covariance under AR(1) input at every depth, and states."""
    own, rho = parameters(stack), stack.poles[-1].item()
    layers = machine.normalize(stack, "isometric")
    response = [mp.mpf(1)] * len(ANGLES)
    for pole, conjugate in zip(own.poles, own.conjugates, strict=True):
        response = [H * law(pole, conjugate, mp.expj(-mp.mpf(w))) for H, w in zip(response, ANGLES, strict=True)]
    kept = [abs(H) ** 2 * own.poles[-1] ** lag for H in response for lag in LAGS]
    process = machine.ar1(rho)
    covariances = [machine.autocovariance(layers, LAGS, process, layer=k) for k in range(len(stack))]
    identity = [int(i == j) for i in range(len(stack)) for j in range(len(stack))]
    return max(deviation(response, machine.frequency_response(layers, ANGLES)),
               *(deviation(kept, [*R] * len(ANGLES)) for R in covariances),
               deviation(identity, machine.state_covariance(layers)))


THEOREM = Theorem(
    name="isometric",
    title="All-pass layers neither grow nor blur",
    statement=r"With $H_k = (z^{-1}-\bar\lambda_k)/(1-\lambda_k z^{-1})$ every layer has the spectrum and the "
              r"autocovariance of the input, and under white input of unit variance $E[x x^*] = I$, the Gauss–Newton "
              r"matrix of the readout $\sum_k c_k x_k$ of all layers: its condition number is 1 at any depth.",
    hypotheses=("scalar all-pass layers: $b = c = \\sqrt{1-|\\lambda|^2}$, $d = -\\bar\\lambda$ (delayed timing); "
                "$b = \\sqrt{1-|\\lambda|^2}$, $c = b/\\lambda$, $d = -1/\\lambda$, λ ≠ 0 (current timing)",
                "real or complex λ, $|\\lambda| < 1$", "any stationary input for spectra; white for the states"),
    origin=Origin.CLASSICAL,
    reference="Oppenheim & Schafer, Discrete-Time Signal Processing, section 5.5; Takenaka–Malmquist functions; "
              "Gauss–Newton of a stack: new here",
    tier=Tier.INDUCTION,
    range="all K",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", zeros=False),
)  # fmt: skip
