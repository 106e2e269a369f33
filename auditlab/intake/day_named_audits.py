"""Findings that name their audit by its day alone, and audits that nothing but findings names.

A list kept by hand often has no list of audits beside it. Its findings say when the audit was; which
of them belong to one audit, and of what type it was, only a person knows.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from auditlab.errors import EngagementError
from auditlab.intake.ledger import Action, Ledger, Place, place_of
from auditlab.intake.loading import Intake
from auditlab.intake.moments import read_date
from auditlab.intake.plain import one_word
from auditlab.intake.table_regions import TableArea
from auditlab.settings import SETTINGS_FILE, AuditType, Party
from auditlab.tables import SOURCE_COLUMNS, as_canonical

GROUPING, TYPE = "audits", "audit_type"
"""Names of the two questions; of the second also before a slash and the name of one audit."""
DAY, DAY_AND_SITE = "day", "day and site"
USUAL_TYPE = {
    Party.FIRST: AuditType.INTERNAL,
    Party.SECOND: AuditType.SUPPLIER,
    Party.THIRD: AuditType.SURVEILLANCE,
}
"""What kind of audit a list of findings most likely holds, by who audits."""
SHOWN = 3
ISO = "%Y-%m-%d"
_A_DAY = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}(?!\d).*")
FROM_FINDINGS = "an audit that its findings alone name, as answered in auditlab.toml"
NAMED_BY_DAY = "audit named by its day and its site, as answered in auditlab.toml"
LISTED_DAY = "the one audit of that day in the list of audits"


def named_by_day(area: TableArea) -> TableArea:
    """`area` with the day of the audit as its name, where a list of findings has no other."""
    found = area.recognition
    if found.table != "findings" or "audit_id" not in found.missing or "audit_date" not in found.columns:
        return area
    columns = dict(found.columns) | {"audit_id": found.columns["audit_date"]}
    missing = tuple(name for name in found.missing if name != "audit_id")
    return replace(area, recognition=replace(found, columns=columns, missing=missing))


def with_day_as_name(frame: pd.DataFrame, area: TableArea) -> pd.DataFrame:
    """Findings of an area that is `named_by_day`, the day of each written in one form."""
    columns = area.recognition.columns
    if area.table != "findings" or "audit_date" not in columns or columns["audit_date"] != columns.get("audit_id"):
        return frame
    return frame.assign(audit_id=frame["audit_date"].dt.strftime(ISO).fillna(frame["audit_id"]).astype("str"))


def settle_audits(tables: dict[str, pd.DataFrame], *, intake: Intake) -> dict[str, pd.DataFrame]:
    """`tables` with the audits that only findings name.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables ``audits, findings``.
    intake : Intake
        Settings, ledger and questions; ledger and questions are added to.

    Returns
    -------
    dict of str to DataFrame
        With a list of audits, a finding that names a day belongs to the one audit held on it. Without
        one, a person is asked what an audit was and of which type; the audits are then made of the
        findings. Until the answer there is no table of audits. Nothing is asked about audits whose day is
        not known. The sites visited are known only where each site was an audit of its own: a
        site without a finding may have been visited too.
    """
    findings, audits = tables["findings"], tables["audits"]
    days = findings["audit_date"].fillna(_written_days(findings))
    apart = days.notna() & ~findings["audit_id"].isin(audits["audit_id"])
    if not apart.any():
        return tables
    findings = findings.assign(audit_date=days)
    by_day = apart & (findings["audit_id"].str[: len("2024-03-31")] == days.dt.strftime(ISO))
    if len(audits):
        names = [_listed(row, audits) for row in findings[by_day].to_dict("records")]
        return tables | {"findings": _renamed(findings, by_day, names, LISTED_DAY, ledger=intake.ledger)}
    grouping = _grouping(findings[by_day], intake=intake)
    if grouping == DAY_AND_SITE:
        rows = findings[by_day]
        places = rows["site"].fillna("").map(one_word)
        names = (rows["audit_id"] + "/" + places).str.rstrip("/").tolist()
        findings = _renamed(findings, by_day, names, NAMED_BY_DAY, ledger=intake.ledger)
    types = _types(findings[apart], intake=intake)
    tables = tables | {"findings": findings}
    if not grouping or not types:
        return tables
    made = _audits(findings[apart], types, with_sites=grouping == DAY_AND_SITE)
    for record in made.to_dict("records"):
        intake.ledger.cell(
            place_of(record), table="audits", field="(row)", action=Action.FLAGGED, rule=FROM_FINDINGS,
            new=record["audit_id"],
        )  # fmt: skip
    return tables | {"audits": made}


def _written_days(findings: pd.DataFrame) -> pd.Series:
    """The day that the name of the audit is, where it is one that can be read in one way only."""
    days = [
        read_date(name, order=None).value if isinstance(name, str) and _A_DAY.fullmatch(name) else None
        for name in findings["audit_id"]
    ]
    return pd.Series(pd.to_datetime(pd.Series(days, dtype="object")).to_numpy("datetime64[us]"), index=findings.index)


def _listed(row: Mapping[Hashable, Any], audits: pd.DataFrame) -> str:
    """The one listed audit held on the day of a finding, at its site where there were several; else its own name."""
    last = audits["end"].fillna(audits["start"])
    held = audits[(audits["start"] <= row["audit_date"]) & (last >= row["audit_date"])]
    if len(held) > 1:
        held = held[[row["site"] in str(sites).split(", ") for sites in held["sites"]]]
    return str(held["audit_id"].iloc[0]) if len(held) == 1 else str(row["audit_id"])


def _renamed(findings: pd.DataFrame, which: pd.Series, names: list[str], rule: str, *, ledger: Ledger) -> pd.DataFrame:
    """`findings` with `names` as the audits of those in `which`, in their order."""
    for row, name in zip(findings[which].to_dict("records"), names, strict=True):
        if name != row["audit_id"]:
            ledger.cell(
                place_of(row), table="findings", field="audit_id", action=Action.REPAIRED, rule=rule,
                old=row["audit_id"], new=name,
            )  # fmt: skip
    audit = findings["audit_id"].copy()
    audit[which] = names
    return findings.assign(audit_id=audit)


def _grouping(findings: pd.DataFrame, *, intake: Intake) -> str:
    """What one audit was, where findings of one day are about several sites; ``""`` until a person says so."""
    sites = findings.groupby("audit_id")["site"].nunique()
    several = sites[sites > 1]
    if several.empty:
        return DAY
    place, day = _first(findings), str(several.index[0])
    named = sorted(findings.loc[findings["audit_id"] == day, "site"].dropna().unique())
    return _decided(
        GROUPING, place, allowed=(DAY, DAY_AND_SITE), proposal=DAY, intake=intake,
        asks=(
            f"No list of audits was handed over; the findings tell audits apart by day. Those of {day} are about "
            f"{len(named)} sites ({_shown(named)}). Was that one audit, '{DAY}', or one at each site, '{DAY_AND_SITE}'?"
        ),
    )  # fmt: skip


def _types(findings: pd.DataFrame, *, intake: Intake) -> dict[str, str]:
    """The type of each audit; nothing until a person has said it."""
    names, place = sorted(findings["audit_id"].unique()), _first(findings)
    words = tuple(map(str, AuditType))
    many = "1 audit" if len(names) == 1 else f"{len(names)} audits"
    one_by_one = {name: f"{TYPE}/{name}" for name in names if f"{TYPE}/{name}" in intake.settings.answers}
    asks = (
        f"No list of audits was handed over; the findings name {many} ({_shown(names)}). Of which type were they? "
        f'One of {", ".join(words)}. A single one may be said by itself: "audit_type/{names[0]}".'
    )
    own = {
        name: _decided(key, place, allowed=words, proposal="", intake=intake, asks=f"Of which type was audit {name}?")
        for name, key in one_by_one.items()
    }
    if len(own) == len(names):
        return own
    proposal = str(USUAL_TYPE[intake.settings.party])
    common = _decided(TYPE, place, allowed=words, proposal=proposal, intake=intake, asks=asks)
    return {name: own.get(name, common) for name in names} if common else {}


def _decided(key: str, place: Place, *, allowed: tuple[str, ...], proposal: str, asks: str, intake: Intake) -> str:
    """The answer to a question about audits, or ``""``.

    Raises
    ------
    EngagementError
        If the answer is none of those allowed.
    """
    answers = intake.settings.answers
    answer = intake.questions.decided(key, place, field="audit_id", asks=asks, proposal=proposal, answers=answers)
    if answer and answer not in allowed:
        raise EngagementError(
            f"{SETTINGS_FILE}, section [answers], '{key}': '{answer}' is none of {', '.join(allowed)}. Write one."
        )
    return answer


def _audits(findings: pd.DataFrame, types: Mapping[str, str], *, with_sites: bool) -> pd.DataFrame:
    """One row per audit, at the place of its first finding."""
    rows = []
    for name, own in findings.groupby("audit_id", sort=True):
        days, sites = own["audit_date"], sorted(own["site"].dropna().unique())
        rows.append(
            own.iloc[0][["audit_id", "client", *SOURCE_COLUMNS]].to_dict()
            | {"type": types[str(name)], "start": days.min(), "sites": ", ".join(sites) if with_sites else None}
            | {"end": days.max() if days.max() > days.min() else None}
        )
    return as_canonical("audits", pd.DataFrame(rows))


def _first(findings: pd.DataFrame) -> Place:
    return place_of(findings.iloc[0].to_dict())


def _shown(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
