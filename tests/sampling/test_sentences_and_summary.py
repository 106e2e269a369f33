"""Sentences that stand alone, the plan as label and value, and what a population leaves out."""

import datetime as dt

import pandas as pd
import pytest

from auditlab.sampling import (
    About,
    Judged,
    conclude,
    counting_rules,
    period_words,
    populations,
    record_sample_plan,
    sampling_tables,
    seal_words,
    statement,
)
from auditlab.sampling.designs import reserve_size
from auditlab.seeds import PUBLIC_SEED
from auditlab.tables import Tables, empty_table

SEED = "00112233445566778899aabbccddeeff"
NAME = "changes of site S, 2023-07/2024-06"


def frame(size, flagged):
    return pd.DataFrame({"change_id": [f"C{i:03}" for i in range(size)], "late": [i < flagged for i in range(size)]})


def tables(size=15, flagged=7, **asked):
    settings = {"tolerable": 0.1, "confidence": 0.95, "convention": "reaches", "seed": SEED} | asked
    return sampling_tables(frame(size, flagged), population=NAME, flags={"late": "late"}, **settings)


def test_a_sentence_names_population_attribute_and_the_records_it_leaves_out():
    found = conclude(deviations=0, n=12, population=180)
    about = About(population=NAME, records=189, judgement=9, attribute="Approved")
    assert statement(found, about, judged=Judged(deviations=2, examined=9)) == (
        "Changes of site S, 2023-07/2024-06, 'Approved': 0 of 12 from 180: with 95 % confidence at most 21.1 % "
        "(38 records) deviate. The 180 are all 189 records without the 9 flagged ones; of the 9 flagged 2 deviate."
    )
    half = statement(found, about, judged=Judged(deviations=1, examined=4))
    assert half.endswith("of the 9 flagged 4 examined so far, 1 deviates.")


@pytest.mark.parametrize(
    ("about", "deviations", "judged", "words"),
    [
        (
            About(population=NAME, records=15, judgement=7),
            1,
            Judged(deviations=3, examined=7),
            (
                "1 of the 8 not flagged deviates, every one of them was examined (census); of the 7 flagged 3 "
                "deviate; together 4 of all 15."
            ),
        ),
        (
            About(population=NAME, records=15, judgement=7),
            0,
            None,
            (
                "0 of the 8 not flagged deviate, every one of them was examined (census); what the 7 flagged (judgement "
                "part) show stands beside it."
            ),
        ),
        (
            About(population=NAME, records=9, judgement=1),
            0,
            None,
            "what the 1 flagged (judgement part) shows stands beside it.",
        ),
        (About(population=NAME, records=8, judgement=0), 1, None, "1 of all 8 deviates; every record was examined"),
    ],
)
def test_a_census_speaks_of_the_records_that_are_not_flagged(about, deviations, judged, words):
    sentence = statement(conclude(deviations=deviations, n=8, population=8), about, judged=judged)
    assert words in sentence
    assert "%" not in sentence
    assert "each attribute on its own" in sentence


def test_a_census_is_no_draw_and_needs_no_proof_and_no_reserve():
    plan = tables()
    row = plan.record_samples.iloc[0]
    assert (row["n"], row["N"], row["reserve_n"]) == (8, 8, 0)
    assert pd.isna(row["proof"])
    assert "reached with 1 record)" in row["rationale"]
    assert "a census, nothing is drawn" in row["rationale"]
    assert not plan.record_list["reason"].str.contains("drawn at random").any()
    assert (
        "the other 8 are examined as well, every one: a census, nothing is drawn" in plan.headlines["sentence"].iloc[0]
    )
    assert {"Why this size", "Random part"}.isdisjoint(plan.summary["item"])


def test_a_summary_shows_rationale_proof_convention_and_hash():
    summary = tables(180, 9, convention="exceeds").summary.set_index("item")["value"]
    assert summary["Random part"] == "25 of the other 171; reserve: 5, numbered"
    assert summary["Criteria"] == "tolerable 10 %, confidence 95 %, 0 deviations accepted"
    assert summary["Convention"].startswith("'exceeds': not tolerable only where")
    assert "18 of the 171 records deviate" in summary["Why this size"]
    assert len(summary["Hash of the sealed list"].split()[0]) == 64
    assert list(summary.index[-2:]) == ["Rationale", "Attributes"]


