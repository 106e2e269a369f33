"""The settings of an engagement: ``auditlab.toml``, validated and frozen.

Every setting that changes a number has its default here, is printed by the notebooks and is
written to the manifest. Answers to intake's questions live in the same file, in the sections
`aliases`, `grades`, `editions`, `date_order`, `mapping` and `answers`; what a person decided about
recurring findings lives in `same_issue` (are these two the same issue?) and `causes` (category of
cause by finding); new limits that a person confirmed for a chart live in `rebase` (month by series),
and the months that limits are frozen on in `baseline` (first and last month by series).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from auditlab.errors import EngagementError
from auditlab.plan_settings import Plan
from auditlab.report_settings import Report
from auditlab.setting_types import Month, Months, Pair, Section, Share, Word

SETTINGS_FILE = "auditlab.toml"
TWICE = "A section stands once in the file, and a line once in its section: move the later lines to the first."


class Party(StrEnum):
    """Who audits: the organisation itself, a customer, or a certification body."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


class DateOrder(StrEnum):
    """How a file writes dates such as 03/04/2022."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class AuditType(StrEnum):
    """What kind of audit is being prepared."""

    STAGE1 = "stage1"
    STAGE2 = "stage2"
    SURVEILLANCE = "surveillance"
    RECERTIFICATION = "recertification"
    TRANSITION = "transition"
    TRANSFER = "transfer"
    TEST = "test"
    SPECIAL = "special"
    INTERNAL = "internal"
    SUPPLIER = "supplier"


class NextAudit(Section):
    """The audit that is being prepared."""

    type: AuditType = AuditType.SURVEILLANCE
    start: date | None = None
    auditor_days: float | None = Field(default=None, gt=0)


class Method(Section):
    """Numbers that steer the methods; all are printed with the results they change."""

    confidence: Share = 0.95
    tolerable: Share = 0.10
    false_discovery_rate: Share = 0.10
    half_life_years: float = Field(default=2.0, gt=0)
    cell_weight: float = Field(default=8.0, gt=0)
    site_weight: float = Field(default=8.0, gt=0)
    random_share: float = Field(default=0.20, ge=0.15, le=0.25)
    auditor_day_hours: float = Field(default=8.0, gt=0)
    major_closure_days: int = Field(default=90, gt=0)
    sampling_convention: Annotated[str, Field(pattern="^(reaches|exceeds|factor)$")] = "reaches"


class Limits(Section):
    """What the reading of one file may take, so that no file can stop the others.

    The defaults read half a million rows of twenty columns; a file that needs more says so by name.
    """

    memory_mib: int = Field(default=2048, ge=256)  # of the process that reads; systems without such limits ignore it
    seconds: float = Field(default=15.0, gt=0)
    seconds_per_mib: float = Field(default=4.0, ge=0)  # added for every MiB of the file
    unpacked_mib: int = Field(default=2048, gt=0)  # all parts of a workbook together
    cells: int = Field(default=50_000_000, gt=0)  # rows x columns of one sheet


WITH_NAMES = {"shown": "names"}
"""``persons=WITH_NAMES`` opens an engagement for its owner's own eyes, whatever its settings say."""


class Persons(Section):
    """How persons are shown; `auditlab.pseudonyms` makes what stands for a name.

    Unless ``shown`` says otherwise, a third-party audit shows pseudonyms and every other audit names. ``key`` (32
    hexadecimal digits; without it, the secret seed serves) makes the pseudonyms; ``keep`` lists values of columns of
    persons that are roles or codes and stay as they are.
    """

    shown: Literal["names", "pseudonyms"] | None = None
    key: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    keep: tuple[Word, ...] = ()


class EarlierSample(Section):
    """A random sample of the same kind of records that was examined before."""

    source: Word  # population, period and audit
    deviations: int = Field(ge=0)
    examined: int = Field(ge=1)


class SamplingDesign(Section):
    """How the random part of one population is drawn; `sampling.designs` says what each design does."""

    design: Literal["one_stage", "two_stage", "stratified"] = "one_stage"
    strata: Literal["emergency", "site"] = "emergency"
    allocation: Literal["proportional", "neyman"] = "proportional"
    rates: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    earlier: EarlierSample | None = None


class Sampling(Section):
    """The design of the sample of changes, other records to sample, and what the sites do where that differs."""

    changes: SamplingDesign = SamplingDesign()
    also: tuple[Literal["incidents", "requests", "problems", "releases", "outages"], ...] = ()
    activities: dict[str, Word] = Field(default_factory=dict)


