"""Filters on what detect-secrets' own plugins find."""

from __future__ import annotations

from palint.secrets.filters.place import SyntaxFilter

# JFrog documents no length. Two in public settings.xml files have 16 and 27 characters; 15 is below both.
_SHORTEST_PASSWORD = 15  # characters

UPSTREAM = (
    SyntaxFilter(
        "unnamed-random",
        "it is random, and nothing that it is part of names a secret",
        lambda p: p.syntax.endswith("EntropyString") and not p.name,
        drops=(("a.py", 'x = "«{hex:40}»"', "", "upstream:HexHighEntropyString"),),
        keeps=(("a.py", 'f(secret, "«{hex:40}»")', "secret", "upstream:HexHighEntropyString"),),
    ),
    SyntaxFilter(
        "word",
        "it is a word",
        lambda p: p.syntax.startswith("upstream:") and p.value.rstrip("0123456789").isalpha(),
        drops=(("a.proto", "uint32 «APCNumberIn1» = 5;", "", "upstream:ArtifactoryDetector"),),
        keeps=(("a.go", "x = «AKCp7Kq2»", "", "upstream:ArtifactoryDetector"),),
    ),
    SyntaxFilter(
        "shorter-than-encrypted",
        "it is shorter than known encrypted passwords of Artifactory, and only its start is like theirs",
        lambda p: (
            p.syntax == "upstream:ArtifactoryDetector"
            and p.value.startswith("AP")
            and len(p.value) < _SHORTEST_PASSWORD
        ),
        drops=(
            ("a.json", '"PREkUg9a5ffp": "«AP8fSn9oAAd2»"', "", "upstream:ArtifactoryDetector"),
            ("a.json", '"«AP8fSn9oAAd2»": "PREkUg9a5ffp"', "", "upstream:ArtifactoryDetector"),
        ),
        keeps=(
            ("a.xml", "<password>«AP5zC2mZguhKq7vW»</password>", "", "upstream:ArtifactoryDetector"),
            ("a.txt", "«AKCp7Kq2Wz2p»", "", "upstream:ArtifactoryDetector"),
        ),
    ),
)
