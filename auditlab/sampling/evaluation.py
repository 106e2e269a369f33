"""What may be concluded from a sample, and the sentence that may not be said."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditlab.sampling.sizes import SamplePlan
from auditlab.sampling.wording import deviating, percent, records, upper_percent, verb
from auditlab.statistics.intervals import upper_limit
from auditlab.statistics.limits import Limit

ALL, APPLICABLE = "the records", "the records it applies to"
"""Which records a limit without a finite population is about."""

_FORESEEN = 3  # deviations up to which conclusions are written before the draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """The limit of a random sample in numbers and words."""

    limit: Limit
    sentence: str  # to paste
    not_to_say: str  # what the sample does not show


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a conclusion is about, so that its sentence stands alone."""

    population: str  # with site and period
    records: int  # all of them [count]
    judgement: int  # flagged, examined for their reasons [count]
    attribute: str = ""  # empty: each attribute on its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the judgement part showed."""

    deviations: int  # [count]
    examined: int  # [count]


def statement(found: Conclusion, about: About, *, judged: Judged | None = None) -> str:
    """The conclusion as a sentence that names population, attribute and the records it leaves out.

    Parameters
    ----------
    found : Conclusion
        Result of `conclude` for the random part.
    about : About
        What it is about.
    judged : Judged, optional
        What the judgement part showed; before the audit nothing is known of it.
    """
    limit, others = found.limit, about.records - about.judgement
    attribute = f"'{about.attribute}'" if about.attribute else "each attribute on its own"
    attribute = attribute.replace("'(any attribute)'", "any attribute")
    head = f"{about.population[:1].upper()}{about.population[1:]}, {attribute}"
    if limit.n and limit.n == limit.population:
        return f"{head}: {_census(limit, about, judged)}"
    drawn_from = f"The {others} are" if limit.population is not None else f"They were drawn from {others},"
    if not about.judgement:
        return f"{head}: {found.sentence} {drawn_from} all its records; none was set apart."
    words = f"{drawn_from} all {about.records} records without the {about.judgement} flagged ones"
    return f"{head}: {found.sentence} {words}; {_judged(about, judged)}."


def _census(limit: Limit, about: About, judged: Judged | None) -> str:
    if not about.judgement:
        return f"{limit.k:g} of all {limit.n:g} {verb(limit.k)}; every record was examined (census)."
    together = ""
    if judged is not None and judged.examined == about.judgement:
        together = f"; together {limit.k + judged.deviations:g} of all {about.records}"
    counted = f"{limit.k:g} of the {limit.n:g} not flagged {verb(limit.k)}, every one of them was examined (census)"
    return f"{counted}; {_judged(about, judged)}{together}."


def _judged(about: About, judged: Judged | None) -> str:
    if judged is None:
        shown = "shows" if about.judgement == 1 else "show"
        return f"what the {about.judgement} flagged (judgement part) {shown} stands beside it"
    if not judged.examined:
        return f"of the {about.judgement} flagged none is examined so far"
    if judged.examined < about.judgement:
        return f"of the {about.judgement} flagged {judged.examined} examined so far, {deviating(judged.deviations)}"
    return f"of the {about.judgement} flagged {deviating(judged.deviations)}"


def conclude(
    *,
    deviations: int,
    n: int,
    population: int | None = None,
    confidence: float = 0.95,
    method: str | None = None,
) -> Conclusion:
    """The upper limit of the deviation rate of the population a random sample was drawn from.

    It is for the random part only: records chosen by judgement say nothing in per cent.

    Parameters
    ----------
    deviations : int
        Deviations found [count].
    n : int
        Records really examined [count].
    population : int, optional
        Records the sample was drawn from without replacement [count].
    confidence : float
        One-sided [0-1].
    method : str, optional
        As `auditlab.statistics.upper_limit`; hypergeometric with a population, otherwise binomial.

    Returns
    -------
    Conclusion
        With the share rounded to a tenth of a per cent in the sentence: to the nearest where the
        records are given beside it, otherwise up.

    Raises
    ------
    ArgumentError
        As `auditlab.statistics.upper_limit`.
    """
    limit = upper_limit(deviations=deviations, n=n, population=population, confidence=confidence, method=method)
    return conclusion(limit)


