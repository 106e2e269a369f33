"""Who is who: what is the same client, and what a person must say."""

import pandas as pd
import pytest

from auditlab.portfolio.headlines import portfolio_headlines
from auditlab.portfolio.identity import identify_clients, plain_name
from auditlab.portfolio.opening import open_portfolio

LISTED = pd.DataFrame({
    "client": ["K01", "K02"], "name": ["Kaldera Hosting GmbH", "Kamille Care"], "aliases": ["KHG; Kaldera", None],
})  # fmt: skip


def who(*names, **options):
    return identify_clients(names, LISTED, **options).set_index("written")


def test_codes_names_aliases_and_spellings_lead_to_the_listed_client():
    found = who("K01", "Kaldera Hosting GmbH", "KHG", "KALDERA HOSTING", "Kaldera  Hosting, G.m.b.H.")
    assert set(found["client"]) == {"K01"}
    assert found.loc["K01", "how"] == "code"
    assert found.loc["KHG", "how"] == "alias"
    assert found.loc["KALDERA HOSTING", "how"] == "spelling"


def test_a_near_name_is_shown_and_not_merged():
    found = who("Kamille Cure").iloc[0]
    assert found["client"] == "Kamille Cure"
    assert found["nearest"] == "K02"
    assert found["likeness"] > 88


def test_an_answer_merges_and_a_distinct_client_is_asked_about_no_more():
    assert who("Kamille Cure", aliases={"Kamille Cure": "K02"}).loc["Kamille Cure", "client"] == "K02"
    assert pd.isna(who("Kamille Cure", distinct=["Kamille Cure"]).loc["Kamille Cure", "nearest"])


def test_numbered_clients_are_not_near_each_other():
    found = identify_clients([f"Client {n}" for n in range(10, 20)], LISTED.head(0))
    assert found["nearest"].isna().all()


def test_an_alias_of_two_clients_means_neither():
    listed = LISTED.assign(aliases=["KHG", "KHG"])
    assert identify_clients(["KHG"], listed).loc[0, "how"] == "own name"


def test_a_name_that_two_clients_have_stands_beside_both():
    listed = pd.DataFrame({"client": ["B1", "B2"], "name": ["Beta GmbH", "Beta AG"], "aliases": [None, None]})
    found = identify_clients(["Beta"], listed).iloc[0]
    assert (found["nearest"], found["likeness"]) == ("B1 or B2", 100)


def test_the_legal_form_is_no_part_of_the_name_unless_it_is_all_of_it():
    assert plain_name("Kestrel Data B.V.") == plain_name("KESTREL DATA") == "kestrel data"
    assert plain_name("AG") == "ag"


REGISTER = {
    "Clients.csv": "Client code,Client name,Aliases,Sector,Country\nS0,Müller Hosting GmbH,Big M,x,DE\n"
    "S1,Acme Payments AG,,x,DE\n",
    "Audits.csv": "Audit no,Client,Visit,From,To,Standard,Sites visited,MD,Lead auditor\n"
    + "".join(
        f"A{n},{name},surveillance,2024-03-0{n},,2018,HQ,2,X\n"
        for n, name in enumerate(
            ["Müller Hosting GmbH", "MÜLLER HOSTING", "Acme Pay", "Acme Paymnts AG", "S1"], start=1
        )
    ),
    "auditlab.toml": 'client = "CB"\nparty = "third"\n[aliases.client]\n"Acme Pay" = "S1"\n',
}


@pytest.fixture
def review(tmp_path):
    """The review of `REGISTER`."""
    for name, content in REGISTER.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return open_portfolio(tmp_path, as_of="2024-12-31").review()


def test_a_name_that_waits_stands_beside_the_nearest_client_and_is_counted_once(review):
    waiting = review.client_identity.set_index("written").loc["Acme Paymnts AG"]
    assert (waiting["nearest"], waiting["likeness"]) == ("S1", 96.0)
    settled = portfolio_headlines(review)["sentence"]
    assert settled.str.contains("Not settled: 1 row of files could not be read, 1 question to be answered.").any()


def test_every_name_that_a_register_writes_is_listed_with_how_it_was_recognised(review):
    found = review.client_identity.set_index("written")
    told = {name: (None if pd.isna(row["client"]) else row["client"], row["how"]) for name, row in found.iterrows()}
    assert told == {
        "Acme Paymnts AG": (None, "waits for an answer"),
        "Acme Pay": ("S1", "answer"),
        "Acme Payments AG": ("S1", "name"),
        "Big M": ("S0", "alias"),
        "MÜLLER HOSTING": ("S0", "spelling"),
        "Müller Hosting GmbH": ("S0", "name"),
        "S0": ("S0", "code"),
        "S1": ("S1", "code"),
    }
    assert found["how"].tolist()[:3] == ["waits for an answer", "answer", "spelling"]
