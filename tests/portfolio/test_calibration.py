"""When auditors are compared, when not, and that the reason given is the true one."""

import numpy as np
import pytest

from auditlab.portfolio.calibration import auditor_calibration


def crossed(leads, *, years=8, clients=6, nc=None, ofi=None):
    """Audits of every client in every year, the lead rotating over both, with so many findings each."""
    audits, findings = [], []
    for client in range(clients):
        for year in range(years):
            number = f"A{client}-{year}"
            audits.append({
                "client": f"C{client}", "audit_id": number, "type": "surveillance", "edition": "2018",
                "start": f"{2015 + year}-03-01", "auditor_days": 2.0, "lead": leads[(client + year) % len(leads)],
            })  # fmt: skip
            for grade, count in (("minor", nc(client, year)), ("ofi", ofi(client, year) if ofi else 0)):
                findings += [
                    {"client": f"C{client}", "audit_id": number, "finding_id": f"{number}-{grade}{place}",
                     "grade": grade, "clause": "8.1", "edition": "2018"} for place in range(count)
                ]  # fmt: skip
    return {"audits": audits, "findings": findings}


def calibrated(opened, held, **method):
    return auditor_calibration(opened(compare={"first": "2015-01-01"}, method={"least_audits": 5} | method, **held))


def note(found, measure):
    return found.measures.set_index("measure")["note"][measure]


@pytest.mark.parametrize("leads", [["Ann"], [None]])
def test_one_auditor_or_none_is_refused_with_the_reason(opened, leads):
    found = calibrated(opened, crossed(leads, nc=lambda _, year: 2 + year % 2))
    assert set(found.measures["note"]) == {"refused: fewer than two lead auditors are named"}
    assert found.measures[["between", "within", "icc", "median_odds_ratio"]].isna().all(axis=None)
    assert found.auditors[["effect", "p", "q", "flagged"]].isna().all(axis=None)


def test_findings_of_one_grade_alone_tell_nothing_about_grading(opened):
    held = crossed(["Ann", "Bo"], nc=lambda client, year: 2 + (client * year) % 3)
    found = calibrated(opened, held)
    assert note(found, "grading") == "refused: no variation, every audit shows the same"
    graded = found.auditors[found.auditors["measure"] == "grading"]
    assert graded[["effect", "low", "p", "q", "flagged"]].isna().all(axis=None)
    assert not note(found, "rate").startswith("refused")


def test_audits_that_all_show_the_same_flag_nobody(opened):
    found = calibrated(opened, crossed(["Ann", "Bo"], nc=lambda *_: 5, ofi=lambda *_: 2))
    assert found.measures["note"].str.startswith("refused: no variation").all()
    assert found.auditors["flagged"].isna().all()


def test_differences_between_clients_and_years_alone_are_no_differences_between_auditors(opened):
    """Every audit shows what its client always shows: nothing but rounding is left once clients are taken out."""
    found = calibrated(opened, crossed(["Ann", "Bo"], nc=lambda client, _: 1 + client, ofi=lambda *_: 3))
    assert set(found.measures["note"]) == {
        "refused: no variation is left once clients, years, types and editions are taken out"
    }
    assert found.auditors["flagged"].isna().all()


def test_too_few_audits_are_the_reason_where_they_are_the_reason(opened):
    held = crossed(["Ann", "Bo", "Cy"], nc=lambda client, year: (3 * client + 5 * year) % 4, ofi=lambda *_: 1)
    found = calibrated(opened, held, least_audits=20)
    assert set(found.measures["note"]) == {"refused: fewer than two auditors have 20 audits that can be compared"}
    assert found.auditors["identifiable"].all()


def test_no_variance_between_auditors_gives_a_test_and_no_effect(opened):
    """Ann and Bo find alike on average; an effect of 0.00 from 0.00 to 0.00 would claim to know it exactly."""
    rng = np.random.default_rng(3)
    counts = rng.poisson(4, size=(6, 8))
    for client in range(0, 6, 2):  # the second of each two clients, whose leads are the other way round, is the same
        counts[client + 1] = counts[client]
    found = calibrated(opened, crossed(["Ann", "Bo"], nc=lambda client, year: int(counts[client, year])))
    rate = found.auditors[found.auditors["measure"] == "rate"]
    assert found.measures.set_index("measure").loc["rate", "between"] == 0
    assert rate["p"].notna().all()
    assert rate[["effect", "low", "high"]].isna().all(axis=None)
    assert rate["note"].str.contains("cannot tell").all()
    assert "cannot be told" in note(found, "rate")
    assert not rate["flagged"].any()


