"""An opened engagement taken apart, to keep it on disk, and put together again."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from auditlab.engagement import Engagement, InputFile
from auditlab.kept import Parts
from auditlab.pseudonyms import Pseudonyms
from auditlab.settings import Settings
from auditlab.tables import Tables

_ACCOUNTS = ("ledger", "summary", "questions", "discrepancies", "columns")
_ACCOUNT = "account of "
"""Before the name of a frame that is no canonical table."""


def taken_apart(lab: Engagement) -> Parts:
    """The tables with rows, the account of how they were read, and what stands for persons."""
    tables = {name: lab.tables[name] for name in lab.tables if lab.has(name)}
    account = {_ACCOUNT + name: getattr(lab, name) for name in _ACCOUNTS}
    shown = lab.pseudonyms
    persons = {
        "by_identity": dict(shown.by_identity),
        "keyed": shown.keyed,
        "logins": sorted(shown.logins),
        "things": sorted(shown.things),
    }
    return Parts(frames=tables | account, plain={"tables": list(tables), "persons": persons})


def put_together(parts: Parts, *, folder: Path, settings: Settings, inputs: tuple[InputFile, ...]) -> Engagement:
    """The engagement that was `taken_apart`; its folder, settings and files are those of the caller."""
    persons = parts.plain["persons"]
    account = {name: parts.frames[_ACCOUNT + name] for name in _ACCOUNTS}
    return Engagement(
        folder=folder.resolve(),
        settings=settings,
        tables=Tables({name: parts.frames[name] for name in parts.plain["tables"]}),
        inputs=inputs,
        pseudonyms=Pseudonyms(
            by_identity=persons["by_identity"],
            keyed=persons["keyed"],
            logins=frozenset(persons["logins"]),
            things=frozenset(persons["things"]),
        ),
        **account,
    )


def key_of(inputs: tuple[InputFile, ...], settings: Settings) -> list[object]:
    """What decides how the files are read: their content and the settings, without those of persons."""
    return [[asdict(file) for file in inputs], settings.model_dump(mode="json", exclude={"persons"})]
