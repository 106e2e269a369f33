"""Causes as written and as coded, and the sentences about recurring nonconformities."""

import pandas as pd
import pytest

from auditlab import figures, history


@pytest.fixture
def chains(golden):
    return history.recurrence_chains(golden.findings, golden.examined, audits=golden.audits)


@pytest.fixture
def status(golden):
    as_of = pd.Timestamp("2024-03-31")
    return history.corrective_actions(golden.actions, golden.findings, golden.audits, golden.examined, as_of=as_of)


def test_every_finding_of_a_chain_has_its_cause_or_says_that_there_is_none(golden, chains, status):
    written = golden.actions.assign(root_cause="Step missing")
    written.loc[written["finding_id"] == "F001", "root_cause"] = None
    causes = history.chain_causes(chains, status, written, causes={"F015": "method", "F039": "method"})
    own = causes[(causes["site"] == "B") & (causes["clause"] == "8.5.1")]
    assert own["finding_id"].tolist() == ["F001", "F015", "F039"]
    assert own["root_cause"].tolist() == ["no cause on record", "Step missing", "Step missing"]
    assert own["category"].tolist() == ["not coded", "method", "method"]
    assert own["days_overdue"].tolist()[2] == 548
    assert own["setting"].tolist()[0] == '[causes] "F001" = "..."'
    recurrent = chains[(chains["view"] == "site") & chains["recurrent"]]
    assert len(causes) == sum(len(findings.split()) for findings in recurrent["findings"])


def test_the_sentences_give_the_rate_beside_its_expectation_and_what_waits_for_a_person(golden, chains, status):
    causes = history.chain_causes(chains, status, golden.actions, causes={"F001": "method"})
    pairs = history.same_issue_candidates(golden.findings, golden.audits, decisions={"F001 + F015": "yes"})
    told = history.recurring_headlines(history.recurrence_summary(chains), chains, pairs, causes)["sentence"]
    assert "9 of 19 cells examined again (47 %" in told[0]
    assert "alone lead one to expect 12 %" in told[0]
    assert "9 of 9 chains wait for a person to decide, 1 pair of findings is decided" in told[1]
    assert "22 of 23 findings" in told[2]
    assert "this is no rate of effectiveness" in told[3]


def test_without_examinations_the_sentences_say_what_is_not_known(golden, status):
    chains = history.recurrence_chains(golden.findings.iloc[:0], golden.examined.iloc[:0], audits=golden.audits)
    causes = history.chain_causes(chains, status, golden.actions)
    assert causes.empty
    pairs = history.same_issue_candidates(golden.findings.iloc[:0], golden.audits)
    told = history.recurring_headlines(history.recurrence_summary(chains), chains, pairs, causes)["sentence"].tolist()
    assert told[0] == "Whether anything came back is not known: no cell was examined twice on record."
    assert len(told) == 2


def test_what_nobody_coded_is_a_bar_of_its_own(golden, chains, status):
    causes = history.chain_causes(chains, status, golden.actions, causes={"F001": "<b>method</b>"})
    figure = figures.causes_by_chain(causes)
    assert [bar.name for bar in figure.data] == ["&lt;b&gt;method&lt;/b&gt;", "not coded"]
    assert sum(sum(bar.x) for bar in figure.data) == len(causes)
    assert figures.causes_by_chain(causes.iloc[:0]).data[0].name == "not coded"


def test_bars_longer_than_the_period_are_hatched():
    table = pd.DataFrame(
        {
            "kpi": "unapproved_at_start_rate",
            "site": ["A", "B", "C"],
            "baseline": [0.2, 0.05, 0.0],
            "planned": [0.08, 0.02, None],
            "months": [8.7, 39.2, None],
        }
    )
    figure = figures.months_to_see(table, period=12)
    within, beyond = figure.data
    assert within.y == ("unapproved at start rate, site A: 20.0 % to 8.0 %",)
    assert beyond.y == ("unapproved at start rate, site B: 5.0 % to 2.0 %",)
    assert (within.marker.pattern.shape, beyond.marker.pattern.shape) == ("", "/")
    assert figure.layout.yaxis.categoryarray == (*within.y, *beyond.y)
    assert figures.months_to_see(table.iloc[2:], period=12).data[0].x == ()
