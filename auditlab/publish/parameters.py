"""The parameters of the notebooks: one strict model for each, checked before any kernel starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz import process

from auditlab.errors import ParameterError

PlainValue: TypeAlias = str | int | float | bool | None
"""What papermill can write into a notebook without surprises."""


def _iso_day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("expected a day such as 2024-03-31") from None


IsoDay = Annotated[str, AfterValidator(_iso_day)]


class NotebookParameters(BaseModel):
    """What every notebook takes.

    Attributes
    ----------
    engagement : str
        Folder of the engagement.
    as_of : str, optional
        Day of the review; without it the settings file decides.
    output_dir : str, optional
        Where tables are written; without it ``reports/<engagement>/draft``.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    engagement: str
    as_of: IsoDay | None = None
    output_dir: str | None = None


class DataReadiness(NotebookParameters):
    """Parameters of ``data_readiness``.

    Attributes
    ----------
    rows_shown : int
        Rows of the ledger shown on the page; the file has all of them [count].
    """

    rows_shown: int = Field(default=200, ge=1, le=5000)


class HistoryReview(NotebookParameters):
    """Parameters of ``history_review``.

    Attributes
    ----------
    change_window_days : int
        Changes and ends of contracts are listed up to this long after the next audit [days].
    """

    change_window_days: int = Field(default=183, ge=0, le=3660)


class PriorityPlan(NotebookParameters):
    """Parameters of ``priority_plan``.

    Attributes
    ----------
    months : int
        Period of the service data [full calendar months].
    draws : int
        Draws of the stability check [count].
    """

    months: int = Field(default=12, ge=1, le=120)
    draws: int = Field(default=10_000, ge=100, le=100_000)


class AuditPlan(NotebookParameters):
    """Parameters of ``audit_plan``.

    Attributes
    ----------
    months : int
        Period of the service data behind the priorities [full calendar months].
    draws : int
        Draws of the stability check of the priorities [count].
    checklists : str, optional
        The filled-in checklists of the audit, for planned against used time.
    """

    months: int = Field(default=12, ge=1, le=120)
    draws: int = Field(default=200, ge=100, le=20_000)
    checklists: str | None = None


class RecurringNonconformities(NotebookParameters):
    """Parameters of ``recurring_nonconformities``.

    Attributes
    ----------
    months : int
        Period of the service data [full calendar months].
    improvement : float
        Planned fall of a rate, as a part of it; 0.6 plans 2 % instead of 5 % [0-1].
    candidates : int
        Earlier nonconformities shown for each finding [count].
    """

    months: int = Field(default=12, ge=1, le=120)
    improvement: float = Field(default=0.6, gt=0, le=1)
    candidates: int = Field(default=3, ge=1, le=20)


class SamplingPlan(NotebookParameters):
    """Parameters of ``sampling_plan``.

    Attributes
    ----------
    months : int
        Period of the records [full calendar months].
    site : str, optional
        Site whose changes are sampled; by default the one that a signal points at.
    design : str, optional
        ``one_stage``, ``two_stage`` or ``stratified``; by default that of the settings.
    """

    months: int = Field(default=12, ge=1, le=120)
    site: str | None = None
    design: Literal["one_stage", "two_stage", "stratified"] | None = None


class SampleEvaluation(NotebookParameters):
    """Parameters of ``sample_evaluation``.

    Attributes
    ----------
    worksheet : str, optional
        The filled-in sampling workbook.
    drawn_in : str, optional
        Folder of the run that drew the list; by default the one the worksheet lies in.
    planned_in : str, optional
        Folder of the run whose plan of time the audit followed.
    """

    worksheet: str | None = None
    drawn_in: str | None = None
    planned_in: str | None = None


class ServiceTrends(NotebookParameters):
    """Parameters of ``service_trends``.

    Attributes
    ----------
    months : int
        Period in which sites are compared with each other [full calendar months].
    panels : int
        Charts on the page at most, flagged ones first; the file has the figures of all [count].
    rule_set : str
        Rules of the charts: ``anhoej``, ``mdc``, ``nelson`` or ``western_electric``.
    """

    months: int = Field(default=12, ge=1, le=120)
    panels: int = Field(default=40, ge=1, le=400)
    rule_set: Literal["anhoej", "mdc", "nelson", "western_electric"] = "anhoej"


