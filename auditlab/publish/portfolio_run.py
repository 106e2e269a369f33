"""One run over many clients: read them on many workers, merge, and write the page of the portfolio."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic

import pandas as pd

from auditlab import __version__
from auditlab.errors import AuditlabError
from auditlab.kept import CACHE
from auditlab.portfolio.dossiers import clients_as_text
from auditlab.portfolio.fan_out import Shard, Workers, fan_out
from auditlab.portfolio.opening import Portfolio, close_store, open_portfolio, portfolio_settings
from auditlab.portfolio.parts import Part, part_folder, read_part
from auditlab.portfolio.settings import PortfolioSettings
from auditlab.portfolio.sources import LOOSE, Source, find_sources, is_address, parquet_tables
from auditlab.portfolio.sources import store as store_at
from auditlab.publish.committee_pack import committee_pack
from auditlab.publish.contents import Failure
from auditlab.publish.files import partial_folder, write_file
from auditlab.publish.manifest import write_manifest
from auditlab.publish.notebook_runs import Asked, notebooks_done
from auditlab.publish.notebooks import PORTFOLIO, notebook_folder
from auditlab.publish.parameters import notebook_parameters, review_day
from auditlab.publish.report import COMMITTEE, write_report
from auditlab.publish.run_folder import new_run, runs_root, write_notebooks

WORK = "work"
"""Folder beside the runs of a portfolio: what was read, by source, so that a run resumes where it stopped.

