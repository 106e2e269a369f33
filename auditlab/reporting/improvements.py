"""What an organisation plans to improve: traced to findings and signals, ranked in the open, ordered by dependency.

For audits by the organisation itself or its customer. A certification body does not propose measures, so nothing
here is shown in a third-party audit.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.history.cells import text_of
from auditlab.history.corrective_actions import Effectiveness
from auditlab.report_settings import PlannedImprovement
from auditlab.standard.grades import NONCONFORMITIES, Grade

IMPROVEMENT_DTYPES = {
    "rank": "Int64", "improvement": "str", "findings": "str", "signals": "str", "majors": "Int64",
    "nonconformities": "Int64", "repeats": "Int64", "criticality": "str", "measure": "str", "baseline": "str",
    "target": "str", "owner": "str", "effort": "str", "not_stated": "str", "state": "str",
    "note": "str",
}  # fmt: skip
ROADMAP_DTYPES = {"wave": "Int64", "improvement": "str", "after": "str", "effort": "str", "owner": "str"}

CRITICALITIES = ("", "low", "medium", "high", "critical")
EFFORTS = ("small", "medium", "large", "")
"""Efforts from the least to the most; one that is not stated comes last and is not taken for small."""

PLANNED, NOT_PLANNED = "planned", "nothing planned yet"

_STATED = ("measure", "baseline", "target", "owner")


def improvement_list(
    planned: Sequence[PlannedImprovement], findings: pd.DataFrame, status: pd.DataFrame, services: pd.DataFrame,
    *, signals: Collection[str], needs: Sequence[PlannedImprovement] = (), flagged: Collection[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The planned improvements and what still waits for one, each traced to a finding or a signal.

    They are ranked by what they answer: majors, then nonconformities, then actions that came back, then the
    criticality of the services concerned, then the least effort. All of it is shown, and equals share a rank.

    Parameters
    ----------
    planned : sequence of PlannedImprovement
        ``[[report.improvements]]`` of the settings.
    findings : DataFrame
        Canonical findings.
    status : DataFrame
        Result of ``history.corrective_actions``.
    services : DataFrame
        Canonical services.
    signals : collection of str
        Names of the series that exist, such as ``"unapproved_at_start_rate: site B"``.
    needs : sequence of PlannedImprovement
        Result of `open_needs`.
    flagged : collection of str, optional
        Names of the flagged signals; without them nothing is said about it.

    Returns
    -------
    DataFrame
        ``rank, improvement, findings, signals, majors, nonconformities, repeats`` [count] (completed actions at the
        clause and site of its findings after which a nonconformity came back), ``criticality`` (highest),
        ``measure, baseline, target, owner, effort, not_stated`` (which of them nobody stated), ``state`` (planned, or
        nothing planned yet), ``note`` (signals that it names and that are not flagged now).

    Raises
    ------
    ArgumentError
        If an improvement answers neither finding nor signal, or names one that is not there, or a name stands twice.
    """
    _check(planned, set(findings["finding_id"]), set(signals))
    critical = dict(zip(services["service"], services["criticality"], strict=True))
    rows = [_row(one, findings, status, critical) | {"state": PLANNED} for one in planned]
    rows += [_row(one, findings, status, critical) | {"state": NOT_PLANNED} for one in needs]
    for row, one in zip(rows, (*planned, *needs), strict=True):
        row["note"] = _not_flagged(one, flagged)
    keys = [_key(row) for row in rows]
    for row, key in zip(rows, keys, strict=True):
        row["rank"] = 1 + sum(other < key for other in keys)
    rows.sort(key=lambda row: (row["rank"], row["improvement"]))
    return pd.DataFrame(rows, columns=list(IMPROVEMENT_DTYPES)).astype(IMPROVEMENT_DTYPES)


def _check(planned: Sequence[PlannedImprovement], findings: set[str], signals: set[str]) -> None:
    names = [one.name for one in planned]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ArgumentError(f"The improvement '{twice[0]}' stands twice below [[report.improvements]]. Join them.")
    for one in planned:
        if not one.findings and not one.signals:
            raise ArgumentError(
                f"The improvement '{one.name}' answers no finding and no signal. Name one in findings or signals."
            )
        strange = [name for name in one.findings if name not in findings]
        strange += [name for name in one.signals if name not in signals]
        if strange:
            raise ArgumentError(
                f"The improvement '{one.name}' names {', '.join(strange)}, which is no finding of the register and no "
                "series of the service data. Mend the name."
            )


