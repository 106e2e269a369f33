"""Did the audit programme keep its own rules? Facts with dates, one row per rule and subject.

A rule whose facts are not known has a missing answer, never a "yes".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from auditlab.history.cells import LATER_DAY, audits_once, belongs_later
from auditlab.history.coverage import cycle_start
from auditlab.history.programme_followup import earlier_findings_rows, major_rows
from auditlab.history.programme_sites import rule_source, site_rows

CHECK_DTYPES = {
    "rule": "str",
    "subject": "str",
    "due": "datetime64[us]",
    "actual": "datetime64[us]",
    "days": "Int64",
    "required": "Int64",
    "found": "Int64",
    "holds": "boolean",
    "source": "str",
    "note": "str",
}

NOT_CERTIFYING = ("internal", "supplier")
"""Types of audit that no rule of a certification programme is about."""

# Transition to the 2018 edition: no initial or recertification audit against 2011 from the first day
# on; no certificate to 2011 after the second.
_LAST_START_2011 = pd.Timestamp("2020-03-31")
_LAST_DAY_2011 = pd.Timestamp("2021-09-29")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cycle:
    """The certification cycle on the day of the review."""

    start: pd.Timestamp
    expiry: pd.Timestamp | None
    recertified: bool  # it followed an earlier decision, or a recertification audit led to it
    audits: pd.DataFrame  # of the cycle, in order of time
    as_of: pd.Timestamp


def programme_checks(
    audits: pd.DataFrame,
    examined: pd.DataFrame,
    certificates: pd.DataFrame,
    sites: pd.DataFrame,
    status: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    next_audit_start: pd.Timestamp | None = None,
    next_audit_type: str = "recertification",
    major_closure_days: int = 90,
) -> pd.DataFrame:
    """The programme rules that history can answer.

    Parameters
    ----------
    audits, certificates, sites : DataFrame
        Canonical tables; the sites say which one is the central function. The rules bind a certification body:
        internal audits and audits of suppliers are not held against them.
    examined : DataFrame
        Result of `examinations`.
    status : DataFrame
        Result of `corrective_actions`.
    as_of : Timestamp
        Day of the review.
    next_audit_start : Timestamp, optional
        Planned start of the next audit; more than 18 months after `as_of` it answers nothing.
    next_audit_type : str
        Its type; a planned audit of another type than recertification does not renew a certificate.
    major_closure_days : int
        Days after the last day of the audit within which a major is verified [days].

    Returns
    -------
    DataFrame
        ``rule, subject, due, actual, days`` (see the note of the rule), ``required, found``
        [count], ``holds`` (missing: not known or not due yet), ``source`` (document and clause),
        ``note``. Rules: first_surveillance, surveillance_each_year, recertification_before_expiry,
        majors_verified, majors_before_expiry, earlier_findings_reviewed, central_function,
        site_minimum, surveillance_must_cover, edition_withdrawn.

    References
    ----------
    .. [1] ISO/IEC 17021-1:2015, 9.1.3, 9.4.9, 9.4.10, 9.6.2, 9.6.3. [2] MD 1 on multi-site sampling.
    """
    held = audits_once(audits[(audits["start"] <= as_of) & ~audits["type"].isin(NOT_CERTIFYING)])
    cycle = _cycle(held, certificates, as_of)
    seen = examined[examined["start"] <= as_of]
    rows = [
        *_cycle_rows(cycle, next_audit_start if next_audit_type == "recertification" else None),
        *major_rows(
            status[status["audit_id"].isin(held["audit_id"])],
            held,
            as_of=as_of,
            closure_days=major_closure_days,
            expiry=cycle.expiry if cycle else None,
        ),
        *earlier_findings_rows(status, held, seen),
        *site_rows(held, seen, sites),
        *_edition_rows(held, certificates),
    ]
    return pd.DataFrame(rows, columns=list(CHECK_DTYPES)).astype(CHECK_DTYPES)


def _cycle(held: pd.DataFrame, certificates: pd.DataFrame, as_of: pd.Timestamp) -> _Cycle | None:
    start = cycle_start(held, certificates, as_of=as_of)
    if start is None:
        return None
    expiries = certificates.loc[certificates["decision_date"] == start, "expiry"].dropna()
    return _Cycle(
        start=start,
        expiry=None if expiries.empty else pd.Timestamp(expiries.max()),
        recertified=_recertified(held, certificates, start),
        audits=held[held["start"] >= start],
        as_of=as_of,
    )


def _recertified(held: pd.DataFrame, certificates: pd.DataFrame, start: pd.Timestamp) -> bool:
    """Whether the cycle from `start` is not the first one."""
    led = held["start"].between(start - pd.DateOffset(years=1), start) & (held["type"] == "recertification")
    return bool(led.any() or (certificates["decision_date"] < start).any())


def _cycle_rows(cycle: _Cycle | None, next_audit_start: pd.Timestamp | None) -> Iterator[dict[str, object]]:
    if cycle is None:
        for rule in ("first_surveillance", "surveillance_each_year", "recertification_before_expiry"):
            yield {
                "rule": rule,
                "source": rule_source(rule),
                "note": "not known: no certification decision was handed over",
            }
        return
    yield _first_surveillance(cycle)
    yield from _each_year(cycle)
    yield _recertification(cycle, next_audit_start)


def _first_surveillance(cycle: _Cycle) -> dict[str, object]:
    due = cycle.start + pd.DateOffset(months=12)
    row: dict[str, object] = {
        "rule": "first_surveillance",
        "subject": f"cycle from {cycle.start:%Y-%m-%d}",
        "due": due,
        "source": rule_source("first_surveillance", item="recertified" if cycle.recertified else ""),
        "note": "at most 12 months after the decision; days from the decision",
    }
    if cycle.recertified:
        row["note"] = f"{row['note']}; after a recertification: the reading of this program"
    surveillance = cycle.audits[cycle.audits["type"] == "surveillance"]
    if surveillance.empty:
        return row | {
            "holds": False if cycle.as_of > due else pd.NA,
            "note": "no surveillance audit is known in this cycle",
        }
    actual = surveillance["start"].iloc[0]
    return row | {"actual": actual, "days": (actual - cycle.start).days, "holds": bool(actual <= due)}


def _each_year(cycle: _Cycle) -> Iterator[dict[str, object]]:
    recertified = cycle.audits.loc[cycle.audits["type"] == "recertification", "start"].dt.year
    exempt = set(recertified) | ({cycle.expiry.year} if cycle.expiry is not None else set())
    last = cycle.as_of if cycle.expiry is None else min(cycle.as_of, cycle.expiry)
    for year in range(cycle.start.year + 1, last.year + 1):
        if year in exempt:
            continue
        due = pd.Timestamp(year=year, month=12, day=31)
        row: dict[str, object] = {
            "rule": "surveillance_each_year",
            "subject": str(year),
            "due": due,
            "source": rule_source("surveillance_each_year"),
            "note": "once per calendar year, except recertification years",
        }
        held = cycle.audits[(cycle.audits["type"] == "surveillance") & (cycle.audits["start"].dt.year == year)]
        if len(held):
            yield row | {"actual": held["start"].iloc[0], "holds": True}
        else:
            yield row | {
                "holds": False if cycle.as_of > due else pd.NA,
                "note": "no surveillance audit is known in this year",
            }


def _recertification(cycle: _Cycle, planned: pd.Timestamp | None) -> dict[str, object]:
    row: dict[str, object] = {
        "rule": "recertification_before_expiry",
        "due": cycle.expiry,
        "subject": f"certificate of {cycle.start:%Y-%m-%d}",
        "source": rule_source("recertification_before_expiry"),
    }
    if cycle.expiry is None:
        return row | {"note": "not known: no date of expiry was handed over"}
    if planned is None:
        left = (cycle.expiry - cycle.as_of).days
        return row | {
            "days": left,
            "holds": False if left < 0 else pd.NA,
            "note": "no recertification audit is planned; days are those left until expiry",
        }
    if belongs_later(planned, as_of=cycle.as_of):
        return row | {"actual": planned, "note": LATER_DAY}
    return row | {
        "actual": planned,
        "days": (cycle.expiry - planned).days,
        "holds": bool(planned < cycle.expiry),
        "note": "planned start; days left until expiry, by which majors are verified and the decision is made",
    }


def _edition_rows(held: pd.DataFrame, certificates: pd.DataFrame) -> Iterator[dict[str, object]]:
    source = rule_source("edition_withdrawn")
    for _, audit in held[held["edition"] == "2011"].iterrows():
        certifying = audit["type"] in {"stage1", "stage2", "recertification"}
        due = _LAST_START_2011 if certifying else _LAST_DAY_2011
        yield {
            "rule": "edition_withdrawn",
            "subject": audit["audit_id"],
            "due": due,
            "actual": audit["start"],
            "holds": bool(audit["start"] <= due),
            "source": source,
            "note": "audited against the 2011 edition",
        }
    for _, certificate in certificates[certificates["edition"] == "2011"].iterrows():
        yield {
            "rule": "edition_withdrawn",
            "subject": certificate["certificate_id"],
            "due": _LAST_DAY_2011,
            "actual": certificate["expiry"],
            "source": source,
            "note": "certificate to the 2011 edition: valid until the due date at the latest, whatever it says",
        }
