"""Where to look first in an engagement: the facts of the floors below, and the table made from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from auditlab import history as past
from auditlab.engagement import Engagement
from auditlab.priority.cells import cell_history
from auditlab.priority.contributions import Weights, contributions
from auditlab.priority.priorities import Evidence, priorities_table
from auditlab.priority.stability import DRAWS


def priorities(
    lab: Engagement,
    *,
    signals: pd.DataFrame | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    weights: Weights | None = None,
    visited: Collection[str] | None = None,
) -> pd.DataFrame:
    """Where to look first in this engagement.

    Parameters
    ----------
    lab : Engagement
        The opened engagement.
    signals : DataFrame, optional
        Signals of the service data (see `contributions`); without them the order rests on audits and actions.
    draws : int
        Draws of the stability check.
    seed : int
        Seed of these draws. It is public, not the secret seed of the engagement: whoever doubts the order can draw
        again, and a new secret seed does not move the order.
    weights : Weights, optional
        What each kind of fact adds to the order.
    visited : collection of str, optional
        Sites that the next audit visits, as `priorities_table`.

    Returns
    -------
    DataFrame
        As `priorities_table`.
    """
    as_of = pd.Timestamp(lab.settings.as_of)
    return priorities_table(
        evidence_of(lab, signals=signals, weights=weights),
        as_of=as_of,
        audit_type=str(lab.settings.next_audit.type),
        half_life_years=lab.settings.method.half_life_years,
        cell_weight=lab.settings.method.cell_weight,
        site_weight=lab.settings.method.site_weight,
        draws=draws,
        seed=seed,
        visited=visited,
    )


def evidence_of(lab: Engagement, *, signals: pd.DataFrame | None = None, weights: Weights | None = None) -> Evidence:
    """What the priorities of an engagement are made from; parameters as `priorities`."""
    tables, as_of = lab.tables, pd.Timestamp(lab.settings.as_of)
    examined = past.examinations(tables.coverage, tables.audits)
    sites = _sites(lab)
    status = past.corrective_actions(
        tables.corrective_actions, tables.findings, tables.audits, examined, as_of=as_of,
        register_known=lab.tells("corrective_actions"),
    )  # fmt: skip
    start = lab.settings.next_audit.start
    changes = past.change_pressure(
        tables.org_changes,
        tables.contracts,
        examined,
        as_of=as_of,
        next_audit=None if start is None else pd.Timestamp(start),
    )
    cycle = past.cycle_start(tables.audits, tables.certificates, as_of=as_of)
    return Evidence(
        cells=cell_history(examined, tables.findings, tables.audits, sites=sites, as_of=as_of),
        added=contributions(status, signals, changes, sites=sites, services=tables.services, weights=weights),
        findings=tables.findings,
        services=tables.services,
        follow_up=past.follow_up(status, tables.audits, examined, as_of=as_of),
        coverage=past.coverage_cells(examined, sites=sites, as_of=as_of, cycle_start=cycle),
        central=tuple(tables.sites.loc[tables.sites["central"].fillna(value=False), "site"]),
    )


def _sites(lab: Engagement) -> Iterable[str]:
    tables = lab.tables
    return past.known_sites(tables.sites, tables.audits, tables.coverage, tables.findings)
