"""Teachers: the systems, or data, that a student is to identify."""

import numpy as np

from ..numeric import autocovariance
from ..system import Layer, Stack, cascade, stack, validation
from .initializations import ring
from .tasks import Recorded


def planted(K, rng, *, N=1, H=1, r_min=0.0, r_max=0.95, phase=0.0, timing="current"):
    """A random stack of K layers, N states and H channels each, of unit output variance under white unit input.

    Parameters
    ----------
    K : int
    rng : numpy Generator
    N, H : int
        N = H = 1 with phase 0: a real scalar cascade with b = √(1 − λ²), c = 1, d = 0 but for the last c. Otherwise
        B rows are √(1 − |λ|²) times normal entries of variance 1/H, C entries normal of variance 1/N, D = 0.
    r_min, r_max : float
        |λ|² is uniform on [r_min², r_max²].
    phase : float
        Phases are uniform on [−phase, phase]; 0: real non-negative poles; else complex layers with real output.
    timing : {"current", "delayed"}
    """
    K, N, H = (validation.integer(value, name, 1) for value, name in ((K, "K"), (N, "N"), (H, "H")))
    phase, layers = validation.real_number(phase, "phase"), []
    for _ in range(K):
        poles = ring(N, rng, r_min, r_max, (-phase, phase))
        gamma = np.sqrt(1 - np.abs(poles) ** 2)[:, None]
        if phase == 0:
            scalar = N == H == 1
            B, C = (np.ones((1, 1)),) * 2 if scalar else (_normal(rng, (N, H), H), _normal(rng, (H, N), N))
            layers.append(Layer(poles.real, gamma * B, C))
        else:
            B, C = _complex_normal(rng, (N, H), H), _complex_normal(rng, (H, N), N)
            layers.append(Layer(poles, gamma * B, C, real=True))
    return _of_unit_variance(stack(layers, timing=timing))


def zucchet(nu0, rng, N=10):
    """The dense teacher of Zucchet & Orvieto, arXiv 2405.21064, diagonalized: one channel, real output.

    The eigenvalues l of a matrix with entries N(0, 1/N) become (ν₀ + (1 − ν₀) tanh|l|) e^{i arg(l)·3.14/π}; A is the
    real part of the matrix rebuilt with them, B has entries N(0, 1), C N(0, 1/N), D N(0, 1). The protocol has white
    input, T = 300, zero initial state, batches of 128.

    Parameters
    ----------
    nu0 : float
        ν₀ in [0, 1): the smallest modulus before the real part is taken.
    rng : numpy Generator
    N : int
        States.
    """
    N, rng = validation.integer(N, "N", 1), validation.generator(rng, "rng")
    nu0 = validation.real_number(nu0, "nu0")
    if not 0 <= nu0 < 1:
        raise ValueError(f"nu0: expected a number in [0, 1), got {nu0}")
    eigenvalues, vectors = np.linalg.eig(rng.standard_normal((N, N)) / np.sqrt(N))
    moved = (nu0 + (1 - nu0) * np.tanh(np.abs(eigenvalues))) * np.exp(1j * np.angle(eigenvalues) * 3.14 / np.pi)
    A = (vectors @ np.diag(moved) @ np.linalg.inv(vectors)).real
    B, C, D = rng.standard_normal((N, 1)), rng.standard_normal((1, N)) / np.sqrt(N), rng.standard_normal((1, 1))
    return stack([diagonalized(A, B, C, D)])


def delay(D):
    """The pure delay z^{−D}, D ≥ 1: D layers with the pole 0, in delayed timing."""
    return cascade(np.zeros(validation.integer(D, "D", 1)), timing="delayed")


def pade_delay(D, order, *, timing="current"):
    r"""The Legendre memory unit's delay line: `order` states, a delay of D samples, the input held for one sample.

    .. math:: \theta \dot m = A m + B u, \quad A_{ij} = (2i+1)\begin{cases} -1 & i < j \\ (-1)^{i-j+1} & i \ge j
              \end{cases}, \quad B_i = (2i+1)(-1)^i, \quad y = \sum_i m_i,

    the [q−1/q] Padé approximant of e^{−θs} with θ = D, by zero-order hold, diagonalized; real output.
    The hold moves the delay at frequency zero to about D − ½ in current timing (as the published code runs it) and
    D + ½ in delayed timing.

    Voelker, Kajić & Eliasmith, Legendre Memory Units, NeurIPS 2019.

    Raises
    ------
    ValueError
        An order above 12. The residues of the approximant alternate and grow fourfold with each order, and the dense A
        is far from normal: in diagonal form the response keeps 13 digits at order 4, 7 at order 12, none at 20.
    """
    from scipy.linalg import expm

    q = validation.integer(order, "order", 1)
    if q > 12:
        raise ValueError(f"order: expected at most 12, beyond which the diagonal form has no digits to give, got {q}; "
                         "put delays of lower order in series")
    theta = validation.real_number(D, "D", positive=True)
    i, j = np.arange(q)[:, None], np.arange(q)[None]
    A = (2 * i + 1) * np.where(i < j, -1.0, (-1.0) ** (i - j + 1)) / theta
    B = (2 * i + 1) * (-1.0) ** i / theta
    held = expm(np.block([[A, B], [np.zeros((1, q + 1))]]))
    return stack([diagonalized(held[:q, :q], held[:q, q:], np.ones((1, q)), np.zeros((1, 1)))], timing=timing)


def one_step(series):
    """One-step prediction of a series as a Recorded task: u_t = s_t, target_t = s_{t+1}, mean 0 and variance 1."""
    s = validation.vector(series, "series", None, "T")
    if s.dtype.kind == "c" or len(s) < 3 or (s == s[0]).all():
        raise ValueError("series: expected at least three real samples that vary, got "
                         f"{validation.describe(s)}")
    s = (s - s.mean()) / s.std()
    return Recorded(s[:-1], s[1:])


def diagonalized(A, B, C, D):
    """The Layer of a real dense system (A, B, C, D): of each conjugate pair one pole, with 2C, y = Re(C x) + D u."""
    poles, vectors = np.linalg.eig(A)
    kept = poles.imag >= 0
    B, C = np.linalg.solve(vectors, B.astype(complex))[kept], (C @ vectors)[:, kept]
    C = C * np.where(poles[kept].imag > 0, 2, 1)
    if not poles.imag.any():
        return Layer(poles.real, B.real, C.real, D)
    return Layer(poles[kept], B, C, D, real=True)


def _of_unit_variance(system: Stack):
    variance = np.trace(np.atleast_2d(autocovariance(system, 0)).real) / system.channels[-1]
    last = system.layers[-1]
    scaled = Layer(last.poles, last.B, last.C / np.sqrt(variance), last.D, real=last.real)
    return Stack((*system.layers[:-1], scaled), timing=system.timing)


def _normal(rng, shape, scale):
    return rng.standard_normal(shape) / np.sqrt(scale)


def _complex_normal(rng, shape, scale):
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2 * scale)
