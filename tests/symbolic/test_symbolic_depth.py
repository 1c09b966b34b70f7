"""Laws for arbitrary depth: at a given depth they are the laws derived for that depth, exactly."""

import time

import pytest
import sympy
from sympy import I, Integer, Rational, Symbol

from lti_depth import bridge, numeric
from lti_depth import symbolic as lti

K = Symbol("K", integer=True, positive=True)
OMEGA, Z = Symbol("omega", real=True), Symbol("z")
DEPTHS = (1, 2, 5)
POLES = {
    True: [Rational(1, 2), Rational(-1, 3), Rational(1, 5), Rational(-2, 7), Rational(3, 4)],
    False: [Rational(1, 2) + I / 3, Rational(-1, 3), I / 5, Rational(1, 2) - I / 3, Rational(3, 4)],
}
GAINS = [Rational(3, 2), Rational(-1, 2), Rational(2), Rational(1, 3), Rational(-4, 3)]
RHO = Rational(1, 7)


def values(depth, real):
    """For the symbols of cascade(depth)."""
    stack = lti.cascade(depth, real=real)
    return dict(zip((*stack.poles, *stack.B, *stack.C), POLES[real][:depth] + 2 * GAINS[:depth], strict=True))


def at(law, depth, given):
    """A law at a depth and at exact values."""
    return sympy.expand(law.subs(K, depth).doit().xreplace(given))


PROCESSES = [lti.white(2), lti.ar1(RHO, 3), lti.white() + lti.ar1(-RHO)]
QUERIES = {
    "transfer_function": [{"z": Integer(2)}, {"z": Rational(3, 2)}],
    "frequency_response": [{"omega": sympy.pi / 2}, {"omega": Integer(0)}],
    "power_spectrum": [{"omega": sympy.pi / 2, "process": process} for process in PROCESSES],
    "group_delay": [{"omega": sympy.pi / 2}, {"omega": Integer(0)}],
    "impulse_response": [{"t": t} for t in (-1, 0, 1, 4, 7)],
    "step_response": [{"t": t} for t in (0, 3)],
    "autocovariance": [{"lag": lag, "process": process} for lag in (-2, 0, 3) for process in PROCESSES],
}


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("name", QUERIES)
def test_distinct_layers(name, real, timing):
    observable, tower = getattr(lti, name), lti.cascade(K, real=real, timing=timing)
    for query in QUERIES[name]:
        law = observable(tower, **query)
        for depth in DEPTHS:
            given = values(depth, real)
            law_at_depth = observable(lti.cascade(depth, real=real, timing=timing).xreplace(given), **query)
            assert at(sympy.sympify(law), depth, given) == sympy.expand(law_at_depth), (query, depth)


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("pole", [Rational(9, 10), Rational(-1, 2), Rational(1, 2) + I / 3, RHO, Integer(0)])
@pytest.mark.parametrize("name", [*QUERIES, "sensitivity"])
def test_equal_layers(name, pole, timing):
    observable, layer = getattr(lti, name), lti.scalar_cascade([pole], Rational(3, 2), -2, timing=timing)
    tower = lti.repeat(layer, K + 1)
    for query in QUERIES.get(name, [{"process": process} for process in PROCESSES]):
        law = observable(tower, **query)
        for depth in (1, 2, 4):
            direct = observable(tower.subs(K, depth), **query)
            if name == "sensitivity":
                assert all(sympy.expand(field.subs(K, depth).doit()) == sympy.expand(each)
                           for field, entries in zip(law, direct, strict=True) for each in entries)
            else:
                assert at(sympy.sympify(law), depth, {}) == sympy.expand(direct), (query, depth)


@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_equal_layers_with_feedthrough(timing):
    tower = lti.repeat(lti.scalar_cascade([Rational(1, 2)], 3, 1, Rational(-2, 3), timing=timing), K)
    for t in range(5):
        law = lti.impulse_response(tower, t)
        assert [at(law, n, {}) for n in DEPTHS] == [lti.impulse_response(tower.subs(K, n), t) for n in DEPTHS]


def test_symbolic_lag_and_depth():
    lag = Symbol("Delta", integer=True, nonnegative=True)
    pole = Symbol("lambda", real=True)
    law = lti.autocovariance(lti.repeat(lti.scalar_cascade([pole]), K), lag)
    for n, m in ((1, 0), (3, 0), (3, 4)):
        direct = lti.autocovariance(lti.scalar_cascade([Rational(2, 3)] * n), m)
        assert law.subs({K: n, lag: m}).doit().subs(pole, Rational(2, 3)) == direct


