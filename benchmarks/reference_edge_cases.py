"""Edge cases of sampling: a case names its question in words, so each kind is read by its own expression."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from auditlab.errors import ArgumentError
from auditlab.sampling import allocate, sample_size, site_sample
from auditlab.statistics import interval

Row = Mapping[str, str]
Answer = tuple[object, object]
"""What auditlab computes and what the reference says; equal where they agree."""

_KINDS = ("initial", "surveillance", "recertification")


def edge_case(row: Row, _path: Path) -> Answer:
    """The answer of auditlab to one case, and that of the reference."""
    inputs, expected = row["inputs"], row["expected"]
    given = dict(re.findall(r"(\w+)=([\d.,]+)", inputs))
    kind = row["case"].partition("-")[0]
    if kind == "zero":
        return interval(deviations=int(given["x"]), n=int(given["n"])).low, float(expected)
    if kind == "two":
        both = interval(deviations=int(given["x"]), n=int(given["n"]), population=int(given["N"]))
        return [both.low_records, both.high_records], _counts(expected)
    if kind == "alloc":
        sizes = _counts(given["Nh"])
        return allocate(sizes, n=int(given["n"])), _counts(expected.partition(" (")[0])
    if kind == "md1":
        sites = int(given["x"])
        # Where the rule does not apply nothing is sampled: every site is visited.
        wanted = _counts(expected) if "initial" in expected else [sites] * len(_KINDS)
        return [site_sample(sites, audit_type=audit_type) for audit_type in _KINDS], wanted
    if about_audit_time(row):
        return None, expected
    return _size(inputs, given, expected)


def _counts(text: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", text)]


def _size(inputs: str, given: Mapping[str, str], expected: str) -> Answer:
    """The size (n, x) and the tolerable count (K) as far as the reference names them; refused where there is none."""
    wanted = dict(re.findall(r"(\w)=(?:ceil\([\d.]+\)=)?(\d+)", expected.partition(";")[0]))
    if expected.startswith("no "):
        wanted = {"refused": "1"}
    count = given.get("expected")
    try:
        plan = sample_size(
            tolerable=float(given["tolerable"]),
            confidence=float(given.get("conf", "0.95")),
            population=int(given["N"]) if "N" in given else None,
            method=inputs.split(maxsplit=1)[0],
            expected=float(given.get("expected_rate", "0")),
            expected_count=int(count) if count else None,
        )
    except ArgumentError:
        return {"refused": "1"}, wanted
    found = {"n": str(plan.n), "x": str(plan.accept), "K": str(plan.tolerable_count)}
    return {name: found.get(name, "planned") for name in wanted}, wanted


def about_audit_time(row: Row) -> bool:
    """Whether a case asks for audit time, which is no matter of sampling."""
    return row["case"].startswith("md5")
