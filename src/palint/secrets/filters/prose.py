"""Filters on text for people: sentences, a word with a capital."""

from __future__ import annotations

from palint.secrets.filters.filter import Filter
from palint.util import lazy_re

_MESSAGE = lazy_re.compile(
    r"[^\n]{0,80}?\b(?:can't|cannot|must|should|may|is|are|was|has|will|please|your|the|for|not|"
    r"does)\b[^\n]{0,80} \w|"
    r"(?:[A-Za-z',-]+ ){4,}|[A-Z][a-z]+(?: [a-z]+){2,}[.!?:]?\Z"
)


def is_message(value: str) -> bool:
    """Whether a text is a sentence."""
    return " " in value and _MESSAGE.match(value) is not None


PROSE = (
    Filter("message", "it is a sentence", is_message,
        drops=("Password must be long", "Please enter a password", "The token expired yesterday at noon"),
        keeps=("open sesame", "uss enterprise", "correct horse")),
    Filter(
        "capitalized",  # 167 labelled values are one, and no secret but the word `Password`
        "it is a word with a capital",
        r"[A-Z][a-z]{2,40}-[A-Za-z][a-z]{2,40}\Z|[A-Z][a-z]{3,40}\Z",
        drops=("Kodeord", "Zugriffstoken", "Sandi", "Palavra-chave"),
        keeps=("Welcome1", "Swordfish!", "Kq7vWz", "Dog-7cat"),
    ),
    Filter("crowdin", "it marks a text for translators in context", r"crwdns\d+:",
        # https://support.crowdin.com/in-context-localization/
        drops=("crwdns6846:0crwdne6846:0",), keeps=("crwdns6846",)),
    Filter("foreign", "it is text in another script, or a word with a capital and a letter beyond ASCII",
        # from Greek on, without Vietnamese's letters
        r"(?=\D*\Z)(?=.*[^\x00-\x7f])(?:.*?(?:(?![\u1e00-\u1eff])[^\W\d_\x00-\u024f]){2}|"
        r"[^\W\d_a-z][^\W\d_A-Z]{2,30}(?:[- ][^\W\d_]{2,30}){0,3}[?!.:]?\Z)",
        drops=("пароль", "密码不能为空", "Poświadczenia", "SMTPパスワード", "Contraseña"),
        keeps=("pässwörd", "Kq2ж9xZ", "Pässwörd1", "Kq7vWzпароль2p9xmN")),
)  # fmt: skip
