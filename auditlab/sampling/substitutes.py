"""Reserve records in place of those that cannot be examined: in their order, with a reason, and not for a deviation."""

from __future__ import annotations

import pandas as pd

from auditlab.sampling.lists import RANDOM, SECOND_STAGE
from auditlab.sampling.results import DEVIATION
from auditlab.sampling.seal import RESERVE

_DRAWN = (RANDOM, SECOND_STAGE)


def substitute_problems(answers: pd.DataFrame, attributes: tuple[str, ...]) -> list[str]:
    """What is wrong with the replacements of a worksheet, one sentence part each.

    Parameters
    ----------
    answers : DataFrame
        As `Worksheet.answers`.
    attributes : tuple of str
        Its columns that hold results.
    """
    replaced = answers[answers["replaced_by"].notna()]
    idle = answers[answers["replaced_by"].isna() & answers["replaced_why"].notna()]
    problems = [
        f"row {row}: a reason for replacing {item}, but no record in its place; name it, or move the words to the notes"
        for row, item in idle[["row", "item"]].itertuples(index=False)
    ]
    problems += [
        f"row {row}: {item} was replaced without a reason"
        for row, item in replaced.loc[replaced["replaced_why"].isna(), ["row", "item"]].itertuples(index=False)
    ]
    problems += [
        f"row {row}: {item} ({part}) cannot be replaced, only records drawn at random"
        for row, item, part in replaced.loc[~replaced["part"].isin(_DRAWN), ["row", "item", "part"]].itertuples(
            index=False
        )
    ]
    deviating = replaced[(replaced[list(attributes)] == DEVIATION).any(axis="columns")]
    problems += [
        f"row {row}: {item} deviates, so it stays in the sample"
        for row, item in deviating[["row", "item"]].itertuples(index=False)
    ]
    for stratum, own in answers.groupby(answers["stratum"].fillna("")):
        problems += _out_of_order(own, replaced[replaced["stratum"].fillna("") == stratum])
    return problems


def _out_of_order(answers: pd.DataFrame, replaced: pd.DataFrame) -> list[str]:
    reserve = _in_order(answers)
    used = [str(name) for name in replaced["replaced_by"]]
    due = reserve[: len(used)]
    if sorted(used) == sorted(due):
        return []
    if len(used) > len(reserve):
        return [
            f"{len(used)} records are replaced, but the reserve holds {len(reserve)}; note the others as not available"
        ]
    return [f"replaced by {', '.join(used)}, but the reserve is used in order: {', '.join(due)}"]


def with_substitutes(answers: pd.DataFrame, attributes: tuple[str, ...]) -> pd.DataFrame:
    """The records drawn at random as they were examined: a replaced one has the results of its reserve record."""
    own = answers[answers["part"].isin(_DRAWN)].copy()
    reserve = answers[answers["part"] == RESERVE].set_index("item")
    for place, name in own["replaced_by"].dropna().items():
        own.loc[place, list(attributes)] = reserve.loc[str(name), list(attributes)].to_numpy()
    return own


def unused_reserve(answers: pd.DataFrame, attributes: tuple[str, ...]) -> int:
    """Reserve records with results that replace no record [count]; they stay out of every count."""
    reserve = answers[(answers["part"] == RESERVE) & answers[list(attributes)].notna().any(axis="columns")]
    return int((~reserve["item"].isin(answers["replaced_by"].dropna())).sum())


def _in_order(answers: pd.DataFrame) -> list[str]:
    reserve = answers[answers["part"] == RESERVE]
    places = pd.to_numeric(reserve["order"]).sort_values(kind="stable").index
    return [str(item) for item in reserve.loc[places, "item"]]
