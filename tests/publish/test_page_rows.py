"""Which rows of a long table a page shows."""

import pandas as pd

from auditlab.publish import first_rows

SECTORS = ["hosting"] * 490 + ["energy"] * 10


def test_a_long_table_shows_rows_of_every_value_that_a_filter_offers():
    frame = pd.DataFrame({"n": range(500), "sector": SECTORS})
    shown = first_rows(frame, by=["sector"])
    assert shown["n"].tolist() == [*range(40), 490, 491, 492, 493, 494]


def test_rows_are_counted_by_place_whatever_their_labels():
    frame = pd.DataFrame({"n": range(500), "sector": SECTORS}, index=[7] * 500)
    shown = first_rows(frame, by=["sector"], first=2, each=1)
    assert shown["n"].tolist() == [0, 1, 490]


def test_rows_without_a_value_are_a_value_too():
    frame = pd.DataFrame({"n": range(4), "sector": ["a", "a", "a", None]})
    assert first_rows(frame, by=["sector"], first=1, each=1)["n"].tolist() == [0, 3]
