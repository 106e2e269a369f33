"""The first page: ten facts in a fair choice, and a badge that rests on counts."""

import pandas as pd
import pytest

from auditlab.publish.contents import Contents
from auditlab.publish.overview import chosen_facts, quality_badge
from auditlab.publish.templating import located


def contents(count):
    facts = tuple({"sentence": f"s{place}", "basis": "", "table": ""} for place in range(count))
    return Contents(facts=facts, unknowns=(), tables=(), figures=())


@pytest.mark.parametrize(
    ("counts", "taken"),
    [
        ({"a": 20}, {"a": 10}),
        ({"a": 20, "b": 2, "c": 20}, {"a": 4, "b": 2, "c": 4}),
        ({"data_readiness": 5, "a": 3}, {"a": 3}),
        ({"data_readiness": 5, "a": 0}, {"data_readiness": 5}),
        ({}, {}),
    ],
)
def test_every_page_has_its_say_and_there_are_ten_at_most(counts, taken):
    facts = chosen_facts({name: contents(count) for name, count in counts.items()})
    for name, count in taken.items():
        assert [fact.sentence for fact in facts if fact.page == name] == [f"s{place}" for place in range(count)]
    assert len(facts) == sum(taken.values())
    assert [fact.page for fact in facts] == sorted((fact.page for fact in facts), key=list(counts).index)


@pytest.mark.parametrize(
    ("seen", "rejected", "asked", "state"),
    [(10, 0, 0, "whole"), (10, 1, 0, "gaps"), (10, 1, 1, "open"), (0, 0, 0, "broken")],
)
def test_the_badge_follows_from_the_counts_it_shows(lab_of, seen, rejected, asked, state):
    question = ("q", "a.xlsx", "S", 2, "f", "asks", "", "", False, "", 1)
    lab = lab_of(questions=[question] * asked)
    lab.summary.loc[0, ["seen", "rejected"]] = [seen, rejected]
    badge = quality_badge(lab)
    assert badge.state == state
    assert f"{rejected} of {seen} rows rejected" in badge.basis
    assert badge.sign
    assert badge.words


def test_contradictions_are_gaps(lab):
    lab.discrepancies.loc[0] = pd.NA
    assert quality_badge(lab).state == "gaps"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("on 2024-03-31.", 'on <time datetime="2024-03-31">2024-03-31</time>.'),
        ("12.5 %", '<data data-look="number" value="12.5">12.5</data> %'),
        ("12\u202f345 rows", '<data data-look="number" value="12345">12\u202f345</data> rows'),
        ("clause 9.2 and 8.5.1", "clause 9.2 and 8.5.1"),
        ("clauses 8.2 to 8.5, 10.1 at 3 sites", "clauses 8.2 to 8.5, 10.1 at 3 sites"),
        ("SLA-4.5 and v1.2.3", "SLA-4.5 and v1.2.3"),
        ("Clauses 8.2 + 9.1, scope = 8.5, clause -8.5", "Clauses 8.2 + 9.1, scope = 8.5, clause -8.5"),
        ("9.2.10 % and 8.4 > 8.5", "9.2.10 % and 8.4 &gt; 8.5"),
        ("AUD-2024-03-15, export-2024-03-31.csv, 2024-13-45", "AUD-2024-03-15, export-2024-03-31.csv, 2024-13-45"),
        (
            "interval 0.45 to 0.83",
            (
                'interval <data data-look="number" value="0.45">0.45</data> to '
                '<data data-look="number" value="0.83">0.83</data>'
            ),
        ),
        ("by -1.00 points", 'by -<data data-look="number" value="1.00">1.00</data> points'),
        ("q = 0.006. Next", 'q = <data data-look="number" value="0.006">0.006</data>. Next'),
        ("q < 0.0001", 'q &lt; <data data-look="number" value="0.0001">0.0001</data>'),
        ("3.5 auditor-days", '<data data-look="number" value="3.5">3.5</data> auditor-days'),
        ("10000 draws in 2024", '<data data-look="number" value="10000">10000</data> draws in 2024'),
        ("CR-2024-01-02-7", "CR-2024-01-02-7"),
        ("<b>&", "&lt;b&gt;&amp;"),
    ],
)
def test_only_what_is_surely_a_number_or_a_day_is_marked(text, html):
    assert located(text) == html
