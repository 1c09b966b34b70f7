"""The theory, section 8: deep ⇄ wide. Poles are exact rationals; float64 enters where it is the subject."""

from fractions import Fraction
from math import ceil, comb, log, prod, sqrt

import numpy as np
import pytest
import sympy
from digits import agrees
from scipy.optimize import brentq

from lti_depth import numeric, symbolic

TIMINGS = ["current", "delayed"]
PAIR = [Fraction(9, 10), Fraction(4, 5)]
FOUR = [Fraction(n, 100) for n in (94, 95, 96, 97)]
TWELVE = [Fraction(85, 100) + Fraction(k, 110) for k in range(12)]


# --- The closed forms ------------------------------------------------------------------------------------------------
# Gains a_k = b_k c_{k−1} with a[0] = b_1, so that Π a over 1…k is what reaches layer k; c is c_K.


def modal(poles, a, c, timing):
    """P, P⁻¹, P⁻¹B and CP of the theory, for distinct poles."""
    K = range(len(poles))
    current = timing == "current"

    def top(pole):
        return pole if current else 1

    def entry(i, j):
        return prod(a[m] * top(poles[j]) / (poles[j] - poles[m]) for m in range(j + 1, i + 1)) if i >= j else 0

    def inverse(i, j):
        below = prod(a[m + 1] / (poles[i] - poles[m]) for m in range(j, i)) if i >= j else 0
        return below * poles[i] ** (i - j - 1) * poles[j] if current and i > j else below

    def drive(k):
        return prod(a[: k + 1]) * prod(top(poles[k]) / (poles[k] - poles[m]) for m in range(k))

    P, P_inv = (sympy.Matrix([[sympy.S(f(i, j)) for j in K] for i in K]) for f in (entry, inverse))
    return P, P_inv, sympy.Matrix([drive(k) for k in K]), c * P[-1, :]


def rational(values):
    return [sympy.Rational(value) for value in values]


@pytest.mark.parametrize("timing", TIMINGS)
def test_modal_form_is_exact(timing):
    poles, b, c = (rational(v) for v in (["1/2", "-3/5", "9/10", "1/7"], [2, "1/3", -1, 5], ["-1/2", 3, "2/7", 4]))
    a = [b[0], *(b[k] * c[k - 1] for k in range(1, 4))]
    P, P_inv, drive, readout = modal(poles, a, c[-1], timing)
    A, B, C, D = symbolic.equivalent_layer(symbolic.scalar_cascade(poles, b=b, c=c, timing=timing))
    assert D[0] == 0
    assert A * P == P * sympy.diag(*poles)
    assert P * P_inv == sympy.eye(4)
    assert P_inv * B == drive and C * P == readout
    assert C == sympy.Matrix([[0, 0, 0, c[-1]]])
    if timing == "delayed":
        assert A == sympy.Matrix(4, 4, lambda i, j: poles[i] if i == j else a[i] if i == j + 1 else 0)
        assert B == sympy.Matrix([b[0], 0, 0, 0])
    else:
        assert A == sympy.Matrix(4, 4, lambda i, j: poles[j] * prod(a[j + 1 : i + 1]) if i >= j else 0)
        assert B == sympy.Matrix([prod(a[: i + 1]) for i in range(4)])


@pytest.mark.parametrize("timing", TIMINGS)
def test_equal_poles_have_the_jordan_form(timing):
    pole, a = sympy.Rational(4, 5), rational([1, 2, "1/3", -5])
    p = [prod(a[1 : i + 1]) for i in range(4)]
    if timing == "delayed":
        P = sympy.diag(*p)
    else:
        P = sympy.Matrix(4, 4, lambda i, j: p[i] * pole**j * comb(i - 1, j - 1) if i and j else int(i == j))
    J = sympy.Matrix(4, 4, lambda i, j: pole if i == j else int(i == j + 1))
    A, *_ = symbolic.equivalent_layer(symbolic.scalar_cascade([pole] * 4, b=a, timing=timing))
    assert A * P == P * J and P.det() != 0


def test_repeated_zero_poles_are_semisimple_in_current_timing():
    current, delayed = (
        symbolic.equivalent_layer(symbolic.scalar_cascade([0, 0, 0], timing=timing))[0] for timing in TIMINGS
    )
    assert current == sympy.zeros(3)
    assert delayed.rank() == 2


# --- The size of the wide form, current timing, unit a ---------------------------------------------------------------


def residues(poles):
    """r_k = Π_{l≠k} λ_k/(λ_k − λ_l), exact."""
    return [prod(pole / (pole - other) for other in poles if other != pole) for pole in poles]


def condition_numbers(poles):
    """cond₂ of P with columns of unit norm, and of P itself."""
    P = np.array(modal(rational(poles), [1] * len(poles), 1, "current")[0], dtype=float)
    return np.linalg.cond(P / np.linalg.norm(P, axis=0)), np.linalg.cond(P)


@pytest.mark.parametrize(
    ("poles", "largest", "unit_columns", "unit_triangular"),
    [(PAIR, 9, "18.06", "82.99"), (FOUR, 442368, "1.278e6", "2.04e10")],
)
def test_residues_and_conditioning(poles, largest, unit_columns, unit_triangular):
    assert max(map(abs, residues(poles))) == largest and sum(residues(poles)) == 1
    normalized, triangular = condition_numbers(poles)
    assert agrees(normalized, unit_columns)
    assert agrees(triangular, unit_triangular)


def test_twelve_poles_have_residues_beyond_the_digits_of_float64():
    assert agrees(max(map(abs, residues(TWELVE))), "1.1e17")
    assert sum(residues(TWELVE)) == 1


