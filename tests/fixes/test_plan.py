"""Fixes: which are chosen, what the bytes become, and that a file on the disk is never half written."""

from __future__ import annotations

import io
import os
import random
import signal
import stat
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.findings import Edit, Finding, Fix, Severity
from palint.fixes import plan as fix_plan
from palint.fixes import write as fix_writer
from palint.fixes.plan import FixError, Plan, plan
from palint.report import diff
from palint.secrets.synthetic import generate
from palint.text.source import SourceFile


def edit(file: SourceFile, old: str, new: str) -> Edit:
    """Replace the first `old` in a file by `new`."""
    start = file.text.index(old)
    return Edit(file.span(start, start + len(old)), new)


def finding(*edits: Edit, safe: bool = True, values: tuple[tuple[int, int], ...] = ()) -> Finding:
    return Finding(
        "r", "C2", Severity.ERROR, "m", "h", edits[0].span, fix=Fix(edits, safe), value_ranges=values
    )


def planned(*findings: Finding, files: list[SourceFile], unsafe: bool = False) -> Plan:
    return plan(findings, {f.path: f for f in files}.get, unsafe=unsafe)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encoding_mark_and_line_ends_are_kept(encoding: str, line_end: str) -> None:
    before = line_end.join(["# café", "key = 1", "", "end"])
    data = before.encode(encoding)
    file = SourceFile("a.py", data)
    after = planned(finding(edit(file, "key = 1", "a: 1\nb: 2")), files=[file]).changes[0].data
    assert after == before.replace("key = 1", f"a: 1{line_end}b: 2").encode(encoding)


def test_a_cut_character_at_the_end_is_kept() -> None:
    data = "key = 1\nrest of it".encode("utf-16") + b"\x41"
    file = SourceFile("a.txt", data)
    assert planned(finding(edit(file, "1", "2")), files=[file]).changes[0].data == data.replace(b"1", b"2")


def test_what_the_encoding_cannot_hold_is_not_written() -> None:
    file = SourceFile("a.py", "# café\nkey = 1\n".encode("latin-1"))
    made = planned(finding(edit(file, "1", "日本")), files=[file])
    assert made.changes == () and "latin-1" in made.skipped[0].reason


def test_safe_fixes_alone_unless_asked() -> None:
    file = SourceFile("a.py", b"a b")
    safe, unsafe = finding(edit(file, "a", "1")), finding(edit(file, "b", "2"), safe=False)
    assert planned(safe, unsafe, files=[file]).changes[0].data == b"1 b"
    assert planned(safe, unsafe, files=[file], unsafe=True).changes[0].data == b"1 2"


def test_of_two_that_overlap_the_first_wins_and_the_other_is_said() -> None:
    file = SourceFile("a.py", b"abcdef")
    one, two, three = (finding(edit(file, old, "-")) for old in ("cd", "bcde", "f"))
    made = planned(one, two, three, files=[file])
    assert made.changes[0].data == b"ab-e-"
    assert made.fixed == (one, three)
    assert [(s.finding, s.reason) for s in made.skipped] == [(two, "another fix changes the same place")]


def test_the_same_edit_of_two_findings_is_made_once() -> None:
    file = SourceFile("a.yml", b"permissions:\n")
    add = Edit(file.span(13, 13), "  id-token: write\n")
    made = planned(finding(add), finding(add), files=[file])
    assert made.changes[0].data == b"permissions:\n  id-token: write\n"
    assert len(made.fixed) == 2


def test_two_different_insertions_at_one_place_are_a_guess_and_touching_edits_are_not() -> None:
    file = SourceFile("a.py", b"abcd")
    here = file.span(2, 2)
    made = planned(finding(Edit(here, "1")), finding(Edit(here, "2")), files=[file])
    assert made.changes[0].data == b"ab1cd" and len(made.skipped) == 1
    made = planned(finding(edit(file, "ab", "x")), finding(edit(file, "cd", "y")), files=[file])
    assert made.changes[0].data == b"xy" and not made.skipped


def test_a_fix_over_two_files_is_made_whole_or_not_at_all() -> None:
    one, two = SourceFile("a.py", b"aa"), SourceFile("b.py", b"bb")
    both = finding(edit(one, "aa", "1"), edit(two, "bb", "2"))
    blocked = finding(edit(two, "b", "3"))
    assert [c.data for c in planned(both, files=[one, two]).changes] == [b"1", b"2"]
    made = planned(blocked, both, files=[one, two])
    assert [(c.file.path, c.data) for c in made.changes] == [("b.py", b"3b")]
    assert planned(both, files=[one]).changes == ()


