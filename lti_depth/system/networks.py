"""Deep SSMs as they are built: blocks of norm → layer → activation → mixing → residual sum."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import validation
from .layers import Layer

NORMS = (None, "rms", "layer")
ACTIVATIONS = ("linear", "relu", "tanh", "erf", "gelu", "glu")


@dataclass(frozen=True, eq=False)
class Block:
    """u ← M φ(layer(norm(u))) + u, the last term only if `residual`.

    Parameters
    ----------
    layer : Layer
    norm : None, "rms" or "layer"
        Over the channels, before the layer, at every time step.
    activation : {"linear", "relu", "tanh", "erf", "gelu", "glu"}
        φ, after the layer. "gelu" is x Φ(x), Φ the normal distribution function; "glu" takes the halves (a, b) of the
        layer's channels to a ⊙ 1/(1 + e^{−b}), half as many (Dauphin et al., arXiv 1612.08083).
    mix : (H, H_φ) array, or None for the identity
        M, after the activation, which puts out H_φ channels.
    residual : bool
        Add the block's input to its output; the channels must then agree.
    """

    layer: Layer
    norm: str | None = None
    activation: str = "linear"
    mix: Any = None
    residual: bool = False

    def __post_init__(self):
        if not isinstance(self.layer, Layer):
            raise TypeError(f"layer: expected a Layer, got {validation.describe(self.layer)}")
        validation.choice(self.norm, "norm", NORMS)
        validation.choice(self.activation, "activation", ACTIVATIONS)
        validation.boolean(self.residual, "residual")
        h_layer = self.layer.channels[1]
        if self.activation == "glu" and h_layer % 2:
            raise ValueError(f"activation: expected an even number of layer outputs for 'glu', got {h_layer}")
        if self.mix is not None:
            mix = validation.shaped(self.mix, "mix", (None, self.activated), ("H", "H_φ"))
            if self.layer.real and mix.dtype.kind == "c":
                raise ValueError("mix: expected a real matrix after a layer with real=True, got a complex one")
            object.__setattr__(self, "mix", mix)
        h_in, h_out = self.channels
        if self.residual and h_in != h_out:
            raise ValueError(f"residual: expected as many outputs as inputs, got {h_in} → {h_out}; "
                             f"pass a mix with {h_in} rows")

    @property
    def channels(self):
        """(H_in, H)."""
        return self.layer.channels[0], len(self.mix) if self.mix is not None else self.activated

    @property
    def activated(self):
        """H_φ, the channels that the activation puts out."""
        return self.layer.channels[1] // (2 if self.activation == "glu" else 1)

    @property
    def real_output(self):
        """Whether a real input gives a real output, by construction."""
        return self.layer.real_output and (self.mix is None or self.mix.dtype.kind == "f")


@dataclass(frozen=True, eq=False)
class Network:
    """Blocks in series, of one timing."""

    blocks: tuple[Block, ...]
    timing: str = field(default="current", kw_only=True)

    def __post_init__(self):
        blocks = tuple(self.blocks) if np.iterable(self.blocks) else (self.blocks,)
        validation.choice(self.timing, "timing", validation.TIMINGS)
        if not blocks:
            raise ValueError("blocks: expected at least one Block, got none")
        for k, block in enumerate(blocks):
            if not isinstance(block, Block):
                raise TypeError(f"blocks: expected Block objects, got {validation.describe(block)} at {k}")
            if k and blocks[k - 1].channels[1] != block.channels[0]:
                raise ValueError(f"blocks: expected block {k} to take {blocks[k - 1].channels[1]} channels, "
                                 f"got {block.channels[0]}; block {k - 1} puts out {blocks[k - 1].channels[1]}")
        object.__setattr__(self, "blocks", blocks)

    def __len__(self):
        return len(self.blocks)
