"""Which sites to visit: the number by the programme rule, a part at random, the rest by judgement with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.history.cells import natural_order
from auditlab.sampling.draw import draw
from auditlab.sampling.site_words import rule_in_words
from auditlab.seeds import PREDICTABLE, derived_seed, is_secret
from auditlab.standard.programme import site_minimum

_RANDOM_PART = 4  # at least one in four sites of the sample is drawn at random (MD 1)
DRAWN = "drawn at random"
PREDICTABLY_DRAWN = f"{DRAWN} ({PREDICTABLE})"
_COLUMNS = ["site", "role", "selected", "how", "rule", "required", "reason"]


def site_sample(sites: int, *, audit_type: str, sampling_appropriate: bool = True) -> int:
    """The smallest number of sites to visit besides the central function.

    Parameters
    ----------
    sites : int
        Sites besides the central function [count].
    audit_type : str
        ``"initial"``, ``"stage2"``, ``"surveillance"`` or ``"recertification"``.
    sampling_appropriate : bool
        Whether the sites do the same work under one system; see `standard.site_minimum`. If not, all
        are visited initially and at recertification, and 30 % of them a year at surveillance.

    Raises
    ------
    ArgumentError
        As `standard.site_minimum`.
    """
    least = site_minimum(sites, audit_type=audit_type)
    if sampling_appropriate:
        return least
    return -(-30 * sites // 100) if audit_type == "surveillance" else sites


def site_plan(
    sites: pd.DataFrame,
    *,
    audit_type: str,
    seed: int | str,
    visits: pd.DataFrame | None = None,
    risk_sites: Mapping[str, str] | Iterable[str] = (),
    excluded: Mapping[str, str] | None = None,
    sampling_appropriate: bool = True,
    party: str = "third",
) -> pd.DataFrame:
    """The sites of the next audit.

    The central function is visited always. Of the others the required number: at least a quarter
    drawn at random, the rest by judgement, the longest unvisited first, so that over a cycle the visits
    go round. Sites named for a risk are visited beyond that number where it has not chosen them; the
    random part then grows with the sample. Where every site is required nothing is drawn. Where sites
    have different activities the number is computed for each activity, because only sites that do the
    same work stand for one another.

    Parameters
    ----------
    sites : DataFrame
        ``site, central``, one row per site in scope; with ``activity`` sites are sampled by it.
    audit_type : str
        ``"initial"``, ``"stage2"``, ``"surveillance"`` or ``"recertification"``.
    seed : int or str
        Of the engagement; it decides the random part only. The reason says where it is no secret.
    visits : DataFrame, optional
        ``site, last_visit``, as `history.site_visits` returns it. A site without a known visit
        comes before all others.
    risk_sites : mapping or iterable
        Sites to visit because of risk, complaints or findings, with their reason if there is one.
    excluded : mapping, optional
        Site that cannot be visited this time to its reason. It counts for the required number.
    sampling_appropriate : bool
        As `site_sample`.
    party : str
        Who audits: the rule binds certification bodies (``"third"``) and is a guide for others.

    Returns
    -------
    DataFrame
        ``site, role`` (central, site), ``selected, how`` (central, all, random, judgement, risk; missing
        where not selected), ``rule, required`` (sites besides the central function) [count], ``reason``.

    Raises
    ------
    ArgumentError
        If the rule knows no such audit type, a site stands twice, or a risk site is not in scope.

    References
    ----------
    .. [1] MD 1 (formerly IAF), audit and certification of an organisation with several sites.
    """
    marked = sites["central"].fillna(value=False).astype("bool")
    central = set(sites.loc[marked, "site"].astype("str"))
    shuffled = draw(sites, id="site", n=len(sites), seed=derived_seed(seed, purpose="sites"))["site"]
    others = [site for site in shuffled.astype("str") if site not in central]
    known = {*central, *others}
    named = _Named(
        risks=_risks(risk_sites, known=known),
        barred=_excluded(excluded, known=known, central=central),
        chance=DRAWN if is_secret(seed) else PREDICTABLY_DRAWN,
    )
    rows: dict[str, tuple[object, ...]] = {}
    for activity, members in _by_activity(sites, others).items():
        required = site_sample(len(members), audit_type=audit_type, sampling_appropriate=sampling_appropriate)
        choice = _choice(members, required=required, last=_last_visits(members, visits), named=named)
        rule = rule_in_words(
            len(members), required, audit_type=audit_type, central=bool(central), activity=activity,
            sampled=sampling_appropriate, party=party,
        )  # fmt: skip
        for site in members:
            rows[site] = (*_row(site, choice=choice, named=named), rule, required)
    return _listed(rows, central=central, audit_type=audit_type)


def cycle_plan(
    sites: pd.DataFrame,
    *,
    audits: Sequence[tuple[str, pd.Timestamp]],
    seed: int | str,
    visits: pd.DataFrame | None = None,
    excluded: Mapping[str, str] | None = None,
    sampling_appropriate: bool = True,
    party: str = "third",
) -> pd.DataFrame:
    """The sites of all audits of a cycle, each planned as if those before had been made as planned.

    Parameters
    ----------
    sites, seed, visits, excluded, sampling_appropriate, party
        As `site_plan`; each audit has its own random part, the first that of `site_plan`.
    audits : sequence of pairs
        Type and day of each audit, in order.

    Returns
    -------
    DataFrame
        ``audit`` (1 is the next), ``day`` and the columns of `site_plan`.

    Raises
    ------
    ArgumentError
        As `site_plan`, or if no audit is given.
    """
    if not audits:
        raise ArgumentError("The cycle has no audit. Give the type and day of each.")
    known = pd.DataFrame({"site": sites["site"].astype("str")})
    last = dict.fromkeys(known["site"], pd.NaT)
    if visits is not None:
        last |= dict(zip(visits["site"].astype("str"), visits["last_visit"], strict=True))
    plans = []
    for place, (audit_type, day) in enumerate(audits, start=1):
        seen = known.assign(last_visit=pd.to_datetime(known["site"].map(last)))
        # The next audit is drawn as its own plan draws it.
        own = seed if place == 1 else derived_seed(seed, purpose=f"audit {place}")
        plan = site_plan(
            sites, audit_type=audit_type, seed=own, visits=seen, excluded=excluded,
            sampling_appropriate=sampling_appropriate, party=party,
        )  # fmt: skip
        if place > 1 and not is_secret(seed):
            # A seed made of one that everybody knows is no secret, whatever its length.
            plan["reason"] = plan["reason"].str.replace(DRAWN, PREDICTABLY_DRAWN, regex=False)
        plan.insert(0, "day", day)
        plan.insert(0, "audit", place)
        last |= dict.fromkeys(plan.loc[plan["selected"], "site"], day)
        plans.append(plan)
    return pd.concat(plans, ignore_index=True)


def site_rules(plan: pd.DataFrame) -> str:
    """The rules of a site plan, each once; parameters as the result of `site_plan`."""
    own = plan[plan["role"] != "central"]
    return "; ".join(dict.fromkeys(own["rule"] if len(own) else plan["rule"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """Sites that somebody named, each with the reason."""

    risks: Mapping[str, str]
    barred: Mapping[str, str]
    chance: str  # words for a site drawn at random


def _by_activity(sites: pd.DataFrame, others: Sequence[str]) -> dict[str, list[str]]:
    """Sites besides the central function by what they do; without activities all together."""
    if "activity" not in sites.columns:
        return {"": list(others)} if others else {}
    activities = sites["activity"].astype("str").where(sites["activity"].notna(), "not stated")
    by_site = dict(zip(sites["site"].astype("str"), activities, strict=True))
    groups: dict[str, list[str]] = {}
    for site in others:
        groups.setdefault(by_site[site], []).append(site)
    return dict(sorted(groups.items()))


def _listed(rows: Mapping[str, tuple[object, ...]], *, central: set[str], audit_type: str) -> pd.DataFrame:
    site_sample(len(rows), audit_type=audit_type)  # an unknown type is refused even without sites
    rules = dict.fromkeys((row[-2], row[-1]) for row in rows.values())
    rule, required = "; ".join(str(text) for text, _ in rules), sum(int(str(number)) for _, number in rules)
    centre = (True, "central", "the central function is visited in every audit", rule, required)
    entries: list[tuple[object, ...]] = [(site, "central", *centre) for site in sorted(central, key=natural_order)]
    entries += [(site, "site", *rows[site]) for site in sorted(rows, key=natural_order)]
    frame = pd.DataFrame(entries, columns=["site", "role", "selected", "how", "reason", "rule", "required"])
    return frame[_COLUMNS].astype({"how": "str", "selected": "bool", "required": "Int64"})


def _choice(
    drawn: Sequence[str], *, required: int, last: Mapping[str, pd.Timestamp], named: _Named
) -> dict[str, tuple[str, str]]:
    """The sites to visit, each with how it was chosen and why."""
    free = [site for site in drawn if site not in named.barred]
    if required >= len(free):
        reason = f"all {len(free)} sites required, none drawn" if len(free) > 1 else "the one site is required"
        if len(free) < len(drawn):
            reason = f"all {len(free)} sites that can be visited are required, none drawn"
        return {site: ("all", _also(reason, site, named)) for site in free}
    waiting = sorted(free, key=lambda site: (site in last, last.get(site, pd.Timestamp(0)), natural_order(site)))
    part = -(-required // _RANDOM_PART)
    while True:
        random = free[:part]
        rest = [site for site in waiting if site not in random]
        judged = rest[: max(required - part, 0)]
        extra = [site for site in rest if site in named.risks and site not in judged]
        if _RANDOM_PART * part >= part + len(judged) + len(extra):
            break
        part += 1
    chance = f"{named.chance} from {len(free)} sites"
    choice = {site: ("random", _also(chance, site, named)) for site in random}
    for place, site in enumerate(judged, start=1):
        choice[site] = ("judgement", _also(_unvisited(last.get(site), place=place, of=len(rest)), site, named))
    return choice | {site: ("risk", f"beyond the required number, {named.risks[site]}") for site in extra}


def _also(reason: str, site: str, named: _Named) -> str:
    return f"{reason}; also {named.risks[site]}" if site in named.risks else reason


def _unvisited(day: pd.Timestamp | None, *, place: int, of: int) -> str:
    among = f"place {place} of the {of} not drawn"
    if day is None:
        return f"no visit is known; unvisited sites come first, {among}"
    return f"longest unvisited, {among}: last visit {day:%Y-%m-%d}"


def _last_visits(sites: Sequence[str], visits: pd.DataFrame | None) -> dict[str, pd.Timestamp]:
    """The last known visit of each site that has one."""
    if visits is None:
        return {}
    dated = visits.dropna(subset=["last_visit"])
    known = dict(zip(dated["site"].astype("str"), dated["last_visit"], strict=True))
    return {site: known[site] for site in sites if site in known}


def _risks(risk_sites: Mapping[str, str] | Iterable[str], *, known: set[str]) -> dict[str, str]:
    named = dict(risk_sites) if isinstance(risk_sites, Mapping) else dict.fromkeys(risk_sites, "")
    unknown = sorted(set(named) - known)
    if unknown:
        raise ArgumentError(
            f"Sites named for a risk are not in scope: {', '.join(unknown)}. In scope: {', '.join(sorted(known))}."
        )
    return {site: f"named for a risk: {reason}" if reason else "named for a risk" for site, reason in named.items()}


def _excluded(excluded: Mapping[str, str] | None, *, known: set[str], central: set[str]) -> dict[str, str]:
    barred = dict(excluded or {})
    unknown = sorted(set(barred) - known)
    if unknown:
        scope = ", ".join(sorted(known))
        raise ArgumentError(f"Sites to exclude are not in scope: {', '.join(unknown)}. In scope: {scope}.")
    middle = sorted(set(barred) & central)
    if middle:
        names = ", ".join(middle)
        raise ArgumentError(
            f"The central function {names} is visited in every audit and cannot be excluded. Leave it in."
        )
    silent = sorted(site for site, reason in barred.items() if not reason.strip())
    if silent:
        raise ArgumentError(f"No reason is given for excluding {', '.join(silent)}. Give one for each site.")
    return barred


def _row(site: str, *, choice: Mapping[str, tuple[str, str]], named: _Named) -> tuple[bool, str | None, str]:
    if site in choice:
        return True, *choice[site]
    if site in named.barred:
        left = f"; stays open: {named.risks[site]}" if site in named.risks else ""
        return False, None, f"excluded this time: {named.barred[site]}{left}"
    return False, None, "not needed for the required number"
