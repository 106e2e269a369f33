"""The backtest on engagement folders: contributions as known at the time, refusal in words, several folders as one."""

import datetime as dt
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from engagements import AUDIT_HEADERS, FINDING_HEADERS, SITES, Folder, finding

import auditlab
from auditlab.cli import main
from auditlab.errors import ArgumentError
from auditlab.priority import BacktestResult, Metric, Model, engagement_backtest, joined_history
from auditlab.signals import worse_signals
from auditlab.standard.clauses import auditable_leaves

LEAVES = auditable_leaves()[::5]


def audited(path, *, name="many", first=2016):
    """Fourteen audits of two sites, twice a year; every third clause comes back at its site most of the time."""
    generator = np.random.default_rng(11)
    audits, findings, actions = [AUDIT_HEADERS], [FINDING_HEADERS], [("NCR no", "Action", "Due date")]
    for number in range(14):
        start = dt.date(first + number // 2, 3 + 6 * (number % 2), 10)
        audits.append((f"AU-{number}", "Internal audit", start, "A, B", 4, "ISO/IEC 20000-1:2018"))
        for place, leaf in enumerate(LEAVES):
            for site in "AB":
                weak = place % 3 == (0 if site == "A" else 1)
                if generator.random() < (0.75 if weak else 0.05):
                    number_of = f"F{len(findings):03}"
                    findings.append(
                        finding(number_of, audit=f"AU-{number}", site=site, clause=leaf, statement="records")
                    )
                    actions.append((number_of, "Mend it", start + dt.timedelta(days=30)))
    place = Folder(path).settings(f'name = "{name}"\nas_of = {first + 7}-12-31\nparty = "first"\n')
    place.workbook("past.xlsx", Audits=audits, Findings=findings, Sites=SITES, Actions=actions)
    return auditlab.open_engagement(path)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return audited(tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="module")
def sample(halden):
    return auditlab.open_engagement(halden)


@pytest.fixture(scope="module")
def days():
    """The days for which the service data were asked."""
    return []


@pytest.fixture(scope="module")
def result(many, days):
    return engagement_backtest(
        [many], draws=5, signals=lambda lab: days.append(lab.settings.as_of) or worse_signals(lab)
    )


def test_the_audits_of_one_folder_show_the_order_with_and_without_contributions(result):
    assert result.reason == ""
    precision = result.table[result.table["metric"] == str(Metric.AVERAGE_PRECISION)].set_index("model")["value"]
    assert set(precision.index) == {str(model) for model in Model}
    # Every action stays open past its date, so that the last finding of a cell moves it up from the next quarter on.
    assert precision[str(Model.SHIPPED)] != precision[str(Model.WITH_CONTRIBUTIONS)]
    assert precision[str(Model.SHIPPED)] > precision[str(Model.CLAUSE_BASE_RATE)]
    own = f"{precision[str(Model.WITH_CONTRIBUTIONS)]:.3f}"
    assert f"with its contributions, has an average precision of {own}" in result.sentence
    assert "against the clause base rate (no interval below 5 sites)" in result.sentence
    assert result.sentence.endswith("nobody can tell whether the order is better than a simpler one.")


def judged(gain, low, high, *, raw):
    """A result whose order has an average precision of 0.3."""
    values = {
        Model.CHANCE: 0.1,
        Model.RAW_COUNTS: raw,
        Model.CLAUSE_BASE_RATE: 0.3 - gain,
        Model.WITH_CONTRIBUTIONS: 0.3,
    }
    rows = [
        {"model": str(model), "metric": str(Metric.AVERAGE_PRECISION), "value": value}
        for model, value in values.items()
    ]
    gained = {
        "model": str(Model.WITH_CONTRIBUTIONS),
        "metric": str(Metric.GAIN),
        "value": gain,
        "low": low,
        "high": high,
    }
    facts = {"n": 500, "visits": 20, "method": "bootstrap of sites"}
    return BacktestResult(table=pd.DataFrame([row | facts for row in [*rows, gained]])).sentence


def test_the_caption_says_what_every_order_in_the_table_rests_on():
    models = [str(Model.SHIPPED), str(Model.CHANCE)]
    assert BacktestResult(table=pd.DataFrame({"model": models * 2})).caption == (
        "Orders of priority on past audits, with 95 % intervals. chance: every cell has the mean rate of all cells; "
        "shipped model: clause, site and own history of the cell, drawn together."
    )


@pytest.mark.parametrize(
    ("gain", "low", "high", "raw", "told"),
    [
        (
            0.05,
            0.01,
            0.09,
            0.2,
            ["No simpler order did better; next is clause base rate with 0.250.", "by more than chance"],
        ),
        (0.02, -0.01, 0.05, 0.4, ["Simpler orders did better here: raw counts (0.400).", "cannot be told apart"]),
        (-0.05, -0.09, -0.01, 0.2, ["Simpler orders did better here: clause base rate (0.350).", "It is worse than"]),
    ],
)
def test_the_sentence_names_every_simpler_order_that_did_better(gain, low, high, raw, told):
    sentence = judged(gain, low, high, raw=raw)
    assert all(words in sentence for words in told)


def test_service_data_are_read_as_they_were_on_the_eve_of_each_quarter(result, days):
    assert not result.reason
    assert days == sorted(set(days))
    assert {(day + dt.timedelta(days=1)).strftime("%m-%d") for day in days} <= {"01-01", "04-01", "07-01", "10-01"}
    assert max(days) < dt.date(2022, 10, 1), "nothing after the last origin with a visit is looked at"


def test_several_folders_are_one_history_with_sites_of_their_own(many, sample):
    entities = set(joined_history([many, sample])["entity"])
    assert {"many/A", "many/B", "halden/A", "halden/B", "halden/C"} <= entities
    with pytest.raises(ArgumentError, match="The engagements are many, many"):
        engagement_backtest([many, many])
    with pytest.raises(ArgumentError, match="The engagements are none"):
        engagement_backtest([])


def test_contributions_are_asked_for_every_audit_after_the_first_common_origin(many, tmp_path, monkeypatch):
    """The audits of the older client end where those of the other begin: half of all visits lie before 2016."""
    older = audited(tmp_path, name="older", first=2009)
    asked = []
    nothing = SimpleNamespace(added=pd.DataFrame(columns=["site", "clause", "weight"]))
    module = sys.modules["auditlab.priority.engagement_backtest"]  # the package has a function of that name
    monkeypatch.setattr(module, "open_engagement", lambda folder, *, as_of: asked.append((folder, as_of)))
    monkeypatch.setattr(module, "evidence_of", lambda _lab, **_: nothing)
    engagement_backtest([older, many], draws=1)
    tested = [day for folder, day in asked if folder == many.folder]
    assert len(tested) == 14, "its own audits alone would begin in 2019"
    assert min(tested) == dt.date(2015, 12, 31)


def test_four_audits_are_too_few_and_the_reason_says_so(sample):
    result = engagement_backtest([sample])
    assert result.table.empty
    assert "the history holds 4 audits" in result.reason
    assert result.sentence == result.reason


def test_the_command_prints_the_sentence_and_every_value(many, result, monkeypatch, capsys):
    """The calculation is that of the test above; here it is handed to the door."""
    asked = []
    monkeypatch.setattr("auditlab.priority.engagement_backtest", lambda _labs, signals: asked.append(signals) or result)
    with pytest.raises(SystemExit) as left:
        main(["backtest", str(many.folder)])
    assert left.value.code == 0
    printed = capsys.readouterr().out
    assert asked == [worse_signals], "the service data enter as they do on the page"
    assert printed.startswith(result.sentence)
    own = result.table[result.table["model"] == str(Model.SHIPPED)].set_index("metric")["value"]
    assert f"{own[str(Metric.AVERAGE_PRECISION)]:.3f}" in printed
    assert printed.count("calibration slope") == 1
    assert all(str(model).split()[0] in printed for model in Model)
    assert "nan" not in printed


def test_the_command_says_why_it_cannot_and_ends_with_2(tmp_path, capsys):
    (tmp_path / "auditlab.toml").write_text("as_of = 2024-03-31\n", encoding="utf-8")
    (tmp_path / "sites.csv").write_text("Site,Name,Central\nA,Aarlund,yes\n", encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["backtest", str(tmp_path)])
    assert left.value.code == 2
    assert "No backtest: the history holds 0 audits, and below 10" in capsys.readouterr().err
