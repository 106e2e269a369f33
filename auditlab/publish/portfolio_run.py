"""One run over many clients: read them on many workers, merge, and write the page of the portfolio."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic

from auditlab import __version__
from auditlab.errors import AuditlabError, EngagementError
from auditlab.portfolio.fan_out import Shard, Workers, fan_out
from auditlab.portfolio.opening import Portfolio, close_store, open_portfolio, portfolio_settings
from auditlab.portfolio.parts import Part, part_folder, read_part
from auditlab.portfolio.settings import PortfolioSettings
from auditlab.portfolio.sources import LOOSE, Source, find_sources, is_address, parquet_tables
from auditlab.portfolio.sources import store as store_at
from auditlab.publish.committee_pack import committee_pack
from auditlab.publish.contents import Failure, failure_of
from auditlab.publish.execute import execute_notebook
from auditlab.publish.files import folder_name, reports_root, write_file
from auditlab.publish.manifest import write_manifest
from auditlab.publish.notebooks import PORTFOLIO, notebook_folder
from auditlab.publish.parameters import notebook_parameters, review_day
from auditlab.publish.report import COMMITTEE, write_report

WORK = "work"
"""Folder beside the runs of a portfolio: what was read, by source, so that a run resumes where it stopped."""
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
    root = _local_root(output) / folder_name(settings.name)
    if parquet_tables(folder):
        return _published(open_portfolio(folder, as_of=settings.as_of), str(folder), root, [], output=output)
    sources = find_sources(folder)
    asked = shard.of_all(sources) if shard else list(sources)
    parts = _read(asked, settings, root, workers=workers, notebooks=tuple(notebooks), progress=progress)
    if shard:
        return PortfolioRun(index=None, sources=len(asked), broken=_broken(parts))
    into = root / WORK / "store"
    held = close_store(parts, settings=settings, into=into, folder=str(folder), linked=_pages(parts))
    return _published(held, str(into), root, parts, output=output)


def _local_root(output: str | Path | None) -> Path:
    """Where the run is made; a run for an address is made here and sent there."""
    if output is None or is_address(output):
        return reports_root()
    root = Path(output).resolve()
    if root.exists() and not root.is_dir():
        raise EngagementError(f"The output {root} is a file. Name a folder.")
    return root


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


def _published(
    held: Portfolio, engagement: str, root: Path, parts: Sequence[Part], *, output: str | Path | None
) -> PortfolioRun:
    """The run folder with page, pack, index and manifest; moved into place when complete."""
    now = datetime.now(UTC)
    short = hashlib.sha256(f"{now.isoformat()}{os.urandom(8).hex()}".encode()).hexdigest()[:6]
    target = root / f"{now:%Y%m%dT%H%M%SZ}-{short}"
    partial = target.with_name(f".{target.name}.partial")
    given = {"engagement": engagement, "as_of": held.settings.as_of.isoformat()}
    parameters = notebook_parameters(PORTFOLIO, given)
    try:
        partial.mkdir(parents=True)
        source = notebook_folder() / f"{PORTFOLIO}.ipynb"
        done = execute_notebook(source, parameters=parameters | {"output_dir": str(partial)})
        failure = failure_of(PORTFOLIO, done.notebook, done.error) if done.error is not None else None
        write_file(partial / f"{PORTFOLIO}.ipynb", json.dumps(done.notebook, indent=1, ensure_ascii=False) + "\n")
        failures = {} if failure is None else {PORTFOLIO: failure}
        if failure is None:
            least = held.settings.method.suppress_below
            pack = committee_pack(partial / "tables", name=held.settings.name, as_of=held.settings.as_of, least=least)
            write_file(partial / COMMITTEE, pack)
        write_report(partial, held.lab, {PORTFOLIO: done.notebook}, failures=failures, run_id=target.name)
        entry = {"complete": failure is None, "parameters": {"as_of": given["as_of"]}}
        created = now.isoformat(timespec="seconds")
        write_manifest(partial, held.lab, run_id=target.name, created=created, notebooks={PORTFOLIO: entry})
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    if output is not None and is_address(output):
        store_at(target, f"{str(output).rstrip('/')}/{root.name}/{target.name}")
    return PortfolioRun(
        index=target / "index.html", sources=len(held.sources), broken=_broken(parts), failure=failure,
        open_questions=len(held.lab.open_questions),
    )  # fmt: skip
