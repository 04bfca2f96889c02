"""A YAML file that is not parsed would have given nothing."""

from __future__ import annotations

from random import Random

import pytest
from palint_rules import container_access_key

from palint.aws import container_environment
from palint.aws.container_environment import blocks
from palint.secrets.synthetic import generate
from palint.text.source import ParseError, SourceFile

PLAYBOOK = """- name: a group
  ec2_group:
    aws_access_key: "{{ aws_access_key }}"
    aws_secret_key: '{{ aws_secret_key | default(omit) }}'
    security_token: "{{ security_token }}"
"""


def keys(text: str) -> list[tuple[str, bool]]:
    """The name of each key that is reported, and whether it is a literal."""
    file = SourceFile("tasks/main.yml", text.encode())
    try:
        found = [key for block in blocks(file) for key in container_access_key._keys(block)]
    except ParseError:
        return []
    return [(variable.name, literal) for variable, literal in found]


def is_parsed(text: str) -> bool:
    return not container_environment._has_only_templates(text)


def test_a_playbook_with_templates_is_not_parsed() -> None:
    assert not is_parsed(PLAYBOOK) and not keys(PLAYBOOK)
    assert not is_parsed("") and not is_parsed('{"AWS_ACCESS_KEY_ID": "{{ id }}"}')


@pytest.mark.parametrize(
    "line",
    [
        "AWS_ACCESS_KEY_ID: {key}",
        "x: {{AWS_ACCESS_KEY_ID: {key}}}",
        "env: [{{value: {key}, name: AWS_ACCESS_KEY_ID}}]",
        "env: [AWS_ACCESS_KEY_ID={key}]",
        "env:\n- name: AWS_ACCESS_KEY_ID\n  value: {key}",
        "? AWS_ACCESS_KEY_ID\n: {key}",
        "AWS_ACCESS_KEY_ID:\n  {key}",
        "app_aws_prod_eu_secret_access_key: {secret}",
        "AWS_PRODUCTION_SECRET_KEY: {secret}",
        "services:\n  a:\n    environment:\n      AWS_ACCESS_KEY_ID: $KEY",
        "run: docker run -e AWS_ACCESS_KEY_ID x",
    ],
)
def test_a_key_beside_templates_is_found(line: str) -> None:
    text = line.format(key=generate("{aws_access_key_id}", 1), secret=generate("{aws_secret_access_key}", 1))
    assert keys(text) and keys(f"{text}\n---\n{PLAYBOOK}") and keys(f"{PLAYBOOK}---\n{text}")


NAMES = (
    "aws_access_key",
    "AWS_ACCESS_KEY_ID",
    "aws_secret_key",
    "AWS_X_SECRET_ACCESS_KEY",
    "name",
    "value",
    "a",
)


def value(random: Random) -> str:
    name = random.choice(NAMES)
    key = generate(random.choice(("{aws_access_key_id}", "{aws_secret_access_key}")), random.random())
    shapes = (
        f'"{{{{ {name} }}}}"', f"'{{{{ {name} | default(omit) }}}}'", f"{{{{ {name} }}}}", f"${name}", name,
        f'"{{{{ {name} }}}}{key}"', key, f'"{key}"', f"{name}={key}", f"{{{name}: {key}}}",
        f"{{{name}: {name}}}", f"{{{{{name}: {key}}}: {name}}}", f"[{name}, {key}]",
        "|\n    text", "*anchor", f"!tag {key}",
    )  # fmt: skip
    return random.choice(shapes)


def document(random: Random) -> str:
    lines = []
    for _ in range(random.randrange(1, 5)):
        name, quote = random.choice(NAMES), random.choice(("", "", '"'))
        start = random.choice(("", "- ", "- x:\n    ", "# "))
        lines.append(f"{start}{quote}{name}{quote}{random.choice((': ', ' : ', ':', ':  '))}{value(random)}")
    return "\n".join(lines) + random.choice(("", "\n", "\n---\nservices: {a: {args: [AWS_ACCESS_KEY_ID]}}\n"))


def test_random_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(1)
    skipped = 0
    texts = [document(random) for _ in range(6000)]
    found = [keys(text) for text in texts]
    unread = [not is_parsed(text) for text in texts]
    monkeypatch.setattr(container_environment, "_has_only_templates", lambda text: False)
    for text, before, skip in zip(texts, found, unread, strict=True):
        assert keys(text) == before, text
        skipped += skip and "aws_" in text.lower()
    assert skipped > 200 and sum(map(bool, found)) > 1000
