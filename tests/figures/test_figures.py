"""Charts draw what the frames say, and never let colour alone carry a state."""

import itertools

import pandas as pd
import pytest

from auditlab.figures import action_ageing, chain_points, chain_timeline, coverage_map, rate_intervals, rows_by_file
from auditlab.figures.theme import AGES, DARK_INK, PALETTE, UNKNOWN, UNTOUCHED, theme
from auditlab.standard.clauses import auditable_leaves

AS_OF = pd.Timestamp("2024-03-31")


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


CELLS = pd.DataFrame(
    {
        "site": ["A", "A", "A", "B", "B"],
        "clause": ["9.2.1", "8.5.1.1", "10.2", "9.2.1", "8.5.1.1"],
        "last_examined": pd.to_datetime(["2023-06-14", "2022-06-15", "2021-06-18", "2021-06-18", None]),
        "days_since": pd.array([291, 655, 1017, 1017, None], dtype="Int64"),
        "state": ["examined", "examined", "examined", "untouched", "unknown"],
        "exposure": ["recorded", "recorded", "recorded", "recorded", None],
    }
)


def test_the_states_of_coverage_differ_by_letter_and_hatch():
    traces = {trace.name: trace for trace in coverage_map(CELLS).data}
    untouched, unknown = traces["U: not examined in this cycle"], traces["?: unknown"]
    assert (list(untouched.text), untouched.marker.pattern.shape) == (["U"], "/")
    assert (list(unknown.text), unknown.marker.pattern.shape) == (["?"], "x")
    assert "do not trust this blank: never examined" in unknown.hovertext[0]
    assert list(traces["examined, at most 12 months ago"].text) == ["10"]
    assert list(traces["12 to 24 months ago"].text) == ["22"]
    assert list(traces["more than 24 months ago"].text) == ["33"]


def test_an_inferred_examination_looks_different_from_a_recorded_one():
    inferred = CELLS.assign(exposure=["inferred", *CELLS["exposure"].iloc[1:]])
    traces = {trace.name: trace for trace in coverage_map(inferred).data}
    own = next(trace for name, trace in traces.items() if name.startswith("(n)"))
    assert (list(own.text), own.marker.pattern.shape) == (["(10)"], ".")
    assert list(traces["examined, at most 12 months ago"].text) == []


def test_every_cell_of_coverage_is_drawn_once_at_its_place():
    figure = coverage_map(CELLS)
    drawn = [(x, base) for trace in figure.data for x, base in zip(trace.x, trace.base or (), strict=False)]
    assert len(drawn) == len(set(drawn)) == len(CELLS)
    assert list(figure.layout.xaxis.ticktext) == ["8.5.1.1", "9.2.1", "10.2"]


def test_a_map_of_many_clauses_asks_for_the_width_it_needs():
    many = pd.concat([CELLS.head(1).assign(clause=leaf) for leaf in auditable_leaves()])
    assert coverage_map(many).layout.meta["least_width"] > len(many) * 17


def test_states_without_a_cell_stay_in_the_legend():
    assert len(coverage_map(CELLS.head(1)).data) == 6


def test_ink_can_be_read_on_every_fill():
    for fill in (*AGES[:2], UNTOUCHED, UNKNOWN):
        assert contrast(fill, DARK_INK) >= 4.5
    assert contrast(AGES[2], "#FFFFFF") >= 3


def test_the_palette_has_no_colour_twice_and_each_stands_out_on_a_white_page():
    assert len(set(PALETTE)) == len(PALETTE)
    assert all(contrast(colour, "#FFFFFF") >= 2 for colour in PALETTE)


@pytest.mark.parametrize("dark", [False, True])
def test_the_theme_asks_no_network_for_a_font(dark):
    assert "http" not in str(theme(dark=dark).to_plotly_json())


STATUS = pd.DataFrame(
    {
        "finding_id": ["F1", "F2", "F3", "F4", "F5"],
        "site": ["A", "B", None, "A", "A"],
        "clause": ["9.2", "8.5.1", "8.2.6", "8.7.2", "9.1"],
        "status": ["open overdue", "verified", "open no due date", "open not due", "verified"],
        "audit_start": pd.to_datetime(["2022-06-14", "2021-06-15", "2023-06-13", "2023-06-13", "2021-06-15"]),
        "due": pd.to_datetime(["2022-09-30", "2021-09-15", None, "2024-04-30", "2021-09-15"]),
        "completed": pd.to_datetime([None, "2021-10-15", None, None, "2021-09-01"]),
        "days_overdue": pd.array([548, None, None, None, None], dtype="Int64"),
        "late_days": pd.array([None, 30, None, None, None], dtype="Int64"),
    }
)


def test_open_and_late_actions_are_drawn_and_the_others_not():
    traces = {trace.name: trace for trace in action_ageing(STATUS, as_of=AS_OF).data}
    assert list(traces["time agreed"].y) == ["F2, 8.5.1 site B", "F4, 8.7.2 site A", "F1, 9.2 site A"]
    assert traces["over the date first agreed, still open"].hovertext == ("F1, 9.2 site A: 548 days overdue",)
    assert traces["completed late"].hovertext == ("F2, 8.5.1 site B: 30 days late",)
    assert list(traces["open without a due date"].y) == ["F3, 8.2.6"]


def test_parts_of_an_action_differ_by_hatch():
    shapes = [trace.marker.pattern.shape for trace in action_ageing(STATUS, as_of=AS_OF).data]
    assert len(set(shapes)) == len(shapes)


