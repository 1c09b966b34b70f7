"""Models as flat vectors, one for each field over all layers, and back."""

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from ..system import Network, Stack, validation

FIELDS = ("poles", "B", "C", "D", "mix")


def parts_of(model):
    """Per field the arrays of all layers."""
    if isinstance(model, Stack):
        layers, mixes = model.layers, ()
    elif isinstance(model, Network):
        layers, mixes = tuple(block.layer for block in model.blocks), tuple(block.mix for block in model.blocks)
    else:
        raise TypeError(f"model: expected a Stack or a Network, got {validation.describe(model)}")
    parts = {name: tuple(getattr(layer, name) for layer in layers) for name in FIELDS[:4]}
    return parts | {"mix": tuple(np.zeros(0) if mix is None else mix for mix in mixes)}


def joined(part):
    """The entries of all layers as one vector; None has none."""
    if isinstance(part, np.ndarray):  # the field of a scalar cascade
        return part.ravel()
    entries = [np.ravel(entry) for entry in part if entry is not None]
    return np.concatenate(entries) if entries else np.zeros(0)


def offsets(part):
    return [0, *accumulate(entry.size for entry in part)][: len(part)]


@dataclass(frozen=True, eq=False)
class Plan:
    """Where the parameters of a model stand in the flat vectors: by field, a (slice, shape) for each layer."""

    model: Any
    places: dict[str, list[tuple[slice, tuple[int, ...]]]]

    @classmethod
    def of(cls, model):
        """The plan of a Stack or Network."""
        return cls(model, {name: list(_places(part)) for name, part in parts_of(model).items()})

    def assembled(self, values):
        """The model with its parameters replaced by slices of the flat vectors, which become read-only."""
        for vector in values.values():
            vector.flags.writeable = False
        if isinstance(self.model, Stack):
            return _with(self.model, layers=tuple(self._layers(self.model.layers, values)))
        blocks = self.model.blocks
        layers = self._layers([block.layer for block in blocks], values)
        mixes = (vector.real if block.mix is not None and block.mix.dtype.kind == "f" else vector
                 for block, vector in zip(blocks, self._slices("mix", values), strict=True))
        return _with(self.model, blocks=tuple(
            _with(block, layer=layer, mix=block.mix if block.mix is None else np.ascontiguousarray(mix))
            for block, layer, mix in zip(blocks, layers, mixes, strict=True)))

    def _layers(self, layers, values):
        columns = (self._slices(name, values) for name in FIELDS[:4])
        for layer, poles, B, C, D in zip(layers, *columns, strict=True):
            real = layer.dtype.kind == "f" and not poles.imag.any()
            if real:
                poles, B, C, D = poles.real, B.real, C.real, D.real
            dtype = float if real else complex
            yield _with(layer, poles=_array(poles, dtype), B=_array(B, dtype), C=_array(C, dtype),
                        D=_array(D.real, float) if layer.real else _array(D, dtype))

    def _slices(self, name, values):
        return [values[name][place].reshape(shape) for place, shape in self.places[name]]


def _places(part):
    for start, entry in zip(offsets(part), part, strict=True):
        yield slice(start, start + entry.size), entry.shape


def _array(values, dtype):
    array = np.ascontiguousarray(values, dtype=dtype)
    array.flags.writeable = False
    return array


def _with(value, **changes):
    """A frozen value with some of its fields changed, not validated again: shapes and kinds are those it had.

    Fields alone: what else a value keeps was computed from the old ones.
    """
    changed = object.__new__(type(value))
    changed.__dict__.update({name: getattr(value, name) for name in value.__dataclass_fields__} | changes)
    return changed
