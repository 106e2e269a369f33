"""The maturity chart draws a rating without evidence hollow, and says when nobody rated."""

from auditlab import figures, reporting
from auditlab.report_settings import MaturityRating


def test_a_rating_without_evidence_is_drawn_hollow():
    rated = [MaturityRating(process="8.5.1", level=3, evidence=("export",)), MaturityRating(process="9.2", level=0)]
    filled, hollow = figures.maturity_bars(reporting.maturity_profile(rated)).data
    assert (filled.marker.symbol, list(filled.x), list(filled.y)) == ("circle", [3], ["8.5.1 Change management"])
    assert (hollow.marker.symbol, list(hollow.x), list(hollow.y)) == ("circle-open", [0], ["9.2 Internal audit"])


def test_without_a_rating_the_chart_says_so_and_keeps_its_legend():
    figure = figures.maturity_bars(reporting.maturity_profile([]))
    assert figure.layout.annotations[0].text == "no process was rated"
    assert [trace.name for trace in figure.data] == ["with evidence", "without evidence"]
