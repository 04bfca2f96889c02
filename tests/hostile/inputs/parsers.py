# ruff: noqa: E501 - an input a line
"""What each parser could choke on: every file also gives its parser a reason to be asked."""

from __future__ import annotations

import json
import random

from tests.hostile.inputs.place import Place, add, kind

PYTHON = 'import boto3\nboto3.client("s3", aws_access_key_id="AKIA" + x)\n'
STEPS = "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
OIDC = "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: arn, aws-region: eu-west-2}\n"
WORKFLOW = ".github/workflows/a.yml"
DEEP = 100_000


def one(name: str, expect: str, path: str, text: str | bytes) -> None:
    """A kind of one file; `@LINE@` in it is a line with the secret."""

    def build(place: Place) -> None:
        place.write(path, text.replace("@LINE@", place.line) if isinstance(text, str) else text)

    add(name, expect, build)


def python(name: str, body: str, expect: str = "find") -> None:
    one(f"python-{name}", expect, "a.py", f"@LINE@{PYTHON}{body}\n")


python("parentheses", "x = " + "(" * DEEP + "1" + ")" * DEEP)
python("parentheses-90", "x = " + "(" * 90 + "1" + ")" * 90)
python("brackets", "x = " + "[" * 1500 + "]" * 1500)
python("calls", "x = " + "f(" * 5000 + ")" * 5000)
python("attributes", "x = a" + ".b" * 100_000)
python("subscripts", "x = a" + "[0]" * 50_000)
python("nots", "x = " + "not " * 50_000 + "1")
python("lambdas", "x = " + "lambda: " * 5000 + "1")
python("ternaries", "x = " + "1 if a else " * 20_000 + "2")
python("comparisons", "x = " + "1 < " * 50_000 + "2")
python("booleans", "x = " + "a and (b or " * 3000 + "c" + ")" * 3000)
python("strings", "x = (" + "'a' " * 100_000 + ")")
python("f-strings", "x = " + "f'{" * 150 + "1" + "}'" * 150)
python("f-string-terms", "x = f'" + "{a}" * 20_000 + "'")
python("decorators", "@a\n" * 50_000 + "def f(): pass")
python("arguments", "f(" + ", ".join(f"a{i}=1" for i in range(20_000)) + ")")
python("stars", 'boto3.client("s3", ' + "**{**" * 500 + "{}" + "}" * 500 + ")")
python("elifs", "if a: pass\n" + "elif b: pass\n" * 20_000)
python("indents", "\n".join(" " * i + "if 1:" for i in range(500)) + "\n" + " " * 500 + "pass")
python(
    "aliases",
    "\n".join(f"b{i + 1} = b{i}" for i in range(5000)) + "\nb5000.client('s3', aws_access_key_id='x')",
)
python("alias-cycle", "a = b\nb = a\na.client('s3', aws_access_key_id=a)\nk = {**k}\nboto3.client('s3', **k)")
python("imports", "\n".join(f"import boto3 as b{i}" for i in range(20_000)))
python("names", "x = " + "a" * 500_000)
python("integers", "x = 0x" + "f" * 500_000)
python("continuations", "x = \\\n" * 50_000 + "1")
python("type-comments", "x = [] # type: " + "List[" * 5000)
python("null", "x = '\0'")
python("tabs", "if 1:\n\tx\n        y")
python("tokens", "x = $ ? ` \u00b2 \u037e")
python("large", "# " + "x" * 1_100_000)
python("match", "match a:\n" + " case [" + "[" * 3000 + "]" * 3000 + "]: pass")
python("many-clients", 'boto3.client("s3", aws_access_key_id="AKIA" "x")\n' * 3000)
python("random-tokens", "".join(random.Random(1).choices("()[]{}:,.=+-'\"\\\n \t#@abc01", k=200_000)))


def workflow(name: str, text: str | bytes, expect: str = "any") -> None:
    one(f"workflow-{name}", expect, WORKFLOW, text)


