r"""Second moments of two cascades with one white input, by the linear equations that stationarity gives.

A section (λ, α, β) is the layer (α + βx)/(1 − λx), x = z⁻¹; with a state that the present input has not reached,

    s_i[t+1] = λ_i s_i[t] + p_i[t],    p_{i+1}[t] = c_i s_i[t] + α_i p_i[t],    c_i = β_i + α_i λ_i,    p_0 = u.

With sections (μ, γ, δ), states r_j and signals q_j for the second cascade, the first recursion multiplied by the
conjugate of the second and E over both gives

    (1 − λ_i μ̄_j) W_ij = λ_i X_ij + μ̄_j Y_ij + Z_ij,    W = E s r*,  X_ij = E s_i q_j*,  Y_ij = E p_i r_j*,  Z = E p q*,

    X_{i,j+1} = W_ij ḡ_j + X_ij γ̄_j,    Y_{i+1,j} = c_i W_ij + α_i Y_ij,    Z_{i,j+1} = Y_ij ḡ_j + Z_ij γ̄_j,

g_j = δ_j + γ_j μ_j, from X_{i0} = Y_{0j} = 0, Z_{00} = 1 and Z_{i+1,0} = α_i Z_{i0}. For |λ|, |μ| < 1 it is the only
solution. No difference of poles is divided by: equal poles and poles 0 are ordinary.
"""

from fractions import Fraction

LATE = (0, 0, 1)
"""The section z⁻¹."""


def cascade(poles):
    """The sections of Π 1/(1 − λ_k z⁻¹)."""
    return [(pole, 1, 0) for pole in poles]


def moment(first, second):
    """E[y v*] = Σ_t f_t ḡ_t, the second cascade given by the conjugates of its numbers; in the field of the entries."""
    Y, head = [Fraction(0)] * len(second), Fraction(1)
    for pole, alpha, beta in first:
        c, X, Z, below = beta + alpha * pole, Fraction(0), head, []
        for y, (conjugate, gamma, delta) in zip(Y, second, strict=True):
            g = delta + gamma * conjugate
            W = (pole * X + conjugate * y + Z) / (1 - pole * conjugate)
            X, Z = W * g + X * gamma, y * g + Z * gamma
            below.append(c * W + alpha * y)
        Y, head = below, alpha * head
    for y, (conjugate, gamma, delta) in zip(Y, second, strict=True):
        head = y * (delta + gamma * conjugate) + head * gamma
    return head


def variance(poles, conjugates):
    """E|y|² of Π 1/(1 − λ_k z⁻¹) under white unit input."""
    return moment(cascade(poles), cascade(conjugates))
