"""Placeholders: values that as a whole mean "your secret here", not values that contain such a word."""

from __future__ import annotations

from functools import lru_cache

from palint.secrets.filters.filter import Filter
from palint.secrets.names import words
from palint.secrets.vocabulary import listed
from palint.util import lazy_re

# Words that a placeholder may contain, and small words between them
_FILLERS = listed(
    """
    a an and any app application as at account admin api access auth aws azure base64 be by change
    client code company config consumer credential credentials database db dev domain email encoded
    development env environment file for from gcp generated github google hash host id if in is it jwt key
    keys login long mail me my name new of on one or organization own pass passphrase passwd
    password passwords path personal please private prod production project public pwd random refresh secret
    secrets secure security server service session signing site slack smtp some something stack staging strong
    super that the this to token tokens too unique url user username value very with
    """
)
# Words that only placeholders contain: one of them is required
_MARKERS = listed(
    """
    your yours changeme changethis generateme replace replaced replaceme insert enter fill placeholder
    example examples sample here todo fixme redact redacted removed hidden masked censored goes put set add
    dummy provide specify define configure paste edit update choose xxx xxxx tbd
    """
)
_FORMS = lazy_re.compile(
    r"\W{0,4}(?P<mask>[xX*.•●#_?0-])(?P=mask){2,}\W{0,4}\Z|(?=[xX])(?:[xX]{2,}[-_. ])*(?:[xX]{2,})?\Z|"
    r"(?s:[<\[({].*[>\])}]\W{0,3}\Z)|<(?=[A-Za-z])[A-Z_]*[a-z-]*\Z|__[A-Za-z]\w*__\Z|(?P<mark>#{1,3}|[%@$])[A-Za-z][\w.-]*(?P=mark)\Z|"
    r"\*{2,}\w{1,40}\*{2,}\Z|\w{0,3}\*{4,}\w{0,3}\Z|"
    r"(?:\d{1,4}[-_. ])?(?P<one>[A-Za-z])(?P=one){2,}(?:[-_. ]?(?P<b>[A-Za-z])(?P=b)+(?!(?P=b))){1,8}\Z|"
    r"(?i:your(?:(?:[-_ ][a-z\d]{1,20}){1,6}[-_ ]|[a-z]{2,40})(?:password|phrase|secret|token|key|here)\Z|"
    r"(?:seu|sua|tua?|tuo|votre|dein|ihr)(?:[-_ ][a-z]{1,20}){1,7}\Z|(?:[a-z]{1,20}[-_.]){1,4}placeholder\Z)"
)
_HAS_MARKER = lazy_re.compile("|".join(sorted({*_MARKERS, "change"})))
_LONGEST = 80  # characters of a placeholder


@lru_cache(maxsize=4096)
def is_placeholder(value: str) -> bool:
    """Whether the whole value, except a few digits or punctuation, means "put a secret here"."""
    if len(value) > _LONGEST:
        return False
    if _FORMS.match(value):
        return True
    if not _HAS_MARKER.search(value.lower()):  # a quarter of the time of splitting the value
        return False
    return _is_made_of_words(words(value.lower()))  # also `yourPASShere`


def _is_made_of_words(parts: list[str]) -> bool:
    """Whether these are words of placeholders, of which one says so, and at most four digits."""
    marked, digits = False, 0
    for part in parts:
        if part.isdigit():
            digits += len(part)
        elif part in _MARKERS:
            marked = True
        elif part not in _FILLERS:
            split = _split(part)
            if split is None:
                return False
            marked = marked or split
    marked = marked or ("change" in parts and not {"me", "this"}.isdisjoint(parts))
    return marked and digits <= 4


def _split(part: str) -> bool | None:
    """Whether a word made of the words above has a marker among them; None if it is not made of them."""
    best: dict[int, bool] = {0: False}
    for end in range(2, len(part) + 1):
        for start, marked in list(best.items()):
            word = part[start:end]
            if word in _MARKERS or word in _FILLERS:
                best[end] = best.get(end, False) or marked or word in _MARKERS
    return best.get(len(part))


PLACEHOLDERS = (
    Filter("placeholder", "it is a placeholder", is_placeholder,
        drops=("changeme", "ChangeMe123", "xxxx", "xxxxxxxx-xxxx", "********", "YOUR_API_KEY_HERE",
            "<password>", "<keycloak", "yourapppassword", "set-me-in-env", "__SECRET__", "**SOPS**",
            "replace_this_secret", "xxx-yyy-zzz", "102.aaa-bbb-ccc", "aaaabbbbccccdddd", "AAA-GG-SSSS",
            "p******d", "your-mailgun-smtp-password", "{{token}}", "#variable1#", "$PASSWORD$",
            "enter-your-password", "PutYourKeyHere", "putPASShere", "generateme", "change_this_password",
            "dummyvalue", "yourflickrsecret", "@app.jwt-key@", "tua-app-password", "x_placeholder"),
        keeps=("SuperSecret2024!", "admin_Xk29mZq7", "goodpassword", "prod-user-x8Kq2vN4",
            "changeme-Xk29mZq7pW", "correct horse battery", "examplePW-9fK2", "<Kq7vWz2p", "postgres",
            "exchange rate", "changeit", "newpassword", "change-the-key", "your-key-12345")),
)  # fmt: skip
