"""A baseline of version 0.1 accepts the same findings as ever, and reports have the same keys for them.

Texts for people may change; keys that programs read may not. A failure names the finding, the key, and both
of its values.
"""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest

from palint.registry import load
from tests.conftest import PALINT, ROOT, palint

from . import make, tree
from .make import BASELINE, REPORTS

SCHEMA = ROOT / "src" / "palint" / "report" / "schema.json"

# Keys whose values are texts for people, or follow from those: only their type counts.
TEXTS = {"message", "why", "fix_hint", "description", "body", "solution", "edits", "follow_up"}

Records: TypeAlias = dict[tuple[object, ...], dict[str, object]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, made."""
    return tree.make(tmp_path_factory.mktemp("golden") / "shop")


@pytest.fixture(scope="module")
def reports(shop: Path) -> dict[str, str]:
    """The text of today's report in each format."""
    make.write_reports([str(PALINT)], shop, shop.parent)
    return {form: (shop.parent / name).read_text("utf-8") for form, name in REPORTS.items()}


def golden(form: str) -> str:
    """The text of 0.1's report."""
    return (tree.FOLDER / REPORTS[form]).read_text("utf-8")


# --- reports as records: what identifies a finding -> its keys


def numbered(pairs: Iterable[tuple[tuple[object, ...], dict[str, object]]]) -> Records:
    """Records, with a number for those that have the same identity."""
    seen: Counter[tuple[object, ...]] = Counter()
    records: Records = {}
    for identity, keys in pairs:
        seen[identity] += 1
        records[(*identity, seen[identity])] = keys
    return records


def keys(value: object, name: str = "") -> dict[str, object]:
    """The values of a JSON value by the way to them (`start.line`), texts as their type."""
    if name.rpartition(".")[2] in TEXTS:
        return {name: type(value).__name__}
    if isinstance(value, dict):
        parts = [keys(one, f"{name}.{key}".lstrip(".")) for key, one in value.items()]
    elif isinstance(value, list):
        parts = [keys(one, f"{name}[{number}]") for number, one in enumerate(value)]
    else:
        return {name: value}
    return {key: one for part in parts for key, one in part.items()}


def json_records(text: str) -> Records:
    report = json.loads(text)
    head = {name: report[name] for name in ("version", "complete")}
    pairs = [(("report",), keys(head))]
    for part in ("findings", "suppressed"):
        for one in report[part]:
            pairs.append(((part, one["rule"], one["path"], *one["start"].values()), keys(one)))
    pairs += [(("notice", one["path"], one["kind"]), keys(one)) for one in report["notices"]]
    return numbered(pairs)


def sarif_records(text: str) -> Records:
    run = json.loads(text)["runs"][0]
    rules = [{name: rule[name] for name in ("id", "helpUri")} for rule in run["tool"]["driver"]["rules"]]
    pairs = [(("rule", rule["id"]), keys(rule)) for rule in rules]
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        region = place["region"]
        identity = ("result", result["ruleId"], place["artifactLocation"]["uri"], region["startLine"])
        drop = {"ruleIndex", "fixes", "relatedLocations"}  # an index into this run's rules; texts
        pairs.append((identity, keys({name: one for name, one in result.items() if name not in drop})))
    return numbered(pairs)


def gitlab_records(text: str) -> Records:
    return numbered(
        ((one["check_name"], one["location"]["path"], one["location"]["lines"]["begin"]), keys(one))
        for one in json.loads(text)
    )


def secret_detection_records(text: str) -> Records:
    return numbered(
        (
            (one["identifiers"][0]["value"], one["location"]["file"], one["location"]["start_line"]),
            keys({name: value for name, value in one.items() if name != "name"}),
        )
        for one in json.loads(text)["vulnerabilities"]
    )


def junit_records(text: str) -> Records:
    return numbered(
        ((case.get("classname"), case.get("name")), {**case.attrib, "outcome": [child.tag for child in case]})
        for case in ET.fromstring(text).iter("testcase")
    )


def github_records(text: str) -> Records:
    lines = [re.match(r"::(\w+) (.*?)::", line) for line in text.splitlines()]
    return numbered(((found[2],), {"command": found[1]}) for found in lines if found)


def concise_records(text: str) -> Records:
    lines = [re.match(r"(.+?:\d+:\d+): (\w+): .* \[([a-z0-9-]+)\]", line) for line in text.splitlines()]
    return numbered(((found[1], found[3]), {"severity": found[2]}) for found in lines if found)


RECORDS: dict[str, Callable[[str], Records]] = {
    "json": json_records,
    "sarif": sarif_records,
    "gitlab": gitlab_records,
    "gitlab-secret-detection": secret_detection_records,
    "junit": junit_records,
    "github": github_records,
    "concise": concise_records,
}


def moved(old: Records, new: Records) -> Iterator[str]:
    """A line for each record that is gone and for each key of another value; what is new is no matter."""
    for identity, before in old.items():
        after = new.get(identity)
        name = " ".join(str(part) for part in identity[:-1])
        if after is None:
            yield f"{name}: gone"
            continue
        for key, value in before.items():
            if key not in after:
                yield f"{name}: the key `{key}` is gone"
            elif after[key] != value:
                yield f"{name}: the key `{key}` was {value!r} and is {after[key]!r}"


# --- the tests


def test_the_tree_is_the_one_that_the_golden_files_are_about(shop: Path) -> None:
    made = subprocess.run(["git", "rev-parse", "HEAD"], cwd=shop, capture_output=True, text=True, check=True)
    vulnerabilities = json.loads(golden("gitlab-secret-detection"))["vulnerabilities"]
    assert {one["location"]["commit"]["sha"] for one in vulnerabilities} == {made.stdout.strip()}


def test_the_golden_files_have_something_of_each_kind() -> None:
    report = json.loads(golden("json"))
    found = report["findings"]
    rules = {one["rule"] for one in found}
    assert len(rules) == 17 and rules <= set(load())
    assert {(one["severity"], one["confidence"]) for one in found} == {
        ("error", "high"),
        ("warning", "high"),
        ("warning", "low"),
    }
    assert report["summary"]["repeats"] >= 3
    assert {one["source"].partition(":")[0] for one in report["suppressed"]} == {"app/copy.py", "palint.toml"}
    assert {one["complete"] for one in report["notices"]} == {True, False}
    assert '"copy": 2' in (tree.FOLDER / BASELINE).read_text("utf-8")
    assert any(one["fix"] and one["fix"]["safe"] for one in found)
    assert any(one["fix"] and not one["fix"]["safe"] for one in found)
    assert any(one["related"] for one in found)


def test_the_golden_files_have_no_secret() -> None:
    text = "".join(path.read_text("utf-8") for path in sorted(tree.FOLDER.iterdir()))
    assert len(tree.secrets()) > 30
    for secret in tree.secrets():
        assert not [line for line in secret.splitlines() if not line.startswith("-----") and line in text]


@pytest.mark.parametrize("form", REPORTS)
def test_no_key_of_a_report_has_moved(form: str, reports: dict[str, str]) -> None:
    old, new = RECORDS[form](golden(form)), RECORDS[form](reports[form])
    assert len(old) >= 18
    changes = list(moved(old, new))
    assert not changes, "\n".join(changes)


def test_a_report_of_0_1_is_valid_in_the_published_schema() -> None:
    jsonschema.validate(json.loads(golden("json")), json.loads(SCHEMA.read_text("utf-8")))


def test_a_report_of_today_is_valid_in_the_schema_of_0_1(reports: dict[str, str]) -> None:
    schema = json.loads((tree.FOLDER / "schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(reports["json"]), schema)


def entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def moved_key(entry: dict[str, Any], others: list[dict[str, Any]]) -> str:
    """Which key of an entry differs from the one that today's baseline has for the same finding."""
    for key in ("copy", "value", "line"):
        rest = {name: value for name, value in entry.items() if name != key}
        if any(rest.items() <= other.items() for other in others):
            return f"{entry}: its `{key}` has moved"
    return f"{entry}: no finding of the rule has this line or this value"


def test_each_entry_of_a_baseline_of_0_1_matches(tmp_path: Path) -> None:
    known = entries(tree.FOLDER / BASELINE)
    make.write_baseline([str(PALINT)], tmp_path / "today", tmp_path)
    today = entries(tmp_path / BASELINE)
    others = [entry for entry in today if entry not in known]
    changes = [moved_key(entry, others) for entry in known if entry not in today]
    assert not changes, "\n".join(changes)

    shop = tree.make(tmp_path / "shop", without=make.INCOMPLETE)
    (shop / "palint-baseline.jsonl").write_bytes((tree.FOLDER / BASELINE).read_bytes())
    report = json.loads(palint("--no-cache", "--format", "json", cwd=shop).stdout)
    assert report["summary"]["baselined"] == len(known) > 40


def test_a_moved_key_is_named() -> None:
    known = entries(tree.FOLDER / BASELINE)[0]
    assert "its `line`" in moved_key(known, [{**known, "line": "0"}])
    assert "its `value`" in moved_key(known, [{**known, "value": "000"}])
    assert "its `copy`" in moved_key(known, [{**known, "copy": 9}])
    assert "no finding" in moved_key(known, [{**known, "rule": "x"}])
    old = json_records(golden("json"))
    identity, one = next(item for item in old.items() if item[0][0] == "findings")
    changed = {
        **old,
        identity: {key: value for key, value in one.items() if key != "url"} | {"severity": "x"},
    }
    name = " ".join(str(part) for part in identity[:-1])
    assert sorted(moved(old, changed)) == [
        f"{name}: the key `severity` was {one['severity']!r} and is 'x'",
        f"{name}: the key `url` is gone",
    ]
    assert list(moved(old, {key: value for key, value in old.items() if key != identity})) == [
        f"{name}: gone"
    ]
