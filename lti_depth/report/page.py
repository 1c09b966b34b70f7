"""Results → one HTML page that needs nothing but itself: no script, no font, no image from elsewhere."""

import base64
from html import escape

from .. import __version__
from .mathml import formula, prose
from .numbers import short, superscripts
from .style import CSS


def page(results, figures):
    """The report.

    Parameters
    ----------
    results : sequence of Result
    figures : dict of name → bytes
        An SVG for each result.

    Returns
    -------
    str
        HTML: the claims table first, then one section a result.
    """
    claims = [claim for result in results for claim in result.claims]
    tally = {}
    for claim in claims:
        tally[claim.verdict] = tally.get(claim.verdict, 0) + 1
    counts = " ".join(f"<li>{_badge(verdict)} {tally[verdict]}</li>" for verdict in sorted(tally))
    contents = "".join(f'<li><a href="#{escape(result.name)}">{escape(result.title)}</a></li>' for result in results)
    sections = "\n".join(_section(result, figures[result.name]) for result in results)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>lti_depth: claims and experiments</title>
<style>{CSS}</style>
</head>
<body>
<header>
<h1>Depth in linear state-space models</h1>
<p>{len(claims)} claims from {len(results)} experiments, each with a predicted value and a value measured on a road
that shares no code with the prediction. Made by lti_depth {escape(__version__)}.</p>
<ul class="tally">{counts}</ul>
</header>
<nav aria-label="Experiments"><ul>{contents}</ul></nav>
<main>
<h2 id="claims">Claims</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Claims table">
{_table(results)}
</div>
{sections}
</main>
</body>
</html>
"""


def _table(results):
    bodies = "\n".join(
        f'<tbody><tr class="group"><th colspan="5" scope="rowgroup"><a href="#{escape(result.name)}">'
        f"{escape(result.title)}</a></th></tr>\n" + "\n".join(map(_row, result.claims)) + "</tbody>"
        for result in results
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in
                   ("Verdict", "Statement", "Predicted", "Measured", "Tolerance"))
    return f"<table><thead><tr>{head}</tr></thead>\n{bodies}</table>"


def _row(claim):
    extra = ""
    if claim.condition:
        extra += f'<p class="beside"><b>Only if</b> {prose(claim.condition)}</p>'
    if claim.law:
        holds = "" if claim.law_holds else " <b>This law does not hold either.</b>"
        extra += (f'<p class="beside"><b>Instead:</b> {prose(claim.law)} '
                  f'<span class="number">({_number(claim.law_value)})</span>{holds}</p>')
    return (
        f'<tr id="{escape(claim.id)}"><td>{_badge(claim.verdict)}</td>'
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


def _badge(verdict):
    return f'<span class="badge {verdict}">{verdict}</span>'


def _number(value, digits=5):
    return superscripts(short(value, digits))
