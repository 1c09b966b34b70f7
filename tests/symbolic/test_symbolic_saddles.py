"""The tied saddle against the definition: the loss as a sum over samples, and its differences in λ_1, …, λ_K, g."""

import mpmath
import pytest
import sympy
from sympy import I, Rational, Symbol

from lti_depth import symbolic as lti

mp = mpmath.mp.clone()
mp.dps = 60
POLE, STAR = sympy.symbols("lambda q", real=True)
SLOW = lti.scalar_cascade([Rational(99, 100)])
PAIR = lti.stack([lti.Layer([Rational(27, 50) + Rational(18, 25) * I], [[1]], [[1]], real=True)])


def passed(signal, pole):
    found, state = [], mp.zero
    for value in signal:
        state = pole * state + value
        found.append(state)
    return found


class Problem:
    """L = ½ Σ_t (g h_t − T_t)² of the responses to an innovation of an AR(1) input of unit variance."""

    def __init__(self, teacher, rho):
        rho = mp.mpf(rho.p) / rho.q
        self.source = [mp.sqrt(1 - rho**2) * rho**t for t in range(400)]
        total = [mp.zero] * 400
        for pole in teacher:
            total = [a + b for a, b in zip(total, passed(self.source, pole), strict=True)]
        self.target = [mp.re(value) / len(teacher) for value in total]

    def student(self, poles):
        h = self.source
        for pole in poles:
            h = passed(h, pole)
        return h

    def loss(self, *point):
        *poles, g = point
        return sum((g * h - T) ** 2 for h, T in zip(self.student(poles), self.target, strict=True)) / 2

    def gain(self, poles):
        h = self.student(poles)
        return sum(a * b for a, b in zip(h, self.target, strict=True)) / sum(a * a for a in h)

    def second(self, point, j, k):
        """By differences: the error is of the order of the step squared."""
        step, total = mp.mpf(10) ** -15, mp.zero
        for a in (1, -1):
            for b in (1, -1):
                moved = list(point)
                moved[j] += a * step
                moved[k] += b * step
                total += a * b * self.loss(*moved)
        return total / (4 * step**2)


TEACHERS = [
    (lti.scalar_cascade([Rational(3, 5)]), [mp.mpf(3) / 5]),
    (lti.stack([lti.Layer([Rational(1, 4) + I / 2], [[1]], [[1]], real=True)]), [mp.mpc("0.25", "0.5")] * 2),
]


@pytest.mark.parametrize("rho", [Rational(0), Rational(-1, 3)])
@pytest.mark.parametrize("K", [1, 2, 3])
@pytest.mark.parametrize(("teacher", "poles"), TEACHERS)
def test_against_the_loss(teacher, poles, K, rho):
    problem, value = Problem(poles, rho), Rational(2, 5)
    at = mp.mpf(2) / 5
    law = lti.tied_student(teacher, K, POLE, lti.ar1(rho) if rho else None).xreplace({POLE: value})
    point = [at] * K + [problem.gain([at] * K)]

    def agrees(found, truth):
        assert abs(mp.mpmathify(complex(sympy.N(found, 30))) - truth) < 1e-13 * (1 + abs(truth))

    agrees(law.gain, point[-1])
    agrees(law.loss, problem.loss(*point))
    agrees(law.slope, mp.diff(lambda pole: problem.loss(*[pole] * K, problem.gain([pole] * K)), at))
    for j, k in ((0, 0), (0, K - 1), (0, K), (K, K)):
        agrees(law.hessian[j, k], problem.second(point, j, k))
    if K > 1:
        agrees(-law.kappa, problem.second(point, 0, 0) - problem.second(point, 0, 1))


def test_printed_numbers():
    """λ* = .99: λ, L and κ for K = 2, 4, and what ten times less asymmetry costs at the escape."""
    two, four = (lti.tied_optimum(SLOW, K) for K in (2, 4))
    assert [round(float(x), 5) for x in (two.pole, two.loss, four.pole, four.loss)] == [
        0.97031, 3.71714, 0.93215, 8.86892]
    assert [round(float(x), 2) for x in (two.kappa, four.kappa)] == [3126.14, 496.67]
    assert f"{float(sympy.log(10) / two.kappa):.4e}" == "7.3656e-04"
    assert (two.index, four.index) == (1, 3)
    assert abs(sympy.N(two.slope, 20)) < 1e-18 and abs(sympy.N(four.slope, 20)) < 1e-18


