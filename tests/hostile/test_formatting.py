"""A named secret is found however a statement is formatted, as long as its language's parser reads the same.

`PALINT_CHANGES` sets how many statements are drawn.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.engine.run import select
from palint.tree.project import Project
from tests.hostile import formatting
from tests.hostile.test_properties import targets

EXAMPLES = int(os.environ.get("PALINT_CHANGES", "50"))
each = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PALINT_CHANGES" not in os.environ,
    database=None,
    phases=[Phase.generate],  # the statement is short; to shrink it would need a parser each time
    suppress_health_check=list(HealthCheck),
)


RULES = [rule for rule in select(Config(), targets.RULES) if rule.id() == "hardcoded-secret"]
CHECKER = FileChecker(Project("/nowhere", targets.Memory({})), Config(), RULES)  # takes longer than a check


def lines_with_findings(path: str, text: str) -> list[int]:
    CHECKER.project = Project("/nowhere", targets.Memory({path: text.encode()}))
    result = CHECKER.check(path)
    return [] if result is None else [finding.span.start.line for finding in result.findings]


@pytest.fixture(scope="module", autouse=True)
def node() -> Iterator[None]:
    yield
    formatting.Node.stop()


@pytest.mark.parametrize("name", formatting.LANGUAGES)
@each
@given(chance=st.randoms(use_true_random=False))
def test_what_the_parser_reads_is_found(name: str, chance: random.Random) -> None:
    if name == "javascript" and not shutil.which("node"):
        pytest.skip("needs Node")
    language = formatting.LANGUAGES[name]
    variable, value, text = formatting.draw(language, chance)
    assert language.reads(text).get(variable) == value, f"not the same for its parser: {text!r}"
    assert lines_with_findings(language.path, text), f"not found: {text!r}"


# Languages without a parser here: their references, on string literals and on what continues a line
WRITTEN = {
    "java": ("a.java", r'String db_p\uu0061ssword = "@";'),
    "java, octal": ("a.java", r'env.put("db_p\141ssword", "@");'),
    "go": ("a.go", r'm["db_p\141ssword"] = "@"'),
    "ruby": ("a.rb", r'h["db_\password"] = "@"'),
    "perl": ("a.pl", r'$h{"db_p\x{61}ssword"} = "@";'),
    "perl, named": ("a.pl", r'$h{"db_p\N{U+61}ssword"} = "@";'),
    "powershell": ("a.ps1", '$db_p`assword = "@"'),
    "powershell, cut": ("a.ps1", "$db_pass`\nword = '@'"),
    "batch": ("a.bat", "set db_pass^word=@"),
    "dockerfile": ("Dockerfile", "FROM a\nENV DB_PASS\\\nWORD=@\n"),
    "dockerfile, after": ("Dockerfile", "FROM a\nENV DB_PASSWORD=\\\n@\n"),
    "rust": ("a.rs", r'm.insert("db_p\x61ssword", "@");'),
    "swift": ("a.swift", r'd["db_p\u{61}ssword"] = "@"'),
    "csharp": ("a.cs", r'd["db_p\x61ssword"] = "@";'),
    "csharp, verbatim": ("a.cs", 'var dbPassword = $@"VALUE";'),
    "csharp, raw": ("a.cs", 'var dbPassword = """\n  @\n  """;'),
    "dockerfile, lines": ("Dockerfile", "FROM a\nENV \\\n  DB_PASSWORD \\\n\n # why\n  @\n"),
    "dockerfile, comment": ("Dockerfile", "FROM a\nARG DB_PASSWORD=\\\n# why\n@\n"),
    "dockerfile, escape": ("Dockerfile", "# escape=`\nFROM a\nENV DB_PASS`\nWORD `\n @\n"),
    "shell, document": ("a.sh", "DB_PASSWORD=$(cat <<'EOF'\n@\nEOF\n)\n"),
    "shell, quoted document": ("a.sh", 'export DB_PASSWORD="$(cat <<-EOF\n\t@\n\tEOF\n)"\n'),
    "shell, backticks": ("a.sh", "DB_PASSWORD=`cat <<EOF\n@\nEOF\n`\n"),
    "shell, read": ("a.sh", "IFS= read -r -d '' DB_PASSWORD <<EOF\n@\nEOF\n"),
    "shell, read a string": ("a.sh", "read -r DB_PASSWORD <<< '@'\n"),
    "shell, standard input": ("a.sh", "docker login -u a --password-stdin <<< @\n"),
    "shell, printed": ("a.sh", "DB_PASSWORD=$(printf '%s' '@')\n"),
    "shell, decoded": ("a.sh", 'DB_PASSWORD="$(echo @ | base64 -d)"\n'),
    "terraform": ("a.tf", "db_password = <<-EOT\n  @\nEOT\n"),
    "terraform, function": ("a.tf", "db_password = trimspace(<<EOT\n@\nEOT\n)\n"),
    # palint: ignore[hardcoded-secret] the value is made when the test runs
    "terraform, default": ("a.tf", 'variable "db_password" {\n  default = <<EOT\n@\nEOT\n}\n'),
    "ruby, document": ("a.rb", "connect(db_password: <<~EOS.strip, user: 'a')\n  @\nEOS\n"),
    "ruby, in a hash": ("a.rb", "x = { :db_password => <<~'EOS' }\n  @\nEOS\n"),
    "ruby, brackets": ("a.rb", "db_password = %q(@)\n"),
    "php, heredoc": ("a.php", "<?php\n$db_password = <<<EOT\n  @\n  EOT;\n"),
    "php, nowdoc": ("a.php", "<?php\nreturn ['db_password' => <<<'EOT'\n@\nEOT];\n"),
    "php, define": ("a.php", "<?php\ndefine('DB_PASSWORD', <<<'EOT'\n@\nEOT);\n"),
    "perl, document": ("a.pl", 'my $db_password = <<"EOT";\n@\nEOT\n'),
    "perl, brackets": ("a.pl", "my $db_password = q{@};\n"),
    "powershell, document": ("a.ps1", "$env:DB_PASSWORD = @'\nVALUE\n'@\n"),
    "lua": ("a.lua", "db_password = [==[\n@]==]\n"),
    # palint: ignore[hardcoded-secret] the value is made when the test runs
    "c++": ("a.cpp", 'auto db_password = R"x(@)x";\n'),
    "rust, raw": ("a.rs", 'let db_password = r##"\n@\n"##;\n'),
    "elixir": ("a.ex", 'config :app, db_password: ~S"""\n@\n"""\n'),
    "nix": ("a.nix", "db_password = ''\n  @\n'';\n"),
    "log, colours": ("a.log", "\x1b[0;31mdb_password\x1b[0m = \x1b[32m'VALUE'\x1b[0m\n"),
    "notebook, colours": (
        "a.ipynb",
        '{"cells": [{"cell_type": "code", "source": [], "outputs": [{"output_type": "error", '
        '"traceback": ["db_password\\u001b[38;5;241m=\\u001b[39m\\u001b[38;5;124m\'VALUE\'\\u001b[39m"]}]}], '
        '"metadata": {}}',
    ),
    "makefile": ("Makefile", "DB_PASSWORD := @\n"),
    "makefile, cut": ("Makefile", "DB_PASSWORD = \\\n  @\n"),
    "python, parts": ("a.py", 'db_password = "" "@"\n'),
    "python, two targets": ("a.py", 'db_password = other = "@"\n'),
    "typescript, cast": ("a.ts", 'x.dbPassword = <string>"@";\n'),
    "rust, c string": ("a.rs", 'let db_password = c"@";\n'),
    "ruby, frozen": ("a.rb", "config.db_password = -'@'\n"),
    "powershell, after": ("a.ps1", "$db_password = `\n  '@'\n"),
    "shell, default": ("a.sh", "DB_PASSWORD=${X:-@}\n"),
    "shell, option": ("a.sh", "tool --db_password @\n"),
    "comment before": ("a.go", 'var dbPassword /* why */ = "@"\n'),
    "comment of lines": ("A.java", 'class A { String dbPassword =\n  /* a\n   b */ "@"; }\n'),
    "comment in a call": ("a.php", "<?php\ndefine('DB_PASSWORD', /* why */ '@');\n"),
    "comments": ("a.rs", 'static DB_PASSWORD /* a */ : &str /* b */ = /* c */ String::from("@");\n'),
    "comment before a member": ("a.ts", 'x["dbPassword"]\n  /* a\n b */ = "@";\n'),
    "parts": ("a.kt", 'val dbPassword = "ab" +\n  "@"\n'),
    "parts of PHP": ("a.php", "<?php\n$db_password = 'ab'\n  . '@';\n"),
    "typed call": ("a.scala", 'val dbPassword: Option[String] = Some("@")\n'),
    "typed brackets": ("a.kt", 'class A(val dbPassword: String = ("@"))\n'),
    "cast": ("a.cs", 'var dbPassword = (string) "@";\n'),
    "lifetime": ("a.rs", 'static DB_PASSWORD: &\'static str = "@";'),
    "reference": ("a.rs", 'static DB_PASSWORD: &str = &"@";\n'),
    "terraform, far default": ("a.tf", 'variable "db_password" {{\n  default{} = "@"\n}}\n'.format(" " * 40)),
    "zig": ("a.zig", 'const db_password: []const u8 = "@";\n'),
    "visual basic": ("a.vb", 'Dim dbPassword As String = "@"\n'),
    "scala, interpolated": ("a.scala", 'val dbPassword = s"@"\n'),
    "ocaml": ("a.ml", "let db_password = {x|@|x}\n"),
    "jsonnet": ("a.jsonnet", "{ db_password: |||\n  @\n||| }\n"),
    "dhall": ("a.dhall", "let dbPassword = ''\n  @\n''\n"),
    "sql, national": ("a.sql", "CREATE LOGIN a WITH PASSWORD = N'@';\n"),
    "odbc": ("a.py", 'c = "DRIVER={x};UID=a;PWD=@"\n'),
    "json, value below": ("a.json", '{"dbPassword": {\n  "value": "@"}}\n'),
    ".net, target": ("a.ps1", '[Environment]::SetEnvironmentVariable("DB_PASSWORD", "@", "User")\n'),
    "keytool": ("a.sh", "keytool -genkey -storepass @ -alias a\n"),
    "xml, attribute": ("a.xml", '<a:db_password x="1">@</a:db_password>\n'),
    "yaml, block": ("a.yml", "db_password: >2-\n\n  @\n"),
    "yaml, verbatim tag": ("a.yml", "db_password: !<tag:yaml.org,2002:str>\n  @\n"),
    "yaml, named tag": ("a.yml", "%TAG !e! tag:yaml.org,2002:\n---\ndb_password: !e!str @\n"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_reference_reads_is_found(name: str) -> None:
    path, text = WRITTEN[name]
    value = formatting.generate("{letters:4}7{base62:9}K{digits:2}q{base62:5}", name)
    text = text.replace("VALUE" if "VALUE" in text else "@", value)
    assert lines_with_findings(path, text), text


# Blanks that a parser of some language skips, in runs of any length
_SKIPPED = st.lists(
    st.tuples(
        st.sampled_from([" ", "\t", "\f", "\v", "\u00a0", "\u2028", "\u3000", "\ufeff", "\n", "\r\n", " \n"]),
        st.integers(1, 400),
    ),
    max_size=2,
).map(lambda runs: "".join(blank * times for blank, times in runs))


@each
@given(
    st.sampled_from(
        [
            ("a.json", '{"password"{before}:{after}"«»"}'),
            ("a.js", 'const password{before}={after}"«»";'),
            ("a.js", 'const password{before}={after}(\n{after}"«»");'),
            ("a.js", 'f({ dbPassword{before}: String({after}"«»") })'),
            ("a.js", 'if (password{before}!={after}"«»") {}'),
            ("a.ts", "setPassword({after}'«»');"),
            ("a.yaml", 'a: 1\nb:\n  password{before}:{after} "«»"\n'),
        ]
    ),
    _SKIPPED,
    _SKIPPED,
    st.integers(0, 50),
)  # fmt: skip
def test_no_blanks_hide_a_named_password(form: tuple[str, str], before: str, after: str, seed: int) -> None:
    path, shape = form
    if "!=" in shape:
        before = ""  # the operator is not a name's own
    value = formatting.generate("{base62:24}", seed)
    text = f"é\n{shape}".replace("{before}", before).replace("{after}", after).replace("«»", value)
    assert lines_with_findings(path, text), f"not found: {text!r}"
