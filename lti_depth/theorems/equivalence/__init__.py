"""Deep and wide: one map, two forms."""

NAMES: tuple[str, ...] = ()
