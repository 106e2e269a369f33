"""What the settings of an engagement say about its audit time and about the years after this audit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditlab import priority
from auditlab.engagement import Engagement
from auditlab.planning.audit_time import STAGE_SHARES, AuditTime, Factor, audit_time
from auditlab.planning.programme import CyclePlan, CycleRules, cycle_programme, no_programme
from auditlab.priority.obligations import must_cover
from auditlab.priority.reserve import turn_of
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


def not_stated(lab: Engagement) -> str:
    """What the settings would have to say for the days and the years after this audit; empty where they say it."""
    chosen = lab.settings.plan
    missing = []
    if chosen.table_time is None:
        missing.append(
            "How the days of this audit follow from a table of audit times is not stated: set [plan.table_time] with "
            "persons and your own bands; no table of a standard is shipped."
        )
    if chosen.cycle is None:
        missing.append(
            "The years after this audit are not planned: set [plan.cycle] with sites_a_year and minutes_a_visit."
        )
    return " ".join(missing)


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
    turn = turn_of(ranked, seed=priority.seed_of(lab, purpose="random reserve"))
    drawn = ranked[turn < round(rules.random_share * len(ranked))]
    cells = ranked[["site", "clause"]].assign(risk=1 / (1 + np.exp(-ranked["score"].to_numpy(float))))
    sites = lab.tables.sites
    central = sites.loc[sites["central"].fillna(value=False), "site"]
    return cycle_programme(
        cells,
        rules=CycleRules(
            years=len(asked.sites_a_year),
            sites_a_year=asked.sites_a_year,
            minutes_a_visit=asked.minutes_a_visit,
            mandatory=tuple(must_cover(programme_rules(), audit_type="surveillance")),
            central=tuple(site for site in central if site in set(cells["site"])),
            random_share=rules.random_share,
        ),
        minutes=minutes,
        random_cells=set(zip(drawn["site"], drawn["clause"], strict=True)),
    )
