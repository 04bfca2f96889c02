# ruff: noqa: E501 -- rows of values
"""What the classifier reports and how sure it is, and that it learned what it claims."""

from __future__ import annotations

import math
import time
import zlib
from collections import Counter
from itertools import pairwise, product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint import secrets
from palint.findings import Confidence
from palint.secrets import classifier, synthetic
from palint.secrets.classifier import features
from palint.secrets.classifier.model import Model
from palint.secrets.classifier.trained import CHECKSUM, FEATURES, PAIRS, RANDOM, SECRET
from palint.secrets.classifier.typed import is_typed
from palint.secrets.judge import Evidence, decide
from palint.secrets.synthetic import generate
from tests.secrets import corpus
from tests.snapshots import check_snapshot

SNAPSHOTS = Path(__file__).with_name("snapshots")

HIGH, LOW = Confidence.HIGH, Confidence.LOW


def confidences(text: str, path: str = "a.yml") -> list[Confidence]:
    return [s.confidence for s in secrets.in_line(text, path)]


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("a.py", 'x = "{github_token}"'),
        ("a.py", 'x = "{private_key}"'),
        ("a.yml", "db_password: {base62:24}"),
        ("a.py", 'API_SECRET = "{hex:40}"'),
        ("a.py", 'url = "postgres://app:{base62:20}@db/app"'),
        ("a.sh", "curl -H 'Authorization: Bearer {base64url:40}'"),
        ("a.json", '{"kty": "oct", "k": "{base64url:43}"}'),
        ("a.go", "authKey := []byte{37, 185, 96, 3, 4, 24, 8, 111, 201, 73, 14, 250, 66, 129, 45, 190}"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_formats_key_material_and_random_values_are_certain(path: str, shape: str, seed: int) -> None:
    assert confidences(generate(shape, seed), path) == [HIGH]


def test_what_looks_random_is_neither_chosen_nor_like_words() -> None:
    assert classifier.looks_random(generate("{base62:20}", 1))
    chosen, like_words = "AbCdEfGhIjKlMnOp", "Summer2024!Winter"
    assert not classifier.looks_random(chosen) and not classifier.looks_random(like_words)


@pytest.mark.parametrize("name", ["PrV3Key7sNTq", "1nd3PWDdzYQ8", "NglaIPwDbju8", "Qm1V7hgb5JWT"])
def test_a_name_that_a_machine_made_is_not_that_of_a_secret(name: str) -> None:
    assert confidences(generate(f'"{name}": "{{base62:12}}"', 1), "a.json") == []


@pytest.mark.parametrize("name", ["qjjHSWHLSKey", "pNhOtpxbrgxd", "AFnfbnPWDZir"])
def test_under_an_unreadable_name_no_value_is_certain(name: str) -> None:
    assert HIGH not in confidences(generate(f'"{name}": "{{base62:12}}"', 1), "a.json")


@pytest.mark.parametrize("name", ["oauth2Pwd1", "s3AccessKey2", "mqttBrokerPwd2", "k8sSaJWT"])
def test_a_name_with_abbreviations_is_readable(name: str) -> None:
    assert len(confidences(generate(f'"{name}": "{{base62:24}}"', 1), "a.json")) == 1


NAMES = (
    "POSTGRES_PASSWORD",
    "PGADMIN_DEFAULT_PASSWORD",
    "MYSQL_ROOT_PASSWORD",
    "db_password",
    "ADMIN_PASSWORD",
)
HUMAN = ("postgres", "admin123", "Welcome1", "s3cr3t!", "hunter2x", "letmein123", "grafana", "Summer2024!")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", HUMAN)
def test_a_password_that_people_choose_is_a_warning(name: str, value: str) -> None:
    assert confidences(f"{name}: {value}") == [LOW]


@pytest.mark.parametrize("name", NAMES)
def test_one_value_is_treated_alike_under_names_of_one_kind(name: str) -> None:
    assert confidences(f"{name}: changeit") == confidences("POSTGRES_PASSWORD: changeit") == [LOW]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["root", "admin"])
def test_a_word_for_a_user_is_a_warning_at_most(name: str, value: str) -> None:
    assert confidences(f"{name}: {value}") in ([], [LOW])


