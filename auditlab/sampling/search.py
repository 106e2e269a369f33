"""The smallest size that answers a question, by bisection: never by counting up."""

from __future__ import annotations

import math

from auditlab.sampling.question import Question

_LARGEST = 2**40  # no audit draws more; a search that gets here has no answer a person could use
_MOST_UNEVEN = 2_000  # steps; more would mean rates that differ by less than a millionth


def smallest_size(asked: Question) -> int | None:
    """The smallest size with which the question is answered; ``None`` where there is none.

    With a fixed or fractional number of deviations the chance falls with every record more, so
    bisection finds the size. Where the number accepted is the expected rate rounded up, the chance
    jumps with each deviation more: the step is found first, then the size inside it.
    """
    if asked.fractional or asked.count is not None:
        return _bisected(asked, low=1, high=_first_power(asked))
    accept = _first_step(asked)
    if accept is None:
        return None
    return _bisected(asked, low=_last(asked, accept - 1) + 1, high=_last(asked, accept))


def _holds(asked: Question, n: int) -> bool:
    # A sample of which every record may deviate is none, however strong the prior.
    return asked.found(n) < n and asked.model.holds(asked.found(n), n, risk=asked.risk)


def _bisected(asked: Question, *, low: int, high: int | None) -> int | None:
    if high is None:
        return None
    while low < high:
        middle = (low + high) // 2
        if _holds(asked, middle):
            high = middle
        else:
            low = middle + 1
    return low


def _first_power(asked: Question) -> int | None:
    """A size that holds: the first power of two, or the whole population."""
    largest = asked.model.largest
    if largest is not None:
        return largest if _holds(asked, largest) else None
    size = 1
    while not _holds(asked, size):
        size *= 2
        if size > _LARGEST:
            return None
    return size


def _last(asked: Question, accept: int) -> int:
    """The largest size of which so many deviations are the expected ones [records]."""
    return min(math.floor(accept / asked.expected), asked.model.largest or _LARGEST)


def _first_step(asked: Question) -> int | None:
    """The smallest number of accepted deviations with which some size holds."""
    most = math.ceil(asked.expected * (asked.model.largest or _LARGEST))

    def holds(accept: int) -> bool:
        return _holds(asked, _last(asked, accept))

    high = 1
    while high < most and not holds(high):
        high = min(2 * high, most)
    slack = _unevenness(asked)
    # The last step of a population is cut short and may fail where the one before it holds.
    tried = slack if asked.model.largest else 1
    high = next((accept for accept in range(high, max(high - tried, 0), -1) if holds(accept)), 0)
    if not high:
        return None
    low = 1
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return next(accept for accept in range(max(1, low - slack), low + 1) if holds(accept))


def _unevenness(asked: Question) -> int:
    """Steps over which the chance may rise again, because sizes are whole numbers.

    The sizes of a rate p / q repeat their pattern after p steps; and a step gains more than the
    rounding of one record can lose after t e / (t - e) steps.
    """
    lost = math.ceil(2 * asked.tolerable * asked.expected / (asked.tolerable - asked.expected)) + 3
    return min(asked.expected.numerator, lost, _MOST_UNEVEN) + 1
