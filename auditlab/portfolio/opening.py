"""Open a portfolio: its settings, its tables as Parquet, and the account of every source."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp

import pandas as pd

from auditlab.engagement import Engagement, InputFile
from auditlab.errors import EngagementError
from auditlab.portfolio.dossiers import clients_in
from auditlab.portfolio.parts import Part, accounts_frame, merge_parts, read_accounts, read_part
from auditlab.portfolio.review import PortfolioReview, review_portfolio
from auditlab.portfolio.settings import SETTINGS_FILE, PortfolioSettings, read_portfolio_settings
from auditlab.portfolio.sources import content_of, find_sources, is_address, join, parquet_tables
from auditlab.settings import Method, Party, Settings
from auditlab.tables import Tables

STORE = "store.json"
"""Marks a folder in which a portfolio was laid down: settings, account and Parquet files."""

_SUMMARY = ["file", "sheet", "table", "seen", "loaded", "rejected", "skipped", "duplicate", "note"]
_QUESTIONS = ["question", "file", "sheet", "row", "field", "asks", "proposal", "answer", "answered", "setting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """An opened portfolio.

    Attributes
    ----------
    settings : PortfolioSettings
        Frozen, validated.
    files : mapping
        Parquet files by canonical table.
    sources : DataFrame
        One row a source: read or not and why, rows, open questions.
    lab : Engagement
        The portfolio as the pages know an engagement: name, day, account of the rows; its tables are empty.
    """

    settings: PortfolioSettings
    files: Mapping[str, Sequence[str]]
    sources: pd.DataFrame
    lab: Engagement

    def review(self, *, clients: str | None = None) -> PortfolioReview:
        """All tables of the portfolio.

        Parameters
        ----------
        clients : str, optional
            Clients that get a page beside those that stand out, with semicolons between them; a name that holds one
            itself stands in quotation marks.

        Raises
        ------
        ArgumentError
            If one of them is not in the portfolio.
        """
        broken = self.sources.loc[~self.sources["done"].astype(bool), "source"]
        unread = [PurePosixPath(str(source)).name for source in broken]
        return review_portfolio(self.files, settings=self.settings, clients=clients_in(clients), unread=unread)


def open_portfolio(folder: str | Path, *, as_of: str | date | None = None) -> Portfolio:
    """Open the portfolio in `folder`: clients as folders, one register, canonical Parquet, or a finished store.

    Parameters
    ----------
    folder : str or Path
        The folder, or an address. Folders of clients are read one after the other; ``auditlab portfolio`` does it with
        several workers and resumes.
    as_of : str or date, optional
        Day of the review; wins over ``portfolio.toml``.

    Raises
    ------
    EngagementError
        If the folder or its settings cannot be used, or no source could be read.
    """
    store = Path(folder) / STORE
    if not is_address(folder) and store.exists():
        return _finished(Path(folder))
    settings = portfolio_settings(folder, as_of=as_of)
    tables = parquet_tables(folder)
    if tables:
        return _opened(settings, tables, parquet_account(tables), folder=str(folder))
    into = Path(mkdtemp(prefix="auditlab-portfolio-"))
    parts = [read_part(source, parts=into / "parts", as_of=settings.as_of) for source in find_sources(folder)]
    return close_store(parts, settings=settings, into=into / "store", folder=str(folder))


def portfolio_settings(folder: str | Path, *, as_of: str | date | None = None) -> PortfolioSettings:
    """The settings of the portfolio in `folder`, a path or an address.

    Raises
    ------
    EngagementError
        As `read_portfolio_settings`.
    """
    place = str(folder) if is_address(folder) else Path(folder).resolve().as_posix()
    return read_portfolio_settings(content_of(folder, SETTINGS_FILE), folder=place, as_of=as_of)


def close_store(
    parts: Sequence[Part],
    *,
    settings: PortfolioSettings,
    into: Path,
    folder: str,
    linked: Mapping[str, str] | None = None,
) -> Portfolio:
    """Merge the parts that were read and lay settings and account beside them.

    Parameters
    ----------
    parts : sequence of Part
        What became of every source.
    settings : PortfolioSettings
        Of the portfolio.
    into : Path
        Folder of the store.
    folder : str
        Where the sources lie.
    linked : mapping, optional
        Page of each source, relative to the run.

    Raises
    ------
    EngagementError
        If no source could be read.
    """
    ordered = sorted(parts, key=lambda part: part.source)
    read = [part.folder for part in ordered if part.done]
    if not read:
        reasons = "\n".join(f"{part.source}: {part.reason}" for part in ordered[:5])
        raise EngagementError(f"None of the {len(ordered)} clients in {folder} could be read.\n{reasons}")
    files = merge_parts(read, into=into)
    account = accounts_frame(ordered)
    account["page"] = account["source"].map(dict(linked or {})).astype("str")
    inputs = [
        {"name": entry["source"], "sha256": entry["fingerprint"], "size_bytes": entry["bytes"]}
        for entry in read_accounts(read)
    ]
    content = {
        "settings": settings.model_dump(mode="json"),
        "folder": folder,
        "files": {table: [Path(file).name for file in own] for table, own in files.items()},
        "sources": json.loads(account.to_json(orient="records")),
        "inputs": inputs,
    }
    (into / STORE).write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return _finished(into)


def parquet_account(tables: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The account of a portfolio that is Parquet already: one row a table."""
    rows = [{"source": table, "done": True, "reason": "", "page": ""} for table in sorted(tables)]
    return pd.DataFrame(rows).reindex(columns=["source", "done", "reason", *_SUMMARY[3:8], "open_questions", "page"])


def _finished(folder: Path) -> Portfolio:
    content = json.loads((folder / STORE).read_text(encoding="utf-8"))
    settings = PortfolioSettings.model_validate(content["settings"])
    files = {table: [join(folder, name) for name in own] for table, own in content["files"].items()}
    account = pd.DataFrame(content["sources"])
    whole = [*_SUMMARY[3:8], "open_questions", "discrepancies"]
    account = account[["source", "done", "reason", *whole, "page"]].astype(dict.fromkeys(whole, "Int64"))
    inputs = tuple(InputFile(**entry) for entry in content["inputs"])
    return _opened(settings, files, account, folder=content["folder"], inputs=inputs)


def _opened(
    settings: PortfolioSettings,
    files: Mapping[str, Sequence[str]],
    account: pd.DataFrame,
    *,
    folder: str,
    inputs: tuple[InputFile, ...] = (),
) -> Portfolio:
    summary = account.assign(file=account["source"], sheet="", table="", note=account["reason"])[_SUMMARY]
    counts = _SUMMARY[3:8]
    summary[counts] = summary[counts].fillna(0).astype("int64")
    waiting = int(account["open_questions"].fillna(0).sum())
    questions = pd.DataFrame(columns=_QUESTIONS, index=range(waiting)).assign(answered=False)
    method = Method(confidence=settings.method.confidence)
    lab = Engagement(
        folder=Path(folder),
        settings=Settings(
            name=settings.name, client="Portfolio", party=Party.THIRD, as_of=settings.as_of, method=method
        ),
        tables=Tables({}),
        ledger=pd.DataFrame(columns=["file", "sheet", "row", "table", "field", "action", "rule", "old", "new"]),
        summary=summary,
        questions=questions,
        discrepancies=pd.DataFrame(columns=["table", "record", "field", "rule", "found", "expected", "effect"]),
        inputs=inputs,
    )
    return Portfolio(settings=settings, files=files, sources=account, lab=lab)