def test_a_basic_header_is_as_certain_as_its_password() -> None:
    import base64

    def header(pair: str) -> str:
        return f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}"

    assert confidences(header("app:" + generate("{base62:24}", 1)), "a.sh") == [HIGH]
    assert confidences(header("admin:admin123"), "a.sh") == [LOW]


def test_the_score_is_the_sum_of_the_leaves() -> None:
    leaves = (0.25, 0.5, 1.0, 2.0, -4.0, -8.0, -16.0, -32.0)  # by the numbers' three bits
    last = [(2, 0.5, *leaves[at : at + 2]) for at in (0, 2, 4, 6)]
    tree = (0, 0.5, (1, 0.5, last[0], last[1]), (1, 0.5, last[2], last[3]))
    made = Model(bias=0.5, threshold=0.0, sure=1.0, blocks=(((tree,), 4.0, -64.0), ((tree,), 2.0, -32.0)))
    for bits, leaf in zip(product((0.5, 0.6), repeat=3), leaves, strict=True):
        assert made.score(bits) == 0.5 + 2 * leaf
        assert (made.bounded_score(bits) > 1.0) == (0.5 + 2 * leaf > 1.0)


@pytest.mark.parametrize("made", [SECRET, RANDOM])
def test_a_bounded_score_is_on_the_same_side_of_both_borders(made: Model) -> None:
    random = Random(1)
    for _ in range(2000):
        numbers = [random.choice((0.0, 1.0, random.random(), random.random() * 40)) for _ in range(97)]
        whole, early = made.score(numbers), made.bounded_score(numbers)
        assert (whole > made.threshold) == (early > made.threshold)
        assert (whole > made.sure) == (early > made.sure)


def test_a_clear_case_needs_few_trees() -> None:
    """In a file of 8,800 random passwords the trees were a sixth of the time."""
    asked = []

    class Counted(tuple):  # type: ignore[type-arg]
        def __iter__(self):  # type: ignore[no-untyped-def]
            for block in super().__iter__():
                asked.append(block)
                yield block

    made = RANDOM._replace(blocks=Counted(RANDOM.blocks))
    numbers = features.of_value(generate("{base62:30}", 1))
    assert made.score(numbers) > made.threshold
    assert len(asked) == len(RANDOM.blocks)
    asked.clear()
    assert made.bounded_score(numbers) > made.threshold
    assert len(asked) < len(RANDOM.blocks) / 2


def _nodes(node: Any) -> list[Any]:
    return [node] if isinstance(node, float) else [node, *_nodes(node[2]), *_nodes(node[3])]


@pytest.mark.parametrize("made", [SECRET, RANDOM])
def test_the_trees_are_rounded_and_of_these_features(made: Model) -> None:
    for node in (node for trees, _, _ in made.blocks for tree in trees for node in _nodes(tree)):
        if isinstance(node, float):
            assert round(node, 4) == node
        else:
            assert node[0] < len(features.feature_names()) and round(node[1], 4) == node[1]


@pytest.mark.parametrize("made", [SECRET, RANDOM])
def test_what_the_trees_can_add_is_counted_from_the_last(made: Model) -> None:
    highest = lowest = 0.0
    for trees, most, least in reversed(made.blocks):
        leaves = [[node for node in _nodes(tree) if isinstance(node, float)] for tree in trees]
        highest, lowest = highest + sum(map(max, leaves)), lowest + sum(map(min, leaves))
        assert highest < most < highest + 1e-5
        assert lowest - 1e-5 < least < lowest


def test_the_models_were_trained_on_these_features() -> None:
    assert features.feature_names() == FEATURES, "run bench/train_classifier.py"


def test_the_models_are_as_they_were_trained() -> None:
    source = "".join(repr(tuple(model)).replace(" ", "") for model in (SECRET, RANDOM))
    assert zlib.crc32(source.encode()) == CHECKSUM, "run bench/train_classifier.py"


