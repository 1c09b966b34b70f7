"""Writing what was found: every file whole or not at all."""

import io
import json
import os
import tempfile
from pathlib import Path

import numpy as np

from .. import plotting
from .page import page
from .theorems import theorems_json, theorems_page


def write_atomically(path, content):
    """Write bytes to `path` by way of a temporary file beside it, so that no reader ever sees a torn file.

    Raises
    ------
    OSError
        The file cannot be written. What stood at `path` before is then intact, and no temporary file is left.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def require_writable(directory):
    """Make `directory` and try a file in it, before anything is computed.

    Raises
    ------
    OSError
        It cannot be made, is no directory, or takes no files.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=directory):
        pass


def write_results(results, directory):
    """Write figures/NAME.svg and .png, data/NAME.npz, claims.json and report.html into `directory`.

    The report links to the theorems.html that it finds there.
    """
    directory = Path(directory)
    figures = {}
    for result in results:
        drawn = plotting.figure(result)
        figures[result.name] = plotting.svg(drawn)
        write_atomically(directory / "figures" / f"{result.name}.svg", figures[result.name])
        write_atomically(directory / "figures" / f"{result.name}.png", plotting.png(drawn))
        write_atomically(directory / "data" / f"{result.name}.npz", _npz(result.arrays))
    write_atomically(directory / "claims.json", claims_json(results).encode())
    write_atomically(directory / "report.html", page(results, figures, (directory / "theorems.html").exists()).encode())


def write_theorems(outcomes, directory):
    """Write theorems.json and theorems.html into `directory`."""
    directory = Path(directory)
    write_atomically(directory / "theorems.json", theorems_json(outcomes).encode())
    write_atomically(directory / "theorems.html", theorems_page(outcomes).encode())


def claims_json(results):
    """The claims of all results as a strict JSON list."""
    records = [claim.record() for result in results for claim in result.claims]
    return json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _npz(arrays):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
