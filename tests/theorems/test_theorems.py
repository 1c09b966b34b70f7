"""Every theorem holds, in its proof and against machine and definition, and its planted bug is caught in both."""

import sys

import naive
import numpy as np
import pytest
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_depth import numeric, theorems
from lti_depth.theorems import Tier, runner
from lti_depth.theorems.domains import KINDS, Domain

NAMES = theorems.names()


def members(domain):
    """Stacks of a domain: poles equal, nearly equal, opposite, conjugate, zero, and near the circle."""
    if domain.kind in ("wide", "channels"):
        stacks = strategies.wide_stacks(K_max=min(domain.layers[1], 3), H_max=2, single_channel=domain.kind == "wide")
    else:
        stacks = strategies.cascades(domain.kind, K_max=domain.layers[1], feedthrough=domain.feedthrough)
    if len(domain.timings) == 1:
        stacks = stacks.map(lambda stack: stack.replace(timing=domain.timings[0]))
    if not domain.feedthrough:
        stacks = stacks.map(lambda stack: stack.replace(
            D=0 * stack.D if stack.is_cascade else [0 * layer.D for layer in stack]))
    return stacks.filter(domain.holds)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("feedthrough", [True, False])
@settings(max_examples=10)
@given(st.data())
def test_members(kind, feedthrough, data):
    """Of every kind of domain there are such stacks, and without feedthrough all D are 0."""
    stack = data.draw(members(Domain(kind, layers=(1, 3), timings=("delayed",), feedthrough=feedthrough)))
    assert stack.timing == "delayed" and (kind in ("wide", "channels") or stack.is_cascade)
    assert feedthrough or not any(layer.D.any() for layer in stack)


@pytest.mark.parametrize("name", NAMES)
def test_holds_and_catches_its_bug(name):
    assert theorems.run(name).failures == []


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=6)
@given(st.data())
def test_shadow(name, data):
    """Law = machine = definition, over stacks drawn to be hard."""
    theorem = theorems.theorem(name)
    stack = data.draw(members(theorem.domain))
    assert theorem.shadow(theorem.law, stack, numeric) <= theorem.tolerance
    assert theorem.shadow(theorem.law, stack, naive) <= theorem.tolerance


@pytest.mark.parametrize("name", NAMES)
def test_says_what_it_needs(name):
    theorem = theorems.theorem(name)
    assert theorem.name == name and theorem.title and theorem.reference and theorem.hypotheses
    assert theorem.statement.count("$") % 2 == 0 and "$" in theorem.statement
    assert theorem.bug.__doc__ and theorem.law.__doc__
    if theorem.tier is Tier.ANALYTIC:
        assert len(sys.modules[theorem.prove.__module__].__doc__.splitlines()) > 3  # the hand proof


def test_draws_belong_to_their_domain():
    rng = np.random.default_rng(0)
    for name in NAMES:
        domain = theorems.theorem(name).domain
        assert all(domain.holds(domain.draw(rng)) for _ in range(20)), name


def test_a_wrong_law_is_reported():
    theorem = theorems.theorem("impulse-response")
    wrong = runner.run(type(theorem)(**{**vars(theorem), "law": theorem.bug}))
    assert wrong.verdict == "fails" and any("shadow" in line for line in wrong.failures)
    assert any("proof" in line for line in wrong.failures)


def test_a_harmless_bug_is_reported():
    theorem = theorems.theorem("impulse-response")
    assert len(runner.run(type(theorem)(**{**vars(theorem), "bug": theorem.law})).failures) == 2


def test_unknown_name():
    with pytest.raises(ValueError, match="did you mean impulse-response"):
        theorems.theorem("impuls-response")
