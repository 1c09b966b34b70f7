"""Configurations of training runs: a small TOML file, read strictly.

Five tables, teacher, student, process, optimizer and run; the keys of each are those of `recipes`, and what is not
known is refused by name. Teachers and students that are random are drawn anew for every seed.
"""

import hashlib
import inspect
import json
import math
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from ..system import Stack, validation
from ..system.processes import require_stationary
from . import optimizers
from .optimizers import not_negative
from .recipes import MAX_SERIES_BYTES, TABLES
from .tasks import Population, Recorded

MAX_BYTES = 1 << 16


@dataclass(frozen=True, eq=False)
class Config:
    """A checked configuration: for each table its kind and the values given."""

    kinds: dict[str, str]
    values: dict[str, dict[str, Any]]
    data: str = ""  # the digest of a series file

    @property
    def digest(self):
        """SHA-256 of what each seed is asked for: not of the seeds, nor of comments, order and spacing."""
        run = {name: value for name, value in self.values["run"].items() if name != "seeds"}
        plain = json.dumps([self.kinds, self.values | {"run": run}, self.data], sort_keys=True, allow_nan=False)
        return hashlib.sha256(plain.encode()).hexdigest()

    @property
    def seeds(self):
        """The seeds to train: 0 … n−1, or those listed."""
        seeds = self.values["run"].get("seeds", 1)
        return list(range(seeds)) if isinstance(seeds, int) else seeds

    @property
    def steps(self):
        """Steps of each seed."""
        return self.values["run"]["steps"]

    @property
    def every(self):
        """Steps between two records: as given, or so that there are about 200."""
        return self.values["run"].get("every") or max(1, self.steps // 200)

    @property
    def tolerance(self):
        """The loss that is small enough."""
        return self.values["run"].get("tolerance", 0.0)

    def problem(self, seed):
        """(chart, task, optimizer) of one seed; teacher, student and samples have generators of their own."""
        rngs = [np.random.default_rng([seed, place]) for place in range(2)]
        teacher, chart = self._build("teacher", rngs[0]), self._build("student", rngs[1])
        task = teacher if self.kinds["teacher"] == "series" else self._build("run")(teacher, self._build("process"))
        return chart, task, self._build("optimizer")

    def _build(self, table, *arguments):
        builder = TABLES[table].builders[self.kinds[table]]
        try:
            return builder(*arguments, **self.values[table])
        except (ValueError, TypeError) as error:
            raise ValueError(f"[{table}] {error}") from None


def read(path):
    """The Config in a TOML file.

    Raises
    ------
    ValueError
        Not TOML, too large, an unknown table or key, a missing key, or a value of a wrong kind; the message is one
        line that names it.
    OSError
        The file cannot be read.
    """
    path = Path(path)
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"{path}: expected a configuration of at most {MAX_BYTES} bytes")
    try:
        tables = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{path}: expected TOML, got {error}") from None
    return parse(tables, path.parent)


def parse(tables, directory=Path()):
    """The Config of tables as `tomllib` gives them; a series file is relative to `directory`."""
    for name in tables:
        _known(name, "table", TABLES)
    kinds, values = {}, {}
    for name, table in TABLES.items():
        given = tables.get(name, {})
        if not isinstance(given, dict) or (not given and table.needed):
            raise ValueError(f"[{name}]: expected a table, got {'none' if name not in tables else given!r}; "
                             f"pass one of the kinds {', '.join(table.builders)}")
        given = dict(given)
        default = None if table.needed else next(iter(table.builders))
        kinds[name] = _known(given.pop(table.key, default), f"{name}.{table.key}", table.builders)
        values[name] = _checked(given, name, kinds[name], table.builders[kinds[name]])
    if kinds["teacher"] == "series":
        if "process" in tables or kinds["run"] != "population":
            raise ValueError('teacher.kind: expected neither [process] nor run.task = "sampled" beside a series, which '
                             "brings its own input; take them out")
        return _with_series(kinds, values, directory)
    return _tried(Config(kinds, values))


