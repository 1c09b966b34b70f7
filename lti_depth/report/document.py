"""The frame of a page: no script, no font, no image from elsewhere."""

from collections import Counter
from html import escape

from .style import CSS


def document(title, header, contents, main):
    """An HTML page.

    Parameters
    ----------
    title : str
        Plain text.
    header, main : str
        HTML.
    contents : (str, sequence of (str, str))
        What the list of links holds, and (id, plain text) of each.
    """
    label, links = contents
    items = "".join(f'<li><a href="#{escape(name)}">{escape(text)}</a></li>' for name, text in links)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{CSS}</style>
</head>
<body>
<header>
{header}
</header>
<nav aria-label="{escape(label)}"><ul>{items}</ul></nav>
<main>
{main}
</main>
</body>
</html>
"""


def tally(verdicts):
    """How often each verdict was given, as an HTML list."""
    counted = Counter(map(str, verdicts))
    return ('<ul class="tally">' + " ".join(f"<li>{badge(verdict)} {counted[verdict]}</li>" for verdict in
                                            sorted(counted)) + "</ul>")


def badge(verdict):
    """A verdict in its color."""
    return f'<span class="badge {verdict}">{verdict}</span>'
