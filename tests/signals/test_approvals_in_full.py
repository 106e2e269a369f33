"""What the fields of changes tell of every one of them, and nothing where the field is not kept."""

import pandas as pd

from auditlab.signals import approvals_tested, changes_to_sample
from auditlab.tables import empty_table

AS_OF = pd.Timestamp("2024-03-31")


def changes(approved):
    table = pd.DataFrame({
        "change_id": [f"C{place}" for place in range(len(approved))], "site": "B", "type": "normal",
        "started": pd.Timestamp("2024-01-02 10:00"), "approved": pd.to_datetime(pd.Series(approved, dtype="object"), format="ISO8601"),
    })  # fmt: skip
    empty = empty_table("changes")
    return table.reindex(columns=empty.columns).astype(empty.dtypes)


def test_every_change_is_tested_and_counted_once():
    name, population = changes_to_sample(
        changes(["2024-01-01", "2024-01-03", None, "2024-01-02 10:00"]), as_of=AS_OF, site="B"
    )
    table = approvals_tested(population, name=name).set_index("tested")
    assert table["k"].to_dict() == {"no approval on record": 1, "approved after the start": 1, "one of these": 2}
    assert table["n"].eq(4).all()
    assert table.loc["one of these", "value"] == 0.5
    assert table["method"].eq("every record tested, no sampling error").all()


def test_a_field_that_is_not_kept_flags_no_change_and_says_so():
    name, population = changes_to_sample(changes([None, None]), as_of=AS_OF, site="B")
    assert not population[["no_approval", "approved_late"]].any(axis=None)
    table = approvals_tested(population, name=name)
    assert table["method"].eq("not tested: no approval time is on record").all()
    assert table["value"].isna().all()


def test_a_site_without_a_single_approval_is_flagged_where_others_keep_the_field():
    both = pd.concat([changes([None, None]), changes(["2024-01-01"]).assign(site="C")], ignore_index=True)
    name, population = changes_to_sample(both, as_of=AS_OF, site="B")
    assert population["no_approval"].all()
    assert approvals_tested(population, name=name)["k"].tolist() == [2, 0, 2]
