"""One answer for the edition of all audits whose clause numbers do not tell it.

It stands under ``[answers]``: an edition, or the day from which on audits were made against 2018. The
edition of a single audit stands under ``[editions]`` and wins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from auditlab.errors import EngagementError
from auditlab.intake.questions import Group
from auditlab.settings import SETTINGS_FILE
from auditlab.standard.clauses import EDITIONS
from auditlab.standard.edition_evidence import LAST_DAY_2011

KEY = "editions"
"""Name of the answer."""
TOLD = (
    "{count} audits whose clause numbers do not tell the edition; one answer holds for all of them that have none of "
    "their own under [editions]: 2011, 2018, or the first day of audits against 2018, such as 2020-10-01. The first, "
    "'{first}': {asks}"
)


def shared_edition(answers: Mapping[str, str], day: dt.date | None) -> str:
    """The edition of an audit that began on `day`, as one answer says it of all; ``""`` where it does not.

    Raises
    ------
    EngagementError
        If the answer is neither an edition nor a day.
    """
    answer = answers.get(KEY, "")
    if answer in ("", *EDITIONS):
        return answer
    try:
        first = dt.date.fromisoformat(answer)
    except ValueError:
        raise EngagementError(
            f"{SETTINGS_FILE}, section [answers], '{KEY}': '{answer}' is neither 2011 nor 2018 nor a day. Write one of "
            "the editions, or the first day of audits against 2018, such as 2020-10-01."
        ) from None
    if day is None:
        return ""
    return "2018" if day >= first else "2011"


def edition_group(proposed: Collection[str | None]) -> Group:
    """The one question that stands for those of many audits.

    Parameters
    ----------
    proposed : collection of str or None
        The editions that the days of the audits propose; ``None`` where a day proposes none.
    """
    sure = sorted({edition for edition in proposed if edition})
    by_day = f"{LAST_DAY_2011 + dt.timedelta(days=1):%Y-%m-%d}"
    proposal = "" if None in proposed or not sure else sure[0] if len(sure) == 1 else by_day
    return Group(name=KEY, proposal=proposal, told=TOLD)
