"""Read one cell: from what a spreadsheet holds to the value that a canonical column wants.

Every reader returns a `Reading`. ``rule`` says what was changed to get there (for the ledger),
``problem`` says why there is no value. An empty cell is a missing value and no problem.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz import fuzz

from auditlab.intake.cells import Cell

Value = str | float | int | bool | dt.datetime | None

MISSING_WORDS = frozenset(
    {"-", "--", "?", "??", ".", "n/a", "#n/a", "unknown", "none", "tbd", "null", "nan", "not set", "not assigned"}
    | {"unbekannt", "inconnu", "desconocido", "desconhecido", "onbekend", "sconosciuto", "k.a.", "n.a."}
)
MISSING_SIGNS = frozenset({"-", "--", "---", "?", "??", "???", ".", "..", "–", "—"})
"""Signs that are no word in any language; in a column of text they stand for nothing."""
LIKE_UNKNOWN = 80  # [0-100]; "Unkonwn" is 86 % like "unknown"
PERCENTAGES_FROM = 0.9
TRUE_WORDS = frozenset(
    {"y", "yes", "true", "1", "x", "✓", "✔", "ja", "j", "oui", "si", "sí", "sim", "sì", "wahr", "vrai", "verdadero"}
    | {"verdadeiro", "waar", "vero"}
    | {"within sla", "within the service target", "service targets warning", "met", "in time"}
)
FALSE_WORDS = frozenset(
    {"n", "no", "false", "0", "nein", "non", "nao", "não", "nee", "falsch", "faux", "falso", "onwaar"}
    | {"sla violated", "service targets breached", "breached", "missed", "not met"}
)
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

_AMBIGUOUS_NUMBER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


class Reading(NamedTuple):
    """The value of a cell, how it was changed, or why it has none."""

    value: Value
    rule: str = ""
    problem: str = ""


MISSING = Reading(None)
SIGN_FOR_MISSING = "a sign that stands for no value"


def clean_text(cell: Cell) -> str:
    """The text of a cell without invisible characters, odd spaces and padding; ``""`` when empty."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell.strip()  # as below, for the texts that need nothing else
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float | int):
        return str(int(cell)) if float(cell).is_integer() else repr(cell)
    text = unicodedata.normalize("NFKC", str(cell)).translate(INVISIBLE)
    return re.sub(r"\s+", " ", text).strip()


def says_missing(text: str) -> bool:
    """Whether a cleaned text of a column of values says that there is none, "Unkonwn" included."""
    plain = text.casefold().strip("- ") or text
    if not plain or plain in MISSING_WORDS:
        return True
    return len(plain) == len("unknown") and fuzz.ratio(plain, "unknown") >= LIKE_UNKNOWN


def read_text(cell: Cell) -> Reading:
    """Any text; words such as NA and NO are words, never missing values, and a lone ? is none."""
    text = clean_text(cell)
    if not text:
        return MISSING
    if text in MISSING_SIGNS:
        return Reading(None, rule=SIGN_FOR_MISSING)
    if isinstance(cell, str) and text != cell:
        visible = unicodedata.normalize("NFKC", cell).translate(INVISIBLE) == cell
        return Reading(text, "spaces removed" if visible else "invisible characters removed")
    return Reading(text)


def read_flag(cell: Cell, *, own: Mapping[str, str] | None = None) -> Reading:
    """Yes or no, in the words people use; `own` are the user's words for ``yes`` and ``no``."""
    text = clean_text(cell).casefold()
    mine = {clean_text(word).casefold(): meaning.casefold() for word, meaning in (own or {}).items()}.get(text, "")
    if mine in TRUE_WORDS | FALSE_WORDS:
        return Reading(mine in TRUE_WORDS, "word of the user")
    if says_missing(text):
        return MISSING
    if text in TRUE_WORDS:
        return Reading(True)
    if text in FALSE_WORDS:
        return Reading(False)
    return Reading(None, problem="neither yes nor no")


