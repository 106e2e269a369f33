"""auditlab: risk-based preparation of ISO/IEC 20000-1 audits from the spreadsheets people have."""

__version__ = "0.1.0"