workflow("flow-sequences", STEPS + OIDC + "x: " + "[" * DEEP + "]" * DEEP + "\n", "error")
workflow("flow-maps", STEPS + OIDC + "x: " + "{a: " * DEEP + "}" * DEEP + "\n", "error")
workflow("indents", STEPS + OIDC + "".join(" " * i + "a:\n" for i in range(3000)), "error")
workflow("dashes", "- " * DEEP + "a\n", "error")
workflow("questions", "? " * DEEP + "a\n", "error")
workflow("documents", "---\na: 1\n" * 60_000)
workflow("events", STEPS + OIDC + "x: [" + "a," * 300_000 + "]\n", "error")
workflow("anchors", STEPS + OIDC + "".join(f"k{i}: &a{i} 1\n" for i in range(20_000)))
workflow("aliases", STEPS + OIDC + "k: &a [" + "x," * 1000 + "]\nm: [" + "*a," * 3000 + "]\n", "error")
workflow(
    "laughs",
    "a0: &a0 [x, x]\n"
    + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
    + STEPS
    + OIDC,
    "error",
)
workflow(
    "laughing-steps",
    "x: &s0\n"
    + OIDC
    + "".join(f"y{i}: &s{i} [*s{i - 1}, *s{i - 1}]\n" for i in range(1, 40))
    + "jobs: {a: {steps: *s39}}\n",
    "error",
)
workflow(
    "merge-keys",
    "x0: &x0 {a: 1}\n"
    + "".join(f"x{i}: &x{i} {{<<: [*x{i - 1}, *x{i - 1}], k{i}: 1}}\n" for i in range(1, 40))
    + STEPS
    + OIDC,
)
workflow("self", "jobs: &j\n  a: *j\n  b: {steps: &s [*s]}\n")
workflow("tags", STEPS + OIDC + "x: !!python/object/apply:os.system ['touch pwned']\n")
workflow("tag-directives", "%TAG ! tag:example.com,2000:\n" * 10_000 + "---\n" + STEPS)
workflow(
    "block-scalar",
    STEPS + "      - run: |\n" + "          echo ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n" * 10_000,
    "find",
)
workflow("expressions", STEPS + "      - run: echo ${{ " + "(" * DEEP + "secrets.A" + ")" * DEEP + " }}\n")
workflow("expression-operators", STEPS + "      - run: echo ${{ " + "a && " * 50_000 + "secrets.A }}\n")
workflow("expression-indexes", STEPS + "      - run: echo ${{ secrets" + "['A']" * 50_000 + " }}\n")
workflow("expression-open", STEPS + "      - run: echo " + "${{ " * 50_000 + "\n")
workflow("expression-quotes", STEPS + "      - run: echo ${{ '" + "''" * 100_000 + "\n")
workflow(
    "many-jobs",
    "on: push\njobs:\n" + "".join(f"  j{i}:\n    runs-on: x\n    steps:\n{OIDC}" for i in range(800)),
    "any",
)
workflow(
    "needs-cycle",
    "on: push\njobs:\n  a: {needs: b, uses: ./.github/workflows/a.yml}\n  b: {needs: a, uses: ./.github/workflows/a.yml}\n",
)
workflow(
    "matrix",
    STEPS.replace("runs-on: ubuntu-latest", "strategy: {matrix: {a: [" + "1," * 5000 + "]}}\n    runs-on: x")
    + OIDC,
)
workflow(
    "wrong-types",
    "on: 5\npermissions: [a, {b: c}]\nenv: 7\njobs:\n  1: 2\n  a: []\n  b: {steps: {a: b}, permissions: 3.5}\n  c: {steps: [[], {}, {uses: {}}, {with: x, uses: 'aws-actions/configure-aws-credentials@v4'}, {env: [1]}]}\n  d: {uses: [x], secrets: 1, with: 2}\n",
)
workflow("not-a-map-key", "? [a, b]\n: 1\n? {c: d}\n: 2\n" + STEPS + OIDC)
workflow("merge-of-nothing", "<<: 5\n<<: *nowhere\n" + STEPS, "error")
workflow("colons", STEPS + "      - run: a: b: c: d\n", "error")
workflow("percent", "%YAML 9.9\n---\n" + STEPS + OIDC)
workflow("del", STEPS + "      - run: echo \x7f \x0c \u0080 \ufffe\n" + OIDC)
workflow("u2028", "# \u2028\u2029\x85\n" + STEPS + OIDC, "find")
workflow("random", "".join(random.Random(2).choices("-:?[]{}&*!|>%@`'\"#,\n  ab", k=100_000)))
workflow(
    "path-escape",
    "on: push\njobs:\n  a: {uses: ./../../../../etc/passwd}\n  b: {uses: ./.github/workflows/../../x.yml}\n  c: {steps: [{uses: ./../outside}, {uses: './a\\0b'}, {uses: docker://x}]}\n",
)


