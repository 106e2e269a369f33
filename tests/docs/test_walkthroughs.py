"""The walk-throughs do what they say, in a folder that looks like a clone, with no network and no further step."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from auditlab.publish.pdf import installed_browser

DOCS = Path(__file__).resolve().parents[2] / "docs"
TOLD = {
    "recertification": (
        "no header for 'statement', so its 15 rows are left out",
        "exit code 1",
        "4 questions wait for an answer",
        "Which site is 'Oslo Nydalen'? Known: BGO, OSL, TOS.",
        "completed before the audit that raised the finding",
        "No question is open.",
        "First: 8.5.1 at OSL.",
        "audit_plan.docx",
        "stakeholder_brief.docx",
        "checklists.xlsx",
    ),
    "nonconformity": (
        "Which grade does 'B-finding' stand for?",
        "No question is open.",
        "Nonconformities came back in 5 of 25 cells examined again",
        "unapproved_at_start_rate",
        "management_review.docx",
    ),
    "own_data": (
        "own_data has no auditlab.toml yet. 'auditlab init own_data' writes one",
        "Your 2 spreadsheets stay as they are.",
        'If it is a table, add [mapping."old notebook.xlsx"."2021"]',
        "Which grade does 'NC+' stand for?",
        "nearest is the table 'findings', as auditlab.toml says",
        '# "statement" = "" # finding statement',
        "but the sheet has no header 'What we saw'",
        "Which grade does 'bad' stand for?",
        "Was that one audit, 'day', or one at each site, 'day and site'?",
        "No question is open.",
        "corrective actions due so far were completed in time",
    ),
    "portfolio": (
        "Which client is 'Cliemt C000017'? Known: ",
        "no header for 'grade'",
        "3 questions wait for an answer",
        "300 clients with 900 audits",
        "committee_pack.xlsx",
    ),
}
"""What the outputs of each page have to say, in this order."""


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    sys.path.insert(0, str(DOCS))
    with pytest.MonkeyPatch.context() as before:
        import workplace

        # What the workplace sets in the environment ends with these tests.
        for name in (workplace.VARIABLE, "NO_COLOR", "TTY_COMPATIBLE", "PATH"):
            before.setenv(name, workplace.os.environ.get(name, ""))
        workplace.open_workplace(tmp_path_factory.mktemp("workplace"))
        yield workplace
    sys.path.remove(str(DOCS))


def test_every_walkthrough_has_its_test():
    assert {page.stem for page in (DOCS / "walkthroughs").glob("*.md")} == set(TOLD)


@pytest.mark.parametrize("name", list(TOLD))
# The kernel of a notebook talks over the loopback of this machine only.
@pytest.mark.filterwarnings("ignore::RuntimeWarning:zmq", "ignore::DeprecationWarning:nbclient")
def test_a_walkthrough_ends_with_a_document(workplace, name):
    told = workplace.execute(DOCS / "walkthroughs" / f"{name}.md", small=True)
    rest = " ".join(told.split())
    for words in TOLD[name]:
        before, found, rest = rest.partition(words)
        assert found, f"'{words}' is not said, or not after what comes before it:\n{before[-2000:]}"
    reports = Path(os.environ[workplace.VARIABLE]) / "reports"
    # The portfolio is a small one here, so its numbers are others than on the pictures.
    assert_pictures_show(reports, name, numbers=name != "portfolio")


def test_the_pictures_of_the_sample_show_what_is_made_today(workplace, halden_run):
    assert_pictures_show(halden_run.folder.parents[1], "halden")


def assert_pictures_show(reports, engagement, *, numbers=True):
    """What could be read on the pictures of an engagement when they were made can be read on its newest run."""
    import make_pictures
    import picture_words

    told = json.loads(make_pictures.WORDS.read_text(encoding="utf-8"))
    assert list(told) == list(make_pictures.SHOTS)
    run = make_pictures.last_run(reports, engagement)
    # Playwright keeps a loop in the thread it began in, which another test of this process may have done here.
    with ThreadPoolExecutor(max_workers=1) as other:
        read = {
            shot.file: set(other.submit(picture_words.words_of, run / shot.file).result())
            for shot in make_pictures.SHOTS.values()
            if shot.engagement == engagement and not _needs_browser(shot)
        }
    for name, shot in make_pictures.SHOTS.items():
        if shot.file not in read or shot.engagement != engagement:
            continue
        assert make_pictures.digest(make_pictures.picture(name)) == told[name]["sha256"], f"{name}: run 'make pictures'"
        gone = [
            words
            for words in told[name]["words"]
            if words not in read[shot.file] and (numbers or not any(sign.isdigit() for sign in words))
        ]
        assert gone == [], f"{name} is not what is made today: run 'make pictures'"


def _needs_browser(shot):
    return shot.file.endswith(".html") and installed_browser() is None
