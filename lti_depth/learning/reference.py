"""The reference of configurations in plain text, made of the recipes: every table, kind and key."""

from textwrap import wrap

from .config import described, keys
from .recipes import TABLES

WIDTH = 80
_UNBROKEN = "\N{NO-BREAK SPACE}"


def reference():
    """Every table with its kinds, their keys and defaults, and what each key means."""
    return "\n\n".join(_table(name, table) for name, table in TABLES.items())


def _table(name, table):
    lines = [f"[{name}]"]
    for kind, builder in table.builders.items():
        unnamed = not table.needed and kind == next(iter(table.builders))
        lines.append(f'{table.key} = "{kind}"' + (f"   (meant where there is no {table.key})" if unnamed else ""))
        lines += _wrapped(builder.__doc__, 4)
        entries = (_key(*item).replace(" ", _UNBROKEN) for item in keys(builder).items())
        lines += [line.replace(_UNBROKEN, " ") for line in _wrapped(", ".join(entries), 4)]
    width = max(map(len, table.meanings)) + 4
    for key, meaning in table.meanings.items():
        lines += _wrapped(f"  {key:<{width - 2}}{meaning}", width)
    return "\n".join(lines)


def _key(name, parameter):
    """A key and its type, with the default if there is one."""
    kinds = described(parameter.annotation)
    if parameter.default is parameter.empty:
        return f"{name}: {kinds} (needed)"
    return f"{name}: {kinds}" if parameter.default is None else f"{name} = {_toml(parameter.default)}"


def _toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return f"[{', '.join(map(_toml, value))}]" if isinstance(value, (list, tuple)) else repr(value)


def _wrapped(text, indent):
    """Lines of a text; one that begins with blanks has its first line where it is."""
    first = "" if text.startswith(" ") else " " * indent
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * indent)
