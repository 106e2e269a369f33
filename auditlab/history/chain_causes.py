"""The causes on record along each chain, and what became of the actions against them.

A cause is what the client wrote; its category is what a person coded. Nothing is read out of the words, and what nobody
coded is shown as such.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditlab.history.cells import looked_up, natural_order, plural, text_of

NOT_CODED = "not coded"
NO_CAUSE = "no cause on record"

CAUSE_DTYPES = {
    "site": "str",
    "clause": "str",
    "finding_id": "str",
    "audit_id": "str",
    "statement": "str",
    "root_cause": "str",
    "category": "str",
    "action": "str",
    "status": "str",
    "due": "datetime64[us]",
    "days_overdue": "Int64",
    "effectiveness": "str",
    "repeat_finding": "str",
    "days_to_repeat": "Int64",
    "setting": "str",
}

SENTENCE_DTYPES = {
    "order": "int64", "sentence": "str", "value": "Float64", "n": "Int64", "low": "Float64", "high": "Float64",
    "table": "str",
}  # fmt: skip


def chain_causes(
    chains: pd.DataFrame,
    status: pd.DataFrame,
    actions: pd.DataFrame,
    *,
    causes: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """The findings of the recurrent chains with their causes and actions.

    Parameters
    ----------
    chains : DataFrame
        Result of `recurrence_chains`; the recurrent chains of the site view are taken.
    status : DataFrame
        Result of `corrective_actions`.
    actions : DataFrame
        Canonical corrective actions, with ``root_cause`` and ``action`` as written.
    causes : mapping, optional
        Category of cause by finding, as a person coded it (section ``causes`` of the settings).

    Returns
    -------
    DataFrame
        By chain and time: ``site, clause, finding_id, audit_id, statement, root_cause, category`` ("not coded" until a
        person does), ``action, status, due`` (first agreed), ``days_overdue`` [days], ``effectiveness,
        repeat_finding, days_to_repeat`` [days from verification], ``setting`` (the line that codes it).
    """
    coded = causes or {}
    drawn = chains[(chains["view"] == "site") & chains["recurrent"].fillna(value=False).astype(bool)]
    pairs = [
        (text_of(site), clause, finding)
        for site, clause, findings in zip(drawn["site"], drawn["clause"], drawn["findings"], strict=True)
        for finding in text_of(findings).split()
    ]
    rows = pd.DataFrame(pairs, columns=["site", "clause", "finding_id"], dtype="str")
    once = status.drop_duplicates("finding_id").set_index("finding_id")
    written = actions.dropna(subset=["finding_id"]).drop_duplicates("finding_id").set_index("finding_id")
    for name in (CAUSE_DTYPES.keys() & set(once.columns)) - {"site", "clause"}:
        rows[name] = looked_up(rows["finding_id"], once[name])
    for name in ("root_cause", "action"):
        rows[name] = looked_up(rows["finding_id"], written[name])
    rows["root_cause"] = rows["root_cause"].fillna(NO_CAUSE)
    rows["category"] = [coded.get(finding, NOT_CODED) for finding in rows["finding_id"]]
    rows["setting"] = [f'[causes] "{finding}" = "..."' for finding in rows["finding_id"]]
    return rows.reindex(columns=list(CAUSE_DTYPES)).astype(CAUSE_DTYPES)


def recurring_headlines(
    summary: pd.DataFrame, chains: pd.DataFrame, candidates: pd.DataFrame, causes: pd.DataFrame
) -> pd.DataFrame:
    """What the chains say, in sentences for the first screen.

    Parameters
    ----------
    summary : DataFrame
        Result of `recurrence_summary`.
    chains : DataFrame
        Result of `recurrence_chains`.
    candidates : DataFrame
        Result of `same_issue_candidates`.
    causes : DataFrame
        Result of `chain_causes`.

    Returns
    -------
    DataFrame
        ``order, sentence, value, n, low, high, table``.
    """
    told = [_against_expectation(summary), _issues(chains, candidates), _coded(causes), _actions(causes)]
    rows = [{"order": place} | row for place, row in enumerate((row for row in told if row), start=1)]
    return pd.DataFrame(rows, columns=list(SENTENCE_DTYPES)).astype(SENTENCE_DTYPES)


def _against_expectation(summary: pd.DataFrame) -> dict[str, object]:
    row = summary[summary["view"] == "site"].iloc[0]
    if pd.isna(row["rate"]):
        return {"sentence": "Whether anything came back is not known: no cell was examined twice on record."}
    expected = row["expected_rate"]
    beside = (
        f"their sites and clauses alone lead one to expect {100 * expected:.0f} %"
        if pd.notna(expected)
        else "what to expect is not known"
    )
    return {
        "sentence": (
            f"Nonconformities came back in {row['k']} of {row['n']} cells examined again ({100 * row['rate']:.0f} %, "
            f"95 % interval {100 * row['low']:.0f} to {100 * row['high']:.0f} %); {beside}."
        ),
        "value": row["rate"],
        "n": row["n"],
        "low": row["low"],
        "high": row["high"],
        "table": "recurring_chains",
    }


def _issues(chains: pd.DataFrame, candidates: pd.DataFrame) -> dict[str, object]:
    recurrent = chains[(chains["view"] == "site") & chains["recurrent"].fillna(value=False).astype(bool)]
    waiting = int((recurrent["same_issue"] == "confirm").sum())
    decided = candidates.loc[candidates["decision"] != "", ["finding_id", "candidate"]].drop_duplicates()
    return {
        "sentence": (
            f"The same clause is not the same issue: {waiting} of {plural(len(recurrent), 'chain')} wait for a person "
            f"to decide, {plural(len(decided), 'pair')} of findings {'is' if len(decided) == 1 else 'are'} decided."
        ),
        "value": waiting,
        "n": len(recurrent),
        "table": "same_issue_candidates",
    }


def _coded(causes: pd.DataFrame) -> dict[str, object] | None:
    if causes.empty:
        return None
    findings = causes.drop_duplicates("finding_id")
    bare = int((findings["category"] == NOT_CODED).sum())
    return {
        "sentence": (
            f"The cause of {bare} of {len(findings)} findings in these chains has no category from a person "
            f"({100 * bare / len(findings):.0f} %); until they are coded, shares of causes say little."
        ),
        "value": bare,
        "n": len(findings),
        "table": "chain_causes",
    }


def _actions(causes: pd.DataFrame) -> dict[str, object] | None:
    done = causes[causes["effectiveness"].isin(["effective", "repeat"])].drop_duplicates("finding_id")
    if done.empty:
        return None
    again = done[done["effectiveness"] == "repeat"]
    names = ", ".join(sorted(again["finding_id"], key=natural_order))
    return {
        "sentence": (
            f"In these chains {len(again)} of {plural(len(done), 'completed action')} that a later audit could test "
            f"{'was' if len(again) == 1 else 'were'} followed by a nonconformity at the same clause and site"
            f"{f' ({names})' if names else ''}. Chains are chosen by their repeats: this is no rate of effectiveness."
        ),
        "value": len(again),
        "n": len(done),
        "table": "chain_causes",
    }