@kind("workflow-composite-cycle", "any")
def _(place: Place) -> None:
    place.write(WORKFLOW, STEPS + "      - uses: ./\n      - uses: ./x\n")
    for folder, other in (("", "./x"), ("x/", "./")):
        place.write(
            f"{folder}action.yml",
            f"runs: {{using: composite, steps: [{{uses: {other}}}, {{uses: {other}}}]}}\n",
        )


@kind("workflow-call-doubling", "any")
def _(place: Place) -> None:
    """Each calls the next one twice: two to the power of their number, if paths were walked."""
    for i in range(40):
        call = f"{{uses: ./.github/workflows/w{i + 1}.yml}}"
        place.write(f".github/workflows/w{i}.yml", f"on: workflow_call\njobs:\n  a: {call}\n  b: {call}\n")
    place.write(
        ".github/workflows/w40.yml", "on: workflow_call\njobs:\n  a:\n    runs-on: x\n    steps:\n" + OIDC
    )


@kind("workflow-composite-doubling", "any")
def _(place: Place) -> None:
    place.write(WORKFLOW, STEPS + "      - uses: ./c0\n")
    for i in range(40):
        step = f"{{uses: ./c{i + 1}}}"
        place.write(f"c{i}/action.yml", f"runs: {{using: composite, steps: [{step}, {step}]}}\n")
    place.write("c40/action.yml", "runs:\n  using: composite\n  steps:\n" + OIDC)


@kind("workflow-many", "any")
def _(place: Place) -> None:
    for i in range(500):
        place.write(f".github/workflows/w{i}.yml", STEPS + OIDC)


YAML_KEYS = "apiVersion: v1\nkind: Secret\nstringData:\n  password: @WORD@\n"
KUBERNETES = YAML_KEYS.replace("@WORD@", "x1y2z3")
one(
    "yaml-kubernetes-laughs",
    "any",
    "secret.yaml",
    KUBERNETES + "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60)),
)
one(
    "yaml-compose-laughs",
    "any",
    "docker-compose.yml",
    "x-a: &a0 {AWS_ACCESS_KEY_ID: x}\n"
    + "".join(f"x-{i}: &a{i} {{a: *a{i - 1}, b: *a{i - 1}}}\n" for i in range(1, 60))
    + "services: {s: {environment: *a59}}\n",
)
one("yaml-compose-self", "any", "docker-compose.yml", "services: &s {a: *s, env_file: &e [*e]}\n")
one(
    "yaml-cloudformation-deep",
    "any",
    "template.yaml",
    "AWSTemplateFormatVersion: x\nResources:\n  A:\n    Type: AWS::SecretsManager::Secret\n    Properties: {SecretString: "
    + "!Sub [" * 3000
    + "]" * 3000
    + "}\n",
)
one("yaml-helm", "find", "templates/secret.yaml", KUBERNETES + "{{- if .x }}\n@LINE@{{ end }}\n")
one("yaml-documents", "any", "many.yaml", ("---\n" + KUBERNETES) * 500)
one("yaml-large", "find", "big.yaml", KUBERNETES + "a: b\n" * 400_000 + "# @LINE@")

one("json-deep", "find", "a.json", '{"Resources": ' + "[" * DEEP + "]" * DEEP + "}\n@LINE@")
one(
    "json-deep-objects",
    "any",
    "template.json",
    '{"AWSTemplateFormatVersion": ' + '{"a": ' * DEEP + "1" + "}" * DEEP + "}",
)
one("json-broken", "find", "a.json", '{"a": @LINE@')
one("json-duplicate-keys", "any", "a.json", "{" + ",".join('"SecretId": "x"' for _ in range(50_000)) + "}")
one("json-numbers", "any", "a.json", '{"SecretId": ' + "9" * 1_000_000 + "}")
one("json-one-line", "find", "a.json", '{"a": [' + '"x", ' * 500_000 + '0], "b": 1}\n@LINE@')

