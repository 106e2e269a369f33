"""What intake cannot decide: a question with a proposal, and the line of settings that answers it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from auditlab.intake.ledger import Place

QUESTION_COLUMNS = (
    "question",
    "file",
    "sheet",
    "row",
    "field",
    "asks",
    "proposal",
    "answer",
    "answered",
    "setting",
    "affects",
)


@dataclass(slots=True, kw_only=True)
class Question:
    """One question; `affects` counts the cells that wait for the answer."""

    question: str
    file: str
    sheet: str
    row: int
    field: str
    asks: str
    proposal: str
    answer: str
    setting: str
    affects: int = 1


class Questions:
    """The questions of one intake run; the same question asked again counts one more cell."""

    def __init__(self) -> None:
        self._questions: dict[str, Question] = {}

    def ask(self, question: Question) -> None:
        """Put a question, or count one more cell for it."""
        known = self._questions.get(question.question)
        if known is None:
            self._questions[question.question] = question
        else:
            known.affects += 1

    def decided(
        self, key: str, place: Place, *, field: str, asks: str, proposal: str, answers: Mapping[str, str]
    ) -> str:
        """Put a question that the section `answers` of the settings answers; the answer, or ``""``."""
        answer = answers.get(key, "")
        self.ask(
            Question(
                question=key,
                file=place.file,
                sheet=place.sheet,
                row=place.row,
                field=field,
                asks=asks,
                proposal=proposal,
                answer=answer,
                setting=toml_line("answers", key, answer or proposal),
            )
        )
        return answer

    def __contains__(self, question: str) -> bool:
        return question in self._questions

    def frame(self) -> pd.DataFrame:
        """All questions with their answers, in the order in which they came up."""
        rows = [
            (
                q.question,
                q.file,
                q.sheet,
                q.row,
                q.field,
                q.asks,
                q.proposal,
                q.answer,
                bool(q.answer),
                q.setting,
                q.affects,
            )
            for q in self._questions.values()
        ]
        frame = pd.DataFrame(rows, columns=list(QUESTION_COLUMNS))
        types = {"row": "Int64", "answered": "bool", "affects": "int64"}
        return frame.astype({column: types.get(column, "str") for column in QUESTION_COLUMNS})


def toml_line(section: str, key: str, value: str) -> str:
    """The text that answers a question in ``auditlab.toml``, with its section."""
    # A JSON string is a TOML string: both escape quotes, backslashes and control characters alike.
    quoted, answer = (json.dumps(text, ensure_ascii=False) for text in (key, value or "..."))
    return f"[{section}] {quoted} = {answer}"
