"""Records as rows of text, the same for the terminal and the README."""

from .machine import PACKAGES

_PREFIXES = (("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1.0), ("m", 1e-3), ("µ", 1e-6), ("n", 1e-9))

JOB_COLUMNS = ("job", "ours", "peers", "faster", "limit", "goals")
ACCURACY_COLUMNS = ("observable", "stacks", "values", "ours", "scipy", "radius of the balls", "seconds")
GROWTH_COLUMNS = ("time of", "where", "against", "from", "to", "slope")


def quantity(value, unit):
    """Three digits with a prefix: 0.00123 s is 1.23 ms; "missing" for None."""
    if value is None:
        return "missing"
    prefix, scale = next(((p, s) for p, s in _PREFIXES if value >= s), ("n", 1e-9))
    return f"{digits(value / scale)} {prefix}{unit}"


def digits(value):
    """Three of them, as people write them: 0.912, 12.3, 1240; strings, of what no number is, as they are."""
    if isinstance(value, str):
        return value
    size = abs(value)
    if size and not 1e-3 <= size < 1e4:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    return f"{value:.0f}" if size >= 100 else f"{value:.3g}"


def job_row(record):
    """Name and size; ours with further forms; peers, the wrong ones with their errors; the best; limit; goals."""
    unit = record["unit"]
    ours = _forms(record["ours"], unit) or "no agreement, not timed"
    ratio = "" if record["ratio"] is None else f"{digits(record['ratio'])} × {record['best_peer']}"
    limit = ""
    if record["distance"] is not None:
        bound = quantity(record["limits"][record["limit"]], unit)
        limit = f"{digits(record['distance'])} × {record['limit']} ({bound})"
    goals = "; ".join(map(goal_text, record["goals"])) or "none set"
    return (f"{record['name']}: {record['size']}", ours, _peers(record), ratio, limit, goals)


def _peers(record):
    wrong = {check["what"]: check["error"] for check in record["checks"] if check["bound"] is None}
    shown = {name: f" (error {digits(error)})" for name, error in wrong.items()}
    return ", ".join(f"{name} {quantity(value, record['unit'])}{shown.get(name, '')}"
                     for name, value in record["peers"].items())  # fmt: skip


def of_record(record):
    """[(columns, rows)] of the parts that a run has."""
    parts = ((JOB_COLUMNS, job_row, record["jobs"]), (ACCURACY_COLUMNS, accuracy_row, record["accuracy"]),
             (GROWTH_COLUMNS, growth_row, record["growth"]))  # fmt: skip
    return [(columns, list(map(row, entries))) for columns, row, entries in parts if entries]


def machine_line(machine):
    """What was measured, in one line."""
    versions = (f"{name} {machine[name] or 'missing'}" for name in ("python", *PACKAGES))
    return (f"{machine['processor']}; {machine['threads']} of {machine['cores']} cores; {machine['system']}; "
            f"load {digits(machine['load_average'])}; {machine['date']}; {', '.join(versions)}")  # fmt: skip


def _forms(measures, unit):
    """Ours, and its further forms by name."""
    named = {"" if name == "ours" else f"{name} ": value for name, value in measures.items()}
    return ", ".join(f"{name}{quantity(value, unit)}" for name, value in named.items())


def goal_text(goal):
    """The goal, what was found, and whether it is met."""
    if goal["met"] is None:
        return f"{goal['goal']}: not measured"
    return f"{goal['goal']}: {digits(goal['value'])}, {'met' if goal['met'] else 'not met'}"


def accuracy_row(record):
    """Largest errors in units of the promise; the balls' largest relative radius and longest time."""
    return (record["quantity"], record["kind"], str(record["values"]), digits(record["ours"]), digits(record["scipy"]),
            digits(record["radius"]), digits(record["seconds"]))  # fmt: skip


def growth_row(record):
    """From the smallest to the largest size."""
    first, last = ((record["sizes"][n], quantity(record["seconds"][n], "s")) for n in (0, -1))
    return (record["what"], record["where"], record["against"], f"{first[0]}: {first[1]}", f"{last[0]}: {last[1]}",
            f"{record['slope']:.2f}")  # fmt: skip


def markdown(columns, rows):
    """A table of Markdown; bars within cells escaped."""
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
