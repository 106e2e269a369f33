"""A seeded portfolio of any size as canonical Parquet: planted outliers, confounded auditors, luck that goes back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from auditlab.standard.clauses import auditable_leaves, leaves_under
from auditlab.standard.programme import programme_rules

SECTORS = ("hosting", "finance", "health", "public", "logistics", "telecom", "retail", "energy")
SECTOR_FACTORS = (1.0, 0.8, 1.3, 1.1, 0.9, 1.0, 1.2, 0.85)
COUNTRIES = ("DE", "AT", "NL", "FR", "ES", "IT", "PL", "SE", "DK", "PT")
OFFICES = ("Nord", "West", "Sued")
TYPE_FACTORS = {"stage2": 1.4, "surveillance": 0.9, "recertification": 1.1}
BASE_RATE = 1.3  # nonconformities an auditor-day
FIRST_YEAR = 2015
FORGETFUL = 0.05  # share of the audits that leave something out, and of the majors closed late
TRANSITION = 2020  # from this year on audits are against the 2018 edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What was planted, to be found again."""

    outliers: tuple[str, ...]  # true rate higher than that of ordinary clients
    strict_auditors: tuple[str, ...]
    confounded_auditors: tuple[str, ...]  # audit their own clients and nobody else's
    as_of: str


def make_portfolio(
    folder: Path, *, clients: int, years: int = 10, seed: int = 1, outlier_share: float = 0.01, factor: float = 2.5,
    spread: float = 0.3, coverage_rows: int = 60,
) -> Planted:  # fmt: skip
    """Write ``<table>.parquet`` for every table into `folder`.

    Parameters
    ----------
    folder : Path
        Where.
    clients, years : int
        One audit a client and year.
    seed : int
        Of all randomness.
    outlier_share, factor : float
        Share of the clients whose true rate is higher, and how many times.
    spread : float
        Standard deviation of the log of the true rates of ordinary clients.
    coverage_rows : int
        Rows of the coverage of an audit [count].
    """
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    names = np.array([f"C{number:06}" for number in range(clients)])
    sector = random.integers(0, len(SECTORS), clients)
    true_rate = np.exp(random.normal(-(spread**2) / 2, spread, clients)) * np.array(SECTOR_FACTORS)[sector] * BASE_RATE
    planted = np.sort(random.choice(clients, max(1, round(outlier_share * clients)), replace=False))
    true_rate[planted] = np.array(SECTOR_FACTORS)[sector[planted]] * BASE_RATE * factor
    audits = _audits(random, names, years=years)
    leads, strict, confounded = _leads(random, audits, clients=clients)
    audits["lead"] = leads
    who = audits["client_no"].to_numpy()
    mean = true_rate[who] * audits["auditor_days"] * audits["type"].map(TYPE_FACTORS)
    mean = mean * np.where(audits["lead"].isin(strict), 1.4, 1.0) * np.where(audits["edition"] == "2011", 1.15, 1.0)
    counts = random.poisson(mean)
    findings = _findings(random, audits, counts)
    tables = {
        "clients": pd.DataFrame({
            "client": names, "name": [f"Client {name}" for name in names], "sector": np.array(SECTORS)[sector],
            "country": np.array(COUNTRIES)[random.integers(0, len(COUNTRIES), clients)],
            "office": np.array(OFFICES)[random.integers(0, len(OFFICES), clients)],
            "persons": random.integers(10, 2000, clients),
        }),
        "audits": audits.drop(columns=["client_no", "cycle_year"]),
        "findings": findings,
        "corrective_actions": _actions(random, findings, audits),
        "certificates": _certificates(names, years=years),
        "sites": _sites(names),
    }  # fmt: skip
    for table, frame in tables.items():
        frame.to_parquet(folder / f"{table}.parquet", index=False)
    _coverage(random, audits, folder / "coverage.parquet", rows=coverage_rows)
    return Planted(
        outliers=tuple(names[planted]), strict_auditors=tuple(strict), confounded_auditors=tuple(confounded),
        as_of=f"{FIRST_YEAR + years}-01-31",
    )  # fmt: skip