def test_a_fix_whose_own_edits_overlap_is_refused() -> None:
    file = SourceFile("a.py", b"abc")
    assert planned(finding(edit(file, "ab", "1"), edit(file, "bc", "2")), files=[file]).changes == ()


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.text(max_size=4))))
def test_whatever_is_chosen_never_overlaps_and_is_applied_exactly(
    text: str, wanted: list[tuple[int, int, str]]
) -> None:
    file = SourceFile("a.txt", text.encode("utf-8", "surrogatepass"))
    text = file.text
    made = planned(
        *(
            finding(Edit(file.span(*sorted((min(a, len(text)), min(b, len(text))))), new.replace("\n", "")))
            for a, b, new in wanted
        ),
        files=[file],
    )
    for change in made.changes:
        expected = text
        places = [(e.span.offset, e.span.end_offset, e.text) for e in change.edits]
        assert all(a[1] <= b[0] for a, b in pairwise(places))
        for start, end, new in reversed(places):
            expected = expected[:start] + new + expected[end:]
        assert change.data == expected.encode(file.encoding)
    assert len(made.fixed) + len(made.skipped) == len(wanted)


def change(root: Path, path: str = "a.py", data: bytes | None = None) -> fix_plan.Change:
    """A change of the file at `path` as it is on the disk, or as `data` says it was."""
    file = SourceFile(path, (root / path).read_bytes() if data is None else data)
    (made,) = planned(finding(edit(file, "old", "new")), files=[file]).changes
    return made


def test_a_file_is_replaced_with_its_mode_and_nothing_left_beside(tmp_path: Path) -> None:
    target = tmp_path / "dir" / "a.py"
    target.parent.mkdir()
    target.write_text("old = 1\n")
    target.chmod(0o751)
    fix_writer.write(str(tmp_path), change(tmp_path, "dir/a.py"))
    assert target.read_text() == "new = 1\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o751
    assert os.listdir(target.parent) == ["a.py"]


def test_a_file_that_changed_since_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old = 2\n")
    with pytest.raises(FixError, match=r"a\.py: not fixed: it changed since"):
        fix_writer.write(str(tmp_path), change(tmp_path, data=b"old = 1\n"))
    assert (tmp_path / "a.py").read_text() == "old = 2\n"


@pytest.mark.parametrize("kind", ["link", "linked parent", "fifo", "gone", "directory"])
def test_nothing_is_written_through_a_link_or_into_what_is_no_file(tmp_path: Path, kind: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "dir").mkdir(parents=True)
    outside.mkdir()
    (outside / "a.py").write_text("old")
    target = root / "dir" / "a.py"
    if kind == "link":
        target.symlink_to(outside / "a.py")
    elif kind == "linked parent":
        (root / "dir").rmdir()
        (root / "dir").symlink_to(outside)
    elif kind == "fifo":
        os.mkfifo(target)
    elif kind == "directory":
        target.mkdir()
    with pytest.raises(FixError, match=r"dir/a\.py: not fixed"):
        fix_writer.write(str(root), change(root, "dir/a.py", b"old"))
    assert (outside / "a.py").read_text() == "old"
    assert os.listdir(outside) == ["a.py"]
    assert not [n for n in os.listdir(root / "dir") if n.startswith(".palint")]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("old")
    made = change(tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FixError, match="No space left on device"):
        fix_writer.write(str(tmp_path), made)
    assert (tmp_path / "a.py").read_text() == "old"
    assert os.listdir(tmp_path) == ["a.py"]


WRITER = """
import sys
from palint import fixes
from palint.findings import Edit, Finding, Fix, Severity
from palint.text.source import SourceFile
root = sys.argv[1]
print("go", flush=True)
for n in range(100_000):
    with open(root + "/a.txt", "rb") as file:  # left to be closed by itself, it would swallow an interrupt
        data = file.read()
    file = SourceFile("a.txt", data)
    edit = Edit(file.span(0, 1), "b" if data[:1] == b"a" else "a")
    finding = Finding("r", "C2", Severity.ERROR, "m", "h", edit.span, fix=Fix((edit,), True))
    (change,) = fixes.plan([finding], lambda path: file).changes
    fixes.write(root, change)
"""


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_write_leaves_one_whole_file(tmp_path: Path, signum: signal.Signals) -> None:
    size = 200_000
    chance = random.Random(signum)
    for _ in range(5):
        (tmp_path / "a.txt").write_text("a" + "." * size)
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.05 + chance.random() / 20)
        writer.send_signal(signum)
        assert writer.wait(10) != 0
        writer.stdout.close()
        assert os.listdir(tmp_path) == ["a.txt"]
        text = (tmp_path / "a.txt").read_text()
        assert len(text) == size + 1 and text[0] in "ab"


