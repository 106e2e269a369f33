"""Where clients lie, what a crash leaves, and that tables are the same whoever read them."""

import datetime as dt
import shutil

import pandas as pd
import pytest

from auditlab.errors import EngagementError
from auditlab.portfolio.headlines import portfolio_headlines
from auditlab.portfolio.opening import open_portfolio, portfolio_settings
from auditlab.portfolio.parts import ACCOUNT, part_folder, read_part
from auditlab.portfolio.sources import find_sources, list_files, parquet_tables

DAY = dt.date(2025, 3, 31)
AUDITS = "Audit no,Client,Visit,From,To,Standard,Sites visited,MD,Lead auditor\n"
FINDINGS = "NCR no,Audit no,Site,Clause,Edition,Grade,Statement\n"


def client(folder, code, *, days=2):
    folder.mkdir(parents=True)
    (folder / "Audits.csv").write_text(f"{AUDITS}{code}-1,{code},surveillance,2024-03-01,2024-03-02,2018,HQ,{days},X\n")
    rows = f"{code}-F1,{code}-1,HQ,8.1,2018,minor,No record.\n{code}-F2,{code}-1,HQ,9.2,2018,ofi,Text.\n"
    (folder / "Findings.csv").write_text(FINDINGS + rows)


def test_each_folder_is_a_source_and_loose_files_are_one_too(tmp_path):
    client(tmp_path / "K1", "K1")
    client(tmp_path / "group" / "K2", "K2")
    (tmp_path / "group" / "K2" / "auditlab.toml").write_text("as_of = 2024-12-31\n")
    (tmp_path / "list.csv").write_text("Code,Client name,Sector\nK1,First,hosting\n")
    (tmp_path / "reports" / "old").mkdir(parents=True)
    (tmp_path / "reports" / "old" / "Audits.csv").write_text(AUDITS)
    assert [source.name for source in find_sources(tmp_path)] == [".", "K1", "group/K2"]


def test_a_worker_in_another_directory_finds_the_files_of_a_relative_folder(tmp_path, monkeypatch):
    client(tmp_path / "in" / "K1", "K1")
    monkeypatch.chdir(tmp_path)
    (source,) = find_sources("in")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    part = read_part(source, parts=tmp_path / "parts", as_of=DAY)
    assert part.done, part.reason


def test_a_folder_without_clients_is_refused(tmp_path):
    with pytest.raises(EngagementError, match="holds no spreadsheet of a client"):
        find_sources(tmp_path)
    with pytest.raises(EngagementError, match="There is no folder"):
        list_files(tmp_path / "none")


def test_a_part_is_read_once_and_again_when_a_file_changed(tmp_path):
    client(tmp_path / "in" / "K1", "K1")
    parts = tmp_path / "parts"

    def read():
        (source,) = find_sources(tmp_path / "in")
        return read_part(source, parts=parts, as_of=DAY)

    first = read()
    assert (first.done, first.again) == (True, False)
    assert read().again
    with (tmp_path / "in" / "K1" / "Findings.csv").open("a") as file:
        file.write("K1-F3,K1-1,HQ,8.1,2018,minor,Another.\n")
    assert not read().again
    assert len(pd.read_parquet(first.folder / "findings.parquet")) == 3


def test_a_part_that_was_interrupted_is_read_again(tmp_path):
    client(tmp_path / "in" / "K1", "K1")
    (source,) = find_sources(tmp_path / "in")
    read_part(source, parts=tmp_path / "parts", as_of=DAY)
    (part_folder(tmp_path / "parts", source) / ACCOUNT).unlink()  # the account is written last
    part = read_part(source, parts=tmp_path / "parts", as_of=DAY)
    assert (part.done, part.again) == (True, False)


def test_a_client_that_cannot_be_read_is_listed_and_the_others_are_compared(tmp_path):
    for number in range(1, 4):
        client(tmp_path / f"K{number}", f"K{number}")
    (tmp_path / "K2" / "Audits.csv").write_bytes(b"")
    (tmp_path / "K2" / "Findings.csv").write_bytes(b"")
    held = open_portfolio(tmp_path, as_of=DAY)
    sources = held.sources.set_index("source")
    assert not sources.loc["K2", "done"]
    assert "the file is empty" in sources.loc["K2", "reason"]
    assert set(held.review().client_rates["client"]) == {"K1", "K3"}


def test_no_client_that_can_be_read_is_an_error_with_the_reasons(tmp_path):
    (tmp_path / "K1").mkdir()
    (tmp_path / "K1" / "Audits.csv").write_bytes(b"")
    with pytest.raises(EngagementError, match="None of the 1 clients"):
        open_portfolio(tmp_path, as_of=DAY)


