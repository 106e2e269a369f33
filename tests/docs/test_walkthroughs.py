"""The walk-throughs do what they say, in a folder that looks like a clone, with no network and no further step."""

import sys
from pathlib import Path

import pytest

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
