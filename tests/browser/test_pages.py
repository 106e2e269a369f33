"""Every page of a real run, opened offline in a real browser."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGES = ("index", "data_readiness", "history_review")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_offline_without_a_complaint_and_asks_nobody(visit, name, scheme):
    page, complaints, elsewhere = visit(name, scheme=scheme)
    assert complaints == []
    assert elsewhere == []
    assert page.title()


@pytest.mark.parametrize(("name", "figures"), [("index", 0), ("data_readiness", 1), ("history_review", 4)])
def test_every_figure_of_a_page_is_drawn(visit, name, figures):
    page, _, _ = visit(name)
    assert page.locator(".chart").count() == figures
    drawn = page.evaluate(
        "[...document.querySelectorAll('.chart')].filter(place => place.querySelector('.main-svg .trace, .main-svg .point')).length"
    )
    assert drawn == figures
    assert page.locator(".figure-text").count() == figures


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_never_scrolls_sideways(visit, name, width):
    page, _, _ = visit(name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_run_leads_somewhere(visit, halden_run, name):
    page, _, _ = visit(name)
    for target in page.evaluate("[...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href'))"):
        file, _, anchor = target.partition("#")
        assert not re.match(r"[a-z]+:", target), target
        assert not file or (halden_run.folder / file).is_file(), target
        if anchor:
            text = (halden_run.folder / (file or f"{name}.html")).read_text(encoding="utf-8")
            assert f'id="{anchor}"' in text, target


def test_a_table_is_sorted_by_its_header_with_missing_values_last(visit):
    page, _, _ = visit("history_review")
    header = page.locator("table[data-table=follow_up] th", has_text="overdue").locator("button")
    cells = "[...document.querySelectorAll('table[data-table=follow_up] tbody tr')].map(row => row.lastElementChild.innerText)"
    header.click()
    assert page.evaluate(cells)[:3] == ["152", "456", "548"]
    header.press("Enter")
    assert page.evaluate(cells)[:3] == ["548", "456", "152"]
    assert page.evaluate(cells)[3] == "–"


def test_a_long_table_is_filtered_by_a_word(visit):
    page, _, _ = visit("history_review")
    field = page.locator("#table-follow_up input[type=search]")
    field.fill("F039")
    assert page.locator("table[data-table=follow_up] tbody tr:visible").count() == 1
    assert "1 of the rows" in page.locator("#table-follow_up .filter").inner_text()


def test_the_page_reads_the_same_without_scripts(visit):
    page, _, _ = visit("history_review", script=False)
    assert page.locator(".facts li").count() >= 8
    assert page.locator("table[data-table=follow_up] tbody tr").count() >= 9
    page.locator("summary", has_text="The figures behind this chart (189 rows)").click()
    assert page.locator("table[data-table=coverage_cells] tbody tr").first.is_visible()


def test_the_content_can_be_reached_by_keyboard_at_once(visit):
    page, _, _ = visit("history_review")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


@pytest.mark.parametrize("name", PAGES)
def test_headings_tables_and_regions_have_names(visit, name):
    page, _, _ = visit(name)
    assert page.locator("h1").count() == 1
    assert page.evaluate(
        "[...document.querySelectorAll('table')].every(table => table.caption && table.caption.textContent.trim())"
    )
    assert page.evaluate(
        "[...document.querySelectorAll('[role=region],[role=img],nav')].every(e => e.getAttribute('aria-label'))"
    )
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate(
        "(ids => ids.length === new Set(ids).size)([...document.querySelectorAll('[id]')].map(e => e.id))"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_text_has_the_contrast_of_wcag_aa(visit, name, scheme):
    """Contrast of the text of every paragraph, cell, link and summary against what is painted below it."""
    page, _, _ = visit(name, scheme=scheme)
    assert page.evaluate(CONTRAST) == []


CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const part = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const below = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) { return colour; }
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("p,td,th,a,summary,span,dt,dd,li,h1,h2,strong,code,b,caption")) {
    if (!element.offsetParent || element.closest("svg,.chart") || !element.innerText || !element.innerText.trim()) { continue; }
    const style = getComputedStyle(element);
    const [one, other] = [light(parse(style.color)), light(below(element))].sort((x, y) => y - x);
    if ((one + 0.05) / (other + 0.05) < 4.5) { poor.push(element.tagName + " " + element.innerText.slice(0, 30)); }
  }
  return [...new Set(poor)];
}"""
