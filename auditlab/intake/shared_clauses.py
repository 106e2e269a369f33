"""Several clauses in one cell: one finding, whose weight the clauses share."""

from __future__ import annotations

import re

import pandas as pd

from auditlab.errors import ClauseError
from auditlab.standard.clauses import parse_clause

JOINT = " / "
"""Between the clauses of one cell, as intake writes them."""
_SEPARATORS = re.compile(r"\s*(?:[/;,&+\n|]|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b)\s*", re.IGNORECASE)


def split_clauses(text: str) -> tuple[str, ...]:
    """The clause numbers of a cell in the order written, each once; empty where it holds anything else.

    "8.5.1 / 8.5.3" and "8.5.1, 8.5.3" are two; "8.5.1" is one.
    """
    parts = [part.strip(" .") for part in _SEPARATORS.split(text.strip())]
    try:
        return tuple(dict.fromkeys(parse_clause(part) for part in parts if part))
    except ClauseError:
        return ()


def finding_weights(findings: pd.DataFrame) -> pd.DataFrame:
    """Each finding once for every clause it cites, its weight of 1 shared equally.

    Parameters
    ----------
    findings : DataFrame
        Canonical findings.

    Returns
    -------
    DataFrame
        ``finding_id``, ``clause`` (2018 edition; missing where it is not known), ``weight``
        [0-1]. The weights of a finding sum to 1, so that counts over clauses, sites and audits
        add up to the number of findings.
    """
    several = findings["clauses"].where(findings["clauses"].notna(), findings["clause"])
    shared = findings.assign(clause=several.str.split(" "))[["finding_id", "clause"]].explode("clause")
    weight = 1 / shared.groupby(level=0)["finding_id"].transform("size")
    return shared.assign(weight=weight).reset_index(drop=True)
