"""Before and after an action in words: a share is k of n, a rate is events in so many months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any  # the cells of a row

from auditlab.history.cells import number_of, plural, text_of
from auditlab.numerals import number

DEVIATE, IN_ORDER, EVENTS = "records that deviate", "records in order", "events in n months"
"""What a measure counts."""
SHARES = "difference of shares"
_COUNTED = {DEVIATE: " deviate", IN_ORDER: " in order"}

Row = Mapping[Any, Any]


def effect_words(row: Row) -> dict[str, str]:
    """Both sides, the effect with its interval and what happened elsewhere, as people read them.

    Parameters
    ----------
    row : mapping
        Row of `before_after` with its numbers.

    Returns
    -------
    dict
        ``before_said, after_said, effect_said, others_said``.
    """
    others = _value(row, "others_before"), _value(row, "others_after")
    return {
        "before_said": _side(row, "before"),
        "after_said": _side(row, "after"),
        "effect_said": f"{_effect(row)} ({_points(row, 'low')} to {_points(row, 'high')})",
        "others_said": "–" if "–" in others else f"{others[0]}, then {others[1]}",
    }


def counted_words(row: Row, side: str, *, again: bool = False) -> str:
    """What was counted on one side, such as ``"9 of 180 deviate"`` or ``"1 event in 12 months"``; empty of values.

    Parameters
    ----------
    row : mapping
        Row of `before_after`.
    side : str
        ``"before"`` or ``"after"``.
    again : bool
        Whether the sentence has named the events before.
    """
    n, k = number_of(row.get(f"n_{side}")), number_of(row.get(f"k_{side}"))
    if n is None or k is None:
        return ""
    if text_of(row["counted"]) == EVENTS:
        events = f"{k:.0f}" if again else plural(int(k), "event")
        return f"{events} in {plural(int(n), 'month')}"
    return f"{k:.0f} of {n:.0f}{_COUNTED.get(text_of(row['counted']), '')}"


def interval_words(row: Row) -> str:
    """The effect and its interval in brackets, for a sentence; empty where it is not known."""
    if number_of(row["effect"]) is None:
        return ""
    effect = _effect(row).replace("percentage points", "points")
    return f" ({effect}, interval {_points(row, 'low')} to {_points(row, 'high')})"


def _side(row: Row, side: str) -> str:
    counted, value = counted_words(row, side), _value(row, side)
    unit = " a month" if text_of(row["counted"]) == EVENTS and value != "–" else ""
    return f"{counted}: {value}{unit}" if counted else value


def _value(row: Row, name: str) -> str:
    known = number_of(row.get(name))
    if known is None:
        return "–"
    return f"{100 * known:.1f} %" if _shares(row) else number(known)


def _points(row: Row, name: str) -> str:
    """A difference of shares is no share: it is told in points."""
    known = number_of(row[name])
    return f"{100 * known:+.1f}" if known is not None and _shares(row) else _value(row, name)


def _effect(row: Row) -> str:
    ratio = "ratio " if "ratio" in text_of(row["measure"]) else ""
    return f"{ratio}{_points(row, 'effect')}{' percentage points' if _shares(row) else ''}"


def _shares(row: Row) -> bool:
    return text_of(row["measure"]) == SHARES