def test_spectrum_of_the_hessian():
    """−κ on Σ dλ_k = 0, K − 1 times; the plane of the tied direction and the gain is positive at the optimum."""
    best = lti.tied_optimum(SLOW, 3)
    H = mp.matrix([[mp.mpf(str(sympy.N(entry, 50))) for entry in best.hessian.row(i)] for i in range(4)])
    values = sorted(mp.eigsy(H, eigvals_only=True))
    kappa = mp.mpf(str(sympy.N(best.kappa, 50)))
    assert abs(values[0] + kappa) < 1e-25 * kappa and abs(values[1] + kappa) < 1e-25 * kappa and values[2] > 0
    assert best.index == 2


def test_the_best_of_several_stationary_points():
    """The exact optimum is below the loss on a grid; κ < 0 for a teacher with a complex pair: a minimum."""
    for teacher in (PAIR, lti.scalar_cascade([Rational(-1, 2)]), lti.scalar_cascade([Rational(3, 4), Rational(-1, 3)])):
        best = lti.tied_optimum(teacher, 2)
        losses = [lti.tied_student(teacher, 2, Rational(n, 20)).loss for n in range(-19, 20)]
        assert min(complex(sympy.N(loss)).real for loss in losses) >= complex(sympy.N(best.loss)).real
    assert lti.tied_optimum(PAIR, 2).index == 0 and complex(lti.tied_optimum(PAIR, 2).kappa).real < 0


@pytest.mark.parametrize("K", [2, 4])
def test_slow_teachers(K):
    """1 − λ → (2K−1)(1−λ*), and κ → c_K ‖H_T‖² (K−1)/(4K²(K+1)(2K−1)a²), up to a relative error of order a."""
    a = Rational(1, 10**5)
    best = lti.tied_optimum(lti.scalar_cascade([1 - a]), K)
    assert float((1 - best.pole) / a) == pytest.approx(2 * K - 1, rel=1e-3)
    f = sympy.factorial
    share = 2 * f(K - 1) ** 2 * (4 * K - 2) ** (2 * K - 1) / ((2 * K) ** (2 * K) * f(2 * K - 2))
    limit = share / (2 * a) * Rational(K - 1, 4 * K**2 * (K + 1) * (2 * K - 1)) / a**2
    assert float(best.kappa) == pytest.approx(float(limit), rel=1e-3)


def test_formulas_for_one_layer():
    """⟨P, H_T⟩ = (1 − λq)^{−K} and ‖P‖² = (1−λ²)^{1−2K} Σ C(K−1, j)² λ^{2j}, as one rational function of λ and q."""
    for K in (1, 2, 4):
        energy = (1 - POLE**2) ** (1 - 2 * K) * sum(sympy.binomial(K - 1, j) ** 2 * POLE ** (2 * j) for j in range(K))
        student = lti.tied_student(lti.scalar_cascade([STAR]), K, POLE)
        assert lti.expanded(student.gain - (1 - POLE * STAR) ** -K / energy) == 0
        assert lti.expanded(student.loss - (1 / (1 - STAR**2) - (1 - POLE * STAR) ** (-2 * K) / energy) / 2) == 0
        assert lti.expanded(student.slope - sympy.diff(student.loss, POLE)) == 0
        assert K == 1 or lti.expanded(student.hessian[0, 0] - student.hessian[0, 1] + student.kappa) == 0


@pytest.mark.parametrize(("call", "message"), [
    (lambda: lti.tied_student(SLOW, 0, POLE), "at least 1"),
    (lambda: lti.tied_student(SLOW, 2, Symbol("p")), "real=True"),
    (lambda: lti.tied_student(lti.scalar_cascade([I / 2]), 2, POLE), "real=True"),
    (lambda: lti.tied_student(SLOW, 2, 1), "the pole 1"),
    (lambda: lti.tied_student(lti.stack([lti.Layer([0], [[1]], [[1], [1]])]), 2, POLE), "one channel"),
    (lambda: lti.tied_student(0.5, 2, POLE), "teacher"),
    (lambda: lti.tied_optimum(lti.scalar_cascade([STAR]), 2), "rational numbers"),
    (lambda: lti.tied_optimum(SLOW, 2, lti.ar1(STAR)), "rational numbers"),
    (lambda: lti.tied_optimum(SLOW, 33), "at most 32 for 1 poles"),
    (lambda: lti.tied_optimum(PAIR, 11, lti.ar1(Rational(1, 2))), "at most 10 for 3 poles"),
    (lambda: lti.tied_student(SLOW, 2, POLE).index, "expected numbers"),
])  # fmt: skip
def test_refusals(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
