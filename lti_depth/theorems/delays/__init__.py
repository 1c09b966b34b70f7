"""Group delay and what it means in time."""

NAMES: tuple[str, ...] = ()