def _audits(random: np.random.Generator, names: np.ndarray, *, years: int) -> pd.DataFrame:
    number = np.repeat(np.arange(names.size), years)
    year = np.tile(np.arange(years), names.size)
    cycle_year = year % 3
    start = pd.to_datetime({"year": FIRST_YEAR + year, "month": 2 + number % 10, "day": 1 + number % 27})
    days = random.choice([1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 8.0], names.size)[number]
    kind = np.select([year == 0, cycle_year == 0], ["stage2", "recertification"], "surveillance")
    days = np.where(kind == "surveillance", days, 1.5 * days)
    return pd.DataFrame({
        "audit_id": [f"{names[n]}-{y:02}" for n, y in zip(number, year, strict=True)], "client": names[number],
        "client_no": number, "cycle_year": cycle_year, "type": kind, "start": start,
        "end": start + pd.to_timedelta(np.ceil(days / 2), unit="D"),
        "edition": np.where(FIRST_YEAR + year < TRANSITION, "2011", "2018"), "auditor_days": days,
        "sites": names[number] + "-HQ", "decision_date": (start + pd.Timedelta(days=45)).where(kind != "surveillance"),
    })  # fmt: skip


def _leads(
    random: np.random.Generator, audits: pd.DataFrame, *, clients: int
) -> tuple[np.ndarray, list[str], list[str]]:
    """Auditors rotate over the clients of a pool; a tenth of the clients have an auditor of their own."""
    auditors = max(20, clients // 40)
    pool = [f"Auditor {number}" for number in range(auditors)]
    lead = np.array(pool)[random.integers(0, auditors, len(audits))]
    owners = max(2, auditors // 10)
    own_client = random.choice(clients, clients // 10, replace=False)
    keeper = {int(client): f"Keeper {place % owners}" for place, client in enumerate(own_client)}
    kept = audits["client_no"].map(keeper)
    strict = [pool[place] for place in random.choice(auditors, max(1, auditors // 20), replace=False)]
    return np.where(kept.notna(), kept, lead), strict, sorted(set(keeper.values()))


def _findings(random: np.random.Generator, audits: pd.DataFrame, counts: np.ndarray) -> pd.DataFrame:
    improvements = random.poisson(1.5, len(audits))
    rows = np.repeat(np.arange(len(audits)), counts + improvements)
    place = np.arange(rows.size) - np.repeat(
        np.cumsum(counts + improvements) - counts - improvements, counts + improvements
    )
    leaves = np.array(auditable_leaves("2018"))
    clause = leaves[random.integers(0, leaves.size, rows.size)]
    is_nc = place < counts[rows]
    grade = np.where(is_nc, np.where(random.random(rows.size) < 0.04, "major", "minor"), "ofi")
    client = audits["client"].to_numpy()[rows]
    return pd.DataFrame({
        "finding_id": [f"F{number:08}" for number in range(rows.size)], "audit_id": audits["audit_id"].to_numpy()[rows],
        "client": client, "site": client + "-HQ", "clause_as_cited": clause, "edition": "2018", "clause": clause,
        "grade": grade,
    })  # fmt: skip


def _actions(random: np.random.Generator, findings: pd.DataFrame, audits: pd.DataFrame) -> pd.DataFrame:
    nc = findings[findings["grade"].isin(["major", "minor"])]
    end = nc["audit_id"].map(audits.set_index("audit_id")["end"])
    # A major is closed before the decision, 45 days after the audit, but for one in twenty.
    took = pd.Series(random.integers(20, 140, len(nc)), index=nc.index)
    quick = (nc["grade"] == "major") & (random.random(len(nc)) > FORGETFUL)
    took = took.mask(quick, pd.Series(random.integers(5, 25, len(nc)), index=nc.index))
    done = (end + pd.to_timedelta(took, unit="D")).where(random.random(len(nc)) > 0.02)
    return pd.DataFrame({
        "finding_id": nc["finding_id"], "client": nc["client"], "due_original": end + pd.Timedelta(days=90),
        "completed": done, "verified": done + pd.Timedelta(days=7),
    })  # fmt: skip


def _certificates(names: np.ndarray, *, years: int) -> pd.DataFrame:
    cycles = range(0, years, 3)
    decision = [
        pd.Timestamp(year=FIRST_YEAR + y, month=int(2 + n % 10), day=int(1 + n % 27)) + pd.Timedelta(days=45)
        for n in range(names.size)
        for y in cycles
    ]
    owner = np.repeat(names, len(cycles))
    decided = pd.Series(decision)
    return pd.DataFrame({
        "certificate_id": owner + "-" + decided.dt.year.astype("str"), "client": owner, "edition": "2018",
        "decision_date": decided, "expiry": decided + pd.DateOffset(years=3),
    })  # fmt: skip


def _sites(names: np.ndarray) -> pd.DataFrame:
    return pd.concat([
        pd.DataFrame({"client": names, "site": names + "-HQ", "central": True}),
        pd.DataFrame({"client": names, "site": names + "-S1", "central": False}),
    ], ignore_index=True)  # fmt: skip


def must_cover_leaves() -> list[str]:
    """The leaves that every surveillance covers, by the rules of the programme."""
    rules = programme_rules()
    clauses = rules.loc[rules["rule"] == "surveillance_must_cover", "clauses"].dropna()
    return [leaf for group in clauses for clause in group.split(";") if clause for leaf in leaves_under(clause)]


def _coverage(random: np.random.Generator, audits: pd.DataFrame, path: Path, *, rows: int) -> None:
    """Written in slices, so that the maker needs no more memory than the engine."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    writer: pq.ParquetWriter | None = None
    for begin in range(0, len(audits), 5000):
        for edition, part in audits.iloc[begin : begin + 5000].groupby("edition", sort=True):
            clauses, second = _examined(random, str(edition), len(part), rows=rows)
            # Now and then an audit does not get to the second site.
            second &= (random.random(len(part)) > FORGETFUL)[:, None]
            audit = np.repeat(part["audit_id"].to_numpy(), clauses.shape[1])
            client = np.repeat(part["client"].to_numpy(), clauses.shape[1])
            table = pa.table({
                "audit_id": pa.array(audit, pa.string()), "client": pa.array(client, pa.string()),
                "site": pa.array(client + np.where(second.ravel(), "-S1", "-HQ").astype(object), pa.string()),
                "clause": pa.array(clauses.ravel(), pa.string()),
                "examined": pa.array(np.ones(audit.size, dtype=bool)),
            })  # fmt: skip
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
    if writer is not None:
        writer.close()


def _examined(random: np.random.Generator, edition: str, audits: int, *, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Clauses that each audit examined, in the words of its edition, and whether at the second site."""
    leaves = np.array(auditable_leaves(edition))
    if edition == "2011":
        # Fewer clauses: all of them at the first site, and some of them again at the second.
        again = max(rows - leaves.size, 1)
        chosen = np.concatenate([leaves, leaves[:again]])
        return np.tile(chosen, (audits, 1)), np.tile(np.arange(chosen.size) >= leaves.size, (audits, 1))
    chance = random.random((audits, leaves.size))
    # Programmes plan what every surveillance must cover; now and then an audit leaves some of it out.
    chance[random.random(audits) > FORGETFUL] -= np.isin(leaves, must_cover_leaves())
    order = np.argsort(chance, axis=1)[:, : min(rows, leaves.size)]
    return leaves[order], np.tile(np.arange(order.shape[1]) % 4 == 3, (audits, 1))
