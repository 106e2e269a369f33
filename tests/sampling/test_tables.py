"""The tables of one record sample."""

import pandas as pd

from auditlab.sampling import engagement_seed, sampling_tables

FLAGS = {"late": "approved after the start"}
PLAN = {"flags": FLAGS, "tolerable": 0.1, "confidence": 0.95, "convention": "exceeds", "seed": engagement_seed(None)}


def population(size, flagged):
    identities = [f"C{number:03}" for number in range(size)]
    return pd.DataFrame({"change_id": identities, "late": [number < flagged for number in range(size)]})


def test_plan_list_curve_and_conclusions_belong_together():
    tables = sampling_tables(population(180, 9), population="changes of site B", **PLAN)
    assert tables.drawn == "changes of site B, n = 25"
    assert tables.record_list["part"].value_counts().to_dict() == {"random": 25, "judgement": 9, "reserve": 5}
    assert list(tables.conclusions["n"].unique()) == [25]
    assert tables.curve["chance_of_acceptance"].iloc[0] == 1
    assert tables.headlines["sentence"].iloc[0] == (
        "Changes of site B: 180 records; all 9 flagged ones are examined, and 25 of the other 171 drawn at random."
    )


def test_an_empty_population_gives_empty_tables_and_says_so():
    tables = sampling_tables(population(0, 0), population="changes of site B", **PLAN)
    assert tables.drawn == "changes of site B, n = 0"
    assert tables.conclusions.empty
    assert tables.curve.empty
    assert tables.headlines["sentence"].tolist() == ["There is no record to sample: changes of site B holds none."]


def test_where_every_record_is_flagged_nothing_is_said_in_per_cent():
    tables = sampling_tables(population(4, 4), population="changes", **PLAN)
    assert tables.record_samples["n"].iloc[0] == 0
    assert tables.conclusions.empty
