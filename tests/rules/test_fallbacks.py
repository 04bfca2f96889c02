"""A literal that code or configuration falls back to where a secret's variable is not set."""

from __future__ import annotations

import pytest

from palint import registry
from palint.testing import results_of, substitute

RULE = registry.load()["hardcoded-secret"]
FORMS = {  # path: a line with the fallback as `@`
    "or.js": "const s = process.env.JWT_SECRET || '@';",
    "nullish.ts": 'const s = process.env.JWT_SECRET ?? "@";',
    "get.ts": "const s = config.get('JWT_SECRET', '@');",
    "elvis.php": "<?php $s = getenv('JWT_SECRET') ?: '@';",
    "superglobal.php": "<?php $s = $_ENV['JWT_SECRET'] ?? '@';",
    "env.php": "<?php return ['key' => env('APP_SECRET', '@')];",
    "get.py": "s = os.environ.get('SECRET_KEY', '@')",
    "getenv.py": "s = os.getenv('SECRET_KEY', '@')",
    "default.py": "SECRET_KEY = env('SECRET_KEY', default='@')",
    "fetch.rb": "s = ENV.fetch('SECRET_KEY', '@')",
    "or.rb": "s = ENV['SECRET_KEY'] || '@'",
    "get.go": 's := getEnv("JWT_SECRET", "@")',
    "elvis.kt": 'val s = System.getenv("JWT_SECRET") ?: "@"',
    "unwrap_or.rs": 'let s = env::var("JWT_SECRET").unwrap_or("@".to_string());',
    "unwrap_or_else.rs": 'let s = env::var("JWT_SECRET").unwrap_or_else(|_| "@".into());',
    "null.cs": 'var s = Environment.GetEnvironmentVariable("JWT_SECRET") ?? "@";',
    "Value.java": '@Value("${jwt.secret:@}")',
    "compose.yaml": "services: {a: {environment: {DB_PASSWORD: '${DB_PASSWORD:-@}'}}}",
    "application.yml": "password: ${DB_PASSWORD:@}",
    "templates/helm.yaml": 'password: {{ .Values.password | default "@" }}',
    "run.sh": 'export DB_PASSWORD="${DB_PASSWORD:-@}"',
}


@pytest.mark.parametrize("path", FORMS)
def test_a_literal_fallback_of_a_secrets_name_is_found(path: str) -> None:
    text = FORMS[path].replace("@", substitute("{password}")) + "\n"
    found = results_of(RULE, {path: text}).findings
    assert len(found) == 1


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("value", ["", "changeme", "<your secret>"])
def test_an_empty_or_placeholder_fallback_is_not_reported(path: str, value: str) -> None:
    assert not results_of(RULE, {path: FORMS[path].replace("@", value) + "\n"}).findings


# Words that people use as secrets; `secret` repeats the variable's own name.
WORDS = ("secret", "mysecretkey", "my-jwt-secret", "devsecret", "letmein", "admin123")


@pytest.mark.parametrize("path", FORMS)
def test_a_word_that_a_program_falls_back_to_is_a_warning(path: str) -> None:
    # One run for all words: each in its own file.
    words = WORDS if path != "default.py" else ("mysecretkey", "my-jwt-secret")  # eight letters at least
    files = {f"{number}/{path}": FORMS[path].replace("@", word) + "\n" for number, word in enumerate(words)}
    found = results_of(RULE, files).findings
    assert [f.span.path for f in found] == sorted(files)
    assert all(f.severity.label == "warning" for f in found)


@pytest.mark.parametrize(
    "line",
    [
        "const label = options.password || 'none given';",
        "const t = translations.get('password', 'Kennwort');",
        "await page.fill('password', 'Enter your password');",
        "const s = process.env.JWT_SECRET || fallbackSecret;",
        "const secret_key = process.env.RDS_INSTANCE_NAME || 'CompanyDevInstance';",
        "const mode = process.env.TOKEN_MODE || 'memory';",
    ],
)
def test_a_fallback_under_another_name_is_not_a_secret(line: str) -> None:
    assert not results_of(RULE, {"a.js": line + "\n"}).findings