It holds the tables as they were handed over, with the names of clients and auditors: only its owner may enter it."""
CLIENTS = "clients"
PAGES = "pages.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the clients are."""

    done: int
    of: int
    failed: int
    seconds: float  # since the first one began [s]

    @property
    def a_minute(self) -> float:
        """Clients a minute so far."""
        return 60 * self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Time left at this rate [s]; None before the first client is done."""
        return (self.of - self.done) * self.seconds / self.done if self.done else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioRun:
    """What a run over a portfolio left behind."""

    index: Path | None  # None: a shard, which waits for the others
    sources: int
    broken: tuple[tuple[str, str], ...]  # source and reason
    failure: Failure | None = None
    open_questions: int = 0
    asking: str = ""  # what "auditlab check" takes to show the first source with an open question
    pages: tuple[Path, ...] = ()  # of the clients that were asked for

    @property
    def exit_code(self) -> int:
        """0 done; 1 done, but a client, a question or the page is open; 2 the page was not made."""
        if self.failure is not None:
            return 2
        return 1 if self.broken or self.open_questions else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientJob:
    """What one worker does for one source: read it, and run notebooks on it where some are asked for."""

    parts: Path
    clients: Path
    as_of: date
    notebooks: tuple[str, ...]

    def __call__(self, source: Source) -> Part:
        """Read the source; run the notebooks unless they were run on the same files before."""
        part = read_part(source, parts=self.parts, as_of=self.as_of, program=__version__)
        if not part.done or not self.notebooks or source.name == LOOSE or is_address(source.folder):
            return part
        mark = json.dumps([self.notebooks, (part.folder / "account.json").read_text(encoding="utf-8")])
        told = part.folder / PAGES
        if told.exists() and json.loads(told.read_text(encoding="utf-8"))["mark"] == mark:
            return part
        from auditlab.publish.run import run  # noqa: PLC0415  # a worker that only reads does not need it

        try:
            result = run(
                Path(source.folder) / source.name, notebooks=self.notebooks, as_of=self.as_of,
                output=self.clients / part.folder.name,
            )  # fmt: skip
        except AuditlabError as error:
            return Part(source=source.name, folder=part.folder, done=False, again=False, reason=str(error))
        failed = "; ".join(f"{failure.notebook}: {failure.words}" for failure in result.failures)
        page = Path(os.path.relpath(result.index, self.clients.parent)).as_posix()
        write_file(told, json.dumps({"mark": mark, "page": page, "failed": failed}))
        return part


def run_portfolio(
    folder: str | Path,
    *,
    workers: Workers,
    as_of: str | date | None = None,
    output: str | Path | None = None,
    shard: Shard | None = None,
    notebooks: Sequence[str] = (),
    clients: Sequence[str] = (),
    progress: Callable[[Progress], None] | None = None,
) -> PortfolioRun:
    """Read every client below `folder` and write the page of the portfolio.

    Parameters
    ----------
    folder : str or Path
        Folders of clients, one register, or canonical Parquet; a path or an address (``s3://``).
    workers : Workers
        Who reads the clients.
    as_of : str or date, optional
        Day of the review; wins over ``portfolio.toml``.
    output : str or Path, optional
        Folder or address that takes the place of ``reports``.
    shard : Shard, optional
        Only this part of the clients is read; once all shards are done, a run without one merges them.
    notebooks : sequence of str
        Notebooks to run for each client as well.
    clients : sequence of str
        Clients that get a page beside those that stand out.
    progress : callable, optional
        Told after each client.

    Returns
    -------
    PortfolioRun
        Clients that could not be read are listed with the reason; the others are done.

    Raises
    ------
    EngagementError
        If the folder, its settings or the output cannot be used, or no client could be read.
    """
    settings = portfolio_settings(folder, as_of=review_day(as_of))
    root = runs_root(None if output is None or is_address(output) else output, name=settings.name)
    place = _Place(root=root, output=output, clients=tuple(clients))
    if parquet_tables(folder):
        return _published(open_portfolio(folder, as_of=settings.as_of), str(folder), place, [])
    (root / WORK).mkdir(parents=True, exist_ok=True)
    (root / WORK).chmod(0o700)
    sources = find_sources(folder)
    asked = shard.of_all(sources) if shard else list(sources)
    parts = _read(asked, settings, root, workers=workers, notebooks=tuple(notebooks), progress=progress)
    if shard:
        return PortfolioRun(index=None, sources=len(asked), broken=_broken(parts))
    into = root / WORK / "store"
    held = close_store(parts, settings=settings, into=into, folder=str(folder), linked=_pages(parts))
    return _published(held, str(into), place, parts)


def _read(
    sources: list[Source],
    settings: PortfolioSettings,
    root: Path,
    *,
    workers: Workers,
    notebooks: tuple[str, ...],
    progress: Callable[[Progress], None] | None,
) -> list[Part]:
    """What became of each source."""
    job = ClientJob(
        parts=(root / WORK / "parts").resolve(), clients=(root / CLIENTS).resolve(), as_of=settings.as_of,
        notebooks=notebooks,
    )  # fmt: skip
    begun, parts = monotonic(), []
    for outcome in fan_out(sources, work=job, workers=workers):
        parts.append(
            outcome.result
            or Part(source=outcome.task.name, folder=part_folder(job.parts, outcome.task), done=False, again=False,
                    reason=outcome.reason)
        )  # fmt: skip
        if progress is not None:
            failed = sum(not part.done for part in parts)
            progress(Progress(done=len(parts), of=len(sources), failed=failed, seconds=monotonic() - begun))
    return parts


def _broken(parts: Sequence[Part]) -> tuple[tuple[str, str], ...]:
    return tuple((part.source, part.reason) for part in sorted(parts, key=lambda part: part.source) if not part.done)


def _pages(parts: Sequence[Part]) -> dict[str, str]:
    """The page of every client that has one, as seen from the folder of a run."""
    told = {part.source: part.folder / PAGES for part in parts if part.done}
    return {
        source: f"../{json.loads(path.read_text(encoding='utf-8'))['page']}"
        for source, path in told.items()
        if path.exists()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a run goes, and which clients it shows besides those that stand out."""

    root: Path  # on this computer
    output: str | Path | None
    clients: tuple[str, ...]


def _published(held: Portfolio, folder: str, place: _Place, parts: Sequence[Part]) -> PortfolioRun:
    """The run folder with page, pack, index and manifest; moved into place when complete."""
    now = datetime.now(UTC)
    given = {"as_of": held.settings.as_of.isoformat(), "clients": clients_as_text(place.clients)}
    parameters = notebook_parameters(PORTFOLIO, given | {"engagement": folder})
    target = new_run(place.root, known=[[file.sha256 for file in held.lab.inputs], parameters], now=now)
    asked = Asked(
        sources={PORTFOLIO: notebook_folder() / f"{PORTFOLIO}.ipynb"}, parameters={PORTFOLIO: parameters},
        cache=place.root / CACHE, jobs=1, limit_seconds=None, progress=lambda *_: None,
    )  # fmt: skip
    with partial_folder(target) as partial:
        done = notebooks_done(asked, partial, known={})
        failure = write_notebooks(partial, done).get(PORTFOLIO)
        if failure is None:
            least = held.settings.method.suppress_below
            pack = committee_pack(partial / "tables", name=held.settings.name, as_of=held.settings.as_of, least=least)
            write_file(partial / COMMITTEE, pack)
        failures = {} if failure is None else {PORTFOLIO: failure}
        notebooks = {name: one.execution.notebook for name, one in done.items()}
        write_report(partial, held.lab, notebooks, failures=failures, run_id=target.name)
        entry = {"complete": failure is None, "parameters": given}
        created = now.isoformat(timespec="seconds")
        write_manifest(partial, held.lab, run_id=target.name, created=created, notebooks={PORTFOLIO: entry})
        partial.rename(target)
    if is_address(place.output or ""):
        store_at(target, f"{str(place.output).rstrip('/')}/{place.root.name}/{target.name}")
    return PortfolioRun(
        index=target / "index.html", sources=len(held.sources), broken=_broken(parts), failure=failure,
        open_questions=len(held.lab.open_questions), asking=_asking(held),
        pages=() if failure else _asked_pages(target, len(place.clients)),
    )  # fmt: skip


def _asking(held: Portfolio) -> str:
    waiting = held.sources.loc[held.sources["open_questions"].fillna(0) > 0, "source"]
    if waiting.empty:
        return ""
    return f"'{os.path.normpath(held.lab.folder / waiting.iloc[0])}' --as-of {held.settings.as_of}"


def _asked_pages(target: Path, count: int) -> tuple[Path, ...]:
    """The pages of the clients that were asked for, which come first."""
    if not count:
        return ()
    pages = pd.read_csv(target / "tables" / "client_pages.csv", dtype="str", keep_default_na=False)
    return tuple(target / page for page in pages.loc[pages["why"].str.startswith("asked for"), "page"])
