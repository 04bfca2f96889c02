"""Which repositories a source names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from palint.fleet import sources
from palint.fleet.repository import Repository as Named
from palint.fleet.repository import SourceError
from palint.fleet.sources import read, shard, unique

from ..conftest import Repository


def test_lists_in_three_formats_are_equal(tmp_path: Path) -> None:
    rows = [
        {
            "address": "https://github.com/acme/api.git",
            "team": "platform",
            "tier": "1",
            "default-branch": "main",
        },
        {"address": "git@gitlab.example.com:acme/sub/web.git", "team": "", "tier": "", "default-branch": ""},
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (tmp_path / "a.csv").write_text("\ufeff" + "\r\n".join(lines))
    (tmp_path / "a.txt").write_text("".join(f"{row['address']}\n" for row in rows))
    made = read(str(tmp_path / "a.json"))
    assert made == read(str(tmp_path / "a.csv"))
    assert [(each.name, each.forge, each.team, each.branch) for each in made] == [
        ("acme/api", "github", "platform", "main"),
        ("acme/sub/web", "gitlab", "", ""),
    ]
    assert [each.address for each in read(str(tmp_path / "a.txt"))] == [each.address for each in made]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.csv", "address,team\nx,y,z\n", "a.csv:2: has another number of columns"),
        ("a.csv", "address,teem\nx,y\n", "a.csv:2: unknown column 'teem'"),
        ("a.json", "[1]", "entry 1 is neither"),
        ("a.json", "[", "not valid JSON"),
        ("a.json", '[{"team": "x"}]', "a.json:1: no address"),
        ("a.json", '[{"address": 1}]', "entry 1 is neither"),
        ("a.csv", "address,team\nx\n", "a.csv:2: has another number of columns"),
        ("a.csv", "address;team\nx;y\n", "a.csv:2: unknown column 'address;team'"),
        ("a.txt", "x" * 1001, "a.txt: larger than a list can be"),
    ],
)
def test_a_bad_list_names_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, why: str
) -> None:
    monkeypatch.setattr(sources, "_MAX_LIST", 1000)
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceError, match=why):
        read(str(tmp_path / name))


def test_a_folder_of_clones(tmp_path: Path) -> None:
    for name in ("acme/api", "acme/web", "lone"):
        Repository(tmp_path / "all" / name)
    bare = Repository(tmp_path / "bare")
    bare.git("clone", "-q", "--bare", ".", str(tmp_path / "all" / "acme" / "bare.git"))
    (tmp_path / "all" / "acme" / "notes").mkdir()
    (tmp_path / "all" / "link").symlink_to(tmp_path / "bare")
    assert [each.name for each in read(str(tmp_path / "all"))] == [
        "acme/api",
        "acme/bare",
        "acme/web",
        "lone",
    ]
    assert [each.name for each in read(str(tmp_path / "bare"))] == ["bare"]


def test_what_a_source_can_be(tmp_path: Path) -> None:
    for name in ("plain", "deep/a/b/c/d"):
        (tmp_path / name).mkdir(parents=True)
    Repository(tmp_path / "deep/a/b/c/d")
    lines = [
        "# comment",
        "",
        " https://gitlab.example/acme/api.git ",
        str(tmp_path / "plain"),
        "https://host/",
    ]
    (tmp_path / "a.txt").write_text("\n".join(lines))
    (tmp_path / "a.json").write_text(json.dumps([lines[2].strip(), {"address": "h:a/b", "forge": "gitlab"}]))
    made = read(str(tmp_path / "a.txt"))
    assert [(each.name, each.forge, each.problem) for each in made] == [
        ("acme/api", "gitlab", ""),
        ("plain", "github", "not a git repository"),
        ("https://host", "github", ""),
    ]
    assert [(each.name, each.forge) for each in read(str(tmp_path / "a.json"))] == [
        ("acme/api", "gitlab"), ("a/b", "gitlab"),
    ]  # fmt: skip
    assert read("https://host/acme/api")[0].name == "acme/api"
    assert read(str(tmp_path / "deep")) == []  # three folders deep at most
    for source in ("nothing", "github"):
        with pytest.raises(SourceError, match="no such file or folder; a source is a list"):
            read(source)
    for kind, what in (("github", "organisation"), ("gitlab", "group")):
        with pytest.raises(SourceError, match=f"name the {what}: {kind}:NAME"):
            read(f"{kind}:")


def test_two_repositories_with_one_name_are_both_kept() -> None:
    one, other = (Named("acme/api", f"https://{host}/acme/api") for host in ("a", "b"))
    made, notes = unique([one, other, one])
    assert [each.name for each in made] == ["acme/api", "acme/api (https://b/acme/api)"]
    assert len(notes) == 2


def test_credentials_of_an_address_reach_no_one(tmp_path: Path) -> None:
    word = "s3cr" + "et-w0rd"
    (tmp_path / "a.txt").write_text(f"https://me:{word}@github.com/acme/api\n")
    (made,) = read(str(tmp_path / "a.txt"))
    assert word not in repr(made) and "credentials" in made.problem


def test_shards_are_a_partition() -> None:
    made = [Named(f"acme/{number}", "") for number in range(200)]
    parts = [shard(made, number, 8) for number in range(1, 9)]
    assert sorted(each.name for part in parts for each in part) == sorted(each.name for each in made)
    assert all(10 <= len(part) <= 40 for part in parts)
