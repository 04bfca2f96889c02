"""The web site: it builds without a warning, its links lead somewhere, and a browser shows it."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote_plus, unquote, urldefrag, urljoin, urlsplit

import pytest

from palint import registry
from palint.rule import SITE
from tests import browser
from tests.browser import Browser
from tests.conftest import ROOT

pytest.importorskip("zensical", reason="zensical needs Python 3.11")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that was built from a copy of the sources."""
    copy = tmp_path_factory.mktemp("site")
    shutil.copy(ROOT / "zensical.toml", copy)
    shutil.copytree(ROOT / "docs", copy / "docs")
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return copy / "site"


def test_a_rule_has_a_page_under_its_own_name(site: Path) -> None:
    for name, rule in registry.load().items():
        page = site / rule.url().removeprefix(SITE) / "index.html"
        assert f"<h1 id={name}>{name}" in page.read_text().replace('"', "")


def test_only_pages_are_published(site: Path) -> None:
    assert not [p for p in site.rglob("*") if p.suffix in (".py", ".md", ".yml", ".toml")]


class _Page(HTMLParser):
    """The addresses that a page names, and the ids in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.add(value or "")
            elif name == "id":
                self.ids.add(value or "")


def test_links(site: Path) -> None:
    """Of the site as built, with its navigation: `--strict` checks only the links that Markdown holds."""
    pages = {path: _Page(path) for path in site.rglob("*.html") if path.name != "404.html"}
    checked = 0
    for path, page in pages.items():
        own = SITE + path.relative_to(site).as_posix().removesuffix("index.html")
        for link in page.links:
            address, anchor = urldefrag(urljoin(own, link))
            if not address.startswith(SITE):
                assert urlsplit(address).scheme in ("https", "mailto"), f"{path}: {link}"
                continue
            target = site / unquote(urlsplit(address).path.removeprefix(urlsplit(SITE).path))
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{path.relative_to(site)}: {link}"
            if anchor and target in pages:
                assert unquote(anchor) in pages[target].ids, f"{path.relative_to(site)}: {link}"
            checked += 1
    assert checked > 500


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where a server in this process serves the site."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.mark.skipif(not browser.PROGRAM, reason="no chromium on this machine")
def test_a_browser_shows_it(address: str, tmp_path: Path) -> None:
    """Start page, a made one and a rule's on a phone and a desk, light and dark."""
    page = Browser(tmp_path)
    try:
        for path, heading in (("", "palint"), ("settings/", "Settings"), ("rules/env-file/", "env-file")):
            for width in (400, 1200):
                page.open(address + path, width)
                assert page.run("document.querySelector('h1').firstChild.textContent") == heading
                assert page.run("document.documentElement.scrollWidth <= innerWidth"), f"{path} at {width}"
                text = page.run("document.querySelector('article').getBoundingClientRect().width")
                assert 0.5 * min(width, 1000) < text <= width
        page.open(address, 1200)
        assert page.run("document.querySelector('article img').naturalWidth") > 100
        light = page.run("getComputedStyle(document.body).backgroundColor")
        page.prefer("dark")
        page.open(address + "start/", 400)
        assert page.run("getComputedStyle(document.body).backgroundColor") != light
    finally:
        page.close()


