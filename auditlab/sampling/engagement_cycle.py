"""The sites of the audits of the next three years, as the rule would choose them now."""

from __future__ import annotations

import pandas as pd

from auditlab import history as past
from auditlab.engagement import Engagement
from auditlab.sampling.engagement_sites import excluded_of, sites_of
from auditlab.sampling.sites import cycle_plan
from auditlab.seeds import engagement_seed
from auditlab.standard.programme import SITE_SAMPLED

_AUDITS = 3  # one a year
_SURVEILLANCES = 2  # between two recertifications
_DTYPES = {
    "audit": "Int64", "type": "str", "day": "datetime64[ns]", "site": "str", "role": "str", "selected": "bool",
    "how": "str", "reason": "str", "required": "Int64", "rule": "str",
}  # fmt: skip


def cycle_plan_of(lab: Engagement) -> pd.DataFrame:
    """Which sites the audits of the next three years visit, each planned as if those before had been made.

    A forecast and no promise: the sites of an audit are planned anew before it, with what is known then, and
    sites that findings or signals add are known for the next audit only.

    Parameters
    ----------
    lab : Engagement
        The opened engagement.

    Returns
    -------
    DataFrame
        ``audit`` (1 is the next), ``type, day`` (a year apart) and the columns of `site_plan`; empty where no
        list of sites was handed over, or the rule has no number for the kind of the next audit.
    """
    tables, day = lab.tables, pd.Timestamp(lab.settings.as_of)
    kind = str(lab.settings.next_audit.type)
    if not len(tables.sites) or kind not in SITE_SAMPLED:
        return pd.DataFrame(columns=list(_DTYPES)).astype(_DTYPES)
    examined = past.examinations(tables.coverage, tables.audits)
    known = past.known_sites(tables.sites, tables.audits, tables.coverage, tables.findings)
    start = pd.Timestamp(lab.settings.next_audit.start or lab.settings.as_of)
    kinds = audit_types(kind, earlier=_surveillances(lab))
    plan = cycle_plan(
        sites_of(lab),
        audits=[(one, start + pd.DateOffset(years=place)) for place, one in enumerate(kinds)],
        seed=engagement_seed(lab.settings.seed),
        visits=past.site_visits(tables.audits, examined, sites=known, as_of=day),
        excluded=excluded_of(lab),
        party=str(lab.settings.party),
    )
    plan.insert(1, "type", plan["audit"].map(dict(enumerate(kinds, start=1))))
    return plan[list(_DTYPES)].astype(_DTYPES)


def audit_types(first: str, *, earlier: int = 0) -> list[str]:
    """The kinds of the next three yearly audits: two surveillances, then a recertification, and so on.

    Parameters
    ----------
    first : str
        Kind of the next audit.
    earlier : int
        Surveillances since the last certification decision [count].
    """
    kinds, since = [first], earlier + 1 if first == "surveillance" else 0
    while len(kinds) < _AUDITS:
        after = "surveillance" if since < _SURVEILLANCES else "recertification"
        since = since + 1 if after == "surveillance" else 0
        kinds.append(after)
    return kinds


def _surveillances(lab: Engagement) -> int:
    day = pd.Timestamp(lab.settings.as_of)
    begin = past.cycle_start(lab.tables.audits, lab.tables.certificates, as_of=day)
    audits = lab.tables.audits
    own = audits[(audits["type"] == "surveillance") & (audits["start"] <= day)]
    return len(own if begin is None else own[own["start"] >= begin])
