"""Nothing that detect-secrets' plugins find escapes the keywords, and ours judge what is theirs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from palint import prefilter, secrets
from palint.secrets import candidates as candidate_finder
from palint.secrets import filters
from palint.secrets.candidate import Source
from palint.secrets.candidates import FORMS as NAMED_FORMS
from palint.secrets.candidates import named
from palint.secrets.detect_secrets import adapter as detect_secrets_adapter
from palint.secrets.detect_secrets.adapter import PLUGINS, Plugin
from palint.secrets.formats.table import FORMATS
from palint.secrets.synthetic import generate
from palint.text.encoding import code_points
from tests.secrets import corpus

WHOLE = 4096  # characters of a line up to which everything must be found
MADE_UP = {
    "ArtifactoryDetector": ["token: AKC{base62:30}", 'password = "AP6{base62:30}"'],
    "AWSKeyDetector": ['id = "{aws_access_key_id}"', 'aws_secret_key = "{base64:40}"'],
    "AzureStorageKeyDetector": ["AccountKey={base64:86}==;EndpointSuffix=core.windows.net"],
    "BasicAuthDetector": ["url: https://{lower:5}:{base62:12}@example.com/x"],
    "CloudantDetector": [
        'cloudant_password = "{hex:64}"',
        "cl_apikey: {lower:24}",
        "https://{lower:8}:{hex:64}@{lower:8}.cloudant.com",
    ],
    "DiscordBotTokenDetector": ["{snowflake}.G{base64url:5}.{base64url:27}"],
    "GitHubTokenDetector": ["TOKEN={github_token}"],
    "GitLabTokenDetector": ["{gitlab_token}", "GR1348941{base64url:20}"],
    "Base64HighEntropyString": ['"{base64:60}"', "'{base64url:80}'"],
    "HexHighEntropyString": ['"{hex:40}"', "x='{hex:64}'"],
    "IbmCloudIamDetector": ["ibm_cloud_api_key: {base64url:44}", 'apikey="{base64url:44}"'],
    "IbmCosHmacDetector": ['cos_hmac_secret_access_key = "{hex:48}"', "secret_key: {hex:48}"],
    "IPPublicDetector": ["host 8.8.4.4"],
    "JwtTokenDetector": ["x {jwt}"],
    "KeywordDetector": [
        'password = "{base62:12}"', "secret: {base62:12}", 'api_key := "{base62:9}"', "pwd => '{base62:9}'",
        'private_key "{base62:9}";', 'char db_pass[25] = "{base62:9}";',
        'std::string secret("{base62:9}");', 'secret.assign("{base62:9}",17);', "contraseña = '{base62:9}'",
    ],
    "MailchimpDetector": ["{hex:32}-us12"],
    "NpmDetector": ["//registry.npmjs.org/:_authToken=npm_{base62:36}", "//r.example.com/:_authToken={uuid}"],
    "OpenAIDetector": ["{openai_key}", "sk-{base62:20}T3BlbkFJ{base62:20}"],
    "PrivateKeyDetector": ['"-----BEGIN RSA PRIVATE KEY-----\\n{base64:64}\\n{base64:64}\\n"'],
    "PypiTokenDetector": ["pypi-{pypi_macaroon}", "pypi-{test_pypi_macaroon}"],
    "SendGridDetector": ["SG.{base64url:22}.{base64url:43}"],
    "SlackDetector": ["{slack_bot_token}", "{slack_webhook_url}"],
    "SoftlayerDetector": [
        "softlayer_api_key = '{hex:64}'",
        "https://api.softlayer.com/soap/v3/{hex:64}",
    ],
    "SquareOAuthDetector": ["sq0csp-{base64url:43}"],
    "StripeDetector": ["{stripe_key}", "rk_live_{base62:24}"],
    "TelegramBotTokenDetector": ["{digits:10}:AA{base64url:33}", "/bot{digits:10}:AA{base64url:33}/"],
    "TwilioKeyDetector": ["SK{hex:32}", "AC{hex:32}"],
}  # fmt: skip
PATHS = ("a.py", "a.yaml", "a.go", "a.c", "a.cpp")  # KeywordDetector's patterns differ by language


@cache
def heads() -> tuple[str, ...]:
    """The keywords of the whole pipeline, without look-aheads."""
    return tuple(dict.fromkeys(prefilter.head_of(keyword) for keyword in secrets.KEYWORDS))


def keyword_indices(plugin: Plugin) -> set[str]:
    """The indices of the keywords that the pipeline has for a plugin."""
    found = set(plugin.keywords)
    for own in plugin.own:
        if own == "assignments":
            found |= {k for form in NAMED_FORMS if form.source is Source.ASSIGNMENT for k in form.keywords}
        elif own == "statements":
            found |= {named.STATED, named.DEFINED, named.ELEMENT}
        else:
            found |= {n for fmt in FORMATS if fmt.id.startswith(own) for n in fmt.keyword.split("|")}
    found = {prefilter.head_of(keyword) for keyword in found}
    assert plugin.public_prefixes == "" or found
    assert found <= set(heads()), "only keywords of the pipeline count"
    return found


def values(plugin: Plugin, path: str, line: str) -> set[str]:
    """What upstream's plugin finds on a whole line, before filters, without what opens nothing."""
    found = {secret.secret_value for secret in detect_secrets_adapter.load(plugin).analyze_line(path, line)}
    return {v for v in found if plugin.public_prefixes is None or not v.startswith(plugin.public_prefixes)}