def wide(poles):
    """The one layer with these poles and residues, each rounded once."""
    poles, r = (np.array(values, dtype=float) for values in (poles, residues(poles)))
    return numeric.stack([numeric.Layer(poles, np.ones((len(poles), 1)), r[None, :])])


def test_float64_loses_every_digit_of_twelve_poles():
    """the specification prints h_0 = −42: one unit in the last place of the largest residue is 16."""
    assert np.spacing(1.1e17) == 16
    assert abs(numeric.impulse_response(wide(TWELVE), 0) - 1) > 1
    assert abs(h_0_from_float_poles(np.linspace(0.85, 0.95, 12)) - 1) > 1  # −42.4 in numpy 2.4 on x86-64
    assert numeric.impulse_response(numeric.cascade([float(pole) for pole in TWELVE]), 0) == 1


def h_0_from_float_poles(poles):
    return sum(pole**11 / np.prod(pole - poles[poles != pole]) for pole in poles)


# --- Equivalent, yet different ---------------------------------------------------------------------------------------


def test_what_deep_to_wide_keeps():
    deep, flat = numeric.cascade([float(pole) for pole in PAIR]), wide(PAIR)
    times, omega = np.arange(50), np.linspace(0, 3, 20)
    pairs = (
        (numeric.impulse_response, times), (numeric.autocovariance, times), (numeric.group_delay, omega),
        (numeric.frequency_response, omega),
    )  # fmt: skip
    for observable, at in pairs:
        np.testing.assert_allclose(observable(flat, at), observable(deep, at), rtol=1e-11, atol=1e-12)
    assert np.max(numeric.state_variance(flat)) < np.max(numeric.state_variance(deep))


def test_modal_variances_cancel_in_the_output():
    """Exactly: Σ_ij r_i r_j/(1 − λ_iλ_j) is the output variance, and its diagonal alone orders of magnitude more."""
    r = residues(FOUR)
    terms = [[r[i] * r[j] / (1 - FOUR[i] * FOUR[j]) for j in range(4)] for i in range(4)]
    output = sum(map(sum, terms))
    assert sympy.Rational(output) == symbolic.autocovariance(symbolic.scalar_cascade(rational(FOUR)), 0)
    assert sum(terms[i][i] for i in range(4)) > 100 * output


# --- The converse ----------------------------------------------------------------------------------------------------


def test_a_cascade_without_skips_has_no_zeros_but_at_the_origin():
    assert all(zero == 0 for layer in numeric.zeros(numeric.cascade([0.9, 0.5, -0.3])) for zero in layer)
    d = 0.7
    (zeros,) = numeric.zeros(numeric.cascade([0.9], d=d))
    assert zeros == pytest.approx(0.9 * d / (1 + d))


def test_bounded_gains_need_depth():
    """G = Π |b_k c_k| ≤ M^{2K}, and K = ⌈log G/(2 log M)⌉ layers reach G."""
    G, M = 1000.0, 1.5
    K = ceil(log(G) / (2 * log(M)))
    assert M ** (2 * (K - 1)) < G <= M ** (2 * K)


# --- Norm separation -------------------------------------------------------------------------------------------------


def least_norms(poles, depths, error=0.01):
    """Least √N‖c‖₂ with ‖h − Σ c_n φ_n‖² ≤ error·‖h‖², one a depth.

    φ_n is λ_n^t scaled to unit energy and h the impulse response of K equal layers with total delay 100, likewise.
    c = (Gram + μ)⁻¹⟨φ, h⟩, in the eigenvectors of the Gram matrix, with the multiplier μ that exhausts the error.
    """
    scale = np.sqrt(1 - np.abs(poles) ** 2)
    values, vectors = np.linalg.eigh(np.outer(scale, scale) / (1 - np.outer(poles.conj(), poles)))
    seen = values > 1e-13 * values[-1]
    values, vectors = values[seen], vectors[:, seen]
    norms = []
    for K in depths:
        pole = (100 / K) / (1 + 100 / K)
        target = scale / (1 - pole * poles.conj()) ** K
        energy = np.abs(vectors.conj().T @ target) ** 2 / numeric.autocovariance(numeric.cascade([pole] * K), 0)

        def missed(mu, energy=energy):
            return 1 - np.sum(energy * (values + 2 * mu) / (values + mu) ** 2)

        mu = np.exp(brentq(lambda log_mu: missed(np.exp(log_mu)) - error, log(1e-14), log(1e4), xtol=1e-12))
        norms.append(sqrt(len(poles) * np.sum(energy / (values + mu) ** 2)))
    return np.array(norms)


def test_norm_separation_for_real_poles():
    """24 poles, 1−λ evenly spaced in the logarithm over 10⁻³…1, 1 % of the energy missed."""
    found = least_norms(1 - np.geomspace(1e-3, 1, 24), (1, 2, 4, 8))
    assert all(map(agrees, found, ("1.69", "4.1", "15.8", "111")))


@pytest.mark.slow
def test_norms_with_phases_hardly_grow():
    """12 moduli × 32 phases in ±π/10: the numbers printed, up to one common factor.

    The set of poles behind them is not on record, and √N‖c‖₂ depends on how the phases are weighted.
    """
    moduli, phases = 1 - np.geomspace(1e-3, 1, 12), np.linspace(-np.pi / 10, np.pi / 10, 32)
    found = least_norms(np.outer(moduli, np.exp(1j * phases)).ravel(), (1, 2, 4, 8))
    printed = np.array([4.8, 6.0, 6.6, 6.9])
    assert np.max((printed - 0.05) / found) < np.min((printed + 0.05) / found)
