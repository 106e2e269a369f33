"""Which test spares a client with the highest raw rate: what the headline and the note of its row say."""

from types import SimpleNamespace

import pandas as pd
import pytest

from auditlab.numerals import p_value
from auditlab.portfolio import outliers
from auditlab.portfolio.headlines import portfolio_headlines
from auditlab.portfolio.outliers import SPARED


def compared(counts, days):
    rates = pd.DataFrame({
        "client": [f"C{place:02}" for place in range(len(counts))], "nonconformities": counts, "auditor_days": days,
    })  # fmt: skip
    return outliers(rates)


def second_sentence(sample_review, rates):
    """The headline about the highest raw rate, on a review whose clients are `rates`."""
    held = {name: getattr(sample_review, name) for name in sample_review.__dataclass_fields__}
    said = portfolio_headlines(SimpleNamespace(**held | {"client_rates": rates}))
    return next(iter(said.loc[said["sentence"].str.startswith("The highest"), "sentence"]), "")


def test_a_client_that_only_the_variance_between_clients_spares_is_not_called_chance(sample_review):
    """Twenty clients of ten days with 4 to 42 nonconformities: they differ so much that 42 is not unusual there."""
    rates = compared([4 + 2 * place for place in range(20)], [10.0] * 20)
    first = rates.set_index("client").loc["C19"]
    assert first["q"] < 0.10 < first["q_widened"]
    assert first["note"] == SPARED
    said = second_sentence(sample_review, rates)
    assert said.startswith("The highest raw rate, C19")
    assert "is not flagged: chance alone does not explain it" in said
    assert f": {p_value(first['q_widened'])})" in said
    assert f"variance between clients of {rates.attrs['between']:.2g}" in said
    assert "little time" not in said
    assert "outlier" not in said


@pytest.mark.parametrize(
    ("days", "words"), [(2.0, "chance allows it at its mix of audits"), (0.9, "so little time allows")]
)
def test_little_time_is_said_where_it_is_little(sample_review, days, words):
    """All others have two days with four nonconformities each."""
    said = second_sentence(sample_review, compared([5, *[4] * 11], [days, *[2.0] * 11]))
    assert f"is no outlier: {words}" in said


def test_a_flagged_client_has_no_note_and_no_such_headline(sample_review):
    rates = compared([60, *[20] * 11], [10.0] * 12)
    assert rates["flagged"].tolist() == [True] + [False] * 11
    assert set(rates["note"]) == {""}
    assert not second_sentence(sample_review, rates)
