"""What became of improvements that an audit noted: which of their places had a nonconformity later.

An improvement that nobody took up can grow into a nonconformity. The share that did is counted over places that a
later audit examined again, and stands beside the same share of places where the audit had noted nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from auditlab.history.cells import audit_dates, key_of, looked_up, natural_order, nonconformities, text_of, with_keys
from auditlab.standard.grades import Grade
from auditlab.statistics.intervals import clopper_pearson

CONVERSION_DTYPES = {
    "finding_id": "str", "audit_id": "str", "site": "str", "clause": "str", "statement": "str", "outcome": "str",
    "became": "str", "noted_again": "str", "seen_by": "str", "days": "Int64",
}  # fmt: skip
CONVERSION_RATE_DTYPES = {
    "measure": "str", "k": "Int64", "n": "Int64", "rate": "Float64", "low": "Float64", "high": "Float64",
    "method": "str", "note": "str",
}  # fmt: skip
IMPROVEMENTS, SILENT = "improvements", "places where the same audits noted nothing"
"""Measures of `ofi_conversion_rates`."""

_SILENT_NOTE = "a place counts once for each audit that found nothing there, so the interval is on the narrow side"


class OfiOutcome(StrEnum):
    """What later audits saw at the clause and site of an improvement."""

    BECAME = "became a nonconformity"
    STAYED = "examined again, no nonconformity"
    NOT_SEEN = "not examined again"
    UNKNOWN = "clause or site not known"


def ofi_conversion(findings: pd.DataFrame, examined: pd.DataFrame, audits: pd.DataFrame) -> pd.DataFrame:
    """Every opportunity for improvement, and what later audits saw at its clause and site.

    Parameters
    ----------
    findings, audits : DataFrame
        Canonical tables.
    examined : DataFrame
        Result of `examinations`.

    Returns
    -------
    DataFrame
        ``finding_id, audit_id, site, clause`` (recurrence key), ``statement, outcome`` (an `OfiOutcome`), ``became``
        (nonconformities of later audits there, the first of them first), ``noted_again`` (improvements of later audits
        there), ``seen_by`` (later audits that examined the place), ``days`` from the improvement to the first of these
        nonconformities [days]. Same clause and site is not the same issue: a person reads both. An audit that raised a
        nonconformity there has examined it.
    """
    starts = audit_dates(audits, examined)["start"]
    noted = with_keys(findings[findings["grade"] == str(Grade.OFI)])
    noted = noted.assign(start=looked_up(noted["audit_id"], starts))
    found = _found(findings, starts)
    past = _Past(found=found, noted=noted.sort_values("start", kind="stable"), looked=_looked(examined, found))
    rows = [_row(row, past) for row in noted.to_dict("records")]
    rows.sort(key=lambda row: (_ORDER.index(str(row["outcome"])), natural_order(row["finding_id"])))
    return pd.DataFrame(rows, columns=list(CONVERSION_DTYPES)).astype(CONVERSION_DTYPES)


_ORDER = tuple(str(one) for one in OfiOutcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """Nonconformities, improvements and examinations with ``key, site, start``, in order of time."""

    found: pd.DataFrame
    noted: pd.DataFrame
    looked: pd.DataFrame


def _found(findings: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    """Nonconformities with their key and the first day of their audit, in order of time."""
    ncs = nonconformities(findings).dropna(subset=["key", "site"])
    return ncs.assign(start=looked_up(ncs["audit_id"], starts)).sort_values("start", kind="stable")


def _looked(examined: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Each audit once for every key and site that it examined or found nonconforming, in order of time."""
    seen = examined.assign(key=examined["clause"].map(key_of))
    columns = ["audit_id", "site", "key", "start"]
    together = pd.concat([seen[columns], found[columns]]).dropna()
    return together.drop_duplicates(["audit_id", "site", "key"]).sort_values("start", kind="stable")