def read_number(cell: Cell) -> Reading:  # noqa: PLR0911  # one return per way of writing a number
    """A number, also from text with a decimal comma or thousands separators."""
    if isinstance(cell, bool | dt.date | dt.time):
        return Reading(None, problem="not a number")
    if isinstance(cell, dt.timedelta):
        return Reading(cell.total_seconds() / 60, "duration read as minutes")
    if isinstance(cell, float | int):
        return Reading(float(cell))
    text = clean_text(cell)
    if says_missing(text):
        return MISSING
    if _AMBIGUOUS_NUMBER.fullmatch(text):
        return Reading(None, problem="the sign before the last three digits may part thousands or decimals")
    number = _plain_number(text)
    if number is None:
        return Reading(None, problem="not a number")
    return Reading(number, "decimal comma" if "," in text else "number stored as text")


def _plain_number(text: str) -> float | None:
    compact = text.replace(" ", "").replace("'", "")
    if "," in compact and "." in compact:
        decimal = max(compact.rfind(","), compact.rfind("."))
        compact = re.sub(r"[.,]", "", compact[:decimal]) + "." + compact[decimal + 1 :]
    else:
        compact = compact.replace(",", ".") if compact.count(",") == 1 else compact.replace(",", "")
    return float(compact) if _NUMBER.fullmatch(compact) else None


LARGEST_COUNT = 2**53
"""Up to here a spreadsheet holds every whole number exactly; what is larger is an identifier or an error."""


def read_count(cell: Cell) -> Reading:
    """A whole number that is not negative; a sign before three digits can only part thousands here."""
    text = clean_text(cell)
    if isinstance(cell, str) and _THOUSANDS.fullmatch(text):
        return _counted(int(re.sub(r"\D", "", text)), rule="thousands separator")
    reading = read_number(cell)
    if reading.value is None:
        return reading
    number = float(reading.value)  # type: ignore[arg-type]  # read_number gives floats only
    if not number.is_integer() or number < 0:
        return Reading(None, problem="not a whole number from 0 upward")
    return _counted(int(number), rule=reading.rule)


def _counted(number: int, *, rule: str) -> Reading:
    if number > LARGEST_COUNT:
        return Reading(None, problem=f"a number above {LARGEST_COUNT} is no count")
    return Reading(number, rule)


class ShareScale(StrEnum):
    """How a column writes shares."""

    SHARES = "shares"  # 0.97
    PERCENTAGES = "percentages"  # 97
    MIXED = "mixed"


def share_scale(cells: Iterable[Cell]) -> ShareScale:
    """Whether the bare numbers of a column are shares or percentages.

    A column is of percentages when at least `PERCENTAGES_FROM` of its numbers other than 0 are
    above 1, of shares when none is; otherwise it is mixed, and each cell speaks for itself.
    """
    readings = [read_number(cell) for cell in cells if not clean_text(cell).endswith("%")]
    numbers = [float(reading.value) for reading in readings if reading.value]  # type: ignore[arg-type]  # floats
    above = sum(number > 1 for number in numbers)
    if not above:
        return ShareScale.SHARES
    return ShareScale.PERCENTAGES if above >= PERCENTAGES_FROM * len(numbers) else ShareScale.MIXED


def read_share(cell: Cell, *, scale: ShareScale = ShareScale.MIXED) -> Reading:
    """A share between 0 and 1, from 0.98, 98 or "98,0 %".

    In a column of percentages a number from 0 to 1 has no value: 1 may be one per cent or all of
    them. Elsewhere a number above 1 is taken as a percentage. Whether that was right can only be
    said against counts; see ``auditlab.intake.service_levels``.
    """
    text = clean_text(cell)
    if text.endswith("%"):
        number = _plain_number(text.removesuffix("%").strip())
        if number is None or not 0 <= number <= 100:
            return Reading(None, problem="not a percentage from 0 to 100")
        return Reading(round(number / 100, 12), "percent text to share")
    reading = read_number(cell)
    if reading.value is None:
        return reading
    number = float(reading.value)  # type: ignore[arg-type]  # read_number gives floats only
    if not 0 <= number <= 100:
        return Reading(None, problem="not a share from 0 to 1 nor a percentage from 0 to 100")
    if scale is ShareScale.PERCENTAGES and 0 < number <= 1:
        return Reading(None, problem=f"{number:g} in a column of percentages: one per cent or the whole?")
    return Reading(round(number / 100, 12), "percentage to share") if number > 1 else Reading(number, reading.rule)
