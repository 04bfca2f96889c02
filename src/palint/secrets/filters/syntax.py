"""Filters on a value's syntax: unquoted code, prose, arguments, parts of a longer name.

They read the text next to the value and its name, never the rest of the line.
"""

from __future__ import annotations

import re
from functools import lru_cache

from palint.files import languages
from palint.secrets import fallbacks
from palint.secrets.candidate import Place
from palint.secrets.classifier import is_chosen, is_words, looks_random
from palint.secrets.filters.filter import Filter
from palint.secrets.names import names_any_key, names_secret
from palint.secrets.vocabulary import SCHEMES, SEVERAL
from palint.util import lazy_re

# --- values without quotes

_CODE = ("powershell", "terraform", "hcl", "css", "scss", "sass", "less", "graphql")  # beside programs
_MAKEFILE = lazy_re.compile(r"(?:\A|/)(?:GNU)?makefile\Z|\.mk\Z", re.I)
_CODE_NAME = lazy_re.compile(
    r"@{0,2}[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_]\w*)*(?:\?\.|\(|\[|\{|!;?)?\Z|[A-Z][a-z]+-[A-Z]\w+\Z"
)
_TYPE_NAME = lazy_re.compile(
    r"[A-Z][a-z]+(?:[A-Z][a-z]*)+\Z|[a-z]\w*(?:\??\.\w+)+[({]?\Z|[a-z]+(?:[A-Z][a-z]*)+\Z"
)
_IMAGE_URL = lazy_re.compile(
    r"(?:\.(?:svg|png|gif|jpe?g|webp)|!\[[^\]\n]{0,40}\]\([^\s()?]{1,100}|<img [^<>?\n]{1,110})"
    r"\?[^\s\"'`]{0,80}\Z"
)
_LONG = 20  # characters that a name has less often than a key
_MOST_DIGITS = 9  # without quotes; more may be a code of an error, or a time


@lru_cache(maxsize=64)
def is_code_file(path: str) -> bool:
    """Whether an unquoted word in this file is a name, not a value."""
    language = languages.find(path.removesuffix(".html"))
    return language.type == "programming" or language.id in _CODE


def is_code_name(place: Place) -> bool:
    """Whether this unquoted name is an assigned variable or a type, outside of strings and comments."""
    if place.syntax != "bare":
        return False
    value, before = place.value, place.before
    if value.isdigit() and (len(value) > _MOST_DIGITS or is_code_file(place.path)):
        return True
    head = before.strip()
    # Go, and templates in its syntax: `{{- $password = printf "…" }}`
    if (head.endswith(":=") and not _MAKEFILE.search(place.path)) or "{{" in before.rpartition("}}")[2]:
        return _CODE_NAME.match(value) is not None
    if not is_code_file(place.path):
        return False
    if head.startswith(("#", "//", "*", "/*")):
        return _is_commented_out(place)
    if before.count('"') % 2 or before.count("'") % 2 or "`" in before:
        return False
    if len(value) >= _LONG and value.isalnum() and not is_words(value) and looks_random(value):
        return False
    # In Go, configuration may be in multi-line raw strings.
    if head.endswith("=") or place.text[place.end : place.end + 1] == "," or not place.path.endswith(".go"):
        return _CODE_NAME.match(value) is not None
    return _TYPE_NAME.match(value) is not None


def _is_commented_out(place: Place) -> bool:
    """Whether this is a name in code that is a comment now: `// password: hashedPassword,`."""
    return place.text.startswith((",", ";"), place.end) and _TYPE_NAME.match(place.value) is not None


# `the one that you chose`, `kubectl -n argocd`, `isTest ? x : y`; not what `TOKEN=` and a comment follow
_MORE_WORDS = lazy_re.compile(r"[,.]?(?: [\"'(]?[^\W\d_][\w'-]*[,.]?(?![=\w])| -\w+ \w| [?&|]{1,2} )")


