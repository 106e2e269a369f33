"""Who is who: the clients behind the names that files use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
from rapidfuzz import fuzz, process

from auditlab.intake.client_names import digits_of, plain_name

IDENTITY_DTYPES = {"written": "str", "client": "str", "how": "str", "nearest": "str", "likeness": "Float64"}
LIKE = 88.0
"""From this likeness on, two names may be one client; a person says so in ``[aliases]`` or ``distinct``."""

WAITS = "waits for an answer"
_ASKED = "aliases.client/"
_ORDER = (WAITS, "answer", "spelling", "own name", "alias", "name", "code")
_Plain = dict[str, set[str]]
"""Clients by plain name."""
_BLOCK = 3  # letters that near names share at their beginning: keeps the comparison of many names quick


def identify_clients(
    written: Iterable[str],
    clients: pd.DataFrame,
    *,
    aliases: Mapping[str, str] | None = None,
    distinct: Iterable[str] = (),
) -> pd.DataFrame:
    """The client behind every name that a file uses.

    Parameters
    ----------
    written : iterable of str
        Names and codes as the files write them.
    clients : DataFrame
        Canonical clients of all files.
    aliases : mapping, optional
        Answers of a person: name to client.
    distinct : iterable of str
        Names that a person has looked at and that are clients of their own.

    Returns
    -------
    DataFrame
        ``written, client, how`` (answer, code, name, alias, spelling, own name), ``nearest`` (another client whose name
        is nearly the same, or several of one name; never merged without an answer), ``likeness`` [0-100], by name.
    """
    known = _known(clients)
    answered = dict(aliases or {})
    first_of: dict[str, str] = {}
    rows: list[dict[str, object]] = []
    for name in sorted({text for text in written if isinstance(text, str) and text.strip()}):
        if name in answered:
            client, how = answered[name], "answer"
        elif name in known:
            client, how = known[name]
        elif plain_name(name) in known:
            client, how = known[plain_name(name)][0], "spelling"
        else:
            client = first_of.setdefault(plain_name(name), name)
            how = "own name" if client == name else "spelling"
        rows.append({"written": name, "client": client, "how": how})
    frame = pd.DataFrame(rows, columns=list(IDENTITY_DTYPES))
    return _with_nearest(frame, clients, set(distinct)).astype(IDENTITY_DTYPES)


def names_read(
    ledger: pd.DataFrame, questions: pd.DataFrame, clients: pd.DataFrame, *, answers: Mapping[str, str]
) -> pd.DataFrame:
    """The names that the files of one source write for clients, where intake put the code of the list in their place.

    Parameters
    ----------
    ledger, questions : DataFrame
        Of the source; a name that waits for an answer stands in the open questions.
    clients : DataFrame
        Canonical clients of the source.
    answers : mapping
        Answers of a person in its settings: name to client.

    Returns
    -------
    DataFrame
        ``written, client`` (missing: no answer yet), ``how`` (answer, code, name, alias, spelling, or that it waits),
        each name once.
    """
    cells = ledger[(ledger["field"] == "client") & ledger["old"].fillna("").ne("") & ledger["new"].fillna("").ne("")]
    read = cells[["old", "new"]].drop_duplicates().set_axis(["written", "client"], axis=1)
    answered = {name.strip().casefold() for name in answers}
    listed: dict[str, str] = {}
    for name, aliases, code in clients[["name", "aliases", "client"]].fillna("").itertuples(index=False):
        listed |= dict.fromkeys((alias.strip() for alias in str(aliases).split(";")), "alias")
        listed |= {str(name).strip(): "name", str(code): "code"}
    read["how"] = [
        "answer" if name.strip().casefold() in answered else listed.get(name.strip(), "spelling")
        for name in read["written"]
    ]
    asked = questions.loc[questions["question"].str.startswith(_ASKED), "question"].str.removeprefix(_ASKED)
    waiting = pd.DataFrame({"written": asked.drop_duplicates(), "client": None, "how": WAITS})
    both = pd.concat([read, waiting.astype(read.dtypes.to_dict())], ignore_index=True)
    return both.astype("str").where(both.notna()).sort_values(["written", "client"], ignore_index=True)


def names_listed(clients: pd.DataFrame) -> pd.DataFrame:
    """The names and aliases that the lists of clients themselves write.

    Parameters
    ----------
    clients : DataFrame
        Canonical clients of all files.

    Returns
    -------
    DataFrame
        ``written, client, how`` (name or alias), each once.
    """
    own = clients[["client", "name", "aliases"]].dropna(subset=["client"])
    names = own[["name", "client"]].set_axis(["written", "client"], axis=1).assign(how="name")
    others = own.assign(written=own["aliases"].str.split(";")).explode("written")[["written", "client"]]
    both = pd.concat([names, others.assign(how="alias")], ignore_index=True)
    both["written"] = both["written"].str.strip()
    return both[both["written"].fillna("") != ""].drop_duplicates(["written", "client"], ignore_index=True)


def with_names_read(identity: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """`identity` with the names that intake resolved before, each with the client that its code leads to.

    What a person should look at stands first: what waits, what was answered, what differs in its spelling.

    Parameters
    ----------
    identity : DataFrame
        Result of `identify_clients`.
    read : DataFrame
        Results of `names_read` of all sources, and of `names_listed`.

    Returns
    -------
    DataFrame
        As `identify_clients`; the client of a name that waits for an answer is missing, and the nearest is sought
        among all names.
    """
    leads = dict(zip(identity["written"], identity["client"], strict=True))
    told = read.assign(client=[leads.get(client, client) for client in read["client"]])
    known = set(zip(identity["written"], identity["client"], strict=True))
    new = [pair not in known for pair in zip(told["written"], told["client"], strict=True)]
    own = (
        told[new].drop_duplicates(["written", "client"]).reindex(columns=list(IDENTITY_DTYPES)).astype(IDENTITY_DTYPES)
    )
    both = _with_nearest_of_waiting(pd.concat([identity, own], ignore_index=True))
    place = both["how"].map({how: place for place, how in enumerate(_ORDER)})
    return (
        both.assign(_place=place).sort_values(["_place", "written", "client"], ignore_index=True).drop(columns="_place")
    )


def _known(clients: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Codes, names and aliases of the lists of clients, as written and plain; a text of two clients means none."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in clients[["client", "name", "aliases"]].dropna(subset=["client"]).to_dict("records"):
        others = [] if pd.isna(row["aliases"]) else str(row["aliases"]).split(";")
        said = [(row["client"], "code"), (row["name"], "name"), *((other.strip(), "alias") for other in others)]
        for text, how in said:
            if isinstance(text, str) and text:
                found.setdefault(text, set()).add((str(row["client"]), how))
                found.setdefault(plain_name(text), set()).add((str(row["client"]), how))
    return {text: min(who) for text, who in found.items() if len({client for client, _ in who}) == 1}


def _with_nearest(frame: pd.DataFrame, clients: pd.DataFrame, distinct: set[str]) -> pd.DataFrame:
    """The nearest other client of every name that no list knows."""
    frame = frame.assign(nearest=None, likeness=float("nan")).astype({"nearest": "object"})
    listed = clients.dropna(subset=["name"])[["name", "client"]].set_axis(["written", "client"], axis=1)
    blocks = _blocks(pd.concat([listed, frame[["written", "client"]]]), letters=_BLOCK)
    own = frame[(frame["how"] == "own name") & ~frame["written"].isin(distinct)]
    for place, name, client in zip(own.index, own["written"], own["client"], strict=True):
        plain = plain_name(name)
        nearest, likeness = _nearest(plain, blocks[plain[:_BLOCK], digits_of(plain)], but=client)
        if nearest:
            frame.loc[place, ["nearest", "likeness"]] = nearest, likeness
    return frame


def _with_nearest_of_waiting(frame: pd.DataFrame) -> pd.DataFrame:
    """The client nearest to every name that waits for an answer: those are few, so all names are looked at."""
    waiting = frame[frame["how"] == WAITS]
    blocks = _blocks(frame.dropna(subset=["client"]), letters=0) if len(waiting) else {}
    for place, name in waiting["written"].items():
        plain = plain_name(name)
        frame.loc[place, ["nearest", "likeness"]] = _nearest(plain, blocks.get(("", digits_of(plain)), {}))
    return frame


def _blocks(names: pd.DataFrame, *, letters: int) -> dict[tuple[str, str], _Plain]:
    """The clients behind each plain name, by its first letters and its digits: "client 17" and "client 18" are two."""
    found: dict[tuple[str, str], _Plain] = {}
    for name, client in zip(names["written"], names["client"], strict=True):
        plain = plain_name(name)
        found.setdefault((plain[:letters], digits_of(plain)), {}).setdefault(plain, set()).add(str(client))
    return found


def _nearest(plain: str, names: _Plain, *, but: str | None = None) -> tuple[str | None, float]:
    """The clients of the one of `names` that is most like `plain`, and how like it is [0-100]."""
    others = [name for name, clients in names.items() if clients != {but}]
    best = process.extractOne(plain, others, scorer=fuzz.ratio, score_cutoff=LIKE)
    return (" or ".join(sorted(names[best[0]] - {but})), round(best[1], 1)) if best else (None, float("nan"))
