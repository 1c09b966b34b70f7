r"""Charts: the real coordinates in which a model is trained.

A chart maps a real vector, the *point*, to a model. Real parameters are coordinates themselves; complex ones give two,
Re and Im; poles go through a parametrization, and with ``gamma=True`` the input matrix of a layer is
:math:`B = \mathrm{diag}(e^{\log\gamma})\,\hat B` with log γ trained as a group of its own [Orvieto et al.,
arXiv 2303.06349]. The gradient of a real loss, g = (∂_Re + i ∂_Im) L, is pulled back as
:math:`\partial L/\partial x_j = \sum_n \mathrm{Re}[\bar g_n\, \partial\theta_n/\partial x_j]`.
"""

from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from ..system import Network, Stack, validation
from ..system.processes import outside_circle
from .assembly import FIELDS, Plan, joined, offsets, parts_of
from .pieces import pieces_of


@dataclass(frozen=True, eq=False)
class Chart:
    """Real coordinates of a Stack or a Network: ``build(point)`` is a model, ``build(chart.point)`` the given one.

    Parameters
    ----------
    model : Stack or Network
        What is not trained stays as it is here.
    poles : str or Parametrization
        The coordinates of the poles, a name of `lti_depth.parametrizations`, or "sections": the coefficients (a₁, a₂)
        of second-order sections, for scalar cascades with real parameters whose consecutive poles are paired, real or
        conjugate; b, c, d stay real.
    train : tuple of str, or dict of str to (None or sequence of int)
        The trained groups among "poles", "B", "C", "D", "mix", all layers of them (default: all groups); or group to
        layer indices (negatives from the end), None for all.
    gamma : bool
        Learn log γ (N entries a layer, in the layers where B is trained) next to B̂. At the start γ = √(1 − |λ|²).

    Attributes
    ----------
    point : (p,) array
        The coordinates of `model`.
    groups : dict of str to index array
        Where each group stands in the point: "poles", "B", "C", "D", "mix", "gamma".

    Raises
    ------
    ValueError
        An unknown group, a layer that is not there, poles that the parametrization does not cover.
    """

    model: Stack | Network
    poles: Any = "direct"
    train: Any = FIELDS
    gamma: bool = False
    point: np.ndarray = field(init=False, repr=False)
    groups: dict[str, np.ndarray] = field(init=False, repr=False)

    def __post_init__(self):
        parts = parts_of(self.model)
        values = {name: joined(part) for name, part in parts.items()}
        validation.boolean(self.gamma, "gamma")
        trained = _trained(self.train, parts)
        rows = _rows(parts)
        if self.gamma:
            trained["gamma"] = np.isin(np.arange(len(values["poles"])), rows[_needed(trained, "B")])
            values["gamma"] = np.where(trained["gamma"], _log_gamma(values["poles"]), 0.0)
            values["B"] = values["B"] / np.exp(values["gamma"])[rows]
        pieces = [piece for name, mask in trained.items()
                  for piece in pieces_of(name, mask, parts.get(name), values[name], self.poles)]
        if not pieces:
            raise ValueError(f"train: expected at least one parameter to train, got {self.train!r}")
        point = validation.numbers(np.concatenate([piece.read(values[piece.group]) for piece in pieces]), "point")
        spans = [slice(*ends) for ends in pairwise([0, *accumulate(piece.size for piece in pieces)])]
        attributes = {"point": point, "groups": _groups(pieces, spans), "_values": values, "_rows": rows,
                      "_pieces": tuple(zip(pieces, spans, strict=True)), "_plan": Plan.of(self.model)}
        for name, value in attributes.items():
            object.__setattr__(self, name, value)

    def __len__(self):
        return len(self.point)

    def values(self, point):
        """Every parameter at `point`, by group: flat vectors over all layers. Not finite where a map overflows."""
        values = dict(self._values)
        for name in self.groups:
            values[name] = values[name].copy()
        with np.errstate(all="ignore"):
            for piece, span in self._pieces:
                values[piece.group] = piece.write(point[span], values[piece.group])
            if self.gamma:
                values["B"] = values["B"] * np.exp(values["gamma"])[self._rows]
        return values

    def build(self, point):
        """The model at `point`, (p,)."""
        return self.assembled(self.values(np.asarray(point)))

    def assembled(self, values):
        """The model with these parameters, as `values` gives them."""
        return self._plan.assembled(values)

    def admissible(self, point, *, stable):
        """Whether every parameter at `point` is finite and, if `stable`, every pole inside the unit circle."""
        return self.admitted(point, stable=stable) is not None

    def admitted(self, point, *, stable):
        """The `values` at an admissible point, else None."""
        if not np.isfinite(point).all():
            return None
        values = self.values(point)
        if not all(np.isfinite(values[name]).all() for name in self.groups):
            return None
        poles = values["poles"]
        outside = np.abs(poles) >= 1 if poles.dtype.kind == "f" else outside_circle(poles)
        return None if stable and outside.any() else values

    def pullback(self, point, fields):
        """The gradient in the coordinates of the chart, (p,), of Fields or NetworkFields in the parameters."""
        return self.pulled(point, {name: joined(part) for name, part in zip(FIELDS, fields, strict=False)})

    def pullback_of_sections(self, point, sections, gain):
        """The same from ∂L/∂(a₁, a₂) of every section, (K/2, 2), and ∂L/∂g for the total gain g = Π b_k c_k.

        Smooth also where the poles of a section coincide and ∂λ/∂(a₁, a₂) is infinite.
        """
        values = self.values(point)
        b, c = values["B"], values["C"]
        others = gain * np.array([np.prod(np.delete(b * c, k)) for k in range(len(b))])
        return self.pulled(point, {"B": others * c, "C": others * b}, sections.ravel())

    def pulled(self, point, gradients, sections=None):
        """`pullback` of flat gradients by group, of `sections` in place of those of the poles."""
        if self.gamma:
            values = self.values(point)
            growth = np.multiply(gradients["B"].conj(), values["B"]).real
            gradients["gamma"] = np.bincount(self._rows, growth, len(values["gamma"]))
            gradients["B"] = gradients["B"] * np.exp(values["gamma"])[self._rows]
        return np.concatenate([
            sections if piece.group == "poles" and sections is not None else
            piece.pull(point[span], gradients[piece.group]) for piece, span in self._pieces
        ])  # fmt: skip

    def jacobian(self, point):
        """∂(parameters of a Stack in full real coordinates)/∂(point): (P, p), or (2P, p) for a complex stack.

        Full real coordinates: all poles, B, C, D in the order of `flat`; of a complex stack all Re, then all Im.
        """
        values = self.values(point)
        names = FIELDS[:4]
        starts = dict(zip(names, [0, *accumulate(len(values[name]) for name in names)], strict=False))
        result = np.zeros((sum(len(values[name]) for name in names), len(self)), complex)
        scale = np.exp(values["gamma"])[self._rows] if self.gamma else np.ones(len(values["B"]))
        for piece, span in self._pieces:
            local = piece.jacobian(point[span], len(values[piece.group]))
            if piece.group == "gamma":
                local = values["B"][:, None] * local[self._rows]
            elif piece.group == "B":
                local = scale[:, None] * local
            start = starts["B" if piece.group == "gamma" else piece.group]
            result[start : start + len(local), span] += local
        real = all(values[name].dtype.kind == "f" for name in names)
        return result.real.copy() if real else np.concatenate([result.real, result.imag])

    @property
    def linear(self):
        """Whether the parameters are affine functions of the point: direct coordinates, no γ."""
        return not self.gamma and ("poles" not in self.groups or self.poles == "direct")

    @property
    def by_sections(self):
        """Whether `pullback_of_sections` applies: all poles in sections, no feedthrough."""
        complete = len(self.groups.get("poles", ())) == len(self._values["poles"])
        return self.poles == "sections" and complete and "D" not in self.groups and not self._values["D"].any()


