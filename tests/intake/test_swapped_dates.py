"""Columns in which a spreadsheet program swapped day and month of the dates it could, and left the others as text."""

import datetime as dt

import pytest
from engagements import Folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditlab.intake import open_engagement
from auditlab.intake.swapped_dates import CERTAIN_FROM, SWAPPED, swap_evidence

HEADERS = ("Incident number", "Opened at", "Priority")
YEAR = [dt.date(2023, 1, 1) + dt.timedelta(days=11 * step) for step in range(30)]


def eaten(day):
    """What a program that expects the month first makes of a text that writes the day first."""
    return dt.datetime(day.year, day.day, day.month) if day.day <= 12 else f"{day:%d/%m/%Y}"


def incidents(folder, cells, text=""):
    folder.settings('client = "C"\nas_of = 2024-03-31\n' + text)
    folder.workbook("i.xlsx", I=[HEADERS, *((f"I{number}", cell, "P1") for number, cell in enumerate(cells))])
    return open_engagement(folder.path)


def test_dates_come_back_where_the_texts_prove_the_swap(folder):
    lab = incidents(folder, [eaten(day) for day in YEAR])
    assert [moment.date() for moment in lab.tables.incidents["opened"]] == YEAR
    told = lab.ledger[lab.ledger["rule"] == SWAPPED]
    assert len(told) == sum(day.day <= 12 and day.day != day.month for day in YEAR)
    first = next(day for day in YEAR if day.day <= 12 and day.day != day.month)
    assert told.iloc[0][["row", "column", "old"]].tolist() == [YEAR.index(first) + 2, "B", f"{eaten(first):%Y-%m-%d}"]
    assert lab.open_questions.empty


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.dates(dt.date(2023, 1, 1), dt.date(2023, 12, 31)), min_size=30, max_size=40))
def test_whatever_the_dates_were_they_come_back_or_are_asked_about(tmp_path, days):
    lab = incidents(Folder(tmp_path), [eaten(day) for day in days])
    evidence = swap_evidence([eaten(day) for day in days])
    if evidence.certain:
        assert [moment.date() for moment in lab.tables.incidents["opened"]] == days
    else:
        assert SWAPPED not in set(lab.ledger["rule"])


FEW = [dt.date(2023, 3, day) for day in range(13, 25)] + [dt.date(2023, 4, 5), dt.date(2023, 5, 6), dt.date(2023, 7, 8)]
KEY = "swapped/i.xlsx/I/B"


@pytest.mark.parametrize(("answer", "days"), [("", (4, 5, 7)), ("yes", (5, 6, 8)), ("no", (4, 5, 7))])
def test_a_few_dates_are_asked_about_and_the_answer_decides(folder, answer, days):
    lab = incidents(folder, [eaten(day) for day in FEW], f'[answers]\n"{KEY}" = "{answer}"\n' if answer else "")
    assert tuple(moment.day for moment in lab.tables.incidents["opened"][-3:]) == days
    assert list(lab.questions["question"]) == [KEY]
    assert len(lab.open_questions) == (0 if answer else 1)


def test_an_answer_keeps_dates_that_look_swapped(folder):
    cells = [eaten(day) for day in YEAR]
    lab = incidents(folder, cells, f'[answers]\n"{KEY}" = "no"\n')
    assert SWAPPED not in set(lab.ledger["rule"])


@pytest.mark.parametrize(
    "cells",
    [
        [f"{day:%d/%m/%Y}" for day in YEAR],  # all of them text
        [dt.datetime(day.year, day.month, day.day) for day in YEAR],  # all of them dates
        [eaten(day) if day.day > 12 else f"{day:%d/%m/%Y}" for day in YEAR],  # texts that fit both orders were left
        [eaten(day) for day in YEAR] + [dt.datetime(2023, 3, 13)],  # one date that no swap could have made
        [f"{day:%d/%m/%Y}" for day in YEAR if day.day > 12] + [dt.datetime(2023, month, 1) for month in range(1, 13)],
        [f"{day:%d.%m.%Y}" for day in YEAR if day.day > 12]
        + [dt.datetime(2023, month, month) for month in range(1, 13)],
    ],
)
def test_other_columns_are_left_as_they_are(cells):
    assert not swap_evidence(cells).likely


def test_the_evidence_is_called_certain_only_from_many_dates():
    texts = ["13/01/2023", "14/01/2023", "15/01/2023"]
    dates = [dt.datetime(2023, 2, 1 + day) for day in range(CERTAIN_FROM)]
    assert swap_evidence(texts + dates).certain
    assert not swap_evidence(texts + dates[1:]).certain
    assert swap_evidence(texts + dates[1:]).likely
