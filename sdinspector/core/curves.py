"""Guidance scales over the calls of a run: made by a rule, and written as edits."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeAlias, get_args

from sdinspector.core.edits import Edit
from sdinspector.core.errors import InspectorError
from sdinspector.core.spec import RunSpec

CurveKind: TypeAlias = Literal["constant", "linear", "cosine", "step", "interval"]
KINDS: tuple[CurveKind, ...] = get_args(CurveKind)


def make_curve(
    kind: str,
    places: int | Sequence[float],
    *,
    first: float,
    last: float,
    start: float = 0.0,
    stop: float | None = None,
) -> tuple[float, ...]:
    """Return a guidance scale s for each scheduler call.

    Parameters
    ----------
    kind
        ``"constant"``: ``first`` throughout. ``"linear"``, ``"cosine"``: from ``first`` at the
        first place to ``last`` at the last, in a straight line or along half a cosine.
        ``"step"``: ``first`` before ``start``, ``last`` from it on. ``"interval"``: ``first``
        within [``start``, ``stop``], both included, and 1 outside, which is the plain conditional
        prediction (Kynkäänniemi et al. 2024, arXiv 2404.07724).
    places
        Where each call lies: its step, so that the calls of one step have one scale; in rising
        order. A number alone counts calls: they lie at 0, 1, 2, …
    first, last
        Scales.
    start, stop
        Places; ``stop`` ``None`` is the end.

    Returns
    -------
    tuple of float
        One a place.

    Raises
    ------
    InspectorError
        ``curve.unknown`` for another kind, ``curve.places`` where there are no places or they
        fall, ``curve.not-finite``, ``curve.interval`` where ``stop`` lies before ``start``.
    """
    at = [float(place) for place in (range(places) if isinstance(places, int) else places)]
    if kind not in KINDS:
        raise InspectorError(
            "curve.unknown",
            f"There is no guidance curve {kind!r}. Choose one of {', '.join(KINDS)}.",
            kind=kind,
            kinds=list(KINDS),
        )
    if not at or any(later < sooner for sooner, later in itertools.pairwise(at)):
        raise _no_places()
    numbers = (*at, first, last, start, *(() if stop is None else (stop,)))
    if not all(math.isfinite(number) for number in numbers):
        raise _not_finite()
    if stop is not None and stop < start:
        raise InspectorError(
            "curve.interval",
            f"The interval of a guidance curve ends at {stop:g}, before it begins at {start:g}. "
            "Exchange the two.",
            start=start,
            stop=stop,
        )
    first, last = float(first), float(last)
    if kind == "constant" or (first == last and kind != "interval"):
        return (first,) * len(at)
    if kind == "step":
        return tuple(first if place < start else last for place in at)
    if kind == "interval":
        end = math.inf if stop is None else stop
        return tuple(first if start <= place <= end else 1.0 for place in at)
    span = at[-1] - at[0]
    shares = [(place - at[0]) / span if span else 0.0 for place in at]
    if kind == "cosine":
        shares = [0.5 - 0.5 * math.cos(math.pi * share) for share in shares]
    # So written, both ends come out exactly.
    return tuple((1.0 - share) * first + share * last for share in shares)


def edits_of(values: Sequence[float]) -> tuple[Edit, ...]:
    """Return guidance edits that give each scheduler call its scale, one for a run of equal ones.

    Parameters
    ----------
    values
        The scale of each call, from call 0; the last holds to the end of the run.

    Raises
    ------
    InspectorError
        ``curve.places`` where there are no values, ``curve.not-finite``.
    """
    if not all(math.isfinite(value) for value in values):
        raise _not_finite()
    if not values:
        raise _no_places()
    begins = [call for call, value in enumerate(values) if not call or value != values[call - 1]]
    ends = [*(begin - 1 for begin in begins[1:]), None]
    return tuple(
        Edit("guidance", from_call=begin, to_call=end, value=float(values[begin]))
        for begin, end in zip(begins, ends, strict=True)
    )


def with_curve(spec: RunSpec, values: Sequence[float], call: int = 0) -> RunSpec:
    """Return a run's description with other guidance scales from a call on.

    Parameters
    ----------
    spec
        The run; its other edits stay, and so do the calls before ``call``.
    values
        The scale of each call, from call 0.
    call
        The first call that changes. From 0 on the curve holds throughout, so that both branches
        are evaluated at every call.

    Raises
    ------
    InspectorError
        ``curve.places`` where there are no values, ``curve.not-finite``.
    """
    curve = edits_of(values)
    if call == 0:
        others = (edit for edit in spec.edits if edit.kind != "guidance")
        return replace(spec, edits=(*others, *curve))
    new = spec
    for place in range(call, len(values)):
        if values[place] != new.guidance_at(place):
            new = new.with_guidance(place, float(values[place]))
    return new


def curve_of(spec: RunSpec, calls: int) -> tuple[float, ...]:
    """Return the guidance scale that a run's description gives each of its first calls."""
    return tuple(spec.guidance_at(call) for call in range(calls))


def _not_finite() -> InspectorError:
    return InspectorError(
        "curve.not-finite",
        "A guidance curve is made of finite numbers. Type a number for each of its scales and "
        "steps.",
    )


def _no_places() -> InspectorError:
    return InspectorError(
        "curve.places",
        "A guidance curve needs at least one call, and its calls in order. Choose a run with "
        "calls, and give their steps from the first to the last.",
    )
