"""Floor 7: pages, runs, workbooks and the manifest. Notebooks put things on a page through `open_page` alone.

The names are loaded when first used: papermill imports this package for its engine, and needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditlab.publish.page import Page, open_page
    from auditlab.publish.page_rows import first_rows
    from auditlab.publish.readiness import ledger_by_rule, readiness_facts

__all__ = ["Page", "first_rows", "ledger_by_rule", "open_page", "readiness_facts"]

_FROM = {
    "Page": "page",
    "first_rows": "page_rows",
    "ledger_by_rule": "readiness",
    "open_page": "page",
    "readiness_facts": "readiness",
}


def __getattr__(name: str) -> Any:  # Any: a class or a function, by name
    """Load one of the names of this package on first use (PEP 562)."""
    if name in _FROM:
        return getattr(import_module(f"auditlab.publish.{_FROM[name]}"), name)
    raise AttributeError(f"module 'auditlab.publish' has no attribute '{name}'")
