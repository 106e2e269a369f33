"""Which clients get a page of their own, and what it says of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.portfolio import review_portfolio
from auditlab.portfolio.dossiers import client_dossiers, clients_as_text, clients_in, page_name
from auditlab.portfolio.store import open_store


@pytest.fixture(scope="module")
def asked(sample_portfolio):
    return review_portfolio(sample_portfolio.files, settings=sample_portfolio.settings, clients=("Kappel Payments",))


@pytest.fixture
def few(sample_portfolio, sample_review):
    """The two pages that there is room for, beside those asked for."""
    with open_store(sample_portfolio.files, settings=sample_portfolio.settings) as store:

        def made(asked):
            return client_dossiers(
                store, inventory=sample_review.client_inventory, rates=sample_review.client_rates,
                risk=sample_review.certificate_risk, asked=asked, most=2,
            )  # fmt: skip

        yield made


def test_a_small_portfolio_has_a_page_for_every_client(sample_review):
    assert sorted(sample_review.dossiers.pages["client"]) == sorted(sample_review.client_inventory["client"])


def test_a_client_is_asked_for_by_its_name_and_comes_first(asked):
    first = asked.dossiers.pages.iloc[0]
    assert (first["client"], first["page"]) == ("K04", "client-K04.html")
    assert first["why"].startswith("asked for")


def test_the_flagged_client_comes_before_the_threatened_ones(few, sample_review):
    pages = few(()).pages
    threatened = sample_review.certificate_risk.query("threats != '' and client != 'K09'")["client"]
    assert pages["client"].tolist() == ["K09", threatened.iloc[0]]
    assert pages["why"].iloc[0].startswith("differs from the others")


def test_who_was_asked_for_takes_no_room_from_the_others(few):
    assert few(("K05",)).pages["client"].tolist()[:2] == ["K05", "K09"]
    assert len(few(("K05",)).pages) == 3


def test_a_client_that_is_not_there_is_named_with_its_neighbours(few):
    with pytest.raises(ArgumentError, match=r"no client 'K99' .* Near it: K"):
        few(("K99",))


def test_the_page_of_the_outlier_says_its_numbers(sample_review):
    facts = sample_review.dossiers.facts
    said = facts.loc[facts["client"] == "K09", "sentence"].tolist()
    assert said[0].startswith("15 nonconformities in 3 auditor-days from 2023-01-01 to 2023-12-31: 2.36 times the 6.4")
    assert "It is flagged" in said[0]
    lucky = facts.loc[facts["client"] == "K04", "sentence"].iloc[0]
    assert "6 nonconformities in 1 auditor-day from" in lucky
    assert "It is not flagged" in lucky


def test_audits_and_clauses_of_a_page_add_up_to_the_findings(sample_review):
    dossiers = sample_review.dossiers
    audits = dossiers.audits.groupby("client")[["major", "minor"]].sum().sum(axis=1)
    clauses = dossiers.clauses.groupby("client")["nonconformities"].sum()
    assert clauses.astype("int64").to_dict() == audits[audits > 0].astype("int64").to_dict()


@pytest.mark.parametrize("client", ["K/../1", "K 1", "k1", "Ü", "A" * 90, "..", ""])
def test_the_file_of_a_page_is_never_a_path_nor_that_of_another_client(client):
    name = page_name(client)
    assert name.startswith("client-")
    assert "/" not in name
    assert ".." not in name
    assert len(name) < 90
    assert name.lower() != page_name("K1").lower()


@given(st.lists(st.text(max_size=12).map(str.strip).filter(bool), max_size=4))
def test_names_of_clients_come_back_from_one_text(names):
    assert clients_in(clients_as_text(names)) == names


def test_names_of_clients_are_written_as_people_write_them():
    assert clients_as_text(["K01", "K04"]) == "K01; K04"
    assert clients_in("K01;K04 ; ") == ["K01", "K04"]
    assert clients_in(None) == []
    assert clients_as_text(()) is None


def test_a_client_whose_name_holds_a_semicolon_is_asked_for_as_one(sample_portfolio):
    with pytest.raises(ArgumentError, match="no client 'Smith; Sons'"):
        sample_portfolio.review(clients=clients_as_text(["K01", "Smith; Sons"]))
