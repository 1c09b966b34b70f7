"""Warnings at the line that called the package."""

import sys
import warnings

_PACKAGE = __name__.partition(".")[0]


def warn(message):
    """A RuntimeWarning at the first line outside the package, however deep within it the cause was met."""
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals["__name__"].partition(".")[0] == _PACKAGE:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, RuntimeWarning, stacklevel=level)