def _trained(train, parts):
    """By group, a mask over its flat vector."""
    chosen = dict(train) if isinstance(train, dict) else dict.fromkeys(validation.names(train, "train"))
    for name in chosen:
        if name not in FIELDS:
            raise ValueError(f"train: expected groups among {', '.join(map(repr, FIELDS))}, got {name!r}")
    masks = {}
    for name in FIELDS:
        if name in chosen and parts[name]:
            K = len(parts[name])
            layers = range(K) if chosen[name] is None else [validation.integer(k, "train", -K) for k in chosen[name]]
            if any(k >= K for k in layers):
                raise ValueError(f"train: expected layers from {-K} to {K - 1} for {name!r}, got {max(layers)}")
            kept = {k % K for k in layers}
            masks[name] = np.concatenate([np.full(entry.size, k in kept) for k, entry in enumerate(parts[name])])
    return masks


def _needed(trained, name):
    if name not in trained:
        raise ValueError(f"train: expected the group {name!r} beside gamma, got {', '.join(map(repr, trained))}")
    return trained[name]


def _rows(parts):
    """For each entry of B the state it feeds, counted over all layers."""
    return np.concatenate([np.repeat(np.arange(len(B)), B.shape[1]) + offset
                           for B, offset in zip(parts["B"], offsets(parts["poles"]), strict=True)])


def _groups(pieces, spans):
    """Where each group stands in the point."""
    places = {}
    for piece, span in zip(pieces, spans, strict=True):
        places.setdefault(piece.group, []).append(np.arange(span.start, span.stop))
    return {name: np.concatenate(parts) for name, parts in places.items()}


def _log_gamma(poles):
    if outside_circle(poles).any():
        raise ValueError("gamma: expected poles inside the unit circle, where γ = √(1 − |λ|²) starts; move them inside")
    return 0.5 * np.log1p(-np.abs(poles)) + 0.5 * np.log1p(np.abs(poles))
