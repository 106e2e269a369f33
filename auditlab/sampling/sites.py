"""Which sites to visit: the number by the programme rule, a part at random, the rest by judgement with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.history.cells import natural_order
from auditlab.sampling.draw import draw
from auditlab.sampling.seeds import derived_seed
from auditlab.standard.programme import site_minimum

_RANDOM_PART = 4  # at least one in four sites of the sample is drawn at random (MD 1)
_COLUMNS = ["site", "role", "selected", "how", "rule", "required", "reason"]


def site_sample(sites: int, *, audit_type: str) -> int:
    """The smallest number of sites to visit besides the central function; see `standard.site_minimum`."""
    return site_minimum(sites, audit_type=audit_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """Sites chosen besides the central function, each with its reason."""

    random: Mapping[str, str]
    judgement: Mapping[str, str]


def site_plan(
    sites: pd.DataFrame,
    *,
    audit_type: str,
    seed: int | str,
    visits: pd.DataFrame | None = None,
    risk_sites: Mapping[str, str] | Iterable[str] = (),
) -> pd.DataFrame:
    """The sites of the next audit.

    The central function is visited always. Of the others the required number: at least a quarter
    drawn at random, the rest by judgement, the longest unvisited first. Sites named for a risk are
    visited too, if need be beyond the required number; the random part then grows with the sample.

    Parameters
    ----------
    sites : DataFrame
        ``site, central``, one row per site in scope.
    audit_type : str
        ``"initial"``, ``"stage2"``, ``"surveillance"`` or ``"recertification"``.
    seed : int or str
        Of the engagement; it decides the random part only.
    visits : DataFrame, optional
        ``site, last_visit``, as `history.site_visits` returns it. A site without a known visit
        comes before all others.
    risk_sites : mapping or iterable
        Sites to visit because of risk, complaints or findings, with their reason if there is one.

    Returns
    -------
    DataFrame
        ``site, role`` (central, site), ``selected, how`` (central, random, judgement; missing where
        not selected), ``rule, required`` (sites besides the central function) [count], ``reason``.

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
    others = [
        str(site) for site in draw(sites, id="site", n=len(sites), seed=derived_seed(seed, purpose="sites"))["site"]
    ]
    others = [site for site in others if site not in central]
    risks = _risks(risk_sites, known={*central, *others})
    required = site_sample(len(others), audit_type=audit_type)
    choice = _choice(others, required=required, waiting=_longest_unvisited(others, visits), risks=risks)
    rule = _rule(len(others), required=required, audit_type=audit_type, central=central)
    ordered = sorted({*central, *others}, key=lambda site: (site not in central, natural_order(site)))
    rows = [(*_row(site, central=central, choice=choice), rule, required) for site in ordered]
    frame = pd.DataFrame(rows, columns=["site", "role", "selected", "how", "reason", "rule", "required"])
    return frame[_COLUMNS].astype({"how": "str", "selected": "bool", "required": "Int64"})


def _choice(drawn: Sequence[str], *, required: int, waiting: Mapping[str, str], risks: Mapping[str, str]) -> _Choice:
    """Sites by chance first, blind to everything; then those with a risk, then the longest unvisited."""
    size = required
    while True:
        random = tuple(drawn[: -(-size // _RANDOM_PART)])
        judged = {site: risks[site] for site in waiting if site in risks and site not in random}
        if len(random) + len(judged) <= size:
            break
        size = len(random) + len(judged)
    for site, reason in waiting.items():
        if len(random) + len(judged) < size and site not in random:
            judged.setdefault(site, reason)
    also = {site: f"drawn at random; also {risks[site]}" if site in risks else "drawn at random" for site in random}
    return _Choice(random=also, judgement=judged)


def _longest_unvisited(sites: Sequence[str], visits: pd.DataFrame | None) -> dict[str, str]:
    """The sites, longest unvisited first, each with what is known of its last visit."""
    last: dict[str, pd.Timestamp] = {}
    if visits is not None:
        dated = visits.dropna(subset=["last_visit"]).sort_values("last_visit", kind="stable")
        last = dict(zip(dated["site"].astype("str"), dated["last_visit"], strict=True))
    ordered = sorted(sites, key=lambda site: (site in last, last.get(site, pd.Timestamp(0)), natural_order(site)))
    return {
        site: f"longest unvisited: last visit {last[site]:%Y-%m-%d}" if site in last else "no visit is known"
        for site in ordered
    }


def _risks(risk_sites: Mapping[str, str] | Iterable[str], *, known: set[str]) -> dict[str, str]:
    named = dict(risk_sites) if isinstance(risk_sites, Mapping) else dict.fromkeys(risk_sites, "")
    unknown = sorted(set(named) - known)
    if unknown:
        raise ArgumentError(
            f"Sites named for a risk are not in scope: {', '.join(unknown)}. In scope: {', '.join(sorted(known))}."
        )
    return {site: f"named for a risk: {reason}" if reason else "named for a risk" for site, reason in named.items()}


def _rule(others: int, *, required: int, audit_type: str, central: set[str]) -> str:
    text = f"MD 1, {audit_type}: {required} of {others} sites besides the central function, a quarter of them at random"
    if central:
        return text
    return f"{text}; no site is marked as the central function, which is visited always: mark it in the list of sites"


def _row(site: str, *, central: set[str], choice: _Choice) -> tuple[str, str, bool, str | None, str]:
    if site in central:
        return site, "central", True, "central", "the central function is visited in every audit"
    if site in choice.random:
        return site, "site", True, "random", choice.random[site]
    if site in choice.judgement:
        return site, "site", True, "judgement", choice.judgement[site]
    return site, "site", False, None, "not needed for the required number"
