"""Every format finds what its vendor issues, with the exact span, and nothing that only looks like it."""

from __future__ import annotations

import re
import runpy
import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint import secrets
from palint.secrets import checksums, formats, synthetic
from palint.secrets.formats.format import Format, is_random
from palint.secrets.formats.table import FORMATS, keywords, matches
from tests.conftest import ROOT
from tests.grouped import grouped

every_format = grouped("fmt", FORMATS, key=lambda fmt: fmt.id[0])

SEEDS = range(24)
WINDOW = 2048
SIZE = 16_384


def values(text: str, fmt: Format) -> list[str]:
    return [text[start:end] for start, end in matches(text, 0, len(text), fmt)]


def test_table() -> None:
    assert len(FORMATS) >= 350
    ids = [fmt.id for fmt in FORMATS]
    assert len(set(ids)) == len(ids)
    for fmt in FORMATS:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fmt.id), fmt.id
        assert re.fullmatch(r"https://[^\s]+", fmt.source), fmt.id
        assert fmt.name and fmt.example != fmt.near_miss
        for keyword in keywords(fmt):
            re.compile(keyword)


@every_format
def test_finds_the_exact_value(fmt: Format) -> None:
    for seed in SEEDS:
        text, start, end = synthetic.make_with_value(fmt.example, seed)
        assert list(matches(text, 0, len(text), fmt)) == [(start, end)]


@every_format
def test_finds_it_where_tokens_stand(fmt: Format) -> None:
    for seed, around in enumerate(
        (
            '"{}"',
            "'{}'",
            "`{}`",
            "KEY={}",
            "KEY: {}\n",
            "first line\n{}\nlast line",
            "{}\r\nnext",
            '{{"key": "{}"}}',
            "https://user:{}@host.example/",
            "https://host.example/?key={}&more=1",
            "<key>{}</key>",
            "curl -H 'Authorization: Bearer {}' url",
            r"one\n{}\nthree",
            "image: ${{TAG:-{}}}",
            "({}, 1)",
            "see {}.",
        )
    ):
        text, start, end = synthetic.make_with_value(fmt.example, seed)
        if "\n" in text and ("\\n" in around or ":-" in around):
            continue  # a key of many lines cannot be in an escaped string or a default
        before = around.partition("{}")[0].replace("{{", "{")
        whole = around.format(text)
        assert (start + len(before), end + len(before)) in matches(whole, 0, len(whole), fmt), around


# Each makes another value less certain, or none
BESIDE = (
    'init({{ apiKey: "{}", authDomain: "a.example", indexName: "docs" }})',
    '<script data-cf-beacon=\'{{"token": "{}"}}\'></script>',
    'NREUM = {{errorBeacon: "x", licenseKey: "{}"}}',
    '{{"current_key": "{}"}}',
    'csrf_token = "{}"',
    'request_token: "{}"',
    'nonce = "{}"',
    'example: "{}" # fake, a placeholder, changeme',
    "the token {} was revoked, so do not use it.",
    'log("a token", "{} is used twice")',
    'x = "{}\\\n"',
    "ID of this request: {}",
)
PATHS = (
    "tests/test_a.py",
    "docs/a.md",
    "vendor/a/a.go",
    "dist/a.min.js",
    "package-lock.json",
    "locale/de.po",
)


@every_format
def test_nothing_beside_a_token_with_a_mark_makes_it_uncertain(fmt: Format) -> None:
    text, start, end = synthetic.make_with_value(fmt.example, 1)
    certain = [s for s in secrets.in_line(f'x = "{text}"', "a.py") if s.confidence is secrets.Confidence.HIGH]
    if text[start:end] != text or not certain or fmt.id == "google-api-key":  # which a page may have
        return
    for beside in BESIDE:
        found = secrets.in_line(beside.format(text), "a.py")
        assert [s for s in found if s.confidence is secrets.Confidence.HIGH], beside
    for path in PATHS:
        found = secrets.in_line(f'x = "{text}"', path)
        assert [s for s in found if s.confidence is secrets.Confidence.HIGH], path


@every_format
def test_does_not_find_a_near_miss(fmt: Format) -> None:
    for seed in SEEDS:
        assert not values(synthetic.generate(fmt.near_miss, seed), fmt)


