"""Sites that only findings name: without a list of sites they may be other words for a known one."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from rapidfuzz import fuzz, process

from auditlab.intake.names import MIN_LIKENESS
from auditlab.intake.questions import Question, Questions, toml_line


def ask_unlisted_sites(tables: Mapping[str, pd.DataFrame], *, aliases: Mapping[str, str], questions: Questions) -> None:
    """Ask about every site of a finding that neither the coverage nor the audits know.

    Only where no list of sites was handed over: with a list, an unknown name has rejected its row
    already. The findings stay; until the answer they belong to a site of that name.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables ``sites, audits, coverage, findings``.
    aliases : mapping of str to str
        Aliases of sites in the settings; a name in it is settled.
    questions : Questions
        Is added to.
    """
    if len(tables["sites"]):
        return
    visited = {name.strip() for names in tables["audits"]["sites"].dropna() for name in names.split(",")}
    known = sorted(visited | set(tables["coverage"]["site"].dropna()))
    settled = set(known) | set(aliases) | set(aliases.values())
    if not known:
        return
    for _, row in tables["findings"].dropna(subset=["site"]).iterrows():
        name = row["site"]
        if name in settled:
            continue
        best = process.extractOne(name, known, scorer=fuzz.WRatio, score_cutoff=MIN_LIKENESS)
        proposal = best[0] if best else name
        questions.ask(
            Question(
                question=f"aliases.site/{name}",
                file=row["source_file"],
                sheet=row["source_sheet"],
                row=int(row["source_row"]),
                field="site",
                asks=(
                    f"Is '{name}' another name of a site ({', '.join(known)}) or a site of its own? No list of sites "
                    "was handed over, and no audit names it."
                ),
                proposal=proposal,
                answer="",
                setting=toml_line("aliases.site", name, proposal),
            )
        )
