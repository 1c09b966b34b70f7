"""The machine and the software that were measured."""

import os
import platform
from datetime import UTC, datetime
from importlib import metadata

from .. import threads
from .._version import __version__

PACKAGES = ("numpy", "scipy", "numba", "python-flint", "jax", "torch", "control", "slycot", "statsmodels")


def describe():
    """Processor, cores, memory, system, versions (None: not installed), and how busy the machine was."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": threads.count(),
        "memory_bytes": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else "unknown",
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "lti_depth": __version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in PACKAGES},
    }


def _version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _processor():
    """With family and model, since virtual machines name the maker alone."""
    try:
        with open("/proc/cpuinfo") as file:
            entries = dict(map(str.strip, line.split(":", 1)) for line in file if ":" in line)
    except OSError:  # another system than Linux
        return platform.processor() or platform.machine()
    flags = entries.get("flags", entries.get("Features", "")).split()
    vectors = [name for name in ("avx512f", "avx2", "asimd") if name in flags]
    name, family, model = (entries.get(key, "?") for key in ("model name", "cpu family", "model"))
    return f"{name}, family {family}, model {model}, {', '.join(vectors[:1]) or 'no vectors'}"


def _memory():
    if not hasattr(os, "sysconf"):
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