NUMBERED = [
    *((shape, name, "assigned", '"') for shape in ("{base62:24}", "{hex:32}", "{base64url:40}=", "{hex:4}-{hex:4}", "{base62:10}.{base62:10}")
      for name in ("API_KEY", "dbPassword", "")),
    *((value, "app.auth_token", "bare", "'") for value in (
        "hunter2", "Welcome1", "s3cr3t!", "p@ssw0rd", "changeme", "correct horse battery", "abcdefgh", "12345678", "qwertyuiop",
        "aaaaaaaa", "getSecretValue()", "/etc/ssl/private", "https://a.example/b", "user@host", "<password>", "my-api-token",
        "API_KEY_PRODUCTION", "v1.2.3", "2024-01-31", "xX9", "", "\u00e4\u00f6\u00fcpass", "test_password_123", "true", "%{token}",
        "${DB_PASSWORD}", "process.env.TOKEN", "0x7f3a", "Bearer", "dGVzdA==", "my-token-app_auth-token", "Passw0rdPassw0rd",
    )),
    *(("s3cr3t!", name, "url-credentials", "") for name in (
        "MYSQL_ROOT_PASSWORD", "user.pwd", "--auth-token", "sessionCookie", "clientSecretKey2", "salt", "credential", "passphrase9",
    )),
]  # fmt: skip


def test_the_numbers_of_a_candidate() -> None:
    """Those that are not zero, with three decimal places."""
    for shape, name, syntax, quote in NUMBERED:
        numbers = features.extract(generate(shape, 1), name, syntax, quote)
        found = zip(features.feature_names(), numbers, strict=True)
        shown = "; ".join(f"{feature} {number:.3f}" for feature, number in found if number)
        check_snapshot(SNAPSHOTS / "features.txt", f"{shape} {name} {syntax}{quote}", shown)


def test_the_pairs_are_those_of_the_common_words() -> None:
    """`www` has two of `ww`."""
    counts = Counter(a + b for word in features.common_words() for a, b in pairwise(f"^{word}$"))
    of_table = {a + b: n for a, row in PAIRS.items() for b, n in zip(features.SECOND, row, strict=True)}
    assert counts == Counter(of_table)
    assert of_table["ww"] == 2
    assert features.improbability("passwords") < features.improbability("pswsadors")


@given(st.text(max_size=300), st.text(max_size=80), st.sampled_from(features.SYNTAXES))
@settings(max_examples=100)
def test_any_value_is_classified(value: str, name: str, syntax: str) -> None:
    assert len(features.extract(value, name, syntax, "")) == len(features.feature_names())
    evidence = Evidence(value, value, name, syntax, "", certain=False, of_format=False, expected=False)
    assert decide(evidence).confidence in Confidence


@pytest.mark.parametrize("unit", ["a", "aB3", " ", "$", "{", "a.", "a_", "A1", "/", "-", "=", "é", "\\"])
def test_a_long_value_costs_no_more_than_a_short_one(unit: str) -> None:
    value = (unit * 100_000)[:100_000]
    text = f"password: {value}"
    began = time.process_time()
    for _ in range(5):
        secrets.in_line(text, "a.yml")
    assert time.process_time() - began < 5


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
@settings(max_examples=100)
def test_the_shares_of_a_value_are_those_that_a_count_gives(value: str) -> None:
    found = dict(zip(features.feature_names(), features.extract(value, "key", "bare", ""), strict=True))
    counts = {
        "lower": sum("a" <= c <= "z" for c in value),
        "upper": sum("A" <= c <= "Z" for c in value),
        "digits": sum("0" <= c <= "9" for c in value),
    }
    counts["other"] = len(value) - sum(counts.values())
    assert {name: found[name] for name in counts} == {name: n / len(value) for name, n in counts.items()}
    assert found["kinds"] == sum(map(bool, counts.values())) and found["length"] == len(value)
    shares = [n / len(value) for n in Counter(value).values()]
    assert found["entropy"] == pytest.approx(-sum(share * math.log2(share) for share in shares))


def test_words_are_those_of_code() -> None:
    assert features.coverage("connection_timeout") == features.coverage("getUserName") == 1.0
    assert features.coverage("zqxvkjbw") == 0.0
    assert features.improbability("connection") < 4 < features.improbability("zqxvkjbw")
    assert features.longest_sequence("xqwertyz") == 6
    assert features.entropy("abcd") == 2.0 and features.entropy("") == 0.0
    assert features.changes("lulu") < features.changes("ldld")


