"""Required cells of a register without a usable value: a person fills them in, or confirms that the row stays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditlab.errors import EngagementError
from auditlab.intake.columns import CellReader
from auditlab.intake.ledger import Place
from auditlab.intake.questions import Questions
from auditlab.intake.values import Reading
from auditlab.settings import SETTINGS_FILE

KEPT_BY_HAND = frozenset({"audits", "findings", "corrective_actions"})
LEAVE_OUT = "leave out"
FILLED_IN = "filled in as answered in auditlab.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyCell:
    """A required cell without a usable value.

    Attributes
    ----------
    place : Place
        Its row.
    field : str
        Canonical column.
    written : str
        What the cell holds, ``""`` where it is empty.
    problem : str
        Why that cannot be used.
    """

    place: Place
    field: str
    written: str
    problem: str

    @property
    def _key(self) -> str:
        return f"empty/{self.place.file}/{self.place.sheet}/{self.place.row}/{self.field}"

    @property
    def _group(self) -> str:
        return f"empty/{self.place.file}/{self.place.sheet}/{self.field}"

    def ask(self, *, answers: Mapping[str, str], questions: Questions) -> str:
        """Put the question; its answer, or ``""``."""
        held = f"holds '{self.written}' ({self.problem})" if self.written else "is empty"
        return questions.decided(
            self._key,
            self.place,
            field=self.field,
            asks=(
                f"The cell of '{self.field}' {held}, so the row is left out. Answer with the right value, or confirm "
                f"'{LEAVE_OUT}'."
            ),
            proposal=LEAVE_OUT,
            answers=answers,
            group=self._group,
        )

    def filled(self, read: CellReader, *, answers: Mapping[str, str], questions: Questions) -> Reading | None:
        """The value that a person answered with, or ``None`` where there is none.

        Raises
        ------
        EngagementError
            If the answer is no value of the column either.
        """
        answer = answers.get(self._key) or answers.get(self._group) or LEAVE_OUT
        if answer == LEAVE_OUT:
            return None
        reading = read(answer)
        if reading.value is None:
            key = self._key if self._key in answers else self._group
            raise EngagementError(
                f"{SETTINGS_FILE}, section [answers], '{key}': '{answer}' is no value of '{self.field}' "
                f"({reading.problem or 'it stands for nothing'}). Write a value, or '{LEAVE_OUT}'."
            )
        self.ask(answers=answers, questions=questions)
        return Reading(reading.value, FILLED_IN)
