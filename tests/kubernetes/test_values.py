"""Commands that create a Kubernetes or Docker secret from a literal."""

from __future__ import annotations

import pytest

from palint import registry
from palint.kubernetes import values
from palint.testing import results_of, substitute

RULE = registry.load()["kubernetes-secret"]
PASSWORD = substitute("{password}")


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("a.sh", "kubectl create secret generic api --from-literal=password={password}\n", "Secret `api`"),
        ("a.sh", "kubectl -n x create secret generic db \\\n  --from-literal user=app \\\n"
         "  --from-literal 'password={password}'\n", "Secret `db`"),
        ("a.sh", "oc create secret docker-registry r --docker-password={password}\n", "`r`"),
        ("a.sh", "echo '{password}' | docker secret create db_password -\n", "Secret `db_password`"),
        ("Makefile", "a:\n\tkubectl create secret generic api --from-literal=token={password}\n", "`api`"),
        (".gitlab-ci.yml", "d:\n  script:\n    - kubectl create secret generic a --from-literal=x={password}",
         "Secret `a`"),
        (".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: |\n"
         "          kubectl create secret generic a --from-literal=token={password}\n", "Secret `a`"),
    ],
)  # fmt: skip
def test_a_literal_on_the_command_line_is_found(path: str, text: str, name: str) -> None:
    (finding,) = results_of(RULE, {path: text}).findings
    written = substitute(text)
    assert [written[start:end] for start, end in finding.value_ranges] == [PASSWORD]
    assert "from a literal value" in finding.message and name in finding.message
    assert finding.fix_hint.startswith("rotate it")


@pytest.mark.parametrize(
    "text",
    [
        'kubectl create secret generic api --from-literal=password="$PASSWORD"\n',
        "kubectl create secret generic api --from-literal=password=${PASSWORD}\n",
        "kubectl create secret generic api --from-literal=password=$(cat x)\n",
        "kubectl create secret generic api --from-literal=password=changeme\n",
        "kubectl create secret generic api --from-literal=username=app-administrator\n",
        "kubectl create secret generic api --from-file=password.txt\n",
        "kubectl create configmap api --from-literal=color=blue-and-green\n",
        'echo "$PASSWORD" | docker secret create db_password -\n',
        "docker secret create db_password ./password.txt\n",
        "# kubectl create secret generic api --from-literal=password={password}\n",
    ],
)
def test_other_commands_are_not_reported(text: str) -> None:
    assert not results_of(RULE, {"a.sh": text}).findings


@pytest.mark.parametrize(
    "text",
    ["ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]", "$ANSIBLE_VAULT;1.1;AES256\n6162", "ref+awssecrets://a"],
)
def test_an_encrypted_value_or_a_reference_is_no_literal(text: str) -> None:
    assert not values.is_literal_secret("conf", text, encoded=False)