@pytest.mark.parametrize(
    "value",
    [
        "nbvfdswe34567ujko098765rerfghbgvfcdsert",
        "ertzuio878t6rtdrjfcghvjkiu87",
        "asdlkfjasdlkfj",
        "AB12-CD34-EF56-GH78",
        "1a2b3c4d5e6f7g8h",
        "a1B2c3D4e5F6",
        "123123123123",
        "adgADG123456",
        "0123456789abcdef" * 4,
    ],
)
def test_keys_next_to_each_other_and_repeated_ones_are_typed(value: str) -> None:
    assert is_typed(value)


@pytest.mark.parametrize("shape", ["{base62:20}", "{hex:32}", "{hex:64}", "{base32:32}", "{base64:40}"])
def test_of_random_values_hardly_any_is_typed(shape: str) -> None:
    assert sum(is_typed(generate(shape, seed)) for seed in range(500)) <= 5


def test_labelled_lines() -> None:
    """The models that ship, on the lines that taught them: a floor that a broken filter falls through."""
    rows = corpus.labelled()
    if not rows:
        pytest.skip("no labelled lines: PALINT_SHARED")
    counts: Counter[str] = Counter()
    for path, line, label in rows:
        found = bool(secrets.in_line(line, path))
        counts[("tp" if found else "fn") if label == "T" else ("fp" if found else "tn")] += 1
    assert counts["tp"] / (counts["tp"] + counts["fp"]) > 0.88
    assert counts["tp"] / (counts["tp"] + counts["fn"]) > 0.78


def test_no_value_is_part_of_a_description() -> None:
    value = generate("{base62:30}", 4)
    (secret,) = secrets.in_line(f"password: {value}", "a.yml")
    assert value[4:20] not in repr(secret)
    assert synthetic.generate("{base62:30}", 4) == value


CALLS = (  # what is random in them, and whether that can only be a secret
    ('store.RevokeAccessToken(ctx, "«»")', "{hex:64}", LOW),
    ('client.ProvisionerKey("«»")', "{base64url:43}", None),
    ('HashPassword("password", "«»", 50)', "{base62:16}", LOW),
    ('"password" => "«»"', "{hex:32}", LOW),
    ('"password" => "«»"', "{hex:64}", HIGH),
    ('client.SetAuthToken("«»")', "{hex:64}", HIGH),
    ('kms.NewPlainSecret("«»")', "{base62:32}", HIGH),
    ('os.Setenv("VAULT_TOKEN", "«»")', "{base62:32}", HIGH),
    ('request.WithHeader("x-api-key", "«»")', "{base62:32}", HIGH),
    ('run("--secret", "«»")', "{base62:32}", HIGH),
    ('{"token.signatures.secret": "«»"}', "{base62:32}", HIGH),
)


@pytest.mark.parametrize(("call", "shape", "confidence"), CALLS)
def test_an_argument_that_may_be_an_id_is_uncertain(
    call: str, shape: str, confidence: Confidence | None
) -> None:
    expected = [] if confidence is None else [confidence]
    assert confidences(call.replace("«»", generate(shape, 5)), "a.go") == expected


KEYS = (  # whether the key's name, or the form of its value, says that it is secret; None: the key of a thing
    ('"key": "«»"', "{hex:32}", LOW),
    ('"key": "«»"', "{hex:64}", LOW),
    ('"test_key_1": "«»"', "{base64:43}=", LOW),
    ("CACHE_KEY=«»", "{hex:32}", LOW),
    ('tokens.AddKnownKey("«»")', "{base62:20}47{base62:12}", LOW),
    ('token.Set("«»", claim)', "{base62:20}47{base62:12}", LOW),
    ('"aesKey": "«»"', "{hex:32}", HIGH),
    ('"privKeyRSAHex": "«»"', "{hex:64}", HIGH),
    ('"keyAuth": "«»"', "{base62:20}47{base62:21}", HIGH),
    ('"gateway_key": "«»"', "{base62:20}47{base62:22}", None),
    ('"spreadsheetKey": "«»"', "{base62:20}47{base62:22}", None),
    ('"stripe_keys": ["«»"]', "{base62:20}47{base62:12}", None),
    ("STEAM_KEY=«»", "{base62:20}47{base62:12}", HIGH),
    ('set(Command.KEY_DATA, "«»")', "{base62:20}47{base62:20}", None),
    ('githubClient.setKey("«»")', "{base62:20}47{base62:12}", LOW),
    ('manager.setCipherKey("«»")', "{base64:22}==", HIGH),
    ('"hashSaltForKeys": "«»"', "{base62:20}47{base62:12}", None),
    ('"UserEmailHashLabelKey": "«»"', "{hex:32}", LOW),
    ('"HASH_SECRET_KEY": "«»"', "{base62:20}47{base62:12}", HIGH),
)


