from auditlab.standard.clauses import clause_exists
from auditlab.standard.kpis import kpi_catalogue
from auditlab.tables import table_specs


def _references(text):
    return [reference for group in text.split(";") if group for reference in group.split("|")]


def test_catalogue_has_78_indicators_with_definition_and_pitfalls():
    catalogue = kpi_catalogue()
    assert len(catalogue) == 78
    assert catalogue["kpi"].is_unique
    assert (
        (catalogue[["clause", "formula", "unit", "direction_better", "required_fields", "pitfalls"]] != "").all().all()
    )


def test_every_clause_is_one_of_2018():
    assert all(clause_exists(clause) for clauses in kpi_catalogue()["clause"] for clause in clauses.split(";"))


def test_every_need_is_a_canonical_column_or_marked_as_none():
    specs = table_specs()
    for text in (*kpi_catalogue()["needs"], *kpi_catalogue()["optional"]):
        for reference in _references(text):
            table, _, column = reference.partition(".")
            assert table == "-" or column in specs[table].column_names, reference
            assert column


def test_only_data_completeness_needs_no_column_of_its_own():
    catalogue = kpi_catalogue()
    assert catalogue.loc[catalogue["needs"] == "", "kpi"].tolist() == ["data_completeness"]


def test_effectiveness_and_recurrence_rest_on_exposure():
    needs = kpi_catalogue().set_index("kpi")["needs"]
    for kpi in ("ca_effectiveness", "recurrence_ratio", "clause_coverage_36m"):
        assert "coverage.examined" in needs[kpi]


def test_no_need_is_optional_too():
    for row in kpi_catalogue().to_dict("records"):
        assert not set(_references(row["needs"])) & set(_references(row["optional"]))
