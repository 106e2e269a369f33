"""Registers of risks that look like corrective actions, and actions with a column of risks."""

import pytest

from auditlab.intake import open_engagement

RISKS = {
    "de": ("Nr.", "Risiko", "Maßnahme", "Eintrittswahrscheinlichkeit", "Verantwortlich", "Termin"),
    "en": ("No.", "Risk", "Mitigation action", "Likelihood", "Owner", "Due"),
    "en, Nr": ("Nr", "Risk description", "Action", "Probability", "Owner", "Due date"),
}
ACTIONS = [
    ("Nr.", "Abweichung", "Maßnahme", "Verantwortlich", "Termin", "Risiko"),
    ("Nr.", "Grund", "Maßnahme", "Verantwortlich", "Termin", "Status"),
    ("Feststellung Nr.", "Ursache", "Maßnahme", "Verantwortlich", "Frist", "Eintrittswahrscheinlichkeit"),
    ("NC no.", "Root cause", "Action", "Owner", "Due date", "Risk"),
]


def rows(headers):
    return [headers, *[(n, f"power fails {n}", f"test the supply {n}", "high", "B", "2024-01-05") for n in range(1, 6)]]


@pytest.mark.parametrize("language", RISKS)
def test_a_register_of_risks_is_asked_about_and_its_actions_are_not_taken(folder, language):
    lab = open_engagement(folder.workbook("r.xlsx", List=rows(RISKS[language])).path)
    assert not lab.has("corrective_actions")
    (question,) = lab.open_questions.to_dict("records")
    assert question["proposal"] == "none"
    assert (
        f"a register of risks, for which there is no table, has headers such as '{RISKS[language][1]}'"
        in (question["asks"])
    )


def test_a_person_may_say_that_a_register_of_risks_is_a_list_of_actions(folder):
    said = {"r.xlsx": {"List": {"table": "corrective_actions"}}}
    lab = open_engagement(folder.workbook("r.xlsx", List=rows(RISKS["de"])).path, mapping=said)
    assert lab.tables.corrective_actions["action"].tolist()[0] == "test the supply 1"


def test_one_column_of_risks_beside_a_running_number_is_asked_about_with_the_actions_proposed(folder):
    headers = ("Nr.", "Risiko", "Maßnahme", "Bewertung", "Verantwortlich", "Termin")
    lab = open_engagement(folder.workbook("r.xlsx", List=rows(headers)).path)
    assert lab.open_questions["proposal"].tolist() == ["corrective_actions"]


@pytest.mark.parametrize("headers", ACTIONS)
def test_actions_on_findings_are_read_with_a_column_of_risks_or_without(folder, headers):
    lab = open_engagement(folder.workbook("r.xlsx", List=rows(headers)).path)
    assert len(lab.tables.corrective_actions) == 5
    assert not lab.open_questions["field"].eq("table").any()
