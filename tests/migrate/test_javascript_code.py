"""JavaScript and TypeScript: dotenv goes in each way to import it, and the result always parses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from palint.languages import javascript
from palint.migrate import javascript_code
from palint.migrate.key_names import Literal, javascript_literals
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile

MODULE = "./aws-secrets"


def rewritten(
    text: str, *values: str, path: str = "a.js", placeholders: Sequence[tuple[int, int, str]] = (),
    esm: bool = False, entry: bool = False, loader: bool = True,
) -> javascript_code.Rewritten:  # fmt: skip
    file = SourceFile(path, text.encode())
    places = [(text.index(value), text.index(value) + len(value)) for value in values]
    literals = [each for each in javascript_literals(file, places) if isinstance(each, Literal)]
    assert len(literals) == len(values)
    made = javascript_code.rewrite(file, placeholders, literals, MODULE, esm=esm, entry=entry, loader=loader)
    assert not javascript.parse(SourceFile(path, made.text.encode())).root.has_error, made.text
    return made


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("require('dotenv').config();\nx();\n", "require('./aws-secrets');\nx();\n"),
        ("require('dotenv').config({ path: '.env' })\nx();\n", "require('./aws-secrets');\nx();\n"),
        ("require('dotenv/config');\nx();\n", "require('./aws-secrets');\nx();\n"),
        ("const dotenv = require('dotenv');\ndotenv.config();\nx();\n", "require('./aws-secrets');\nx();\n"),
        ("const { config } = require('dotenv');\nconfig();\nx();\n", "require('./aws-secrets');\nx();\n"),
        ("var d = require('dotenv'); d.config(); x();\n", "require('./aws-secrets');  x();\n"),
        ("const e = require('dotenv').config();\nx(e.parsed.A);\n",
         "require('./aws-secrets');\nconst e = ({ parsed: process.env });\nx(e.parsed.A);\n"),
        ("const d = require('dotenv');\nconst e = d.config();\nx(e);\n",
         "require('./aws-secrets');\nconst e = ({ parsed: process.env });\nx(e);\n"),
        ("const d = require('dotenv');\nconst e = require('dotenv-expand');\ne.expand(d.config());\nx();\n",
         "require('./aws-secrets');\nx();\n"),
        ("if (dev) {\n  require('dotenv').config();\n}\n", "if (dev) {\n  require('./aws-secrets');\n}\n"),
        ("process.loadEnvFile();\nx();\n", "require('./aws-secrets');\nx();\n"),
        ("const { config: env } = require('dotenv');\nenv();\nx();\n", "require('./aws-secrets');\nx();\n"),
        ("#!/usr/bin/env node\n// note\n'use strict';\nprocess.loadEnvFile('.env');\nx();\n",
         "#!/usr/bin/env node\n// note\n'use strict';\nrequire('./aws-secrets');\nx();\n"),
        ("require('dotenv').config();\r\nx();\r\n", "require('./aws-secrets');\r\nx();\r\n"),
    ],
)  # fmt: skip
def test_commonjs(before: str, after: str) -> None:
    made = rewritten(before)
    assert made.text == after and made.loader and made.what
    assert rewritten(before, loader=False).text == after.replace("require('./aws-secrets');\r\n", "").replace(
        "require('./aws-secrets');\n", "", 1
    ).replace("if (dev) {\n  }", "if (dev) {\n}").replace("require('./aws-secrets');", "")


def test_the_result_of_a_load_has_its_type_in_typescript() -> None:
    made = rewritten(
        "import d from 'dotenv';\nconst e = d.config();\nif (e.error) throw e.error;\n", path="a.ts"
    )
    assert "e = ({ parsed: process.env } as { parsed?: Record<string, string>; error?: Error });" in made.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import 'dotenv/config';\nx();\n", "import './aws-secrets';\nx();\n"),
        ("import dotenv from 'dotenv';\ndotenv.config();\nx();\n", "import './aws-secrets';\nx();\n"),
        ("import * as d from \"dotenv\";\nd.config();\nx();\n", "import './aws-secrets';\nx();\n"),
        ("import { config as load } from 'dotenv';\nload();\nx();\n", "import './aws-secrets';\nx();\n"),
        ("import dotenv from 'dotenv';\nimport x from 'x';\ndotenv.config();\n",
         "import './aws-secrets';\nimport x from 'x';\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["a.mjs", "a.ts"])
def test_modules(before: str, after: str, path: str) -> None:
    made = rewritten(before, path=path, esm=True)
    assert made.text == after and made.what == (
        (*(("no longer loads a .env file",) if "(" in before.partition("\n")[2].replace("x()", "") else ()),
         "imports the loader instead of dotenv")
    )  # fmt: skip


def test_a_literal_is_read_from_the_loader() -> None:
    text = "'use strict';\nconst x = require('x');\nconst apiLogin = 'the-value';\n"
    made = rewritten(text, "the-value")
    assert made.text == (
        "'use strict';\nconst { secret } = require('./aws-secrets');\nconst x = require('x');\n"
        "const apiLogin = secret('API_LOGIN');\n"
    )
    assert made.what == ("reads `API_LOGIN` through the loader instead of a literal", "imports the loader")
    made = rewritten("import x from 'x';\nexport const apiLogin = 'the-value';\n", "the-value", esm=True)
    assert made.text.startswith("import { secret } from './aws-secrets';\nimport x from 'x';\n")


def test_the_loader_is_imported_once() -> None:
    text = "require('./aws-secrets');\nconst apiLogin = process.env.A;\n"
    assert rewritten(text, entry=True) == Rewritten(text)
    assert rewritten(f"{text}process.loadEnvFile();\n").text == text
    made = rewritten("x();\n", entry=True)
    assert (made.text, made.what) == ("require('./aws-secrets');\nx();\n", ("imports the loader",))
    assert rewritten("", entry=True).text == "require('./aws-secrets');\n"


@pytest.mark.parametrize(
    "text",
    [
        "x();\n",
        "const dotenv = require('my-dotenv');\ndotenv.config();\n",
        "const config = require('config');\nconfig.load();\n",
        "import dotenv from './dotenv';\ndotenv.config();\n",
        "app.config();\n",
        "const dotenv = require('dotenv'), a = 1;\ndotenv.config();\n",
        "let dotenv;\n",
        "import { ConfigModule } from './own';\nConfigModule.forRoot();\n",
    ],
)
def test_other_packages_are_left_alone(text: str) -> None:
    assert rewritten(text) == Rewritten(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("const d = require('dotenv');\nx(d.parse(t));\n", None),
        ("const { parse } = require('dotenv');\nx(parse(t));\n", None),
        ("const { parse } = require('dotenv');\nx({ parse });\n", None),
        ("const d = require('dotenv');\nd.config();\nx(d.parse(t));\n",
         "require('./aws-secrets');\nconst d = require('dotenv');\nx(d.parse(t));\n"),
        ("const d = require('dotenv');\nd.config(); // d\nx.d('d');\n",
         "require('./aws-secrets');\nx.d('d');\n"),
    ],
)  # fmt: skip
def test_an_import_stays_where_something_else_of_it_is_used(before: str, after: str | None) -> None:
    assert rewritten(before).text == (after or before)


def test_placeholders_in_comments_need_no_loader() -> None:
    text = "// é the-value\nx(); /* the-value */\n"
    first, second = text.index("the-value"), text.rindex("the-value")
    places = [(first, first + 9, "<a>"), (second, second + 9, "<b>")]
    made = rewritten(text, placeholders=places)
    assert made == Rewritten(
        "// é <a>\nx(); /* <b> */\n", ("has a placeholder for a secret in a comment",)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("()", "({ ignoreEnvFile: true })"),
        ("({ isGlobal: true })", "({ ignoreEnvFile: true, isGlobal: true })"),
        ("({ envFilePath: '.env', load: [a] })", "({ ignoreEnvFile: true, load: [a] })"),
        ("(options)", None),
        ("({ ignoreEnvFile: true })", None),
    ],
)
def test_nest_reads_no_file(before: str, after: str | None) -> None:
    head = "import { ConfigModule } from '@nestjs/config';\n"
    text = f"{head}x(ConfigModule.forRoot{before});\n"
    made = rewritten(text, path="app.module.ts", esm=True)
    assert bool(made.what) == (after is not None)
    expected = f"import './aws-secrets';\n{head}x(ConfigModule.forRoot{after});\n" if after else text
    assert made.text == expected
