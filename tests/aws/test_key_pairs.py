"""`key_pairs` takes time that grows with the text, whatever the text repeats."""

from __future__ import annotations

import pytest

from palint import prefilter
from palint.aws import key_pairs
from palint.files import languages
from tests import growth
from tests.aws import key_pairs_inputs


@pytest.mark.parametrize(("path", "part"), key_pairs_inputs.CASES)
def test_repeated_starts_take_no_quadratic_time(path: str, part: str) -> None:
    def use(text: str) -> None:
        list(key_pairs.find(text, languages.find(path), path))

    small, large = (key_pairs_inputs.text(part, size) for size in (5_000, 20_000))
    assert not growth.is_slow(use, small, large)


STATEMENTS = {
    "a.kt": 'val c = AwsBasicCredentials.create(System.getenv("A"), System.getenv("B"))\n',
    "a.groovy": 'def c = new BasicAWSCredentials(System.getenv("A"), System.getenv("B"))\n',
    "a.cs": 'var c = new BasicAWSCredentials(config["A"], config["B"]);\n',
    "a.cpp": "Aws::Auth::AWSCredentials c(id(), key());\n",
    "a.rs": "use aws_sdk_s3::config;\nlet c = Credentials::new(id(), key(), None, None, name());\n",
    "a.php": '<?php\n$c = new S3Client(["credentials" => ["key" => getenv("A"), "secret" => env("B")]]);\n',
    "b.php": '<?php\nuse Aws\\Sdk;\n$c = new Credentials(getenv("A"), getenv("B"));\n',
    "a.rb": 'c = Aws::S3::Client.new(access_key_id: ENV["A"], secret_access_key: ENV["B"])\n',
    "a.swift": "let c = AWSCredentialIdentity(accessKey: id, secret: key)\n",
    "a.dart": "final c = AwsClientCredentials(accessKey: id, secretKey: key);\n",
}
WRITTEN = {
    "blank lines between arguments": (", ", ",\n\n\n    "),
    "a line for each argument": ("(", "(\n    "),
    "blanks before the bracket": ("(", "   ("),
    "a comment before the bracket": ("(", " /* why */ ("),
    "a comment before each argument": (", ", ", /* why */ "),
}


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("path", STATEMENTS)
def test_a_call_is_found_however_it_is_written(path: str, form: str) -> None:
    text = STATEMENTS[path].replace(*WRITTEN[form])
    comments = path != "a.rb" or "/*" not in text  # Ruby has no such comment
    assert not comments or list(key_pairs.find(text, languages.find(path), path)), text
    assert not comments or prefilter.compile(key_pairs.KEYWORDS, engine="re").scan(text.encode()), text


@pytest.mark.parametrize("path", STATEMENTS)
def test_a_call_in_a_comment_is_none_and_the_next_is_found(path: str) -> None:
    head, _, statement = STATEMENTS[path].removesuffix("\n").rpartition("\n")
    comment = f"# {statement}" if path == "a.rb" else f"// {statement}"
    text = f"{head}\n{comment}\n"
    language = languages.find(path)
    assert not list(key_pairs.find(text, language, path)), text
    (keys,) = key_pairs.find(f"{text}{statement}\n", language, path)
    assert keys.start > len(text) - 1, text


@pytest.mark.parametrize(("id_", "secret", "found"), [
    ("AWS Access Key ID", "AWS Secret Access Key", 0),
    ("S3 access key", "S3 secret access key", 0),
    ("config.id", "config.secret", 1),
])  # fmt: skip
def test_what_is_said_of_parameters_is_no_call(id_: str, secret: str, found: int) -> None:
    text = f"/**\n AWS, S3\n\n - accessKey: {id_}\n - secretAccessKey: {secret}\n*/\n"
    assert len(list(key_pairs.find(text, languages.find("a.swift"), "a.swift"))) == found


@pytest.mark.parametrize(
    ("sets", "kind"),
    [
        ('id := os.Getenv("A")\n', "environment"),
        ('id := os.Getenv("A"); id = other()\n', "other"),
        ('id := os.Getenv("id=")\n', "environment"),
        ('my.id = os.Getenv("A")\n', "other"),
    ],
)
def test_a_name_that_is_set_once_is_followed(sets: str, kind: str) -> None:
    """What its own value has of the name does not count."""
    text = f'package a\n{sets}c := credentials.NewStaticCredentials(id, "b", "")\n'
    (keys,) = key_pairs.find(text, languages.find("a.go"), "a.go")
    assert keys.values[0].kind == kind


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Phase out usage of SECRET_KEY in version hashes", False),
        ("the `secret_key` of a bucket, and (AWS_SECRET).\n", False),
        ("it reads S3_SECRET_KEY\nand more", False),
        ('new S3({accessKey: "a", secretKey: "b"})', True),
        ("mc x --secret-key abc", True),
        ("copy access_key_id 'a' secret_access_key 'b'", True),
        ("  s3_secret_key AKIAabcdefgh1234\n", True),
        ("- name: S3_SECRET_KEY\n  value: abc", True),
        ("use access_key secret_key\n  = 'abc'", True),
    ],
)
def test_a_name_in_a_sentence_runs_no_rule(text: str, runs: bool) -> None:
    assert bool(prefilter.compile(key_pairs.KEYWORDS).scan(text.encode())) is runs


