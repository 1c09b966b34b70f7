"""Training runs on disk: one seed after the other, each saved whole before the next begins.

A seed is two files: `seed-N.npz`, arrays without pickle, and `seed-N.json`, its record, written last: the digest of
the configuration, the digest of the arrays, and what came out. A seed on record is not trained again.
"""

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .._version import __version__
from ..claims import Curve, Panel, Result
from .assembly import FIELDS, parts_of
from .fits import fit

MAX_RECORD_BYTES = 1 << 20


class Damaged(Exception):
    """A file on record is torn, truncated or altered; the message names it."""


@dataclass(frozen=True, eq=False)
class Trained:
    """One seed on record: its record, and the arrays times, losses, trajectory, point, and the final parameters."""

    record: dict[str, Any]
    arrays: dict[str, np.ndarray]


def train(config, directory, write, progress=lambda fraction: None):
    """Train every seed that is not on record, and return all of them.

    Parameters
    ----------
    config : Config
    directory : path
        Where the seeds are kept.
    write : callable
        ``write(path, bytes)``, atomic: a file is there whole or not at all.
    progress : callable
        Called now and then with the fraction done.

    Returns
    -------
    tuple of Trained

    Raises
    ------
    ValueError
        The directory holds seeds of another configuration, or student and teacher do not fit.
    Damaged
        A file on record is not what was written.
    """
    directory = Path(directory)
    found = {seed: load(directory, seed, config.digest) for seed in config.seeds}
    for done, seed in enumerate(config.seeds):
        progress(done / len(config.seeds))
        if found[seed] is None:
            _save(config, seed, directory, write,
                  lambda fraction, done=done: progress((done + fraction) / len(config.seeds)))
            found[seed] = load(directory, seed, config.digest)
    progress(1.0)
    return tuple(found[seed] for seed in config.seeds)


def load(directory, seed, digest):
    """A seed on record, or None; `digest` is the configuration's.

    Raises
    ------
    ValueError
        The seed on record has another configuration.
    Damaged
        Its files are not what was written.
    """
    record_path, arrays_path = (Path(directory) / f"seed-{seed}.{ending}" for ending in ("json", "npz"))
    if not record_path.exists():
        return None
    record = _read_record(record_path)
    if record["config"] != digest:
        raise ValueError(f"{record_path} is of another configuration; pass another --out, or remove its seed files")
    if record["seed"] != seed:
        raise Damaged(f"{record_path} has seed {record['seed']} on record; remove it and its npz to train it again")
    content = arrays_path.read_bytes() if arrays_path.exists() else b""
    if hashlib.sha256(content).hexdigest() != record["arrays"]:
        raise Damaged(f"{arrays_path} is not what {record_path.name} has on record; remove both to train it again")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Trained(record, dict(arrays))


def result(config, trained):
    """The Result of a run: loss curves over the seeds, and the poles of the first one."""
    records = [seed.record for seed in trained]
    losses = [float(record["loss"]) for record in records]
    statuses = {status: [record["status"] for record in records].count(status)
                for status in dict.fromkeys(record["status"] for record in records)}
    counted = ", ".join(f"{status}: {count}" for status, count in statuses.items())
    return Result(
        name="train",
        title="A training run",
        summary=f"{len(trained)} seeds, {counted}. Final loss: median {np.median(losses):.4g}.",
        config={"kinds": config.kinds, **config.values},
        arrays={},
        panels=(_loss_panel(config, trained), *_pole_panel(config, trained[0])),
        claims=(),
    )


def _save(config, seed, directory, write, progress):
    chart, task, optimizer = config.problem(seed)
    found = fit(chart, task, optimizer, steps=config.steps, seed=seed, every=config.every,
                tolerance=config.tolerance, progress=progress)
    arrays = {"times": found.times, "losses": found.losses, "trajectory": found.trajectory, "point": found.point}
    for name, part in parts_of(found.model).items():
        arrays |= {f"{name}_{k}": array for k, array in enumerate(part)}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    first, last = (loss if np.isfinite(loss) else str(loss) for loss in (float(found.losses[0]), found.loss))
    record = {"seed": seed, "status": found.status, "steps": found.step, "first_loss": first, "loss": last,
              "config": config.digest, "version": __version__, "arrays": hashlib.sha256(buffer.getvalue()).hexdigest()}
    write(directory / f"seed-{seed}.npz", buffer.getvalue())
    content = json.dumps(record | {"digest": _digest(record)}, indent=2, allow_nan=False) + "\n"
    write(directory / f"seed-{seed}.json", content.encode())


def _read_record(path):
    content = path.read_bytes()
    try:
        if len(content) > MAX_RECORD_BYTES:
            raise ValueError("too large")
        record = json.loads(content)
        digest = record.pop("digest")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Damaged(f"{path} is torn or altered; remove it to train the seed again") from None
    if digest != _digest(record):
        raise Damaged(f"{path} was altered; remove it to train the seed again")
    return record


def _digest(record):
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _loss_panel(config, trained):
    """Each seed up to ten; else the median, and the band from the best to the worst."""
    flow = config.kinds["optimizer"] == "gradient_flow"
    series = [(seed.arrays["times"], seed.arrays["losses"]) for seed in trained]
    if len(series) <= 10:
        curves = tuple(Curve(times, losses, f"seed {seed.record['seed']}")
                       for (times, losses), seed in zip(series, trained, strict=True))
    else:
        grid = np.unique(np.concatenate([times for times, _ in series]))
        held = np.array([losses[np.searchsorted(times, grid, "right") - 1] for times, losses in series])
        curves = (Curve(grid, np.median(held, axis=0), f"median of {len(series)} seeds",
                        low=held.min(axis=0), high=held.max(axis=0)),)
    positive = all((losses > 0).all() for _, losses in series)
    return Panel("Loss", "time" if flow else "step", "loss", curves, yscale="log" if positive else "linear")


def _pole_panel(config, seed):
    """|λ| of up to 24 poles of one seed."""
    chart = config.problem(seed.record["seed"])[0]
    moduli = np.abs([chart.values(point)[FIELDS[0]] for point in seed.arrays["trajectory"]])
    if moduli.shape[1] > 24:
        return ()
    curves = tuple(Curve(seed.arrays["times"], modulus) for modulus in moduli.T)
    flow = config.kinds["optimizer"] == "gradient_flow"
    return (Panel(f"Poles of seed {seed.record['seed']}", "time" if flow else "step", "|λ|", curves),)
