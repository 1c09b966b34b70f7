"""Transfer functions, zeros and impulse responses."""

NAMES = ("impulse-response",)