@pytest.mark.parametrize("process", [lti.white(), lti.ar1(Rational(1, 3))])
@pytest.mark.parametrize("arm", ["none", "unit-dc", "l1", "lru", "depth-aware"])
def test_normalizations(arm, process):
    tower = lti.repeat(lti.scalar_cascade([Rational(1, 2)], 3, -2), K)
    gains, scaled = lti.normalization(tower, arm, process), lti.normalize(tower, arm, process)
    for n in (1, 4):
        direct = lti.normalization(tower.subs(K, n), arm, process)
        found = gains.subs(K, n).as_explicit()
        assert [sympy.expand(entry.doit() ** 2) for entry in found] == [entry**2 for entry in direct]
        variance = lti.autocovariance(lti.normalize(tower.subs(K, n), arm, process), 0, process)
        assert at(lti.autocovariance(scaled, 0, process), n, {}) == sympy.expand(variance)


def test_depth_aware_gains_are_ratios_of_legendre_polynomials():
    pole, k = Symbol("lambda", real=True), Symbol("k", integer=True, positive=True)
    law = lti.normalization(lti.repeat(lti.scalar_cascade([pole]), K), "depth-aware")[k, 0]  # layer k + 1
    x = (1 + pole**2) / (1 - pole**2)
    assert law == sympy.sqrt((1 - pole**2) * sympy.legendre(k - 1, x) / sympy.legendre(k, x))
    numbers = [float(law.subs({k: n, pole: Rational(9, 10)})) for n in (1, 2, 3)]
    assert numbers == pytest.approx([0.141226, 0.115523, 0.109555], abs=5e-7)


def test_phase_delay():
    omega = Rational(3, 4)
    for timing in ("current", "delayed"):
        law = lti.phase_delay(lti.cascade(K, timing=timing), omega)
        for depth in DEPTHS:
            given = values(depth, True)
            direct = lti.phase_delay(lti.cascade(depth, timing=timing).xreplace(given), omega)
            assert abs(sympy.N(law.subs(K, depth).doit().xreplace(given) - direct, 30)) < 1e-25


@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_equivalent_layer(timing):
    wide = lti.equivalent_layer(lti.cascade(K, timing=timing))
    for depth in DEPTHS:
        direct = lti.equivalent_layer(lti.cascade(depth, timing=timing))
        found = [matrix.subs(K, depth).as_explicit().doit() for matrix in wide]
        assert [sympy.ImmutableMatrix(matrix).expand() for matrix in found] == [matrix.expand() for matrix in direct]


def test_several_channels_and_layers():
    layers = [lti.Layer([Rational(1, 2), Rational(1, 3)], [[1, 2], [0, 1]], [[1, 0], [1, 1]])] * 2
    block = lti.stack(layers)
    H = lti.transfer_function(lti.repeat(block, K), 2)
    assert H.subs(K, 3).doit() == lti.transfer_function(lti.repeat(block, 3), 2)
    pair = lti.scalar_cascade([Rational(1, 2), Rational(1, 3)])
    assert lti.group_delay(lti.repeat(pair, K), OMEGA).subs(K, 3).doit().equals(
        lti.group_delay(lti.repeat(pair, 3), OMEGA))


def test_parts_of_a_tower():
    tower, m = lti.cascade(K), Symbol("m", integer=True, positive=True)
    assert tower.subs(K, 5) == lti.cascade(5) == tower[:5]
    assert tower[:m].subs(m, 3) == lti.cascade(3)
    assert tower.poles[3] == lti.cascade(5).poles[2] and tower.B[K] == tower.block.B[0].xreplace({tower.index: K})
    assert K in tower.free_symbols and tower.index not in tower.free_symbols
    other = Symbol("k", integer=True, positive=True)  # the name of the index itself
    assert lti.cascade(other).subs(other, 3) == lti.cascade(3)
    assert lti.impulse_response(lti.cascade(other), 2).subs(other, 2).doit().has(tower.poles[2])