class PortfolioReview(NotebookParameters):
    """Parameters of ``portfolio_review``.

    Attributes
    ----------
    clients : str, optional
        Clients that get a page beside those that stand out, with semicolons between them; a name that holds one
        itself stands in quotation marks.
    """

    clients: str | None = None


class AuditReport(NotebookParameters):
    """Parameters of ``audit_report``.

    Attributes
    ----------
    audit : str, optional
        The audit to report on; by default the last one held by the day of the review.
    planned_in : str, optional
        Folder of the run whose plan of time the audit followed.
    improvement : float
        Planned fall of a rate, as a part of it; 0.6 plans 2 % instead of 5 % [0-1].
    """

    audit: str | None = None
    planned_in: str | None = None
    improvement: float = Field(default=0.6, gt=0, le=1)


MODELS: Mapping[str, type[NotebookParameters]] = {
    "audit_plan": AuditPlan,
    "audit_report": AuditReport,
    "data_readiness": DataReadiness,
    "history_review": HistoryReview,
    "portfolio_review": PortfolioReview,
    "priority_plan": PriorityPlan,
    "recurring_nonconformities": RecurringNonconformities,
    "sample_evaluation": SampleEvaluation,
    "sampling_plan": SamplingPlan,
    "service_trends": ServiceTrends,
}

RESERVED = frozenset({"engagement", "as_of", "output_dir"})
"""Given by the run itself, not by ``-p``."""


def parameter_model(notebook: str) -> type[NotebookParameters]:
    """The parameter model of `notebook`; one without its own parameters has the common ones."""
    return MODELS.get(notebook, NotebookParameters)


def own_parameters(notebook: str) -> tuple[str, ...]:
    """Names of the parameters that only `notebook` decides about."""
    return tuple(name for name in parameter_model(notebook).model_fields if name not in RESERVED)


def notebook_parameters(
    notebook: str, values: Mapping[str, object], *, from_text: bool = False
) -> dict[str, PlainValue]:
    """Checked parameters of `notebook` as plain Python values, ready for papermill.

    Parameters
    ----------
    notebook : str
        Name of the notebook.
    values : mapping
        Parameters by name; those not given keep their default.
    from_text : bool
        Whether the values are texts from a command line that are to be read as their type.

    Raises
    ------
    ParameterError
        If a parameter is unknown or has the wrong type or range; the message names it, its value,
        the known parameters and the nearest name.
    """
    model = parameter_model(notebook)
    for name in values:
        if name not in model.model_fields:
            raise ParameterError(unknown_parameter(name, notebooks=(notebook,)))
    try:
        if from_text:
            checked = model.model_validate_strings(dict(values), strict=True)
        else:
            checked = model.model_validate(dict(values))
    except ValidationError as error:
        raise ParameterError(" ".join(_explained(notebook, dict(problem)) for problem in error.errors())) from None
    return checked.model_dump(mode="json")


def review_day(day: str | date | None) -> str | None:
    """The day of the review as ISO text.

    Raises
    ------
    ParameterError
        If the text is no day.
    """
    if day is None:
        return None
    try:
        return _iso_day(day.isoformat() if isinstance(day, date) else day)
    except ValueError as error:
        raise ParameterError(f"The day of the review (--as-of) is '{day}': {error}.") from None


def unknown_parameter(name: str, *, notebooks: tuple[str, ...]) -> str:
    """The sentence for a parameter that none of `notebooks` knows, with the nearest name."""
    known = list(dict.fromkeys(own for notebook in notebooks for own in own_parameters(notebook)))
    nearest = process.extractOne(name, known, score_cutoff=60)
    hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
    who = f"Notebook {notebooks[0]} has" if len(notebooks) == 1 else f"The notebooks {', '.join(notebooks)} have"
    listed = f"its own parameters are: {', '.join(known)}." if known else "it has none of its own."
    return f"{who} no parameter '{name}'; {listed}{hint}"


def _explained(notebook: str, problem: dict[str, object]) -> str:
    location = problem["loc"]
    name = ".".join(str(part) for part in location) if isinstance(location, tuple) else str(location)
    if problem["type"] == "missing":
        return f"Notebook {notebook} needs the parameter '{name}'."
    words = str(problem["msg"]).removeprefix("Value error, ")
    return f"Notebook {notebook}: parameter '{name}' is {problem['input']!r}: {words[:1].lower()}{words[1:]}."
