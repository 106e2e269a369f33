"""Panels of rare events, and the icons above a chart."""

import pandas as pd
import pytest

from auditlab.figures import rare_event_panels, trend_panels
from auditlab.figures.icons import icon_words


def own(variation, assurance="", value=0.99):
    return pd.DataFrame(
        {"variation": ["common_cause", variation], "assurance": assurance, "value": value, "center": 0.95}
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (own("special_cause_improvement"), ["H improvement"]),
        (own("special_cause_concern", value=0.9), ["L concern"]),
        (
            own("common_cause", "Target 95 %: hit or miss; if nothing changes"),
            ["∿ common cause", "? target hit or miss"],
        ),
        (
            own("common_cause", "Target 95 %: consistently missed; if"),
            ["∿ common cause", "F target consistently missed"],
        ),
        (own("common_cause", "Target 95 %: fewer than thirteen months with limits"), ["∿ common cause"]),
        (own(""), []),
    ],
)
def test_every_icon_is_a_letter_and_words(rows, said):
    assert [text for text, _, _ in icon_words(rows)] == said


def points():
    months = pd.date_range("2022-04-01", periods=24, freq="MS")
    return pd.DataFrame(
        {
            "family": "supplier_attainment", "series": "supplier X", "service": None, "site": None, "supplier": "X",
            "priority": None, "month": months, "k": 196, "n": 200, "value": 0.98, "center": 0.97, "lower": 0.93,
            "upper": 1.0, "outside": False, "signal": False, "rule": "", "target": 0.95,
            "variation": "special_cause_improvement", "assurance": "Target 95 %: consistently met; if nothing changes",
            "definition": "met of measured", "convention": "p chart",
        }
    )  # fmt: skip


def signal(**more):
    row = {"family": "supplier_attainment", "series": "supplier X", "flagged": True, "p": 0.01, "q": 0.02,
           "onset": "2023-05-01", "onset_low": None, "onset_high": None, "shape": "step, candidate rebase"}  # fmt: skip
    return pd.DataFrame([row | more])


def test_a_panel_shows_target_and_icons_and_how_to_confirm_a_step():
    (panel,) = trend_panels(points(), signal())
    assert "target" in [trace.name for trace in panel.figure.data]
    assert [note.text for note in panel.figure.layout.annotations] == ["P target consistently met", "H improvement"]
    assert 'write "supplier_attainment: supplier X" = "2023-05" under [rebase] in auditlab.toml' in panel.caption
    (plain,) = trend_panels(points().assign(variation=""), signal(shape="drift"))
    assert "Candidate rebase" not in plain.caption
    assert not plain.figure.layout.annotations


def test_a_panel_of_rare_events_says_what_a_low_point_means_and_how_long_ago_the_last_one_was():
    rows = pd.DataFrame(
        {
            "chart": "t", "what": "major incidents", "service": "S6", "unit": "days",
            "event": pd.date_range("2023-01-01", periods=6, freq="60D"), "value": 60.0, "center": 58.0, "lower": 4.0,
            "upper": 300.0, "outside": False, "signal": False, "rule": "", "since_last": 151.3, "convention": "t chart",
        }
    )  # fmt: skip
    (panel,) = rare_event_panels(rows)
    assert panel.title == "Days between major incidents, S6"
    assert panel.facets == {"service": "S6"}
    assert "6 gaps; a low point means the next one came soon. 151 days since the last one" in panel.caption
    assert "t chart. Rules that signal on this chart: none." in panel.caption
