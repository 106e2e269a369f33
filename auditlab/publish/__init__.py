"""Floor 7: pages, runs, workbooks and the manifest. Notebooks put things on a page through `open_page` alone."""

from auditlab.publish.page import Page, open_page
from auditlab.publish.readiness import ledger_by_rule, readiness_facts

__all__ = ["Page", "ledger_by_rule", "open_page", "readiness_facts"]
