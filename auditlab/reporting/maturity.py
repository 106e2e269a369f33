"""How well each process is kept up, as somebody rated it: never a statement on conformity.

A rating says how a process is run; a nonconformity says that a requirement is not met. A process of level 4 can have
one, and a process of level 1 can have none. So the two are never in one table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.history.cells import clause_sort_key
from auditlab.report_settings import MaturityRating
from auditlab.standard.clauses import auditable_leaves, clause_title, recurrence_key

DESCRIPTORS: Mapping[int, str] = {
    0: "not done, or nobody could show that it is",
    1: "done when somebody remembers; depends on persons",
    2: "planned and followed up in places; the results are kept",
    3: "done the same way everywhere it applies, with named roles",
    4: "steered by measures with targets and limits that people act on",
    5: "improved on the ground of those measures, and the effect was checked",
}
"""Levels in our own words; no level of a published model is meant."""

MATURITY_DTYPES = {
    "process": "str", "title": "str", "level": "Int64", "descriptor": "str", "evidence": "str", "shown": "str",
}  # fmt: skip
FILLED, HOLLOW, NOT_RATED = "with evidence", "hollow: no evidence stated", "not rated"


def maturity_profile(ratings: Sequence[MaturityRating]) -> pd.DataFrame:
    """One row per process: every process of clause 8 and each main topic elsewhere.

    Parameters
    ----------
    ratings : sequence of MaturityRating
        ``[[report.maturity]]`` of the settings.

    Returns
    -------
    DataFrame
        ``process`` (recurrence key), ``title, level`` (missing where not rated), ``descriptor, evidence, shown`` (with
        evidence, hollow, or not rated).

    Raises
    ------
    ArgumentError
        If a rating names no process, or one process twice.
    """
    processes = sorted({recurrence_key(leaf) for leaf in auditable_leaves()}, key=clause_sort_key)
    rated: dict[str, MaturityRating] = {}
    for one in ratings:
        if one.process not in processes:
            raise ArgumentError(
                f"[[report.maturity]] rates '{one.process}', which is no process. Write a clause such as 8.5.1 or 9.2."
            )
        if one.process in rated:
            raise ArgumentError(f"[[report.maturity]] rates {one.process} twice. Keep one rating, with its evidence.")
        rated[one.process] = one
    rows = [_row(process, rated.get(process)) for process in processes]
    return pd.DataFrame(rows, columns=list(MATURITY_DTYPES)).astype(MATURITY_DTYPES)


def _row(process: str, rating: MaturityRating | None) -> dict[str, object]:
    row: dict[str, object] = {"process": process, "title": clause_title(process)}
    if rating is None:
        return row | {"level": pd.NA, "descriptor": "", "evidence": "", "shown": NOT_RATED}
    return row | {
        "level": rating.level, "descriptor": DESCRIPTORS[rating.level], "evidence": "; ".join(rating.evidence),
        "shown": FILLED if rating.evidence else HOLLOW,
    }  # fmt: skip
