"""Headers and words in seven languages, scales of a column, several clauses in one cell."""

import pytest
from engagements import AUDIT, AUDIT_HEADERS, SITES, finding

from auditlab.intake import open_engagement
from auditlab.intake.aliases import column_aliases, languages
from auditlab.intake.headers import recognise
from auditlab.intake.shared_clauses import finding_weights, split_clauses
from auditlab.intake.sheets import RawSheet
from auditlab.intake.values import ShareScale, read_share, read_text, share_scale
from auditlab.intake.words import BLOCKER_SCALE, RISING_SCALE, priority_scale, read_clause, read_priority, read_state

FINDINGS = {
    "de": ("Feststellungs-Nr.", "Auditnummer", "Standort", "Normabschnitt", "Einstufung", "Beschreibung"),
    "fr": ("N° de constat", "N° audit", "Emplacement", "Chapitre", "Gravité", "Constat"),
    "es": ("N.º de hallazgo", "N.º de auditoría", "Emplazamiento", "Apartado", "Clasificación", "Descripción"),
    "pt": ("N.º da constatação", "N.º da auditoria", "Unidade", "Requisito", "Classificação", "Descrição"),
    "nl": ("Bevindingnummer", "Auditnummer", "Vestiging", "Normeis", "Classificatie", "Omschrijving"),
    "it": ("Numero rilievo", "Numero audit", "Stabilimento", "Punto norma", "Classificazione", "Descrizione"),
}
ACTIONS = {
    "de": ("Abweichungsnr.", "Korrekturmaßnahme", "Fällig am", "Erledigt am", "Wirksam"),
    "fr": ("N° NC", "Action corrective", "Échéance", "Réalisé le", "Efficacité"),
    "es": ("Nº NC", "Acción correctiva", "Fecha límite", "Completado", "Eficacia"),
    "pt": ("Nº NC", "Ação corretiva", "Prazo", "Concluído", "Eficácia"),
    "nl": ("NC-nummer", "Corrigerende maatregel", "Vervaldatum", "Afgerond", "Doeltreffendheid"),
    "it": ("N. non conformità", "Azione correttiva", "Scadenza", "Completato", "Efficacia"),
}
LEVELS = {
    "de": ("Dienst", "Monat", "Kennzahl", "Erfüllt", "Gesamt", "Istwert", "Zielwert"),
    "fr": ("Service", "Mois", "Indicateur", "Dans les délais", "Nombre total", "Réalisé", "Objectif"),
    "es": ("Servicio", "Mes", "Indicador", "Cumplidos", "Total", "Cumplimiento", "Objetivo"),
    "pt": ("Serviço", "Mês", "Indicador", "Cumpridos", "Total", "Cumprimento", "Meta"),
    "nl": ("Dienst", "Maand", "Indicator", "Binnen norm", "Aantal", "Realisatie", "Norm"),
    "it": ("Servizio", "Mese", "Indicatore", "Rispettati", "Totale", "Consuntivo", "Obiettivo"),
}


def recognised(headers):
    return recognise(RawSheet(file="f", name="s", rows=(tuple(headers),)))


@pytest.mark.parametrize("language", FINDINGS)
def test_a_register_an_action_log_and_a_report_are_recognised_in_every_language(language):
    register = recognised(FINDINGS[language])
    assert register.table == "findings"
    assert list(register.columns) == ["finding_id", "audit_id", "site", "clause_as_cited", "grade", "statement"]
    actions = recognised(ACTIONS[language])
    assert actions.table == "corrective_actions"
    assert list(actions.columns) == ["finding_id", "action", "due_original", "completed", "effective_declared"]
    report = recognised(LEVELS[language])
    assert report.table == "sla_monthly"
    assert list(report.columns) == ["service", "month", "metric", "met", "total", "value", "target"]


def test_english_wins_where_two_languages_disagree():
    assert languages()[0] == "en"
    assert column_aliases("incidents")["closed"] == "closed"
    assert column_aliases("audits")["to"] == "end"


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("In Bearbeitung", "In progress"),
        ("Clos", "Closed"),
        ("En attente", "On hold"),
        ("Resuelto", "Resolved"),
        ("Fechado", "Closed"),
        ("Opgelost", "Resolved"),
        ("Sospeso", "On hold"),
        ("closed successful", "Closed"),
        ("pending auto close+", "On hold"),
        ("Processing (assigned)", "In progress"),
        ("Escalated TTR", "In progress"),
        ("With the vendor", "With the vendor"),
    ],
)
def test_states_have_one_spelling_and_unknown_words_stay(word, state):
    assert read_state(word, own={}).value == state


def test_the_users_own_states_win_and_numbers_need_their_tool():
    assert read_state("Done", own={"done": "Resolved"}).value == "Resolved"
    assert read_state("7", own={}).value == "7"
    assert read_state("7", own={}, system="ServiceNow").value == "Closed"


@pytest.mark.parametrize(
    ("words", "system", "scale"),
    [
        (["Blocker", "Minor"], "Jira", BLOCKER_SCALE),
        (["Critical", "High"], "Jira", ""),
        (["1", "5"], "OTRS", RISING_SCALE),
        (["1", "5"], "iTop", ""),
    ],
)
def test_the_scale_of_priorities_is_decided_for_the_column(words, system, scale):
    assert priority_scale(words, system=system) == scale


