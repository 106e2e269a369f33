"""Every planted fact, negative control and defect, read from the ``tables/`` of a real run.

``expected.csv`` names for each fact the table, the key of the row and the value; ``issue`` is the part of the plan
that delivers it. Facts of later parts are not tested before their tables exist.
"""

import csv
from pathlib import Path

import pandas as pd
import pytest

DELIVERED = frozenset({1, 2, 5, 6})
NUMBER_OF_ROWS = "(rows)"


def _expected():
    with (Path(__file__).parent / "expected.csv").open(encoding="utf-8", newline="") as source:
        return [row for row in csv.DictReader(source) if int(row["issue"]) in DELIVERED]


def _name(row):
    return f"{row['fact']}-{row['table']}-{row['key']}-{row['column']}"


def _matching(table, key):
    for part in filter(None, key.split(";")):
        column, _, value = part.partition("=")
        table = table[table[column].map(lambda cell, value=value: _same(cell, value))]
    return table


def _same(cell, value):
    """Equal as text, or as numbers: 0.10 is 0.1."""
    try:
        return cell == value or float(cell) == float(value)
    except ValueError:
        return False


def _fits(values, expected, tolerance):
    """Whether what a run shows is what was expected; ``missing`` is an empty cell of a row that is there."""
    if len(values) == 0:
        return False
    rules = {
        "": lambda: list(values.unique()) == [expected] or _equal_numbers(values, expected),
        "missing": lambda: all(value == "" for value in values),
        "contains": lambda: all(expected in value for value in values),
        "<=": lambda: values.astype(float).min() <= float(expected),
        ">=": lambda: values.astype(float).min() >= float(expected),
    }
    if tolerance in rules:
        return rules[tolerance]()
    if tolerance.endswith("days"):
        return bool(((pd.to_datetime(values) - pd.Timestamp(expected)).abs() <= pd.Timedelta(tolerance)).all())
    return all(float(value) == pytest.approx(float(expected), abs=float(tolerance)) for value in values)


def _equal_numbers(values, expected):
    try:
        return {float(value) for value in values} == {float(expected)}
    except ValueError:
        return False


@pytest.mark.parametrize("fact", _expected(), ids=_name)
def test_the_run_shows_what_was_planted(halden_run, fact):
    path = halden_run.tables / f"{fact['table']}.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    rows = _matching(table, fact["key"])
    if fact["column"] == NUMBER_OF_ROWS:
        found = pd.Series([str(len(rows))])
    elif fact["column"].startswith("sum("):
        found = pd.Series([str(pd.to_numeric(rows[fact["column"][4:-1]]).sum())])
    else:
        found = rows[fact["column"]]
    assert _fits(found, fact["expected"], fact["tolerance"]), (
        f"{fact['definition']} Expected {fact['expected']} ({fact['tolerance'] or 'exact'}), found {list(found)[:5]}"
    )


def test_the_sample_runs_clean(halden_run):
    """The answers of the sample engagement are given, so nothing is left to ask and nothing fails."""
    assert halden_run.exit_code == 0


def test_every_fact_control_and_defect_has_its_expectation():
    with (Path(__file__).parent / "expected.csv").open(encoding="utf-8", newline="") as source:
        facts = {row["fact"] for row in csv.DictReader(source)}
    wanted = (
        {f"PF-{n:02}" for n in range(1, 32)}
        | {f"NC-{n:02}" for n in range(1, 10)}
        | {f"D-{n:02}" for n in range(1, 19)}
    )
    assert wanted <= facts
