"""What changes over time, at one mix of audits: a drop that comes from another mix is no improvement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from auditlab.portfolio.clauses import PER_DAYS
from auditlab.portfolio.store import FACETS, Store
from auditlab.statistics.poisson_rates import poisson_limits

_PLACE = ["facet", "value"]
_COURSE = [
    "half_year", "audits", "clients", "auditor_days", "nonconformities", "rate", "low", "high", "standardised",
    "covered", "mix", "edition_2018",
]  # fmt: skip
_HALF = "year(f.start) || '-' || case when month(f.start) <= 6 then 1 else 2 end"
_PART = "case when f.start < $first then 'before' when f.start > $last then 'after' else 'compared' end"
_PARTS = ("before", "compared", "after")
LEAST_COVERED = 0.9
"""A half-year with less of the common mix than this is not at that mix, so no standardised rate is given [0-1]."""
_MIXES = (("type", "edition", "sector"), ("type", "edition"))
"""From the finest to the coarsest mix that may be declared; a mix must say what is found in an audit by its purpose."""
_HAIR = 1e-9
AT_ONE_MIX = "all, at one mix"
NO_MIX = "nothing"
"""The mix where the settings compare all audits together: there is no standardised rate then."""


def rates_over_time(store: Store) -> pd.DataFrame:
    """Nonconformities per auditor-day by half-year, raw and at the mix of all half-years together.

    Returns
    -------
    DataFrame
        ``half_year`` (2023-1), ``audits, clients`` [count], ``auditor_days, nonconformities, rate, low, high`` (exact
        Poisson) [per auditor-day], ``standardised`` (at the common mix of the strata; missing where the half-year has
        less than `LEAST_COVERED` of it), ``covered`` (share of the common mix that the half-year has) [0-1], ``mix``
        (what the common mix is made of: type, edition and sector, or type and edition alone where more half-years
        then have the mix; findings play no part in the choice), ``edition_2018`` (share of the days audited against
        it) [0-1].

    References
    ----------
    .. [1] Breslow and Day (1987), Statistical Methods in Cancer Research II, IARC, chapter 2, for direct
       standardisation.
    """
    return _courses(store, {"all": "'all'"}).drop(columns=_PLACE)


def rates_by_place(store: Store) -> pd.DataFrame:
    """The same for every sector, country and office of clients and every edition of audits, each at its own common mix.

    Returns
    -------
    DataFrame
        ``facet`` (sector, country, edition, office), ``value``, then the columns of `rates_over_time`.
    """
    owner = {facet: "f" if facet == "edition" else "p" for facet in FACETS}
    return _courses(store, {facet: f"coalesce({owner[facet]}.{facet}, 'not known')" for facet in FACETS})


def committee_course(store: Store) -> pd.DataFrame:
    """The course for those outside the house: what it sums up to is what the benchmark shows.

    A half-year that the period of the comparison begins or ends in is cut in two there; otherwise its part in the
    period would follow from the benchmark and the other half-years, however few clients it is about.

    Returns
    -------
    DataFrame
        ``half_year, part`` (before, compared, after: its place to the period), the other columns of `rates_over_time`
        [per ten auditor-days], ``suppressed``: about fewer clients than ``method.suppress_below``, or needed so
        that none such follows. Nonconformities and their rates are missing where they happened at some clients, but so
        few, or such a number would follow. ``standardised``, ``covered`` and ``edition_2018`` are missing as well where
        audits of one edition are about so few.
    """
    table = _courses(store, {"all": "'all'"}, half=f"{_HALF} || ' ' || {_PART}").drop(columns=_PLACE)
    places = table["half_year"].str.split(" ", expand=True).reindex(columns=[0, 1])
    table = table.assign(half_year=places[0], part=places[1])
    table["_order"] = table["part"].map({part: place for place, part in enumerate(_PARTS)})
    table = table.sort_values(["half_year", "_order"], ignore_index=True)
    least = store.settings.method.suppress_below
    table["suppressed"] = False
    for _, own in table.groupby("part"):
        table.loc[own.index, "suppressed"] = course_suppressed(own["clients"], least=least)
    rates = ["rate", "low", "high", "standardised"]
    table[rates] *= PER_DAYS
    with_nc = _clients_with_nc(store).reindex(pd.MultiIndex.from_frame(table[["half_year", "part"]])).to_numpy()
    for _, own in table.assign(with_nc=with_nc).query("with_nc > 0").groupby("part"):
        hidden = course_suppressed(own["with_nc"], least=least)
        table.loc[hidden[hidden].index, ["nonconformities", *rates]] = np.nan
    few = _few_of_an_edition(store, least=least)
    mixed = pd.MultiIndex.from_frame(table[["half_year", "part"]]).isin(few)
    table.loc[mixed, ["standardised", "covered", "edition_2018"]] = np.nan
    whole = dict.fromkeys(("audits", "clients", "nonconformities"), "Int64")
    numbers = table.columns.difference(["half_year", "part", "mix", "_order", "suppressed"])
    table = table.astype(dict.fromkeys(numbers, "Float64"))
    table.loc[table["suppressed"], numbers] = pd.NA
    return table[["half_year", "part", *_COURSE[1:], "suppressed"]].astype(whole)


def course_suppressed(clients: pd.Series, *, least: int) -> pd.Series:
    """Which rows of a course are not shown: the small ones and, so that no total less the others shows them, one more.

    The same clients may stand behind several small rows, so that together they are about no more than one of them: the
    further row is about enough clients by itself.
    """
    hidden = clients < least
    large = clients[~hidden]
    return hidden | (clients.index == large.idxmin()) if hidden.any() and len(large) else hidden


def _clients_with_nc(store: Store) -> pd.Series:
    """Clients with a nonconformity, by half-year and part."""
    types = ", ".join(f"'{kind}'" for kind in store.settings.compare.types)
    counted = store.ask(
        f"select {_HALF} as half_year, {_PART} as part, count(distinct client) as clients from facts f "
        f"where type in ({types}) and days > 0 and nc > 0 group by all"
    )
    return counted.set_index(["half_year", "part"])["clients"]


def _few_of_an_edition(store: Store, *, least: int) -> pd.MultiIndex:
    """Half-years and parts in which the audits of one edition, or those of the others, are about few clients."""
    types = ", ".join(f"'{kind}'" for kind in store.settings.compare.types)
    counted = store.ask(
        f"select {_HALF} as half_year, {_PART} as part, count(distinct client) filter (where edition = '2018') as own, "
        f"count(distinct client) filter (where edition <> '2018') as other from facts f where type in ({types}) "
        "and days > 0 and nc is not null group by all"
    )
    few = counted["own"].between(1, least - 1) | counted["other"].between(1, least - 1)
    return pd.MultiIndex.from_frame(counted.loc[few, ["half_year", "part"]])


def _courses(store: Store, facets: Mapping[str, str], *, half: str = _HALF) -> pd.DataFrame:
    """The course of every value of `facets`, given as name and expression, by the stretches that `half` names."""
    types = ", ".join(f"'{kind}'" for kind in store.settings.compare.types)
    declared = set(store.settings.compare.strata)
    mixes = list(dict.fromkeys(tuple(name for name in mix if name in declared) for mix in _MIXES))
    mixes = [mix for mix in mixes if mix] or [()]
    listed = "".join(f"coalesce(f.{name}, 'not known') as {name}, " for name in mixes[0])
    rows = (
        f"from facts f left join places p using (client) where f.type in ({types}) and f.days > 0 "
        "and f.nc is not null group by all"
    )
    begin = [f"select '{facet}' as facet, {value} as value, {half} as half_year, " for facet, value in facets.items()]
    sums = (
        "count(*) as audits, cast(sum(f.days) as double) as days, cast(sum(f.nc) as double) as nc, "
        "cast(sum(f.days) filter (where f.edition = '2018') as double) as of_2018"
    )
    cells = store.ask(" union all ".join(f"({one}{listed}{sums} {rows})" for one in begin) + " order by all")
    clients = store.ask(" union all ".join(f"({one}count(distinct f.client) as clients {rows})" for one in begin))
    table = cells.groupby([*_PLACE, "half_year"], as_index=False).agg(
        audits=("audits", "sum"), auditor_days=("days", "sum"), nonconformities=("nc", "sum"),
        of_2018=("of_2018", "sum"),
    )  # fmt: skip
    table = table.merge(clients, on=[*_PLACE, "half_year"])
    low, high = poisson_limits(table["nonconformities"], confidence=store.settings.method.confidence)
    table["rate"] = table["nonconformities"] / table["auditor_days"]
    table["low"], table["high"] = low / table["auditor_days"], high / table["auditor_days"]
    table = table.merge(_at_one_mix(cells, mixes), on=[*_PLACE, "half_year"])
    table["edition_2018"] = table["of_2018"] / table["auditor_days"]
    return table[[*_PLACE, *_COURSE]].astype({"nonconformities": "int64"})


def _at_one_mix(cells: pd.DataFrame, mixes: Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """Standardised rates of the half-years of every place, at the mix that most of its half-years have.

    Among mixes that as many half-years have, the first of `mixes` stands.
    """
    tried = [_standardised(cells, mix) for mix in mixes]
    best = tried[0]
    for other in tried[1:]:
        more = _had(other) > _had(best)
        best = best.where(~more, other)
    return best


def _had(tried: pd.DataFrame) -> pd.Series:
    """How many half-years of the place have the mix [count]."""
    counted: pd.Series = tried["standardised"].notna().groupby([tried[name] for name in _PLACE]).transform("sum")
    return counted


def _standardised(cells: pd.DataFrame, mix: tuple[str, ...]) -> pd.DataFrame:
    """Every half-year of every place at the mix of its days over the strata `mix`."""
    named = [*_PLACE, "half_year"]
    strata = cells.groupby([*named, *mix], as_index=False)[["days", "nc"]].sum()
    whole = strata.groupby(_PLACE)["days"].transform("sum")
    strata["weight"] = strata.groupby([*_PLACE, *mix])["days"].transform("sum") / whole
    strata["weighted"] = strata["nc"] / strata["days"] * strata["weight"]
    table = strata.groupby(named, as_index=False).agg(covered=("weight", "sum"), weighted=("weighted", "sum"))
    table["mix"] = "+".join(mix) or NO_MIX
    enough = (table["covered"] > LEAST_COVERED - _HAIR) & bool(mix)
    table["standardised"] = (table["weighted"] / table["covered"]).where(enough)
    return table.drop(columns="weighted")


def simpson_check(store: Store) -> pd.DataFrame:
    """Whether the whole and its parts moved the same way between the first and the last two half-years.

    Returns
    -------
    DataFrame
        ``stratum`` (``all`` first; ``all, at one mix``: the parts that stand at both ends, at the mix of their days at
        both; then each part), ``before, after`` [per auditor-day], ``days_before, days_after, change`` (after to
        before), ``against_whole`` (it moved the other way than the whole; of the whole itself, whether the whole moved
        the other way than its parts at one mix; missing where this cannot be told), ``note`` (why it cannot).

    References
    ----------
    .. [1] Simpson (1951), JRSS B 13:238-241.
    """
    types = ", ".join(f"'{kind}'" for kind in store.settings.compare.types)
    rows = store.ask(
        "with own as (select *, year(start) * 2 + (month(start) > 6)::int as half from facts "
        f"where type in ({types}) and days > 0 and nc is not null), "
        "ends as (select min(half) as a, max(half) as b from own), "
        "sided as (select *, case when half <= a + 1 then 'before' when half >= b - 1 then 'after' end as side "
        "from own, ends where b - a >= 3) "
        "select type || ', ' || edition as stratum, "
        "cast(sum(days) filter (where side = 'before') as double) as days_before, "
        "cast(sum(days) filter (where side = 'after') as double) as days_after, "
        "cast(sum(nc) filter (where side = 'before') as double) as nc_before, "
        "cast(sum(nc) filter (where side = 'after') as double) as nc_after "
        "from sided where side is not null group by all order by all"
    )
    return whole_and_parts(rows)


def whole_and_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """The table of `simpson_check` from ``stratum, days_before, days_after, nc_before, nc_after`` of the parts."""
    sums = rows.drop(columns="stratum").sum(min_count=1).to_frame().T.assign(stratum="all")
    both = rows.dropna(subset=["days_before", "days_after"])
    # Parts at the mix of their days at both ends: what the rates there would have found in the same days.
    days = both["days_before"] + both["days_after"]
    mixed = pd.DataFrame({
        "stratum": [AT_ONE_MIX], "days_before": [both["days_before"].sum()], "days_after": [both["days_after"].sum()],
        "nc_before": [(both["nc_before"] / both["days_before"] * days).sum() / days.sum() * both["days_before"].sum()],
        "nc_after": [(both["nc_after"] / both["days_after"] * days).sum() / days.sum() * both["days_after"].sum()],
    }) if len(both) else None  # fmt: skip
    table = pd.concat([sums, *([mixed] if mixed is not None else []), rows], ignore_index=True) if len(rows) else rows
    table["before"] = table["nc_before"] / table["days_before"]
    table["after"] = table["nc_after"] / table["days_after"]
    table["change"] = table["after"] / table["before"].where(table["before"] > 0)
    moved = np.sign(np.log(table["change"].where(table["change"] > 0)))
    whole = moved.where(table["stratum"] == "all").max()
    table["against_whole"] = (moved * whole < 0).astype("boolean").mask((moved * whole).isna())
    table["note"] = np.select(
        [table["days_before"].isna(), table["days_after"].isna()], ["only at the end", "only at the start"], default=""
    )
    if len(table):
        told = table.loc[table["stratum"] == AT_ONE_MIX, "against_whole"]
        share = days.sum() / rows[["days_before", "days_after"]].sum().sum()
        table.loc[0, "against_whole"] = told.iloc[0] if len(told) else pd.NA
        table.loc[0, "note"] = (
            f"{100 * share:.0f} % of the days at both ends lie in parts that stand at both"
            if len(both) else "cannot be told: no type and edition stands at both ends"
        )  # fmt: skip
    return table[["stratum", "before", "after", "days_before", "days_after", "change", "against_whole", "note"]]
