"""The sample engagement with names of people where it has codes and roles, and with hostile text in its texts."""

import shutil
from pathlib import Path

import openpyxl

NAMES = {"P": "Petra Quistgaard", "Q": "Quentin Oyelaran", "R": "Ragnhild Zwart", "Change manager": "Ximena Ybarra",
         "SMS manager": "Wolfgang Uhlenbrock"}  # fmt: skip
"""Names by the code or role of the sample that they take the place of."""

WORDS = tuple(word.lower() for name in NAMES.values() for word in name.split())
"""Words that no file may hold which leaves the engagement under pseudonyms."""

HOSTILE = (
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "{{ 7 * 7 }}{% x %}",
    "{0} %s ../../../etc/passwd", "\u202egpj.exe", '=HYPERLINK("http://x")', "<a href=javascript:alert(1)>x</a>",
)  # fmt: skip
"""Put behind every text of four words and more, in turn; what looks like a formula before it too."""

SETTINGS = """
[plan]
team = ["Petra Quistgaard", "Ragnhild Zwart"]
lead = "Ragnhild Zwart"

[[plan.conflicts]]
auditor = "Quentin Oyelaran"
kind = "own_work"
reason = "Quentin Oyelaran wrote the procedure"

[report.elements]
confidentiality = ["Thanks to Ximena Ybarra and to WOLFGANG UHLENBROCK."]

[[report.decisions]]
kind = "override"
on = 2024-04-04
by = "Ragnhild Zwart"
what = "Site A first, as Ybarra, Ximena asked"
reason = "Uhlenbrock is away later"
"""


def named_engagement(source: Path, folder: Path, *, settings: str = "") -> Path:
    """Copy the sample engagement `source` to `folder`, with people in it; `settings` are further lines on top."""
    shutil.copytree(source, folder)
    for path in sorted(folder.glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        cells = [cell for page in book for row in page.iter_rows() for cell in row if isinstance(cell.value, str)]
        if any([_named(cell) for cell in cells] + [_hostile(cell, place) for place, cell in enumerate(cells)]):
            book.save(path)
    toml = folder / "auditlab.toml"
    toml.write_text(f"{settings}\n{toml.read_text(encoding='utf-8')}\n{SETTINGS}", encoding="utf-8")
    return folder


def _named(cell) -> bool:
    old = cell.value
    if old in NAMES:
        cell.value = NAMES[old]
    elif old == "Three of ten changes had no recorded approval before implementation":
        cell.value = f"{old} by ximena ybarra"
    elif old == "Procedure changed and explained":
        cell.value = "Procedure changed, explained by Uhlenbrock"
    return cell.value != old


def _hostile(cell, place: int) -> bool:
    """Hostile text behind a text that is no heading, code or name."""
    text = cell.value
    if len(text.split()) < 4 or cell.row < 4:
        return False
    piece = HOSTILE[place % len(HOSTILE)]
    cell.value = f"{piece} {text} {piece}" if piece.startswith("=") else f"{text} {piece}"
    cell.data_type = "s"
    return True
