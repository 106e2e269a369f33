"""Lists of approvals: the moment at which a change had all the approvals it needed."""

import pandas as pd
import pytest

from auditlab.intake import open_engagement
from auditlab.intake.approvals import RULE, approval_moments
from auditlab.tables import as_canonical

DAY = pd.Timestamp(2024, 1, 13, 8)
LATER = DAY + pd.Timedelta(hours=3)


@pytest.mark.parametrize(
    ("decisions", "moment"),
    [
        ([("approved", DAY)], DAY),
        ([("Approved", DAY), ("approved", LATER)], LATER),  # the last of those who had to agree
        ([("approved", DAY), ("not_required", LATER)], DAY),
        ([("approved", DAY), ("requested", LATER)], None),  # somebody still has to agree
        ([("approved", DAY), ("rejected", LATER)], None),
        ([("rejected", DAY), ("approved", LATER)], LATER),  # handed in a second time
        ([("approved", DAY), ("rejected", None)], None),  # nobody knows which came first
        ([("approved", None)], None),
        ([("requested", DAY)], None),
    ],
)
def test_a_record_is_approved_when_the_last_approver_has_agreed(decisions, moment):
    frame = pd.DataFrame(decisions, columns=["decision", "decided"]).assign(record_id="CHG1")
    found = approval_moments(as_canonical("approvals", frame))
    assert list(found) == ([] if moment is None else [moment])


def test_an_export_of_approvals_fills_the_moments_that_changes_lack(folder):
    changes = [
        "number,type,start_date,end_date,work_start,work_end,approval_set,risk,approval",
        "CHG1,normal,2024-01-14 08:00:00,2024-01-14 09:00:00,2024-01-14 08:05:00,2024-01-14 08:50:00,,High,approved",
        "CHG2,normal,2024-01-14 08:00:00,2024-01-14 09:00:00,2024-01-14 08:05:00,,2024-01-12 10:00:00,Low,approved",
    ]
    approvals = [
        "sysapproval,approver,state,sys_updated_on",
        "CHG1,Ann,approved,2024-01-13 08:00:00",
        "CHG1,Bo,approved,2024-01-13 11:00:00",
        "CHG2,Ann,approved,2024-01-13 08:00:00",
    ]
    lab = open_engagement(folder.text("c.csv", "\n".join(changes)).text("a.csv", "\n".join(approvals)).path)
    assert lab.summary.set_index("file").loc["a.csv", ["table", "loaded"]].tolist() == ["approvals", 3]
    table = lab.tables.changes.set_index("change_id")
    assert table.loc["CHG1", "approved"] == LATER
    assert table.loc["CHG2", "approved"] == pd.Timestamp(2024, 1, 12, 10), "what the change says itself is kept"
    assert list(table["risk"]) == ["High", "Low"]
    assert list(table["planned_end"]) == [pd.Timestamp(2024, 1, 14, 9)] * 2
    assert list(lab.ledger.loc[lab.ledger["rule"] == RULE, "new"]) == ["2024-01-13 11:00:00"]
    assert not lab.ledger.apply(lambda column: column.astype("str").str.contains("Ann")).any(axis=None)
