"""CPU seconds of two rules for a megabyte of each of their worst cases, slowest first.

    python bench/redos.py

The goal is half a second; of three runs the fastest counts.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from palint import prefilter, secrets
from palint.aws import key_pairs
from palint.files import languages
from palint.text.source import KeywordMatch, SourceFile
from tests.aws import key_pairs_inputs
from tests.secrets import redos_inputs


def main() -> None:
    """Print each case with its seconds."""
    matcher = prefilter.compile(secrets.KEYWORDS)
    took = {}
    for case in redos_inputs.CASES:
        data = redos_inputs.text(case).encode()
        seconds = []
        for _ in range(3):
            began = time.process_time()
            file = SourceFile("a.yaml", data)
            found = matcher.scan(file.utf8, file.path)
            places = file.offsets([end for _, end in found])
            hits = [KeywordMatch(keyword, place) for (keyword, _), place in zip(found, places, strict=True)]
            secrets.detect(file, hits)
            seconds.append(time.process_time() - began)
        took[case] = min(seconds)
    for path, part in key_pairs_inputs.CASES:
        text = key_pairs_inputs.text(part, 1_000_000)
        began = time.process_time()
        list(key_pairs.find(text, languages.find(path), path))
        took[f"{path}: {part!r}"] = time.process_time() - began
    for case, best in sorted(took.items(), key=lambda each: -each[1]):
        print(f"{best:6.3f} s  {case}")


if __name__ == "__main__":
    main()
