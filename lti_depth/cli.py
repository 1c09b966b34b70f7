"""The command line: parses, calls, prints. Computes nothing."""

import sys
from pathlib import Path
from typing import Annotated

import typer
import typer.core

from ._version import __version__

WIDTH = 110  # of tables where they are not read on a terminal
INTERRUPTED = 130
UsageError = typer.BadParameter.__base__

app = typer.Typer(name="lti-depth", add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
                  context_settings={"help_option_names": ["-h", "--help"]})


def main(arguments=None):
    """The entry point; errors are one line.

    Exit codes: 0 done, 1 a claim, proof or check failed or every seed diverged, 2 bad input, 130 interrupted.
    """
    try:
        code = app(arguments, prog_name="lti-depth", standalone_mode=False)
    except UsageError as error:
        code = _refuse(f"{error.format_message().rstrip('.')}; see lti-depth --help" if error.format_message() else "")
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    if code == INTERRUPTED:  # typer, too, makes this code of an interrupt, and says nothing
        print("lti-depth: interrupted", file=sys.stderr)
    sys.exit(code)


def _refuse(message):
    if str(message):  # empty where typer has already printed the help
        print(f"lti-depth: {' '.join(str(message).split())}", file=sys.stderr)
    return 2


def _unwritable(out):
    """What to say where nothing can be written to the directory; None where it can, or where there is none."""
    from . import report

    try:
        if out is not None:
            report.require_writable(out)
    except OSError as error:
        return f"--out: expected a directory that can be written, got {out} ({error.strerror}); pass another one"
    return None


def _version(asked: bool):
    if asked:
        print(f"lti-depth {__version__}")
        raise typer.Exit()


@app.callback(epilog="Example:  lti-depth reproduce")
def _common(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True,
                                          help="Print the version and leave.")] = False,
):
    """Depth in linear state-space models: exact laws, fast numbers, verified claims."""


@app.command(epilog="Example:  lti-depth reproduce growth delay --out results")
def reproduce(
    names: Annotated[list[str] | None, typer.Argument(
        metavar="NAME", show_default=False,
        help="autocovariance, growth, universality, delay, deep-wide, real-input, saddle, complex-poles, "
             "correlated-inputs, depths, deep-against-wide, activations, identification, dynamics, sensitivity, "
             "delay-learning, norm-separation; all of them by default.")] = None,
    full: Annotated[bool, typer.Option("--full", help="More samples, seeds and steps; says first about how long it "
                                                      "takes.")] = False,
    out: Annotated[Path, typer.Option(help="The directory for figures, data, claims.json and report.html.")] = Path(
        "lti-depth-out"),
    json: Annotated[bool, typer.Option("--json", help="Print the claims as JSON.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Put the verdicts of this run on record, in the package's "
                                                          "experiments/verdicts.json.")] = False,
):
    """Run the experiments, write figures, data, claims and a report, and print the claims."""
    from . import experiments

    try:
        chosen = experiments.select(names or [])
    except ValueError as error:
        return _refuse(error)

    from . import report
    from .experiments import verdicts

    if unwritable := _unwritable(out):
        return _refuse(unwritable)
    results = _run(chosen, full)
    try:
        report.write_results(results, out)
        if record:
            report.write_atomically(verdicts.PATH, verdicts.updated(results, full, verdicts.load()).encode())
    except OSError as error:
        return _refuse(f"cannot write {error.filename or out}: {error.strerror}")
    if json:
        print(report.claims_json(results), end="")
    else:
        _print_claims(results, out)
    failures = verdicts.failures(results, full, verdicts.load())
    for line in failures:
        print(f"lti-depth: {line}", file=sys.stderr)
    return 1 if failures else 0


@app.command(epilog="Example:  lti-depth prove autocovariance saddle --out results")
def prove(
    names: Annotated[list[str] | None, typer.Argument(
        metavar="NAME", show_default=False,
        help="Theorems, by the names in the README's table; all of them by default.")] = None,
    out: Annotated[Path | None, typer.Option(show_default=False, help="A directory for theorems.html, with the "
                                             "derivations step by step, and theorems.json.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the theorems as JSON.")] = False,
):
    """Prove theorems, hold each against the numeric floor, and see that its planted bug fails both."""
    from . import theorems

    try:
        chosen = theorems.select(names or [])
    except ValueError as error:
        return _refuse(error)

    from . import report

    if unwritable := _unwritable(out):
        return _refuse(unwritable)
    with _progress() as bar:
        task = bar.add_task("", total=1.0)
        outcomes = theorems.run_all(
            chosen, progress=lambda name, fraction: bar.update(task, description=name, completed=fraction))
    try:
        if out is not None:
            report.write_theorems(outcomes, out)
    except OSError as error:
        return _refuse(f"cannot write {error.filename or out}: {error.strerror}")
    if json:
        print(report.theorems_json(outcomes), end="")
    else:
        _print_theorems(outcomes, out)
    failures = [f"{outcome.theorem.name}: {line}" for outcome in outcomes for line in outcome.failures]
    for line in failures:
        print(f"lti-depth: {line}", file=sys.stderr)
    return 1 if failures else 0


