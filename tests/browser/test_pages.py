"""Every page of a real run, opened offline in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from auditlab.publish.notebooks import notebook_names
from auditlab.publish.single_file import write_single_files

pytestmark = pytest.mark.browser

NOTEBOOKS = notebook_names()
PAGES = ("index", *NOTEBOOKS)

AXE = """wanted => axe.run({ exclude: [".main-svg"] }, wanted).then(found => found.violations
    .filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => one.id + ": " + one.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(" ; ")))"""


# The rows of a table and the panels are each made by one template: six say what hundreds would say in a minute.
SHORTEN = """() => {
  window.taken = [...document.querySelectorAll("tbody tr:nth-child(n+7)")].map(row => [row.parentNode, row]);
  taken.forEach(([, row]) => row.remove());
  const panels = [...document.querySelectorAll(".chart-frame[data-panel]")].slice(6);
  panels.forEach(panel => [panel, panel.nextElementSibling].forEach(part => part.classList.add("left-out")));
}"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_offline_without_a_complaint_and_asks_nobody(opened, name):
    visit = opened(name)
    assert visit.complaints == []
    assert visit.elsewhere == []
    assert visit.page.title()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_figure_of_a_page_is_drawn(opened, name):
    page = opened(name).page
    figures = page.locator(".chart-frame > script").count()
    assert page.locator(".chart").count() == figures
    drawn = page.evaluate(
        "[...document.querySelectorAll('.chart')].filter(place => place.querySelector('.main-svg .trace, .main-svg .point')).length"
    )
    assert drawn == figures
    assert page.locator(".figure-text").count() == figures


def test_a_chart_is_drawn_when_the_reader_comes_near_it(visit):
    page = visit("service_trends").page
    page.add_init_script("window.requestIdleCallback = () => {};")
    page.reload()
    last = page.locator(".chart").last
    expect(last).not_to_have_attribute("data-drawn", "light")
    height = last.bounding_box()["height"]
    last.scroll_into_view_if_needed()
    expect(last).to_have_attribute("data-drawn", "light", timeout=60_000)
    assert last.bounding_box()["height"] == height