def is_prose(place: Place) -> bool:
    """Whether an unquoted word after a blank starts a sentence, a command or an expression."""
    return (
        place.syntax == "bare"
        and place.text[place.start - 1].isspace()
        and _MORE_WORDS.match(place.text, place.end) is not None
        and (place.value.isalpha() or is_words(place.value))
    )


# --- texts for people

# Folders and files of translations: of Rails, Laravel, Java, .NET, Android and Apple, gettext, XLIFF, Flutter
_TRANSLATIONS = lazy_re.compile(
    r"(?:\A|/)(?:[\w-]*(?:locales?|i18n|l10n)|lang|languages?|translations?|locali[sz]ations?|values-[a-z]{2,3}(?:-r[a-z]{2})?|"
    r"[a-z]{2}\.lproj)/|(?:\A|[/._-])(?:messages|strings|locale|locali[sz]ations?)[_.-][a-z]{2}(?:[_-][a-z]{2,4})?\.\w{2,10}\Z|"
    r"(?:\A|/)translations?\.\w{2,10}\Z|(?:\A|/)[a-z]{2}(?:[_-][a-z]{2,4})?\.lang\.\w{2,10}\Z|"
    r"\.(?:po|xlf|arb|strings|resx)\Z",
    re.I,
)
_LANGUAGE = lazy_re.compile(r"(?:\A|/)[a-z]{2}(?:[_-][A-Za-z]{2,4})?\.\w{2,10}\Z")  # a file: `fr.json`
# https://developer.wordpress.org/apis/internationalization/internationalization-guidelines/#text-domains
_TEXT_DOMAIN = lazy_re.compile(r"\b(?:esc_\w{1,9})?__?[ex]?\(\s{0,4}(['\"])[^'\"\n]{1,60}\1\s?,\s?['\"]\Z")


def is_for_people(place: Place) -> bool:
    """Whether words are text in one of several languages, or name where the text before is translated."""
    file = _TRANSLATIONS.search(place.path) or (" " in place.value and _LANGUAGE.search(place.path))
    return bool(file or _TEXT_DOMAIN.search(place.before)) and is_words(place.value)


# --- values in quotes