def made_up(plugin: Plugin) -> Iterator[tuple[str, str]]:
    for seed in range(5):
        for shape in MADE_UP[plugin.name]:
            for path in PATHS:
                yield path, generate(shape, seed)


@cache
def matcher() -> prefilter.Matcher:
    return prefilter.compile(heads())


def test_every_plugin_is_in_the_table() -> None:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    assert {c.__name__ for c in get_mapping_from_secret_type_to_class().values()} == {p.name for p in PLUGINS}


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda p: p.name)
def test_made_up_values_are_found_by_upstream(plugin: Plugin) -> None:
    """Else the next tests would prove nothing."""
    for shape in MADE_UP[plugin.name]:
        lines = [generate(shape, seed) for seed in range(5)]
        loaded = detect_secrets_adapter.load(plugin)
        assert any(loaded.analyze_line(path, line) for path in PATHS for line in lines), shape


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda p: p.name)
def test_keywords_find_every_generated_value(plugin: Plugin) -> None:
    mine = keyword_indices(plugin)
    for path, line in made_up(plugin):
        if values(plugin, path, line):
            assert {heads()[i] for i, _ in matcher().scan(line.encode())} & mine, line


def test_keywords_find_every_value_on_real_lines() -> None:
    """(plugin, value) of all plugins on each line of up to 4,096 characters = what the keywords let through.

    The window of such a line is the line, so the sets are equal when no line with a value has no keyword.
    """
    mine = {plugin: keyword_indices(plugin) for plugin in PLUGINS}
    lost: dict[str, list[str]] = defaultdict(list)
    asked = 0
    for path, line in corpus.lines(share=300):
        if len(line) > WHOLE:
            continue
        asked += 1
        hit = {heads()[i] for i, _ in matcher().scan(line.encode("utf-8", "surrogatepass"))}
        for plugin in PLUGINS:
            if not hit & mine[plugin] and any(
                not filters.WEAK_NAME_FILTERS.matches(value) for value in values(plugin, path, line)
            ):
                lost[plugin.name].append(f"{path}: {line.strip()[:120]}")
    assert not lost
    assert asked > 2_000