@pytest.mark.parametrize(
    ("cell", "scale", "priority"),
    [
        ("1", RISING_SCALE, "P5"),
        ("5 very high", RISING_SCALE, "P1"),  # the word decides, not the digit
        ("1 very low", RISING_SCALE, "P5"),
        ("3000 3-Moderate/Limited", "", "P3"),  # Remedy, raw
        ("4 - Low", "", "P4"),
        ("Muy alta", "", "P1"),
        ("Gemiddeld", "", "P3"),
        ("Urgent", "", "P1"),
    ],
)
def test_priorities_are_read_by_their_word(cell, scale, priority):
    assert read_priority(cell, scale=scale).value == priority


@pytest.mark.parametrize(
    ("cells", "scale"),
    [
        ([0.97, 0.5, 1.0], ShareScale.SHARES),
        ([97.0, 98.5, 0.0], ShareScale.PERCENTAGES),
        ([97.0, 0.98], ShareScale.MIXED),
        (["97,4 %", 0.9], ShareScale.SHARES),
    ],
)
def test_share_or_percentage_is_decided_for_the_column(cells, scale):
    assert share_scale(cells) is scale


def test_one_in_a_column_of_percentages_is_not_guessed():
    assert (
        read_share(1, scale=ShareScale.PERCENTAGES).problem
        == "1 in a column of percentages: one per cent or the whole?"
    )
    assert read_share(1, scale=ShareScale.SHARES).value == 1
    assert read_share("97,4 %", scale=ShareScale.PERCENTAGES).value == 0.974


@pytest.mark.parametrize(
    ("cell", "value"), [("?", None), ("-", None), ("NA", "NA"), ("NO", "NO"), ("Unknown", "Unknown")]
)
def test_a_lone_sign_is_no_text_and_words_stay(cell, value):
    assert read_text(cell).value == value


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("8.5.1 / 8.5.3", ("8.5.1", "8.5.3")),
        ("8.5.1; 8.5.1, 9.2.", ("8.5.1", "9.2")),
        ("4.1 und 4.2", ("4.1", "4.2")),
        ("8.5.1\n8.5.3", ("8.5.1", "8.5.3")),
        ("8.5.1 / see annex", ()),
        ("8.5.1", ("8.5.1",)),
    ],
)
def test_a_cell_of_several_clauses_is_split(text, clauses):
    assert split_clauses(text) == clauses


def test_prefixes_are_taken_off_every_clause_of_a_cell():
    assert read_clause("Clause 8.5.1 and Clause 8.5.3").value == "8.5.1 / 8.5.3"


def test_a_finding_of_two_clauses_counts_once_and_its_weight_is_shared(register):
    lab = open_engagement(register(finding("F1", clause="8.5.1 / 8.5.3"), finding("F2", clause="9.2")))
    findings = lab.tables.findings
    assert list(findings["clause"]) == ["8.5.1", "9.2"]
    assert findings["clauses"].tolist()[0] == "8.5.1 8.5.3"
    assert lab.open_questions.empty
    weights = finding_weights(findings)
    assert weights.to_dict("list") == {
        "finding_id": ["F1", "F1", "F2"],
        "clause": ["8.5.1", "8.5.3", "9.2"],
        "weight": [0.5, 0.5, 1.0],
    }
    assert weights["weight"].sum() == len(findings)


def test_a_row_of_coverage_with_two_clauses_covers_both_and_shares_its_minutes(folder):
    coverage = [("Audit no", "Site", "Clause", "Examined", "Minutes"), ("AU-1", "A", "8.5.1 / 8.5.3", "yes", 30)]
    folder.workbook("c.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Coverage=coverage)
    table = open_engagement(folder.path).tables.coverage
    assert list(table["clause"]) == ["8.5.1", "8.5.3"]
    assert list(table["minutes"]) == [15, 15]
    assert list(table["source_row"]) == [2, 2]


@pytest.mark.parametrize("clause, loaded, rejected", [("4.1, 99.9", 1, 0), ("99.8, 99.9", 0, 1)])
def test_a_row_of_coverage_counts_when_one_of_its_clauses_does(folder, clause, loaded, rejected):
    coverage = [("Audit no", "Site", "Clause", "Examined", "Minutes"), ("AU-1", "A", clause, "yes", 30)]
    folder.workbook("c.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Coverage=coverage)
    lab = open_engagement(folder.path)
    account = lab.summary.set_index("sheet").loc["Coverage"]
    assert (account["seen"], account["loaded"], account["rejected"]) == (1, loaded, rejected)
    assert "99.9" in lab.ledger["rule"].str.cat()


def test_a_row_of_coverage_of_which_one_part_repeats_another_row_is_loaded(folder):
    headers = ("Audit no", "Site", "Clause", "Examined", "Minutes")
    coverage = [headers, ("AU-1", "A", "8.5.1", "yes", 15), ("AU-1", "A", "8.5.1 / 8.5.3", "yes", 30)]
    folder.workbook("c.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Coverage=coverage)
    lab = open_engagement(folder.path)
    assert list(lab.tables.coverage["clause"]) == ["8.5.1", "8.5.3"]
    account = lab.summary.set_index("sheet").loc["Coverage"]
    assert (account["seen"], account["loaded"], account["rejected"]) == (2, 2, 0)


def test_an_audit_that_cites_no_clause_is_not_asked_for_its_edition(folder):
    """A list of inspections by another scheme: thousands of audits, and no clause to carry over."""
    rows = [
        ("Audit no", "Type", "From", "Sites visited"),
        *((f"AU-{n}", "supplier", "2014-05-01", "") for n in range(5)),
    ]
    lab = open_engagement(folder.workbook("a.xlsx", Audits=rows).path)
    assert len(lab.tables.audits) == 5
    assert lab.questions.empty
