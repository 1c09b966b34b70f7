"""Everything that the README prints is produced here; ``python tests/test_readme.py`` writes it anew.

``python tests/test_readme.py performance`` writes what comes of benchmarks/results alone; nothing is timed.
"""

import doctest
import json
import re
import sys
from pathlib import Path

import pytest
from matplotlib.testing.compare import compare_images

import lti_depth
from lti_depth import bench, experiments, numeric, plotting, symbolic, theorems
from lti_depth.report import short
from lti_depth.symbolic.printing import OBSERVABLES
from lti_depth.theorems import Origin, Tier

README = Path(__file__).parent.parent / "README.md"
FIGURE = README.parent / "docs" / "memory.png"
GROWTH = README.parent / "docs" / "growth.png"
RECORD = README.parent / "benchmarks" / "results" / "bench.json"
ORIGINS = {Origin.CLASSICAL: "Classical", Origin.PAPER: "From the paper", Origin.NEW: "New here"}


HEADLINES = (
    "growth/factor-per-layer", "universality/gaussian", "deep-wide/modal-variances", "saddle/smaller-eigenvalues",
    "correlated-inputs/kappa", "depths/three-for-twelve", "deep-against-wide/rescaling", "sensitivity/depth-in-exp-exp",
    "delay-learning/white-bound", "norm-separation/exponential-in-depth",
)  # fmt: skip


def claims_table(results):
    """One row a headline: verdict, statement (with its condition, or the law beside it), source, numbers."""
    rows = ["| verdict | claim | source | predicted | measured |", "| --- | --- | --- | --- | --- |"]
    claims = {claim.id: claim for result in results.values() for claim in result.claims}
    for claim in (claims[name] for name in HEADLINES):
        beside = f" *If:* {claim.condition}" if claim.condition else ""
        beside += f" *Instead:* {claim.law}" if claim.law else ""
        cells = (str(claim.verdict), claim.statement + beside, claim.source, short(claim.predicted),
                 short(claim.measured))
        rows.append("| " + " | ".join(cell.replace("|", r"\vert ") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def figure(results):
    """The figure at the top of the README."""
    return plotting.png(plotting.figure(results["universality"]))


def test_sessions():
    session = doctest.DocTestParser().get_doctest(README.read_text(), {}, "README", str(README), 0)
    printed = []
    outcome = doctest.DocTestRunner().run(session, out=printed.append)
    assert outcome.attempted >= 20 and outcome.failed == 0, "".join(printed)


def theorem_tables():
    """One table an origin, folded: title and name, how it is proved, where it comes from."""
    found = [theorems.theorem(name) for name in theorems.names()]
    groups = {origin: [theorem for theorem in found if theorem.origin is origin] for origin in Origin}
    return "\n".join(
        f"<details><summary><b>{ORIGINS[origin]}</b>: {len(members)} theorems</summary>\n\n"
        "| theorem | proved | source |\n| --- | --- | --- |\n" + "".join(map(_row, members)) + "\n</details>\n"
        for origin, members in groups.items()
    )


def _row(theorem):
    proved = {Tier.INDUCTION: "all K, by induction", Tier.ANALYTIC: "analytic"}.get(theorem.tier, theorem.sense)
    cells = (f"{theorem.title} (`{theorem.name}`)", proved, theorem.reference)
    return "| " + " | ".join(map(_cell, cells)) + " |\n"


def _cell(text):
    """Bars would end the cell: in formulas they are \\vert."""
    parts = text.split("$")
    return "$".join(part.replace("|", r"\vert " if i % 2 else r"\|") for i, part in enumerate(parts))


def on_record():
    """The results of ``lti-depth bench`` that are kept."""
    return json.loads(RECORD.read_text())


def performance_tables(record):
    """{section: content}: jobs under the machine that ran them, and accuracy."""
    jobs, accuracy, _ = (bench.markdown(columns, rows) for columns, rows in bench.tables(record))
    return {"performance": f"{jobs}\nMeasured on: {bench.machine_line(record['machine'])}.\n", "accuracy": accuracy}


def rewritten(text, section, content):
    """The text with what is generated in a section written anew."""
    pattern = re.compile(rf"(<!-- {section}: generated -->\n).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda match: match[1] + content + match[2], text)


def test_claims_table_is_current(results):
    assert README.read_text() == rewritten(README.read_text(), "claims", claims_table(results))


def test_theorem_tables_are_current():
    text = README.read_text()
    assert text == rewritten(text, "theorems", theorem_tables())
    assert all(f"(`{name}`)" in text for name in theorems.names())


def test_the_house_is_complete():
    text = README.read_text()
    house = text[text.index("## The house") :]
    rooms = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in house.splitlines() if line[:1] == "|")))
    package = Path(lti_depth.__file__).parent
    packages = {path.parent.name for path in package.glob("*/__init__.py")}
    assert packages - rooms == {"data"}
    assert rooms - packages <= {path.stem for path in package.glob("*.py")}


def test_the_observables_are_where_the_house_says():
    text = README.read_text()
    parts = re.search(r"Observables on both floors: (.*?) As laws\s+only: (.*?); as numbers only:\s(.*?)\.\sFreq", text,
                      re.DOTALL).groups()
    both, laws, numbers = (set(re.findall(r"`(\w+)`", part)) for part in parts)
    assert both <= set(symbolic.__all__) & set(numeric.__all__)
    assert laws <= set(symbolic.__all__) - set(numeric.__all__)
    assert numbers <= set(numeric.__all__) - set(symbolic.__all__)
    assert set(OBSERVABLES) <= both | laws


@pytest.mark.parametrize("section", ["performance", "accuracy"])
def test_performance_is_on_record(section):
    text = README.read_text()
    assert text == rewritten(text, section, performance_tables(on_record())[section])


def test_everything_is_on_record():
    record = on_record()
    assert [job["name"] for job in record["jobs"]] == list(bench.JOBS) and record["accuracy"] and record["growth"]
    assert all(job["ours"] for job in record["jobs"])  # timed: its checks hold
    assert json.loads(bench.dumps(record)) == record


def assert_drawn(path, image, tmp_path):
    drawn = tmp_path / path.name
    drawn.write_bytes(image)
    difference = compare_images(str(path), str(drawn), tol=15)  # other versions place their glyphs a little apart
    assert difference is None, difference


def test_figure_is_current(results, tmp_path):
    assert_drawn(FIGURE, figure(results), tmp_path)


def test_growth_is_current(tmp_path):
    assert_drawn(GROWTH, bench.files(on_record())["growth.png"], tmp_path)


def test_commands_are_one_line_each():
    commands = [line for line in README.read_text().splitlines() if line.startswith("python3 -m venv")]
    assert len(commands) == 2 and all("&&" in command for command in commands)


def write_performance():
    for section, content in performance_tables(on_record()).items():
        README.write_text(rewritten(README.read_text(), section, content))
    GROWTH.write_bytes(bench.files(on_record())["growth.png"])


def write_claims_and_theorems():
    found = {name: experiments.run(name) for name in experiments.DESCRIPTIONS}
    README.write_text(rewritten(README.read_text(), "claims", claims_table(found)))
    README.write_text(rewritten(README.read_text(), "theorems", theorem_tables()))
    FIGURE.write_bytes(figure(found))


if __name__ == "__main__":
    write_performance()
    if sys.argv[1:] != ["performance"]:
        write_claims_and_theorems()
