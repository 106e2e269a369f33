"""Programme rules about earlier findings: majors verified in time, actions reviewed at the next audit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pandas as pd

from auditlab.history.cells import INFERRED, cell_examinations, natural_order, plural, text_of
from auditlab.history.corrective_actions import ActionStatus
from auditlab.history.programme_sites import rule_source
from auditlab.standard.grades import Grade


def major_rows(
    status: pd.DataFrame,
    held: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    closure_days: int,
    expiry: pd.Timestamp | None,
) -> Iterator[dict[str, object]]:
    """One row per major (verified within the closure days) and one for all majors before expiry."""
    ends = held.set_index("audit_id")["end"]
    majors = status[status["grade"] == str(Grade.MAJOR)]
    for _, major in majors.iterrows():
        end = ends.get(text_of(major["audit_id"]), pd.NaT)
        yield _major_row(major, end, as_of=as_of, closure_days=closure_days)
    if expiry is not None:
        yield _before_expiry(majors, expiry, as_of=as_of, register_known=bool(status["grade"].notna().any()))


def _major_row(major: pd.Series, end: pd.Timestamp, *, as_of: pd.Timestamp, closure_days: int) -> dict[str, object]:
    row: dict[str, object] = {
        "rule": "majors_verified",
        "subject": major["finding_id"],
        "actual": major["verified"],
        "source": rule_source("majors_verified"),
    }
    if major["status"] == str(ActionStatus.UNKNOWN):
        return row | {"note": "not known: no corrective action was handed over"}
    if not end <= as_of:  # missing
        return row | {"note": "not known: date of the audit missing"}
    due = end + pd.Timedelta(days=closure_days)
    if pd.isna(major["verified"]):
        answer = False if as_of > due else pd.NA
        note = f"not verified by {as_of:%Y-%m-%d}"
        return row | {"due": due, "days": (as_of - end).days, "holds": answer, "note": note}
    note = f"within {closure_days} days of the last day of the audit; days from that day"
    days = (major["verified"] - end).days
    return row | {"due": due, "days": days, "holds": bool(major["verified"] <= due), "note": note}


def _before_expiry(
    majors: pd.DataFrame, expiry: pd.Timestamp, *, as_of: pd.Timestamp, register_known: bool
) -> dict[str, object]:
    row: dict[str, object] = {
        "rule": "majors_before_expiry",
        "due": expiry,
        "source": rule_source("majors_before_expiry"),
    }
    row["subject"] = f"certificate expiring {expiry:%Y-%m-%d}"
    if not register_known or (majors["status"] == str(ActionStatus.UNKNOWN)).any():
        return row | {"note": "not known: findings or corrective actions were not handed over"}
    done = majors["verified"] <= expiry
    unverified = " ".join(majors.loc[~done, "finding_id"])
    missed = as_of > expiry
    answer: object = True if done.all() else False if missed else pd.NA
    words = "not verified by the expiry" if missed else "not verified yet"
    note = f"{words}: {unverified}" if unverified else "all majors on record are verified"
    return row | {"required": len(majors), "found": int(done.sum()), "holds": answer, "note": note}


def earlier_findings_rows(
    status: pd.DataFrame, held: pd.DataFrame, examined: pd.DataFrame
) -> Iterator[dict[str, object]]:
    """One row per audit and site with nonconformities of the audit before it, and whether they were reviewed.

    A nonconformity was reviewed when its cell was examined in the next audit or its action was
    verified by the last day of that audit. An examination that is only inferred reviews nothing.
    """
    audits = held.reset_index(drop=True)
    for (_, before), (_, audit) in pairwise(audits.iterrows()):
        earlier = status[status["audit_id"] == before["audit_id"]].dropna(subset=["site"])
        known = (examined["audit_id"] == audit["audit_id"]).any()
        for site in sorted(set(earlier["site"]), key=natural_order):
            yield _review_row(earlier[earlier["site"] == site], before, audit, examined, scope_known=bool(known))


def _review_row(
    earlier: pd.DataFrame, before: pd.Series, audit: pd.Series, examined: pd.DataFrame, *, scope_known: bool
) -> dict[str, object]:
    site = earlier["site"].iloc[0]
    row: dict[str, object] = {
        "rule": "earlier_findings_reviewed",
        "subject": f"{audit['audit_id']} site {site}",
        "due": audit["end"],
        "required": len(earlier),
        "source": rule_source("earlier_findings_reviewed"),
    }
    open_ids, assumed, later, ticked = [], [], [], []
    for finding, key, verified in zip(earlier["finding_id"], earlier["clause"], earlier["verified"], strict=True):
        cell = cell_examinations(examined, text_of(key) or None, site)
        there = cell[cell["audit_id"] == audit["audit_id"]]
        if len(there) or verified <= audit["end"]:
            assumed += [finding] if (there["exposure"] == INFERRED).any() and not verified <= audit["end"] else []
            ticked += [verified] if there.empty else []
            continue
        open_ids.append(finding)
        afterwards = cell.loc[cell["start"] > audit["start"], "start"]
        later += [afterwards.iloc[0]] if len(afterwards) else []
    row["found"] = pd.NA if assumed else len(earlier) - len(open_ids)
    if assumed and not open_ids:
        return row | {"note": f"not known for {' '.join(assumed)}: examinations inferred from audit scope"}
    if not open_ids:
        # Without an examination at this audit the register alone speaks, and says when.
        actual = max(ticked) if len(ticked) == len(earlier) else audit["end"]
        by_register = f"; {len(ticked)} by the register alone, not examined at this audit" if ticked else ""
        note = f"nonconformities of {before['audit_id']}{by_register}"
        return row | {"actual": actual, "holds": True, "note": note}
    if not scope_known:
        return row | {"found": pd.NA, "note": f"not known: neither coverage nor scope of {audit['audit_id']}"}
    count = plural(len(open_ids), "nonconformity", "nonconformities")
    note = f"{count} of {before['audit_id']} not followed up: {' '.join(open_ids)}"
    if later and len(later) == len(open_ids):
        return row | {
            "actual": max(later),
            "days": (max(later) - audit["end"]).days,
            "holds": False,
            "note": f"{note}; examined in a later audit; days after the due date",
        }
    return row | {"holds": False, "note": note}
