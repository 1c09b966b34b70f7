"""Verdicts on record, by claim and setting, and how a run differs from them."""

import json
from pathlib import Path

from ..claims import Verdict

PATH = Path(__file__).with_name("verdicts.json")


def setting(full):
    """The name of a setting."""
    return "full" if full else "default"


def load():
    """{claim id: {setting: verdict}}."""
    return json.loads(PATH.read_text(encoding="utf-8"))


def failures(results, full, on_record):
    """One line for each claim that is not as on record, or refuted without a law that holds."""
    lines = []
    for result in results:
        for claim in result.claims:
            expected = on_record.get(claim.id, {}).get(setting(full))
            if expected != claim.verdict:
                lines.append(f"{claim.id}: {claim.verdict}, on record {expected or 'nothing'}")
            if claim.verdict is Verdict.REFUTED and not (claim.law and claim.law_holds):
                lines.append(f"{claim.id}: refuted, and the law beside it {'fails' if claim.law else 'is missing'}")
        found = {claim.id for claim in result.claims}
        lines += [f"{name}: on record, but not found" for name in _of(result, on_record, full) if name not in found]
    return lines


def updated(results, full, on_record):
    """The record with the verdicts of this run in place of the old ones, as JSON text."""
    record = {name: dict(verdicts) for name, verdicts in on_record.items()}
    for result in results:
        for name in _of(result, on_record, full):
            del record[name][setting(full)]
        for claim in result.claims:
            record.setdefault(claim.id, {})[setting(full)] = str(claim.verdict)
    kept = {name: dict(sorted(verdicts.items())) for name, verdicts in sorted(record.items()) if verdicts}
    return json.dumps(kept, indent=2) + "\n"


def _of(result, on_record, full):
    """Names of the claims of this experiment on record at this setting."""
    return [name for name, verdicts in on_record.items()
            if name.startswith(f"{result.name}/") and setting(full) in verdicts]