class Settings(Section):
    """Everything the engagement decides; see the class docstrings of the sections."""

    name: Word
    client: Word = "Client"
    party: Party = Party.FIRST
    as_of: date
    edition: Annotated[str, Field(pattern="^(2011|2018)$")] = "2018"
    seed: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    next_audit: NextAudit = NextAudit()
    method: Method = Method()
    sampling: Sampling = Sampling()
    plan: Plan = Plan()
    report: Report = Report()
    limits: Limits = Limits()
    persons: Persons = Persons()
    aliases: dict[str, dict[str, str]] = Field(default_factory=dict)
    grades: dict[str, str] = Field(default_factory=dict)
    editions: dict[str, Literal["2011", "2018"]] = Field(default_factory=dict)
    date_order: dict[str, DateOrder] = Field(default_factory=dict)
    answers: dict[str, str] = Field(default_factory=dict)
    same_issue: dict[Pair, Literal["yes", "no"]] = Field(default_factory=dict)
    causes: dict[str, Word] = Field(default_factory=dict)
    rebase: dict[Word, Month] = Field(default_factory=dict)
    baseline: dict[Word, Months] = Field(default_factory=dict)
    mapping: dict[str, dict[str, dict[str, str]]] = Field(default_factory=dict)

    @property
    def pseudonymised(self) -> bool:
        """Whether pseudonyms stand for persons."""
        chosen = self.persons.shown or ("pseudonyms" if self.party == Party.THIRD else "names")
        return chosen == "pseudonyms"


def read_settings(folder: Path, **overrides: Any) -> Settings:  # Any: values are checked by the model
    """The settings of the engagement in `folder`, with `overrides` laid over the file.

    Parameters
    ----------
    folder : Path
        Engagement folder; its ``auditlab.toml`` may be missing, then `as_of` must be an override.
    **overrides
        Settings that win over the file; ``None`` means not given.

    Raises
    ------
    EngagementError
        If the file is missing without an `as_of`, is no TOML, holds an unknown setting or a value outside its range.
    """
    path = folder / SETTINGS_FILE
    if overrides.get("as_of") is None and not path.exists():
        raise EngagementError(
            f"{folder} has no {SETTINGS_FILE} yet. 'auditlab init {folder}' writes one and changes none of your files. "
            'Or write it yourself, a text file with two lines: client = "Example Ltd" and as_of = 2024-03-31, the day '
            "the engagement is looked at. For one run, --as-of 2024-03-31 will do."
        )
    return read_toml(path, Settings, **overrides)


Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path, model: type[Model], **overrides: Any) -> Model:  # Any: as above
    """The settings of the file `path`, checked by `model`; its folder gives the name where nothing else does.

    Raises
    ------
    EngagementError
        As `read_settings`.
    """
    held = path.read_bytes() if path.exists() else None
    return checked_toml(held, model, place=str(path), name=path.resolve().parent.name, overrides=overrides)


def checked_toml(
    held: bytes | None, model: type[Model], *, place: str, name: str, overrides: Mapping[str, Any]
) -> Model:  # Any: as above
    """The settings that a file holds, wherever it lies.

    Parameters
    ----------
    held : bytes or None
        What the file holds; None where there is none.
    model : type
        Checks them.
    place : str
        Path or address of the file, for messages.
    name : str
        Counts where nothing else gives a name.
    overrides : mapping
        Settings that win over the file; ``None`` means not given.

    Raises
    ------
    EngagementError
        As `read_settings`.
    """
    content: dict[str, Any] = {"name": name}
    if held is not None:
        try:
            content |= tomllib.loads(held.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
        except UnicodeDecodeError:
            raise EngagementError(
                f"{place}: not a text file in UTF-8. Save it in that encoding and run again."
            ) from None
        except tomllib.TOMLDecodeError as error:
            twice = f" {TWICE}" if "twice" in str(error) or "overwrite" in str(error) else ""
            raise EngagementError(
                f"{place}: not a valid TOML file: {error}. Mend that line and run again.{twice}"
            ) from None
    content |= {key: value for key, value in overrides.items() if value is not None}
    try:
        return model.model_validate(content)
    except ValidationError as error:
        where = place if held is not None else f"{place} does not exist yet; make it, a plain text file"
        raise EngagementError(f"{where}: {_explained(error)}") from None


def _explained(error: ValidationError) -> str:
    """One sentence per problem of a pydantic error, in the words of the settings file."""
    return " ".join(_explained_one(dict(problem)) for problem in error.errors())


def _explained_one(problem: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"There is no setting '{name}'. Remove it or mend its spelling."
    if problem["type"] == "missing":
        example = "as_of = 2024-03-31, the day the engagement is looked at" if name == "as_of" else f"{name} = ..."
        option = " For one run, the option --as-of DAY does the same." if name == "as_of" else ""
        return f"The setting '{name}' is missing. Add a line: {example}.{option}"
    if name == "as_of":
        return f"The setting 'as_of' is {problem['input']!r}, which is no date. Write it like as_of = 2024-03-31."
    if name in ("seed", "persons.key"):  # secrets: they must not end in the log of a terminal
        return f"The setting '{name}' is not made of 32 digits from 0 to 9 and a to f."
    return f"The setting '{name}' is {problem['input']!r}: {problem['msg'].lower()}."