# {what somebody types: the page, and a part of it, that the first result leads to}
SEARCHES = {
    "suppress": "accept/",
    "ignore": "accept/#ignore-one-line",
    "false positive": "accept/",
    "silence": "accept/",
    "configure": "settings/#all-settings",
    "settings": "settings/",
    "exclude": "questions/#skip",
    "disable a rule": "accept/#leave-out-files-or-disable-a-rule",
    "shared settings": "settings/#shared-by-many-repositories",
    "custom token": "write-a-rule/#a-custom-token-needs-no-code",
    "exit codes": "questions/#what-does-the-exit-code-mean",
    "intellij": "editors/#intellij-idea-pycharm-and-other-jetbrains-editors",
    "200 repositories": "rollout/",
    "roll out": "rollout/",
    "organisation": "rollout/",
    "organization": "rollout/#4-require-the-check",
    "monorepo": "rollout/#a-monorepo",
    "pre-receive": "rollout/#pre-receive",
    "boto3": "rules/boto3-access-key/",
    "leaked secret": "history/#after-a-finding",
    "offline": "start/#offline",
    "autofix": "questions/#autofix",
    "node_modules": "questions/#vendored",
    "audit": "accept/#what-is-accepted",
    "bypass": "questions/#refused",
    "refused": "questions/#refused",
    "blocked": "questions/#refused",
    "inline ignore": "questions/#inline",
    "expiry date": "questions/#expire",
    "temporary exception": "questions/#expire",
    "waiver": "questions/#expire",
    "privacy": "questions/#privacy",
    "upload": "questions/#privacy",
    "secret locally": "questions/#locally",
    "branch protection": "questions/#enforce",
    "1000 repositories": "questions/#cost",
    "git history": "history/",
    "never pushed": "history/#never-pushed",
    "rollout": "rollout/",
    "dashboard": "questions/#how-do-i-compare-two-runs-or-show-metrics-and-trends-to-management",
    "false positive rate": "rollout/#1-look-at-what-is-there",
    "required job": "rollout/#gitlab",
    "read other files": "questions/#other-files",
    "position of a node": "write-a-rule/#syntax-tree",
    "known secret formats": "questions/#tokens",
    "new repository": "questions/#new-repository",
    "report by team": "fleet/#teams",
    "packages for the action": "ci/#github-actions",
    "exit code 2": "ci/#exit-code-2",
    "supported versions": "start/#supported-versions",
    "private package index": "ci/#rules-from-a-private-package-index",
    "nightly job": "fleet-clusters/#one-nightly-job",
    "environment variables": "questions/#which-environment-variables-are-read",
    "merge queue": "ci/#github-actions",
    "skip a file": "questions/#skip",
    "required workflow": "questions/#enforce",
    "who owns a finding": "questions/#who-owns-a-finding",
    "test a rule": "questions/#how-do-i-test-a-rule-unit-test-or-debug-it",
    "sql columns": "questions/#which-sql-views-and-columns-does-the-store-have",
    "supported languages": "questions/#supported",
    "undeclared reads": "questions/#reads",
    "coverage": "questions/#coverage",
    "limitations": "questions/#coverage",
    "leave the machine": "questions/#privacy",
    "configuration options": "settings/#all-settings",
    "dummy secret example": "write-a-rule/#made-up",
    "experimental": "questions/#preview",
    "install": "start/#install",
    "install pre-commit hook": "start/#stop-new-findings",
    "mark false positive": "accept/",
    "ignore comment not working": "accept/#not-working",
    "why is my ignore not working": "accept/#not-working",
    "ignore finding in json file": "accept/#allow-in-the-settings",
    "password already pushed": "history/#after-a-finding",
    "leaked password": "history/#after-a-finding",
    "exclude folder": "questions/#skip",
    "skip fixtures": "questions/#skip",
    "run locally without .env": "questions/#locally",
    "run app locally": "questions/#locally",
    "roll out to many repositories": "rollout/",
    "existing findings baseline": "baseline/",
    "accept all existing findings": "baseline/",
    "too many findings": "baseline/",
    "enforce organization required check": "rollout/#4-require-the-check",
    "central config cannot override": "questions/#central",
    "central config": "questions/#central",
    "temporary exception expires": "questions/#expire",
    "exception until": "questions/#expire",
    "exceptions per team": "questions/#expire",
    "report per team trend": "fleet/#teams",
    "how long 1000 repositories": "questions/#cost",
    "privacy secret value stored sent": "questions/#privacy",
    "what data is sent": "questions/#privacy",
    "pre-receive hook block push": "rollout/#pre-receive",
    "monorepo settings per package": "settings/#in-a-monorepo",
    "create github issues automatically": "questions/#tickets",
    "create issues": "questions/#tickets",
    "how do I create an issue": "questions/#tickets",
    "offline private index": "start/#offline",
    "no internet": "start/#offline",
    "pip download": "start/#offline",
    "repository cannot be cloned": "fleet/#unreadable",
    "write custom rule python example": "write-a-rule/#the-rule",
    "publish rule share with all repositories": "questions/#publish",
    "parse yaml position line number": "write-a-rule/#syntax-tree",
    "rule fix --fix": "write-a-rule/#a-fix",
    "write a fix": "write-a-rule/#a-fix",
    "rule error message leaks secret": "write-a-rule/#keep-secrets",
    "slow": "questions/#slow",
    "nightly scan": "questions/#how-do-i-schedule-it-every-night-a-nightly-scan-of-all-repositories",
    "add own token": "write-a-rule/#a-custom-token-needs-no-code",
    "ci setup": "ci/",
    "how long does a scan take": "questions/#slow",
    "does it upload my code": "questions/#privacy",
    "airtable": "formats/#a",
    # No section has all of these words: docs/search.js.
    "onboard 200 repos": "rollout/",
    "enforce across org": "questions/#enforce",
    "show effective config": "questions/#how-do-i-show-the-settings-that-are-in-force",
}


@pytest.mark.skipif(not browser.PROGRAM, reason="no chromium on this machine")
def test_the_search_leads_to_the_page_with_the_answer(address: str, tmp_path: Path) -> None:
    """The site's own index, asked through its search field."""
    page = Browser(tmp_path)
    try:
        page.open(address, 1200)
        page.run("document.querySelector('button.md-search__button').click()")
        field = "document.activeElement.shadowRoot?.querySelector('input')"
        page.wait_for(f"!!{field}")
        first = "document.activeElement.shadowRoot.querySelector('a')?.href"
        for words, result in SEARCHES.items():
            page.run(f"{field}.select()")
            page.type(words)
            # A result names the words that it was found by, for a moment also one of those before.
            path, _, part = result.partition("#")
            wanted = f"{address}{path}?h={quote_plus(words)}" + (f"#{part}" if part else "")
            page.wait_for(f"{first} === {wanted!r}")
    finally:
        page.close()


def test_a_page_loads_nothing_from_elsewhere(site: Path) -> None:
    """No script, style, font, image or frame of another host; links are for the reader to follow."""
    loading = re.compile(
        r"<(?:script|img|iframe|source|video|object|embed)\b[^>]*\b(?:src|data)=[\"']?((?:https?:)?//[^\s\"'>]+)"
        r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|preconnect|modulepreload|icon))"
        r"[^>]*\bhref=[\"']?((?:https?:)?//[^\s\"'>]+)"
        r"|(?:url\(|@import\s)\s*[\"']?((?:https?:)?//[^\s\"')]+)"
    )
    pages = [path for path in site.rglob("*") if path.suffix in (".html", ".css", ".svg")]
    assert len(pages) > 20
    for path in pages:
        assert not loading.findall(path.read_text("utf-8")), path.relative_to(site)
