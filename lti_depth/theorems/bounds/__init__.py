"""How much a state of given size can hold."""

NAMES: tuple[str, ...] = ()
