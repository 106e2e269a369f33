"""Which rows of a long table a page shows."""

import json

import pandas as pd

from auditlab.publish import first_rows
from auditlab.publish.blocks import TableBlock
from auditlab.publish.formats import column_formats
from auditlab.publish.page_rows import tally

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


def test_a_tally_says_how_many_rows_have_each_values_together():
    frame = pd.DataFrame({"sector": ["b", "a", "b", None, "b"], "edition": ["2018", "2018", "2011", "2011", "2018"]})
    told = json.loads(tally(frame, column_formats(frame, table="t")))
    counts = {
        tuple(told["values"][place][code] for place, code in enumerate(codes)): count
        for *codes, count in told["rows"]
    }  # fmt: skip
    assert told["columns"] == ["sector", "edition"]
    assert counts == {("b", "2018"): 2, ("a", "2018"): 1, ("b", "2011"): 1, ("–", "2011"): 1}


def test_a_table_that_shows_all_its_rows_or_has_no_filter_carries_no_tally():
    frame = pd.DataFrame({"n": range(500), "sector": SECTORS})
    made = [
        TableBlock.of(frame, name="t", caption="", rows=rows, filters=filters)
        for rows, filters in ((10, ["sector"]), (500, ["sector"]), (10, []), (10, ["country"]))
    ]
    assert [bool(block.tally) for block in made] == [True, False, False, False]
    assert "490" in made[0].tally