def test_display():
    assert r"\prod_{k=1}^{K}" in lti.cascade(K)._repr_latex_() and r"{\lambda}_{k}" in lti.cascade(K)._repr_latex_()
    text = sympy.latex(lti.autocovariance(lti.cascade(K), 0))
    assert r"\sum_{k=1}^{K}" in text and r"\prod_{j=1}^{K}" in text


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lti.cascade(Symbol("K")), "integer=True, positive=True"),
        (lambda: lti.cascade(0), "at least 1"),
        (lambda: lti.state_variance(lti.cascade(K)), r"tower.subs\(K, 5\)"),
        (lambda: lti.autocovariance(lti.cascade(K), 0, layer=0), r"tower\[:k\]"),
        (lambda: lti.autocovariance(lti.cascade(K), 0, lti.arma([RHO], [RHO])), "pass tower.subs"),
        (lambda: lti.impulse_response(lti.repeat(lti.cascade(2), K), 0), "one scalar layer a block"),
        (lambda: lti.autocovariance(lti.repeat(lti.scalar_cascade([RHO], d=1), K), 0), "without feedthrough"),
        (lambda: lti.sensitivity(lti.cascade(K)), "equal layers"),
        (lambda: lti.sensitivity(lti.repeat(lti.scalar_cascade([RHO]), K)), "at least 2"),
        (lambda: lti.autocovariance(lti.repeat(lti.scalar_cascade([Rational(9, 8)]), K), 0), "9/8"),
        (lambda: lti.cascade(K)[2], r"tower\[:m\]"),
        (lambda: lti.normalization(lti.cascade(K), "depth-aware"), "equal layers"),
        (lambda: lti.normalize(lti.cascade(K), "isometric"), "replaces them"),
        (lambda: lti.asymptotic_variance(lti.cascade(K), "deep"), "equal layers"),
        (lambda: lti.asymptotic_variance(lti.cascade(2), "deep"), "Tower"),
        (lambda: lti.asymptotic_variance(lti.repeat(lti.scalar_cascade([0]), K), "slow"), "other than 0"),
        (lambda: lti.growth_per_layer(lti.repeat(lti.scalar_cascade([2]), K)), "the pole 2"),
        (lambda: lti.cascade("K"), "Symbol"),
    ],
)
def test_refusals(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


@pytest.mark.parametrize("process", [lti.white(), lti.ar1(Rational(1, 2))])
def test_asymptotic_variances_are_approached(process):
    """“deep”: by (3/8)(1 + (1−λ)²/(6λ))/K for white input, so twice the depth halves the error; “slow”: by 1 − λ."""
    deep = lti.asymptotic_variance(lti.repeat(lti.scalar_cascade([Rational(1, 2)]), K), "deep", process)
    source = bridge.lower(process)
    exact = [numeric.autocovariance(numeric.cascade([0.5] * n), 0, source) for n in (32, 64)]
    errors = [found / float(deep.subs(K, n)) - 1 for n, found in zip((32, 64), exact, strict=True)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.05) and 0 < abs(errors[1]) < 0.02
    errors = []
    for gap in (Rational(1, 10**4), Rational(1, 2 * 10**4)):
        slow = lti.asymptotic_variance(lti.repeat(lti.scalar_cascade([1 - gap]), K), "slow", process)
        exact = numeric.autocovariance(numeric.cascade([1 - float(gap)] * 3), 0, source)
        errors.append(exact / float(slow.subs(K, 3)) - 1)
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.05)


def test_growth_per_layer():
    for arm, law in (("none", 100), ("unit-dc", 1), ("l1", 1), ("lru", 19), ("depth-aware", 1), ("isometric", 1)):
        assert lti.growth_per_layer(lti.repeat(lti.scalar_cascade([Rational(9, 10)]), K), arm) == law
    for arm in ("none", "lru"):
        V = [numeric.autocovariance(numeric.normalize(numeric.cascade([0.9] * n), arm), 0) for n in (50, 51)]
        law = lti.growth_per_layer(lti.repeat(lti.scalar_cascade([Rational(9, 10)]), K), arm)
        assert V[1] / V[0] == pytest.approx(float(law) * (1 - 1 / 100), rel=1e-3)


def test_laws_are_quick_and_small():
    began = time.perf_counter()
    tower = lti.cascade(K)
    lag = Symbol("Delta", integer=True, nonnegative=True)
    laws = [lti.autocovariance(tower, lag), lti.impulse_response(tower, lag), lti.group_delay(tower, OMEGA),
            lti.transfer_function(tower, Z), lti.power_spectrum(tower, OMEGA)]
    assert time.perf_counter() - began < 0.5
    assert max(law.count_ops() for law in laws) < 40
