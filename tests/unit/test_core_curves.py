"""Curves of guidance over the calls of a run."""

from __future__ import annotations

import math

import pytest

from sdinspector.core import Edit, InspectorError, RunSpec, curve_of, edits_of, make_curve
from sdinspector.core.curves import KINDS


def test_each_kind_gives_the_scales_it_is_named_for():
    between = {"first": 9.0, "last": 1.0}
    assert make_curve("constant", 3, **between) == (9.0, 9.0, 9.0)
    assert make_curve("linear", 5, **between) == (9.0, 7.0, 5.0, 3.0, 1.0)
    cosine = make_curve("cosine", 5, **between)
    assert cosine == pytest.approx([9.0, 5 + 4 * math.sqrt(0.5), 5.0, 5 - 4 * math.sqrt(0.5), 1.0])
    assert make_curve("step", 5, **between, start=2) == (9.0, 9.0, 1.0, 1.0, 1.0)
    assert make_curve("interval", 5, **between, start=1, stop=3) == (1.0, 9.0, 9.0, 9.0, 1.0)
    assert make_curve("interval", 3, **between, start=1) == (1.0, 9.0, 9.0)


@pytest.mark.parametrize("kind", ["linear", "cosine"])
def test_the_ends_of_a_slope_are_exact(kind):
    curve = make_curve(kind, 59, first=7.3, last=1.1)
    assert (curve[0], curve[-1]) == (7.3, 1.1)
    assert set(make_curve(kind, 59, first=7.3, last=7.3)) == {7.3}


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_call_has_a_scale(kind):
    assert make_curve(kind, 1, first=4.0, last=4.0) == (4.0,)


def test_calls_of_one_step_have_one_scale():
    # Heun: two calls a step, the last step one.
    steps = [0, 0, 1, 1, 2]
    assert make_curve("linear", steps, first=4.0, last=2.0) == (4.0, 4.0, 3.0, 3.0, 2.0)
    assert make_curve("step", steps, first=4.0, last=2.0, start=1) == (4.0, 4.0, 2.0, 2.0, 2.0)


def test_edits_of_a_curve_give_it_back():
    values = (7.5, 7.5, 3.0, 1.0, 1.0)
    edits = edits_of(values)
    assert edits == (
        Edit("guidance", "", 0, 1, 7.5),
        Edit("guidance", "", 2, 2, 3.0),
        Edit("guidance", "", 3, None, 1.0),
    )
    spec = RunSpec(guidance_scale=0.5, edits=edits)
    assert curve_of(spec, 5) == values
    assert curve_of(spec, 7) == (*values, 1.0, 1.0)
    assert all(spec.evaluates_both_at(call) for call in range(5))
    assert edits_of([2.0]) == (Edit("guidance", value=2.0),)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("curve.unknown", lambda: make_curve("zigzag", 3, first=1.0, last=2.0)),
        ("curve.places", lambda: make_curve("linear", 0, first=1.0, last=2.0)),
        ("curve.places", lambda: make_curve("linear", [0, 2, 1], first=1.0, last=2.0)),
        ("curve.not-finite", lambda: make_curve("linear", 3, first=math.nan, last=2.0)),
        ("curve.not-finite", lambda: make_curve("step", 3, first=1.0, last=2.0, start=math.inf)),
        ("curve.interval", lambda: make_curve("interval", 3, first=1, last=1, start=2, stop=1)),
        ("curve.not-finite", lambda: edits_of([1.0, math.inf])),
        ("curve.places", lambda: edits_of([])),
    ],
)
def test_what_is_no_curve_is_refused(code, call):
    with pytest.raises(InspectorError) as caught:
        call()
    assert caught.value.code == code
