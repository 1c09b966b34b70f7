"""Law = definition: gains of the poles, unit variances, Legendre's polynomials, all-pass layers."""

from fractions import Fraction

import exact
import pytest
import sympy
from exact import mp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, I, Rational, sqrt
from systems import law_process, law_stack, processes, systems

from lti_depth import symbolic

GAINS = {"none": lambda p: 1, "unit-dc": lambda p: Abs(1 - p), "l1": lambda p: 1 - Abs(p),
         "lru": lambda p: sqrt(1 - Abs(p) ** 2)}  # fmt: skip


@pytest.mark.parametrize("arm", GAINS)
def test_gains_of_the_poles(arm):
    layers = [symbolic.Layer([Rational(1, 2), I / 3], [[1], [2]], [[1, 1]]), symbolic.Layer([0], [[1]], [[1]])]
    gains = symbolic.normalization(symbolic.stack(layers), arm)
    assert gains == sympy.Matrix([[GAINS[arm](Rational(1, 2)), GAINS[arm](I / 3)], [GAINS[arm](sympy.Integer(0)), 0]])


@settings(max_examples=4)
@given(st.data())
def test_depth_aware_states_have_unit_variance(data):
    """γ_1 … γ_k set the variance of state k to one: Π γ² E|x_k|² = 1 without feedthrough, against naive sums."""
    system, process = data.draw(systems("real cascade")), data.draw(processes("real cascade"))
    zero = [[(Fraction(0), Fraction(0))]]
    system = exact.System([section._replace(D=zero) for section in system.sections], system.timing)
    gains = symbolic.normalization(law_stack(system), "depth-aware", law_process(process))
    truth = exact.state_covariance(system, process)
    product = mp.one
    for k in range(len(system.sections)):
        product *= mp.mpf(str(sympy.N(gains[k, 0], 30))) ** 2
        assert abs(product * truth[k][k] - 1) < mp.mpf(10) ** -25


def test_equal_layers_give_legendre_polynomials():
    """γ_k² = (1−λ²) P_{k−2}(x)/P_{k−1}(x), x = (1+λ²)/(1−λ²), exactly."""
    pole = Rational(9, 10)
    x = (1 + pole**2) / (1 - pole**2)
    gains = symbolic.normalization(symbolic.scalar_cascade([pole] * 4), "depth-aware")
    for k in range(2, 5):
        law = (1 - pole**2) * sympy.legendre(k - 2, x) / sympy.legendre(k - 1, x)
        assert sympy.nsimplify(gains[k - 1, 0] ** 2) == law


@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_isometric_layers_are_all_pass(timing):
    pole, z = Rational(1, 2) + I / 4, Rational(3, 5) + Rational(4, 5) * I
    stack = symbolic.normalize(symbolic.scalar_cascade([pole, -pole], b=7, d=3, timing=timing), "isometric")
    assert stack.poles == (pole, -pole)
    H = symbolic.transfer_function(stack, z)
    law = sympy.prod((1 / z - sympy.conjugate(p)) / (1 - p / z) for p in (pole, -pole))
    assert abs(sympy.N(H - law, 30)) < 1e-25 and abs(abs(sympy.N(H, 30)) - 1) < 1e-25
