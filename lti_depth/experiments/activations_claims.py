"""What the races with activations say of the claims made about them."""

import numpy as np

from ..claims import Claim
from .student_settings import winner

ORDERS = {"tanh": 3, "gelu": 2, "relu": 1}  # p of the first term of φ beyond its slope; ReLU has no other than |x|/2


def claims(config, races, clipped, wider, small, difference):
    """All claims of the experiment."""
    return (
        _normalized_claim(config, races), _start_claim(config, races), _transient_claim(races),
        _width_claim(config, races, wider), _explosion_claim(config, races), _clipping_claim(config, races, clipped),
        _small_claim(config, small), _relu_claim(difference),
    )


def _deeper(config):
    """With one layer the two students are the same."""
    return [K for K in config.depths if K > 1]


def _outcome(found, arm, at="last"):
    return winner(*(getattr(found[side, arm], at) for side in ("deep", "wide")))


def _normalized_claim(config, races):
    cases = [(activation, K) for activation in config.activations for K in _deeper(config)]
    return Claim(
        id="activations/normalized",
        statement=f"With activations between the layers ({', '.join(config.activations)}; "
                  f"{', '.join(map(str, _deeper(config)))} layers each) deep students with depth-aware gains learn a "
                  "deep teacher better than wide blocks of equal size (1: the quartiles of the final error lie below).",
        source="paper: learning section, Figure 3C",
        predicted=np.ones(len(cases)),
        measured=[_outcome(races[case], "depth-aware") for case in cases],
        tolerance=0.0,
        reason="a comparison of quartiles over seeds, each arm at its best rate",
        condition="teachers of the students' own build, which the wide block does not contain",
    )


def _start_claim(config, races):
    pairs = [(_outcome(races[activation, K], arm, "first"), _outcome(races[activation, K], arm))
             for activation in config.activations for K in _deeper(config) for arm in config.arms]
    ahead, behind = ([last for first, last in pairs if first == order] for order in (1.0, 0.0))
    return Claim(
        id="activations/start",
        statement="As between linear students under Adam the loss at the start decides: no deep student whose loss "
                  "starts below the wide one's loses, and none whose loss starts above wins (1: so).",
        source="new here: the law of linear students, read for all",
        predicted=[1.0, 1.0],
        measured=[float(0.0 not in ahead), float(1.0 not in behind)],
        tolerance=0.0,
        reason=f"comparisons of quartiles over seeds: {ahead.count(0.0)} of {len(ahead)} that start ahead lose, "
               f"{behind.count(1.0)} of {len(behind)} that start behind win",
        law="half of it stays: who starts ahead does not lose, but who starts behind may win, since the wide block "
            "does not contain the teacher",
        law_value=[1.0, 0.0],
    )


def _transient_claim(races):
    pairs = [(_outcome(found, arm, "half"), _outcome(found, arm)) for (_, K), found in races.items() if K > 1
             for arm in {arm for _, arm in found}]
    return Claim(
        id="activations/transient",
        statement="The outcomes are none of the transient: no comparison that is decided after half of the steps is "
                  "decided the other way at the end (count).",
        source="new here",
        predicted=0.0,
        measured=sum({half, last} == {0.0, 1.0} for half, last in pairs),
        tolerance=0.0,
        reason=f"a count of {len(pairs)} comparisons; {sum(half == last for half, last in pairs)} come out the same",
    )


def _width_claim(config, races, wider):
    same = [races[activation, config.layers]["wide", "depth-aware"].last for activation in config.activations]
    medians = ", ".join(f"{np.median(before):.2g} → {np.median(wider[activation].last):.2g}"
                        for activation, before in zip(config.activations, same, strict=True))
    return Claim(
        id="activations/width",
        statement=f"The wide block stops for want of states: {config.copies} times as many end with a smaller error "
                  f"({config.layers} layers; {', '.join(config.activations)}; 1: the quartiles lie below, ½: they "
                  "overlap).",
        source="new here",
        predicted=np.ones(len(config.activations)),
        measured=[winner(wider[activation].last, before)
                  for activation, before in zip(config.activations, same, strict=True)],
        tolerance=0.0,
        reason=f"a comparison of quartiles over seeds; medians {medians}",
        law="one activation after any linear filter is not several between filters: the same error is left",
        law_value=np.full(len(config.activations), 0.5),
    )


def _explosion_claim(config, races):
    K = config.depths[-1]
    pairs = {name: [races[name, K]["deep", arm].last for arm in ("depth-aware", "none")] for name in config.activations}
    medians = {name: f"{np.median(plain):.2g} → {np.median(aware):.2g}" for name, (aware, plain) in pairs.items()}
    names = ("relu", "gelu")
    return Claim(
        id="activations/explosion",
        statement=f"Normalization decides as without activations: a deep student of {K} layers ends with a smaller "
                  f"error with depth-aware gains than without ({', '.join(names)}; 1: the quartiles lie below).",
        source="paper: learning section, read for networks with activations",
        predicted=np.ones(len(names)),
        measured=[winner(*pairs[name]) for name in names],
        tolerance=0.0,
        reason="a comparison of quartiles over seeds; medians " + ", ".join(medians[name] for name in names),
        condition="activations without a bound; $\\tanh$ bounds what explodes, and the medians are " + medians["tanh"],
    )


def _clipping_claim(config, races, clipped):
    K = config.depths[-1]
    before, after = ({name: ends[name].last for name in ("relu", "gelu")}
                     for ends in ({name: races[name, K]["deep", "none"] for name in config.activations}, clipped))
    medians = {name: f"{np.median(before[name]):.2g} → {np.median(after[name]):.2g}" for name in before}
    share = np.mean(after["relu"] < before["relu"].min())
    return Claim(
        id="activations/clipping",
        statement=f"What an explosion costs with ReLU is Adam's memory of it, as in linear stacks: {K} layers without "
                  "normalization come, when gradients are clipped to norm 1, in most seeds to a smaller error than "
                  "without clipping in any (1: so).",
        source="new here: an intervention",
        predicted=1.0,
        measured=float(share > 0.5),
        tolerance=0.0,
        reason=f"a count: {share:.0%} of the seeds; medians {medians['relu']}",
        condition="ReLU, which leaves a cascade homogeneous in its gains; with GELU, which is not, the medians are "
                  f"{medians['gelu']}",
    )


def _small_claim(config, small):
    a = np.array(config.amplitudes)
    slopes = [np.polyfit(np.log(a), np.log(np.median(small[name], axis=1)), 1)[0] for name in config.activations]
    return Claim(
        id="activations/small-signals",
        statement="With an activation after every layer the wide block equals the stack up to a relative error energy "
                  "that grows as the power $2(p-1)$ of the amplitude, $p$ the order of the first term beyond the slope "
                  f"({', '.join(config.activations)}).",
        source="new here",
        predicted=[2.0 * (ORDERS[name] - 1) for name in config.activations],
        measured=slopes,
        tolerance=0.05,
        reason=f"the next order: the exponent moves by a few times $a^2$, and peaks of the signals are several times "
               f"their standard deviation, up to ${a[-1]:g}$",
        floor=1.0,
    )


def _relu_claim(difference):
    return Claim(
        id="activations/relu-once",
        statement="A scalar cascade of positive poles and gains with ReLU after every layer is the one with ReLU after "
                  "the first layer alone: the rest of a deep ReLU teacher is linear.",
        source="new here: a positive signal stays positive",
        predicted=0.0,
        measured=difference,
        tolerance=1e-14,
        reason="rounding",
        floor=1.0,
        condition="positive poles and gains from the second layer on",
    )
