"""Filters on human-readable text: sentences, translations, other scripts."""

from __future__ import annotations

from palint.secrets.filters.filter import Filter, words
from palint.util import lazy_re

_CAPITALIZED = lazy_re.compile(r"[^\W\d_a-z][^\W\d_A-Z]{2,30}(?:[- ][^\W\d_]{2,30}){0,3}[?!.:]?\Z")

_OTHER_SCRIPT = lazy_re.compile(r"(?:(?![\u1e00-\u1eff])[^\W\d_\x00-\u024f]){3}")  # from Greek on


def is_foreign(value: str) -> bool:
    """Whether a text is in a non-Latin script, or is a capitalised word with a non-ASCII letter.

    Without digits, three letters in a row of such a script are enough.
    """
    if value.isascii():
        return False
    head = value[:256]
    if _CAPITALIZED.match(head):
        return True
    foreign = sum(c > "\u024f" and c.isalpha() for c in head)
    plain = sum(c.isascii() and c.isalnum() for c in head)
    if foreign >= 2 and foreign > 2 * plain:
        return True
    return (
        foreign >= 2
        and not any(map(str.isdigit, head))
        and (foreign > plain or _OTHER_SCRIPT.search(head) is not None)
    )


_MESSAGE = lazy_re.compile(
    r"[^\n]{0,80}?\b(?:can't|cannot|must|should|may|is|are|was|has|will|please|your|the|for|not|"
    r"does)\b[^\n]{0,80} \w|"
    r"(?:[A-Za-z',-]+ ){4,}|[A-Z][a-z]+(?: [a-z]+){2,}[.!?:]?\Z"
)


def is_message(value: str) -> bool:
    """Whether a text is a sentence."""
    return " " in value and _MESSAGE.match(value) is not None


PROSE = (
    Filter(
        "message",
        "it is a sentence",
        is_message,
        drops=("Password must be long", "Please enter a password", "The token expired yesterday at noon"),
        keeps=("open sesame", "uss enterprise", "correct horse"),
    ),
    Filter(
        "entity",
        "it is the text of a page: a letter in it is an entity of HTML",
        r"[^&\n]{0,60}&(?:[A-Za-z](?:uml|acute|grave|circ|tilde|cedil|caron|ring|slash|macr|ogon)|#\d{2,4});",
        drops=("K&ucirc;kiji", "&#352;ifra", "Uzst&acirc;d&icirc;t"),
        keeps=("Kq7v&Wz2p;9x", "Kq7v&amp;Wz2p"),
    ),
    Filter(
        "capitalized",  # 167 labelled values are one, and no secret but the word `Password`
        "it is a word with a capital",
        r"[A-Z][a-z]{2,40}-[A-Za-z][a-z]{2,40}\Z|[A-Z][a-z]{3,40}\Z",
        drops=("Kodeord", "Zugriffstoken", "Sandi", "Palavra-chave"),
        keeps=("Welcome1", "Swordfish!", "Kq7vWz", "Dog-7cat"),
    ),
    Filter(
        "translated",
        "it is the word for it in another language",
        r"(?:[\w-]{1,12} ){0,3}(?:[^\W_]{1,20}-){0,2}(?:[^\W\d_]{2,20})?"
        + words(
            r"""
            passwort kennwort wachtwoord contrase(?:ñ|n)a clave senha palavra-passe mot.de.passe has(?:ł|l)o
            heslo
            l(?:ö|o)senord adgangskode passord salasana parola (?:ş|s)ifre jelsz(?:ó|o) lozinka geslo parool
            parole slapta(?:ž|z)odis fjalëkalimi schl(?:ü|u)ssel geheimnis gheimnis
            hemmelig?he[dt] hemlighet salaisuus
            jeton (?<![a-z])cl(?:é|e) secreto chiave
            kata.sandi m(?:ậ|a)t.kh(?:ẩ|a)u lykilorð wagwoord zaporka contrasinal parol loyniorð (?:š|s)ifra
            identificador asiakassalaisuus focal.faire cyfrinair pasahitza contrasenya
            wachtwoordzin l(?:ö|o)senfras slaptafraz(?:ė|e) parol(?:ă|ã) pasfhocal
            geheim segreto segredo slapta tajemstv(?:í|i)
            nyckel n(?:ø|o)kkel sleutel avain klucz kl(?:í|i)(?:č|c) cheie
            """
        )
        + r"(?: [\w-]{1,16}){0,4}[?:.!*]?\Z",
        lower=True,
        drops=(
            "Passwort",
            "Mot de passe",
            "Lösenord",
            "Neues Passwort",
            "Fever-Passwort",
            "E-Mail-Kennwort",
            "S3-toegangssleutel",
        ),
        keeps=("Passwort7x", "clave-Kq2x9", "parolas", "oracle"),
    ),
    Filter(
        "crowdin",
        "it marks a text for translators in context",  # https://support.crowdin.com/in-context-localization/
        r"crwdns\d+:",
        drops=("crwdns6846:0crwdne6846:0",),
        keeps=("crwdns6846",),
    ),
    Filter(
        "foreign",
        "it is text in another script",
        is_foreign,
        drops=("пароль", "密码不能为空", "Poświadczenia", "SMTPパスワード", "ARC/DKIMキーを追加"),
        keeps=("pässwörd", "Kq2ж9xZ", "Pässwörd1", "Kq7vWzпароль2p9xmN"),
    ),
)
