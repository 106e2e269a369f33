"""Numbers that begin anew with every audit: "1" of spring and "1" of autumn are two findings."""

from __future__ import annotations

import pandas as pd

from auditlab.intake.ledger import Action, place_of
from auditlab.intake.loading import Intake
from auditlab.intake.plain import one_word
from auditlab.tables import SOURCE_COLUMNS

RULE = "number that begins anew with each audit; the audit is put before it"
_RUNNING = r"\d{1,4}"
_ROW = list(SOURCE_COLUMNS[:3])


def settle_running_numbers(tables: dict[str, pd.DataFrame], *, intake: Intake) -> dict[str, pd.DataFrame]:
    """`tables` with findings that are told apart by audit and number, where the number alone does not.

    Only in a file whose findings all carry bare numbers, which repeat from audit to audit and never within
    one. Corrective actions on the rows of these findings follow them; where another list of actions names
    findings by these numbers, nobody could tell which ones it means, and all stays as it is.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables ``findings, corrective_actions``.
    intake : Intake
        Its ledger tells of every number that was changed.
    """
    findings, actions = tables["findings"], tables["corrective_actions"]
    if findings.empty:
        return tables
    bare = findings["finding_id"].str.fullmatch(_RUNNING).groupby(findings["source_file"]).transform("all")
    again = findings.duplicated(["source_file", "finding_id"]).groupby(findings["source_file"]).transform("any")
    clash = findings.duplicated(["source_file", "audit_id", "finding_id"]).groupby(findings["source_file"])
    renamed = findings[bare & again & ~clash.transform("any")]
    if renamed.empty:
        return tables
    names = {tuple(row[_ROW]): f"{one_word(row['audit_id'])}/{row['finding_id']}" for _, row in renamed.iterrows()}
    apart = [tuple(row) not in names for row in actions[_ROW].itertuples(index=False)]
    if actions.loc[apart, "finding_id"].isin(renamed["finding_id"]).any():
        return tables
    parts = {"findings": findings, "corrective_actions": actions}
    for name, frame in parts.items():
        keys = [tuple(row) for row in frame[_ROW].itertuples(index=False)]
        identity = [names.get(key, old) for key, old in zip(keys, frame["finding_id"], strict=True)]
        for row, new in zip(frame.to_dict("records"), identity, strict=True):
            if new != row["finding_id"]:
                intake.ledger.cell(
                    place_of(row), table=name, field="finding_id", action=Action.REPAIRED, rule=RULE,
                    old=row["finding_id"], new=new,
                )  # fmt: skip
        parts[name] = frame.assign(finding_id=pd.Series(identity, index=frame.index, dtype="str"))
    return tables | parts
