import pytest
from reported_engagement import small_lab


@pytest.fixture
def lab():
    return small_lab()
