"""Small engagement folders, written with openpyxl and read by intake."""

import datetime as dt
from pathlib import Path

import openpyxl

FINDING_HEADERS = ("NCR no", "Audit no", "Edition", "Site", "Clause", "Grade", "Statement of finding")
AUDIT_HEADERS = ("Audit no", "Type", "From", "Sites visited", "MD", "Standard")
AUDIT = ("AU-1", "Surveillance 1", dt.date(2023, 6, 1), "A, B", 2, "ISO/IEC 20000-1:2018")
SITES = [("Site", "Name", "Other names", "Central"), ("A", "Aarlund", "HQ", "yes"), ("B", "Brekke", None, "no")]


class Folder:
    """An engagement folder under construction."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def settings(self, text: str) -> "Folder":
        (self.path / "auditlab.toml").write_text(text, encoding="utf-8")
        return self

    def workbook(self, name: str, **sheets) -> "Folder":
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            page = book.create_sheet(title)
            for row in rows:
                page.append(list(row))
        book.save(self.path / name)
        return self

    def text(self, name: str, content: str | bytes) -> "Folder":
        target = self.path / name
        target.write_bytes(content) if isinstance(content, bytes) else target.write_text(content, encoding="utf-8")
        return self


def finding(identity="F1", *, audit="AU-1", edition="2018", site="A", clause="8.5.1", grade="minor", statement="x y"):
    return (identity, audit, edition, site, clause, grade, statement)


def rows_of(lab, table):
    """Row entries of the ledger for one table: row number to action and rule."""
    entries = lab.ledger[(lab.ledger["table"] == table) & (lab.ledger["field"] == "")]
    return {
        int(row): (action, rule)
        for row, action, rule in zip(entries["row"], entries["action"], entries["rule"], strict=True)
    }


def cells_of(lab, field):
    entries = lab.ledger[lab.ledger["field"] == field]
    return list(zip(entries["row"], entries["action"], entries["rule"], entries["old"], entries["new"], strict=True))