@pytest.mark.parametrize("seed", [PUBLIC_SEED, "7"])
def test_without_a_secret_seed_nothing_is_called_sealed(seed):
    plan = tables(180, 9, seed=seed)
    assert plan.record_samples[["list_hash", "seed_fingerprint"]].isna().all(axis=None)
    words = " ".join([*plan.summary["item"], *plan.summary["value"], seal_words(plan.record_samples, run="r")])
    assert not any(word in words.lower() for word in ("seal", "hash of", "fingerprint"))
    assert "predictable by anyone, no secret seed is set" in words
    assert 'seed = "<32 hexadecimal digits>"' in words
    assert "secrets.token_hex(16)" in words


def test_a_sealed_list_says_when():
    samples = tables(180, 9).record_samples
    assert seal_words(samples, run="20240401T120000Z-abc").startswith("Sealed in the run 20240401T120000Z-abc")
    assert seal_words(samples, run="").startswith("Sealed in this draft, not in a run")


@pytest.mark.parametrize(
    ("n", "population", "reserve"), [(25, 171, 5), (48, 171, 10), (5, 171, 3), (8, 9, 1), (8, 8, 0), (0, 0, 0)]
)
def test_the_reserve_is_a_fifth_at_least_three_and_never_more_than_there_is(n, population, reserve):
    assert reserve_size(n, population=population) == reserve


def test_a_reserve_leaves_the_random_part_as_it_was_and_is_numbered():
    plan = record_sample_plan(
        frame(180, 9), population=NAME, id="change_id", flags={"late": "late"}, tolerable=0.1, seed=SEED
    )
    reserve = plan.record_list[plan.record_list["part"] == "reserve"]
    assert reserve["order"].tolist() == list(range(1, len(reserve) + 1))
    assert plan.record_list["item"].is_unique


def test_what_counts_is_agreed_before_the_draw():
    rules = counting_rules().set_index("result")["counts_as"]
    assert "unless a reserve record" in rules["record not available"]
    assert "leaves the record out" in rules["does not apply"]


def changes():
    started = [
        "2023-06-30",
        "2023-07-01",
        "2024-06-30 23:00",
        "2024-07-01",
        None,
        "2024-01-01",
        "2024-01-02",
        "2024-01-03",
    ]
    table = pd.DataFrame(
        {
            "change_id": [f"C{i}" for i in range(8)],
            "site": ["S", "S", "S", "S", "S", "N", None, "S"],
            "type": ["normal"] * 7 + ["Standard"],
            "started": pd.to_datetime(started, format="ISO8601"),
        }
    )
    return Tables(
        {"changes": table.reindex(columns=empty_table("changes").columns).astype(empty_table("changes").dtypes)}
    )


@pytest.mark.parametrize(("site", "kept"), [("S", 2), (None, 4)])
def test_every_change_is_in_the_population_or_left_out_for_one_reason(site, kept):
    account = populations(changes(), as_of=dt.date(2024, 6, 30), site=site, months=12)
    own = account[account["population"].str.startswith("changes")]
    assert own["records"].sum() == 8
    assert own["records"].iloc[0] == kept
    by_reason = own.set_index("population")["records"]
    assert by_reason["changes: standard, approved beforehand"] == 1
    assert by_reason["changes: no start recorded; they may belong here"] == 1
    assert account.set_index("population").loc["incidents", "use"] == "none handed over"


def test_the_account_agrees_with_the_population_that_is_sampled():
    from auditlab.signals import changes_to_sample

    loaded = changes()
    _, population = changes_to_sample(loaded.changes, as_of=pd.Timestamp("2024-06-30"), site="S", months=12)
    account = populations(loaded, as_of=dt.date(2024, 6, 30), site="S", months=12)
    assert account["records"].iloc[0] == len(population)


def test_the_weeks_before_the_audit_are_outside():
    words = period_words(dt.date(2024, 6, 30), months=12, next_audit=dt.date(2024, 9, 10))
    assert words.startswith("Records that started from 2023-07-01 to 2024-06-30.")
    assert "before the audit on 2024-09-10, 10 weeks, is outside every percentage" in words
    assert "the audit is outside every percentage" in period_words(dt.date(2024, 6, 30), months=12, next_audit=None)
