"""The golden engagement as canonical frames: four audits of a fictional service provider.

``golden_findings.csv`` is the clean register; audits, coverage rules, certificates and sites are
written out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pytest

from auditlab import history
from auditlab.standard.clauses import auditable_leaves
from auditlab.tables import as_canonical, empty_table

AS_OF = pd.Timestamp("2024-03-31")
NEXT_AUDIT = pd.Timestamp("2024-06-11")

_NOT_IN_AU_3 = "8.2.2 8.2.5 8.4.1 8.4.2 8.4.3 8.5.2.1 8.5.2.2 8.5.2.3 8.7.1 8.7.2 8.7.3.1 8.7.3.2 8.7.3.3".split()  # noqa: SIM905
_NOT_IN_AU_4 = "8.2.2 8.2.3.1 8.2.3.2 8.2.5 8.4.1 8.4.2 8.5.2.1 8.5.2.2 8.5.2.3 8.5.3".split()  # noqa: SIM905

_AUDITS = [
    # audit, type, start, end, edition, days by site, lead, decision, leaves left out
    ("AU-1", "surveillance", "2020-06-16", "2020-06-17", "2011", {"A": 2.5, "B": 1.5}, "P", None, []),
    (
        "AU-2",
        "recertification",
        "2021-06-15",
        "2021-06-18",
        "2018",
        {"A": 4.0, "B": 2.0, "C": 2.0},
        "P",
        "2021-07-20",
        [],
    ),
    ("AU-3", "surveillance", "2022-06-14", "2022-06-15", "2018", {"A": 2.0, "B": 1.5}, "Q", None, _NOT_IN_AU_3),
    ("AU-4", "surveillance", "2023-06-13", "2023-06-14", "2018", {"A": 2.0, "C": 1.5}, "R", None, _NOT_IN_AU_4),
]


@dataclass(frozen=True)
class Golden:
    """Canonical tables of the golden engagement and, on demand, the results made from them."""

    audits: pd.DataFrame
    coverage: pd.DataFrame
    findings: pd.DataFrame
    actions: pd.DataFrame
    certificates: pd.DataFrame
    sites: pd.DataFrame

    @cached_property
    def examined(self) -> pd.DataFrame:
        return history.examinations(self.coverage, self.audits)

    @cached_property
    def cells(self) -> pd.DataFrame:
        start = history.cycle_start(self.audits, self.certificates, as_of=AS_OF)
        return history.coverage_cells(self.examined, sites="ABC", as_of=AS_OF, cycle_start=start)

    @cached_property
    def chains(self) -> pd.DataFrame:
        return history.recurrence_chains(self.findings, self.examined, audits=self.audits)

    @cached_property
    def status(self) -> pd.DataFrame:
        return history.corrective_actions(self.actions, self.findings, self.audits, self.examined, as_of=AS_OF)

    @cached_property
    def rates(self) -> pd.DataFrame:
        return history.finding_rates(self.findings, self.audits, self.coverage, sites=self.sites["site"])

    @cached_property
    def to_follow_up(self) -> pd.DataFrame:
        return history.follow_up(self.status, self.audits, self.examined, as_of=AS_OF)

    @cached_property
    def checks(self) -> pd.DataFrame:
        return history.programme_checks(
            self.audits,
            self.examined,
            self.certificates,
            self.sites,
            self.status,
            as_of=AS_OF,
            next_audit_start=NEXT_AUDIT,
        )

    @cached_property
    def results(self) -> history.HistoryResults:
        known = history.known_sites(self.sites, self.audits, self.coverage, self.findings)
        start = history.cycle_start(self.audits, self.certificates, as_of=AS_OF)
        return history.HistoryResults(
            coverage_cells=history.coverage_cells(self.examined, sites=known, as_of=AS_OF, cycle_start=start),
            site_visits=history.site_visits(self.audits, self.examined, sites=known, as_of=AS_OF),
            recurrence_chains=self.chains,
            recurrence_summary=history.recurrence_summary(self.chains),
            corrective_actions=self.status,
            corrective_action_rates=history.corrective_action_rates(self.status),
            follow_up=self.to_follow_up,
            finding_rates=self.rates,
            rate_comparisons=history.rate_comparisons(self.rates),
            grade_review=history.grade_review(self.findings, self.chains),
            cycle_start=start,
        )


def golden_audits() -> pd.DataFrame:
    """The four audits."""
    rows = [
        {
            "audit_id": audit,
            "client": "Halden",
            "type": kind,
            "start": start,
            "end": end,
            "edition": edition,
            "sites": ", ".join(days),
            "auditor_days": sum(days.values()),
            "lead": lead,
            "decision_date": decision,
        }
        for audit, kind, start, end, edition, days, lead, decision, _ in _AUDITS
    ]
    return as_canonical("audits", pd.DataFrame(rows))


def golden_coverage() -> pd.DataFrame:
    """One row per audit, site and leaf of the edition of the audit; minutes shared evenly."""
    rows = []
    for audit, _, _, _, edition, days_by_site, _, _, left_out in _AUDITS:
        leaves = auditable_leaves(edition)
        for site, days in days_by_site.items():
            examined = [leaf for leaf in leaves if leaf not in left_out]
            rows += [
                {
                    "audit_id": audit,
                    "site": site,
                    "clause": leaf,
                    "examined": leaf in examined,
                    "minutes": days * 480 / len(examined) if leaf in examined else None,
                }
                for leaf in leaves
            ]
    return as_canonical("coverage", pd.DataFrame(rows))


def golden_register() -> pd.DataFrame:
    """The clean register as written, findings and actions in one sheet."""
    path = Path(__file__).with_name("golden_findings.csv")
    return pd.read_csv(path, dtype="str").rename(columns={"clause_2018_expected": "clause"})


def golden_findings() -> pd.DataFrame:
    """The 60 findings."""
    register = golden_register().assign(grade=lambda frame: frame["grade"].str.lower(), client="Halden")
    extra = ["audit_start", "ca_due", "ca_completed", "ca_verified", "planted_defect"]
    return as_canonical("findings", register.drop(columns=extra))


def golden_actions() -> pd.DataFrame:
    """The 34 corrective actions; the register ticks every verified one as effective."""
    register = golden_register()
    register = register[register["grade"].isin(["major", "minor"])].reset_index(drop=True)
    dates = {"ca_due": "due_original", "ca_completed": "completed", "ca_verified": "verified"}
    actions = register.rename(columns=dates)[["finding_id", *dates.values()]]
    ticked = actions["verified"].notna().astype("boolean").where(actions["verified"].notna())
    return as_canonical(
        "corrective_actions", actions.assign(effective_declared=ticked, due_current=actions["due_original"])
    )


@pytest.fixture(scope="session")
def golden() -> Golden:
    """The golden engagement, complete."""
    certificate = {
        "certificate_id": "C-1",
        "client": "Halden",
        "edition": "2018",
        "decision_date": "2021-07-20",
        "expiry": "2024-07-19",
    }
    sites = pd.DataFrame({"site": list("ABC"), "central": [True, False, False]})
    return Golden(
        audits=golden_audits(),
        coverage=golden_coverage(),
        findings=golden_findings(),
        actions=golden_actions(),
        certificates=as_canonical("certificates", pd.DataFrame([certificate])),
        sites=as_canonical("sites", sites),
    )


@pytest.fixture
def nothing() -> Golden:
    """An engagement of which no table was handed over."""
    return Golden(
        audits=empty_table("audits"),
        coverage=empty_table("coverage"),
        findings=empty_table("findings"),
        actions=empty_table("corrective_actions"),
        certificates=empty_table("certificates"),
        sites=empty_table("sites"),
    )
