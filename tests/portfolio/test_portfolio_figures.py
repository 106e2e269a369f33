"""Funnel and map: what is drawn is what the tables say."""

import pandas as pd
import pytest

from auditlab import figures
from auditlab.figures.portfolio import MOST_POINTS, drawn_points


def test_the_funnel_has_a_diamond_for_the_flagged_client_alone(sample_review):
    *_, ordinary, flagged = figures.funnel_chart(sample_review.funnel).data
    assert list(flagged.text) == ["K09"]
    assert list(flagged.y) == pytest.approx([2.36], abs=0.005)
    assert len(ordinary.x) == 11
    assert flagged.meta["facets"]["sector"]["values"] == ["hosting"]


def test_every_point_of_a_funnel_tells_what_a_filter_asks(sample_review):
    two = sample_review.funnel.assign(sector=["hosting"] * 6 + ["finance"] * 6)
    for trace in figures.funnel_chart(two).data[-2:]:
        facet = trace.meta["facets"]["sector"]
        told = dict(zip(trace.text, [facet["values"][code] for code in facet["codes"]], strict=True))
        expected = two.set_index("client")["sector"]
        assert told == {client: expected[client] for client in told}


def test_names_in_a_funnel_are_no_markup(sample_review):
    evil = sample_review.funnel.assign(client="<b>x</b>")
    assert not any("<b>" in text for trace in figures.funnel_chart(evil).data[-2:] for text in trace.text)


def test_a_funnel_of_many_draws_all_that_stand_out(sample_review):
    funnel = pd.concat([sample_review.funnel] * 400, ignore_index=True)
    drawn = drawn_points(funnel)
    assert len(drawn) <= MOST_POINTS
    assert drawn["flagged"].sum() == funnel["flagged"].sum()
    assert f"{len(drawn)} of 4800" in figures.funnel_caption(funnel)
    assert len(figures.funnel_chart(funnel).data[0].x) <= 120


def test_the_caption_of_a_funnel_tells_its_over_dispersion_or_that_it_is_unknown(sample_review):
    funnel = sample_review.funnel
    spread = funnel.attrs["overdispersion"]
    assert f"(phi {spread['phi']:.2f}, variance {spread['between']:.3f})" in figures.funnel_caption(funnel)
    funnel = funnel.copy()
    funnel.attrs = {"overdispersion": {"phi": float("nan")}}
    assert "(phi unknown, variance unknown)" in figures.funnel_caption(funnel)
    funnel.attrs = {}
    assert "(phi unknown, variance unknown)" in figures.funnel_caption(funnel)


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


def test_the_curves_of_a_place_wait_for_the_filter(sample_review):
    course = figures.rate_course(sample_review.rates_over_time, sample_review.rates_by_place).data
    whole = [trace for trace in course if not trace.meta["only"]]
    assert [trace.visible for trace in whole] == [True, True]
    assert not any(trace.visible for trace in course if trace.meta["only"])
    assert {"country": "AT"} in [trace.meta["only"] for trace in course]
