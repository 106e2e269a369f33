"""What the settings of an engagement say about its audit time, its team and the years after this audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from auditlab import priority
from auditlab.engagement import Engagement
from auditlab.errors import NotEnoughDataError
from auditlab.planning.audit_time import STAGE_SHARES, AuditTime, Factor, audit_time, whole_minutes
from auditlab.planning.programme import CyclePlan, CycleRules, cycle_programme, no_programme
from auditlab.planning.team import Conflict, ConflictKind, Team, audit_team
from auditlab.priority.obligations import must_cover
from auditlab.priority.reserve import turn_of
from auditlab.seeds import seed_of
from auditlab.standard.programme import programme_rules


def time_of(lab: Engagement) -> AuditTime | None:
    """The audit time by the user's own table, ``[plan.table_time]``; None where the settings have none.

    Raises
    ------
    ArgumentError
        As `audit_time`.
    """
    chosen = lab.settings.plan
    asked = chosen.table_time
    if asked is None:
        return None
    return audit_time(
        pd.DataFrame([band.model_dump() for band in asked.bands], columns=["persons_from", "persons_to", "days"]),
        persons=asked.persons,
        audit_type=str(lab.settings.next_audit.type),
        factors=[Factor(name=one.name, change=one.change, justification=one.justification) for one in asked.factors],
        shares={**STAGE_SHARES, **asked.shares},
        hours_a_day=lab.settings.method.auditor_day_hours,
        rounding=asked.rounding,
        travel_minutes=chosen.travel_minutes,
        remote_share=chosen.remote_share,
    )


def budget_of(lab: Engagement, time: AuditTime | None) -> tuple[date, int]:
    """First day and minutes; days that somebody set win over those of the table of audit times."""
    following = lab.settings.next_audit
    if following.start is None or (following.auditor_days is None and time is None):
        absent = "start" if following.start is None else "auditor_days"
        raise NotEnoughDataError(
            f"The next audit has no {absent}, so there is no plan. Set {absent} below [next_audit] in auditlab.toml."
        )
    if following.auditor_days is None and time is not None:
        return following.start, time.minutes
    hours = lab.settings.method.auditor_day_hours
    return following.start, whole_minutes(following.auditor_days or 0.0, hours_a_day=hours)


def team_of(lab: Engagement, start: date) -> Team:
    """The team that the settings choose from the list of auditors, with the conflicts they name."""
    chosen = lab.settings.plan
    if not lab.has("auditors"):
        raise NotEnoughDataError("There is no list of auditors, so there is no team. Hand over codes with competence.")
    conflicts = [
        Conflict(
            auditor=one.auditor, kind=ConflictKind(one.kind), reason=one.reason, site=one.site, clause=one.clause,
            until=one.until,
        )
        for one in chosen.conflicts
    ]  # fmt: skip
    return audit_team(
        lab.tables.auditors, on=start, team=chosen.team, lead=chosen.lead, conflicts=conflicts,
        language=chosen.language, clause_competences=chosen.competences, site_languages=chosen.languages,
    )  # fmt: skip


def days_and_years_said(lab: Engagement, time: AuditTime | None) -> str:
    """Whose days the plan follows, and what the settings would have to say for the years after this audit."""
    chosen, days = lab.settings.plan, lab.settings.next_audit.auditor_days
    if time is None:
        said = (
            "How the days of this audit follow from a table of audit times is not stated: set [plan.table_time] with "
            "persons and your own bands; no table of a standard is shipped."
        )
    elif days is not None and days != time.days:
        said = f"The table gives {time.days:g} auditor-days; the plan follows the {days:g} that [next_audit] sets."
    else:
        said = f"The plan follows the table: {time.days:g} auditor-days."
    if chosen.cycle is None:
        said += " The years after this audit are not planned: set [plan.cycle] with sites_a_year and minutes_a_visit."
    return said


def cycle_ahead(lab: Engagement, ranked: pd.DataFrame) -> CyclePlan:
    """Which clauses to examine at which sites in the years after this audit; empty without ``[plan.cycle]``.

    The risk of a cell is the chance of a nonconformity that its score stands for. What surveillance must cover is
    examined at every visit, and the central function is visited every year.

    Parameters
    ----------
    lab : Engagement
        The engagement.
    ranked : DataFrame
        Result of ``priority.priorities``.

    Raises
    ------
    ArgumentError
        As `cycle_programme`.
    """
    asked = lab.settings.plan.cycle
    if asked is None:
        return no_programme()
    rules = priority.time_rules(lab)
    leaves = ranked.groupby("clause", sort=False)["leaves"].max()
    minutes = {str(clause): max(int(number) * rules.leaf_minutes, rules.slot) for clause, number in leaves.items()}
    mandatory = tuple(must_cover(programme_rules(), audit_type="surveillance"))
    cells = ranked[["site", "clause"]].assign(risk=1 / (1 + np.exp(-ranked["score"].to_numpy(float))))
    sites = lab.tables.sites
    central = sites.loc[sites["central"].fillna(value=False), "site"]
    return cycle_programme(
        cells,
        rules=CycleRules(
            years=len(asked.sites_a_year),
            sites_a_year=asked.sites_a_year,
            minutes_a_visit=asked.minutes_a_visit,
            mandatory=mandatory,
            central=tuple(site for site in central if site in set(cells["site"])),
            random_share=rules.random_share,
        ),
        minutes=minutes,
        random_cells=_drawn(lab, ranked[~ranked["clause"].isin(mandatory)], minutes, share=rules.random_share),
    )


def _drawn(lab: Engagement, cells: pd.DataFrame, minutes: Mapping[str, int], *, share: float) -> set[tuple[str, str]]:
    """The cells that chance picks: so many that their share of all time can be spent on them."""
    asked = lab.settings.plan.cycle
    whole = asked.minutes_a_visit * sum(least for least, _ in asked.sites_a_year) if asked else 0
    turns = cells.iloc[np.argsort(turn_of(cells, seed=seed_of(lab.settings.seed, purpose="random reserve")))]
    spent = turns["clause"].map(minutes).cumsum()
    first = turns[spent.shift(fill_value=0) < share * whole]
    return set(zip(first["site"], first["clause"], strict=True))
