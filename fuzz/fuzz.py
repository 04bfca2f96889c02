"""Fuzz palint: python fuzz/fuzz.py [SECONDS] [TARGET…].

Every target of targets.py in turn, for SECONDS each (60). With atheris the search is guided by coverage;
without it, the rules' examples are changed at random. What fails is kept in tests/hostile/crashes/, and from
then on `make test` runs it.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

CRASHES = Path(__file__).parent.parent / "tests" / "hostile" / "crashes"
LARGEST = 4096  # bytes of an input


def seeds(target: str) -> list[bytes]:
    """What to start from: the rules' own examples."""
    from targets import RULES

    from palint.testing import substitute

    texts = []
    for rule in RULES.values():
        for example in (*rule.bad, *rule.good):
            files = example.files or {example.path: example.text}
            texts += [substitute(text).encode("utf-8", "surrogatepass") for text in files.values()]
    return sorted({text[:LARGEST] for text in texts})


def mutations(starts: list[bytes], chance: random.Random) -> Iterator[bytes]:
    """Endless changed and crossed copies of some inputs."""
    words = sorted({word for start in starts for word in start.split()})
    odd = [
        b"\0",
        b"\xff",
        b"\r",
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa8",
        b"\x1b[31m",
        b"'",
        b'"',
        b"${{ ",
        b"{{",
        b"\\\n",
        b"[" * 70,
        b"(" * 300,
        b"&a *a",
        b"\t",
    ]
    while True:
        data = bytearray(chance.choice(starts))
        for _ in range(chance.randint(1, 8)):
            at = chance.randint(0, len(data))
            end = min(len(data), at + chance.randint(0, 20))
            piece = chance.choice((chance.choice(odd), chance.choice(words), bytes(data[at:end]), b""))
            data[at : end if chance.random() < 0.5 else at] = piece
            if chance.random() < 0.1:
                other = chance.choice(starts)
                data[at:] = other[chance.randint(0, len(other)) :]
        yield bytes(data[:LARGEST])


def keep(target: str, data: bytes, error: BaseException) -> None:
    """Write a failing input down, once for each place where it fails."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__}:{Path(frame.filename).name}:{frame.lineno}:{error}"[:300]
    path = CRASHES / f"{target}-{hashlib.sha256(where.encode()).hexdigest()[:8]}"
    if not path.exists():
        CRASHES.mkdir(exist_ok=True)
        path.write_bytes(data)
        print(f"{target}: {where} -> {path}", flush=True)


def at_random(target: str, function: Callable[[bytes], None], seconds: float) -> int:
    """Run mutated seeds for a while; how many."""
    until = time.monotonic() + seconds
    count = 0
    for data in mutations(seeds(target), random.Random(time.time_ns())):
        try:
            function(data)
        except Exception as error:
            keep(target, data, error)
        count += 1
        if time.monotonic() > until:
            return count
    return count


def guided(target: str, seconds: float) -> None:
    """Run one target under atheris, in this process, until the time is over."""
    import atheris

    with atheris.instrument_imports(include=["palint", "palint_rules", "targets"]):
        from targets import TARGETS

    function = TARGETS[target]

    def one(data: bytes) -> None:
        try:
            function(data)
        except Exception as error:
            keep(target, data, error)

    corpus = Path(os.environ.get("PALINT_CORPUS", "/tmp/palint-corpus")) / target
    corpus.mkdir(parents=True, exist_ok=True)
    for data in seeds(target):
        (corpus / hashlib.sha256(data).hexdigest()).write_bytes(data)
    options = [f"-max_total_time={int(seconds)}", f"-max_len={LARGEST}", "-rss_limit_mb=2048", "-timeout=30"]
    atheris.Setup([sys.argv[0], str(corpus), *options], one)
    atheris.Fuzz()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    from targets import TARGETS

    try:
        import atheris  # noqa: F401

        has_atheris = True
    except ImportError:
        has_atheris = False
    before = set(CRASHES.glob("*")) if CRASHES.exists() else set()
    for target in sys.argv[2:] or TARGETS:
        if has_atheris:
            code = (
                "import sys; sys.path.insert(0, sys.argv.pop(1)); import fuzz; "
                "fuzz.guided(sys.argv.pop(1), float(sys.argv.pop(1)))"
            )
            argv = [sys.executable, "-c", code, str(Path(__file__).parent), target, str(seconds)]
            ran = subprocess.run(argv, capture_output=True, text=True, check=False, errors="replace")
            last = [line for line in ran.stderr.splitlines() if "DONE" in line or "ERROR" in line]
            print(f"{target}: guided, {last[-1] if last else f'exit {ran.returncode}'}", flush=True)
            print(ran.stdout, end="", flush=True)
        else:
            print(f"{target}: {at_random(target, TARGETS[target], seconds)} inputs at random", flush=True)
    new = set(CRASHES.glob("*")) - before if CRASHES.exists() else set()
    print(f"{len(new)} new failures")
    sys.exit(bool(new))


if __name__ == "__main__":
    main()
