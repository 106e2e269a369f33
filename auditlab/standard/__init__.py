"""The standards as data: clauses, editions, grades, programme rules and indicators."""

from auditlab.standard.clauses import (
    EDITIONS,
    ancestors,
    auditable_leaves,
    clause_exists,
    clause_order,
    clause_table,
    clause_title,
    common_ancestor,
    leaves_under,
    parent_clause,
    parse_clause,
    recurrence_key,
)
from auditlab.standard.editions import (
    EDITION_MAP_VERSION,
    EditionEvidence,
    MappedClause,
    covered_in_2018,
    detect_edition,
    is_new_in_2018,
    to_2018,
)
from auditlab.standard.grades import NONCONFORMITIES, Grade, GradeReading, read_grade
from auditlab.standard.kpis import kpi_catalogue
from auditlab.standard.programme import programme_rules, site_minimum

__all__ = [
    "EDITIONS",
    "EDITION_MAP_VERSION",
    "NONCONFORMITIES",
    "EditionEvidence",
    "Grade",
    "GradeReading",
    "MappedClause",
    "ancestors",
    "auditable_leaves",
    "clause_exists",
    "clause_order",
    "clause_table",
    "clause_title",
    "common_ancestor",
    "covered_in_2018",
    "detect_edition",
    "is_new_in_2018",
    "kpi_catalogue",
    "leaves_under",
    "parent_clause",
    "parse_clause",
    "programme_rules",
    "read_grade",
    "recurrence_key",
    "site_minimum",
    "to_2018",
]
