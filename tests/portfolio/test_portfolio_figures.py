"""Funnel and map: what is drawn is what the tables say."""

import pandas as pd
import pytest

from auditlab import figures


def test_the_funnel_has_a_diamond_for_the_flagged_client_alone(sample_review):
    (panel,) = figures.funnel_panels(sample_review.funnel)
    points = panel.figure.data[-1]
    assert list(points.marker.symbol).count("diamond") == 1
    flagged = [text for text, symbol in zip(points.hovertext, points.marker.symbol, strict=True) if symbol == "diamond"]
    assert flagged[0].startswith("K09: 2.36 times")
    assert panel.facets == {}


def test_a_sector_with_enough_clients_has_a_funnel_of_its_own(sample_review):
    many = sample_review.funnel.assign(sector=["hosting"] * 6 + ["finance"] * 6)
    assert [panel.facets.get("sector") for panel in figures.funnel_panels(many)] == [None, "finance", "hosting"]


def test_names_in_a_funnel_are_no_markup(sample_review):
    evil = sample_review.funnel.assign(client="<b>x</b>")
    assert "<b>" not in figures.funnel_panels(evil)[0].figure.data[-1].hovertext[0]


def test_suppressed_cells_of_the_map_are_empty():
    cells = pd.DataFrame({
        "clause": ["8.1", "8.1"], "sector": ["a", "b"], "ratio": [float("nan"), 2.0],
        "flagged": pd.array([None, True], dtype="boolean"),
    })  # fmt: skip
    (trace,) = figures.clause_sector_map(cells).data
    assert pd.isna(trace.z[0][0])
    assert trace.z[0][1] == pytest.approx(1.0)
    assert list(trace.text[0]) == ["", "★"]


def test_the_course_shows_both_rates(sample_review):
    raw, mixed = figures.rate_course(sample_review.rates_over_time).data
    assert list(raw.y) == pytest.approx([89 / 42, 87 / 42])
    assert list(mixed.y) == pytest.approx(list(sample_review.rates_over_time["standardised"]))
