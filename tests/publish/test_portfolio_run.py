"""The command for a portfolio, from files to page, pack and manifest; the same tables from every way of working."""

import json
import os
import shutil
import signal
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import openpyxl
import pandas as pd
import pytest

from auditlab.portfolio.fan_out import Shard, Workers, dask_workers, local_workers
from auditlab.publish.client_pages import write_client_pages
from auditlab.publish.manifest import verify
from auditlab.publish.portfolio_run import Progress, run_portfolio
from auditlab.publish.render import Frame

ROOT = Path(__file__).resolve().parents[2]
LINE_POINTS = 15.0
"""Height of a line of the standard font of a workbook [points]."""


@contextmanager
def threads(wanted):
    with ThreadPoolExecutor(wanted) as pool:
        yield pool


WORKERS = Workers(count=2, start=threads)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Five clients of the sample, one of them broken."""
    folder = tmp_path_factory.mktemp("few")
    for name in ("K01", "K02", "K03", "K04", "K09"):
        shutil.copytree(ROOT / "data" / "portfolio" / name, folder / name)
    for name in ("Clients.csv", "portfolio.toml"):
        shutil.copy(ROOT / "data" / "portfolio" / name, folder)
    for path in (folder / "K02").iterdir():
        path.write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def done(few, tmp_path_factory):
    told = []
    result = run_portfolio(few, workers=WORKERS, output=tmp_path_factory.mktemp("out"), progress=told.append)
    return result, told


def tables(result):
    return {path.name: path.read_bytes() for path in sorted((result.index.parent / "tables").glob("*.csv"))}


def test_the_broken_client_is_listed_and_the_page_is_made(done):
    result, _ = done
    assert result.exit_code == 1
    assert [source for source, _ in result.broken] == ["K02"]
    assert result.failure is None
    page = (result.index.parent / "portfolio_review.html").read_text(encoding="utf-8")
    assert "K09" in page
    assert "portfolio_review.html" in result.index.read_text(encoding="utf-8")


def test_every_contract_table_is_written_and_the_manifest_holds(done):
    result, _ = done
    wanted = {"client_rates", "funnel", "programme_breaches", "auditor_calibration", "benchmark", "certificate_risk"}
    assert {f"{name}.csv" for name in wanted} <= set(tables(result))
    assert verify(result.index.parent) == []


def test_progress_tells_rate_and_time_left(done):
    _, told = done
    assert [progress.done for progress in told] == list(range(1, 7))
    assert told[-1].failed == 1
    halfway = Progress(done=10, of=30, failed=0, seconds=5.0)
    assert (halfway.a_minute, halfway.seconds_left) == (120.0, 10.0)
    assert Progress(done=0, of=3, failed=0, seconds=0.0).seconds_left is None


def test_shards_and_a_merge_give_the_same_tables(few, done, tmp_path):
    for number in (1, 2):
        part = run_portfolio(few, workers=WORKERS, output=tmp_path, shard=Shard(number=number, of=2))
        assert part.index is None
    merged = run_portfolio(few, workers=WORKERS, output=tmp_path)
    assert tables(merged) == tables(done[0])


def test_a_dask_cluster_gives_the_same_tables_byte_for_byte(few, done, tmp_path):
    pytest.importorskip("distributed")
    merged = run_portfolio(few, workers=dask_workers(None, count=2), output=tmp_path)
    assert merged.broken == done[0].broken
    assert tables(merged) == tables(done[0])


@pytest.mark.skipif(os.name != "posix", reason="kills with a signal")
def test_a_worker_killed_in_the_middle_changes_nothing(few, done, tmp_path):
    killed = []

    @contextmanager
    def start(wanted):
        with local_workers(wanted).start(wanted) as pool:
            if not killed:
                # Once, while work is under way; the pool that follows lives.
                victim = pool.submit(os.getpid).result()
                pool.submit(time.sleep, 0.01)
                killed.append(victim)
                Timer(1.0, os.kill, (victim, signal.SIGKILL)).start()
            yield pool

    merged = run_portfolio(few, workers=Workers(count=2, start=start), output=tmp_path)
    assert len(killed) == 1
    assert merged.broken == done[0].broken
    assert tables(merged) == tables(done[0])


def test_an_address_receives_the_whole_run(few, tmp_path, monkeypatch):
    fsspec = pytest.importorskip("fsspec")
    monkeypatch.chdir(tmp_path)
    memory = fsspec.filesystem("memory")
    try:
        result = run_portfolio(few, workers=WORKERS, output="memory://auditlab-out")
        sent = memory.find("/auditlab-out")
        local = [path for path in result.index.parent.rglob("*") if path.is_file()]
        assert len(sent) == len(local)
        name = next(path for path in sent if path.endswith("tables/client_rates.csv"))
        assert memory.cat_file(name) == tables(result)["client_rates.csv"]
    finally:
        memory.rm("/auditlab-out", recursive=True)


def test_a_client_that_was_asked_for_has_its_page(few, tmp_path):
    result = run_portfolio(few, workers=WORKERS, output=tmp_path, clients=("K01",))
    (page,) = result.pages
    assert page.name == "client-K01.html"
    html = page.read_text(encoding="utf-8")
    assert "asked for" in html
    assert 'href="portfolio_review.html"' in html
    assert verify(result.index.parent) == []


def test_a_review_that_stopped_on_the_way_still_has_pages_of_what_is_known(done, tmp_path):
    (tmp_path / "tables").mkdir()
    for name in ("client_pages", "client_facts"):
        shutil.copy(done[0].index.parent / "tables" / f"{name}.csv", tmp_path / "tables")
    words = {"client": "P", "as_of": "2024-03-31", "party": "third", "run_id": "r", "version": "1", "pages": ()}
    pages = write_client_pages(tmp_path, Frame(**words))
    assert pages
    for page in pages:
        assert "Why it has a page" in (tmp_path / page).read_text(encoding="utf-8")


def test_a_client_that_is_not_there_stops_the_page_with_a_sentence(few, tmp_path):
    result = run_portfolio(few, workers=WORKERS, output=tmp_path, clients=("Nobody",))
    assert result.exit_code == 2
    assert "There is no client 'Nobody'" in result.failure.words


def test_the_committee_pack_names_no_client_and_no_auditor(done):
    result, _ = done
    book = openpyxl.load_workbook(result.index.parent / "workpapers" / "committee_pack.xlsx")
    words = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    assert "Read first" in book.sheetnames
    for name in ("K01", "K09", "Kolossus", "Adler", "Bakker", "Nord"):
        assert name not in words


def test_what_cannot_be_concluded_can_be_read_as_the_pack_opens(done):
    sheet = openpyxl.load_workbook(done[0].index.parent / "workpapers" / "committee_pack.xlsx")["Read first"]
    rows = list(range(3, sheet.max_row + 1))
    assert len(rows) > 8
    for row in rows:
        lines = len(textwrap.wrap(sheet.cell(row, 2).value, int(sheet.column_dimensions["B"].width)))
        room = sheet.row_dimensions[row].height or LINE_POINTS
        assert room >= lines * LINE_POINTS, f"row {row} is cut off"


def test_the_manifest_names_each_source_by_its_hash(done):
    manifest = json.loads((done[0].index.parent / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["name"] for entry in manifest["inputs"]] == [".", "K01", "K03", "K04", "K09"]
    sources = pd.read_csv(done[0].index.parent / "tables" / "portfolio_sources.csv")
    assert (
        sources["seen"].dropna() == sources[["loaded", "rejected", "skipped", "duplicate"]].dropna().sum(axis=1)
    ).all()
