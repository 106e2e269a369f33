"""The page of a portfolio in a browser: filters narrow the charts, and a point or a cell leads to the client."""

from pathlib import Path

import pytest

from auditlab.portfolio.fan_out import local_workers
from auditlab.publish.portfolio_run import run_portfolio

pytestmark = pytest.mark.browser
SAMPLE = Path(__file__).resolve().parents[2] / "data" / "portfolio"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return run_portfolio(SAMPLE, workers=local_workers(1), output=tmp_path_factory.mktemp("out")).index.parent


@pytest.fixture
def page(visit, made):
    seen = visit(made / "portfolio_review.html")
    yield seen.page
    assert seen.complaints == []
    assert seen.elsewhere == []


def drawn(page, name="funnel"):
    """The clients whose points are drawn."""
    return page.evaluate(
        f"Array.from(document.getElementById('figure-{name}').data).filter(t => t.meta && t.meta.facets)"
        ".flatMap(t => Array.from(t.text)).sort()"
    )


def near(page, name):
    """Bring a chart into view and wait until it is drawn as the filters have it now."""
    page.locator(f"#figure-{name}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#figure-{name}[data-drawn]")


def test_two_filters_leave_the_points_that_fit_both(page):
    assert len(drawn(page)) == 12
    page.select_option("select[name=country]", "DE")
    page.select_option("select[name=sector]", "finance")
    near(page, "funnel")
    assert drawn(page) == ["K04", "K08"]
    shown = page.locator("table[data-table=client_rates] tbody tr:not(.left-out) td:first-child")
    assert sorted(shown.all_inner_texts()) == ["K04", "K08"]
    page.select_option("select[name=country]", "")
    page.select_option("select[name=sector]", "")
    near(page, "funnel")
    assert len(drawn(page)) == 12


def test_the_course_of_one_place_takes_the_place_of_the_whole(page):
    page.select_option("select[name=office]", "West")
    near(page, "rates_over_time")
    only = page.evaluate("document.getElementById('figure-rates_over_time').data[0].meta.only")
    assert only == {"office": "West"}


def test_a_client_in_a_table_leads_to_its_page(page):
    page.locator("table[data-table=client_rates] a", has_text="K09").first.click()
    assert page.url.endswith("client-K09.html")
    assert page.locator("h1").inner_text().startswith("K09")
    assert "It is flagged" in page.locator("ol.facts").inner_text()


def test_a_point_of_the_funnel_leads_to_its_client(page):
    near(page, "funnel")
    page.locator("#figure-funnel .scatterlayer .trace").last.locator(".point").scroll_into_view_if_needed()
    box = page.locator("#figure-funnel .scatterlayer .trace").last.locator(".point").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with page.expect_navigation(url="**/client-K09.html"):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
