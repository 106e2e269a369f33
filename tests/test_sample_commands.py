"""The command line for samples: sentences, JSON, and exit codes."""

import json

import pandas as pd
import pytest

from auditlab.cli import main


@pytest.fixture
def command(capsys):
    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["sample", *[str(argument) for argument in arguments]])
        captured = capsys.readouterr()
        return left.value.code, captured.out, captured.err

    return call


@pytest.fixture
def engagement(tmp_path):
    (tmp_path / "auditlab.toml").write_text(
        'as_of = 2024-03-31\nseed = "00112233445566778899aabbccddeeff"\n', encoding="utf-8"
    )
    (tmp_path / "sites.csv").write_text("Site,Name,Central\nA,Aa,yes\nB,Bb,no\nC,Cc,no\n", encoding="utf-8")
    return tmp_path


def test_a_size_is_told_with_its_proof(command):
    code, out, _ = command("size", "--tolerable", "0.05", "--population", "171", "--convention", "exceeds")
    assert code == 0
    assert out.startswith("48 records, up to 0 deviations accepted. If 9 of the 171 records deviate")


def test_sizes_as_json(command):
    code, out, _ = command(
        "size", "--tolerable", "0.03", "--confidence", "0.9", "--method", "beta", "--prior", "1,30", "--json"
    )
    assert (code, json.loads(out)["n"]) == (0, 46)
    _, out, _ = command("size", "--tolerable", "0.05", "--confidence", "0.9", "--stages", "1,0", "--json")
    assert json.loads(out)["n"] == 49


def test_a_draw_is_the_same_each_time_and_holds_its_hash(command, engagement):
    (engagement / "p.csv").write_text("id,cost\n" + "".join(f"R{i:03},{i}\n" for i in range(40)), encoding="utf-8")
    asked = ("draw", engagement / "p.csv", "--id", "id", "--n", "5", "--engagement", engagement, "--population", "p")
    first, again = command(*asked, "--json"), command(*asked, "--json")
    assert first == again
    told = json.loads(first[1])
    assert len(told["drawn"]) == 5
    assert told["list_hash"] in command(*asked)[1]
    _, out, _ = command(*asked, "--method", "pps", "--size", "cost", "--json")
    assert sum(record["times"] for record in json.loads(out)["drawn"]) == 5


def test_the_sealed_lists_of_a_run_are_opened_and_checked(command, halden, halden_run):
    code, out, _ = command("reveal", halden_run.folder, "--engagement", halden)
    assert code == 0
    assert "The seal holds: changes of site B" in out
    code, out, _ = command("reveal", halden_run.folder, "--engagement", halden, "--json")
    opened = json.loads(out)["lists"][0]
    import hashlib

    assert hashlib.sha256((opened["list"] + opened["nonce"]).encode()).hexdigest() == opened["list_hash"]


def test_another_seed_opens_nothing(command, engagement, halden_run):
    code, out, _ = command("reveal", halden_run.folder, "--engagement", engagement)
    assert code == 1
    assert "THE SEAL DOES NOT HOLD" in out


def test_a_worksheet_of_a_run_is_evaluated(command, halden_run):
    code, out, _ = command("evaluate", halden_run.folder / "workpapers" / "sampling.xlsx")
    assert code == 0
    assert "0 of 0 from 171: no record was examined" in out
    code, out, _ = command("evaluate", halden_run.folder / "workpapers" / "sampling.xlsx", "--json")
    assert json.loads(out)["evaluation"][0]["examined"] == 0


def test_the_sites_of_the_next_audit_are_named(command, engagement, halden, halden_run):
    code, out, _ = command("sites", engagement, "--type", "recertification")
    assert code == 0
    assert "2 of 2 sites besides the central function" in out
    _, out, _ = command("sites", halden, "--json")
    named = {(row["site"], row["reason"]) for row in json.loads(out)["sites"]}
    page = pd.read_csv(halden_run.tables / "site_sample.csv", dtype="str")
    assert named == set(zip(page["site"], page["reason"], strict=True)), "command and page give one answer"
    _, out, _ = command("sites", engagement, "--type", "surveillance", "--no-sampling", "--json")
    assert {row["site"] for row in json.loads(out)["sites"]} == {"A", "B", "C"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("size", "--tolerable", "2"), "tolerable is 2.0. Give a share between 0 and 1"),
        (("size", "--tolerable", "0.05", "--prior", "x"), "--prior is 'x'. Give numbers separated by commas"),
        (("size", "--tolerable", "0.05", "--prior", "1"), "--prior is '1'. Give two numbers"),
        (("evaluate", "nowhere.xlsx"), "There is no worksheet nowhere.xlsx"),
        (("reveal", "nowhere", "--engagement", "nowhere"), "nowhere holds no tables/record_samples.csv"),
        (
            ("draw", "nowhere.csv", "--id", "a", "--n", "1", "--engagement", "nowhere", "--population", "p"),
            "nowhere holds no auditlab.toml",
        ),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_2(command, arguments, words):
    code, out, err = command(*arguments)
    assert code == 2
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_money_is_sized_drawn_and_evaluated_by_one_method(command, engagement):
    # AICPA table C-1: 5 % at 95 % without expected errors asks for 60 points
    told = json.loads(command("size", "--method", "mus", "--tolerable", 5000, "--book-value", 100_000, "--json")[1])
    assert (told["n"], told["interval"]) == (60, pytest.approx(100_000 / 60))
    amounts = pd.DataFrame({"invoice": [f"I{i:03}" for i in range(200)], "amount": [5 * i + 1 for i in range(200)]})
    amounts.to_csv(engagement / "invoices.csv", index=False)
    asked = ("draw", engagement / "invoices.csv", "--id", "invoice", "--n", "60", "--engagement", engagement)
    asked = (*asked, "--population", "invoices", "--method", "mus", "--size", "amount")
    drawn = pd.DataFrame(json.loads(command(*asked, "--json")[1])["drawn"])
    assert drawn["times"].sum() == 60
    drawn.assign(booked=drawn["amount"], audited=drawn["amount"]).to_csv(engagement / "examined.csv", index=False)
    asked = ("evaluate", engagement / "examined.csv", "--method", "mus", "--times", "times", "--book-value", 99_700)
    told = json.loads(command(*asked, "--json")[1])
    assert told["bound"]["high"] == pytest.approx(1 - 0.05 ** (1 / 60))
    assert "0 of 60 points overstated: with 95 % confidence at most 4.9 %" in command(*asked)[1]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("size", "--method", "mus", "--tolerable", "5"), "A sample along money needs --book-value"),
        (("evaluate", "x.csv", "--method", "cell"), "There is no method 'cell' here"),
    ],
)
def test_a_sample_along_money_that_lacks_something_says_what(command, asked, message):
    code, _, err = command(*asked)
    assert code == 2
    assert message in err


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_population_may_be_separated_by_semicolons_or_tabs(command, engagement, separator):
    lines = [separator.join(cells) for cells in [("Ticket no", "Cost"), ("1", "2,5"), ("2", "3,5")]]
    file = engagement / "tickets.csv"
    file.write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    code, out, _ = command(
        "draw", file, "--id", "Ticket no", "--n", "2", "--engagement", engagement, "--population", "tickets"
    )  # fmt: skip
    assert code == 0
    assert sorted(out.splitlines()[1:]) == ["1", "2"]
