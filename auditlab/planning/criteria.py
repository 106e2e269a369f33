"""What the audit is for and against what it looks: objectives and criteria, by type of audit and edition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from auditlab.errors import ArgumentError

_AMENDED = date(2024, 2, 23)  # publication of Amendment 1 (climate change) to the management system standards

_OBJECTIVES = (
    "determine whether the service management system meets the audit criteria",
    "determine whether it can meet legal, regulatory and contractual requirements",
    "determine whether it reaches its own objectives",
)
_IMPROVEMENTS = "name areas that could be improved"
_BY_TYPE = {
    "stage1": "determine whether the organisation is ready for stage 2",
    "stage2": "evaluate implementation and effectiveness of the whole system for a first certification",
    "surveillance": "confirm that the system is maintained between recertification audits",
    "recertification": "evaluate the system over the whole cycle, its effectiveness and its fitness for the scope",
    "transition": "evaluate the change to the new edition",
    "transfer": "evaluate a certification that another body granted, before it is taken over",
    "test": "try out an audit; nothing is decided on it",
    "special": "answer the question that called for the audit",
    "internal": "tell the organisation whether its system is implemented and maintained",
    "supplier": "tell the customer whether the supplier controls what was agreed",
}


def audit_objectives(audit_type: str, *, improvements: bool = True) -> tuple[str, ...]:
    """The objectives of an audit of this type, in our words; of a third-party audit without `improvements`.

    Raises
    ------
    ArgumentError
        If the type is not known.

    References
    ----------
    .. [1] ISO/IEC 17021-1:2015, 9.2.1.
    """
    if audit_type not in _BY_TYPE:
        raise ArgumentError(f"There are no objectives for the audit type '{audit_type}'. Known: {', '.join(_BY_TYPE)}.")
    return (_BY_TYPE[audit_type], *_OBJECTIVES, *([_IMPROVEMENTS] if improvements else []))


def audit_criteria(edition: str, *, on: date, own: Sequence[str] = ()) -> tuple[str, ...]:
    """What the audit measures against, with edition and amendment.

    Parameters
    ----------
    edition : str
        Edition of ISO/IEC 20000-1.
    on : date
        First day of the audit; an amendment published later is no criterion.
    own : sequence of str
        Further requirements of customer, law or contract.

    Raises
    ------
    ArgumentError
        If the edition is none that can be audited.
    """
    if edition != "2018":
        raise ArgumentError(
            f"ISO/IEC 20000-1:{edition} can no longer be audited against: certificates to it ended in September 2021. "
            'Set edition = "2018"; earlier findings are mapped.'
        )
    standard = f"ISO/IEC 20000-1:{edition}"
    standard += " with Amendment 1:2024 (climate change)" if on >= _AMENDED else ""
    return (standard, "documented information and processes of the organisation's service management system", *own)