def conclusion(limit: Limit, *, counted: str = "", of: str = ALL) -> Conclusion:
    """The sentences of a limit.

    Parameters
    ----------
    limit : Limit
        Upper limit of the random part.
    counted : str
        What was counted, where "k of n" does not say it: stages, strata.
    of : str
        Which records a limit without a finite population is about.
    """
    return Conclusion(limit=limit, sentence=_sentence(limit, counted=counted, of=of), not_to_say=_not_to_say(limit))


def conclusions_before_draw(plan: SamplePlan, *, about: About | None = None) -> pd.DataFrame:
    """What could be concluded if the sample showed 0, 1, 2 or 3 deviations; written before the draw.

    Parameters
    ----------
    plan : SamplePlan
        The plan.
    about : About, optional
        With it the sentences stand alone, see `statement`.

    Returns
    -------
    DataFrame
        ``deviations`` [count], ``n`` [records], ``high`` [0-1], ``high_records`` (missing without a
        finite population) [count], ``confidence, method``, ``rules_out_tolerable`` (the number is
        accepted by the plan), ``sentence, not_to_say``.
    """
    rows = [
        _foreseen(plan, deviations, about=about)
        for deviations in range(min(max(_FORESEEN, plan.accept + 1), plan.n) + 1)
    ]
    return pd.DataFrame(rows).astype({"high_records": "Int64"})


def _foreseen(plan: SamplePlan, deviations: int, *, about: About | None) -> dict[str, object]:
    population = plan.population if plan.method == "hypergeometric" else None
    found = conclude(
        deviations=deviations, n=plan.n, population=population, confidence=plan.confidence, method=plan.method
    )
    return foreseen(found, accepted=deviations <= plan.accept, about=about)


def foreseen(found: Conclusion, *, accepted: bool, about: About | None) -> dict[str, object]:
    """One line of `conclusions_before_draw`."""
    return {
        "deviations": int(found.limit.k),
        "n": int(found.limit.n),
        "high": found.limit.high,
        "high_records": found.limit.high_records,
        "confidence": found.limit.confidence,
        "method": found.limit.method,
        "rules_out_tolerable": accepted,
        "sentence": found.sentence if about is None else statement(found, about),
        "not_to_say": found.not_to_say,
    }


def _sentence(limit: Limit, *, counted: str, of: str) -> str:
    among = "" if limit.population is None else f" from {limit.population}"
    if not limit.n and of == APPLICABLE:
        return "0 of 0: the attribute applies to no record examined, so nothing is known of those it applies to."
    if not limit.n:
        return f"0 of 0{among}: no record was examined, so nothing is known of the share that deviates."
    counted = f"{counted or f'{limit.k:g} of {limit.n:g}'}{among}"
    if limit.n == limit.population:
        return f"{counted}: every record was examined; {limit.k:g} ({percent(limit.estimate)}) deviate."
    sure = f"with {percent(limit.confidence)} confidence at most"
    if limit.high_records is None:
        return f"{counted}: {sure} {upper_percent(limit.high)} of {of} deviate."
    return f"{counted}: {sure} {100 * limit.high:.1f} % ({records(limit.high_records)}) deviate."


def _not_to_say(limit: Limit) -> str:
    population = "the population" if limit.population is None else f"the {limit.population} records"
    if limit.n == limit.population:
        return "Not to be said: anything about records outside this population or period."
    if not limit.k:
        return f'Not to be said: "there are no deviations in {population}"; {_examined(limit)} cannot show that.'
    return (
        f'Not to be said: "{percent(limit.estimate)} of {population} deviate"; '
        f"that is the share among {_examined(limit)} alone."
    )


def _examined(limit: Limit) -> str:
    return f"{records(int(limit.n))} examined"
