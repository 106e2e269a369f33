"""What a notebook shows stands on the page, escaped, and in tables/, exactly."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlab.publish.files import folder_name, reports_root, table_csv
from auditlab.publish.page import open_page
from auditlab.publish.page_blocks import MIME, PLOTLY_MIME

HOSTILE = '<script>alert(1)</script> & "quoted" \'=HYPERLINK("http://x")\''


@pytest.fixture
def page(lab, tmp_path, shown):
    return open_page(lab, "trial", output_dir=tmp_path / "out")


def test_a_table_is_displayed_and_written(page, shown, tmp_path):
    frame = pd.DataFrame({"site": ["A", None], "n": pd.array([3, None], dtype="Int64")})
    page.show(frame, name="trial_table", caption="Trial")
    assert (tmp_path / "out" / "tables" / "trial_table.csv").read_bytes() == b"site,n\nA,3\n,\n"
    assert shown[0][MIME] == {"kind": "table", "name": "trial_table", "caption": "Trial", "rows": 2}


def test_a_missing_number_is_unknown_and_never_zero(page, shown):
    page.show(pd.DataFrame({"n": pd.array([None], dtype="Int64"), "text": [None]}), name="t", caption="c")
    html = shown[0]["text/html"]
    assert '<span class="missing">unknown</span>' in html
    assert '<span class="missing">–</span>' in html
    assert ">0<" not in html


def test_text_from_outside_is_escaped(page, shown):
    page.show(pd.DataFrame({HOSTILE: [HOSTILE]}), name="t", caption=HOSTILE, note=HOSTILE)
    page.say(HOSTILE)
    page.unknown(HOSTILE, why=HOSTILE, mend=HOSTILE)
    for bundle in shown:
        assert "<script" not in bundle["text/html"]
        assert "&lt;script&gt;" in bundle["text/html"]


def test_the_page_says_how_many_rows_it_leaves_to_the_file(page, shown, tmp_path):
    frame = pd.DataFrame({"a": range(1200)})
    page.show(frame, name="long", caption="c", rows=3)
    assert "The first 3 of 1\u202f200 rows; the file has all." in shown[0]["text/html"]
    assert len(pd.read_csv(tmp_path / "out" / "tables" / "long.csv")) == 1200


def test_a_choice_of_rows_is_shown_and_all_are_written(page, shown, tmp_path):
    frame = pd.DataFrame({"a": [1, 2, 3]})
    page.show(frame, name="t", caption="c", shown=frame[frame["a"] > 1])
    assert "2 of 3 rows; the file has all." in shown[0]["text/html"]
    assert len(pd.read_csv(tmp_path / "out" / "tables" / "t.csv")) == 3


def test_chosen_columns_are_shown_with_their_labels_and_all_are_written(page, shown, tmp_path):
    page.show(pd.DataFrame({"k": [1], "rate": [0.458]}), name="t", caption="c", columns={"rate": "rate [%]"})
    assert "45.8" in shown[0]["text/html"]
    assert "1 more column in the file." in shown[0]["text/html"]
    assert list(pd.read_csv(tmp_path / "out" / "tables" / "t.csv")) == ["k", "rate"]


def test_a_column_that_is_not_there_is_named(page):
    with pytest.raises(KeyError, match=r"has no column rat\. It has: rate"):
        page.show(pd.DataFrame({"rate": [1.0]}), name="t", caption="c", columns={"rat": "x"})


def test_an_empty_table_says_so(page, shown):
    page.show(pd.DataFrame({"a": pd.Series(dtype="str")}), name="t", caption="c")
    assert "no rows" in shown[0]["text/html"]


@pytest.mark.parametrize("name", ["../x", "A", "a b", "", "1a", "a.csv"])
def test_the_name_of_a_table_is_never_a_path(page, name):
    with pytest.raises(ValueError, match="cannot be the name of a table"):
        page.show(pd.DataFrame({"a": [1]}), name=name, caption="c")


def test_a_chart_carries_its_data_and_its_words(page, shown, tmp_path):
    import plotly.graph_objects as go

    data = pd.DataFrame({"x": [1, 2]})
    page.figure(go.Figure(go.Bar(y=[1, 2])), name="bars", caption="Bars <b>", data=data)
    assert shown[0][MIME]["kind"] == "figure"
    assert shown[0][PLOTLY_MIME]["data"][0]["type"] == "bar"
    assert "The figures behind this chart (2 rows)" in shown[1]["text/html"]
    assert "Bars &lt;b&gt;" in shown[1]["text/html"]
    assert (tmp_path / "out" / "tables" / "bars.csv").exists()


HEADLINES = pd.DataFrame(
    {
        "order": [2, 1],
        "sentence": ["Second 24 of 30.", "First."],
        "value": [1.0, None],
        "n": [30, None],
        "low": [0.2, None],
        "high": [0.4, None],
        "table": ["t", None],
    }
)


def test_facts_stand_in_order_and_say_their_basis_once(page, shown, tmp_path):
    page.facts(HEADLINES)
    assert [fact["sentence"] for fact in shown[0][MIME]["facts"]] == ["First.", "Second 24 of 30."]
    assert [fact["basis"] for fact in shown[0][MIME]["facts"]] == ["", "interval 0.200 to 0.400"]
    assert (tmp_path / "out" / "tables" / "headlines.csv").exists()


def test_a_fact_about_a_series_has_its_months_beside_it(page, shown):
    page.facts(HEADLINES.assign(spark=["3 - 5 4", None]))
    html = shown[0]["text/html"]
    assert html.count('<svg class="spark"') == 1
    assert 'aria-label="3 of 4 months, 3 to 5"' in html
    assert html.index("Second 24") < html.index("<svg")


def test_facts_without_their_columns_are_refused(page):
    with pytest.raises(KeyError, match="missing: table"):
        page.facts(HEADLINES.drop(columns="table"))


def test_a_table_that_was_not_handed_over_is_told_once_and_one_that_was_is_not(page, shown):
    page.not_handed_over("audits", "coverage")
    assert len(shown) == 1
    assert "Cannot be known from what was handed over." in shown[0]["text/html"]
    assert "inferred from the scope" in shown[0]["text/html"]


def test_a_third_party_leaves_sections_out_and_says_why(lab_of, shown, tmp_path):
    page = open_page(lab_of(party="third"), "trial", output_dir=tmp_path)
    assert page.third_party_notice("Recommendations")
    assert "Recommendations: left out." in shown[0]["text/html"]


def test_a_first_party_leaves_nothing_out(page, shown):
    assert not page.third_party_notice("Recommendations")
    assert shown == []


def test_without_an_output_folder_a_page_writes_to_the_draft_of_the_project(lab, tmp_path, monkeypatch):
    (tmp_path / "reports").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert open_page(lab, "trial").folder == tmp_path / "reports" / "trial" / "draft"


def test_reports_go_below_the_current_folder_whatever_stands_above_it(tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "elsewhere").mkdir()
    assert reports_root(tmp_path / "elsewhere") == tmp_path / "elsewhere" / "reports"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("halden", "halden"),
        ("../../etc", "etc-74ccf3"),
        ("a/b\\c", "a-b-c-7e65aa"),
        ("..", "engagement-5ec1f7"),
        ("Åse & Sønn", "Åse-Sønn-a76d82"),
        ("A\u030ase", "Åse"),
        ("CON", "CON-a3dbc4"),
        ("nul.2024", "nul.2024-536c41"),
        ("Console", "Console"),
    ],
)
def test_the_name_of_an_engagement_never_leads_out_of_the_reports(name, folder):
    assert folder_name(name) == folder


def test_names_of_two_engagements_never_share_a_folder():
    names = ["", " ", "x", "../../x", "x/", "a{b}", "a\u202eb", "a-b", "a b", "k" * 300, "k" * 301, "con", "con-1"]
    assert len({folder_name(name).casefold() for name in names}) == len(names)


def test_dates_are_written_as_days_unless_one_has_a_time():
    days = pd.DataFrame({"d": pd.to_datetime(["2024-03-31", None])})
    times = pd.DataFrame({"t": pd.to_datetime(["2024-03-31 00:00", "2024-03-31 12:30"])})
    zoned = pd.DataFrame({"z": pd.to_datetime(["2024-03-31 12:30+02:00"], utc=True)})
    assert table_csv(days) == 'd\n2024-03-31\n""\n'
    assert table_csv(times) == "t\n2024-03-31T00:00:00\n2024-03-31T12:30:00\n"
    assert table_csv(zoned) == "z\n2024-03-31T10:30:00Z\n"


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1),
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1), min_size=1),
)
def test_tables_read_back_to_exactly_what_was_written(numbers, words):
    size = min(len(numbers), len(words))
    frame = pd.DataFrame({"number": numbers[:size], "word": words[:size]}).astype({"word": "str"})
    header, *rows = csv.reader(io.StringIO(table_csv(frame), newline=""))
    assert header == ["number", "word"]
    assert [(float(number), word) for number, word in rows] == list(zip(numbers, words, strict=False))
