"""Filters on names that only contain a word for a secret, inside another word."""

from __future__ import annotations

from palint.secrets.filters.filter import Filter, words

_SECRET_PARTS = words("pass[wp] secret token cred key pwd psw auth cookie session jwt otp hmac nonce seed")
# What may follow `pass` in one word with it, such as `userpassprod`
_AFTER_PASS = words(
    "w ph f code kod key in out arg env auth enc db user admin root test text value str new old"
)
OTHER_WORDS = (
    Filter(
        "other-word",
        "its name only contains the word",
        r"(?!.*(?:password|secret|token)).*(?:pass(?:es|ed|ive|enger|through|port|ing|age)|(?:com|sur|tres)pass\Z|bypass)|(?:.*[_.-])?(?:no_?passwd|pswp(?:in|out))\Z|"
        r"(?!.*(?:pass|secret|token|credential|key)).*"
        r"(?:author(?!i[sz])|authenticator_?(?:data|attachment|selection|transport))",
        lower=True,
        drops=(
            "passenger",
            "bypass",
            "BYPASSRLS",
            "NOPASSWD",
            "pswpin",
            "authenticatorData",
            "post.author",
        ),
        keeps=("passenger_token", "pass", "authenticator", "Authorization", "authorToken"),
    ),
    Filter(
        "other-word-of-pass",
        "its name contains another word that starts with `pass`",
        rf"(?!(?i:.*{_SECRET_PARTS})).*(?:(?:(?<![A-Za-z])pass|Pass)(?!{_AFTER_PASS})[a-z]{{3}}|"
        rf"(?<![A-Za-z])PASS(?!{_AFTER_PASS.upper()})[A-Z]{{3}})",
        drops=("PASSBOLT_JS_BUILD", "Passbolt", "this->passthru"),
        keeps=(
            "PASSBOLT_TOKEN",
            "dbPass",
            "PASSWORT",
            "passphrase",
            "userPassTest",
            "DB_PASS_PROD",
            "-passin",
        ),
    ),
)
