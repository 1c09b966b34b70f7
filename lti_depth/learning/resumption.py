"""Whether a fit can go on from another one: chart, task and optimizer are compared part by part."""

from dataclasses import fields, is_dataclass

import numpy as np

from ..system import validation


def require_same_run(before, chart, task, optimizer):
    """ValueError with the first part in which a Fit's chart, task or optimizer is another one.

    Free are the trained parameters from which the chart starts, since the fit goes on from the point of the earlier
    one, and what an optimizer names as `extended` in a longer run.
    """
    for name, there, here in _parts(before, chart, task, optimizer):
        found = difference(there, here, name)
        if found is not None:
            path, there, here = found
            raise ValueError(f"resume: expected a Fit of the same chart, task and optimizer, got one with another "
                             f"{path}: {validation.describe(there)}, here {validation.describe(here)}; to begin a new "
                             "run at its end, train its model without resume")


def _parts(before, chart, task, optimizer):
    charts, optimizers = (before.chart, chart), (before.optimizer, optimizer)
    yield "kind of optimizer", *(type(value).__name__ for value in optimizers)
    yield "optimizer", *map(_settings, optimizers)
    yield "coordinates of the poles", *(getattr(c.poles, "name", c.poles) for c in charts)
    yield "gamma", *(c.gamma for c in charts)
    yield "train", *({name: len(index) for name, index in c.groups.items()} for c in charts)
    yield "train", *(tuple((piece.group, piece.index.tolist()) for piece, _ in c._pieces) for c in charts)
    yield "model", *(c.build(before.point) for c in charts)
    yield "task", before.task, task


def _settings(optimizer):
    """All but those that may be others in a longer run."""
    if not is_dataclass(optimizer):
        return optimizer
    free = getattr(optimizer, "extended", ())
    return {field.name: getattr(optimizer, field.name) for field in fields(optimizer) if field.name not in free}


def difference(first, second, name):
    """(path, value, value) where two values first differ, or None; frozen records and containers part by part."""
    if type(first) is not type(second):
        return name, first, second
    if isinstance(first, np.ndarray):
        same = first.dtype == second.dtype and np.array_equal(first, second)
        return None if same else (name, first, second)
    if is_dataclass(first):
        parts = [(f"{name}.{field.name}", getattr(first, field.name), getattr(second, field.name))
                 for field in fields(first)]
    elif isinstance(first, (tuple, list)):
        if len(first) != len(second):
            return name, first, second
        parts = [(f"{name}[{index}]", *pair) for index, pair in enumerate(zip(first, second, strict=True))]
    elif isinstance(first, dict):
        if first.keys() != second.keys():
            return name, first, second
        parts = [(f"{name}.{key}", first[key], second[key]) for key in first]
    else:
        return None if first == second else (name, first, second)
    found = (difference(there, here, path) for path, there, here in parts)
    return next((one for one in found if one is not None), None)