def candidates(path: str, line: str) -> list[tuple[int, int]]:
    """Every range that the pipeline passes to the judge, without look-aheads."""
    finders: dict[str, set[object]] = defaultdict(set)
    for keyword, found in zip(secrets.KEYWORDS, candidate_finder.every_finder(), strict=True):
        finders[prefilter.head_of(keyword)].update(found)
    ends: dict[object, list[int]] = defaultdict(list)
    data = line.encode("utf-8", "surrogatepass")
    hits = matcher().scan(data)
    for (index, _), end in zip(hits, code_points(data, [end for _, end in hits]), strict=True):
        for finder in finders[heads()[index]]:
            ends[finder].append(end)
    return [
        (found.start, found.end)
        for finder, places in ends.items()
        for found in finder(line, places, path)  # type: ignore[operator]
    ]


def covered(line: str, value: str, spans: list[tuple[int, int]]) -> bool:
    at = line.find(value)
    while at >= 0:
        if any(start < at + len(value) and at < end for start, end in spans):
            return True
        at = line.find(value, at + 1)
    return False


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda p: p.name)
def test_our_filters_judge_detect_secrets_values(plugin: Plugin) -> None:
    for path, line in made_up(plugin):
        for value in values(plugin, path, line):
            assert covered(line, value, candidates(path, line)), (line, value)


@pytest.mark.parametrize("plugin", [p for p in PLUGINS if p.public_prefixes is None], ids=lambda p: p.name)
def test_values_on_very_long_lines(plugin: Plugin) -> None:
    for shape, filler in product(MADE_UP[plugin.name][:2], (" ", "x ", '"a" ', "key ", "é ")):
        line = filler * 4_000 + generate(shape, 1) + " " + filler * 4_000
        for value in values(plugin, "a.py", generate(shape, 1)):
            assert covered(line, value, candidates("a.py", line)), (shape, filler, value)


def test_each_occurrence_of_a_value() -> None:
    plugin = next(p for p in PLUGINS if p.name == "ArtifactoryDetector")
    value = generate("AKC{base62:30}", 1)
    text = f'a = "{value}"\nb = "{value}" "{value}"\n'
    found = list(detect_secrets_adapter.find(text, 0, len(text), plugin))
    assert [text[start - 1 : end + 1] for start, end in found] == [f'"{value}"'] * 3


def test_spaces_do_not_stall_an_assignment() -> None:
    plugin = next(p for p in PLUGINS if p.name == "SoftlayerDetector")
    text = "softlayer_api_key" + " " * 200_000 + "= x api.softlayer.com/soap/v3"
    began = time.process_time()
    assert list(detect_secrets_adapter.find(text, 0, len(text), plugin)) == []
    assert time.process_time() - began < 10


def test_requests_is_never_imported() -> None:
    program = (
        "import sys\n"
        "from palint.secrets.detect_secrets import adapter\n"
        "for plugin in adapter.PLUGINS: adapter.load(plugin)\n"
        "assert 'detect_secrets' in sys.modules\n"
        "loaded = [m for m in sys.modules if m.partition('.')[0] in ('requests', 'urllib3')]\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_real_requests_stays_where_it_is() -> None:
    program = (
        "import sys, requests\n"
        "from palint.secrets.detect_secrets import adapter\n"
        "adapter.load(adapter.PLUGINS[0])\n"
        "assert sys.modules['requests'] is requests and hasattr(requests, 'get')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_ours_as_plugins_of_detect_secrets() -> None:
    from palint.secrets.detect_secrets import plugins

    token, password = generate("{github_token}", 1), generate("{password}", 1)
    line = f'password = "{password}"; ci = "{token}"'
    for plugin, value in ((plugins.VendorTokenDetector(), token), (plugins.NamedSecretDetector(), password)):
        assert {secret.secret_value for secret in plugin.analyze_line("a.py", line)} == {value}


def test_detect_secrets_loads_our_plugins(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"x {generate('{npm_token}', 1)} y\n", encoding="utf-8")
    module = Path(secrets.__file__).parent / "detect_secrets" / "plugins.py"
    program = "from detect_secrets.main import main; import sys; sys.exit(main(sys.argv[1:]))"
    made = subprocess.run(
        [sys.executable, "-c", program, "scan", "--no-verify", "--plugin", str(module), "a.txt"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert '"Vendor token"' in made.stdout
