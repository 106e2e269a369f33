"""When a change was approved, from a list of the decisions of all approvers."""

from __future__ import annotations

import pandas as pd

from auditlab.intake.ledger import Action, Ledger, place_of

APPROVED, REJECTED, PENDING = "approved", "rejected", "requested"
RULE = "moment of the last approval in the list of approvals"


def approval_moments(approvals: pd.DataFrame) -> pd.Series:
    """The moment at which each record had all approvals it needed.

    Parameters
    ----------
    approvals : DataFrame
        Canonical approvals, one row per record and approver.

    Returns
    -------
    Series
        By ``record_id``: the last approval. Records with a decision that is still requested, with a
        rejection after the last approval, or with no dated approval are left out: they are not
        approved. Approvers whose decision is not needed say nothing.
    """
    said = approvals["decision"].str.casefold().str.replace("_", " ", regex=False).str.strip()
    last = {word: approvals[said == word].groupby("record_id")["decided"].max() for word in (APPROVED, REJECTED)}
    moments = last[APPROVED].dropna()
    rejected = last[REJECTED].reindex(moments.index)
    undated = set(approvals.loc[(said == REJECTED) & approvals["decided"].isna(), "record_id"])
    pending = set(approvals.loc[said == PENDING, "record_id"])
    open_still = moments.index.isin(list(pending | undated))
    return moments[~open_still & ~(rejected >= moments)]


def settle_approvals(tables: dict[str, pd.DataFrame], *, ledger: Ledger) -> dict[str, pd.DataFrame]:
    """`tables` with the changes' empty moments of approval filled from the list of approvals.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables.
    ledger : Ledger
        Is told of every moment that was filled.
    """
    changes, approvals = tables["changes"], tables["approvals"]
    if changes.empty or approvals.empty:
        return tables
    moments = changes["change_id"].map(approval_moments(approvals))
    empty = changes["approved"].isna() & moments.notna()
    for record, moment in zip(changes[empty].to_dict("records"), moments[empty], strict=True):
        ledger.cell(place_of(record), table="changes", field="approved", action=Action.REPAIRED, rule=RULE, new=moment)
    return tables | {"changes": changes.assign(approved=changes["approved"].mask(empty, moments))}