@pytest.mark.parametrize(("line", "shape", "confidence"), KEYS)
@pytest.mark.parametrize("seed", range(3))
def test_a_key_of_something_is_its_id(
    line: str, shape: str, confidence: Confidence | None, seed: int
) -> None:
    expected = [] if confidence is None else [confidence]
    assert confidences(line.replace("«»", generate(shape, seed)), "a.env") == expected


TOKENS = (  # whether the word before `token` says that it opens something
    ('"uplink_token": "«»"', "{base64:58}==", LOW),
    ('"deviceToken": "«»"', "{hex:64}", LOW),
    ('"access_token": "«»"', "{base64:58}==", HIGH),
    ('"deviceAccessToken": "«»"', "{hex:64}", HIGH),
    ('"clientToken1": "«»"', "{hex:64}", LOW),
    ('"clientToken": "«»"', "{base62:20}47{base62:22}", LOW),
    ('"collectionToken": "«»"', "{hex:64}", LOW),
    ('"newToken": "«»"', "{base62:20}47{base62:22}", HIGH),
    ('"COVERALLS_TOKEN": "«»"', "{base62:20}47{base62:22}", HIGH),
    ('"userToken": "«»"', "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", LOW),
    ('"authToken": "«»"', "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", HIGH),
)


@pytest.mark.parametrize(("line", "shape", "confidence"), TOKENS)
@pytest.mark.parametrize("seed", range(3))
def test_a_token_of_something_may_be_an_id(line: str, shape: str, confidence: Confidence, seed: int) -> None:
    assert confidences(line.replace("«»", generate(shape, seed)), "a.json") == [confidence]


def test_what_has_commas_under_a_plural_may_be_a_list() -> None:
    value = generate("{base62:20}47,{base62:20}12", 3)
    assert confidences(f'"passwords": "{value}"', "a.json") == [LOW]
    assert confidences(f'"password": "{value}"', "a.json") == [HIGH]


@pytest.mark.parametrize(("element", "confidence"), [("Key", LOW), ("ApiKey", HIGH), ("Token", HIGH)])
def test_an_element_of_a_weak_name_is_uncertain(element: str, confidence: Confidence) -> None:
    value = generate("{base62:20}47{base62:22}", 3)
    assert confidences(f"<{element}>{value}</{element}>", "a.xml") == [confidence]


def test_random_values_have_no_spaces_but_between_groups_of_one_size() -> None:
    assert classifier.is_words("Lūdzu, ievadiet pašreizējo paroli.")
    assert classifier.is_words("Fjern 2FA fra din konto")
    assert classifier.is_words("S3-tilgangsnøkkel")
    assert not classifier.is_words(generate("{base62:12}§{base62:12}", 3))
    assert not classifier.is_words(generate("{base62:6} {base62:6} {base62:6}", 3))
    assert not classifier.is_words(generate("{base62:24}", 3))


def test_a_password_in_a_url_is_judged_decoded() -> None:
    random, other = generate("{base62:9}", 3), generate("{base62:9}", 4)
    for password, confidence in (
        ("%3D%5B%5D%3A%3B%22~%7C%3F%23%40%5E%2F$%25*", None),
        ("%F0%9F%8D%A9", None),
        (f"{random}%40{other}", HIGH),
        ("summer%402021", LOW),
    ):
        found = secrets.in_line(f"postgres://app:{password}@db.internal/app", "a.md")
        assert [secret.confidence for secret in found] == ([confidence] if confidence else []), password