@every_format
def test_does_not_find_a_part_of_a_longer_word(fmt: Format) -> None:
    for seed in SEEDS:
        text, start, end = synthetic.make_with_value(fmt.example, seed)
        value = text[start:end]
        if not value[0].isalnum():
            continue  # a key block in its own lines
        for longer in (
            text[:start] + "q7" + text[start:],
            text[:end] + "q7Zq7Zq7" + text[end:],
        ):
            if "q7" in value:
                continue
            for found in values(longer, fmt):
                assert found != value, longer


@every_format
def test_the_keyword_is_in_or_shortly_before_each_value(fmt: Format) -> None:
    keyword = re.compile(fmt.keyword, re.IGNORECASE)
    for seed in SEEDS:
        text, start, end = synthetic.make_with_value(fmt.example, seed)
        match = re.search(fmt.pattern, text)
        assert match
        first = min(match.start(), start - 64)
        assert any(first <= hit.end() <= end for hit in keyword.finditer(text)), text


@every_format
def test_is_linear(fmt: Format) -> None:
    """What the pattern begins with, over and over, in windows as the engine cuts them."""
    text, start, end = synthetic.make_with_value(fmt.example, 1)
    seen = text[: min(end, start + 24)]
    keyword = fmt.keyword.partition("|")[0].replace("\\", "")
    for unit in (seen, seen + " ", text[:-1] + "=", seen[: max(4, start)], keyword, keyword + " "):
        line = unit * (SIZE // len(unit) + 1)
        began = time.process_time()
        for at in range(0, SIZE, WINDOW):
            for _ in matches(line, at, at + WINDOW, fmt):
                pass
        assert time.process_time() - began < 0.4, (fmt.id, unit[:40])


CHECKSUMMED = (
    checksums.azure_devops,
    checksums.bech32,
    checksums.github,
    checksums.gitlab_routable,
    checksums.grafana,
    checksums.nkey,
)


@pytest.mark.parametrize("fmt", [f for f in FORMATS if f.valid in CHECKSUMMED], ids=lambda fmt: fmt.id)
def test_one_changed_character_breaks_a_checksum(fmt: Format) -> None:
    text, _, end = synthetic.make_with_value(fmt.example, 3)
    random = Random(3)
    for at in range(end - 24, end - 1):
        kinds = [kind for kind in (checksums.DIGITS, checksums.LOWER, checksums.UPPER) if text[at] in kind]
        for kind in kinds:
            other = random.choice(kind.replace(text[at], ""))
            assert not values(text[:at] + other + text[at + 1 :], fmt)


@grouped("fmt", [fmt for fmt in FORMATS if fmt.valid], key=lambda fmt: fmt.id[0])
def test_no_check_raises(fmt: Format) -> None:
    """Any token of the right form: here its own characters, shuffled within their kind."""
    for seed in range(50):
        random = Random(seed)
        text, start, end = synthetic.make_with_value(fmt.example, seed)
        value = list(text[start:end])
        for kind in (checksums.DIGITS, checksums.LOWER, checksums.UPPER):
            places = [place for place, character in enumerate(value) if character in kind]
            for place, character in zip(
                places, random.sample([value[p] for p in places], len(places)), strict=True
            ):
                value[place] = character
        shuffled = text[:start] + "".join(value) + text[end:]
        list(matches(shuffled, 0, len(shuffled), fmt))


def test_a_window_that_cuts_a_longer_word_does_not_make_a_token() -> None:
    fmt = next(fmt for fmt in FORMATS if fmt.id == "digitalocean-access-token")
    value = synthetic.generate(fmt.example, 1)
    assert list(matches(value + "ff", 0, len(value), fmt)) == []
    assert list(matches("x" + value, 1, len(value) + 1, fmt)) == []
    assert list(matches(value, 0, 8, fmt)) == [(0, len(value))]


@settings(max_examples=60)
@given(
    seeds=st.lists(st.integers(0, 999), min_size=1, max_size=6),
    width=st.integers(16, 4096),
    name=st.sampled_from(
        ["github-oauth-token", "azure-cosmos-db-key", "json-web-token", "telegram-bot-token"]
    ),
)
def test_windows_find_what_the_whole_text_holds(seeds: list[int], width: int, name: str) -> None:
    fmt = next(fmt for fmt in FORMATS if fmt.id == name)
    text = "\n".join(f"line {seed}: {synthetic.generate(fmt.example, seed)}" for seed in seeds)
    whole = list(matches(text, 0, len(text), fmt))
    assert len(whole) == len(seeds)
    starts = range(0, len(text), width)
    assert [span for at in starts for span in matches(text, at, at + width, fmt)] == whole


def test_shapes_agree_wherever_they_stand() -> None:
    token = synthetic.generate("{github_token}", 7)
    assert synthetic.generate('f"{name}" + "{github_token}"', 7) == f'f"{{name}}" + "{token}"'
    assert synthetic.generate("{github_token}", 8) != token
    assert synthetic.generate("{github_token:2}", 7) != token
    for name in synthetic.SHAPES:
        assert "{" not in synthetic.generate("{" + name + "}", 1), name


def test_the_page_is_up_to_date() -> None:
    docs = Path(__file__).parents[2] / "docs"
    page = runpy.run_path(str(docs / "make_formats.py"))["page"]()
    assert (docs / "formats.md").read_text(encoding="utf-8") == page, "run: python docs/make_formats.py"


VENDOR_LINES = (
    'const token = new Acme({{ braze_api_key: "{}" }});',
    "BRAZE_TOKEN={}",
    "export BRAZE_CLIENT_SECRET_PROD='{}'",
    "braze-token: {}",
    'var brazeToken string = "{}"',
    'let brazeApiKey: string = "{}";',
    "braze client secret: {}",
    'config["braze"]["api_key"] = "{}"',
    r"{{\"braze_token\": \"{}\"}}",
    "<brazeToken>{}</brazeToken>",
    "<brazeToken>\n    {}\n</brazeToken>",
    "BRAZE_TOKEN ?= {}",
    "BRAZE_PAT={}",
    'braze_token ||= "{}"',
    '<add key="BrazeApiKey" value="{}" />',
    "${{BRAZE_TOKEN:-{}}}",
    'setBrazeToken("{}")',
    'BRAZE_TOKEN = (\n    "{}"\n)',
)


@pytest.mark.parametrize("line", VENDOR_LINES)
def test_a_random_value_under_the_name_of_any_vendor(line: str) -> None:
    for seed in SEEDS:
        for shape in ("{base62:20-64}", "{base64url:43}", "{base36:40}"):
            value = synthetic.generate(shape, seed)
            text = line.format(value)
            assert [text[s.start : s.end] for s in secrets.in_line(text, "a.txt")] == [value]


def test_random_values_are_distinguished_from_words() -> None:
    shapes = ("{base62:20}", "{base62:40}", "{base64url:32}", "{hex:32}", "{HEX:32}", "{uuid}", "{base36:32}")
    for shape in shapes:
        values = [synthetic.generate(shape, seed) for seed in range(500)]
        assert sum(is_random(value) for value in values) >= 485, shape
    modules = (
        ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        for path in Path(ROOT, "src").rglob("*.py")
    )
    names = [name for name in modules if len(name) >= 20]
    assert len(names) > 200
    names += [name.upper() for name in names] + [name + "_v2" for name in names]
    found = [name for name in names if is_random(name)]
    assert len(found) <= len(names) / 4, found


def test_a_format_is_in_the_module_of_its_first_letter_in_the_order_of_ids() -> None:
    """So that no one has to search for a vendor's place."""
    for module in (m for m in vars(formats).values() if getattr(m, "__name__", "").count("_to_")):
        first, last = module.__name__.rpartition(".")[2].split("_to_")
        ids = [fmt.id for fmt in module.FORMATS]
        assert ids == sorted(ids)
        assert [each for each in ids if not first <= each[0] <= last] == []


@pytest.mark.parametrize(
    "value", ["aB1" * 7, "12345678901234567890", "Kq7vWz2p9xmN4rT8bYgé", "kqvwzpxmnrtbyghjdfsl"]
)
def test_what_has_few_characters_or_one_kind_is_not_random(value: str) -> None:
    assert is_random("Kq7vWz2p9xmN4rT8bYgH")
    assert not is_random(value)
