"""What is read from an engagement; each module says from which, by its own fixture ``lab``."""

import pytest

from auditlab import reporting
from auditlab.publish.earlier_plan import followed_plan


@pytest.fixture(scope="module")
def made(lab):
    return reporting.audit_report(lab, plan=followed_plan(None))


@pytest.fixture(scope="module")
def series(lab):
    return reporting.measured_series(lab)


@pytest.fixture(scope="module")
def story(lab, made, series):
    return reporting.follow_up_story(lab, made, series)


@pytest.fixture(scope="module")
def shown(lab, series):
    return reporting.performance(lab, series)
