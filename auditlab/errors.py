"""The errors auditlab raises for its users: what was found and where, what was expected, what to do."""

from __future__ import annotations


class AuditlabError(Exception):
    """Base of every error that speaks to the user; the command line prints it without a trace."""


class EngagementError(AuditlabError):
    """The engagement folder, its settings or a file in it cannot be used at all."""


class ParameterError(AuditlabError):
    """A notebook or command was given a parameter that it does not know or cannot use."""


class ClauseError(AuditlabError):
    """A text is not a clause of the edition it is said to belong to."""


class NotEnoughDataError(AuditlabError):
    """A statistic was asked for that the data cannot carry."""


class ArgumentError(AuditlabError, ValueError):
    """A function was given a value that it cannot calculate with."""


class AccountError(AuditlabError):
    """The rows of a sheet and the rows accounted for differ: a fault of auditlab, never of the files."""
