"""The minutes of each cell on the clauses below it, and the areas nobody looks at."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from auditlab.priority.obligations import leaves_of
from auditlab.standard.clauses import auditable_leaves, clause_title

LEAF_DTYPES = {
    "site": "str", "clause": "str", "title": "str", "key": "str", "minutes": "int64", "state": "str",
    "unknown": "bool", "part": "str", "rank": "int64",
}  # fmt: skip
_UNSEEN = ("untouched", "unknown")


def leaf_plan(cells: pd.DataFrame, coverage: pd.DataFrame) -> pd.DataFrame:
    """The whole plan by leaf: every minute of a cell stands at one of its leaves.

    Parameters
    ----------
    cells : DataFrame
        Cells of one share of the budget, as `visit_minutes` returns them.
    coverage : DataFrame
        Result of ``history.coverage_cells``.

    Returns
    -------
    DataFrame
        ``site, clause`` (leaf), ``title, key, minutes, state`` (examined, untouched, unknown), ``unknown``
        (the mark of a leaf that was not examined in this cycle), ``part, rank`` (of its cell). The minutes of a
        cell sum exactly; leaves not examined in this cycle get the odd ones first.
    """
    states = {
        (str(site), str(leaf)): str(state)
        for site, leaf, state in zip(coverage["site"], coverage["clause"], coverage["state"], strict=True)
    }
    rows = []
    for site, key, minutes, part, rank in zip(
        cells["site"], cells["clause"], cells["minutes"], cells["part"], cells["rank"], strict=True
    ):
        for leaf, given in _shared(key, int(minutes), states=states, site=site).items():
            state = states.get((site, leaf), "unknown")
            rows.append((site, leaf, clause_title(leaf), key, given, state, state in _UNSEEN, part, rank))
    return pd.DataFrame(rows, columns=list(LEAF_DTYPES)).astype(LEAF_DTYPES)


def _shared(key: str, minutes: int, *, states: Mapping[tuple[str, str], str], site: str) -> dict[str, int]:
    leaves = leaves_of(key)
    each, odd = divmod(minutes, len(leaves))
    unseen_first = sorted(leaves, key=lambda leaf: states.get((site, leaf), "unknown") not in _UNSEEN)
    extra = set(unseen_first[:odd])
    return {leaf: each + (leaf in extra) for leaf in leaves}


def unplanned_leaves(planned: pd.DataFrame, *, edition: str = "2018") -> tuple[str, ...]:
    """Auditable leaves without a planned minute at any site."""
    seen = set(planned.loc[planned["minutes"] > 0, "clause"])
    return tuple(leaf for leaf in auditable_leaves(edition) if leaf not in seen)


def area_minutes(planned: pd.DataFrame, *, sites: Collection[str]) -> pd.DataFrame:
    """Planned minutes by key area (main clause, inside clause 8 its second level) and site.

    Parameters
    ----------
    planned : DataFrame
        Result of `leaf_plan`.
    sites : collection of str
        Sites that are visited.

    Returns
    -------
    DataFrame
        ``area, title``, a column of minutes per site, ``minutes`` (all sites), ``untouched`` (no minute at all).
    """
    areas = planned["clause"].map(area_of)
    table = planned.assign(area=areas).pivot_table(
        index="area", columns="site", values="minutes", aggfunc="sum", sort=False
    )
    table = table.reindex(index=list(dict.fromkeys(area_of(leaf) for leaf in auditable_leaves())), columns=list(sites))
    filled = table.fillna(0).astype("int64")
    titles = [clause_title(area) for area in filled.index]
    filled = filled.assign(minutes=filled.sum(axis=1)).reset_index()
    filled.insert(1, "title", titles)
    return filled.assign(untouched=filled["minutes"] == 0).rename_axis(columns=None)


def area_of(leaf: str) -> str:
    """The key area of a clause: its main clause, inside clause 8 the second level."""
    parts = leaf.split(".")
    return ".".join(parts[:2]) if parts[0] == "8" else parts[0]