def shown(*findings: Finding, files: list[SourceFile], color: bool = False) -> str:
    out = io.StringIO()
    diff.write(planned(*findings, files=files, unsafe=True).changes, findings, out, color=color)
    return out.getvalue()


def test_a_diff_reads_like_git_s() -> None:
    file = SourceFile("a.yml", "".join(f"line {n}\n" for n in range(1, 21)).encode())
    assert shown(
        finding(edit(file, "line 4\n", "")), finding(edit(file, "line 15\n", "line 15\nand\n")), files=[file]
    ) == "\n".join(
        [
            "--- a/a.yml", "+++ b/a.yml",
            "@@ -1,7 +1,6 @@", " line 1", " line 2", " line 3", "-line 4", " line 5", " line 6", " line 7",
            "@@ -13,6 +12,7 @@", " line 13", " line 14", " line 15", "+and", " line 16", " line 17",
            " line 18", "",
        ]
    )  # fmt: skip


@given(st.data())
def test_a_diff_applied_by_git_gives_the_fixed_file(data: st.DataObject) -> None:
    """Nothing here is secret, so the printed diff is the true one; hunks are checked line by line."""
    lines = data.draw(st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1, max_size=25))
    text = "".join(line + "\n" for line in lines)
    file = SourceFile("a.txt", text.encode())
    places = st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4)
    edits = [
        Edit(file.span(*sorted(p)), data.draw(st.sampled_from(["", "x", "x\ny\n", "\n"])))
        for p in data.draw(places)
    ]
    findings = [finding(e) for e in edits]
    printed = shown(*findings, files=[file])
    changes = planned(*findings, files=[file]).changes
    expected = changes[0].data.decode() if changes else text
    assert _patched(lines, printed.splitlines()[2:]) == diff._lines(expected)


def _patched(old: list[str], patch: list[str]) -> list[str]:
    """What `patch` would make of some lines; every line of a hunk that stays or goes must be there."""
    new, at = [], 0
    for line in patch:
        if line.startswith("@@"):
            before, after = (part.lstrip("-+").split(",") for part in line.split()[1:3])
            begin = int(before[0]) - (before[1] != "0")
            new += old[at:begin]
            at = begin
            assert len(new) == int(after[0]) - (after[1] != "0")
        else:
            if line[0] in " -":
                assert old[at] == line[1:]
                at += 1
            if line[0] in " +":
                new.append(line[1:])
    return new + old[at:]


def test_a_diff_shows_no_secret() -> None:
    """Neither what a detector knows nor what only the rule knew, on lines that stay, go or come."""
    token, phrase = generate("{github_token}"), "only the rule knows this"
    text = f'# {token}\nclient(a="{phrase}", b=1)\n# {phrase}\n'
    file = SourceFile("a.py", text.encode())
    start = text.index(phrase)
    mends = edit(file, ", b=1", "")
    out = shown(finding(mends, values=((start, start + len(phrase)),)), files=[file])
    assert phrase not in out and token not in out
    assert f'-client(a="{"*" * len(phrase)}", b=1)' in out
    assert f'+client(a="{"*" * len(phrase)}")' in out


def test_a_diff_escapes_what_a_terminal_obeys() -> None:
    file = SourceFile("\x1b[31m.py", b"\x1b[31mold\n")
    out = shown(finding(edit(file, "old", "new")), files=[file])
    assert "\x1b" not in out and r"-\x1b[31mold" in out
    assert shown(finding(edit(file, "old", "new")), files=[file], color=True).count("\x1b[0m") == 5


def test_a_new_file_is_written_with_its_folders_and_never_over_anything(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    fix_writer.create(str(root), "a/b/c.txt", b"x")
    assert (root / "a" / "b" / "c.txt").read_bytes() == b"x"
    (root / "link").symlink_to(outside)
    (root / "dangling").symlink_to(outside / "x")
    for path in ("a/b/c.txt", "a/b", "link/c.txt", "dangling", "a/b/c.txt/d"):
        with pytest.raises(FixError, match=f"{path}: not written"):
            fix_writer.create(str(root), path, b"y")
    assert os.listdir(outside) == [] and (root / "a" / "b" / "c.txt").read_bytes() == b"x"
