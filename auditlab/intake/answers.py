"""The answers that the settings hold, so that every decision a person took is shown with its effect."""

from __future__ import annotations

import pandas as pd

from auditlab.intake.questions import Question, Questions, toml_line
from auditlab.settings import Settings

UNUSED = "No question has this name. Check its spelling, or remove the answer."


def show_answers(settings: Settings, ledger: pd.DataFrame, *, questions: Questions) -> None:
    """Add the aliases and grade words of the settings as answered questions, and answers nobody asked for.

    Parameters
    ----------
    settings : Settings
        Sections `aliases` and `grades`.
    ledger : DataFrame
        The finished ledger; it tells how many cells each answer changed.
    questions : Questions
        Is added to.
    """
    for key in [key for key in settings.answers if key not in questions]:
        line, answer = toml_line("answers", key, settings.answers[key]), settings.answers[key]
        questions.ask(
            Question(
                question=key, file="", sheet="", row=0, field="", asks=UNUSED, proposal="", answer=answer, setting=line,
                affects=0,
            )
        )  # fmt: skip
    sections = {f"aliases.{kind}": words for kind, words in settings.aliases.items()} | {"grades": settings.grades}
    changed = ledger[ledger["field"] != ""]
    written = changed["old"].str.strip().str.casefold()
    for section, words in sections.items():
        field = section.removeprefix("aliases.").removesuffix("s")
        for word, meaning in words.items():
            cells = changed[changed["field"].str.startswith(field) & (written == word.strip().casefold())]
            first = cells.iloc[0] if len(cells) else None
            questions.ask(
                Question(
                    question=f"{section}/{word}",
                    file="" if first is None else first["file"],
                    sheet="" if first is None else first["sheet"],
                    row=0 if first is None else int(first["row"]),
                    field=field,
                    asks=f"What does '{word}' stand for as {field}?",
                    proposal="",
                    answer=meaning,
                    setting=toml_line(section, word, meaning),
                    affects=len(cells),
                )
            )
