"""Filters on a value under its name: the number of a ticket, the user of an access key."""

from __future__ import annotations

from base64 import b64decode

from palint.secrets.filters.names import PairFilter
from palint.util import lazy_re

_TICKET = lazy_re.compile(r"(?i:(?:\A|.*[^a-z])tickets?\Z)|.*[a-z]Tickets?\Z")
# `ticket_id`, `PROJ-123`, `sqlalchemy/sqlalchemy2-stubs/2`
_ISSUE = lazy_re.compile(r"[A-Za-z]{2,30}\d?(?:[-_./# ][A-Za-z]{2,30}\d?){0,5}(?:[-/#]\d{1,6})?\Z")
_ACCESS_KEY = lazy_re.compile(r"(?i:(?!.*secret)(?:.*[^a-z])?(?:s3|aws|minio)?[_-]?access[_-]?key)\Z")
_BASE64 = lazy_re.compile(r"[A-Za-z0-9+/]{4,24}={0,2}\Z")


def is_issue(value: str, name: str) -> bool:
    """Whether a ticket is an issue's id or words, and not what Kerberos or a site issues."""
    return _TICKET.match(name) is not None and _ISSUE.match(value) is not None


def encodes_user(value: str, name: str) -> bool:
    """Whether an access key, which goes with a secret key, is a word in base64: the name of a user."""
    if len(value) % 4 or not _ACCESS_KEY.match(name) or not _BASE64.match(value):
        return False
    decoded = b64decode(value).rstrip(b"\n")
    return decoded.isalpha() and decoded.islower()


PAIRS = (
    PairFilter(
        "issue",
        "it is the id of an issue, or the name of a field",
        is_issue,
        drops=(
            ("ticket_id", "ticket"),
            ("sqlalchemy/sqlalchemy2-stubs/2", "tickets"),
            ("PROJ-123", "jiraTicket"),
        ),
        keeps=(
            ("ST-1856339-aA5Yuvrxzpv8Tau1cYQ7", "ticket"),
            ("ticket_id", "ticket_secret"),
            ("doIFKq7v", "ticket"),
        ),
    ),
    PairFilter(
        "encoded-user",
        "it is the name of a user in base64",
        encodes_user,
        drops=(("YWRtaW4=", "accesskey"), ("YWRtaW4K", "S3_ACCESS_KEY")),
        keeps=(("YWRtaW4=", "secretkey"), ("YWRtaW4=", "SECRET_ACCESS_KEY"), ("Kq7vWz2p", "accesskey")),
    ),
)
