"""The pack for the impartiality committee: anonymous tables of a portfolio, and what they cannot show."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from auditlab.portfolio.over_time import LEAST_COVERED
from auditlab.portfolio.suppression import few_events, suppressed
from auditlab.publish.workbook import Sheet, workbook_bytes

PACK_TABLES = (
    "benchmark", "clause_sector", "soft_grades", "programme_summary", "audit_time_summary", "committee_course",
    "calibration_measures",
)  # fmt: skip
"""Tables of the portfolio page that name no client and no auditor."""

SUPPRESSED = "suppressed"
REFUSED = "refused"

_TITLES = {
    "benchmark": "Benchmark", "clause_sector": "Clauses and sectors", "soft_grades": "Soft grades",
    "programme_summary": "Programme rules",
    "audit_time_summary": "Audit times", "committee_course": "Over time", "calibration_measures": "Auditors as a group",
}  # fmt: skip
_LIMIT_WIDTH = 120  # [characters]: one line a sentence, and a heading that is not cut off in print
_LIMITS = (
    "Whether any client conforms: nonconformities are what audits of a certain length found, not what there is.",
    "Why sectors, countries or years differ: scopes, auditors and editions differ with them.",
    "Anything about one client, one auditor or one office: numbers about fewer clients than stated are suppressed.",
    "Whether clients who left the portfolio were like those who stayed.",
    "Whether a broken programme rule had been agreed with the accreditation body.",
)
_PER = "per 10 auditor-days"
_LABELS = {
    "auditor_days": "auditor-days", "rate": f"rate [{_PER}]", "low": "low, {confidence} interval",
    "high": "high, {confidence} interval", "standardised": f"rate at one mix of audits [{_PER}]",
    "covered": "share of that mix in the row [0-1]", "mix": "one mix of",
    "edition_2018": "share of days against the 2018 edition [0-1]",
    "part": "before, in or after the period compared", "clients_asked": "clients that the rule applies to",
    "clients": "clients", "share": "share of clients [0-1]", "capped": "audits where the cap binds",
    "clients_capped": "clients where the cap binds", "ratio": "times the rate of the other sectors",
    "q": "q (false discovery rate)", "icc": "share of variance between auditors [0-1]",
    "comparable": "auditors compared", "note": "remark", "counted_by": "counted by", "value": "which",
    "improvements": "improvements and observations", "clients_with": "clients with a candidate",
    "candidates": "of them to be read again",
}  # fmt: skip
_CONVENTION = (
    "One rule for all sheets: a number is suppressed where it is about 1 to {most} clients, because the group has no "
    "more, or because what is counted happened at no more of them (of clients with a property: or at all but so few), "
    "and where such a number would follow from the others. A count of 0 is about nobody and is shown."
)
_SOFT = (
    "Soft grades: improvements and observations whose words read like a nonconformity, or that stand where some had "
    "come back before. They are candidates that a person reads again, and say nothing about a grade."
)
_CUT = (
    "Over time: a half-year that this period begins or ends in is shown in two rows; a rate at one mix is that at the "
    f"mix of all rows together, where a row has {100 * LEAST_COVERED:g} % of it; elsewhere rates follow their audits."
)
NOT_GIVEN = "not given"
_ROUNDED = ["rate", "low", "high", "standardised", "covered", "edition_2018", "share", "between", "within", "icc",
            "median_odds_ratio"]  # fmt: skip
_TEXTS = ["source", "definition", "note", "method"]
_TEXT_WIDTH = 46  # [characters]; rows grow with these texts
_DECIMALS = 3
_CLIENTS = {"programme_summary": "clients where the rule was broken", "clause_sector": "clients in the sector"}
_INSIDE = {"clause_sector": ["examined", "with_nc", "auditor_days", "rate", "low", "high", "p"]}
"""Days by clause are left out: two clauses, or a clause and the benchmark, may differ by the days of one client."""


def committee_pack(tables: Path, *, name: str, as_of: date, least: int) -> bytes:
    """The workbook of the committee.

    Parameters
    ----------
    tables : Path
        Folder of the tables of the run.
    name : str
        Name of the portfolio.
    as_of : date
        Day of the review.
    least : int
        Fewest clients that a number may be about; smaller groups are left out [count].

    Returns
    -------
    bytes
        An .xlsx file: what cannot be concluded, then a sheet a table.
    """
    heading = f"{name}: {{}} as of {as_of.isoformat()}; numbers about fewer than {least} clients are suppressed"
    settings = _read(tables / "compared_with.csv").set_index("what")["value"]
    held = {table: _read(tables / f"{table}.csv") for table in PACK_TABLES}
    said = [("What is shown", remark) for remark in _remarks(held, settings, least=least)]
    said += [("Cannot be concluded", limit) for limit in _LIMITS]
    remarks = pd.DataFrame(said, columns=["about", "remark"])
    sheets = [
        Sheet(title="Read first", heading=heading.format("what is shown and what cannot be concluded"), frame=remarks,
              labels={"about": "about", "remark": "what to know of these tables"}, widths={"remark": _LIMIT_WIDTH})
    ]  # fmt: skip
    for table in PACK_TABLES:
        frame = anonymous(held[table], table, least=least)
        frame = frame.assign(**{name: frame[name].map(_rounded) for name in frame.columns.intersection(_ROUNDED)})
        labels = {
            column: _LABELS.get(column, column.replace("_", " ")).format(confidence=settings["confidence of intervals"])
            for column in frame.columns
        }
        if table == "soft_grades":
            labels["share"] = "share of them [0-1]"
        if table in _CLIENTS:
            labels["clients"] = _CLIENTS[table]
        title = _TITLES[table]
        widths = dict.fromkeys(frame.columns.intersection(_TEXTS), _TEXT_WIDTH)
        sheets.append(
            Sheet(title=title, heading=heading.format(title.lower()), frame=frame, labels=labels, widths=widths)
        )
    return workbook_bytes(sheets, title=f"Committee pack as of {as_of.isoformat()}")


def _remarks(held: Mapping[str, pd.DataFrame], settings: pd.Series, *, least: int) -> list[str]:
    """What the tables rest on, and why one of them has little to show."""
    said = [
        settings["period"],
        f"Rates are nonconformities {_PER}, with exact intervals of {settings['confidence of intervals']} confidence.",
        _CONVENTION.format(most=least - 1),
        _CUT,
        _SOFT,
        "Audit times and programme rules are about all audits and certificates known, whatever the period.",
    ]
    for facet in ("sector", "country"):
        groups = set(held["benchmark"][facet].dropna()) - {"all"}
        if len(groups) == 1:
            said.append(
                f"There is one {facet} only, or too few have {least} clients to be told apart: {groups.pop()}. So none "
                "is compared with another."
            )
    if held["soft_grades"].empty:
        said.append("No improvement or observation of the audits compared has a text to look for soft grades in.")
    if not held["audit_time_summary"]["audits"].sum():
        said.append("How audit times were calculated was not handed over.")
    measures = held["calibration_measures"]
    return said + [
        f"Auditors are not compared on {row['measure']}: {str(row['note']).removeprefix('refused: ')}."
        for row in measures[_refused(measures)].to_dict("records")
    ]


def _rounded(value: object) -> object:
    """Three decimals, or two digits of what is smaller."""
    if not isinstance(value, float) or not math.isfinite(value) or value == 0:
        return value
    return round(value, max(_DECIMALS, 1 - math.floor(math.log10(abs(value)))))


def _refused(measures: pd.DataFrame) -> pd.Series:
    return measures["note"].fillna("").str.startswith(REFUSED)


def _read(path: Path) -> pd.DataFrame:
    """A table as the run wrote it; a clause or an edition stays text."""
    text = dict.fromkeys(("clause", "half_year"), "str")
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=text)


def anonymous(frame: pd.DataFrame, table: str, *, least: int) -> pd.DataFrame:
    """The table `table` without what is about fewer than `least` clients or auditors, or follows from what is shown.

    Extremes (the longest delay, the highest sum of reductions) are about one client each and are left out.

    Parameters
    ----------
    frame : DataFrame
        The table of the run.
    table : str
        One of `PACK_TABLES`.
    least : int
        Fewest clients, or auditors, that a number may be about [count].
    """
    return _ANONYMOUS[table](frame, least)


def _audit_times(frame: pd.DataFrame, least: int) -> pd.DataFrame:
    whole = frame[frame["office"] == "all"].drop(columns=["office", "highest_sum", "unjustified"])
    few = whole["clients"].between(1, least - 1)
    shown = _masked(whole, few, ["audits", "clients", "capped", "share", "low", "high"])
    parts = _few_of(whole["clients_capped"], whole["clients"], least=least)
    return _masked(shown, parts, ["capped", "clients_capped", "share", "low", "high"])


def _made_for_outside(frame: pd.DataFrame, least: int) -> pd.DataFrame:  # noqa: ARG001  # the small numbers are gone
    places = {"sector", "country", "half_year", "part", "mix", "suppressed"}
    hidden = frame["suppressed"].astype(bool)
    if "standardised" in frame:
        frame = _masked(frame, frame["standardised"].isna(), ["standardised"], word=NOT_GIVEN)
    shown = _masked(frame, hidden, [name for name in frame.columns if name not in places])
    for column in shown.columns.intersection(["nonconformities", "majors", "rate", "low", "high"]):
        shown[column] = shown[column].astype("object").fillna(SUPPRESSED)
    return shown.drop(columns="suppressed")


def _clause_sector(frame: pd.DataFrame, least: int) -> pd.DataFrame:
    shown = frame.drop(columns=_INSIDE["clause_sector"]).round({"ratio": 1, "q": 2})
    hidden = frame["suppressed"].astype(bool)
    hidden |= few_events(frame, row="clause", column="sector", least=least, happened="with_nc")
    for column in ("ratio", "q", "flagged"):  # what cannot be compared is missing for everybody
        shown[column] = shown[column].astype("object").fillna(NOT_GIVEN)
    shown = _masked(shown, hidden, ["nonconformities", "ratio", "q", "flagged"])
    return shown.drop(columns="suppressed")


def _rules(frame: pd.DataFrame, least: int) -> pd.DataFrame:
    plain = frame.drop(columns=["longest_days", "open"]).assign(rule=frame["rule"].str.replace("_", " "))
    few = plain["clients_asked"].between(1, least - 1)
    parts = _few_of(plain["clients"], plain["clients_asked"], least=least)
    shown = _masked(plain, few, ["cases", "clients_asked"])
    return _masked(shown, few | parts, ["kept", "broken", "clients"])


def _auditors(frame: pd.DataFrame, least: int) -> pd.DataFrame:
    counts = ["comparable", "between", "within", "icc", "median_odds_ratio"]
    few = (frame["comparable"] < least) & ~_refused(frame)
    shown = _masked(frame, few, counts)
    shown = shown.assign(note=shown["note"].mask(few, f"fewer than {least} auditors are compared"))
    shown = _masked(shown, _refused(frame), counts, word=REFUSED)
    return _masked(shown, frame["auditors"] < least, ["auditors"])


def _soft(frame: pd.DataFrame, least: int) -> pd.DataFrame:
    """Improvements that read like nonconformities, by sector and clause; offices and auditors stay inside."""
    own = frame[frame["counted_by"].isin(["all", "sector", "clause"])].drop(columns=["by_wording"])
    n_hidden, k_hidden = pd.Series(False, index=own.index), pd.Series(False, index=own.index)
    for by in ("sector", "clause"):
        # One line of a table, whose total is the whole portfolio.
        line = own[own["counted_by"].isin(["all", by])].assign(line="share")
        n_hidden.loc[line.index] |= suppressed(line, row="value", column="line", least=least, total="all")
        k_hidden.loc[line.index] |= few_events(
            line, row="value", column="line", least=least, happened="clients_with", total="all"
        )
    k_hidden |= n_hidden
    shown = _masked(own, n_hidden, ["clients", "improvements"])
    return _masked(shown, k_hidden, ["clients_with", "candidates", "share", "low", "high"])


_ANONYMOUS: Mapping[str, Callable[[pd.DataFrame, int], pd.DataFrame]] = {
    "benchmark": _made_for_outside, "committee_course": _made_for_outside, "clause_sector": _clause_sector,
    "soft_grades": _soft, "programme_summary": _rules, "audit_time_summary": _audit_times,
    "calibration_measures": _auditors,
}  # fmt: skip


def _few_of(part: pd.Series, whole: pd.Series, *, least: int) -> pd.Series:
    """Where a part, or what is left of the whole without it, is about some but fewer than `least`."""
    return part.between(1, least - 1) | (whole - part).between(1, least - 1)


def _masked(frame: pd.DataFrame, rows: pd.Series, columns: Iterable[str], *, word: str = SUPPRESSED) -> pd.DataFrame:
    """`frame` with `word` instead of the numbers of `columns` in `rows`."""
    return frame.assign(**{column: frame[column].astype("object").mask(rows, word) for column in columns})