_LOOKS_UP = lazy_re.compile(
    r"(?:.*[.:>])?(?:get|read|fetch|find|load|look_?up|retrieve|resolve|any|filter|from)(?![a-z])"
)
_GETS = lazy_re.compile(r"\b_?(?:get(?:env)?|env|fetch|find|load|query|lookup)(?![a-z])\w{0,60}\(\s?[\"'`]\Z")
# A token is made for what it is given: `mintToken("user-1")`
_MAKES = lazy_re.compile(r"\b(?:mint|generate|create|issue)\w{0,40}(?:token|jwt)\(\s?[\"'`]\Z", re.I)
_BY_ID = lazy_re.compile(r"[bB]y_?(?:[iI]d|[nN]ame)(?![a-z])|[bB]y_?[iI]dentifier")
_DIGEST = lazy_re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\Z")
_FLAG = lazy_re.compile(
    r"(?i)--?(?:ask|no|use|trust|(?:en|dis)abled?|show|print|require|with(?:out)?|stdin|export|import|list|delete)-"
)
# Three names and colons, a resource's name, or what Pulumi has encrypted: `arn:${AWS::Partition}:…:secret:`
_COLONS = lazy_re.compile(
    r"(?:\b(?:[ua]rn|did):[^\s\"'`]{1,160}|(?:[\w.-]{0,60}:){2}[\w.-]{1,60}|secure: [\"']?v\d:[\w+/=]{16}):\Z"
)
_HOST, _PORT = lazy_re.compile(r"://[\w.-]{1,60}:\Z"), lazy_re.compile(r"\d{2,5}(?:/|\Z)")
# `#pass1:focus`, https://www.w3.org/TR/selectors-4/#overview
_SELECTOR = lazy_re.compile(r"[#.][\w-]{1,60}:\Z")
_PSEUDO_CLASS = lazy_re.compile(
    r"(?:hover|focus|active|checked|disabled|before|after|visible|not|first|last|nth)\b"
)
_CHECKSUM = lazy_re.compile(r"\bchecksum/[\w.-]{1,60}[\"']?:[ \t]{0,4}[\"']?\Z")
_COMPOSITE = lazy_re.compile(r"(?:credential|auth|login|sign_?in|authenticate)s?\W*\Z", re.I)
_MAY_BE_RANDOM = lazy_re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])\S{12}")
_NAMES_ENTRY = lazy_re.compile(r"\b(?:name|key|secretName)[ \t]{0,4}:[ \t]{0,4}[\"']?\{\{[^{}\n]{0,160}\Z")
_REMOTE = lazy_re.compile(r"[\"']?[ \t]{0,8}(?:#[^\n]{0,80})?\r?\n\s{0,40}(?:remoteRef|sourceRef):")
_CONFIRMS = lazy_re.compile(r"(?i)password_?confirm|confirm_?password")
_PASSWORD = lazy_re.compile(r"(?i)password[\"']?\s{0,2}(?:=>|[:=])\s{0,2}[\"']([^\"'\n]{0,80})[\"']")
_EXAMPLE = lazy_re.compile(r"\b[Ee]xamples?: [^\n]{0,60}\Z")
_HEADER_WORDS = lazy_re.compile(
    r"(?:[\W_]|\d-|--)?[A-Za-z]{1,40}(?:[_.\- /:+]+[A-Za-z]{1,40}){0,6}(?:-\d{1,4})?[\W_]{0,3}\Z"
)
_SCHEME = lazy_re.compile(rf"(?:{SCHEMES})(?: |%20)[\w+/.=-]{{6}}", re.I)


def is_word_beside_others(place: Place) -> bool:
    """Whether a word is one of several, of a call not named for its password, or has a name of several."""
    if place.syntax in ("assigned", "bare") and place.name.lower().endswith(SEVERAL):
        return is_words(place.value)  # such as the name of a table or an account
    more = place.text[place.end + 1 : place.end + 2] == ","
    if place.syntax == "default":  # `VALUES ('LOCAL_AUTH', '00AA', null)` is a row
        return more and place.name[0] != "-" and not _MAY_BE_RANDOM.match(place.value)
    if place.syntax == "wrapped":  # `open("x", "key")`, `client("x").y`, `get(x, "db_password")`
        is_name = "_" in place.value and names_secret(place.value)
        return (more or is_name or place.text.startswith(").", place.end + 1)) and is_words(place.value)
    return (
        place.syntax.endswith("argument")
        and (more or _COMPOSITE.search(place.name) is not None)
        and is_words(place.value)
    )


