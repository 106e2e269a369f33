"""The summary says whether expected and found differ by more than chance, and when nobody can tell."""

import pytest
from reported_engagement import made, small_lab

from auditlab import reporting
from auditlab.history.cells import key_of
from auditlab.standard.clauses import auditable_leaves

KEYS = [key for key in dict.fromkeys(key_of(leaf) for leaf in auditable_leaves()) if key != "8.4.1"]


def said(cells):
    """The sentence after a plan of these cells at A, of which 8.5.1 alone had a nonconformity."""
    facts = reporting.report_headlines(made(small_lab(), *(("A", clause, "priority", 20, p) for clause, p in cells)))
    return next(line for line in facts["sentence"] if "planned cells examined" in line)


def test_far_fewer_than_expected_is_more_than_chance():
    keys = ["8.5.1", *(key for key in KEYS if key != "8.5.1")][:20]
    # One or none of 20 cells at 0.5: 21 / 2 ** 20 = 0.002 %.
    assert said([(key, 0.5) for key in keys]) == (
        "Of 20 planned cells examined, 10.0 with a nonconformity were expected and 1 was found, fewer than chance "
        "explains: so few or fewer would come in less than 0.01 % of such audits if the chances of the plan were right."
    )


def test_a_difference_within_chance_is_called_that():
    # One or none of 6 cells at 0.5: 7 / 64 = 11 %.
    keys = ["8.5.1", *(key for key in KEYS if key != "8.5.1")][:6]
    assert said([(key, 0.5) for key in keys]).endswith(
        "expected and 1 was found, no further apart than chance explains (limit 2.5 % on each side): so few or fewer would come in 11 % of such "
        "audits if the chances of the plan were right."
    )


@pytest.mark.parametrize("chance", [0.5, 0.3])
def test_with_few_cells_nobody_can_tell(chance):
    # Two cells: the rarest number of hits has a chance of 0.09 or more.
    assert said([("8.5.1", chance), ("7.2", chance)]).endswith(
        "; with 2 cells no number could tell whether that is more than chance."
    )
