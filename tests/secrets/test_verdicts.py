"""What is said of many names and values by each function that is asked about one, compared whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from palint.aws import key_names, key_values
from palint.secrets import classifier, filters, names
from palint.secrets.classifier import features, random_names
from palint.secrets.classifier.typed import is_typed
from palint.secrets.documented_examples import is_documented
from palint.secrets.filters import placeholders, references
from palint.secrets.filters.filter import FilterSet
from palint.secrets.judge import decoded_basic, decoded_line, judged_part, opens_nothing
from palint.secrets.synthetic import SHAPES, generate
from palint.secrets.vocabulary import listed
from tests.snapshots import check_snapshot

VERDICTS = Path(__file__).with_name("snapshots") / "verdicts.txt"

OF_NAMES: list[Callable[[str], object]] = [
    names.mentions_secret, names.names_secret, names.is_strong, names.is_password, names.is_secret_name,
    names.describes_secret, names.is_secret_setting, names.names_key_of_thing, names.names_credential,
    names.may_name_id, names.is_known_to_all, random_names.is_random, filters.is_filtered_name,
    key_names.key_component, key_names.is_of_another_service, key_names.is_of_other_storage,
]  # fmt: skip
OF_VALUES: list[Callable[[str], object]] = [
    filters.is_filtered_value, placeholders.is_placeholder,
    references.is_path, features.is_noise, features.is_leet, classifier.is_words, classifier.is_chosen,
    classifier.looks_random, is_typed, is_documented, opens_nothing, decoded_basic, decoded_line,
    key_values.is_key, key_values.is_key_id, key_values.is_temporary_key_id, key_values.has_key_format,
    key_values.has_key_shape, key_values.is_example_key, key_values.is_dummy_key,
    key_values.is_template_value, key_values.is_placeholder,
]  # fmt: skip
NAMES = sorted(
    listed("""
    password dbPassword DB_PASSWORD_2 passwordHash auth_user passwordUser user_token SudoNoPasswd session_id
    pass_phrase secretKeyBase APP_KEY appKey key x:key KEY_DATA feed_key gateway_key TWITTER_KEY twitter_key
    ClientToken device_token salt passwordSalt -p -u -pw pw login authorization oauth bearer hmac jwt
    sentry_dsn DATABASE_URL webhook_url hook_id site_key access_key_id AWS_ACCESS_KEY_ID
    aws_secret_access_key S3_SECRET s3AccessKey minio_access_key R2_SECRET_ACCESS_KEY spaces_key
    AWS_SES_SMTP_PASSWORD aws_key_id amazonKey b2_application_key prod_aws_credentials awsCreds
    PRIVATE_SUBNETS token_count secret_arn region host user_id username public_key publishableKey token_url
    no_passwd passwd1 pwd2 tokenValue secret.name.value api_key_production encryption_key signingKey
    private_key licence_key pat GITHUB_PAT qwzxkv_key minio/values.yaml a/r2/key.txt ceph-secret
    """)
)
SHAPED = [
    *SHAPES,
    *(
        f"{{{kind}:{size}}}"
        for kind in ("base62", "hex", "lower", "digits")
        for size in (11, 12, 20, 32, 40, 64)
    ),
]
VALUES = sorted(
    listed("""
    hunter2 changeit admin123 letmein correct-horse-battery-staple Tr0ub4dor&3 p@ssw0rd! Passw0rd123
    qwerty12345 12345678 111111 908172 73519264 aaaaaaaaaaaa abcabcabcabc llama-strix-dsv4f
    tokFhirV1PatientOKCount FearOfTheDark einPasswort geheimeswort your-api-key YOUR_SECRET <password>
    ${PASSWORD} $SECRET {{token}} %TOKEN% xxxx xxxxxxxx ****** abcd... changeme-please example-token
    my-sample-key not-a-real-key redacted /etc/ssl/key.pem ./a/b ~/.ssh/id_rsa C:\\keys\\a.pem a/b
    https://h.example/x AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY AKIA_SOME_WORDS
    required|string visible-access-key 0123456789abcdef0123456789abcdef 00000000-0000-0000-0000-000000000000
    6ba7b810-9dad-11d1-80b4-00c04fd430c8 dXNlcjpodW50ZXIy aHVudGVyMmh1bnRlcjI=
    eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2ln aabbccddeeff 1.2.3 v1.2 true null test-access-key
    testtesttesttest dummydummydummydummy fake_secret_key_12345 local minioadmin AWS_SECRET_ACCESS_KEY
    pässwörd пароль пароль1 密码 a\\u5bc6b\\xF1 %40pa%3Ass mot-de-passe Contraseña1 abcd-efgh-ijkl-mnop
    ab12-cd34-ef56
    """)
)
UNDER = [  # a name and a syntax
    ("password", "assigned"), ("token", "argument"), ("API_TOKEN", "default"), ("key", "assigned"),
    ("gateway_key", "element"), ("", "url-credentials"), ("setSecret", "argument"),
    ("cookie", "first-argument"), ("secret_key", "wrapped"), ("Basic", "authorization-header"),
    ("createKey", "assigned"), ("hmac", "assigned"),
]  # fmt: skip


def said(tests: list[Callable[[str], object]], text: str) -> str:
    """The names of the tests that say yes, or what they say."""
    found = [(test.__name__, test(text)) for test in tests]
    return (
        ", ".join(name if result is True else f"{name} {result!r}" for name, result in found if result)
        or "nothing"
    )


def test_what_is_said_of_names() -> None:
    examples = [text for each in filters.NAME_FILTERS.filters for text in (*each.drops, *each.keeps)]
    lines = [f"{name}: {said(OF_NAMES, name)}" for name in dict.fromkeys([*NAMES, *map(str, examples)])]
    lines += [
        f"{name} has the role {key_names.role_variable(name)}" for name in NAMES if "KEY" in name.upper()
    ]
    check_snapshot(VERDICTS, "names", "\n".join(lines))


def test_what_is_said_of_values() -> None:
    sets = (filters.VALUE_FILTERS, filters.WEAK_NAME_FILTERS, filters.FORMAT_FILTERS)
    examples = [str(text) for each in sets for row in each.filters for text in (*row.drops, *row.keeps)]
    values = [
        (value, value)
        for value in dict.fromkeys([*VALUES, "abcd efgh ijkl", "ab cdef", "one two three", *examples])
    ]
    lines = []
    for shown, value in [*values, *((shape, generate(shape, 3)) for shape in SHAPED)]:
        rows = [row.id for each in sets for row in each.filters if FilterSet(row).matches(value)]
        lines.append(f"{shown!r}: {said(OF_VALUES, value)}")
        if rows:
            lines.append(f"  dropped as {' '.join(rows)}")
    check_snapshot(VERDICTS, "values", "\n".join(lines))


def test_what_is_said_of_values_under_names() -> None:
    lines = []
    for name, syntax in UNDER:
        lines.append(f"{name or 'no name'}, {syntax}")
        for shown, value in [
            *((value, value) for value in VALUES),
            *((shape, generate(shape, 3)) for shape in SHAPED),
        ]:
            part = judged_part(value, name, syntax)
            found = [
                "filtered" if name and filters.is_filtered_under_name(value, name) else "",
                "filtered as a text" if filters.is_filtered_text(value, name) else "",
                "a default" if classifier.is_default_password(value, name) else "",
                "a chosen number" if classifier.is_chosen_number(value, name, syntax) else "",
                "doubtful" if classifier.is_doubtful(value, name, syntax) else "",
                f"judged by {part!r}" if part != value else "",
            ]
            lines.append(f"  {shown!r}: {', '.join(filter(None, found)) or 'nothing'}")
    check_snapshot(VERDICTS, "values under names", "\n".join(lines))