def test_auditors_who_differ_have_an_effect_with_an_interval(opened):
    held = crossed(["Ann", "Bo"], nc=lambda client, year: (9 if (client + year) % 2 else 2) + (client * year) % 3)
    rate = calibrated(opened, held).auditors.query("measure == 'rate'")
    assert (rate["low"] < rate["effect"]).all()
    assert (rate["effect"] < rate["high"]).all()
    assert rate["flagged"].all()


def recertified(lead, *, apart):
    """Ann, Bo and Cy share the surveillances of sixty clients; `lead` says who does the recertifications there.

    Recertifications fall in another year for every third of the clients, so that they are not the years.
    """
    rng = np.random.default_rng(11)
    held = crossed(["Ann", "Bo", "Cy"], years=6, clients=60, nc=lambda *_: 0)
    findings = []
    for place, audit in enumerate(held["audits"]):
        client, year = divmod(place, 6)
        renewal = (year + client) % 3 == 0
        audit |= {"lead": ["Ann", "Bo", "Cy"][int(rng.integers(3))]}
        if renewal:
            audit |= {"type": "recertification", "lead": lead(client)}
        findings += [
            {"client": audit["client"], "audit_id": audit["audit_id"], "finding_id": f"{audit['audit_id']}-{n}",
             "grade": "minor", "clause": "8.1", "edition": "2018"}
            for n in range(rng.poisson(6.8 if renewal and apart else 3.4))
        ]  # fmt: skip
    return {"audits": held["audits"], "findings": findings}


def test_an_auditor_who_does_one_type_alone_is_refused_and_told_which(opened):
    found = calibrated(opened, recertified(lambda _: "Di", apart=True))
    rate = found.auditors.query("measure == 'rate'").set_index("audits")
    refused = rate[~rate["identifiable"]]
    assert refused.index.tolist() == [120]
    assert refused["note"].tolist() == [
        "no estimate: all audits are recertification, 2018; the auditor cannot be told from that"
    ]
    assert refused[["difference", "effect", "p", "q", "flagged"]].isna().all(axis=None)
    assert rate["own_share"].loc[120] == pytest.approx(0, abs=1e-9)
    assert found.measures.set_index("measure").loc["rate", "comparable"] == 3
    assert not rate["flagged"].any()


def test_two_auditors_who_share_a_type_are_compared_with_each_other_alone(opened):
    found = calibrated(opened, recertified(lambda client: ["Di", "Ed"][client // 3 % 2], apart=True))
    rate = found.auditors.query("measure == 'rate'")
    few = rate[rate["audits"] == 60]
    apart = "compared with only 1 of the other auditors: what was audited parts them from the rest"
    assert few["note"].tolist() == [apart, apart]
    assert few["difference"].sum() == pytest.approx(0, abs=1e-9)
    assert not rate["flagged"].any()


def test_a_type_that_all_auditors_do_hides_no_strict_auditor(opened):
    """Recertifications find twice as much; who does them changes, so the type is taken out and nobody stands out."""
    found = calibrated(opened, recertified(lambda client: ["Ann", "Bo", "Cy"][client // 3 % 3], apart=True))
    rate = found.auditors.query("measure == 'rate'")
    assert rate["identifiable"].all()
    assert not rate["flagged"].any()


def test_auditors_stand_in_the_order_of_their_numbers(opened):
    leads = [f"L{number}" for number in range(12)]
    found = calibrated(opened, crossed(leads, nc=lambda client, year: (3 * client + 5 * year) % 4))
    rate = found.auditors.query("measure == 'rate'")
    assert rate["auditor"].tolist() == [f"auditor {number}" for number in range(1, 13)]


def test_a_flag_whose_drawn_interval_holds_zero_says_so(opened):
    held = crossed(
        ["Ann", "Bo"], nc=lambda client, year: (6 if (client + year) % 2 else 4) + (3 * client + 5 * year) % 7 // 2
    )
    rate = calibrated(opened, held, false_discovery_rate=0.5).auditors.query("measure == 'rate'")
    flagged = rate[rate["flagged"].fillna(False)]
    holds = flagged["low"] * flagged["high"] <= 0
    assert holds.any()
    assert flagged.loc[holds, "note"].str.startswith("flagged by the test of the difference").all()
    middle = (rate["difference_low"] + rate["difference_high"]) / 2
    assert middle.tolist() == pytest.approx(rate["difference"].tolist())
    assert (rate["effect"].abs() < rate["difference"].abs()).all()