FILTERS = (
    Filter("code-name", "it is a number or a name in code", is_code_name,
        drops=(("a.py", "password = «get_password», x", "password", "bare"),
            ("a.txt", "STATUS_WRONG_PASSWORD = «3221225578»", "STATUS_WRONG_PASSWORD", "bare"),
            ("a.ts", "// password: «hashedPassword»,", "password", "bare"),
            ("a.graphql", "  password: «Boolean!»", "password", "bare"),
            ("a.scala.html", "case Authorisation => «vat1TRBlock»", "Authorisation", "bare"),
            ("a.css", "input.dialog_password:«hover»,input.x{}", "dialog_password", "bare")),
        keeps=(("a.yml", "password: «postgres»", "password", "bare"),
            ("a.yml", "password: «322122557»", "password", "bare"),
            ("a.py", "# password: «postgres», or yours", "password", "bare"))),
    Filter("prose", "it is a sentence", is_prose,
        drops=(("a.md", "password: «the» one that you chose", "password", "bare"),
            ("a.go", 'Errorf("Password: «wrong» result. Want %q")', "Password", "bare"),
            ("a.md", "2. Get the password: «kubectl» -n argocd get secret", "password", "bare"),
            ("a.md", "SMTP_PASSWORD: «SMTP» authentication password", "SMTP_PASSWORD", "bare"),
            ("a.md", "`password = «isTest» ? load() : read()`", "password", "bare")),
        keeps=(("a.md", "password: «postgres»", "password", "bare"),
            ("a.yml", "password: «postgres» # a comment", "password", "bare"),
            ("a.yml", "password: «postgres» USER=app", "password", "bare"),
            ("a.sh", "PGPASSWORD=«postgres» psql app", "PGPASSWORD", "bare"))),
    Filter("translation", "it is text for people in a file of translations", is_for_people,
        drops=(("locales/de/app.json", '"password": "«Neues Passwort»"', "password", "assigned"),
            ("conf/locale/locale_sr.ini", "password=«Лозинка»", "password", "bare"),
            ("res/values-nb-rNO/strings.xml", '<string name="password">«passord»<', "password", "element"),
            ("pt-br.lang.php", "'label.password' => '«Repita a senha»'", "label.password", "assigned"),
            ("fr.json", '"password": "«Mot de passe»"', "password", "assigned"),
            ("a.php", "$t = __( 'Password', '«my-plugin»' )", "Password", "default"),
            ("fr.po", 'password = "«mot de passe»"', "password", "assigned")),
        keeps=(("locales/de/app.json", '"password": "«Kq7vWz2p9x»"', "password", "assigned"),
            ("values.yaml", "password: «passord»", "password", "bare"),
            ("db.yaml", "password: «passord»", "password", "bare"),
            ("lang.py", 'password = "«passord»"', "password", "assigned"))),
    Filter("image-url", "it is a parameter in the address of an image, which readers of the page see",
        lambda p: p.syntax == "bare" and _IMAGE_URL.search(p.before),
        drops=(("a.md", '<img alt="x" src="https://x.io/badge/1?token=«Kq7vWz2p9x»">', "token", "bare"),),
        keeps=(("a.md", "https://ci.example.com/graph/list?token=«Kq7vWz2p9x»", "token", "bare"),)),
    Filter("scheme", "the credential in it is a separate candidate",
        lambda p: p.syntax != "authorization-header" and _SCHEME.match(p.value),
        drops=(("a.py", 'auth = "«Basic dXNlcjpwYXNzd29yZA==»"', "auth", "assigned"),),
        keeps=(("a.py", 'auth = "«basic-Kq7vWz2p»"', "auth", "assigned"),)),
    Filter("argument-word", "it is a word, and what it is given to takes more, or a user and a password",
        is_word_beside_others,
        drops=(("a.java", 'addCredential("«worldpay»", ACTIVE)', "addCredential", "argument"),
            ("a.php", "$form->password('«confirmation»', $values)", "password", "argument"),
            ("a.py", 'secret = boto3.client("«secretsmanager»").get()', "secret", "wrapped"),
            ("a.py", 'PASSWORD = parser.get("db", "«redshift_password»")', "PASSWORD", "wrapped"),
            ("a.rb", "controllers: { passwords: '«passwords»' }", "passwords", "assigned"),
            ("a.sql", "VALUES ('LOCAL_AUTH', '«00AA»', null)", "LOCAL_AUTH", "default")),
        keeps=(("a.js", 'resetPassword("«welcome»")', "resetPassword", "argument"),
            ("a.js", 'login("«Kq7vWz2p»", user)', "login", "argument"),
            ("a.py", 'KEY = bytes("«Kq7vWz2p»", "utf-8")', "KEY", "wrapped"),
            ("a.sql", "VALUES ('api_token', '«Kq7vWz2p9xmN»', 0)", "api_token", "default"))),
    Filter("default-of-other", "it is a word, the default of a variable that is no secret",
        lambda p: is_chosen(p.value) and fallbacks.is_of_other(p.text, p.start),
        drops=(("a.php", "'passwords' => env('AUTH_PASSWORD_BROKER', '«users»')", "passwords", "default"),),
        keeps=(("a.js", "pass: process.env.DB_PASS || '«users»'", "pass", "default"),)),
    Filter("looked-up", "it is the name of what is looked up, or of whom a token is made for",
        lambda p: _MAKES.search(p.before) or (
            _GETS.search(p.before) and (is_chosen(p.value) or _BY_ID.search(p.before))
            if p.syntax == "wrapped"
            else p.syntax.endswith("argument") and _LOOKS_UP.match(p.name)
            and (is_words(p.value) or names_any_key(p.name) or _BY_ID.search(p.name))
        ),
        drops=(("a.java", 'keys.getKey("«Kq7vWz2p9xmN»")', "keys.getKey", "argument"),
            ("a.php", "$x->getTokenById('«Kq7vWz2p9xmN»')", "getTokenById", "argument"),
            ("a.php", "$token = $this->getTokenByIdentifier('«Kq7vWz2p9xmN»')", "$token", "wrapped"),
            ("a.py", 'password = os.getenv("«PGPASSWORD»")', "password", "wrapped"),
            ("a.ts", "const token = await mintToken('«r12rto|seller»')", "token", "wrapped"),
            ("a.ts", "code = await store.getItem('«appPasscode»')", "code", "wrapped")),
        keeps=(("a.js", "getSecret('«Kq7vWz2p»')", "getSecret", "argument"),
            ("a.java", 'users.findByApiKey("«Kq7vWz2p9xmN»")', "users.findByApiKey", "argument"),
            ("a.php", "$password = Hash::make('«welcome»')", "$password", "wrapped"),
            ("a.js", "setSecret('«referer»')", "setSecret", "argument"))),
    Filter("entry-of-secret", "it is the name of a Secret of Kubernetes or of one of its entries",
        # https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables,
        # https://external-secrets.io/latest/api/externalsecret/
        lambda p: _NAMES_ENTRY.search(p.before) or (p.name == "secretKey" and _REMOTE.match(p.text, p.end)),
        drops=(("a.yaml", 'key: {{ .Values.s.key | default "«databaseUrl»" }}', ".Values.s.key", "default"),
            ("a.yaml", "- secretKey: «smtp-relay»\n  remoteRef:\n    key: x", "secretKey", "bare")),
        keeps=(("a.yaml", 'value: {{ .Values.key | default "«databaseUrl»" }}', ".Values.key", "default"),)),
    Filter("example", "it is an example by the word before it",
        lambda p: _EXAMPLE.search(p.before) and is_chosen(p.value),
        drops=(("airflow.cfg", "# Example: smtp_password = «airflow»", "smtp_password", "bare"),
            ("A.cs", 'Example: \\"Bearer «12345abcdef»\\""', "Bearer", "authorization-header")),
        keeps=(("airflow.cfg", "# smtp_password = «airflow»", "smtp_password", "bare"),)),
    Filter("mismatch", "it confirms another password than the one before it: it is refused",
        lambda p: _CONFIRMS.search(p.name)
        and p.value != (_PASSWORD.findall(p.text, max(0, p.start - 240), p.start) or [p.value])[-1],
        drops=(("a.rb", "password: 'open77', confirm_password: '«open7»'", "confirm_password", "assigned"),),
        keeps=(("a.js", "password: 'sesame', confirmPassword: '«sesame»'", "confirmPassword", "assigned"),)),
    Filter("checksum", "it is a checksum in a lock file, or one of what pods read, which restarts them",
        # https://helm.sh/docs/howto/charts_tips_and_tricks/#automatically-roll-deployments
        lambda p: _DIGEST.match(p.value) and (p.path.endswith(".lock") or _CHECKSUM.search(p.before)),
        drops=(("ios/Podfile.lock", "  react-native-jwt: «{hex:40}»", "react-native-jwt", "bare"),
            ("a.yaml", 'checksum/secret: "«{hex:40}»"', "secret", "assigned")),
        keeps=(("a.yml", "  react-native-jwt: «{hex:40}»", "react-native-jwt", "bare"),
            ("Podfile.lock", "  react-native-jwt: «Kq7vWz2p9x»", "react-native-jwt", "bare"))),
    Filter("header-words", "it is made of words",
        lambda p: (
            p.syntax == "authorization-header"
            and p.name.lower() != "basic"
            and _HEADER_WORDS.match(p.value)
            and (len(p.value) < 32 or is_words(p.value))
        ),
        drops=(("a.sh", "Authorization: Bearer «north-wing»", "Bearer", "authorization-header"),
            ("a.ts", "an OAuth «login/registration/account-linking» flow", "OAuth", "authorization-header"),
            ("a.adoc", "the OAuth «_Resource» Owner Password Grant_", "OAuth", "authorization-header")),
        keeps=(("a.sh", "Authorization: Bearer «Kq7vWz2p9x»", "Bearer", "authorization-header"),)),
    Filter("flag", "it follows a flag that takes no value",
        lambda p: p.syntax == "password-option" and _FLAG.match(p.name),
        drops=(("a.sh", "x --ask-pass «web»", "--ask-pass", "password-option"),
            ("a.sh", "gpg --export-secret-keys «Kq7vWz2p»", "--export-secret-keys", "password-option")),
        keeps=(("a.sh", "x --pass «web1»", "--pass", "password-option"),)),
    Filter("longer-name", "it is part of a longer name, or of an address",
        lambda p: (
            p.text[p.start - 1] == ":"
            and p.syntax != "url-credentials"
            and (
                p.value.startswith("//")
                or _COLONS.search(p.before)
                or (_SELECTOR.search(p.before) and _PSEUDO_CLASS.match(p.value))
                or (_PORT.match(p.value) and _HOST.search(p.before))
            )
        ),
        drops=(("a.txt", "urn:ietf:params:oauth:token:«jwt-bearer»", "token", "bare"),
            ("a.js", "issuer: 'did:key:«z6MkKq7vWz2p9x»'", "key", "bare"),
            ("Pulumi.qa.yaml", "  secure: v1:utJI/U+DtdYl9Jwt:«{base64:60}»", "DtdYl9Jwt", "bare"),
            ("a.yaml", "AUTH_URL: http://auth:«8080/admin-login»", "auth", "bare"),
            ("a.html", "  #pass1:«focus», .x {", "pass1", "bare"),
            ("a.json", '"password": "secret:«//vault?v=hunter2&k=v»"', "secret", "bare")),
        keeps=(("a.txt", "token:«Kq7vWz2p»", "token", "bare"),)),
    Filter("example-of-rails", "its user says so, as the examples that Rails writes into config/database.yml",
        # https://github.com/rails/rails/tree/main/railties/lib/rails/generators/rails/app/templates/config
        lambda p: p.value.endswith("pass") and p.before.endswith(f"://{p.value[:-4]}user:"),
        drops=(("a.yml", '# URL="mysql2://myuser:«mypass»@localhost/app"', "", "url-credentials"),),
        keeps=(("a.yml", "URL=mysql2://root:«mypass»@localhost/app", "", "url-credentials"),)),
    Filter("encrypted-by-codecov", "Codecov has encrypted it",
        # https://docs.codecov.com/docs/codecov-yaml
        lambda p: p.before.rstrip("\"'").endswith("secret:") and re.search(r"\bcodecov\.ya?ml\Z", p.path),
        drops=((".codecov.yml", 'url: "secret:«Kq7vWz2p9xmN»"', "secret", "bare"),),
        keeps=(("app.yml", 'url: "secret:«Kq7vWz2p9xmN»"', "secret", "bare"),)),
)  # fmt: skip
