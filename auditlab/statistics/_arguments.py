"""The former place of `auditlab.statistics.arguments`, for modules that still import from here."""

from auditlab.statistics.arguments import not_negative, positive, risk_of, whole

__all__ = ["not_negative", "positive", "risk_of", "whole"]
