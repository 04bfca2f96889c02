"""What of a candidate is judged, and what the judgement is."""

from __future__ import annotations

from palint.secrets.judge import judged_part


def test_a_basic_header_is_judged_by_the_password_in_it() -> None:
    assert judged_part("c29tZW9uZTpwYXNz", "Basic", "authorization-header") == "pass"
    assert judged_part("c29tZW9uZTpwYXNz", "Bearer", "authorization-header") == "c29tZW9uZTpwYXNz"
