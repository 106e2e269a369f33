"""Everything a portfolio shows, in one pass over its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.portfolio.audit_times import audit_time_summary, audit_times
from auditlab.portfolio.benchmark import benchmark
from auditlab.portfolio.calibration import auditor_calibration
from auditlab.portfolio.certificate_risk import certificate_risk, overdue_actions
from auditlab.portfolio.clauses import clause_rates, clause_sectors
from auditlab.portfolio.comparison import client_rates, exposure_by_stratum, funnel, mix_compared, next_period
from auditlab.portfolio.dossiers import Dossiers, client_dossiers
from auditlab.portfolio.inventory import client_inventory, contradictions, open_questions, portfolio_mix, rows_read
from auditlab.portfolio.over_time import committee_course, rates_by_place, rates_over_time, simpson_check
from auditlab.portfolio.programme import programme_breaches, programme_summary, rules_of_programme
from auditlab.portfolio.reasons import compared_with
from auditlab.portfolio.settings import PortfolioSettings
from auditlab.portfolio.soft_grades import soft_candidates, soft_grades
from auditlab.portfolio.store import open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioReview:
    """The tables of a portfolio; each is described where it is made."""

    client_inventory: pd.DataFrame
    client_identity: pd.DataFrame
    portfolio_mix: pd.DataFrame
    rows_read: pd.DataFrame
    questions: pd.DataFrame
    contradictions: pd.DataFrame
    programme_rules: pd.DataFrame
    programme_summary: pd.DataFrame
    programme_breaches: pd.DataFrame
    audit_time: pd.DataFrame
    audit_time_summary: pd.DataFrame
    clause_rates: pd.DataFrame
    clause_sector: pd.DataFrame
    soft_grades: pd.DataFrame
    soft_candidates: pd.DataFrame
    client_rates: pd.DataFrame
    funnel: pd.DataFrame
    next_period: pd.DataFrame
    forecast_errors: pd.DataFrame
    auditor_calibration: pd.DataFrame
    calibration_measures: pd.DataFrame
    certificate_risk: pd.DataFrame
    overdue_actions: pd.DataFrame
    rates_over_time: pd.DataFrame
    rates_by_place: pd.DataFrame
    simpson: pd.DataFrame
    benchmark: pd.DataFrame
    committee_course: pd.DataFrame
    compared_with: pd.DataFrame
    dossiers: Dossiers
    false_discovery_rate: float
    suppress_below: int
    period: tuple[pd.Timestamp, pd.Timestamp]


def review_portfolio(
    files: Mapping[str, Sequence[str]],
    *,
    settings: PortfolioSettings,
    clients: Sequence[str] = (),
    unread: Sequence[str] = (),
) -> PortfolioReview:
    """All tables of a portfolio.

    Parameters
    ----------
    files : mapping
        Parquet files by canonical table, see `open_store`.
    settings : PortfolioSettings
        As-of date, period, methods.
    clients : sequence of str
        Clients that get a page beside those that stand out.
    unread : sequence of str
        Clients whose files could not be read.

    Returns
    -------
    PortfolioReview
        The same rows in the same order whatever the order of files and rows.

    Raises
    ------
    EngagementError
        As `open_store`.
    ArgumentError
        If one of `clients` is not in the portfolio.
    """
    with open_store(files, settings=settings) as store:
        exposure = exposure_by_stratum(store)
        rates = client_rates(store, exposure)
        times = audit_times(store)
        following, errors = next_period(store, rates)
        inventory, risk = client_inventory(store, unread=unread), certificate_risk(store)
        auditors = auditor_calibration(store)
        first, last = (pd.Timestamp(str(day)) for day in store.period)
        return PortfolioReview(
            client_inventory=inventory,
            client_identity=store.identity,
            portfolio_mix=mix_compared(store, portfolio_mix(store)),
            rows_read=rows_read(store),
            questions=open_questions(store),
            contradictions=contradictions(store),
            programme_rules=rules_of_programme(store),
            programme_summary=programme_summary(store),
            programme_breaches=programme_breaches(store),
            audit_time=times,
            audit_time_summary=audit_time_summary(times, confidence=settings.method.confidence),
            clause_rates=clause_rates(store),
            clause_sector=clause_sectors(store),
            soft_grades=soft_grades(store),
            soft_candidates=soft_candidates(store),
            client_rates=rates,
            funnel=funnel(rates),
            next_period=following,
            forecast_errors=errors,
            auditor_calibration=auditors.auditors,
            calibration_measures=auditors.measures,
            certificate_risk=risk,
            overdue_actions=overdue_actions(store),
            rates_over_time=rates_over_time(store),
            rates_by_place=rates_by_place(store),
            simpson=simpson_check(store),
            benchmark=benchmark(store),
            committee_course=committee_course(store),
            compared_with=compared_with(store),
            dossiers=client_dossiers(store, inventory=inventory, rates=rates, risk=risk, asked=clients),
            false_discovery_rate=settings.method.false_discovery_rate,
            suppress_below=settings.method.suppress_below,
            period=(first, last),
        )
