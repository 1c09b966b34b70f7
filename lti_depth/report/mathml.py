"""LaTeX → MathML, and prose with formulas between $…$ → HTML."""

import html
import re
from functools import lru_cache

from latex2mathml.converter import convert


@lru_cache(maxsize=1024)
def formula(latex, display="inline"):
    """MathML of a LaTeX formula; `display` is "inline" or "block"."""
    known = re.sub(r"\\arg\b", r"\\,\\mathrm{arg}\\,", latex)  # \arg is unknown to the converter
    return convert(known, display=display)


def prose(text):
    """HTML of a text: formulas between $…$ become MathML, on one line with the punctuation that touches them."""
    if text.count("$") % 2:
        raise ValueError(f"text: expected formulas between pairs of $, got an odd number of $ in {text!r}")
    pieces = re.split(r"(\(?)\$([^$]*)\$([^\s$]*)", text)
    words = [html.escape(piece) for piece in pieces[::4]]
    formulas = [f'<span class="formula">{html.escape(before)}{formula(latex)}{html.escape(after)}</span>'
                for before, latex, after in zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True)]
    return "".join(word + glued for word, glued in zip(words, [*formulas, ""], strict=True))