@pytest.mark.parametrize("change", ["é", "a-z", "0-9", ""])
def test_noise_has_every_kind_of_character_and_no_range(change: str) -> None:
    noise = "Kq7]v W(z2p9}x&mN4r;T8b Y,gH3j!L5w#P6d<F1c>S0e|U^iO"
    assert features.is_noise(noise)
    assert features.is_noise(noise + change) is (change == "")
    by_kind = sorted(noise, key=lambda c: (c.isalnum(), c.isalpha(), c.islower()))
    assert not features.is_noise("".join(by_kind))


@pytest.mark.parametrize(
    ("value", "name", "accepted"),
    [("postgres", "DB_PASSWORD", True), ("postgres", "API_TOKEN", False), ("mysql", "DB_PASSWORD", False)],
)
def test_a_default_password_is_one_under_a_passwords_name(value: str, name: str, accepted: bool) -> None:
    assert classifier.is_default_password(value, name) is accepted


@pytest.mark.parametrize(
    ("value", "name", "syntax", "accepted"),
    [
        ("7294816", "DB_PASSWORD", "assigned", True),
        ("7294816", "", "url-credentials", True),
        ("7294816", "page_token", "assigned", False),
        ("72948", "DB_PASSWORD", "assigned", False),
        ("1234567", "DB_PASSWORD", "assigned", False),
        ("729481a", "DB_PASSWORD", "assigned", False),
    ],
)
def test_a_number_is_chosen_under_what_opens(value: str, name: str, syntax: str, accepted: bool) -> None:
    assert classifier.is_chosen_number(value, name, syntax) is accepted


@pytest.mark.parametrize(
    ("name", "syntax", "doubtful"),
    [
        ("DB_PASSWORD", "assigned", False),
        ("DB_PASSWORD", "default", False),
        ("password", "default", True),
        ("badPassword", "assigned", True),
        ("_token", "assigned", True),
        ("key", "assigned", True),
        ("seed", "assigned", True),
        ("seed", "password-option", False),
        ("DB_PASSWORD", "element", False),
        ("SessionKey", "element", True),
        ("createToken", "assigned", True),
        ("createToken", "argument", True),
        ("setToken", "argument", False),
        ("DB_PASSWORD", "first-argument", True),
    ],
)
def test_the_name_and_the_syntax_make_a_value_doubtful(name: str, syntax: str, doubtful: bool) -> None:
    assert classifier.is_doubtful("Kq7vWz2p9xmN4rT8bYgH", name, syntax) is doubtful


@pytest.mark.parametrize(
    ("value", "doubtful"), [("Kq7vWz2p9xmN4rT8bYgH", False), ("exampleKq7vWz2p9xmN4r", True)]
)
def test_a_word_for_an_example_makes_a_value_doubtful(value: str, doubtful: bool) -> None:
    assert classifier.is_doubtful(value, "DB_PASSWORD", "assigned") is doubtful


@pytest.mark.parametrize(
    ("name", "doubtful"), [("DB_PASSWORD", True), ("token", True), ("api_token", False), ("api_key", False)]
)
def test_a_uuid_is_an_id_where_nothing_says_that_it_opens(name: str, doubtful: bool) -> None:
    assert classifier.is_doubtful("3f2504e0-4f89-41d3-9a0c-0305e82c3301", name, "assigned") is doubtful


@pytest.mark.parametrize(
    ("words", "random"),
    [
        ("correct horse battery", "kqvw zpxm nrtb yghj"),
        ("kqvwzpxm nrtbyghj", "kqvwzpxmnrtbyghj"),
        ("llama-strix-dsv4f", "xkqzvw-vwptkq-mnbrzz9"),
        ("s0m3l0ngr4nd0mstr1ng", "k0qz7v3wz1pxm"),
        ("4rch1v3sof7h3h0us3", "s0m3"),
        ("tokFhirV1PatientOKCount", "Kq7vWz2p9xmN4rT8bYgH"),
        ("TokenValueCount7", "XkqVwzPxm7"),
        ("пароль", "Kq7vWz2p9xmN4rT8"),
    ],
)
def test_words_and_what_is_none(words: str, random: str) -> None:
    assert classifier.is_words(words)
    assert not classifier.is_words(random)
