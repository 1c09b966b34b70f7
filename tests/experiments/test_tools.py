"""What the experiments share: averages, limits, records, verdicts on record."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from lti_depth import numeric
from lti_depth.claims import Claim, Verdict
from lti_depth.experiments import exact, limits, montecarlo, records, verdicts

CLAIM = Claim("one/a", "a", "new here", 1.0, 1.05, 0.1, "given")


def test_standard_error():
    found = montecarlo.estimate(np.array([[1.0, 0.0], [3.0, 0.0], [5.0, 0.0]]))
    assert found.mean.tolist() == [3, 0]
    assert found.error[0] == pytest.approx(2 / np.sqrt(3))
    assert found[0].tolerance(4.0) == pytest.approx(5 * 2 / np.sqrt(3) / 4)


def test_mean_products_by_the_definition():
    y = np.random.default_rng(0).normal(size=(2, 50)) + 1j * np.random.default_rng(1).normal(size=(2, 50))
    found = montecarlo.mean_products(y, [0, 7])
    for batch in range(2):
        naive = sum(y[batch, t + 7] * np.conj(y[batch, t]) for t in range(43)) / 43
        assert found[batch, 1] == pytest.approx(naive, rel=1e-13)


def test_ar1_noise_is_stationary_from_the_start():
    u = montecarlo.ar1_noise(np.random.default_rng(0), -0.8, 20000, 3)
    assert np.abs(np.mean(u**2, axis=0) - 1).max() < 5 * np.sqrt(2 / 20000)
    assert abs(np.mean(u[:, 1] * u[:, 0]) + 0.8) < 5 / np.sqrt(20000)


def test_layer_outputs_are_those_of_the_stack():
    stack = numeric.cascade([0.5, 0.9, -0.3], b=[1, 2, 3], d=[0, 1, 0])
    u = np.random.default_rng(0).normal(size=(2, 40))
    *_, last = montecarlo.layer_outputs(stack, u)
    assert np.allclose(last, numeric.simulate(stack, u)[0], rtol=1e-13)


def test_limit_of_a_series_in_one_over_depth():
    K = np.array([8.0, 32.0, 128.0])
    value, change = limits.limit(2 + 3 / K)
    assert value == pytest.approx(2, rel=1e-14) and change < 1e-14
    value, change = limits.limit(2 + 3 / K + 5 / K**2)
    assert change == pytest.approx(15 * abs(value - 2), rel=1e-6)


def test_exact_values_are_rounded_once():
    assert exact.autocovariance([0.5], [0, 1])[0] == 4 / 3
    assert exact.impulse_response([0.5, 0.5], [3])[0] == 0.5


def test_records():
    assert records.sunspots().shape == (309,) and records.sunspots()[:3].tolist() == [5, 11, 16]
    assert records.elnino().shape == (732,) and records.elnino()[11:13].tolist() == [21.8, 24.19]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("YEAR,SPOTS\n1700,5\n", "expected the columns"),
        ("YEAR,SUNACTIVITY\n1700,5\n1701\n", "expected 2 entries"),
        ("YEAR,SUNACTIVITY\n1700,5\n1702,6\n", "without gaps"),
        ("YEAR,SUNACTIVITY\n1700,nan\n1701,6\n", "finite"),
        ("YEAR,SUNACTIVITY\n1700,five\n", "could not convert"),
    ],
)
def test_an_altered_record_is_refused(monkeypatch, tmp_path, text, message):
    (tmp_path / "sunspots.csv").write_text(text)
    monkeypatch.setattr(records.resources, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match=message):
        records.sunspots()


def result(*claims):
    return SimpleNamespace(name="one", claims=claims)


def test_as_on_record():
    assert verdicts.failures([result(CLAIM)], False, {"one/a": {"default": "confirmed"}}) == []


@pytest.mark.parametrize(
    ("claim", "on_record", "message"),
    [
        (CLAIM, {"one/a": {"default": "refuted"}}, "one/a: confirmed, on record refuted"),
        (CLAIM, {"one/a": {"full": "confirmed"}}, "one/a: confirmed, on record nothing"),
        (CLAIM, {"one/a": {"default": "confirmed"}, "one/b": {"default": "refuted"}},
         "one/b: on record, but not found"),
        (replace(CLAIM, measured=2.0), {"one/a": {"default": "refuted"}}, "one/a: refuted, and the law beside it is "
         "missing"),
        (replace(CLAIM, measured=2.0, law="l", law_value=3.0), {"one/a": {"default": "refuted"}},
         "one/a: refuted, and the law beside it fails"),
    ],
)
def test_what_fails(claim, on_record, message):
    assert verdicts.failures([result(claim)], False, on_record) == [message]


def test_updating_the_record_keeps_what_was_not_run():
    before = {"one/a": {"default": "refuted", "full": "refuted"}, "one/gone": {"default": "refuted"},
              "two/x": {"default": "confirmed"}}
    after = json.loads(verdicts.updated([result(CLAIM)], False, before))
    assert after == {"one/a": {"default": "confirmed", "full": "refuted"}, "two/x": {"default": "confirmed"}}
    assert before["one/gone"] == {"default": "refuted"}


@pytest.mark.parametrize("measured", [np.nan, np.inf])
@pytest.mark.parametrize("predicted", [0.0, 1.0])
def test_what_is_not_finite_confirms_nothing(predicted, measured):
    assert replace(CLAIM, predicted=predicted, measured=measured).verdict is Verdict.REFUTED
