"""What every experiment owes: claims with laws, verdicts as on record, figures whose text does not collide."""

import io
import math
import re
from dataclasses import FrozenInstanceError, fields
from importlib import import_module
from itertools import combinations

import numpy as np
import pytest
from matplotlib.transforms import Bbox

from lti_depth import experiments, plotting
from lti_depth.claims import Verdict
from lti_depth.experiments import verdicts
from lti_depth.report.mathml import formula, prose

NAMES = list(experiments.DESCRIPTIONS)


@pytest.fixture(scope="session")
def claims(results):
    return [claim for result in results.values() for claim in result.claims]


def test_every_experiment_has_claims_under_its_name(results):
    ids = [claim.id for result in results.values() for claim in result.claims]
    assert len(ids) >= 24
    assert len(set(ids)) == len(ids)
    for name, result in results.items():
        assert result.name == name
        assert len(result.claims) >= 3
        assert all(claim.id.startswith(f"{name}/") for claim in result.claims)


def test_claims_say_what_they_rest_on(claims):
    for claim in claims:
        assert claim.statement and claim.source and claim.reason, claim.id
        assert np.isfinite(np.asarray(claim.predicted, float)).all(), claim.id
        assert np.isfinite(np.asarray(claim.measured, float)).all(), claim.id
        assert 0 <= claim.tolerance < 0.25, claim.id


def test_a_refuted_claim_stands_beside_a_law_that_holds(claims):
    refuted = [claim for claim in claims if claim.verdict is Verdict.REFUTED]
    assert len(refuted) >= 6
    for claim in refuted:
        assert claim.law and claim.law_value is not None, claim.id
        assert claim.law_holds, claim.id


def test_a_refutation_is_not_a_near_miss(claims):
    for claim in claims:
        if claim.verdict is Verdict.REFUTED:
            assert claim.deviation > 4 * claim.tolerance, claim.id


def test_laws_stand_only_beside_refuted_claims(claims):
    assert all(claim.verdict is Verdict.REFUTED for claim in claims if claim.law)


def test_all_three_verdicts_occur(claims):
    assert {claim.verdict for claim in claims} == set(Verdict)


def test_verdicts_are_those_on_record(results):
    assert verdicts.failures(results.values(), False, verdicts.load()) == []


def test_both_settings_are_on_record(claims):
    record = verdicts.load()
    assert set(record) == {claim.id for claim in claims}
    for name, found in record.items():
        long = experiments.minutes(name.split("/")[0]) >= 10
        assert set(found) == {"default", "full"} or (long and set(found) == {"default"}), name


def test_formulas_are_set(results):
    texts = [(name, text) for name, result in results.items() for text in [
        result.summary, *(caption for caption, _ in result.formulas),
        *(text for claim in result.claims for text in (claim.statement, claim.reason, claim.condition, claim.law)),
    ]]  # fmt: skip
    for name, text in texts:
        assert "\\" not in re.sub(r"<annotation.*?</annotation>", "", prose(text)), (name, text)
    for name, result in results.items():
        for _, latex in result.formulas:
            assert "\\" not in formula(latex, "block"), (name, latex)


def test_arrays_are_plain_numbers(results):
    for result in results.values():
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **result.arrays)
        buffer.seek(0)
        with np.load(buffer, allow_pickle=False) as loaded:
            for name, array in loaded.items():
                assert array.dtype.kind in "iuf", (result.name, name)
                assert np.isfinite(array).all(), (result.name, name)


@pytest.mark.parametrize("name", ["delay", "deep-wide"])
def test_a_seed_fixes_every_bit(results, name):
    again = experiments.run(name)
    for key, array in results[name].arrays.items():
        assert np.array_equal(array, again.arrays[key]), key


@pytest.mark.parametrize("name", NAMES)
def test_config_is_frozen_and_has_a_full_setting(name):
    Config = import_module(f"lti_depth.experiments.{name.replace('-', '_')}").Config
    assert Config.full() != Config()
    with pytest.raises(FrozenInstanceError):
        setattr(Config(), fields(Config)[0].name, None)


def test_progress_rises():
    seen = []
    experiments.run("real-input", progress=seen.append)
    assert seen == sorted(seen) and seen and 0 < seen[0] and seen[-1] <= 1


def test_unknown_experiment():
    with pytest.raises(ValueError, match=r"expected one of autocovariance, .*got 'grwth'; did you mean growth\?"):
        experiments.run("grwth")


# Figures ---------------------------------------------------------------------------------------------------------


def _texts(drawn):
    """Visible texts of a figure with their boxes in pixels."""
    drawn.canvas.draw()
    renderer = drawn.canvas.get_renderer()
    found = []
    for ax in drawn.axes:
        ticks = [label for axis in (ax.xaxis, ax.yaxis) for tick in axis.get_major_ticks() for label in [tick.label1]
                 if _inside_view(axis, tick)]
        legend = [ax.get_legend()] if ax.get_legend() else []
        title = [text for text in (ax.title, ax._left_title, ax._right_title) if text.get_text()]
        offsets = [ax.xaxis.get_offset_text(), ax.yaxis.get_offset_text()]
        for artist in (*ticks, *legend, *title, *offsets, *ax.texts, ax.xaxis.label, ax.yaxis.label):
            if hasattr(artist, "get_text") and not artist.get_text():
                continue
            found.append((artist, artist.get_window_extent(renderer)))
    return found


def _inside_view(axis, tick):
    low, high = sorted(axis.get_view_interval())
    return low <= tick.get_loc() <= high


@pytest.mark.parametrize("name", NAMES)
def test_no_text_covers_another_or_data(results, name):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    drawn = plotting.figure(results[name])
    FigureCanvasAgg(drawn)
    texts = _texts(drawn)
    width, height = drawn.canvas.get_width_height()
    for artist, box in texts:
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1, (name, str(artist))
    for (one, a), (other, b) in combinations(texts, 2):
        overlap = Bbox.intersection(a, b)
        assert overlap is None or min(overlap.width, overlap.height) < 1, (name, str(one), str(other))
    for ax in drawn.axes:
        frame = ax.get_window_extent()
        for artist in (ax.get_legend(), *ax.texts):
            overlap = artist and Bbox.intersection(frame, artist.get_window_extent())
            assert not overlap or overlap.height < 1, (name, str(artist))


@pytest.mark.parametrize("name", NAMES)
def test_panels_are_labeled_and_keyed(results, name):
    for panel in results[name].panels:
        assert panel.title and panel.xlabel and panel.ylabel
        assert any(curve.label for curve in panel.curves)
        for curve in panel.curves:
            assert len(curve.x) == len(curve.y)
            assert all(math.isfinite(value) for value in np.asarray(curve.y, float)), (panel.title, curve.label)
        groups = {curve.group for curve in panel.curves if curve.label}
        assert all(curve.group in groups for curve in panel.curves), panel.title
