import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.standard.clauses import clause_exists
from auditlab.standard.programme import programme_rules, site_minimum


@pytest.mark.parametrize(
    ("sites", "initial", "surveillance", "recertification"),
    [  # 2 sites and 26 initially: worked answers of the European accreditation FAQ 46.5; the rest by the rule
        (0, 0, 0, 0), (1, 1, 1, 1), (2, 2, 1, 2), (3, 2, 2, 2), (9, 3, 2, 3), (10, 4, 2, 3), (16, 4, 3, 4), (25, 5, 3, 4),
        (26, 6, 4, 5), (100, 10, 6, 8),
    ],
)  # fmt: skip
def test_site_minimum_matches_the_worked_answers(sites, initial, surveillance, recertification):
    assert site_minimum(sites, audit_type="initial") == site_minimum(sites, audit_type="stage2") == initial
    assert site_minimum(sites, audit_type="surveillance") == surveillance
    assert site_minimum(sites, audit_type="recertification") == recertification


@given(
    st.integers(1, 10**12), st.sampled_from([("initial", 1, 1), ("surveillance", 25, 9), ("recertification", 25, 16)])
)
def test_site_minimum_is_the_smallest_that_reaches_the_root(sites, rule):
    audit_type, left, right = rule
    n = site_minimum(sites, audit_type=audit_type)
    assert left * n * n >= right * sites > left * (n - 1) * (n - 1)


def test_a_square_is_not_rounded_up():
    assert site_minimum(10**10, audit_type="surveillance") == math.isqrt(10**10) * 6 // 10


@pytest.mark.parametrize("sites", [-1, 2.5, True, "3", None])
def test_a_number_of_sites_is_a_whole_number(sites):
    with pytest.raises(
        ArgumentError, match=r"is no number of sites. Give the whole number of sites besides the central"
    ):
        site_minimum(sites, audit_type="initial")


def test_other_audits_have_no_site_minimum():
    with pytest.raises(ArgumentError, match=r"no site minimum for the audit type 'special'. The rule knows initial"):
        site_minimum(3, audit_type="special")


def test_every_rule_has_words_source_and_standing():
    rules = programme_rules()
    assert (rules[["rule", "applies_to", "requirement", "source", "reference", "standing"]] != "").all().all()
    assert set(rules["standing"]) <= {"checked", "to confirm", "practice"}
    assert not rules.duplicated(["rule", "item"]).any()
    assert rules.set_index(["rule", "item"]).at[("first_surveillance", ""), "value"] == 12


def test_must_cover_items_name_clauses_of_2018():
    rules = programme_rules()
    cited = [clause for clauses in rules["clauses"] for clause in clauses.split(";") if clause]
    assert all(clause_exists(clause) for clause in cited)
    items = rules[rules["rule"] == "surveillance_must_cover"]
    assert len(items) == 9
    assert set(";".join(items["clauses"]).split(";")) >= {
        "9.2",
        "9.3",
        "10.1",
        "8.3.2",
        "9.1",
        "6.2",
        "10.2",
        "8.1",
        "8.5.1",
    }


def test_site_factors_of_the_data_are_those_of_the_arithmetic():
    factors = programme_rules().query("rule == 'site_minimum'").set_index("item")["value"]
    for audit_type, factor in factors.items():
        assert site_minimum(10_000, audit_type=audit_type) == round(factor * 100)