CELL = {
    "cell_type": "code",
    "source": ["import boto3\n", "boto3.client('s3', aws_access_key_id='x')\n"],
    "outputs": [],
}
one("notebook-deep", "find", "a.ipynb", '{"cells": ' + "[" * DEEP + "]" * DEEP + "}\n@LINE@")
one("notebook-cells", "any", "a.ipynb", json.dumps({"cells": [CELL] * 3000}))
one("notebook-lines", "any", "a.ipynb", json.dumps({"cells": [{**CELL, "source": CELL["source"] * 3_000}]}))  # type: ignore[operator]
one(
    "notebook-types",
    "any",
    "a.ipynb",
    json.dumps(
        {
            "cells": [
                1,
                None,
                [],
                {"source": 5},
                {"cell_type": "code", "source": {"boto3": 1}},
                {"cell_type": "code", "source": [1, [2], "boto3"]},
            ]
        }
    ),
)
one(
    "notebook-escapes",
    "any",
    "a.ipynb",
    json.dumps({"cells": [{**CELL, "source": "import boto3\n" + "\ud83d\\u0000\x00\ud800é" * 2000}]}),
)
one(
    "notebook-python-bomb",
    "any",
    "a.ipynb",
    json.dumps({"cells": [{**CELL, "source": PYTHON + "x = " + "(" * 5000 + ")" * 5000}]}),
)
one("notebook-not-an-object", "any", "a.ipynb", '["boto3"]')

JS = "const c = new S3Client({ credentials: { accessKeyId: 'x', secretAccessKey: 'y' } });\nimport AWS from 'aws-sdk';\n"
for _name, _body in {
    "parentheses": "x = " + "(" * DEEP + ")" * DEEP,
    "brackets": "x = " + "[" * DEEP + "]" * DEEP,
    "braces": "{" * DEEP + "}" * DEEP,
    "templates": "x = " + "`${" * 20_000 + "}`" * 20_000,
    "functions": "f(function(){" * 20_000,
    "arrows": "x = " + "a => " * 50_000 + "1",
    "binary": "x = " + "1 + " * 100_000 + "1",
    "ternary": "x = " + "a ? b : " * 50_000 + "1",
    "members": "x = a" + ".b" * 100_000,
    "regex": "x = /" + "(" * 50_000 + "/",
    "jsx": "x = " + "<a>" * 20_000,
    "objects": "x = {credentials: " * 10_000 + "1" + "}" * 10_000,
    "spread": "x = {" + "...a, " * 100_000 + "}",
    "unterminated": "x = '" + "\\" * 100_001,
    "clients": JS * 3000,
    "comment": "/*" + "*" * 1_000_000,
}.items():
    one(f"javascript-{_name}", "find", "a.ts" if _name != "jsx" else "a.jsx", f"// @LINE@{JS}{_body}\n")
one("javascript-generics", "find", "a.ts", f"// @LINE@{JS}let x: " + "A<" * 20_000 + ">" * 20_000)

one(
    "java-deep",
    "find",
    "A.java",
    "// @LINE@class A { Object x = new BasicAWSCredentials(" + "(" * DEEP + ")" * DEEP + "); }\n",
)
one(
    "java-generics",
    "find",
    "A.java",
    "// @LINE@class A { " + "A<" * 20_000 + ">" * 20_000 + " x = AwsBasicCredentials.create(a, b); }\n",
)
one(
    "go-deep",
    "find",
    "a.go",
    "// @LINE@package a\nvar x = credentials.NewStaticCredentialsProvider(" + "(" * DEEP + ")" * DEEP + ")\n",
)
one(
    "go-binary",
    "find",
    "a.go",
    "// @LINE@package a\nvar x = credentials.NewStaticCredentials(" + '"a" + ' * 50_000 + '"b", "", "")\n',
)

