"""The sites of the next audit of an engagement: the rule, and the sites that facts on record add to it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditlab import history as past
from auditlab.engagement import Engagement
from auditlab.history.cells import natural_order, text_of
from auditlab.sampling.sites import site_plan
from auditlab.seeds import engagement_seed
from auditlab.standard.programme import SITE_SAMPLED

_COLUMNS = ["site", "role", "selected", "how", "rule", "required", "reason"]
_SHOWN = 5


def site_plan_of(
    lab: Engagement,
    *,
    signals: pd.DataFrame | None = None,
    audit_type: str | None = None,
    excluded: Mapping[str, str] | None = None,
    sampling_appropriate: bool = True,
) -> pd.DataFrame:
    """Which sites the next audit visits: one answer for the plan of sites, of time and of records.

    The minimum and its random part follow the rule of `site_plan`. Sites with nonconformities to follow
    up, and sites a flagged signal points at, are visited beyond it where it has not chosen them. So no
    follow-up stays at a site that nobody visits; one at a site that the list of sites lacks adds that site, and
    one that names no site stands at the central function.

    Parameters
    ----------
    lab : Engagement
        The opened engagement.
    signals : DataFrame, optional
        Signals of the service data with ``site, family, clause, flagged``.
    audit_type : str, optional
        Kind of the audit; by default that of the settings.
    excluded, sampling_appropriate
        As `site_plan`; by default the sites that the settings of the plan leave out of the scope. What an
        excluded site leaves open stands in its reason.

    Returns
    -------
    DataFrame
        As `site_plan`; empty where no list of sites was handed over, or where the rule has no number for
        this kind of audit: then every site counts as visited (see `visited_sites`).
    """
    kind = audit_type or str(lab.settings.next_audit.type)
    tables = lab.tables
    if not len(tables.sites) or kind not in SITE_SAMPLED:
        return pd.DataFrame(columns=_COLUMNS).astype({"selected": "bool", "required": "Int64"})
    day = pd.Timestamp(lab.settings.as_of)
    examined = past.examinations(tables.coverage, tables.audits)
    known = past.known_sites(tables.sites, tables.audits, tables.coverage, tables.findings)
    open_items = _open_items(lab, examined)
    reasons = risk_reasons(open_items, signals)
    in_scope = set(tables.sites["site"].astype("str"))
    plan = site_plan(
        sites_of(lab),
        audit_type=kind,
        seed=engagement_seed(lab.settings.seed),
        visits=past.site_visits(tables.audits, examined, sites=known, as_of=day),
        risk_sites={site: why for site, why in reasons.items() if site in in_scope},
        excluded=excluded_of(lab) if excluded is None else excluded,
        sampling_appropriate=sampling_appropriate,
        party=str(lab.settings.party),
    )
    plan = _with_strangers(plan, {site: why for site, why in reasons.items() if site not in in_scope})
    return _with_unplaced(plan, open_items[open_items["site"].isna()])


def sites_of(lab: Engagement) -> pd.DataFrame:
    """The list of sites; with ``activity`` where the settings say that sites do different work."""
    sites, activities = lab.tables.sites, lab.settings.sampling.activities
    if not activities:
        return sites
    return sites.assign(activity=sites["site"].astype("str").map(activities).astype("str"))


def excluded_of(lab: Engagement) -> dict[str, str]:
    """Sites that the settings leave out of the scope, with the reason."""
    listed = set(lab.tables.sites["site"].astype("str"))
    return {site: why for site, why in lab.settings.plan.excluded_sites.items() if site in listed}


def visited_sites(plan: pd.DataFrame) -> frozenset[str] | None:
    """The sites that a plan visits; ``None`` where there is no plan and every site counts as visited."""
    return None if plan.empty else frozenset(plan.loc[plan["selected"], "site"].astype("str"))


def risk_reasons(follow_up: pd.DataFrame, signals: pd.DataFrame | None) -> dict[str, str]:
    """Why a site is visited beyond the rule, by site.

    Parameters
    ----------
    follow_up : DataFrame
        Result of ``history.follow_up``.
    signals : DataFrame, optional
        As `site_plan_of`.
    """
    reasons: dict[str, list[str]] = {}
    for site, items in follow_up.dropna(subset=["site"]).groupby("site"):
        reasons.setdefault(str(site), []).append(_to_follow_up(items))
    if signals is not None and len(signals):
        flagged = signals[signals["flagged"].fillna(value=False).astype("bool")].dropna(subset=["site"])
        for site, rows in flagged.groupby("site"):
            said = ", ".join(
                f"{text_of(family).replace('_', ' ')} ({text_of(clause)})"
                for family, clause in dict.fromkeys(zip(rows["family"], rows["clause"], strict=True))
            )
            reasons.setdefault(str(site), []).append(f"flagged signal: {said}")
    return {site: "; ".join(reasons[site]) for site in sorted(reasons, key=natural_order) if site}


def _to_follow_up(items: pd.DataFrame) -> str:
    names = sorted((text_of(name) for name in items["finding_id"]), key=natural_order)
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    word = "nonconformity" if len(names) == 1 else "nonconformities"
    return f"{len(names)} {word} to follow up ({shown})"


def _with_unplaced(plan: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """The plan with what names no site, told at the central function, or at every site that is visited."""
    if items.empty:
        return plan
    central = plan["role"] == "central"
    told = central if central.any() else plan["selected"]
    verb = "names" if len(items) == 1 else "name"
    words = f"; here or elsewhere {_to_follow_up(items)} that {verb} no site"
    return plan.assign(reason=plan["reason"].where(~told, plan["reason"] + words))


def _open_items(lab: Engagement, examined: pd.DataFrame) -> pd.DataFrame:
    tables, day = lab.tables, pd.Timestamp(lab.settings.as_of)
    status = past.corrective_actions(
        tables.corrective_actions, tables.findings, tables.audits, examined, as_of=day,
        register_known=lab.tells("corrective_actions"),
    )  # fmt: skip
    return past.follow_up(status, tables.audits, examined, as_of=day)


def _with_strangers(plan: pd.DataFrame, reasons: Mapping[str, str]) -> pd.DataFrame:
    """The plan with sites that findings or signals name and the list of sites does not."""
    if not reasons:
        return plan
    rule, required = plan["rule"].iloc[0], plan["required"].iloc[0]
    words = "not in the list of sites; mend the list, or say where this is taken up"
    rows = [(site, "not listed", True, "risk", rule, required, f"{why}; {words}") for site, why in reasons.items()]
    added = pd.DataFrame(rows, columns=list(plan.columns)).astype(plan.dtypes.to_dict())
    return pd.concat([plan, added], ignore_index=True)
