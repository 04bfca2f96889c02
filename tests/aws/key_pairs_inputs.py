# ruff: noqa: E501 -- a line is a case
"""Texts in which many places start like keys: the worst case of `key_pairs`, by path."""

from __future__ import annotations

PARTS = {
    "a.php": (
        "new Credentials(", "new Credentials('a', ", "'key' => 'a',\n", "'key' => a(b(", "new Aws\\",
        "['key' => 'a', [", "new Credentials(a.b().c().d(",
    ),
    "a.rb": ("Aws::Credentials.new('a',", "access_key_id: 'a',\n", "access_key_id:" + " " * 12),
    "a.cs": ("new BasicAWSCredentials(\"a\", ", "new AmazonS3Client(\"a\",", "new" + " " * 12),
    "a.kt": ("accessKeyId = a\n", "AwsBasicCredentials.create(\"a\","),
    "a.rs": ("Credentials::new(a.b()", "Credentials::from_keys(env::var(\"A\").unwrap(),", "Credentials::new(\"a\",\n"),
    "config/a.yaml": ("  key: a\n", "  key: a\n  secret: '%env(X)%'\n", " " * 50 + "key: a\n", "  accessKeyId: x\n\n\n"),
    "application.properties": ("a.access-key=x\n", "a." * 40 + "access-key=x\n", "a.b.c.d.e"),
}  # fmt: skip
CASES = [(path, part) for path, parts in PARTS.items() for part in parts]


def text(part: str, size: int) -> str:
    """The part, repeated up to `size` code points, and the word that makes the file one about AWS."""
    return (part * (size // len(part) + 1))[:size] + "\naws\n"
