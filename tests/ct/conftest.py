"""A scan that the tests of the methods share."""

import pytest
from few_views import HEAD, fan


@pytest.fixture(scope="session")
def scan():
    """A projector and the data of the head."""
    A = fan()
    return A, A(HEAD)
