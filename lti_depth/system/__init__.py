"""Numbers as values: layers, stacks, processes, networks. numpy only."""

from .layers import Layer
from .networks import Block, Network
from .processes import Part, Process, ar1, arma, recorded, sampled, shaped, white
from .stacks import Stack, cascade, repeat, series, stack

__all__ = [
    "Block", "Layer", "Network", "Part", "Process", "Stack", "ar1", "arma", "cascade", "recorded", "repeat", "sampled",
    "series", "shaped", "stack", "white",
]  # fmt: skip