DERIVE_EXAMPLE = """\b
Example:  lti-depth derive autocovariance --layers 3 --equal --format latex
          lti-depth derive autocovariance --layers K --equal --format c"""


@app.command(epilog=DERIVE_EXAMPLE)
def derive(
    quantity: Annotated[str, typer.Argument(
        help="An observable: transfer_function, impulse_response, autocovariance, state_variance, group_delay, modal, "
             "gauss_newton, memory_function, asymptotic_variance, …")],
    layers: Annotated[str, typer.Option(help="The number of scalar layers, or a name, as K or K+1, for any depth.")],
    equal: Annotated[bool, typer.Option("--equal", help="All layers equal.")] = False,
    process: Annotated[str | None, typer.Option(help="The input: white (default) or ar1.", show_default=False)] = None,
    timing: Annotated[str, typer.Option(help="current or delayed.")] = "current",
    format: Annotated[str, typer.Option(help="unicode, latex, numpy (or python), mpmath or c.")] = "unicode",
    arm: Annotated[str | None, typer.Option(help="Of normalization and growth_per_layer: none (default), unit-dc, l1, "
                                                 "lru, depth-aware or isometric.", show_default=False)] = None,
    limit: Annotated[str | None, typer.Option(help="Of asymptotic_variance: deep (default) or slow.",
                                              show_default=False)] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the formula inside a JSON object.")] = False,
):
    """Print the closed form of an observable of a stack of scalar layers, of a given depth or of any."""
    from . import symbolic

    depth = int(layers) if layers.removeprefix("-").isdecimal() else layers
    try:
        formula = symbolic.derive(quantity, depth, equal=equal, process=process, timing=timing, format=format, arm=arm,
                                  limit=limit)
    except (ValueError, TypeError) as error:
        return _refuse(error)
    if json:
        from json import dumps

        formula = dumps({"quantity": quantity, "layers": depth, "equal": equal, "process": process or "white",
                         "timing": timing, "format": format, "formula": formula}, ensure_ascii=False)
    print(formula)
    return 0


TRAIN_EXAMPLE = """\b
Example:  lti-depth train run.toml --out results, with run.toml:
\\[teacher]
kind = "cascade"   # or planted, zucchet, delay, pade_delay, series
poles = [0.99]
\\[student]
kind = "cascade"   # or lru
layers = 2
coordinates = "exp-exp"
\\[process]
kind = "ar1"       # or white, arma
rho = 0.9
\\[optimizer]
kind = "adam"      # or gradient_descent, natural_gradient, lbfgs,
rate = 0.01        #    least_squares, gradient_flow
final_rate = 1e-5
\\[run]
steps = 2000
seeds = 10"""


class _TrainCommand(typer.core.TyperCommand):
    """Its help ends with every key of a configuration."""

    def format_help(self, ctx, formatter):
        super().format_help(ctx, formatter)
        from .learning.reference import reference

        formatter.write(reference() + "\n")


@app.command(cls=_TrainCommand, epilog=TRAIN_EXAMPLE)
def train(
    config: Annotated[Path, typer.Argument(
        help="A TOML file with the tables teacher, student, process, optimizer and run.")],
    out: Annotated[Path, typer.Option(help="The directory for the seeds and the figure; seeds on record there are not "
                                           "trained again.")] = Path("lti-depth-train"),
    json: Annotated[bool, typer.Option("--json", help="Print the outcome of every seed as JSON.")] = False,
):
    """Train a student on a teacher, seed by seed; a run that was interrupted goes on where it was."""
    from . import plotting, report
    from .learning import config as configuration
    from .learning import runs

    try:
        settings = configuration.read(config)
    except OSError as error:
        return _refuse(f"{error.filename or config}: expected a file that can be read ({error.strerror})")
    except MemoryError:
        return _refuse(f"{config}: expected a student and a teacher that fit into memory; pass fewer layers or states")
    except (ValueError, TypeError) as error:
        return _refuse(error)
    if unwritable := _unwritable(out):
        return _refuse(unwritable)
    try:
        with _progress() as bar:
            task = bar.add_task("train", total=1.0)
            trained = runs.train(settings, out, report.write_atomically,
                                 lambda fraction: bar.update(task, completed=fraction))
        drawn = plotting.figure(runs.result(settings, trained))
        report.write_atomically(out / "train.svg", plotting.svg(drawn))
        report.write_atomically(out / "train.png", plotting.png(drawn))
    except runs.Damaged as error:
        _refuse(error)
        return 1
    except (ValueError, TypeError) as error:
        return _refuse(error)
    except OSError as error:
        return _refuse(f"cannot write {error.filename or out}: {error.strerror}")
    _print_seeds(records := [seed.record for seed in trained], out, json)
    diverged = sum(record["status"].startswith("diverged") for record in records)
    if diverged:
        print(f"lti-depth: {diverged} of {len(records)} seeds diverged; pass a smaller optimizer.rate, or coordinates "
              "that keep the poles inside the unit circle", file=sys.stderr)
    return 1 if diverged == len(records) else 0


