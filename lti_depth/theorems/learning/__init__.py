"""Sensitivities, plateaus and flows."""

NAMES: tuple[str, ...] = ()