def test_a_call_that_takes_something_else_does_not_end_the_search() -> None:
    other = "new AmazonS3Client(region, settings)"
    taken = 'new AmazonS3Client(accessKey, config["SecretKey"])'
    text = f"using Amazon.S3;\nvar a = {other};\nvar b = {taken};\n"
    (keys,) = key_pairs.find(text, languages.find("a.cs"), "a.cs")
    assert keys.start == text.index(taken)


@pytest.mark.parametrize(("name", "found"), [("client", 0), ("s3_client", 1)])
def test_a_ciphertext_names_no_service_by_chance(name: str, found: int) -> None:
    id_, secret = (f"ENC[AES256_GCM,data:{word}{'Kq7vWz2p9x' * 4}=,type:str]" for word in ("xSNSa", "mS3Q"))
    text = f"{name}:\n  id: {id_}\n  secret: {secret}\n"
    assert len(list(key_pairs.find(text, languages.find("a.yaml"), "a.yaml"))) == found


# A statement with room for a session token: what sets none, and what gives one
SESSIONS = {
    "a.js": (
        "new S3Client({ credentials: { accessKeyId: load(1), secretAccessKey: load(2), § } });\n",
        "sessionToken: undefined|sessionToken: ''|sessionToken: /* x */ ''|sessionToken: ``"
        "|sessionToken: null"
        '|sessionToken: void 0|"sessionToken": false|// sessionToken: x\n|/* sessionToken */',
        "sessionToken: load(3)|sessionToken|sessionToken:\n  creds.token",
    ),
    "a.php": (
        "<?php\nnew S3Client(['credentials' => ['key' => load(1), 'secret' => load(2), §]]);\n",
        "'token' => null|'token' => ''|'session_token' => null|/* 'token' => $x */",
        "'token' => $token|'session_token' => $creds['t']",
    ),
    "a.rb": (
        "Aws::S3::Client.new(access_key_id: load(1), secret_access_key: load(2), §)\n",
        'session_token: nil|session_token: ""|# session_token: x\n',
        "session_token: token",
    ),
    "a.go": (
        "package a\nvar c = aws.Credentials{AccessKeyID: load(1), SecretAccessKey: load(2), §}\n",
        'SessionToken: ""|SessionToken: ``|// SessionToken: x\n',
        "SessionToken: token",
    ),
    "application.yml": (
        "aws:\n  credentials:\n    access-key: ${A}\n    secret-key: ${B}\n    §\n",
        'session-token: ""|session-token: null|# session-token: x',
        "session-token: ${C}|session-token:\n      x: y",
    ),
}


@pytest.mark.parametrize("path", SESSIONS)
def test_a_session_token_that_is_nothing_makes_no_key_temporary(path: str) -> None:
    text, nothing, given = SESSIONS[path]
    for each in nothing.split("|"):
        assert list(key_pairs.find(text.replace("§", each), languages.find(path), path)), each
    for each in given.split("|"):
        found = list(key_pairs.find(text.replace("§", each), languages.find(path), path))
        assert not any(not keys.session for keys in found), each


# What says that the server is another's, and what only seems to
ENDPOINTS = {
    "a.js": (
        "import '@aws-sdk/client-s3';\n"
        "new S3Client({ credentials: { accessKeyId: load(1), secretAccessKey: load(2) }, § });\n",
        "endpoint: undefined|endpoint: ''|// endpoint: 'http://minio'\n|/* endpoint: 'http://minio' */",
        "endpoint: 'http://storage:9000'|endpoint: url",
    ),
    "a.php": (
        "<?php\nuse Aws\\S3;\nnew S3Client(['credentials' => ['key' => load(1), 'secret' => load(2)], §]);\n",
        "'endpoint' => null|'endpoint' => ''|// 'endpoint' => 'http://x.example'\n",
        "'endpoint' => $url",
    ),
    "a.rb": (
        "Aws::S3::Client.new(access_key_id: load(1), secret_access_key: load(2), §)\n",
        "endpoint: nil|endpoint: ''|# endpoint: 'http://minio:9000'\n region: 'x'",
        "endpoint: url",
    ),
    "application.yml": (
        "aws:\n  credentials:\n    access-key: ${A}\n    secret-key: ${B}\n    §\n",
        "endpoint: ''|# endpoint: http://minio:9000",
        "endpoint: ${URL}",
    ),
}


@pytest.mark.parametrize("path", ENDPOINTS)
def test_an_endpoint_in_a_comment_or_of_nothing_makes_no_key_anothers(path: str) -> None:
    text, nothing, given = ENDPOINTS[path]
    for each in nothing.split("|"):
        (keys,) = key_pairs.find(text.replace("§", each), languages.find(path), path)
        assert not keys.other_endpoint, each
    for each in given.split("|"):
        found = list(key_pairs.find(text.replace("§", each), languages.find(path), path))
        assert all(keys.other_endpoint for keys in found), each


def test_the_default_of_a_variable_is_not_the_value_of_its_name() -> None:
    keys = "'aws_access_key_id': env('AWS_ID', default=''), 'aws_secret_access_key': env('AWS_SECRET', '')"
    text = f"BUCKETS = {{'a': {{{keys}}}}}\n"
    (found,) = key_pairs.find(text, languages.find("settings.py"), "settings.py")
    assert [value.text for value in found.values] == ["AWS_ID", "AWS_SECRET"]
