"""Numbers as people read them."""

import re

import numpy as np


def short(value, digits=5, shown=4):
    """A number or a list of numbers in few characters; of more than `shown` entries the middle is left out."""
    entries = [_entry(float(entry), digits) for entry in np.atleast_1d(np.asarray(value, dtype=float))]
    if len(entries) > shown:
        entries = [*entries[: shown - 1], "…", entries[-1]]
    return ", ".join(entries)


def superscripts(text):
    """−1.5e-7 → −1.5·10⁻⁷, as HTML."""
    return re.sub(r"(\d)e(−?\d+)", r"\1·10<sup>\2</sup>", text.replace("-", "−"))


def _entry(value, digits):
    if not np.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 10**digits:
        return str(int(value))
    text = f"{value:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else text
