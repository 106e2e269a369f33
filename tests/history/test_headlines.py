"""The sentences of the first screen."""

import dataclasses

import pandas as pd
import pytest

from auditlab import history

TABLES = ["audits", "coverage", "findings", "actions", "certificates", "sites"]


def sentences(golden):
    return list(history.headlines(golden.results)["sentence"])


def test_the_golden_engagement_speaks_in_twelve_sentences(golden):
    spoken = sentences(golden)
    assert len(spoken) == 12
    assert spoken[0] == (
        "159 of 189 cells of clause and site were examined in this certification cycle; 30 were not (A 7, B 13, C 10)."
    )
    assert "9 of 19 cells" in spoken[2]
    assert "8.5.1 at B: nonconformities in 3 of 3 examinations (F001 F015 F039)" in spoken[3]
    assert "8.2.6 and 8.6.1 had nonconformities in 4 of 4 audits" in spoken[4]
    assert "declares 25 of 25 verified ones effective" in spoken[5]
    assert "F039 by 548 days, F045 by 456 days, F050 by 152 days; F053 open without a due date" in spoken[6]
    assert "first F039 F040 F043 F045: nobody has visited B since" in spoken[8]
    assert spoken[11] == (
        "Two improvements deserve a second reading by a person: F054 reads like a nonconformity; "
        "F055 follows nonconformities that came back."
    )
    assert "cannot be told apart (chi-square, p = 0.79)" in spoken[9]


def test_every_sentence_has_its_figure_and_its_table(golden):
    spoken = history.headlines(golden.results)
    assert list(spoken["order"]) == list(range(1, 13))
    assert spoken["value"].notna().all()
    assert set(spoken["table"]) <= {field.name for field in dataclasses.fields(history.HistoryResults)}
    shares = spoken[spoken["low"].notna()]
    assert (shares["low"] <= shares["value"]).all()
    assert (shares["value"] <= shares["high"]).all()


def test_with_nothing_handed_over_every_sentence_says_what_cannot_be_known(nothing):
    spoken = history.headlines(nothing.results)
    assert spoken["sentence"].str.startswith("Not known").all()
    assert spoken["value"].isna().all()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("audits", "Not known what was examined"),
        ("coverage", "inferred from the scope of the audits"),
        ("findings", "Not known what came back"),
        ("actions", "Not known which corrective actions are overdue"),
    ],
)
def test_a_missing_table_is_told(golden, nothing, table, words):
    spoken = sentences(dataclasses.replace(golden, **{table: getattr(nothing, table)}))
    assert any(words in sentence for sentence in spoken)


@pytest.mark.parametrize("table", TABLES)
def test_no_sentence_gives_a_verdict_on_conformity(golden, nothing, table):
    spoken = " ".join(sentences(dataclasses.replace(golden, **{table: getattr(nothing, table)}))).casefold()
    assert not any(word in spoken for word in (" conforms", "compliant", "passed", "failed", "certifiable"))
    assert "nan" not in spoken
    assert "<na>" not in spoken


def test_a_site_of_which_nothing_is_known_is_named(golden):
    golden = dataclasses.replace(golden, sites=golden.sites.assign(site=["A", "B", "Z"]))
    assert "Nothing is known about Z" in sentences(golden)[0]


def test_chains_without_known_examinations_are_told_without_a_share(golden, nothing):
    spoken = sentences(dataclasses.replace(golden, audits=nothing.audits, coverage=nothing.coverage))
    assert any("came back in 9 cells; out of how many examined twice is not known" in sentence for sentence in spoken)
    assert any("8.5.1 at B: nonconformities in 3 audits" in sentence for sentence in spoken)


def test_sites_that_were_last_visited_on_one_day_are_not_ranked(golden):
    visits = golden.results.site_visits
    same = visits.assign(last_visit=visits["last_visit"].max(), days_since=291)
    told = history.headlines(dataclasses.replace(golden.results, site_visits=same))["sentence"].iloc[1]
    assert told.startswith("All sites were last visited on 2023-06-14, 291 days ago.")


def test_a_cycle_in_which_nothing_was_examined_yet_says_when_it_began(golden):
    cells = golden.results.coverage_cells.assign(state="untouched")
    began = dataclasses.replace(golden.results, coverage_cells=cells, cycle_start=pd.Timestamp("2024-07-15"))
    assert history.headlines(began)["sentence"].iloc[0] == (
        "None of 189 cells of clause and site has been examined since this certification cycle began on 2024-07-15."
    )
