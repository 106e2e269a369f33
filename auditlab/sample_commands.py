"""Floor 8, the door to samples: how many, which ones, was it the sealed list, and what may now be said."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from auditlab.errors import ParameterError
from auditlab.sample_inputs import numbers_in, population_table, run_table, secret_seed
from auditlab.terminal import say

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Samples: size, draw, reveal, evaluate and sites.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of sentences.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the trace of an error.")]
Tolerable = Annotated[
    float, typer.Option("--tolerable", help="Share that must be ruled out, e.g. 0.05; with mus an amount of money.")
]
Confidence = Annotated[float, typer.Option("--confidence", help="One-sided, e.g. 0.95.")]
Convention = Annotated[str, typer.Option("--convention", help="reaches, exceeds or factor.")]


MONEY = "mus"
"""Method of samples along money: sizes, fixed-interval draws and Stringer's bound."""


@app.command()
def size(  # noqa: PLR0917  # typer reads options from the signature
    tolerable: Tolerable,
    expected: Annotated[float, typer.Option("--expected", help="Expected share; with mus an amount.")] = 0.0,
    expected_count: Annotated[float | None, typer.Option("--expected-count", help="Expected deviations.")] = None,
    confidence: Confidence = 0.95,
    population: Annotated[int | None, typer.Option("--population", help="Records drawn from.")] = None,
    method: Annotated[
        str | None,
        typer.Option("--method", help="hypergeometric, binomial, poisson, beta, beta_binomial, gamma, mus."),
    ] = None,
    prior: Annotated[str, typer.Option("--prior", help="Two numbers, e.g. 1,30.")] = "1,1",
    convention: Convention = "reaches",
    stages: Annotated[str | None, typer.Option("--stages", help="Deviations per stage, e.g. 1,0.")] = None,
    book_value: Annotated[float | None, typer.Option("--book-value", help="With mus: sum of all amounts.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """How many records, with the proof that one fewer would not do."""
    from auditlab.sampling import sample_size, staged_plan  # noqa: PLC0415  # "auditlab --help" stays quick
    from auditlab.sampling.wording import records  # noqa: PLC0415

    if method == MONEY:
        _money_size(tolerable, expected, confidence, _given(book_value, "--book-value"), as_json=as_json)
        return
    if stages is not None:
        counts = [int(stage) for stage in numbers_in(stages, name="--stages")]
        staged = staged_plan(
            tolerable=tolerable, confidence=confidence, population=population, method=method, stages=counts,
            convention=convention,
        )  # fmt: skip
        words = f"{records(staged.n)} in each of {len(staged.stages)} stages. {staged.proof}"
        _answer(dataclasses.asdict(staged), words, as_json=as_json)
        return
    weights = numbers_in(prior, name="--prior")
    if len(weights) != 2:  # a prior has two parameters
        raise ParameterError(f"--prior is '{prior}'. Give two numbers, e.g. 1,30.")
    plan = sample_size(
        tolerable=tolerable, expected=expected, expected_count=expected_count, confidence=confidence,
        population=population, method=method, prior=(weights[0], weights[1]), convention=convention,
    )  # fmt: skip
    accepted = f"up to {plan.accept} deviation{'' if plan.accept == 1 else 's'} accepted"
    _answer(dataclasses.asdict(plan), f"{records(plan.n)}, {accepted}. {plan.proof}", as_json=as_json)


@app.command()
def draw(  # noqa: PLR0917  # as above
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The population as .csv or .xlsx (first sheet).")],
    identifier: Annotated[str, typer.Option("--id", help="Column of identifiers.")],
    n: Annotated[int, typer.Option("--n", help="Records to draw.")],
    engagement: Annotated[Path, typer.Option("--engagement", help="Folder whose auditlab.toml holds the seed.")],
    population: Annotated[str, typer.Option("--population", help="Name of the population; part of the draw.")],
    method: Annotated[
        str, typer.Option("--method", help="random, systematic, stratified, pps, cell or mus (pps along amounts).")
    ] = "random",
    size_column: Annotated[str | None, typer.Option("--size", help="Column of sizes.")] = None,
    strata: Annotated[str | None, typer.Option("--strata", help="Column of strata.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Draw records with the secret seed of the engagement; the output stays with the audit team."""
    from auditlab.sampling import draw as drawn  # noqa: PLC0415  # "auditlab --help" stays quick
    from auditlab.sampling import seal  # noqa: PLC0415
    from auditlab.seeds import derived_seed  # noqa: PLC0415

    seed = secret_seed(engagement)
    frame = population_table(file)
    listed = drawn(
        frame, id=identifier, n=n, seed=derived_seed(seed, purpose=population),
        method="pps" if method == MONEY else method, size=size_column, strata=strata,
    )  # fmt: skip
    sealed = seal(listed[identifier].astype("str").tolist(), seed=seed, population=population)
    facts = dataclasses.asdict(sealed) | {"method": method, "drawn": json.loads(listed.to_json(orient="records"))}
    first = f"{sealed.items} of {len(frame)} records; hash of the list {sealed.list_hash}"
    beside = [column for column in (strata, size_column) if column]
    words = [", ".join([str(row[identifier]), *(str(row[column]) for column in beside), *_times(row)])
             for row in listed.to_dict("records")]  # fmt: skip
    _answer(facts, "\n".join([first, *words]), as_json=as_json)


@app.command()
def reveal(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the run that sealed the list.")],
    engagement: Annotated[Path, typer.Option("--engagement", help="Folder whose auditlab.toml holds the seed.")],
    as_json: AsJson = False,  # noqa: FBT002
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Open the sealed lists of a run and check them against the hashes of its plan."""
    from auditlab.sampling import canonical_list, list_nonce, verify_seal  # noqa: PLC0415  # as above

    samples, listed, seed = run_table(run, "record_samples"), run_table(run, "record_list"), secret_seed(engagement)
    opened = []
    if samples.loc[samples["chosen"], "list_hash"].isna().any():
        raise ParameterError(
            f"{run} was made without a secret seed, so its lists were not sealed. Nothing can be opened."
        )
    for name, expected in samples.loc[samples["chosen"], ["population", "list_hash"]].itertuples(index=False):
        own = listed.loc[listed["population"] == name].reindex(columns=["item", "part", "order", "stratum"])
        opened.append({
            "population": name, "list_hash": expected, "nonce": list_nonce(seed, population=name),
            "list": canonical_list(own, population=name),
            "holds": verify_seal(own, list_hash=expected, seed=seed, population=name),
        })  # fmt: skip
    words = [
        f"{'The seal holds' if one['holds'] else 'THE SEAL DOES NOT HOLD'}: {one['population']}\n"
        f"SHA-256 of the list and the nonce {one['nonce']} is {'' if one['holds'] else 'not '}{one['list_hash']}\n"
        f"{one['list']}"
        for one in opened
    ]
    _answer({"lists": opened}, "\n".join(words), as_json=as_json)
    raise typer.Exit(0 if all(one["holds"] for one in opened) else 1)


@app.command()
def evaluate(  # noqa: PLR0917  # as above
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK", help="The filled-in sampling.xlsx; with mus a table of amounts.")
    ],
    run: Annotated[Path | None, typer.Option("--run", help="Folder of the run that drew the list.")] = None,
    engagement: Annotated[Path | None, typer.Option("--engagement", help="Folder with the seed.")] = None,
    method: Annotated[str | None, typer.Option("--method", help="mus: a sample along money, by Stringer.")] = None,
    booked: Annotated[str, typer.Option("--booked", help="With mus: column of the amount in the books.")] = "booked",
    audited: Annotated[str, typer.Option("--audited", help="With mus: column of the right amount.")] = "audited",
    times: Annotated[str | None, typer.Option("--times", help="With mus: column of points per record.")] = None,
    book_value: Annotated[float | None, typer.Option("--book-value", help="With mus: sum of all amounts.")] = None,
    confidence: Confidence = 0.95,
    as_json: AsJson = False,  # noqa: FBT002
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """What the filled-in worksheets say, and what may not be said; with mus how much money may be wrong."""
    if method is not None:
        if method != MONEY:
            raise ParameterError(f"There is no method '{method}' here. Use mus, or none for worksheets.")
        value = _given(book_value, "--book-value")
        _money_result(
            workbook, booked=booked, audited=audited, times=times, value=value, confidence=confidence, as_json=as_json
        )
        return
    from auditlab.publish.worksheets import evaluated_file  # noqa: PLC0415  # as above

    results = evaluated_file(workbook, run=run, seed=secret_seed(engagement) if engagement else None)
    words = [
        f"{row['population']}, {row['part']}, {row['attribute']} ({row['state']}): "
        f"{row['sentence']} {row['not_to_say']}" + (f" [{row['note']}]" if row["note"] else "")
        for row in results.evaluation.to_dict("records")
    ]
    facts = {
        "evaluation": json.loads(results.evaluation.to_json(orient="records")),
        "replacements": json.loads(results.replacements.to_json(orient="records")),
    }
    _answer(facts, "\n".join(words), as_json=as_json)


def _money_size(tolerable: float, expected: float, confidence: float, value: float, *, as_json: bool) -> None:
    from auditlab.sampling import monetary_sample_size  # noqa: PLC0415  # as above

    n = monetary_sample_size(book_value=value, tolerable=tolerable, expected=expected, confidence=confidence)
    facts = {
        "n": n, "interval": value / n, "book_value": value, "tolerable": tolerable, "expected": expected,
        "confidence": confidence, "method": "poisson",
    }  # fmt: skip
    words = f"{n} points along {value:,.2f}, one every {value / n:,.2f}. Larger amounts are examined for certain."
    _answer(facts, words, as_json=as_json)


def _money_result(
    file: Path, *, booked: str, audited: str, times: str | None, value: float, confidence: float, as_json: bool
) -> None:
    from auditlab.sampling import money_result  # noqa: PLC0415  # as above

    found = money_result(
        population_table(file), booked=booked, audited=audited, times=times, book_value=value, confidence=confidence
    )
    _answer(dataclasses.asdict(found), f"{found.sentence} {found.not_to_say}", as_json=as_json)


def _times(row: Mapping[object, object]) -> list[str]:
    """How often a record was hit, where more than once."""
    return [f"{row['times']} points"] if int(str(row.get("times", 1))) > 1 else []


def _given(value: float | None, name: str) -> float:
    if value is None:
        raise ParameterError(f"A sample along money needs {name}: the sum of all amounts, e.g. {name} 250000.")
    return value


@app.command()
def sites(
    engagement: Annotated[Path, typer.Argument(metavar="ENGAGEMENT", help="Folder with the list of sites.")],
    audit_type: Annotated[str | None, typer.Option("--type", help="initial, surveillance, recertification.")] = None,
    no_sampling: Annotated[bool, typer.Option("--no-sampling", help="The sites do not do the same work.")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Which sites the next audit visits, and by which rule."""
    from auditlab.intake import open_engagement  # noqa: PLC0415  # as above
    from auditlab.sampling import site_plan_of  # noqa: PLC0415
    from auditlab.signals import worse_signals  # noqa: PLC0415
    from auditlab.standard.programme import SITE_SAMPLED  # noqa: PLC0415

    lab = open_engagement(engagement)
    if not lab.has("sites"):
        raise ParameterError(f"{engagement} holds no list of sites. Hand it over as a table with site and central.")
    kind = audit_type or str(lab.settings.next_audit.type)
    if kind not in SITE_SAMPLED:
        known = ", ".join(sorted(SITE_SAMPLED))
        raise ParameterError(f"There is no rule for sites of the audit type '{kind}'. It knows {known}.")
    plan = site_plan_of(lab, signals=worse_signals(lab), audit_type=kind, sampling_appropriate=not no_sampling)
    words = [
        f"{row['site']}: {row['how'] if row['selected'] else 'not visited'}; {row['reason']}"
        for row in plan.to_dict("records")
    ]
    rules = sorted(set(plan["rule"]))
    _answer({"sites": json.loads(plan.to_json(orient="records"))}, "\n".join([*rules, *words]), as_json=as_json)


def _answer(facts: Mapping[str, object], words: str, *, as_json: bool) -> None:
    say(json.dumps(_plain(facts), indent=2, ensure_ascii=False, allow_nan=False) if as_json else words)


def _plain(value: object) -> object:
    """A value as JSON knows it: what is not a number is nothing."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