def test_folders_one_register_and_parquet_give_the_same_clients(tmp_path):
    for number in range(1, 5):
        client(tmp_path / "tree" / f"K{number}", f"K{number}", days=number)
    register = tmp_path / "register"
    register.mkdir()
    for name, head in (("Audits.csv", AUDITS), ("Findings.csv", FINDINGS)):
        rows = [(tmp_path / "tree" / f"K{n}" / name).read_text().splitlines()[1:] for n in range(1, 5)]
        (register / name).write_text(head + "\n".join(line for lines in rows for line in lines) + "\n")
    tree, one = (open_portfolio(tmp_path / kind, as_of=DAY) for kind in ("tree", "register"))
    parquet = tmp_path / "parquet"
    parquet.mkdir()
    for files in tree.files.values():
        shutil.copy(files[0], parquet)
    assert set(parquet_tables(parquet)) >= {"audits", "findings"}
    results = [held.review().client_rates for held in (tree, one, open_portfolio(parquet, as_of=DAY))]
    pd.testing.assert_frame_equal(results[0], results[1])
    pd.testing.assert_frame_equal(results[0], results[2])


def test_the_sites_of_a_register_keep_the_client_that_their_row_names(tmp_path):
    audits = [f"{code}-1,{code} AG,surveillance,2024-03-01,2024-03-02,2018,HQ,2,X" for code in ("K1", "K2")]
    (tmp_path / "Audits.csv").write_text(AUDITS + "\n".join(audits) + "\n")
    (tmp_path / "Sites.csv").write_text(
        "Site,Name,Central,Client\nHQ,Head office,yes,K1 AG\nHQ,Head office,yes,K2 AG\nB,Branch,no,K2 AG\n"
    )
    review = open_portfolio(tmp_path, as_of=DAY).review()
    sites = review.rows_read.set_index("table").loc["sites"]
    assert sites[["seen", "used", "without_client"]].tolist() == [3, 3, 0]
    cases = review.programme_summary.set_index("rule")["cases"]
    assert cases[["central_function", "site_minimum"]].tolist() == [2, 1]


def test_rows_of_no_known_client_are_a_headline(tmp_path):
    audits = [f"{code}-1,{code},surveillance,2024-03-01,2024-03-02,2018,HQ,2,X" for code in ("K1", "K2")]
    (tmp_path / "Audits.csv").write_text(AUDITS + "\n".join(audits) + "\n")
    (tmp_path / "Sites.csv").write_text("Site,Name,Central\nHQ,Head office,yes\n")
    said = portfolio_headlines(open_portfolio(tmp_path, as_of=DAY).review())
    assert said["sentence"].str.contains(r"1 row is of no known client and in no number \(sites 1\)").any()


def test_an_address_is_read_like_a_folder(tmp_path):
    fsspec = pytest.importorskip("fsspec")
    client(tmp_path / "K1", "K1")
    memory = fsspec.filesystem("memory")
    for path in (tmp_path / "K1").iterdir():
        memory.pipe_file(f"/auditlab-test/K1/{path.name}", path.read_bytes())
    try:
        (source,) = find_sources("memory://auditlab-test")
        part = read_part(source, parts=tmp_path / "parts", as_of=DAY)
        local = read_part(*find_sources(tmp_path / ".")[:1], parts=tmp_path / "other", as_of=DAY)
    finally:
        memory.rm("/auditlab-test", recursive=True)
    assert part.done, part.reason
    ours, theirs = (pd.read_parquet(one.folder / "findings.parquet") for one in (part, local))
    pd.testing.assert_frame_equal(ours, theirs)


def test_settings_of_a_portfolio_name_what_is_wrong(tmp_path):
    (tmp_path / "portfolio.toml").write_text("as_of = 2024-12-31\nclients = 3\n")
    with pytest.raises(EngagementError, match="no setting 'clients'"):
        portfolio_settings(tmp_path)


def test_settings_behind_an_address_are_read_and_named_as_those_of_a_folder(tmp_path):
    pytest.importorskip("fsspec")
    address, file = f"file://{tmp_path}/clients", tmp_path / "clients" / "portfolio.toml"
    file.parent.mkdir()
    file.write_text('as_of = 2024-12-31\naliases = { "Kestrel Benelux" = "K07" }\n[method]\nsuppress_below = 8\n')
    held = portfolio_settings(address)
    assert held == portfolio_settings(file.parent)
    assert (held.name, held.aliases, held.method.suppress_below) == ("clients", {"Kestrel Benelux": "K07"}, 8)
    assert portfolio_settings(address, as_of=DAY).as_of == DAY
    file.write_text("as_of = 2024-12-31\nclients = 3\n")
    with pytest.raises(EngagementError, match=r"file://.*/portfolio.toml: There is no setting 'clients'"):
        portfolio_settings(address)
    file.unlink()
    with pytest.raises(EngagementError, match=r"file://.*portfolio.toml does not exist yet.*as_of"):
        portfolio_settings(address)
