"""One answer for the edition of many audits whose clause numbers do not tell it."""

import datetime as dt

import pytest
from engagements import AUDIT_HEADERS, FINDING_HEADERS, SITES, finding

from auditlab.errors import EngagementError
from auditlab.intake import open_engagement

DAYS = {
    "AU-1": dt.date(2016, 6, 1),
    "AU-2": dt.date(2017, 6, 1),
    "AU-3": dt.date(2022, 6, 1),
    "AU-4": dt.date(2023, 6, 1),
    "AU-5": dt.date(2023, 9, 1),
}
EMPTY = "AU-9"
"""An audit of 2023 without any clause."""
BY_DATE = {"AU-1": "2011", "AU-2": "2011", "AU-3": "2018", "AU-4": "2018", "AU-5": "2018"}


@pytest.fixture
def audits(folder):
    """A function that writes audits on the given days, each with one finding at a number of both editions."""

    def write(days, *further):
        rows = [(audit, "Surveillance", day, "A", 2, None) for audit, day in {**days, EMPTY: DAYS["AU-4"]}.items()]
        found = [finding(f"F-{audit}", audit=audit, edition=None, clause="9.2") for audit in days]
        return folder.workbook(
            "r.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, *rows], Findings=[FINDING_HEADERS, *found, *further]
        ).path

    return write


def editions(lab):
    known = lab.tables.audits.dropna(subset=["edition"])
    return dict(zip(known["audit_id"], known["edition"], strict=True))


def test_many_audits_without_an_edition_are_one_question_and_one_answer_can_be_taken_back(audits):
    path = audits(DAYS)
    before = open_engagement(path)
    (question,) = before.open_questions.to_dict("records")
    assert (question["question"], question["proposal"], question["affects"]) == ("editions", "2021-09-30", 5)
    assert question["setting"] == '[answers] "editions" = "2021-09-30"'
    assert question["asks"].startswith("5 audits whose clause numbers do not tell the edition")
    assert editions(before) == {}
    after = open_engagement(path, answers={"editions": "2021-09-30"})
    assert after.open_questions.empty
    assert editions(after) == {**BY_DATE, EMPTY: "2018"}
    assert after.tables.findings["clause"].notna().all()
    assert editions(open_engagement(path)) == {}


def test_the_answer_is_shown_with_the_audits_that_it_settled(audits):
    shown = open_engagement(audits(DAYS), answers={"editions": "2018"}).questions
    (question,) = shown.to_dict("records")
    assert (question["question"], question["answer"], question["affects"]) == ("editions", "2018", 6)


def test_an_edition_of_its_own_wins_over_the_answer_for_all(audits):
    lab = open_engagement(audits(DAYS), answers={"editions": "2018"}, editions={"AU-1": "2011"})
    assert editions(lab) == {**dict.fromkeys(DAYS, "2018"), "AU-1": "2011", EMPTY: "2018"}


def test_an_audit_whose_numbers_tell_it_is_not_touched_and_one_of_two_editions_is_asked_by_itself(audits):
    told = finding("F-1", audit="AU-1", edition=None, clause="4.5.4.2")
    mixed = [finding(f"F-{clause}", audit="AU-2", edition=None, clause=clause) for clause in ("4.5.4.2", "8.5.1.3")]
    lab = open_engagement(audits(DAYS, told, *mixed), answers={"editions": "2018"})
    assert editions(lab)["AU-1"] == "2011"
    assert lab.open_questions["question"].tolist() == ["editions/AU-2"]


def test_in_the_years_of_both_editions_no_day_is_proposed_and_a_given_day_decides(audits):
    days = {**DAYS, "AU-3": dt.date(2020, 6, 1)}
    path = audits(days)
    assert open_engagement(path).open_questions["proposal"].tolist() == [""]
    assert editions(open_engagement(path, answers={"editions": "2020-06-01"}))["AU-3"] == "2018"
    assert editions(open_engagement(path, answers={"editions": "2020-06-02"}))["AU-3"] == "2011"


def test_a_day_settles_no_audit_without_a_day(folder):
    found = [finding(f"F{n}", audit=f"AU-{n}", edition=None, clause="9.2") for n in range(5)]
    path = folder.workbook("r.xlsx", Sites=SITES, Findings=[FINDING_HEADERS, *found]).path
    assert open_engagement(path).open_questions["question"].tolist() == ["editions"]
    left = open_engagement(path, answers={"editions": "2020-06-01"}).open_questions["question"].tolist()
    assert left == [f"editions/AU-{n}" for n in range(5)]
    answered = open_engagement(path, answers={"editions": "2018"})
    assert set(answered.tables.findings["edition"]) == {"2018"}


def test_fewer_audits_are_asked_one_by_one(audits):
    lab = open_engagement(audits(dict(list(DAYS.items())[:4])))
    assert lab.open_questions["question"].tolist() == [f"editions/AU-{n}" for n in range(1, 5)]


def test_an_answer_that_is_no_edition_and_no_day_is_refused(audits):
    with pytest.raises(EngagementError, match=r"'editions': 'by date' is neither 2011 nor 2018 nor a day"):
        open_engagement(audits(DAYS), answers={"editions": "by date"})