RATES = pd.DataFrame(
    {
        "scope": ["all", "audit", "site", "site", "audit_site"],
        "audit_id": [None, "AU-1", None, None, "AU-1"],
        "site": [None, None, "<b>A</b>", "B", "A"],
        "grade_group": "nc",
        "n": pd.array([10, 8, 2, 0, 2], dtype="Int64"),
        "auditor_days": pd.array([5.0, 4.0, 1.0, None, 1.0], dtype="Float64"),
        "rate": pd.array([2.0, 2.0, 2.0, None, 2.0], dtype="Float64"),
        "low": pd.array([0.96, 0.86, 0.24, None, 0.2], dtype="Float64"),
        "high": pd.array([3.68, 3.94, 7.22, None, 7.0], dtype="Float64"),
    }
)


def test_a_rate_is_drawn_with_its_interval_and_an_unknown_one_says_so():
    figure = rate_intervals(RATES)
    (trace,) = figure.data
    assert list(trace.y) == ["site &lt;b&gt;A&lt;/b&gt; (2 in 1 d)", "AU-1 (8 in 4 d)", "all together (10 in 5 d)"]
    assert trace.error_x.array[2] == pytest.approx(1.68)
    assert trace.error_x.arrayminus[2] == pytest.approx(1.04)
    assert [(note.y, note.text) for note in figure.layout.annotations] == [("site B (0 in ? d)", "rate unknown")]


CHAINS = pd.DataFrame(
    {
        "view": ["site", "site", "organisation"],
        "site": ["B", "A", ""],
        "clause": ["8.5.1", "9.2", "8.5.1"],
        "examinations": pd.array([3, 1, 3], dtype="Int64"),
        "audits_with_nc": pd.array([2, 1, 2], dtype="Int64"),
        "findings": ["F1 F3", "F2", "F1 F3"],
        "softened_to": ["F4", None, None],
        "recurrent": pd.array([True, False, True], dtype="boolean"),
    }
)
FINDINGS = pd.DataFrame(
    {
        "finding_id": ["F1", "F2", "F3", "F4"],
        "audit_id": ["AU-1", "AU-1", "AU-3", "AU-4"],
        "grade": ["major", "minor", "minor", "ofi"],
        "clause_as_cited": ["9.2", "9.2", "8.5.1.3", "8.5.1.2"],
        "statement": ["<a href='http://x'>first</a>", "other", "second", "third"],
    }
)
AUDITS = pd.DataFrame(
    {"audit_id": [f"AU-{n}" for n in range(1, 5)], "start": pd.to_datetime([f"202{n}-06-01" for n in range(4)])}
)
EXAMINED = pd.DataFrame({"audit_id": ["AU-1", "AU-2", "AU-3"], "site": "B", "key": "8.5.1"})


def test_the_points_of_a_chain_are_its_findings_and_the_quiet_examinations():
    points = chain_points(CHAINS, FINDINGS, AUDITS, EXAMINED)
    assert points["chain"].unique().tolist() == ["8.5.1, site B (2 of 3)"]
    assert points["audit_id"].tolist() == ["AU-1", "AU-2", "AU-3", "AU-4"]
    assert points["kind"].tolist() == ["major", "examined, no nonconformity", "minor", "improvement noted later"]
    assert points["statement"].tolist()[0] == FINDINGS["statement"][0]


def test_a_chain_is_drawn_with_a_shape_for_each_grade_and_no_foreign_link():
    figure = chain_timeline(chain_points(CHAINS, FINDINGS, AUDITS, EXAMINED))
    shapes = {trace.name: trace.marker.symbol for trace in figure.data}
    assert len(set(shapes.values())) == 4
    assert "<a href" not in str(figure.to_plotly_json())


def test_without_chains_the_charts_are_empty_and_still_drawn():
    points = chain_points(CHAINS.head(0), FINDINGS, AUDITS, EXAMINED)
    assert list(points) == ["chain", "audit_id", "start", "kind", "finding_id", "clause_as_cited", "statement"]
    figures = [chain_timeline(points), coverage_map(CELLS.head(0)), rate_intervals(RATES.head(0))]
    figures += [action_ageing(STATUS.head(0), as_of=AS_OF), rows_by_file(SUMMARY.head(0))]
    assert all(figure.layout.height > 0 for figure in figures)


SUMMARY = pd.DataFrame(
    {
        "file": ["a.xlsx", "b<i>.csv", "c.xlsx"],
        "sheet": ["Findings", "b<i>", "empty"],
        "table": ["findings", "", "audits"],
        "seen": [65, 4, 0],
        "loaded": [60, 0, 0],
        "rejected": [1, 0, 0],
        "skipped": [3, 4, 0],
        "duplicate": [1, 0, 0],
    }
)


def test_numbers_of_rows_on_a_bar_have_their_thousands_apart():
    figure = rows_by_file(SUMMARY.assign(seen=[12065, 4, 0], loaded=[12060, 0, 0]))
    assert figure.data[0].text[-1] == "loaded 12\u202f060"
    assert figure.data[0].y[-1].endswith("12\u202f065 rows")


def test_the_parts_of_a_sheet_add_up_to_all_of_it():
    figure = rows_by_file(SUMMARY)
    shares = [sum(parts) for parts in zip(*(trace.x for trace in figure.data), strict=True)]
    assert shares == pytest.approx([100, 100])
    assert list(figure.data[0].y) == [
        "b&lt;i&gt;.csv / b&lt;i&gt; → not recognised, 4 rows",
        "a.xlsx / Findings → findings, 65 rows",
    ]
    patterns = [trace.marker.pattern.shape for trace in figure.data]
    assert all(one != other for one, other in itertools.combinations(patterns, 2))
