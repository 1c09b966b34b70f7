"""Results → one HTML page that needs nothing but itself."""

import base64
from html import escape

from .. import __version__
from .document import badge, document, tally
from .mathml import formula, prose
from .numbers import short, superscripts

THEOREMS = {
    True: 'The theorems behind the laws are on <a href="theorems.html">a page of their own</a>.',
    False: "The theorems behind the laws: <code>lti-depth prove --out DIRECTORY</code>.",
}
"""Whether their page lies beside the report."""


def page(results, figures, theorems=False):
    """The report.

    Parameters
    ----------
    results : sequence of Result
    figures : dict of name → bytes
        An SVG for each result.
    theorems : bool
        Whether theorems.html lies beside it.

    Returns
    -------
    str
        HTML: the claims table first, then one section a result.
    """
    claims = [claim for result in results for claim in result.claims]
    header = f"""<h1>Depth in linear state-space models</h1>
<p>{len(claims)} claims from {len(results)} experiments, each with a predicted value and a value measured on a road
that shares no code with the prediction. Made by lti_depth {escape(__version__)}. {THEOREMS[theorems]}</p>
{tally(claim.verdict for claim in claims)}"""
    links = [(result.name, result.title) for result in results]
    sections = "\n".join(_section(result, figures[result.name]) for result in results)
    main = f"""<h2 id="claims">Claims</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Claims table">
{_table(results)}
</div>
{sections}"""
    return document("lti_depth: claims and experiments", header, ("Experiments", links), main)


def _table(results):
    bodies = "\n".join(
        f'<tbody><tr class="group"><th colspan="5" scope="rowgroup"><a href="#{escape(result.name)}">'
        f"{escape(result.title)}</a></th></tr>\n" + "\n".join(map(_row, result.claims)) + "</tbody>"
        for result in results
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in
                   ("Verdict", "Statement", "Predicted", "Measured", "Tolerance"))
    return f'<table class="claims"><thead><tr>{head}</tr></thead>\n{bodies}</table>'


def _row(claim):
    extra = ""
    if claim.condition:
        extra += f'<p class="beside"><b>Only if</b> {prose(claim.condition)}</p>'
    if claim.law:
        holds = "" if claim.law_holds else " <b>This law does not hold either.</b>"
        extra += (f'<p class="beside"><b>Instead:</b> {prose(claim.law)} '
                  f'<span class="number">({_number(claim.law_value)})</span>{holds}</p>')
    return (
        f'<tr id="{escape(claim.id)}"><td>{badge(claim.verdict)}</td>'
        f'<td><p>{prose(claim.statement)}</p>{extra}'
        f'<p class="source">{escape(claim.source)} · <code>{escape(claim.id)}</code></p></td>'
        f'<td class="number">{_number(claim.predicted)}</td><td class="number">{_number(claim.measured)}</td>'
        f'<td><span class="number">{_number(claim.tolerance, 2)}</span><p class="source">{prose(claim.reason)}</p></td>'
        "</tr>"
    )


def _section(result, figure):
    formulas = "".join(
        f"<figure><figcaption>{prose(caption)}</figcaption>{formula(latex, 'block')}</figure>"
        for caption, latex in result.formulas
    )
    image = base64.b64encode(figure).decode()
    panels = "; ".join(panel.title for panel in result.panels)
    settings = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in
                       result.config.items())
    return f"""<section id="{escape(result.name)}" aria-labelledby="{escape(result.name)}-title">
<h2 id="{escape(result.name)}-title">{escape(result.title)}</h2>
<p>{prose(result.summary)}</p>
<div class="formulas">{formulas}</div>
<figure class="drawing"><img src="data:image/svg+xml;base64,{image}" alt="{escape('Figure. ' + panels)}"></figure>
<details><summary>Settings</summary><dl>{settings}</dl></details>
</section>"""


def _number(value, digits=5):
    return superscripts(short(value, digits))