def test_charts_far_away_are_drawn_when_the_browser_is_idle(visit):
    page = visit("service_trends").page
    page.reload()
    last = page.locator(".chart").last
    expect(last).to_have_attribute("data-drawn", "light", timeout=60_000)
    assert page.evaluate("window.scrollY") == 0
    undrawn = ".chart:not([data-drawn])"
    expect(page.locator(undrawn)).to_have_count(0, timeout=60_000)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_in_light_and_dark(opened, axe, name):
    page = opened(name).page
    page.evaluate(axe)
    page.evaluate(SHORTEN)
    assert page.evaluate(AXE, {"resultTypes": ["violations"]}) == []
    page.locator("#look").select_option("dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 24, 30)"
    contrast = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
    assert page.evaluate(AXE, contrast) == []
    page.locator("#look").select_option("light")
    page.evaluate("taken.forEach(([body, row]) => body.append(row))")
    page.evaluate("document.querySelectorAll('.left-out').forEach(part => part.classList.remove('left-out'))")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_never_scrolls_sideways_and_says_where_a_table_goes_on(opened, name):
    page = opened(name).page
    for width in (400, 800, 1300):
        page.set_viewport_size({"width": width, "height": 900})
        # The hints follow the sizes at the next frame.
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(WITHOUT_HINT) == []


WITHOUT_HINT = """[...document.querySelectorAll('.scroll, .chart-frame')]
    .filter(region => region.checkVisibility() && region.scrollWidth > region.clientWidth + 2)
    .filter(region => region.previousElementSibling.hidden || region.tabIndex < 0)
    .map(region => region.getAttribute('aria-label'))"""


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_run_leads_somewhere(opened, halden_run, name):
    for target in opened(name).page.evaluate(
        "[...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href'))"
    ):
        file, _, anchor = target.partition("#")
        assert not re.match(r"[a-z]+:", target), target
        assert not file or (halden_run.folder / file).is_file(), target
        if anchor:
            text = (halden_run.folder / (file or f"{name}.html")).read_text(encoding="utf-8")
            assert f'id="{anchor}"' in text, target


@pytest.mark.parametrize("name", PAGES)
def test_headings_tables_and_regions_have_names(opened, name):
    page = opened(name).page
    assert page.locator("h1").count() == 1
    assert page.evaluate(
        "[...document.querySelectorAll('table')].every(table => table.caption && table.caption.textContent.trim())"
    )
    assert page.evaluate(
        "[...document.querySelectorAll('[role=region],[role=group],[role=img],nav')].every(e => e.getAttribute('aria-label'))"
    )
    assert page.evaluate(
        "(ids => ids.length === new Set(ids).size)([...document.querySelectorAll('[id]:not(svg *):not(svg)')].map(e => e.id))"
    )


def test_a_table_is_sorted_by_its_header_with_missing_values_last(visit):
    page = visit("history_review").page
    header = page.locator("table[data-table=follow_up] th", has_text="overdue")
    cells = "[...document.querySelectorAll('table[data-table=follow_up] tbody tr')].map(row => row.lastElementChild.innerText)"
    header.locator("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert page.evaluate(cells)[:3] == ["152", "456", "548"]
    header.locator("button").press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert page.evaluate(cells)[:3] == ["548", "456", "152"]
    assert page.evaluate(cells)[3] == "–"


def test_days_are_sorted_by_time_however_they_are_written(visit):
    page = visit("history_review", locale="en-US").page
    page.locator("table[data-table=follow_up] th", has_text="due").first.locator("button").click()
    column = "[...document.querySelectorAll('table[data-table=follow_up] tbody tr')].map(row => row.cells[8].dataset.plain || '–')"
    known = [day for day in page.evaluate(column) if day != "–"]
    assert len(known) > 2
    assert known == sorted(known)


def test_a_long_table_is_filtered_by_a_word_and_copied_as_it_is_seen(visit):
    page = visit("history_review").page
    page.locator("#table-follow_up input[type=search]").fill("F039")
    assert page.locator("table[data-table=follow_up] tbody tr:visible").count() == 1
    assert "1 of the rows" in page.locator("#table-follow_up .filter").inner_text()
    page.evaluate("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }")
    page.locator("#table-follow_up button.tool").press("Enter")
    for _ in range(100):
        if page.evaluate("window.copied"):
            break
        page.wait_for_timeout(50)
    header, row = page.evaluate("window.copied").split("\n")
    assert "F039" in row
    assert len(header.split("\t")) == len(row.split("\t")) == 10
    assert "1 row copied" in page.locator("#table-follow_up .filter").inner_text()


def test_numbers_and_days_are_written_as_the_reader_writes_them(visit):
    texts = {}
    for locale in ("en-GB", "de-DE"):
        page = visit("history_review", locale=locale).page
        # Tables that are folded away are rewritten once they are opened.
        page.locator("details:has(table[data-table=finding_rates])").evaluate("fold => { fold.open = true; }")
        texts[locale] = (
            page.locator("header time").inner_text(),
            page.locator("table[data-table=finding_rates] td.num[data-plain*='.']").first.evaluate(
                "e => e.textContent"
            ),
        )
    assert texts["en-GB"][0] == "31 Mar 2024"
    assert texts["de-DE"][0] == "31. März 2024"
    assert texts["de-DE"][1] == texts["en-GB"][1].replace(".", ",")


def test_the_page_reads_the_same_without_scripts(visit):
    page = visit("history_review", script=False).page
    assert page.locator("header time").inner_text() == "2024-03-31"
    assert not page.locator(".look").is_visible()
    assert page.locator(".facts li").count() >= 8
    assert page.locator("table[data-table=follow_up] tbody tr").count() >= 9
    page.locator("summary", has_text="The figures behind this chart (189 rows)").click()
    assert page.locator("table[data-table=coverage_cells] tbody tr").first.is_visible()


def test_the_content_can_be_reached_by_keyboard_at_once(visit):
    page = visit("history_review").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_the_months_of_a_wide_map_stay_apart_on_a_telephone(visit):
    page = visit("history_review", width=390).page
    texts = "[...document.querySelectorAll('.chart .bartext')].map(text => text.getBoundingClientRect()).filter(box => box.width)"
    overlaps = page.evaluate(
        f"""() => {{
            const boxes = {texts};
            const near = (one, other) => Math.abs(one.y - other.y) < 3 && one.x < other.x && other.x < one.x + one.width;
            return boxes.filter(one => boxes.some(other => near(one, other))).length;
        }}"""
    )
    assert page.evaluate(f"{texts}.length") > 100
    assert overlaps == 0


def test_on_paper_headers_are_repeated_and_nothing_to_click_is_left(visit):
    page = visit("history_review").page
    page.emulate_media(media="print")
    shown = "selector => getComputedStyle(document.querySelector(selector)).display"
    # A header that is a box of its own is painted on the first page only, and left blank on the others.
    assert page.evaluate(shown, "table.data th button") == "contents"
    assert page.evaluate(shown, "table.data thead") == "table-header-group"
    assert [page.evaluate(shown, part) for part in (".modebar", ".filter", ".toc", ".look")] == ["none"] * 4


@pytest.mark.parametrize("name", ["priority_plan", "service_trends"])
def test_nothing_is_wider_than_the_paper_and_all_is_as_before_after_it(visit, name):
    page = visit(name).page
    widths = """[...document.querySelectorAll("table.data, .chart .main-svg")].filter(part => part.checkVisibility())
        .map(part => part.getBoundingClientRect().width)"""
    before = page.evaluate(widths)
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    last = page.locator(".chart").last
    expect(last).to_have_attribute("data-drawn", "paper", timeout=60_000)
    across = 1030
    on_paper = page.evaluate(widths)
    assert max(before) > across + 1
    assert max(on_paper) <= across + 1
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("table.data[style*=zoom]").count() == 0
    assert page.locator(".on-paper").count() == 0
    last.scroll_into_view_if_needed()
    expect(last).to_have_attribute("data-drawn", "light", timeout=60_000)


def test_the_months_of_a_chart_are_in_the_language_of_the_reader(visit):
    months = "[...document.querySelectorAll('.chart .xtick text')].map(text => text.textContent).join(' ')"
    german = visit("service_trends", locale="de-DE").page.evaluate(months)
    english = visit("service_trends", locale="en-GB").page.evaluate(months)
    assert "Okt" in german
    assert "Oct" not in german
    assert "Oct" in english


def test_charts_follow_the_chosen_look(visit):
    visited = visit("history_review", color_scheme="dark")
    colour = "document.querySelector('.chart').layout.template.layout.font.color"
    assert visited.page.evaluate(colour) == "#E6EBF0"
    visited.page.locator("#look").select_option("light")
    visited.drawn()
    assert visited.page.evaluate(colour) == "#1B2733"
    assert visited.complaints == []


def test_a_page_for_mailing_draws_its_charts_alone(visit, halden_run, tmp_path):
    (page,) = [path for path in write_single_files(halden_run.folder, folder=tmp_path) if path.stem == "priority_plan"]
    alone = tmp_path / "mailed" / page.name
    alone.parent.mkdir()
    page.rename(alone)
    visited = visit(alone)
    assert visited.page.locator(".chart .main-svg").count() > 0
    assert visited.complaints == []
    assert visited.elsewhere == []


def test_the_overview_marks_what_is_for_the_audit_team_only(opened):
    page = opened("index").page
    assert page.locator(".badge").inner_text().strip().startswith("△")
    assert page.locator("main > .facts li").count() == 10
    card = page.locator(".cards li", has=page.locator("a[href='priority_plan.html']"))
    assert "audit team only" in card.inner_text()
    assert (
        "audit team only"
        not in page.locator(".cards li", has=page.locator("a[href='history_review.html']")).inner_text()
    )
    assert "audit team only" in page.locator(".columns li", has_text="record list").inner_text()
    assert "For the audit team only" in opened("priority_plan").page.locator("main").inner_text()
