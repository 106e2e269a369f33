"""The settings of a portfolio: ``portfolio.toml``, validated and frozen."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from auditlab.setting_types import Share, Word
from auditlab.settings import AuditType, checked_toml

SETTINGS_FILE = "portfolio.toml"

Stratum = Literal["type", "edition", "sector", "country", "office"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Compare(_Section):
    """What is compared with what; stage 1, transfer, test and special audits have other purposes and are left out."""

    first: date | None = None
    last: date | None = None
    years: int = Field(default=3, ge=1, le=30)
    types: tuple[AuditType, ...] = (AuditType.STAGE2, AuditType.SURVEILLANCE, AuditType.RECERTIFICATION)
    strata: tuple[Stratum, ...] = ("type", "edition", "sector")
    least_clients: int = Field(default=5, ge=2)


class Method(_Section):
    """Numbers that steer the methods; all are printed with the results they change."""

    confidence: Share = 0.95
    false_discovery_rate: Share = 0.10
    suppress_below: int = Field(default=5, ge=2)
    major_closure_days: int = Field(default=90, gt=0)
    least_audits: int = Field(default=20, ge=2)


class PortfolioSettings(_Section):
    """Everything a portfolio decides."""

    name: Word
    as_of: date
    compare: Compare = Compare()
    method: Method = Method()
    aliases: dict[Word, Word] = Field(default_factory=dict)
    distinct: tuple[Word, ...] = ()


def read_portfolio_settings(held: bytes | None, *, folder: str, as_of: str | date | None = None) -> PortfolioSettings:
    """The settings of the portfolio in `folder`.

    Parameters
    ----------
    held : bytes or None
        What its ``portfolio.toml`` holds; None where there is none, then `as_of` must be given.
    folder : str
        Path or address of the portfolio.
    as_of : str or date, optional
        Day of the review; wins over the file.

    Raises
    ------
    EngagementError
        If the file is no TOML, holds an unknown setting or a value outside its range.
    """
    place, name = f"{folder.rstrip('/')}/{SETTINGS_FILE}", PurePosixPath(folder.rstrip("/")).name
    return checked_toml(held, PortfolioSettings, place=place, name=name, overrides={"as_of": as_of})
