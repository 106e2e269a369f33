"""The smallest size that answers a question, by bisection: never by counting up."""

from __future__ import annotations

import math
from collections.abc import Callable

from auditlab.sampling.question import Question

_LARGEST = 2**40  # no audit draws more; a search that gets here has no answer a person could use
_MOST_UNEVEN = 2_000  # steps; more would mean rates that differ by less than a millionth


def smallest_size(asked: Question) -> int | None:
    """The smallest size with which the question is answered; ``None`` where there is none.

    With a fixed or fractional number of deviations the chance falls with every record more, so
    bisection finds the size. Where the number accepted is the expected rate rounded up, the chance
    jumps with each deviation more: the step is found first, then the size inside it.
    """
    model, largest = asked.model, asked.model.largest

    def holds(n: int) -> bool:
        # A sample of which every record may deviate is none, however strong the prior.
        found = asked.found(n)
        return found < n and model.holds(found, n, risk=asked.risk)

    def last(accept: int) -> int:
        """The largest size of which so many deviations are the expected ones [records]."""
        rate = asked.expected
        return min(accept * rate.denominator // rate.numerator, largest or _LARGEST)

    if asked.fractional or asked.count is not None:
        high = _first_power(holds, largest)
        return None if high is None else bisected(holds, low=1, high=high)
    most = math.ceil(asked.expected * (largest or _LARGEST))
    accept = _first_step(lambda step: holds(last(step)), most, slack=_unevenness(asked), cut_short=largest is not None)
    return None if accept is None else bisected(holds, low=last(accept - 1) + 1, high=last(accept))


def bisected(holds: Callable[[int], bool], *, low: int, high: int) -> int:
    """The smallest number that holds, where all above it hold too."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _first_power(holds: Callable[[int], bool], largest: int | None) -> int | None:
    """A size that holds: the first power of two, or the whole population."""
    if largest is not None:
        return largest if holds(largest) else None
    size = 1
    while not holds(size):
        size *= 2
        if size > _LARGEST:
            return None
    return size


def _first_step(holds: Callable[[int], bool], most: int, *, slack: int, cut_short: bool) -> int | None:
    """The smallest number of accepted deviations with which some size holds."""
    high = 1
    while high < most and not holds(high):
        high = min(2 * high, most)
    # The last step of a population is cut short and may fail where the one before it holds.
    tried = slack if cut_short and high == most else 1
    high = next((accept for accept in range(high, max(high - tried, 0), -1) if holds(accept)), 0)
    if not high:
        return None
    low = bisected(holds, low=1, high=high)
    return next(accept for accept in range(max(1, low - slack), low + 1) if holds(accept))


def _unevenness(asked: Question) -> int:
    """Steps over which the chance may rise again, because sizes are whole numbers.

    The sizes of a rate p / q repeat their pattern after p steps; and a step gains more than the
    rounding of one record can lose after t e / (t - e) steps.
    """
    lost = math.ceil(2 * asked.tolerable * asked.expected / (asked.tolerable - asked.expected)) + 3
    return min(asked.expected.numerator, lost, _MOST_UNEVEN) + 1