def _row(row: dict[object, object], past: _Past) -> dict[str, object]:
    key, site = text_of(row["key"]), text_of(row["site"])
    facts: dict[str, object] = {name: text_of(row[name]) for name in ("finding_id", "audit_id", "site", "statement")}
    facts["clause"] = key
    if not key or not site or pd.isna(row["start"]):  # type: ignore[call-overload]  # a scalar of a frame
        return facts | {"outcome": str(OfiOutcome.UNKNOWN), "became": "", "noted_again": "", "seen_by": ""}
    noted = pd.Timestamp(str(row["start"]))
    later, again, seen = (_after(frame, key, site, noted) for frame in (past.found, past.noted, past.looked))
    outcome = OfiOutcome.BECAME if len(later) else OfiOutcome.STAYED if len(seen) else OfiOutcome.NOT_SEEN
    return facts | {
        "outcome": str(outcome), "became": " ".join(later["finding_id"]), "noted_again": " ".join(again["finding_id"]),
        "seen_by": " ".join(seen["audit_id"]), "days": (later["start"].iloc[0] - noted).days if len(later) else pd.NA,
    }  # fmt: skip


def _after(frame: pd.DataFrame, key: str, site: str, day: pd.Timestamp) -> pd.DataFrame:
    return frame[(frame["key"] == key) & (frame["site"] == site) & (frame["start"] > day)]


def ofi_conversion_rates(
    conversion: pd.DataFrame, findings: pd.DataFrame, examined: pd.DataFrame, audits: pd.DataFrame,
    *, confidence: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """What share of improvements became nonconformities, beside places where the same audits noted nothing.

    Parameters
    ----------
    conversion : DataFrame
        Result of `ofi_conversion`.
    findings, examined, audits : DataFrame
        As there.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    DataFrame
        ``measure`` (improvements; places where the same audits noted nothing), ``k`` with a nonconformity later, of
        the ``n`` that a later audit examined, ``rate, low, high`` (Clopper-Pearson) [0-1], ``method, note``. Without
        any that was examined again the rate is missing.
    """
    outcomes = conversion["outcome"]
    became, stayed = (int((outcomes == str(one)).sum()) for one in (OfiOutcome.BECAME, OfiOutcome.STAYED))
    left = len(conversion) - became - stayed
    waiting = f"{left} not examined again or without clause or site: in neither number" if left else ""
    silent = _silent(conversion, findings, examined, audits)
    rows = [
        _rate(IMPROVEMENTS, became, became + stayed, confidence) | {"note": waiting},
        _rate(SILENT, *silent, confidence) | {"note": _SILENT_NOTE if silent[1] else ""},
    ]
    return pd.DataFrame(rows, columns=list(CONVERSION_RATE_DTYPES)).astype(CONVERSION_RATE_DTYPES)


def _silent(
    conversion: pd.DataFrame, findings: pd.DataFrame, examined: pd.DataFrame, audits: pd.DataFrame
) -> tuple[int, int]:
    """Places that the audits of the improvements examined without a word: how many had a nonconformity later, of."""
    found = _found(findings, audit_dates(audits, examined)["start"])
    looked = _looked(examined, found)
    noted = with_keys(findings[findings["grade"] != str(Grade.STRENGTH)])[["audit_id", "site", "key"]]
    there = looked[looked["audit_id"].isin(set(conversion["audit_id"]))]
    places = there.merge(noted.drop_duplicates(), on=["audit_id", "site", "key"], how="left", indicator=True)
    quiet = places[places["_merge"] == "left_only"]
    for name, frame in (("found", found), ("looked", looked)):
        last = frame.groupby(["site", "key"])["start"].max().rename(name)
        quiet = quiet.merge(last.reset_index(), on=["site", "key"], how="left")
    again = quiet[quiet["looked"] > quiet["start"]]
    return int((again["found"] > again["start"]).sum()), len(again)


def _rate(measure: str, k: int, n: int, confidence: float) -> dict[str, object]:
    if not n:
        return {"measure": measure, "k": k, "n": n, "method": ""}
    limit = clopper_pearson(k, n=n, confidence=confidence)
    return {"measure": measure, "k": k, "n": n, "rate": limit.estimate, "low": limit.low, "high": limit.high,
            "method": limit.method}  # fmt: skip
