r"""The power spectrum after one more layer.

S(ω) = Σ_Δ R(Δ) w^Δ with w = e^{−iω}. Put into the layer's equation for autocorrelations (the theorem proposition-1),

    (1 + |λ|²) R'(Δ) − λ R'(Δ − 1) − λ̄ R'(Δ + 1) = |g|² R(Δ),

a shift of Δ by 1 becomes a factor w: (1 + |λ|² − λ w − λ̄/w) S' = |g|² S, and 1 + |λ|² − λ w − λ̄/w =
(1 − λ w)(1 − λ̄/w) = |1 − λ e^{−iω}|². So S' = |H|² S with H = g/(1 − λ w), for every input; layer after layer,
S⁽ᴷ⁺¹⁾ = Π_k |H_k|² · S⁽¹⁾. Delayed timing multiplies H by w, of modulus 1.

White input through one layer is the two geometric series of R'(Δ) = |g|² λ^Δ/(1 − |λ|²), Δ ≥ 0, and its conjugates;
with q for λ̄ and w indeterminate their sum is compared with the law. Then with an indeterminate S: the law for one more
layer solves the equation whose right side is the law for the layers before. That is the induction.
"""

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp, parameters
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier

ANGLES = (-2.0, 0.0, 0.3, 1.7)  # rad/sample
SEEN = 150  # lags after which t³|λ|^t is below 1e−12 for |λ| ≤ .75


def law(poles, conjugates, energies, w, source):
    """S after all layers at w = e^{−iω}, from the input's S there; energies = |c_k b_k|²."""
    for pole, conjugate, energy in zip(poles, conjugates, energies, strict=True):
        source = energy * source / ((1 - pole * w) * (1 - conjugate / w))
    return source


def bug(poles, conjugates, energies, w, source):
    r"""$1/w$ where $w$ belongs: the spectrum at $-\omega$."""
    return law(poles, conjugates, energies, 1 / w, source)


def prove(law):
    """White input summed over lags; the layer's equation with an abstract spectrum, after one layer and after two."""
    p, q, a, b, w, g, S = indeterminates("p", "q", "a", "b", "w", "g", "S")  # q = λ̄
    white = (1 / (1 - p * w) + (q / w) / (1 - q / w)) / (1 - p * q)
    before = law([a], [b], [g], w, S)
    return (
        Step(r"White input: $\sum_\Delta \lambda^{\Delta} w^\Delta / (1-|\lambda|^2)$ over both signs of $\Delta$",
             law([p], [q], [1], w, 1) == white),
        Step(r"$(1 + |\lambda|^2 - \lambda w - \bar\lambda/w) S' = |g|^2 S$ for any $S$",
             (1 + p * q - p * w - q / w) * law([p], [q], [g], w, S) == g * S),
        Step(r"The same for the last of several layers, whose input is $S^{(K)}$",
             (1 + p * q - p * w - q / w) * law([a, p], [b, q], [g, g], w, S) == g * before),
    )  # fmt: skip


def shadow(law, stack, machine):
    """Against the machine's spectrum, and against its autocovariances summed over lags; AR(1) input."""
    own, rho = parameters(stack), stack.poles[0].item()
    process, exact = machine.ar1(rho), long(rho)
    energies = [abs(b * c) ** 2 for b, c in zip(own.b, own.c, strict=True)]
    R = long(machine.autocovariance(stack, range(SEEN + 1), process))
    spectra, sums = [], []
    for omega in ANGLES:
        w = mp.expj(-long(omega))
        source = (1 - abs(exact) ** 2) / abs(1 - exact * w) ** 2
        spectra.append(law(own.poles, own.conjugates, energies, w, source))
        sums.append(R[0].real + 2 * mp.re(mp.polyval(R[:0:-1], w) * w))
    return max(deviation(spectra, machine.power_spectrum(stack, np.array(ANGLES), process)), deviation(spectra, sums))


THEOREM = Theorem(
    name="spectrum",
    title="The power spectrum after each layer",
    statement=r"$S^{(k+1)}(\omega) = |H_k(e^{i\omega})|^2 S^{(k)}(\omega)$, $|H_k|^2 = |c_k b_k|^2 / |1 - \lambda_k "
              r"e^{-i\omega}|^2$.",
    hypotheses=("scalar layers without feedthrough, $|\\lambda_k| < 1$, real or complex",
                "zero-mean wide-sense stationary input with summable $R$", "either timing"),
    origin=Origin.PAPER,
    reference="Proposition 1 in the frequency domain; classical: Brockwell & Davis, Time Series, Theorem 4.4.1",
    tier=Tier.INDUCTION,
    range="all K, every input spectrum",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", gap=0.25),
)