TF = '# @LINE@resource "aws_secretsmanager_secret_version" "a" {\n  secret_string = '
one("terraform-deep", "find", "a.tf", TF + "[" * DEEP + "]" * DEEP + "\n}\n")
one("terraform-interpolations", "find", "a.tf", TF + '"${' * 20_000 + "\n")
one(
    "terraform-blocks",
    "find",
    "a.tf",
    '# @LINE@resource "aws_iam_access_key" "a" {\n' + "b {\n" * 20_000 + "}\n" * 20_001,
)
one("terraform-heredoc", "find", "a.tf", TF + "<<EOT\n" + "x\n" * 100_000)
one("terraform-heredocs", "find", "a.tf", TF + "<<A\n" * 20_000)
one("terraform-functions", "find", "a.tf", TF + "jsonencode(" * 20_000 + ")" * 20_000 + "\n}\n")
one("terraform-conditionals", "find", "a.tf", TF + "a ? b : " * 20_000 + "c\n}\n")
one("terraform-many", "any", "a.tf", 'resource "aws_iam_access_key" "a" {}\n' * 3000)

one(
    "dockerfile-continuations",
    "find",
    "Dockerfile",
    "# @LINE@FROM x\nENV AWS_ACCESS_KEY_ID=a \\\n" + "  B=c \\\n" * 50_000,
)
one(
    "dockerfile-comments-between",
    "find",
    "Dockerfile",
    "# @LINE@FROM x\nENV AWS_ACCESS_KEY_ID=a \\\n" + "# x\n\n" * 50_000 + "  B=c\n",
)
one(
    "dockerfile-heredocs",
    "find",
    "Dockerfile",
    "# @LINE@FROM x\nRUN " + "<<A " * 20_000 + "\nexport AWS_SECRET_ACCESS_KEY=a\n",
)
one("dockerfile-env", "any", "Dockerfile", "FROM x\nENV " + "AWS_ACCESS_KEY_ID=a " * 3_000 + "\n")
one(
    "dockerfile-quotes",
    "find",
    "Dockerfile",
    '# @LINE@FROM x\nENV AWS_ACCESS_KEY_ID="' + '\\"' * 100_000 + "\n",
)
one(
    "dockerfile-escape", "find", "Dockerfile", "# escape=`\n# @LINE@FROM x\nENV AWS_ACCESS_KEY_ID=a `\n B=c\n"
)
one("dockerfile-json", "find", "Dockerfile", "# @LINE@FROM x\nCOPY [" * 3 + '"' * 100_000 + "\nCOPY .env .\n")

one("shell-substitutions", "find", "a.sh", "# @LINE@export AWS_SECRET_ACCESS_KEY=" + "$(" * 20_000 + "\n")
one("shell-quotes", "find", "a.sh", "# @LINE@export AWS_SECRET_ACCESS_KEY=" + "'\"" * 50_000 + "\n")
one("shell-heredocs", "find", "a.sh", "# @LINE@source .env\n" + "cat <<A <<B\n" * 20_000)
one(
    "shell-slack",
    "any",
    "a.sh",
    "curl -d '" + '{"text":' * 20_000 + " https://hooks.slack.com/services/T0/B0/x\n",
)
one(
    "ini-deep",
    "find",
    ".aws/credentials",
    "# @LINE@" + "[" * DEEP + "\naws_access_key_id = a\n" + " = \n" * 50_000,
)
one("ini-continuations", "any", "config.ini", "[default]\naws_secret_access_key =\n" + "  x\n" * 100_000)
one("dotenv-exports", "any", ".env.example", "export " * 100_000 + "A=b\n")
one("dotenv-references", "any", ".env.example", "A=" + "${A:-" * 50_000 + "}" * 50_000 + "\n")
one("dotenv-invalid", "any", ".env.example", b"\xff=\xfe\n=\n===\n'='\nA\0=b\n" * 1000)
one("xml-laughs", "any", "a.xml", '<!DOCTYPE x [<!ENTITY a "' + "&b;" * 9 + '">' * 1 + "]><x>&a;</x>" * 1000)
one("toml-settings-of-others", "find", "Cargo.toml", "# @LINE@a = " + "[" * DEEP)
