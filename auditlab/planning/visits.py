"""Which auditors go to which site in which week: the schedule of many visits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.planning.linear import TIE_BREAK, Programme

GAP = 0.01
"""Relative gap at which the solver stops."""

DAYS_A_WEEK = 5
MOST_AUDITORS = 3
_PRICE = 100.0  # of one unit of a broken rule, in days of travel
SCHEDULE_DTYPES = {"visit": "str", "site": "str", "week": "int64", "auditor": "str", "leads": "bool"}
CLASH_DTYPES = {"rule": "str", "visit": "str", "auditor": "str", "short": "float64", "sentence": "str"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit to be scheduled."""

    name: str
    site: str
    days: float  # of each auditor
    weeks: tuple[int, int]  # first and last week of its window
    needs: frozenset[str] = frozenset()  # competences that somebody must have


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditor:
    """One auditor of the pool, by code."""

    code: str
    leads: bool = False
    competences: frozenset[str] = frozenset()
    away: frozenset[int] = frozenset()  # weeks
    barred: frozenset[str] = frozenset()  # sites with own work, advice, or too many visits in a row
    most_days: float = 200.0  # of all visits of one schedule, a year at most
    travel: Mapping[str, float] = field(default_factory=dict)  # days of travel by site; 0 where not named


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Who goes where when, what it costs, and the rules that clash."""

    visits: pd.DataFrame  # ``visit, site, week, auditor, leads``
    clashes: pd.DataFrame  # ``rule, visit, auditor, short, sentence``
    objective: float  # days of travel and of the visits, of all who go


def visit_schedule(visits: Sequence[Visit], auditors: Sequence[Auditor]) -> Schedule:
    """The schedule with the fewest days of travel and visits within windows, absences and loads, with whom it needs.

    Conflicts and absences take an auditor out and never yield. Windows, leaders, competences and loads yield
    only if nothing else is possible, and are named then.

    Parameters
    ----------
    visits : sequence of Visit
        Each in its window of weeks.
    auditors : sequence of Auditor
        The pool.

    Raises
    ------
    ArgumentError
        If there is no visit or no auditor, a name stands twice, or a window ends before it begins.

    References
    ----------
    .. [1] scipy.optimize.milp (HiGHS), on the variables that absences and conflicts leave.
    """
    _check(visits, auditors)
    model = Programme()
    weeks = [list(range(visit.weeks[0], visit.weeks[1] + 1)) for visit in visits]
    late = [TIE_BREAK * np.arange(len(own)) for own in weeks]
    held = [model.variables(np.ones(len(own)), gain=-cost) for own, cost in zip(weeks, late, strict=True)]
    sent = _sent(model, visits, auditors, weeks)
    named: list[tuple[int, str, str, str]] = []
    for place, visit in enumerate(visits):
        _visit_rows(model, named, visit, place=place, held=held[place], sent=sent, auditors=auditors)
    _load_rows(model, named, visits, auditors, weeks=weeks, sent=sent)
    values = model.solve(gap=GAP)
    return _schedule(values, visits, auditors, weeks=weeks, sent=sent, named=named)


def _check(visits: Sequence[Visit], auditors: Sequence[Auditor]) -> None:
    if not visits or not auditors:
        raise ArgumentError("A schedule needs at least one visit and one auditor. Give both.")
    for kind, names in (("visit", [visit.name for visit in visits]), ("auditor", [one.code for one in auditors])):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ArgumentError(f"The {kind} {', '.join(twice)} stands twice. Give each its own name.")
    turned = [visit.name for visit in visits if visit.weeks[1] < visit.weeks[0]]
    if turned:
        raise ArgumentError(f"The window of the visit {', '.join(turned)} ends before it begins. Mend its weeks.")


_Sent = dict[tuple[int, int, int], int]  # visit, place of the week, auditor: variable


def _sent(model: Programme, visits: Sequence[Visit], auditors: Sequence[Auditor], weeks: list[list[int]]) -> _Sent:
    """One variable for each auditor who may and can go."""
    keys, gains = [], []
    for place, visit in enumerate(visits):
        for who, auditor in enumerate(auditors):
            if visit.site in auditor.barred:
                continue
            for at, week in enumerate(weeks[place]):
                if week not in auditor.away:
                    keys.append((place, at, who))
                    # Somebody costs a little more than nobody, and the first named goes first.
                    gains.append(-auditor.travel.get(visit.site, 0.0) - visit.days - TIE_BREAK * who)
    places = model.variables(np.ones(len(keys)), gain=np.array(gains))
    return dict(zip(keys, places.tolist(), strict=True))


def _visit_rows(
    model: Programme,
    named: list[tuple[int, str, str, str]],
    visit: Visit,
    *,
    place: int,
    held: np.ndarray,
    sent: _Sent,
    auditors: Sequence[Auditor],
) -> None:
    """One week; one to three auditors, one who leads, somebody for every competence."""
    none = int(model.variables([1.0], gain=[-_PRICE * 10])[0])
    named.append((none, "visit in its window", visit.name, ""))
    model.row((held, 1.0), (none, 1.0), least=1.0, most=1.0)
    wants = {"leader": {who for who, one in enumerate(auditors) if one.leads}}
    for need in sorted(visit.needs):
        wants[f"competence {need}"] = {who for who, one in enumerate(auditors) if need in one.competences}
    for rule, able in wants.items():
        missing = int(model.variables([1.0], gain=[-_PRICE])[0])
        named.append((missing, rule, visit.name, ""))
        for at, week in enumerate(held):
            fit = [sent[place, at, who] for who in sorted(able) if (place, at, who) in sent]
            model.row((np.array(fit, dtype=int), 1.0), (int(week), -1.0), (missing, 1.0), least=0.0)
    for at, week in enumerate(held):
        going = np.array([sent[place, at, who] for who in range(len(auditors)) if (place, at, who) in sent], dtype=int)
        model.row((going, 1.0), (int(week), -1.0), least=0.0)
        model.row((going, 1.0), (int(week), -float(MOST_AUDITORS)), most=0.0)


def _load_rows(
    model: Programme,
    named: list[tuple[int, str, str, str]],
    visits: Sequence[Visit],
    auditors: Sequence[Auditor],
    *,
    weeks: list[list[int]],
    sent: _Sent,
) -> None:
    """Days of a week and of a year."""
    by_week: dict[tuple[int, int], list[tuple[int, float]]] = {}
    by_year: dict[int, list[tuple[int, float]]] = {}
    for (place, at, who), variable in sent.items():
        by_week.setdefault((who, weeks[place][at]), []).append((variable, visits[place].days))
        by_year.setdefault(who, []).append((variable, visits[place].days))
    for (who, week), own in sorted(by_week.items()):
        if sum(days for _, days in own) > DAYS_A_WEEK:
            _load(model, named, own, most=float(DAYS_A_WEEK), rule=f"days of week {week}", who=auditors[who].code)
    for who, own in sorted(by_year.items()):
        if sum(days for _, days in own) > auditors[who].most_days:
            _load(model, named, own, most=auditors[who].most_days, rule="days of the year", who=auditors[who].code)


def _load(
    model: Programme, named: list[tuple[int, str, str, str]], own: list[tuple[int, float]], *, most: float, rule: str,
    who: str,
) -> None:  # fmt: skip
    over = int(model.variables([sum(days for _, days in own)], gain=[-_PRICE], whole=False)[0])
    named.append((over, rule, "", who))
    places, days = (np.array(part) for part in zip(*own, strict=True))
    model.row((places, days), (over, -1.0), most=most)


def _schedule(
    values: np.ndarray,
    visits: Sequence[Visit],
    auditors: Sequence[Auditor],
    *,
    weeks: list[list[int]],
    sent: _Sent,
    named: list[tuple[int, str, str, str]],
) -> Schedule:
    going = [(place, at, who) for (place, at, who), variable in sent.items() if values[variable] > 0]
    led: dict[int, int] = {}
    for place, _, who in sorted(going):
        if auditors[who].leads:
            led.setdefault(place, who)
    rows = [
        (visits[place].name, visits[place].site, weeks[place][at], auditors[who].code, led.get(place) == who)
        for place, at, who in sorted(going, key=lambda key: (weeks[key[0]][key[1]], key[0], key[2]))
    ]
    short = [(rule, visit, who, round(float(values[place]), 6)) for place, rule, visit, who in named]
    clashes = [
        (rule, visit, who, amount, f"{rule[0].upper()}{rule[1:]} ({visit or who}): {amount:g} short.")
        for rule, visit, who, amount in short
        if amount > 0
    ]
    cost = sum(auditors[who].travel.get(visits[place].site, 0.0) + visits[place].days for place, _, who in going)
    return Schedule(
        visits=pd.DataFrame(rows, columns=list(SCHEDULE_DTYPES)).astype(SCHEDULE_DTYPES),
        clashes=pd.DataFrame(clashes, columns=list(CLASH_DTYPES)).astype(CLASH_DTYPES),
        objective=round(float(cost), 6),
    )


def greedy_schedule(
    visits: Sequence[Visit], auditors: Sequence[Auditor]
) -> tuple[pd.DataFrame, float, Collection[str]]:
    """A schedule by hand: the tightest window first, in its first week with a leader and the competences at hand.

    Returns
    -------
    DataFrame, float and collection of str
        ``visit, week, auditor``, the cost as `Schedule` counts it, and the visits that found no place.
    """
    _check(visits, auditors)
    load: dict[tuple[str, int], float] = {}
    year = {one.code: 0.0 for one in auditors}
    rows: list[tuple[str, int, str]] = []
    cost, homeless = 0.0, []
    for visit in sorted(visits, key=lambda one: (one.weeks[1] - one.weeks[0], one.weeks, one.name)):
        for week in range(visit.weeks[0], visit.weeks[1] + 1):
            free = [
                one
                for one in auditors
                if visit.site not in one.barred
                and week not in one.away
                and load.get((one.code, week), 0.0) + visit.days <= DAYS_A_WEEK
                and year[one.code] + visit.days <= one.most_days
            ]
            team = _team_by_hand(visit, free)
            if team:
                break
        else:
            homeless.append(visit.name)
            continue
        for one in team:
            load[one.code, week] = load.get((one.code, week), 0.0) + visit.days
            year[one.code] += visit.days
            cost += one.travel.get(visit.site, 0.0) + visit.days
            rows.append((visit.name, week, one.code))
    return pd.DataFrame(rows, columns=["visit", "week", "auditor"]), round(cost, 6), tuple(homeless)


def _team_by_hand(visit: Visit, free: Sequence[Auditor]) -> list[Auditor]:
    near = sorted(free, key=lambda one: (one.travel.get(visit.site, 0.0), one.code))
    team = [one for one in near if one.leads][:1]
    for need in sorted(visit.needs):
        if team and not any(need in one.competences for one in team):
            team += [one for one in near if need in one.competences and one not in team][:1]
    held = all(any(need in one.competences for one in team) for need in visit.needs)
    return team if team and held and len(team) <= MOST_AUDITORS else []
