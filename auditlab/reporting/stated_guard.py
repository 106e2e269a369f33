"""What people state in a third-party report: wording that proposes a solution, sets a date or names an owner."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from auditlab.settings import Party

_SOLUTION = (
    r"\b(?:should|ought to|recommends?|recommended|suggests?|suggested|advises?|advised|proposes?|proposed|"
    r"introduce|implement|train|hire|buy|automate)\b"
)
_SIGNS: Mapping[str, re.Pattern[str]] = {
    "proposes a solution": re.compile(_SOLUTION, re.IGNORECASE),
    "sets a date": re.compile(
        r"\b(?:by|before|until|till|due|no later than)\b[^.;]{0,25}?"
        r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./ ]\S{1,9}[./ ]\d{4})",
        re.IGNORECASE,
    ),
    "names an owner": re.compile(
        r"\b(?i:owner|responsible|assigned to)\b(?:\s*[:=]\s*\S|\s+(?i:is\s+|will\s+be\s+)?[A-Z])[^.;]{0,30}"
    ),
}
RECOMMENDS = "recommendation"
"""The element in which a recommendation on certification belongs."""


def stated_warning(element: str, text: str, *, party: Party) -> str:
    """Why a person should read a stated sentence again, with the words found; empty where there is no reason.

    Parameters
    ----------
    element : str
        The element it stands in.
    text : str
        The sentence.
    party : Party
        Who held the audit: only a third-party audit may hold no solution (ISO/IEC 17021-1, 9.4.5).
    """
    found = _signs_in(element, text, party=party)
    return f"To be read again: the sentence above {found}." if found else ""


def with_warnings(frame: pd.DataFrame, *, said: str, note: str, party: Party, rows: pd.Series) -> pd.DataFrame:
    """A table with stated texts, where those that a person should read again say so.

    Parameters
    ----------
    frame : DataFrame
        The table.
    said : str
        Column of the stated texts.
    note : str
        Column that takes the warning, behind what it holds; may be the same.
    party : Party
        Who held the audit.
    rows : Series of bool
        Rows whose text people stated.

    Returns
    -------
    DataFrame
        `frame` with the same columns and types.
    """
    found = [
        _signs_in("", str(text), party=party) if stated else "" for text, stated in zip(frame[said], rows, strict=True)
    ]
    told = [
        f"{text}; to be read again: it {signs}" if signs else text
        for text, signs in zip(frame[note], found, strict=True)
    ]
    return frame.assign(**{note: pd.Series(told, index=frame.index, dtype=frame[note].dtype)})


def _signs_in(element: str, text: str, *, party: Party) -> str:
    """What `text` does that a third-party report may not do, with the words found."""
    if party is not Party.THIRD:
        return ""
    bare = re.sub(r"\brecommend\w*", "", text, flags=re.IGNORECASE) if element == RECOMMENDS else text
    return ", ".join(f"{sign} ('{hit[0].strip()}')" for sign, words in _SIGNS.items() if (hit := words.search(bare)))
