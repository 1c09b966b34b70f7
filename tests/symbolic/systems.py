"""Systems and processes of small exact numbers, as hypothesis draws them and as the symbolic floor takes them."""

from fractions import Fraction
from itertools import pairwise

import sympy
from exact import Section, System
from hypothesis import strategies as st

from lti_depth import symbolic

REAL_POLES = [(Fraction(n, d), Fraction(0)) for n, d in ((0, 1), (1, 2), (-1, 2), (3, 4), (-2, 3), (2, 7))]
COMPLEX_POLES = [*REAL_POLES[:3], *((Fraction(a, 8), Fraction(b, 8)) for a, b in ((2, 4), (2, -4), (-1, 5), (0, 4)))]
GAINS = st.integers(-6, 6).map(lambda n: Fraction(n, 4))
TIMINGS = st.sampled_from(["current", "delayed"])
FAMILIES = ("real cascade", "complex cascade", "wide", "real output")


def gains(kind):
    """Nonzero in cascades, so that every layer passes something on."""
    re = GAINS.filter(bool) if kind == "real" else GAINS
    return st.tuples(re, st.just(Fraction(0)) if kind in ("real", "feedthrough") else GAINS.filter(bool))


@st.composite
def systems(draw, family, single_channel=False):
    """K ≤ 3 layers; poles from a short list, so that they often coincide, vanish or are conjugate."""
    K = draw(st.integers(1, 3))
    cascade = "cascade" in family
    kind = "real" if family in ("real cascade", "wide") else "complex"
    channels = [1 if cascade or single_channel else draw(st.integers(1, 2)) for _ in range(K + 1)]
    poles = st.sampled_from(REAL_POLES if kind == "real" else COMPLEX_POLES)

    def matrix(rows, columns, entries):
        return [[draw(entries) for _ in range(columns)] for _ in range(rows)]

    sections = []
    for h_in, h_out in pairwise(channels):
        N = 1 if cascade else draw(st.integers(1, 2))
        through = gains("feedthrough") if draw(st.booleans()) else st.just((Fraction(0), Fraction(0)))
        sections.append(Section([draw(poles) for _ in range(N)], matrix(N, h_in, gains(kind)),
                                matrix(h_out, N, gains(kind)), matrix(h_out, h_in, through), family == "real output"))
    return System(sections, draw(TIMINGS))


def processes(family):
    """White, AR(1) (often with a pole of the system), ARMA, a sampled autocovariance, and sums."""
    zero = Fraction(0)
    rho = st.sampled_from((COMPLEX_POLES if family == "complex cascade" else REAL_POLES)[1:4])
    single = st.one_of(
        st.just(("white", (Fraction(3, 2), zero))),
        st.tuples(st.just("ar1"), rho, st.just((Fraction(2), zero))),
        st.just(("arma", [(Fraction(1, 4), zero), (Fraction(1, 8), zero)], [(Fraction(-1, 2), zero)],
                 (Fraction(1), zero))),
        st.just(("arma", [(Fraction(1, 2), zero), (Fraction(-1, 4), zero)], [], (Fraction(1), zero))),
        st.just(("sampled", [(Fraction(1), zero), (Fraction(1, 2), zero), (Fraction(-1, 3), zero)])),
    )
    return st.one_of(single, st.tuples(st.just("sum"), single, single))


def expression(pair):
    re, im = pair
    return sympy.Rational(re.numerator, re.denominator) + sympy.I * sympy.Rational(im.numerator, im.denominator)


def expressions(value):
    return [expressions(entry) for entry in value] if isinstance(value, list) else expression(value)


def law_stack(system):
    """The Stack of the symbolic floor."""
    layers = [symbolic.Layer(*map(expressions, section[:4]), real=section.real) for section in system.sections]
    return symbolic.stack(layers, timing=system.timing)


def law_process(process):
    """The Process of the symbolic floor."""
    name, *values = process
    if name == "sum":
        first, second = map(law_process, values)
        return first + second
    if name == "sampled":
        theta = expressions(values[0])
        L = len(theta)
        return symbolic.sampled([sum(theta[t + m] * theta[t] for t in range(L - m)) for m in range(L)])
    return getattr(symbolic, name)(*map(expressions, values))
