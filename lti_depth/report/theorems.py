"""Tried theorems → one HTML page: what is claimed, under which hypotheses, in which sense it is proved, and how."""

import inspect
import json
from collections import Counter
from html import escape
from itertools import starmap

from .. import __version__
from .document import badge, document, tally
from .mathml import prose
from .numbers import short, superscripts

EXPLAINED = """Each law is proved by computation, step by step. It is also held against the numeric floor at stacks
drawn from its domain: the largest deviation stands beside what is allowed. A planted bug, the same law with one sign,
index or conjugate changed, must fail both."""


def theorems_json(outcomes):
    """The records of outcomes as a strict JSON list."""
    return json.dumps([outcome.record() for outcome in outcomes], indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def theorems_page(outcomes):
    """The page of theorems.

    Parameters
    ----------
    outcomes : sequence of theorems.runner.Outcome

    Returns
    -------
    str
        HTML that needs nothing but itself: a table of all, then each with its statement, hypotheses and derivation.
    """
    origins = Counter(outcome.theorem.origin for outcome in outcomes)
    counts = ", ".join(f"{origins[origin]} {origin}" for origin in sorted(origins, key=_rank))
    header = f"""<h1>Theorems on depth in linear state-space models</h1>
<p>{len(outcomes)} theorems: {counts}. {EXPLAINED} Made by lti_depth {escape(__version__)}.</p>
{tally(outcome.verdict for outcome in outcomes)}"""
    topics = dict.fromkeys(outcome.theorem.topic for outcome in outcomes)
    groups = [(f"topic-{i}", topic, [outcome for outcome in outcomes if outcome.theorem.topic == topic])
              for i, topic in enumerate(topics, start=1)]
    sections = "\n".join(starmap(_section, groups))
    main = f"""<h2 id="all">All of them</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of theorems">
{_table(groups)}
</div>
{sections}"""
    return document("lti_depth: theorems", header, ("Topics", [group[:2] for group in groups]), main)


def _rank(origin):
    return list(type(origin)).index(origin)


def _table(groups):
    bodies = "\n".join(
        f'<tbody><tr class="group"><th colspan="4" scope="rowgroup"><a href="#{name}">{escape(topic)}</a></th></tr>\n'
        + "\n".join(map(_row, members)) + "</tbody>" for name, topic, members in groups)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Verdict", "Theorem", "Source", "Proved"))
    return f'<table class="theorems"><thead><tr>{head}</tr></thead>\n{bodies}</table>'


def _row(outcome):
    theorem = outcome.theorem
    return (f'<tr><td>{badge(outcome.verdict)}</td><td><a href="#{theorem.name}">{prose(theorem.title)}</a></td>'
            f"<td>{escape(theorem.origin)}</td><td>{prose(theorem.sense)}</td></tr>")


def _section(name, topic, outcomes):
    articles = "\n".join(map(_article, outcomes))
    return f"""<section aria-labelledby="{name}">
<h2 id="{name}">{escape(topic)}</h2>
{articles}
</section>"""


def _article(outcome):
    theorem = outcome.theorem
    facts = {
        "Only if": "; ".join(map(prose, theorem.hypotheses)),
        "Source": f"<b>{escape(theorem.origin)}</b>: {prose(theorem.reference)}",
        "Proved": prose(theorem.sense),
        **({} if theorem.range in theorem.sense else {"Computed for": prose(theorem.range)}),
        "Deviation": f'<span class="number">{_number(outcome.deviation)}</span>, allowed '
                     f'<span class="number">{_number(theorem.tolerance)}</span>, at {outcome.samples} random stacks',
        "Planted bug": f"{prose(_described(theorem.bug))} {_caught(outcome)}",
    }  # fmt: skip
    described = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts.items())
    steps = "\n".join(map(_step, outcome.steps))
    return f"""<article id="{theorem.name}" aria-labelledby="{theorem.name}-title">
<h3 id="{theorem.name}-title">{prose(theorem.title)} {badge(outcome.verdict)}</h3>
<p class="statement">{prose(theorem.statement)}</p>
<dl>{described}</dl>
<h4>Derivation</h4>
<ol class="steps">
{steps}
</ol>
<p class="source"><code>lti-depth prove {theorem.name}</code> · {outcome.seconds:.2f} s</p>
</article>"""


def _step(step):
    mark, word = ("✓", "holds") if step.holds else ("✗", "fails")
    return f'<li class="{word}"><span class="mark" role="img" aria-label="{word}">{mark}</span> {prose(step.text)}</li>'


def _caught(outcome):
    missed = [place for place, caught in (("proof", outcome.bug_in_proof), ("shadow", outcome.bug_in_shadow))
              if not caught]
    return f"<b>Not caught in the {' and the '.join(missed)}.</b>" if missed else "Caught in the proof and the shadow."


def _described(function):
    """The first paragraph of its documentation."""
    return " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())


def _number(value):
    return superscripts(short(value, 2))
