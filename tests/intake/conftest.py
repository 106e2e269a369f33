"""Folders that tests fill with small spreadsheets."""

import pytest
from engagements import AUDIT, AUDIT_HEADERS, FINDING_HEADERS, SITES, Folder


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path).settings('client = "C"\nas_of = 2024-03-31\n')


@pytest.fixture
def register(folder):
    """A function that writes a folder with sites, one audit and the given finding rows."""

    def write(*findings, settings="", headers=FINDING_HEADERS):
        folder.settings('client = "C"\nas_of = 2024-03-31\n' + settings)
        return folder.workbook(
            "register.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Findings=[headers, *findings]
        ).path

    return write
