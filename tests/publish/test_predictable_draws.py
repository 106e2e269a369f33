"""A page that draws says where anybody could have known it, in one wording, and what the organisation may see."""

import pandas as pd
import pytest

import auditlab
from auditlab.publish.notebooks import TEAM_ONLY
from auditlab.publish.page import Page
from auditlab.publish.page_blocks import OPEN_TABLES
from auditlab.sampling import client_notice, record_sample_plan

SEED = "00112233445566778899aabbccddeeff"


@pytest.mark.parametrize(
    ("seed", "told"), [("", True), (f'seed = "{SEED}"\n', False), (f'seed = "{"0" * 32}"\n', True)]
)
def test_without_a_secret_seed_the_page_says_so_and_how_to_mend_it(tmp_path, capsys, seed, told):
    (tmp_path / "auditlab.toml").write_text(f"as_of = 2024-03-31\n{seed}", encoding="utf-8")
    (tmp_path / "sites.csv").write_text("Site,Name,Central\nA,Aa,yes\n", encoding="utf-8")
    Page(lab=auditlab.open_engagement(tmp_path), notebook="audit_plan", folder=tmp_path).tell_if_predictable()
    out = capsys.readouterr().out
    assert ("predictable by anyone, no secret seed is set" in out) == told
    assert ("secrets.token_hex(16)" in out) == told


def test_what_the_organisation_may_be_told_holds_the_hash_and_nothing_of_the_judgement_part():
    frame = pd.DataFrame({"id": [f"R{i}" for i in range(60)], "late": [i < 3 for i in range(60)]})
    plan = record_sample_plan(
        frame, population="p", id="id", flags={"late": "approved late"}, tolerable=0.1, seed=SEED,
        alternatives=[(0.05, 0.95)],
    )  # fmt: skip
    notice = client_notice(plan.record_samples)
    assert len(notice) == 1
    assert notice["list_hash"].iloc[0] == plan.record_samples["list_hash"].iloc[0]
    told = notice.to_csv()
    assert "approved late" not in told
    assert not {"judgement_n", "N", "rationale", "n"} & set(notice.columns)


def test_the_page_of_the_samples_is_for_the_audit_team_and_its_notice_is_not():
    assert "sampling_plan" in TEAM_ONLY
    assert "sampling_notice" in OPEN_TABLES
