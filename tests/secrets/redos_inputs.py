"""What the patterns for secrets would stall on if they could: units that are repeated to a megabyte."""

from __future__ import annotations

MEGABYTE = 1 << 20  # characters

CASES = {
    **{
        unit: unit
        for unit in (
            " ", "secret", "sk-", "://", "eyJ", "`", '"a', '"', "'", "\\", "=", "secret_key=", 'key="aaaa1",',
            "://a:b@", "password: ", "AKIA", "ghp_", "-----BEGIN PRIVATE KEY-----", "key(", "bearer ",
            "-p x ", 'password { default = "aaaa1234" ', "token: default: aaaa1234 ",
            "0123456789abcdef", "a.cloudant.com ", "xoxb-1-", "é", "aws_secret_access_key",
        )
    },
    "secret_key + spaces": "secret_key" + " " * MEGABYTE,
    "secret_key = + spaces": "secret_key = " + " " * MEGABYTE,
    "quote + spaces": 'password = "' + " " * MEGABYTE,
    "an endless key": "-----BEGIN RSA PRIVATE KEY-----" + "MIIEabcd" * (MEGABYTE // 8),
    "an endless string": 'password = "' + "Ab1/" * (MEGABYTE // 4),
    "an endless name": "secret" + "_a" * (MEGABYTE // 2) + ' = "x"',
}  # fmt: skip


def text(case: str) -> str:
    """A megabyte of a case."""
    unit = CASES[case]
    return (unit * (MEGABYTE // len(unit) + 1))[:MEGABYTE]
