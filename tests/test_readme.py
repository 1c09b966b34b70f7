"""Everything that the README prints is produced here; ``python tests/test_readme.py`` writes it anew."""

import doctest
import re
from pathlib import Path

from matplotlib.testing.compare import compare_images

from lti_depth import experiments, plotting
from lti_depth.report import short

README = Path(__file__).parent.parent / "README.md"
FIGURE = README.parent / "docs" / "memory.png"
MARKERS = re.compile(r"(<!-- claims: generated -->\n).*?(<!-- end -->)", re.DOTALL)


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


def with_claims(text, results):
    return MARKERS.sub(lambda match: match[1] + claims_table(results) + match[2], text)


def test_claims_table_is_current(results):
    assert README.read_text() == with_claims(README.read_text(), results)


def test_figure_is_current(results, tmp_path):
    drawn = tmp_path / "memory.png"
    drawn.write_bytes(figure(results))
    difference = compare_images(str(FIGURE), str(drawn), tol=15)  # other versions place their glyphs a little apart
    assert difference is None, difference


def test_commands_are_one_line_each():
    commands = [line for line in README.read_text().splitlines() if line.startswith("python3 -m venv")]
    assert len(commands) == 2 and all("&&" in command for command in commands)


if __name__ == "__main__":
    found = {name: experiments.run(name) for name in experiments.DESCRIPTIONS}
    README.write_text(with_claims(README.read_text(), found))
    FIGURE.parent.mkdir(exist_ok=True)
    FIGURE.write_bytes(figure(found))
