"""Second moments of outputs and states."""

NAMES: tuple[str, ...] = ()