def _tried(config):
    """Build the first seed, so that what cannot be built is refused before anything is trained."""
    seeds = config.seeds
    if not seeds or any(isinstance(s, bool) or not isinstance(s, int) or s < 0 for s in seeds):
        raise ValueError(f"run.seeds: expected a number of seeds or a list of them, got "
                         f"{config.values['run'].get('seeds')!r}")
    if len(set(seeds)) < len(seeds) or len(seeds) > 100_000:
        raise ValueError("run.seeds: expected different seeds, at most 100000")
    validation.integer(config.steps, "run.steps", 1)
    validation.integer(config.every, "run.every", 0)
    not_negative(config.tolerance, "run.tolerance")
    chart, task, optimizer = config.problem(seeds[0])
    if isinstance(getattr(optimizer, "rate", None), dict):
        optimizers.by_coordinate(optimizer.rate, chart)
    _require_optimizer(config.kinds["optimizer"], optimizer, task)
    if isinstance(task, Population):
        _require_stationary_loss(chart, task)
    return config


def _require_optimizer(kind, optimizer, task):
    """Raise ValueError for an optimizer that needs more of a task than it has."""
    if task.fresh and (hasattr(optimizer, "search") or kind == "natural_gradient"):
        raise ValueError('optimizer.kind: expected "gradient_descent" or "adam" with run.task = "sampled", got '
                         f'"{kind}"; pass one of these, or run.task = "population"')
    if isinstance(task, Recorded) and kind in ("natural_gradient", "least_squares"):
        raise ValueError(f'optimizer.kind: expected one that needs the loss and its gradient alone beside a series, '
                         f'got "{kind}"; pass "gradient_descent", "adam", "lbfgs" or "gradient_flow"')


def _require_stationary_loss(chart, task):
    """Raise ValueError, in the keys of the file, where the exact loss does not exist."""
    if not isinstance(chart.model, Stack):
        raise ValueError('run.task: expected "sampled" for a student with norm, activation or residual, got '
                         '"population", which is exact for linear students; add task = "sampled" to [run]')
    require_stationary(task.teacher, '[teacher] with run.task = "population"',
                       'move it inside the unit circle, or pass run.task = "sampled"')
    require_stationary(chart.model, '[student] with run.task = "population"',
                       "start from poles inside the unit circle")


def _with_series(kinds, values, directory):
    path = (directory / values["teacher"]["file"]).resolve()
    values = values | {"teacher": {"file": str(path)}}
    content = path.read_bytes()[: MAX_SERIES_BYTES + 1]
    return _tried(Config(kinds, values, hashlib.sha256(content).hexdigest()))


def _checked(given, table, kind, builder):
    """The values given, each known to the builder and of the annotated type; and none missing."""
    parameters = keys(builder)
    for name, value in given.items():
        _known(name, f"a key of [{table}] of the kind {kind!r}", parameters)
        if not _fits(value, parameters[name].annotation) or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError(f"{table}.{name}: expected {described(parameters[name].annotation)}, "
                             f"got {validation.describe(value)}")
    missing = [name for name, p in parameters.items() if p.default is p.empty and name not in given]
    if missing:
        raise ValueError(f"[{table}]: expected the key {missing[0]!r} for the kind {kind!r}; pass "
                         f"{missing[0]} = …")
    return given


def _fits(value, annotation):
    kinds = getattr(annotation, "__args__", (annotation,))
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, int) and float in kinds:
        return True
    return isinstance(value, tuple(kind for kind in kinds if kind is not type(None)))


def keys(builder):
    """The keys of a kind: its builder's keyword-only parameters by name."""
    return {name: p for name, p in inspect.signature(builder).parameters.items() if p.kind is p.KEYWORD_ONLY}


def described(annotation):
    """What is accepted, in words."""
    words = {int: "an integer", float: "a number", str: "a string", list: "a list", bool: "true or false",
             dict: "a table of numbers by group"}
    kinds = getattr(annotation, "__args__", (annotation,))
    return " or ".join(words[kind] for kind in kinds if kind in words)


def _known(name, what, names):
    if name in names:
        return name
    near = get_close_matches(str(name), names, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"{what}: expected one of {', '.join(names)}, got {name!r}{hint}")
