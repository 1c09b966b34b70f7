"""Second moments of the output of a chain, part by part of the input process."""

from dataclasses import replace
from functools import cache, reduce
from operator import add

from flint import arb

from .balls import adjoint, size, table, trace
from .moments import moments, released
from .orbits import assembled, orbit, system
from .sections import chain_of


def autocovariance_of(chain, source, column=None):
    """Δ ↦ Σ_m R(m) ρ(Δ − m), a matrix, and a scale, for a source with R(0), …, R(L−1) into a chain.

    `column`: its moments, where they are known.
    """
    rho = _white(chain, moments(chain) if column is None else column)
    weights = _two_sided(source, chain.field)

    def at(lag):
        terms = [(*rho(lag - m), R) for m, R in weights]
        value = reduce(add, (one * R for one, _, R in terms))
        return value, sum(abs(R) * scale for _, scale, R in terms)

    return at


def _two_sided(source, field):
    """(m, R(m)) for −L < m < L wherever R(m) ≠ 0."""
    ahead = [(m, field.number(R)) for m, R in enumerate(source.tolist()) if m and R]
    return [(0, field.number(source[0].real.item())), *ahead, *((-m, adjoint(R)) for m, R in ahead)]


def _white(chain, column):
    """Δ ↦ ρ(Δ) = E y[t+Δ] y[t]* for white unit input, and a scale.

    ρ(0) is the last moment; ρ(Δ), Δ > 0, the free response from the states that the output up to t leaves behind.
    """
    H = len(table(column.Z[-1]))

    @cache
    def free():
        A, _, F, _ = system(chain)
        return F, orbit(A, assembled(chain.field, [[x] for x in released(column)], H))

    @cache
    def at(lag):
        if lag < 0:
            value, scale = at(-lag)
            return adjoint(value), scale
        if lag == 0:
            return assembled(chain.field, [[column.Z[-1]]], H), column.bound
        F, states = free()
        state = states(lag - 1)
        return F * state, size(F) * size(state)

    return at


def part_weight(part):
    """variance/R(0) of the source through the shaping filter, which scales a part of a process."""
    if part.shape is None:
        R = arb(part.source[0].real.item())
    else:
        value, _ = autocovariance_of(chain_of(part.shape, replace(part, shape=None)), part.source)(0)
        R = trace(value).real
    if R.is_zero():
        raise ValueError("process: expected a shaping filter that lets something through, got one with output 0")
    return arb(part.variance) / R
