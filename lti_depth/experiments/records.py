"""The recorded series that come with the package."""

import csv
from importlib import resources

import numpy as np

_COLUMNS = {
    "sunspots": ("YEAR", "SUNACTIVITY"),
    "elnino": ("YEAR", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
}


def sunspots():
    """Yearly mean sunspot numbers, 1700–2008: (309,) array."""
    return _rows("sunspots").ravel()


def elnino():
    """Monthly mean sea-surface temperatures of the region Niño 1+2 in °C, 1950–2010: (732,) array."""
    return _rows("elnino").ravel()


def _rows(name):
    """The columns after the year; every row complete, finite, and one year after the one before."""
    text = resources.files("lti_depth.data").joinpath(f"{name}.csv").read_text(encoding="ascii")
    header, *rows = csv.reader(text.splitlines(), strict=True)
    if tuple(header) != _COLUMNS[name]:
        raise ValueError(f"{name}.csv: expected the columns {_COLUMNS[name]}, got {tuple(header)}")
    if any(len(row) != len(header) for row in rows):
        raise ValueError(f"{name}.csv: expected {len(header)} entries in every row")
    values = np.array(rows, dtype=float)
    if not np.isfinite(values).all() or not (np.diff(values[:, 0]) == 1).all():
        raise ValueError(f"{name}.csv: expected finite values, one row a year without gaps")
    return values[:, 1:]
