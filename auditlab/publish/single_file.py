"""Pages that can be mailed: everything a page needs inside its one file."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from markupsafe import Markup, escape

from auditlab.errors import EngagementError
from auditlab.publish.bundles import BUNDLE
from auditlab.publish.files import write_file
from auditlab.publish.manifest import MANIFEST
from auditlab.publish.render import BESIDE, source_hash

SINGLE_FILE = "single-file"
"""Folder of the pages for mailing within a run."""

_LINK = re.compile(r'<a\b[^>]*\bhref="(?P<target>[^"#]*)(?:#[^"]*)?"[^>]*>(?P<label>.*?)</a>', re.DOTALL)
_BUNDLE_TAG = f'<script src="{BUNDLE.as_posix()}"></script>'


def page_files(run: Path) -> list[Path]:
    """The pages of the run folder `run`.

    Raises
    ------
    EngagementError
        If `run` is not the folder of a run.
    """
    pages = sorted(run.glob("*.html"))
    if not pages or not (run / "index.html").is_file():
        raise EngagementError(f"{run} holds no pages. Name the folder of a run, reports/<engagement>/<run>.")
    return pages


def required_run(run: Path) -> Path:
    """`run`, if it is the folder of a complete run.

    Raises
    ------
    EngagementError
        If it is none.
    """
    if not (run / MANIFEST).is_file():
        raise EngagementError(f"{run} holds no {MANIFEST}. Name the folder of a run, reports/<engagement>/<run>.")
    return run


def write_single_files(run: Path, *, folder: Path) -> list[Path]:
    """Write every page of the run folder `run` as one file each into `folder`.

    Links between the pages stay, because they lie side by side; links to tables, workpapers and the
    manifest become plain text, because these are not sent along.

    Raises
    ------
    EngagementError
        If `run` is not the folder of a run.
    """
    pages = page_files(run)
    names = {page.name for page in pages}
    bundle = run / BUNDLE
    script = bundle.read_text(encoding="utf-8") if bundle.is_file() else ""
    return [
        write_file(folder / page.name, single_page(page.read_text(encoding="utf-8"), script=script, pages=names))
        for page in pages
    ]


def single_page(html: str, *, script: str, pages: Collection[str]) -> str:
    """The page `html` with plotly's `script` inside it and no link that leads out of `pages`."""
    kept = _LINK.sub(lambda link: _kept(link, pages), html)
    if _BUNDLE_TAG not in kept:
        return kept
    # The parser of a browser turns every line end into a line feed before the hash is taken.
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    head, tag, rest = kept.partition(_BUNDLE_TAG)
    head = head.replace(str(escape(BESIDE)), str(escape(f" {source_hash(text)}")), 1)
    return f"{head}<script>{text}</script>{rest}" if tag else kept


def _kept(link: re.Match[str], pages: Collection[str]) -> str:
    target = link["target"]
    if not target or target in pages:
        return link[0]
    return str(Markup("<span>{}</span>").format(Markup(link["label"])))  # noqa: S704  # part of our own page
