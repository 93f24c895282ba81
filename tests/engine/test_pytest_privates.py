"""What the check plugin uses of pytest beyond its public interface still works as it expects.

A newer pytest that changes it fails here by name, and not as a lab whose checks break.
"""

import pytest
from _pytest.assertion import util as assertion_util


def test_a_comparison_that_fails_is_handed_over_with_both_values(monkeypatch):
    seen = []

    def compare(operator, left, right):
        seen.append((operator, left, right))
        return "what the plugin says of it"

    monkeypatch.setattr(assertion_util, "_reprcompare", compare)

    with pytest.raises(AssertionError, match="what the plugin says of it"):
        assert [1] == [2]
    assert seen == [("==", [1], [2])]
