"""The list of a plan: judgement part, random part by stratum and stage, and a reserve in its order."""

from __future__ import annotations

import pandas as pd

from auditlab.sampling.designs import STRATIFIED, Sized, reserve_size
from auditlab.sampling.draw import draw
from auditlab.sampling.seal import RESERVE
from auditlab.seeds import derived_seed

JUDGEMENT, RANDOM, SECOND_STAGE = "judgement", "random", "second stage"

RECORD_LIST_TYPES = {
    "population": "str",
    "item": "str",
    "part": "str",
    "order": "Int64",
    "reason": "str",
    "stratum": "str",
}


def strata_of(frame: pd.DataFrame, column: str | None) -> pd.Series:
    """The stratum of each record; one that states none has a stratum of its own, so that no record is lost."""
    if column is None:
        return pd.Series("", index=frame.index, dtype="str")
    return frame[column].astype("str").fillna(f"({column} not stated)")


def drawn_list(
    rest: pd.DataFrame,
    plan: Sized | None,
    *,
    id: str,  # noqa: A002  # as in `draw`
    population: str,
    seed: int | str,
) -> pd.DataFrame:
    """The records drawn at random, by stratum, with those of the second stage and the reserve.

    Parameters
    ----------
    rest : DataFrame
        The records that are not flagged, with their ``stratum``.
    plan : Sized or None
        The random part; ``None`` where no record is left to draw.
    id : str
        Column of identifiers.
    population : str
        Name of the population.
    seed : int or str
        Of the engagement.

    Returns
    -------
    DataFrame
        ``item, part, order, reason, stratum``; the order begins anew in each stratum and in the reserve.
    """
    base, parts = derived_seed(seed, purpose=population), []
    for group in plan.groups if plan else ():
        members, own = rest, base
        if plan and plan.design == STRATIFIED:
            # The seed of `draw` with strata: a proportional list is the one that it draws.
            members, own = rest[rest["stratum"] == group.name], derived_seed(base, purpose=f"stratum\0{group.name}")
        spare = reserve_size(group.n, population=group.population)
        drawn = draw(members, id=id, n=group.n + spare, seed=own)
        listed = pd.DataFrame({"item": drawn[id], "order": drawn["order"], "stratum": group.name or None})
        parts.append(_parted(listed, plan, share=group.n, whole=group.n == group.population))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(RECORD_LIST_TYPES))


def _parted(listed: pd.DataFrame, plan: Sized | None, *, share: int, whole: bool) -> pd.DataFrame:
    """The drawn records of one group: first stage, second stage, reserve."""
    first = plan.plan.n if plan and plan.next_n else share
    said = "every record that is not flagged" if whole and first == share else "drawn at random"
    listed = listed.assign(part=RANDOM, reason=said)
    later = listed["order"] > first
    listed.loc[later, ["part", "reason"]] = [SECOND_STAGE, "drawn at random, examined only if the first stage asks"]
    spare = listed["order"] > share
    listed.loc[spare, ["part", "reason"]] = [RESERVE, "only in place of a record that cannot be examined"]
    listed.loc[spare, "order"] -= share
    return listed
