r"""Pre-norm residual stacks: one block multiplies the spectrum by 1 + M/V.

One block takes H channels u to u + C x, where x_n[t] = λ_n x_n[t−1] + γ_n (B u/σ)_n, n = 1, …, N, and σ² = V is the
mean variance of the channels of u. Let the entries of B (variance 1/H) and of C (variance 1/N) be independent, of mean
0, and independent of u. At one frequency, with g_n = γ_n/(1 − λ_n e^{−iω}) and the spectral matrix Σ of u, the output
has the spectral matrix T Σ T*, T = I + C diag(g) B/σ. The mean of a product with an odd number of entries of C is 0,
so that the cross terms drop out, and

    E[C_{in} C̄_{im}] = [n = m]/N,    E[B_{nj} B̄_{nl}] = [j = l]/H

leave, for the mean over channels S = tr Σ/H,

    E S' = S + (1/N) Σ_n |g_n|² · S/V = S (1 + M/V),    M(ω) = (1/N) Σ_n |g_n|²:

exact for one block given its input, whatever Σ, H, N. Down a stack V becomes random, with fluctuations of order 1/√H
and 1/√N; in wide networks E S_{k+1} = E S_k (1 + M/V_k), V_k = (1/2π) ∫ S_k, and M is E_λ[γ²/|1 − λe^{−iω}|²].

Only second moments of the entries were used: entries ±1/√H, ±1/√N are as good as Gaussian ones, and the mean over all
their signs is a finite sum. That is what the proof and the shadow compute.
"""

import numpy as np

from ...symbolic.rationals import indeterminates
from ..arithmetic import deviation, long, mp
from ..domains import Domain
from ..theorem import Origin, Step, Theorem, Tier
from .signs import matrices, mean

ANGLES = (0.2, 1.0, 2.5)


def law(S, powers, V):
    """E S' from S, powers = |g_n|², and V."""
    return S * (1 + mean(powers) / V)


def bug(S, powers, V):
    """$M/V^2$ for $M/V$: the states' variance divided once more."""
    return law(S, powers, V * V)


def prove(law):
    """The mean over all signs, for abstract responses, spectral matrix and σ."""
    return tuple(
        Step(rf"$E\,\mathrm{{tr}}\,T \Sigma T^*/H = S(1 + M/V)$, the mean over all signs of $B$ and $C$, {N} state"
             rf"{'s' * (N > 1)}, {H} channel{'s' * (H > 1)}", _mean_over_signs(law, N, H))
        for N, H in ((1, 1), (2, 1), (1, 2))
    )  # fmt: skip


def _mean_over_signs(law, N, H):
    """The scales 1/√H and 1/√N enter together, once in T and once in T*: as scale² = 1/(H N) in `scale` and `one`."""
    names = [f"g{n}" for n in range(N)] + [f"f{n}" for n in range(N)]
    *numbers, V, root = indeterminates(*names, *(f"s{i}{j}" for i in range(H) for j in range(H)), "V", "root")
    g, conjugates, entries = numbers[:N], numbers[N : 2 * N], numbers[2 * N :]
    spectrum = [entries[H * i : H * i + H] for i in range(H)]
    outputs = []
    for B, C in matrices((N, H), (H, N)):
        # σ√(HN) is an indeterminate, root, on the left, and HNV/root on the right
        left = _block(B, C, g, root)
        right = _block(B, C, conjugates, H * N * V / root)
        outputs.append(sum(left[i][j] * spectrum[j][k] * right[i][k]
                           for i in range(H) for j in range(H) for k in range(H)) / H)
    S = sum(spectrum[i][i] for i in range(H)) / H
    return mean(outputs) == law(S, [a * b for a, b in zip(g, conjugates, strict=True)], V)


def _block(B, C, g, root):
    """I + C diag(g) B/root."""
    H = len(C)
    return [[int(i == j) + sum(C[i][n] * g[n] * B[n][j] for n in range(len(g))) / root for j in range(H)]
            for i in range(H)]


def shadow(law, stack, machine):
    """A block of one state and two channels, and of two states and one channel, mean over signs, by the machine.

    Before it an AR(1) layer on each channel, with the stack's last pole; LRU's gains.
    """
    rho, *poles = stack.poles[::-1].tolist()
    worst = 0.0
    for N, H in ((1, 2), (2, 1)):
        own = (poles * N)[:N]
        spectra = mean(_spectrum(machine, stack.timing, [rho, *own], B, C) for B, C in matrices((N, H), (H, N)))
        predicted = []
        for omega in ANGLES:
            z = mp.expj(-mp.mpf(omega))
            S = 1 / abs(1 - long(rho) * z) ** 2
            powers = [(1 - abs(long(p)) ** 2) / abs(1 - long(p) * z) ** 2 for p in own]
            predicted.append(law(S, powers, 1 / (1 - abs(long(rho)) ** 2)))
        worst = max(worst, *(deviation(*pair) for pair in zip(predicted, spectra, strict=True)))
    return worst


def _spectrum(machine, timing, poles, B, C):
    """tr(T Σ T*)/H at the angles, of the network front → rms norm → layer → residual sum, linearized."""
    rho, *poles = poles
    H, N = len(C), len(poles)
    front = machine.Layer([rho] * H, np.eye(H), np.eye(H))
    gains = np.array([float(mp.sqrt(1 - abs(long(p)) ** 2)) for p in poles])
    layer = machine.Layer(poles, gains[:, None] * np.array(B) / np.sqrt(H), np.array(C) / np.sqrt(N))
    network = machine.Network((machine.Block(front), machine.Block(layer, norm="rms", residual=True)), timing=timing)
    response = machine.frequency_response(machine.linearize(network), ANGLES)
    return np.sum(np.abs(np.reshape(response, (len(ANGLES), -1))) ** 2, axis=1) / H


THEOREM = Theorem(
    name="residual-recursion",
    title="A pre-norm residual block multiplies the spectrum by 1 + M/V",
    statement=r"$u \mapsto u + C\,\mathrm{SSM}(B u/\sigma)$: in expectation over $B$ and $C$, the mean spectrum of the "
              r"channels becomes $S_{k+1}(\omega) = S_k(\omega) [1 + M(\omega)/V_k]$, $M = \frac{1}{N} \sum_n "
              r"\gamma_n^2/|1-\lambda_n e^{-i\omega}|^2$, $V_k = \sigma^2 = \frac{1}{2\pi} \int S_k$.",
    hypotheses=("entries of $B$ and $C$ independent, of mean 0 and variance $1/H$ and $1/N$, independent of the input",
                "exact for one block given its input, any $N$, $H$; along a stack in the limit of many channels",
                "σ² the mean variance of the channels (RMS norm, linearized)",
                "real or complex poles, $|\\lambda_n| < 1$", "either timing"),
    origin=Origin.NEW,
    reference="the blocks of S4, S5, LRU and Mamba networks",
    tier=Tier.EXACT,
    range="(N, H) = (1, 1), (2, 1), (1, 2), all responses and input spectra; only second moments enter for more",
    law=law,
    bug=bug,
    prove=prove,
    shadow=shadow,
    domain=Domain("complex", layers=(2, 3)),
)  # fmt: skip
