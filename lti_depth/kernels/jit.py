"""The one decorator of every kernel: how it is compiled, and where the compiled code is kept.

A compiled kernel is cached on disk next to its source. Three things can go wrong with such a cache, and none of them
may keep a program from running: a file torn by a crash (recompile), a place that cannot be written (do without), and
a cached kernel whose callee in another file has changed (the stamp of all kernel sources is part of the key).
"""

import hashlib
from functools import cache
from pathlib import Path

import numba
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher


@cache
def _stamp():
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


class KernelCache(FunctionCache):
    """numba's cache on disk, for which a damaged or unwritable file means to compile again."""

    def _index_key(self, sig, codegen):
        return (*super()._index_key(sig, codegen), _stamp())

    def load_overload(self, sig, target_context):
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever a torn file makes the unpickler raise: the kernel is compiled again
            self._start_anew()
            return None

    def save_overload(self, sig, data):
        try:
            super().save_overload(sig, data)
        except OSError:  # a full or read-only disk: this process keeps its compiled kernel, the next one compiles
            self.disable()

    def _start_anew(self):
        try:
            self.flush()
        except OSError:  # the torn file cannot be replaced either
            self.disable()


def jit(function):
    """Compile in nopython mode, without the GIL, with IEEE semantics (1/0 is inf, nan stays nan)."""
    compiled = numba.njit(nogil=True, error_model="numpy")(function)
    if isinstance(compiled, Dispatcher):  # a plain function under NUMBA_DISABLE_JIT=1
        try:
            compiled._cache = KernelCache(function)
        except RuntimeError:  # numba finds no place for a cache
            return compiled
    return compiled
