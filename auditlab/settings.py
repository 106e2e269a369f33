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
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError

from auditlab.errors import EngagementError

SETTINGS_FILE = "auditlab.toml"


class Party(StrEnum):
    """Who audits: the organisation itself, a customer, or a certification body."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


class DateOrder(StrEnum):
    """How a file writes dates such as 03/04/2022."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


Share = Annotated[float, Field(gt=0, lt=1)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Pair = Annotated[str, Field(pattern=r"^\S.* \+ .*\S$")]
"""Two findings, written as ``F001 + F015``."""


Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A month, written as ``2023-05``."""


Months = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])/\d{4}-(0[1-9]|1[0-2])$")]
"""A first and a last month, written as ``2022-07/2023-06``."""


PERSON: dict[str, JsonValue] = {"person": True}
"""Marks a setting that names persons, as ``Kind.PERSON`` marks a column of a table."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AuditType(StrEnum):
    """What kind of audit is being prepared."""

    STAGE1 = "stage1"
    STAGE2 = "stage2"
    SURVEILLANCE = "surveillance"
    RECERTIFICATION = "recertification"
    TRANSITION = "transition"
    SPECIAL = "special"
    INTERNAL = "internal"
    SUPPLIER = "supplier"


class NextAudit(_Section):
    """The audit that is being prepared."""

    type: AuditType = AuditType.SURVEILLANCE
    start: date | None = None
    auditor_days: float | None = Field(default=None, gt=0)


class Method(_Section):
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


class Limits(_Section):
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


class Persons(_Section):
    """How persons are shown; `auditlab.pseudonyms` makes what stands for a name.

    Unless ``shown`` says otherwise, a third-party audit shows pseudonyms and every other audit names. ``key`` (32
    hexadecimal digits; without it, the secret seed serves) makes the pseudonyms; ``keep`` lists values of columns of
    persons that are roles or codes and stay as they are.
    """

    shown: Literal["names", "pseudonyms"] | None = None
    key: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    keep: tuple[Word, ...] = ()


class EarlierSample(_Section):
    """A random sample of the same kind of records that was examined before."""

    source: Word  # population, period and audit
    deviations: int = Field(ge=0)
    examined: int = Field(ge=1)


class SamplingDesign(_Section):
    """How the random part of one population is drawn; `sampling.designs` says what each design does."""

    design: Literal["one_stage", "two_stage", "stratified"] = "one_stage"
    strata: Literal["emergency", "site"] = "emergency"
    allocation: Literal["proportional", "neyman"] = "proportional"
    rates: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    earlier: EarlierSample | None = None


class Sampling(_Section):
    """The design of the sample of changes, other records to sample, and what the sites do where that differs."""

    changes: SamplingDesign = SamplingDesign()
    also: tuple[Literal["incidents", "requests", "problems", "releases", "outages"], ...] = ()
    activities: dict[str, Word] = Field(default_factory=dict)


class TeamConflict(_Section):
    """Why an auditor may not examine something: own work, or advice to the client."""

    auditor: Word = Field(json_schema_extra=PERSON)
    kind: Literal["own_work", "advice"]
    reason: Word
    site: str = ""
    clause: str = ""
    until: date | None = None


class Unavailable(_Section):
    """When somebody at a site cannot be interviewed; day 1 is the first day of the audit."""

    role: Word
    site: Word
    day: int = Field(ge=1)
    start: time = time(0)
    end: time = time(23, 59)


class Shift(_Section):
    """When people at a site work, on the clock of the site; without a role, everybody there."""

    site: Word
    start: time
    end: time
    role: str = ""


class LostTime(_Section):
    """Time of an auditor that was lost on the day; day 1 is the first day of the audit."""

    auditor: Word = Field(json_schema_extra=PERSON)
    day: int = Field(ge=1)
    start: time
    end: time
    reason: Word


class TimeBand(_Section):
    """One row of the user's own table of audit times: days of the initial audit by number of persons."""

    persons_from: int = Field(ge=0)
    persons_to: int = Field(ge=0)
    days: float = Field(gt=0)


class TimeFactor(_Section):
    """One reason for more or less time, as a share of the days of the table; less is negative."""

    name: Word
    change: float = Field(ge=-1, le=1)
    justification: Word


class TableTime(_Section):
    """How the days of the audit follow from the user's own table."""

    persons: int = Field(ge=1)
    bands: tuple[TimeBand, ...]
    factors: tuple[TimeFactor, ...] = ()
    shares: dict[str, float] = Field(default_factory=dict)
    rounding: float = Field(default=0.5, gt=0)


class CycleAhead(_Section):
    """The years after this audit: least and most sites of each year, and the time at each of them."""

    sites_a_year: tuple[tuple[int, int], ...] = Field(min_length=1)
    minutes_a_visit: int = Field(gt=0)


class Plan(_Section):
    """The plan of the next audit: team, days, least times and reserves."""

    team: tuple[Word, ...] = Field(default=(), json_schema_extra=PERSON)
    lead: Word | None = Field(default=None, json_schema_extra=PERSON)
    language: Word | None = None
    conflicts: tuple[TeamConflict, ...] = ()
    unavailable: tuple[Unavailable, ...] = ()
    day_start: time = time(9)
    zone: Word = "UTC"
    zones: dict[str, Word] = Field(default_factory=dict)
    systems: dict[str, Word] = Field(default_factory=dict)
    slot_minutes: int = Field(default=15, ge=5, le=120)
    leaf_minutes: int = Field(default=5, ge=1, le=60)
    follow_up_minutes: int = Field(default=20, ge=0, le=240)
    contingency_share: float = Field(default=0.05, ge=0, le=0.5)
    opening_minutes: int = Field(default=30, ge=0, le=240)
    closing_minutes: int = Field(default=45, ge=0, le=240)
    team_meeting_minutes: int = Field(default=15, ge=0, le=120)
    remote_share: float = Field(default=0.0, ge=0, le=1)
    travel_minutes: int = Field(default=0, ge=0)
    requirements: tuple[Word, ...] = ()
    elements: dict[str, tuple[Word, ...]] = Field(default_factory=dict)
    languages: dict[str, Word] = Field(default_factory=dict)
    competences: dict[str, Word] = Field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    lost: tuple[LostTime, ...] = ()
    table_time: TableTime | None = None
    cycle: CycleAhead | None = None
    excluded_services: dict[str, Word] = Field(default_factory=dict)
    excluded_sites: dict[str, Word] = Field(default_factory=dict)


class PlannedImprovement(_Section):
    """An improvement that the organisation plans; nothing of it is filled in by auditlab.

    ``findings`` and ``signals`` say what it answers: identifiers of findings, and series such as
    ``"unapproved_at_start_rate: site B"``.
    """

    name: Word
    findings: tuple[Word, ...] = ()
    signals: tuple[Word, ...] = ()
    measure: Word | None = None
    baseline: Word | None = None
    target: Word | None = None
    owner: Word | None = Field(default=None, json_schema_extra=PERSON)
    effort: Literal["small", "medium", "large"] | None = None
    after: tuple[Word, ...] = ()


class MaturityRating(_Section):
    """How well a process is kept up, as somebody rated it, with the evidence seen."""

    process: Word
    level: int = Field(ge=0, le=5)
    evidence: tuple[Word, ...] = ()


class AwarenessCheck(_Section):
    """People asked about one topic, and how many knew it; numbers only, no names."""

    topic: Word
    group: Word
    asked: int = Field(ge=0)
    aware: int = Field(ge=0)
    persons: int | None = Field(default=None, ge=0)
    how: Literal["random", "judgement"] = "judgement"


class Decision(_Section):
    """What a person decided about the audit itself: an override of a result, or a measure for impartiality."""

    kind: Literal["override", "impartiality"]
    on: date
    by: Word = Field(json_schema_extra=PERSON)
    what: Word
    before: str = ""
    after: str = ""
    reason: Word


class Report(_Section):
    """What only people can say in a report, and what they decided on the way."""

    elements: dict[Word, tuple[Word, ...]] = Field(default_factory=dict)
    not_covered: dict[Word, Word] = Field(default_factory=dict)
    deviations: tuple[Word, ...] = ()
    unresolved: tuple[Word, ...] = ()
    improvements: tuple[PlannedImprovement, ...] = ()
    maturity: tuple[MaturityRating, ...] = ()
    awareness: tuple[AwarenessCheck, ...] = ()
    decisions: tuple[Decision, ...] = ()


class Settings(_Section):
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
        If the file is no TOML, holds an unknown setting or a value outside its range.
    """
    return read_toml(folder / SETTINGS_FILE, Settings, **overrides)


Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path, model: type[Model], **overrides: Any) -> Model:  # Any: as above
    """The settings of the file `path`, checked by `model`; its folder gives the name where nothing else does.

    Raises
    ------
    EngagementError
        As `read_settings`.
    """
    content: dict[str, Any] = {"name": path.resolve().parent.name}
    if path.exists():
        try:
            content |= tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError:
            raise EngagementError(
                f"{path}: not a text file in UTF-8. Save it in that encoding and run again."
            ) from None
        except tomllib.TOMLDecodeError as error:
            raise EngagementError(f"{path}: not a valid TOML file: {error}. Mend that line and run again.") from None
    content |= {key: value for key, value in overrides.items() if value is not None}
    try:
        return model.model_validate(content)
    except ValidationError as error:
        where = str(path) if path.exists() else f"{path} does not exist yet; make it, a plain text file"
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