@app.command(epilog="Example:  lti-depth bench sequence-12 covariance-256 --out results")
def bench(
    names: Annotated[list[str] | None, typer.Argument(
        metavar="NAME", show_default=False,
        help="Jobs, by the names in the README's table, such as batch-f64, sequence-12 or memory-stream; accuracy; "
             "growth. All of them by default: some six minutes.")] = None,
    out: Annotated[Path | None, typer.Option(show_default=False, help="A directory for bench.json, and the figure "
                                             "growth.png where growth is among the names.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
):
    """Time jobs against other libraries and the machine's limits, after all have agreed; measure errors and growth.

    The least time of a call counts; of memory-… it is the peak in bytes.
    Faster: the best peer's over ours; below 1, the peer is faster.
    Limit: ours over what the machine itself takes for the work.
    Goals: what is asked of a ratio, and what was found.
    """
    from . import bench, report

    try:
        chosen = bench.select(names or [])
    except ValueError as error:
        return _refuse(error)
    if unwritable := _unwritable(out):
        return _refuse(unwritable)
    with _progress() as bar:
        task = bar.add_task("", total=1.0)
        found, failures = bench.measure(
            chosen, progress=lambda name, fraction: bar.update(task, description=name, completed=fraction))
    files = {} if out is None else bench.files(found)
    try:
        for name, content in files.items():
            report.write_atomically(out / name, content)
    except OSError as error:
        return _refuse(f"cannot write {error.filename or out}: {error.strerror}")
    if json:
        print(bench.dumps(found), end="")
    else:
        after = "" if out is None else f"\n\nWritten to {out}: {', '.join(files)}."
        _print_bench(bench.tables(found), f"Measured on: {bench.machine_line(found['machine'])}{after}")
    for line in failures:
        print(f"lti-depth: {line}", file=sys.stderr)
    return 1 if failures else 0


def _print_seeds(records, out, json):
    if json:
        from json import dumps

        print(dumps(records, indent=2, allow_nan=False))
        return
    for record in records:
        print(f"seed {record['seed']:>4}  {record['status']:<24} {record['steps']:>9} steps   "
              f"loss {float(record['first_loss']):.4e} → {float(record['loss']):.4e}")
    print(f"\nWritten to {out}: train.svg, train.png, seed-N.npz, seed-N.json.")


def _progress():
    """A bar on the terminal that goes away at the end; nothing where there is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<15}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
               TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _run(chosen, full):
    from . import experiments
    from .experiments import parallel

    if full:
        longest = max(map(experiments.minutes, chosen))
        expected = max(longest, sum(map(experiments.minutes, chosen)) / parallel.PROCESSES)
        print(f"about {max(1, round(expected))} minutes on {parallel.PROCESSES} cores", file=sys.stderr)
    with _progress() as bar:
        task = bar.add_task("", total=1.0)

        return parallel.run_all(
            chosen, full=full, progress=lambda name, fraction: bar.update(task, description=name, completed=fraction))


def _print_claims(results, out):
    from rich.table import Table

    from .report import short

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("claim", no_wrap=True)
    for name in ("predicted", "measured", "law beside it", "tolerance"):
        table.add_column(name, overflow="fold")
    colors = {"confirmed": "green", "refuted": "red", "conditional": "yellow"}
    for result in results:
        for claim in result.claims:
            values = (claim.predicted, claim.measured, claim.law_value)
            shown = ("" if value is None else short(value, 4, shown=2) for value in values)
            table.add_row(f"[{colors[claim.verdict]}]{claim.verdict}[/]", claim.id, *shown, short(claim.tolerance, 2))
    _print_table(table, f"\nWritten to {out}: report.html, claims.json, figures, data.")


def _print_theorems(outcomes, out):
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, options in (("verdict", {"no_wrap": True}), ("theorem", {"no_wrap": True}), ("source", {"no_wrap": True}),
                          ("proved", {"overflow": "fold"}), ("steps", {"justify": "right"}),
                          ("deviation", {"justify": "right"}), ("seconds", {"justify": "right"})):
        table.add_column(name, **options)
    colors = {"holds": "green", "fails": "red"}
    for outcome in outcomes:
        theorem = outcome.theorem
        table.add_row(f"[{colors[outcome.verdict]}]{outcome.verdict}[/]", theorem.name, str(theorem.origin),
                      theorem.sense, str(len(outcome.steps)), f"{outcome.deviation:.1g}", f"{outcome.seconds:.2f}")
    _print_table(table, "" if out is None else f"\nWritten to {out}: theorems.html, theorems.json.")


def _print_bench(tables, after):
    from rich.table import Table

    for columns, rows in tables:
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 1, 0))
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*row)
        _print_table(table, " ")
    print(after)


def _print_table(table, after):
    from rich.console import Console

    terminal = Console()
    console = terminal if terminal.is_terminal else Console(width=WIDTH)
    console.print(table)
    if after:
        console.print(after, highlight=False)
