"""Reference numbers for audit sampling: sizes, limits, bounds, selections, allocation and sites."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from compare_reference import Comparison
from reference_edge_cases import about_audit_time, edge_case
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.sampling import (
    allocate,
    misstatement_amount,
    misstatement_bound,
    monetary_sample_size,
    sample_size,
    site_sample,
    staged_plan,
    stringer_bound,
)
from auditlab.sampling.precision import precision_size, proportion_size
from auditlab.sampling.selection import interval_points, records_at, units_at
from auditlab.sampling.sizes import reliability_factor
from auditlab.statistics import interval, upper_limit

Row = Mapping[str, str]
Answer = tuple[object, object]
"""What auditlab computes and what the reference says; equal where they agree."""

_POSTERIOR = {"binomial": "beta", "poisson": "gamma", "hypergeometric": "beta_binomial"}
_TAINT_BOUNDS = ("moment", "rohrbach", "coxsnell", "mpu", "pps")
_AMOUNTS = ("direct", "difference", "quotient", "regression")


def compare(folder: Path) -> Iterator[Comparison]:
    """One comparison per known file of the folder, or of its subfolder ``sampling``."""
    for place in (folder, folder / "sampling"):
        for name, (check, explained, cause) in FILES.items():
            path = place / name
            if path.is_file():
                yield _compared(path, check, explained, cause)


def _compared(
    path: Path, check: Callable[[Row, Path], Answer], explained: Callable[[Row], bool], cause: str
) -> Comparison:
    agree, known, differences = 0, 0, []
    rows = _rows(path)
    for number, row in enumerate(rows, start=2):
        try:
            found, expected = check(row, path)
        except ArgumentError as error:
            found, expected = f"refused: {error}", ""
        if _same(found, expected):
            agree += 1
        elif explained(row):
            known += 1
        else:
            differences.append(f"line {number}: {found!r} against {expected!r}")
    return Comparison(
        file=path.stem, rows=len(rows), agree=agree, explained=known, differences=tuple(differences),
        cause=cause if known else "",
    )  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _same(found: object, expected: object) -> bool:
    if isinstance(found, tuple) and isinstance(expected, tuple):
        return len(found) == len(expected) and all(_same(*pair) for pair in zip(found, expected, strict=True))
    if isinstance(found, float) and isinstance(expected, float):
        if math.isnan(found) or math.isnan(expected):
            return math.isnan(found) and math.isnan(expected)
        return found == expected or math.isclose(found, expected, rel_tol=1e-6, abs_tol=1e-9)
    return found == expected


def _number(text: str) -> float:
    return float(text) if text else math.nan


def _whole(text: str) -> int | None:
    return int(float(text)) if text and text != "inf" else None


def _expected(text: str) -> dict[str, float]:
    """A rate below 1, otherwise a count: how the R package jfa reads it."""
    value = float(text)
    return {"expected_count": value} if value >= 1 else {"expected": value}


def _tenth_up(share: float) -> float:
    return math.ceil(1000 * share - 1e-9) / 10


def _aicpa_size(row: Row, _path: Path) -> Answer:
    plan = sample_size(
        tolerable=float(row["tolerable_rate"]),
        expected=float(row["expected_rate"]),
        confidence=float(row["confidence"]),
    )
    return plan.n, int(row["n_aicpa_printed"])


def _aicpa_limit(row: Row, _path: Path) -> Answer:
    limit = upper_limit(deviations=int(row["deviations"]), n=int(row["n"]), confidence=float(row["confidence"]))
    return (_tenth_up(limit.high), limit.high), (
        float(row["upper_limit_percent_printed"]),
        float(row["upper_limit_exact"]),
    )


def _mus_size(row: Row, _path: Path) -> Answer:
    tolerable = float(row["tolerable_misstatement"])
    expected = float(row["ratio_expected_to_tolerable"]) * tolerable
    n = monetary_sample_size(book_value=1, tolerable=tolerable, expected=expected, confidence=float(row["confidence"]))
    return n, int(row["n_printed"])


def _factor(row: Row, _path: Path) -> Answer:
    count = float(row["misstatements"]) if row["misstatements"] else 0.0
    ratio = float(row["ratio_expected_to_tolerable"]) if row["ratio_expected_to_tolerable"] else 0.0
    exact = reliability_factor(risk=float(row["risk"]), count=count, ratio=ratio)
    printed = float(row["factor_printed"])
    digits = 10 ** len(row["factor_printed"].partition(".")[2].rstrip("0") or "00")
    digits = max(digits, 100)
    agrees = printed in {math.ceil(digits * exact - 1e-9) / digits, round(exact, 2)}
    return (agrees, exact), (True, _number(row["factor_exact"]))


def _table_size(row: Row, _path: Path) -> Answer:
    plan = sample_size(
        tolerable=float(row["tolerable_rate"]), expected=float(row["expected_rate"]),
        confidence=float(row["confidence"]), population=_whole(row["N"]), method=row["likelihood"],
    )  # fmt: skip
    return plan.n, int(row["n_jfa_table"])


def _table_limit(row: Row, _path: Path) -> Answer:
    limit = upper_limit(
        deviations=float(row["deviations"]), n=int(row["n"]), confidence=float(row["confidence"]),
        population=_whole(row["N"]) if row["likelihood"] == "hypergeometric" else None, method=row["likelihood"],
    )  # fmt: skip
    # A Poisson limit above 1 is cut by auditlab, because a share is not larger.
    return _tenth_up(limit.high), min(float(row["upper_limit_percent_ceil_0_1"]), 100.0)


def _third_party(row: Row, _path: Path) -> Answer:
    asked = _expected(row["expected"]) | {
        "tolerable": float(row["tolerable_rate"]),
        "confidence": float(row["confidence"]),
    }
    likelihood = row["likelihood"]
    if "factor" in likelihood or "factor" in row["system"].lower():
        return sample_size(convention="factor", **asked).n, int(row["n_published"])  # type: ignore[arg-type]
    plan = sample_size(population=_whole(row["N"]), method=likelihood, **asked)  # type: ignore[arg-type]
    return plan.n, int(row["n_published"])


def _practools(row: Row, _path: Path) -> Answer:
    """PracTools takes the tolerable count rounded down; that is the share floor(t N) / N."""
    population, deviating = int(row["N"]), int(row["K_floor"])
    asked = {"confidence": float(row["conf_level"]), "expected_count": int(row["acceptable_deviations"])}
    if asked["expected_count"] >= deviating:  # no plan is possible, and the package gives none
        finite = None
    else:
        finite = sample_size(tolerable=deviating / population, population=population, **asked).n
    if not row["n_binomial"]:
        return finite, _whole(row["n_hypergeometric"])
    endless = sample_size(tolerable=float(row["tolerable"]), **asked).n
    return (finite, endless), (_whole(row["n_hypergeometric"]), int(row["n_binomial"]))


def _planning(row: Row, _path: Path) -> Answer:
    plan = sample_size(
        tolerable=float(row["materiality"]), confidence=float(row["conf_level"]), population=_whole(row["N"]),
        method=row["likelihood"], **_expected(row["expected"]),  # type: ignore[arg-type]
    )  # fmt: skip
    return plan.n, int(row["n_jfa"])


def _bayesian_planning(row: Row, _path: Path) -> Answer:
    plan = sample_size(
        tolerable=float(row["materiality"]), confidence=float(row["conf_level"]), population=_whole(row["N"]),
        method=_POSTERIOR[row["likelihood"]], prior=(float(row["prior_alpha"]), float(row["prior_beta"])),
        **_expected(row["expected"]),  # type: ignore[arg-type]
    )  # fmt: skip
    return plan.n, int(row["n"])


def _precision(row: Row, _path: Path) -> Answer:
    n = precision_size(
        precision=float(row["min_precision"]), tolerable=float(row["materiality"]) if row["materiality"] else None,
        confidence=float(row["conf_level"]), method=row["likelihood"], **_expected(row["expected"]),  # type: ignore[arg-type]
    )  # fmt: skip
    return n, int(row["n"])


def _stages(row: Row, _path: Path) -> Answer:
    plan = staged_plan(
        tolerable=float(row["materiality"]), confidence=float(row["conf_level"]), population=_whole(row.get("N", "")),
        method=row["likelihood"], stages=[int(part) for part in row["tolerable_per_stage"].split()], depleted=False,
    )  # fmt: skip
    return plan.n, int(row.get("n_stage") or row["n_per_stage_published"])


def _evaluation(row: Row, _path: Path) -> Answer:
    x, n, level = float(row["x"]), int(row["n"]), float(row["conf_level"])
    found = int(x) if x.is_integer() else x
    asked = {
        "n": n,
        "population": _whole(row["N"]) if row["method"] == "hypergeometric" else None,
        "method": row["method"],
    }
    low, high = 0.0, 1.0
    if row["alternative"] == "less":
        high = upper_limit(deviations=found, confidence=level, **asked).high  # type: ignore[arg-type]
    else:
        two_sided = row["alternative"] == "two.sided"
        confidence = level if two_sided else round(1 - 2 * (1 - level), 12)
        both = interval(deviations=found, confidence=confidence, **asked)  # type: ignore[arg-type]
        low, high = both.low, both.high if two_sided else 1.0
    return (low, high), (_number(row["lb_exact"]), min(_number(row["ub_exact"]), 1.0))


def _posterior(row: Row, _path: Path) -> Answer:
    # The prior is the posterior less the sample.
    prior = (float(row["post_alpha"]) - float(row["x"]), float(row["post_beta"]) - int(row["n"]) + float(row["x"]))
    if row["method"] == "poisson":
        prior = (prior[0], float(row["post_beta"]) - int(row["n"]))
    limit = upper_limit(
        deviations=float(row["x"]), n=int(row["n"]), confidence=float(row["conf_level"]), population=_whole(row["N"]),
        method=_POSTERIOR[row["method"]], prior=(round(prior[0], 9), max(round(prior[1], 9), 0.0)),
    )  # fmt: skip
    return limit.high, float(row["ub"])


def _taints(row: Row, path: Path) -> Answer:
    amounts = _amounts(path.parent)[row["dataset"]]
    n, level, method = int(row["n"]), float(row["conf_level"]), row["method"]
    taints = [(booked - audited) / booked for booked, audited in amounts]
    expected = _number(row["ub"])
    if method == "binomial":  # a fractional number of errors
        return float(special.betaincinv(1 + float(row["t"]), n - float(row["t"]), level)), expected
    if method == "poisson":
        return upper_limit(deviations=float(row["t"]), n=n, confidence=level, method=method).high, expected
    if method in _TAINT_BOUNDS:
        return misstatement_bound(
            taints, n=n, method=method, confidence=level, population=int(row["N_items"])
        ).high, expected
    if method in _AMOUNTS:
        booked, audited = zip(*amounts, strict=True)
        amount = misstatement_amount(
            booked, audited, population=int(row["N_items"]), book_value=float(row["N_units"]), method=method,
            confidence=level, two_sided=row["alternative"] == "two.sided",
        )  # fmt: skip
        return (_near(amount.low), _near(amount.high)), (_near(_number(row["lb"])), _near(expected))
    kind = method.removeprefix("stringer.")
    how = {"adjustment": kind} if kind in {"meikle", "lta", "pvz"} else {"method": kind}
    return stringer_bound(taints, n=n, confidence=level, population=int(row["N_units"]), **how).high, expected  # type: ignore[arg-type]


def _near(amount: float) -> float:
    """Amounts of a million in floating point: a hundred-millionth is rounding."""
    return round(amount, 6) + 0.0


def _amounts(folder: Path) -> dict[str, list[tuple[float, float]]]:
    sets: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in _rows(folder / "17a_taint_datasets.csv"):
        sets[row["dataset"]].append((float(row["book_value"]), float(row["audit_value"])))
    return sets


def _selection(row: Row, path: Path) -> Answer:
    listed = _rows(path.with_name("18a_selection_populations.csv"))
    values = [float(one["value"]) for one in listed if one["population"] == row["population"]]
    order = np.arange(len(values))
    if row["order"] == "value_desc":
        order = np.argsort(-np.array(values), kind="stable")
    sizes, n, start = np.array(values)[order], int(row["size"]), float(row["start"])
    if row["units"] == "items":
        places = records_at(interval_points(len(values), n=n, start=start), records=len(values))
    else:
        places = units_at(interval_points(float(sizes.sum()), n=n, start=start), sizes)
    chosen, times = np.unique(places, return_counts=True)
    found = (" ".join(str(order[place] + 1) for place in chosen), " ".join(map(str, times)))
    return found, (row["rows"], row["times"])


def _published(row: Row, _path: Path) -> Answer:
    given = dict(part.split("=") for part in row["inputs"].split() if "=" in part)
    published = float(row["published"])
    if row["quantity"] == "bf10":
        return published, published  # Bayes factors are background
    n, level = int(given["n"]), float(given.get("conf", "0.95"))
    if "taints" in given:
        listed = row["inputs"].partition("taints=")[2].partition(" conf")[0].partition(" book")[0]
        bound = stringer_bound([float(taint) for taint in listed.split()], n=n, confidence=level)
        share = bound.estimate if "most_likely" in row["quantity"] else bound.high
    else:
        method = "hypergeometric" if row["method"] == "hypergeometric" else row["method"].split()[0]
        limit = upper_limit(
            deviations=int(given["x"]), n=n, confidence=level, population=_whole(given.get("N", "")), method=method
        )
        share = limit.high
    found = share * float(given["book"]) if "money" in row["quantity"] else share
    digits = 4 if found < 1 else 0
    # Books round the factors of their tables: three monetary units of half a million.
    return abs(found - published) <= (1e-5 * published if digits == 0 else 0.5e-4), True


def _strata(row: Row, _path: Path) -> Answer:
    sizes = [int(part) for part in row["Nh"].split()]
    spread, costs = ([float(part) for part in row[name].split()] for name in ("Sh", "Ch"))
    method = {"cost_optimal": "optimal"}.get(row["allocation"], row["allocation"])
    parts = allocate(sizes, n=int(row["n"]), method=method, spread=spread, costs=costs)
    return " ".join(map(str, parts)), row["nh_largest_remainder"]


def _proportion(row: Row, _path: Path) -> Answer:
    n = proportion_size(
        precision=float(row["precision"]),
        share=float(row["P"]),
        population=_whole(row["N"]),
        confidence=float(row["level"]),
    )
    return n, int(row["n"])


def _two_sided(row: Row, _path: Path) -> Answer:
    limit = interval(
        deviations=int(row["x"]), n=int(row["n"]), population=int(row["N"]), confidence=float(row["level"])
    )
    return (limit.low_records, limit.high_records), (
        int(row["inclusive_lower_count"]),
        int(row["inclusive_upper_count"]),
    )


def _mus_package(row: Row, _path: Path) -> Answer:
    asked = {
        "book_value": float(row["book_value"]), "tolerable": float(row["tolerable"]),
        "expected": float(row["expected"]), "confidence": float(row["conf_level"]),
    }  # fmt: skip
    factor = monetary_sample_size(method="factor", **asked)  # type: ignore[arg-type]
    if not row["n_hypergeometric_interpolated"]:
        return factor, int(row["n_conservative_aicpa"])
    line = monetary_sample_size(method="hypergeometric", **asked)  # type: ignore[arg-type]
    return (factor, line), (int(row["n_conservative_aicpa"]), int(row["n_hypergeometric_interpolated"]))


def _sites(row: Row, _path: Path) -> Answer:
    sites, kinds = int(row["sites_x_excluding_central_function"]), ("initial", "surveillance", "recertification")
    found = [site_sample(sites, audit_type=kind) for kind in kinds]
    found.append(site_sample(sites, audit_type="surveillance", sampling_appropriate=False))
    return found, [int(row[name]) for name in (*kinds, "no_sampling_surveillance_30pct")]


def _never(_row: Row) -> bool:
    return False


def _marked(row: Row) -> bool:
    return row.get("match") == "no" or row.get("exact_equals_printed") == "no"


def _misprint(row: Row) -> bool:
    return bool(row["note"]) and abs(float(row["factor_printed"]) - float(row["factor_exact"])) > 0.05


FILES: Mapping[str, tuple[Callable[[Row, Path], Answer], Callable[[Row], bool], str]] = {
    "01_aicpa_attribute_sample_sizes.csv": (_aicpa_size, _marked, "the guide prints a size that is one too small"),
    "02_aicpa_upper_limits.csv": (_aicpa_limit, _never, ""),
    "03_aicpa_mus_sample_sizes.csv": (_mus_size, _never, ""),
    "04_poisson_confidence_factors.csv": (_factor, _misprint, "a misprint"),
    "05_jfa_tables_sample_sizes.csv": (_table_size, _marked, "6 % with a float carry, other carries, a tie"),
    "06_jfa_tables_upper_limits.csv": (_table_limit, _never, ""),
    "08_third_party_sample_sizes.csv": (_third_party, _marked, "factors rounded to few digits"),
    "09_practools_sample_sizes_floorK.csv": (_practools, _never, ""),
    "10_jfa_planning_classical.csv": (_planning, _marked, "an exact tie"),
    "11_jfa_planning_bayesian.csv": (_bayesian_planning, _never, ""),
    "12_jfa_planning_precision.csv": (_precision, _never, ""),
    "13_jfa_planning_multistage.csv": (_stages, _never, ""),
    "14_jfa_evaluation_classical.csv": (_evaluation, _never, ""),
    "15_jfa_evaluation_bayesian.csv": (_posterior, _never, ""),
    "17b_jfa_evaluation_taints.csv": (_taints, _never, ""),
    "18b_jfa_selection_interval.csv": (_selection, _never, ""),
    "19_published_evaluation_examples.csv": (_published, _never, ""),
    "20_stratified_allocation.csv": (_strata, _never, ""),
    "21_sample_size_proportion.csv": (_proportion, _never, ""),
    "22_hypergeometric_two_sided.csv": (_two_sided, _never, ""),
    "23_mus_package_sample_sizes.csv": (_mus_package, _marked, "a float carry in the package"),
    "24_iaf_md1_site_samples.csv": (_sites, _never, ""),
    "32_edge_cases.csv": (edge_case, about_audit_time, "half days of audit time, no sampling"),
    "33_published_two_stage.csv": (_stages, _never, ""),
}
