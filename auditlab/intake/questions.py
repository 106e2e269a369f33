"""What intake cannot decide: a question with a proposal, and the line of settings that answers it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from auditlab.intake.ledger import Place
from auditlab.intake.sheets import RawSheet

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
    "offered",
)
GROUPED_FROM = 5
"""So many questions of one kind on one sheet are put as one."""


@dataclass(slots=True, kw_only=True)
class Question:
    """One question; `affects` counts the cells that wait for the answer.

    `offered` are lines for the section of ``auditlab.toml`` that `setting` belongs to, where more can be said there
    than the question asks.
    """

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
    offered: str = ""


def mapping_question(
    sheet: RawSheet, *, row: int, field: str, asks: str, proposal: str, setting: str, affects: int = 1,
    offered: Sequence[str] = (),
) -> Question:  # fmt: skip
    """A question that the section `mapping` of the settings answers: which table a sheet is, or what a column means."""
    return Question(
        question=f"mapping/{sheet.file}/{sheet.name}/{field}",
        file=sheet.file,
        sheet=sheet.name,
        row=row,
        field=field,
        asks=asks,
        proposal=proposal,
        answer="",
        setting=setting,
        affects=affects,
        offered="\n".join(f"[{mapping_section(sheet)}] {line}" for line in offered),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One question under ``[answers]`` that stands for `GROUPED_FROM` or more of one kind.

    Attributes
    ----------
    name : str
        Its key.
    proposal : str
        The answer proposed for all of them.
    told : str
        What is asked, with the `count` of them, the name of the `first` and what that one `asks`.
    """

    name: str
    proposal: str
    told: str = (
        "{count} questions of this kind on the sheet; one answer holds for all of them that have none of their own "
        "under [answers]. The first, '{first}': {asks}"
    )


class Questions:
    """The questions of one intake run; the same question asked again counts one more cell."""

    def __init__(self) -> None:
        self._questions: dict[str, Question] = {}
        self._groups: dict[str, Group] = {}

    def ask(self, question: Question, *, group: Group | None = None) -> None:
        """Put a question, or count one more cell for it; an open one may be put as one of a `group`."""
        if group is not None:
            self._groups[question.question] = group
        known = self._questions.get(question.question)
        if known is None:
            self._questions[question.question] = question
        else:
            known.affects += 1

    def decided(  # the parts of a question
        self,
        key: str,
        place: Place,
        *,
        field: str,
        asks: str,
        proposal: str,
        answers: Mapping[str, str],
        group: str = "",
        for_all: str = "",
    ) -> str:
        """Put a question that the section `answers` of the settings answers; the answer, or ``""``.

        Parameters
        ----------
        key : str
            Name of the question.
        place : Place
            The row it is about.
        field, asks, proposal : str
            What is asked, and the likeliest answer.
        answers : mapping of str to str
            Section `answers` of the settings.
        group : str
            Name of the one question that stands for all of this kind on the sheet, once they are
            `GROUPED_FROM` or more. Its answer holds for each of them that has none of its own.
        for_all : str
            The answer proposed for all of them; the proposal itself where it is empty.
        """
        own = answers.get(key, "")
        answer = own or answers.get(group, "")
        name = key if own or not answer else group
        many = Group(name=group, proposal=for_all or proposal) if group and not answer else None
        self.ask(
            Question(
                question=name,
                file=place.file,
                sheet=place.sheet,
                row=place.row,
                field=field,
                asks=asks,
                proposal=proposal,
                answer=answer,
                setting=toml_line("answers", name, answer or proposal),
            ),
            group=many,
        )
        return answer

    def _shown(self) -> list[Question]:
        """The questions, many of one kind as one."""
        sizes = Counter(group.name for group in self._groups.values())
        shown: dict[str, Question] = {}
        for key, question in self._questions.items():
            group = self._groups.get(key)
            if group is None or sizes[group.name] < GROUPED_FROM:
                shown[key] = question
            elif group.name in shown:
                shown[group.name].affects += question.affects
            else:
                asks = group.told.format(count=sizes[group.name], first=key, asks=question.asks)
                setting = toml_line("answers", group.name, group.proposal)
                shown[group.name] = replace(
                    question, question=group.name, asks=asks, proposal=group.proposal, setting=setting
                )
        return list(shown.values())

    def __len__(self) -> int:
        return len(self._questions)

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
                q.offered,
            )
            for q in self._shown()
        ]
        frame = pd.DataFrame(rows, columns=list(QUESTION_COLUMNS))
        types = {"row": "Int64", "answered": "bool", "affects": "int64"}
        return frame.astype({column: types.get(column, "str") for column in QUESTION_COLUMNS})


def toml_line(section: str, key: str, value: str) -> str:
    """The text that answers a question in ``auditlab.toml``, with its section."""
    # A JSON string is a TOML string: both escape quotes, backslashes and control characters alike.
    quoted, answer = (json.dumps(text, ensure_ascii=False) for text in (key, value or "..."))
    return f"[{section}] {quoted} = {answer}"


def mapping_section(sheet: RawSheet) -> str:
    """Name of the section of ``auditlab.toml`` that says how a sheet is read."""
    return mapping_header(sheet.file, sheet.name)[1:-1]


def mapping_header(file: str, sheet: str) -> str:
    """The line of ``auditlab.toml`` that opens the section of a sheet."""
    quoted = (json.dumps(text, ensure_ascii=False) for text in (file, sheet))
    return f"[mapping.{'.'.join(quoted)}]"
