"""What the module of each CI system declares."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint import pipelines, registry
from palint.pipelines import jenkins
from palint.pipelines.ci_provider import CiProvider, token_pattern
from palint.testing import results_of

RULES = registry.load()
ROLE = "deploy:\n  script:\n    - aws sts assume-role-with-web-identity --role-arn $ROLE\n"
KEY = "deploy:\n  variables:\n    AWS_ACCESS_KEY_ID: $PROD_KEY\n"


@pytest.mark.parametrize("provider", pipelines.PROVIDERS, ids=lambda each: each.name)
@given(data=st.data())
def test_each_pipeline_is_recognised_by_its_path(provider: CiProvider, data: st.DataObject) -> None:
    path = data.draw(st.from_regex(re.compile(provider.paths.pattern, re.ASCII)))
    lower = path.lower()
    if provider.paths.search(lower):
        assert any(literal in lower for literal in provider.path_literals)
        assert pipelines.is_pipeline(path)
        assert pipelines.FILES.matches(lower)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (".gitlab-ci.yml", "GitLab CI"),
        ("ci/Deploy.gitlab-ci.yaml", "GitLab CI"),
        (".gitlab/ci/a.yml", "GitLab CI"),
        ("gitlab-ci.yml.bak", ""),
        ("bitbucket-pipelines.yml", "Bitbucket Pipelines"),
        (".circleci/config.yml", "CircleCI"),
        ("azure-pipelines.release.yml", "Azure Pipelines"),
        (".azuredevops/a/b.yaml", "Azure Pipelines"),
        ("ci/Jenkinsfile", "Jenkins"),
        ("Jenkinsfile.deploy", "Jenkins"),
        ("vars/deploy.groovy", "Jenkins"),
        ("src/deploy.groovy", ""),
        (".travis.yml", "Travis CI"),
        (".teamcity/settings.kts", "TeamCity"),
        ("settings.kts", ""),
    ],
)
def test_which_pipeline_a_path_is(path: str, name: str) -> None:
    provider = pipelines.provider(path)
    assert (provider.name if provider is not None else "") == name


def test_nothing_depends_on_a_displayed_name(monkeypatch: pytest.MonkeyPatch) -> None:
    renamed = tuple(each._replace(name="Renamed CI") for each in pipelines.PROVIDERS)
    monkeypatch.setattr(pipelines, "PROVIDERS", renamed)
    for rule, text in (("workflow-id-token", ROLE), ("workflow-access-key", KEY)):
        (finding,) = results_of(RULES[rule], {".gitlab-ci.yml": text}).findings
        assert "Renamed CI" in finding.fix_hint


def test_a_new_system_is_one_declaration(monkeypatch: pytest.MonkeyPatch) -> None:
    gitlab = pipelines.PROVIDERS[0]
    new = gitlab._replace(name="New CI", paths=re.compile("(?:^|/)new-ci/.*"), path_literals=("new-ci",))
    text = {"new-ci/deploy.gitlab.yml": KEY}  # with a literal that the rule has looked for since its import
    assert not results_of(RULES["workflow-access-key"], text).findings
    monkeypatch.setattr(pipelines, "PROVIDERS", (new, *pipelines.PROVIDERS))
    (finding,) = results_of(RULES["workflow-access-key"], text).findings
    assert "delete the key in IAM and in New CI" in finding.fix_hint


def test_a_variable_of_a_system_passes_a_token() -> None:
    pattern = token_pattern("MY_TOKEN")
    for line in (
        "echo $MY_TOKEN > t",
        "aws sts assume-role-with-web-identity",
        "X=1 AWS_WEB_IDENTITY_TOKEN_FILE=t",
    ):
        assert pattern.search(f"a\n{line}\n")
        assert not pattern.search(f"a\n # {line}\n")
    assert not pattern.search("echo $MY_TOKENS")
    assert not token_pattern().search("echo $MY_TOKEN")


def test_the_scripts_of_a_jenkinsfile_are_what_is_in_the_quotes() -> None:
    text = "sh 'a'\nsh \"\"\"\nb\n\"\"\"\nbat(script: 'c', returnStdout: true)\necho 'd' // sh 'e'\n"
    assert [text[start:end] for start, end in jenkins.scripts(text)] == ["a", "\nb\n", "c"]


def test_a_bound_variable_is_marked_where_its_name_is() -> None:
    text = "withCredentials([string(credentialsId: 'x', variable: 'AWS_SECRET_ACCESS_KEY')]) {}"
    ((key,),) = jenkins.find_keys(text)
    assert text[key.start : key.end] == "AWS_SECRET_ACCESS_KEY"