def _row(
    one: PlannedImprovement, findings: pd.DataFrame, status: pd.DataFrame, critical: dict[object, object]
) -> dict[str, object]:
    own = findings[findings["finding_id"].isin(one.findings)].drop_duplicates("finding_id")
    found = [text_of(critical.get(service)) for service in own["service"].dropna()]
    return {
        "improvement": one.name,
        "findings": " ".join(one.findings),
        "signals": "; ".join(one.signals),
        "majors": int((own["grade"] == str(Grade.MAJOR)).sum()),
        "nonconformities": int(own["grade"].isin([str(grade) for grade in NONCONFORMITIES]).sum()),
        "repeats": _repeats(one, status),
        "criticality": max(found, key=CRITICALITIES.index, default=""),
        **{name: getattr(one, name) or "" for name in (*_STATED, "effort")},
        "not_stated": ", ".join(name for name in _STATED if not getattr(one, name)),
    }


def _not_flagged(one: PlannedImprovement, flagged: Collection[str] | None) -> str:
    quiet = [name for name in one.signals if flagged is not None and name not in flagged]
    return f"not flagged now: {', '.join(quiet)}" if quiet else ""


def _repeats(one: PlannedImprovement, status: pd.DataFrame) -> int:
    """Over the whole chain of each place: the newest finding of a chain has no repeat yet."""
    own = status[status["finding_id"].isin(one.findings)].dropna(subset=["clause", "site"])
    places = set(zip(own["clause"], own["site"], strict=True))
    back = status[status["effectiveness"] == str(Effectiveness.REPEAT)]
    there = {
        name
        for name, clause, site in zip(back["finding_id"], back["clause"], back["site"], strict=True)
        if (clause, site) in places or name in one.findings
    }
    return len(there)


def _key(row: dict[str, object]) -> tuple[int, ...]:
    """Smaller comes first."""
    counts = [-int(str(row[name])) for name in ("majors", "nonconformities", "repeats")]
    return (*counts, -CRITICALITIES.index(str(row["criticality"])), EFFORTS.index(str(row["effort"])))


def open_needs(
    planned: Sequence[PlannedImprovement], plan: pd.DataFrame, signals: pd.DataFrame
) -> tuple[PlannedImprovement, ...]:
    """Nonconformities to follow up and flagged signals that no planned improvement answers.

    Parameters
    ----------
    planned : sequence of PlannedImprovement
        ``[[report.improvements]]`` of the settings.
    plan : DataFrame
        Result of `follow_up_plan`.
    signals : DataFrame
        Result of `flagged_signals`; may be empty.

    Returns
    -------
    tuple of PlannedImprovement
        One for each, with measure and baseline as far as the records have them. Target and owner are for people. A
        signal on the measure of a finding is the same need and stands with it.
    """
    answered = {name for one in planned for name in (*one.findings, *one.signals)}
    open_signals = set() if signals.empty else set(signals["signal"]) - answered
    needs = [
        PlannedImprovement(
            name=f"{row['finding_id']}: {row['clause']} at {row['site']}", findings=(row["finding_id"],),
            measure=text_of(row["measure"]) or None, baseline=_baseline(row),
            signals=tuple(open_signals & {text_of(row["measure"])}),
        )
        for row in plan.to_dict("records")
        if row["finding_id"] not in answered
    ]  # fmt: skip
    answered.update(name for one in needs for name in one.signals)
    for row in signals.to_dict("records"):
        name = row["signal"]
        if name not in answered:
            needs.append(PlannedImprovement(name=name, signals=(name,), measure=name, baseline=row["value"]))
    return tuple(needs)


def _baseline(row: Mapping[Hashable, Any]) -> str | None:  # Any: the cells of a row
    if pd.isna(row["baseline"]):
        return None
    return f"{row['k']} of {row['n']} records ({100 * row['baseline']:.1f} %)"


def roadmap(planned: Sequence[PlannedImprovement]) -> pd.DataFrame:
    """The improvements in waves: what waits for another one comes after it, and nothing else is implied.

    Parameters
    ----------
    planned : sequence of PlannedImprovement
        ``[[report.improvements]]`` of the settings; ``after`` names what must be done before.

    Returns
    -------
    DataFrame
        ``wave`` (1 can begin at once), ``improvement, after, effort, owner``.

    Raises
    ------
    ArgumentError
        If an improvement waits for one that is not planned, or two wait for each other.
    """
    by_name = {one.name: one for one in planned}
    for one in planned:
        strange = [name for name in one.after if name not in by_name]
        if strange:
            raise ArgumentError(
                f"The improvement '{one.name}' waits for '{strange[0]}', which is not planned. "
                f"Planned are: {', '.join(by_name)}."
            )
    sorter = TopologicalSorter({name: one.after for name, one in by_name.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise ArgumentError(f"Improvements wait for each other: {circle}. Take one of these links away.") from None
    rows, wave = [], 0
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        wave += 1
        for name in ready:
            one = by_name[name]
            rows.append({"wave": wave, "improvement": name, "after": "; ".join(one.after), "effort": one.effort or "",
                         "owner": one.owner or ""})  # fmt: skip
            sorter.done(name)
    return pd.DataFrame(rows, columns=list(ROADMAP_DTYPES)).astype(ROADMAP_DTYPES)
