"""auditlab: risk-based preparation of ISO/IEC 20000-1 audits from the spreadsheets people have.

``open_engagement`` reads a folder of spreadsheets; ``open_page`` gives a notebook its page. The
other names are the floors of the house, loaded when first used so that the import stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditlab.intake import open_engagement
    from auditlab.publish import open_page

__version__ = "0.1.0"
__all__ = ["__version__", "open_engagement", "open_page"]

_FUNCTIONS = {"open_engagement": "auditlab.intake", "open_page": "auditlab.publish"}
_FLOORS = frozenset(
    ("figures", "history", "intake", "planning", "portfolio", "priority", "publish", "sampling", "signals", "standard")
) | {"statistics"}


def __getattr__(name: str) -> Any:  # Any: a module or a function, by name
    """Load a floor or one of the two entry functions on first use (PEP 562)."""
    if name in _FUNCTIONS:
        return getattr(import_module(_FUNCTIONS[name]), name)
    if name in _FLOORS:
        return import_module(f"auditlab.{name}")
    raise AttributeError(f"module 'auditlab' has no attribute '{name}'")
