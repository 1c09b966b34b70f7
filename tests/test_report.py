"""The report and the files beside it: whole, strict, and in need of nothing else."""

import errno
import inspect
import json
import os
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import matplotlib
import numpy as np
import pytest

from lti_depth import experiments, plotting, report, theorems
from lti_depth.claims import Claim, Curve, Panel, Result
from lti_depth.report.mathml import formula, prose
from lti_depth.report.numbers import superscripts


@pytest.fixture(scope="module")
def found():
    return experiments.run("real-input")


@pytest.fixture(scope="module")
def proved():
    return [theorems.run(name) for name in ("all-pass", "spectrum", "negative-binomial")]


@pytest.fixture(scope="module")
def written(found, tmp_path_factory):
    directory = tmp_path_factory.mktemp("out") / "new" / "deep"
    report.write_results([found], directory)
    return directory


class Page(HTMLParser):
    """Tags with their attributes, and the text outside of style sheets."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self._inside = [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._inside.append(tag)

    def handle_endtag(self, tag):
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self._inside:
            self.text += data


@pytest.fixture(scope="module", params=["report", "theorems"])
def page(request):
    if request.param == "theorems":
        return Page(report.theorems_page(request.getfixturevalue("proved")))
    return Page((request.getfixturevalue("written") / "report.html").read_text(encoding="utf-8"))


def test_every_file_is_there_and_no_other(written):
    names = sorted(str(path.relative_to(written)) for path in written.rglob("*") if path.is_file())
    assert names == ["claims.json", "data/real-input.npz", "figures/real-input.png", "figures/real-input.svg",
                     "report.html"]


def test_the_page_needs_nothing_else(page):
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "iframe", "object", "embed", "base"), tag
        for name in ("src", "href", "data", "srcset", "poster"):
            assert attributes.get(name, "#").startswith(("#", "data:image/svg+xml;base64,")), (tag, name)
        assert not any(name.startswith("on") for name in attributes)
    style = report.page([], {})
    assert "@import" not in style and "url(" not in style


def test_the_page_can_be_heard(page):
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert all(len(attributes["alt"]) > 20 for attributes in images)
    assert dict(page.tags)["html"]["lang"] == "en"
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"][1:] for tag, attributes in page.tags if tag == "a"}
    assert links <= set(ids)


def test_formulas_are_set(page):
    assert "$" not in page.text and "\\" not in page.text
    assert sum(tag == "math" for tag, _ in page.tags) > 10


def test_claims_come_first_and_all(written, found):
    page = Page((written / "report.html").read_text(encoding="utf-8"))
    assert [tag for tag, _ in page.tags if tag in ("table", "img")] == ["table", "img"]
    for claim in found.claims:
        assert claim.id in page.text


def test_theorems_say_all(proved):
    text = report.theorems_page(proved)
    page = Page(text)
    assert "3 theorems: 2 classical, 1 the paper" in page.text
    for outcome in proved:
        theorem = outcome.theorem
        assert theorem.title in page.text and theorem.sense in page.text and prose(theorem.statement) in text
        for line in (*theorem.hypotheses, theorem.reference, *(step.text for step in outcome.steps)):
            assert prose(line) in text
    assert page.text.count("✓") == sum(len(outcome.steps) for outcome in proved)


def test_a_theorem_that_fails_is_shouted(proved):
    wrong = theorems.runner.run(replace(proved[1].theorem, law=proved[1].theorem.bug, bug=proved[1].theorem.law))
    text = Page(report.theorems_page([wrong])).text
    assert "✗" in text and "Not caught in the proof and the shadow." in text


def test_every_theorem_can_be_set():
    for theorem in map(theorems.theorem, theorems.names()):
        text = Page("".join(map(prose, (theorem.title, theorem.statement, theorem.reference, theorem.sense,
                                        *theorem.hypotheses, inspect.getdoc(theorem.bug))))).text
        assert "\\" not in text, theorem.name


def test_the_report_links_to_theorems_beside_it(found, proved, tmp_path):
    report.write_results([found], tmp_path)
    assert "lti-depth prove" in (tmp_path / "report.html").read_text(encoding="utf-8")
    report.write_theorems(proved, tmp_path)
    report.write_results([found], tmp_path)
    links = [attributes["href"] for tag, attributes in Page((tmp_path / "report.html").read_text()).tags if tag == "a"]
    assert [link for link in links if not link.startswith("#")] == ["theorems.html"]


def test_theorems_are_strict_json(proved):
    odd = replace(proved[0], deviation=float("nan"))
    records = json.loads(report.theorems_json([odd]), parse_constant=lambda constant: pytest.fail(constant))
    assert records[0]["deviation"] == "nan" and records[0]["verdict"] == "fails"


def test_a_law_that_fails_is_shouted():
    claim = Claim("a/b", "s", "new here", 1.0, 2.0, 0.1, "r", law="l", law_value=3.0)
    panel = Panel("t", "x", "y", (Curve(np.arange(2), np.arange(2), "c"),))
    result = Result("a", "A", "s", {}, {}, (panel,), (claim,))
    assert "does not hold either" in report.page([result], {"a": b"<svg/>"})


def test_texts_are_escaped():
    claim = Claim("a/b", "<b>x</b> & $a < b$", "<i>", 1.0, 1.0, 0.1, "r")
    result = Result("a", "<u>", "s", {"k": "<s>"}, {}, (Panel('"', "x", "y", ()),), (claim,))
    text = report.page([result], {"a": b"<svg/>"})
    for tag in ("<b>x", "<i>", "<u>", "<s>"):
        assert tag not in text
    assert 'alt="Figure. &quot;"' in text


def test_claims_are_strict_json(written, found):
    def refuse(constant):
        raise AssertionError(constant)

    claims = json.loads((written / "claims.json").read_text(encoding="utf-8"), parse_constant=refuse)
    assert [claim["id"] for claim in claims] == [claim.id for claim in found.claims]
    for claim in claims:
        assert {"id", "statement", "source", "predicted", "measured", "tolerance", "verdict"} <= set(claim)
        assert claim["verdict"] in ("confirmed", "refuted", "conditional")


def test_claims_of_odd_numbers_are_strict_json():
    claims = (Claim("a/b", "s", "n", np.float32(1), [np.nan][0], np.float64(0.1), "r"),
              Claim("a/c", "s", "n", np.array([1, 2]), (np.inf, 2), 0, "r", law="l", law_value=[1, 2]))
    text = report.claims_json([Result("a", "A", "s", {}, {}, (), claims)])
    nan, infinite = json.loads(text, parse_constant=lambda constant: pytest.fail(constant))
    assert nan["measured"] == "nan" and nan["verdict"] == "refuted"
    assert infinite["measured"] == ["inf", 2.0] and infinite["law_holds"] is False


def test_data_behind_the_figures(written, found):
    with np.load(written / "data" / "real-input.npz", allow_pickle=False) as loaded:
        assert set(loaded) == set(found.arrays)
        assert all(np.array_equal(loaded[name], array) for name, array in found.arrays.items())


def test_the_same_bytes_each_time(found, written, tmp_path):
    report.write_results([found], tmp_path)
    for path in (path for path in written.rglob("*") if path.is_file()):
        assert (tmp_path / path.relative_to(written)).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file(monkeypatch, tmp_path, step, failure):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*arguments):
        raise failure

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(type(failure)):
        report.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_written_files_have_ordinary_permissions(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    report.write_atomically(tmp_path / "atomic", b"")
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_directory_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for directory in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError):
            report.require_writable(directory)
    report.require_writable(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(3, "3"), (0.123456, "0.12346"), (-1.5e-7, "-1.5e-7"), (1.0e22, "1e22"), ([1, 2.5], "1, 2.5"),
     (range(9), "0, 1, 2, …, 8"), (float("inf"), "inf"), (12345.678, "12346")],
)  # fmt: skip
def test_short_numbers(value, text):
    assert report.short(value) == text


def test_superscripts():
    assert superscripts("-1.5e-7, 2e10, 3") == "−1.5·10<sup>−7</sup>, 2·10<sup>10</sup>, 3"


def test_prose():
    assert prose("a < b") == "a &lt; b"
    assert prose("of ($x$), b") == f'of <span class="formula">({formula("x")}),</span> b'
    assert prose("$x$$y$").count("<math") == 2
    with pytest.raises(ValueError, match="odd number"):
        prose("a $b")


def test_drawing_changes_no_settings(found):
    before = dict(matplotlib.rcParams)
    plotting.svg(plotting.figure(found))
    assert dict(matplotlib.rcParams) == before


def test_drawing_needs_no_pyplot():
    code = ("import sys\nfrom lti_depth import plotting\nfrom lti_depth.claims import Curve, Panel\n"
            "plotting.svg(plotting.draw(Panel('t', 'x', 'y', (Curve([0, 1], [0, 1], 'c'),))).figure)\n"
            "print('matplotlib.pyplot' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "False\n", done.stderr


def test_draw_returns_axes_that_hold_the_panel():
    x = np.arange(3)
    curves = (Curve(x, x, "law"), Curve(x, x, "found", "markers", x - 1, x + 1), Curve(x, x, "bars", "bars"),
              Curve(x, x, "band", "dashed", x - 1, x + 1))
    ax = plotting.draw(Panel("title", "x (samples)", "y", curves, note="note"))
    assert ax.get_xlabel() == "x (samples)" and ax.get_title(loc="left") == "title"
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {"law", "found", "bars", "band"}
    assert plotting.draw(Panel("other", "x", "y", curves[:1]), ax) is ax
