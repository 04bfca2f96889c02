"""Go, PHP, Ruby and C#: what loaded a .env file reads the secret, and every text still parses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import tree_sitter_c_sharp
import tree_sitter_go
import tree_sitter_php
import tree_sitter_ruby
from tree_sitter import Language, Parser

from palint.migrate import environment_code, loaders
from palint.migrate.environment_code import LOADS, Loader
from palint.migrate.environment_plan import LANGUAGES
from palint.migrate.loaders import Names
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile

GRAMMARS: dict[str, Callable[[], Any]] = {
    "go": tree_sitter_go.language,
    "php": tree_sitter_php.language_php,
    "ruby": tree_sitter_ruby.language,
    "cs": tree_sitter_c_sharp.language,
}
RUBY = 'require_relative "config/aws_secrets"'
GO = Loader("internal/awssecrets/awssecrets.go", "acme.com/shop/internal/awssecrets")


def parses(text: str, ending: str) -> bool:
    return not Parser(Language(GRAMMARS[ending]())).parse(text.encode()).root_node.has_error


def edited(path: str, text: str, loader: Loader) -> Rewritten:
    ending = path.rpartition(".")[2]
    rewrite = (
        environment_code.csharp
        if ending == "cs"
        else getattr(environment_code, {"rb": "ruby"}.get(ending, ending))
    )
    made: Rewritten = rewrite(SourceFile(path, text.encode()), loader)
    assert parses(made.text, {"rb": "ruby"}.get(ending, ending)), made.text
    again: Rewritten = rewrite(SourceFile(path, made.text.encode()), loader)
    assert again.text == made.text and not again.what, "a second run changes nothing"
    windows: Rewritten = rewrite(SourceFile(path, text.replace("\n", "\r\n").encode()), loader)
    assert windows.text.replace("\r\n", "\n") == made.text
    return made


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_each_loader_parses(language: Any) -> None:
    text = loaders.environment(Names("shop/development", "eu-west-2"), language.template)
    assert "shop/development" in text and "eu-west-2" in text and loaders.MARK in text[:200]
    assert parses(text, {"csharp": "cs"}.get(language.id, language.id))


VIPER = """package util

import (
\t"github.com/spf13/viper"
)

func LoadConfig(path string) (config Config, err error) {
\tviper.AddConfigPath(path)
\tviper.SetConfigName("app")
\tviper.SetConfigType("env")

\tviper.AutomaticEnv()

\terr = viper.ReadInConfig()
\tif err != nil {
\t\treturn
\t}
\terr = viper.Unmarshal(&config)
\treturn
}
"""


def test_viper_is_given_the_environment() -> None:
    made = edited("util/config.go", VIPER, GO)
    assert LOADS in made.what
    assert made.text == VIPER.replace(
        '\tviper.SetConfigName("app")\n\tviper.SetConfigType("env")\n', ""
    ).replace("viper.ReadInConfig()", "viper.MergeConfigMap(awssecrets.Settings())").replace(
        "import (\n", 'import (\n\t"acme.com/shop/internal/awssecrets"\n'
    )


def test_viper_that_names_a_file_is_given_the_environment() -> None:
    named = VIPER.replace('SetConfigName("app")', 'SetConfigFile("/srv/.env")')
    made = edited("util/config.go", named.replace('\tviper.SetConfigType("env")\n', ""), GO)
    assert "SetConfig" not in made.text and "MergeConfigMap(awssecrets.Settings())" in made.text


@pytest.mark.parametrize(
    "doubtful",
    [
        VIPER.replace('SetConfigName("app")', "SetConfigName(path)"),
        VIPER.replace('SetConfigType("env")', 'SetConfigType("yaml")'),
        VIPER.replace("viper.AutomaticEnv()", "viper.WatchConfig()"),
        VIPER.replace("viper.AutomaticEnv()", "viper.MergeInConfig()"),
        VIPER.replace("viper.AutomaticEnv()", 'viper.AddRemoteProvider("etcd", a, b)'),
        VIPER.replace("err = viper.Unmarshal", "viper.ReadInConfig()\n\terr = viper.Unmarshal"),
    ],
)
def test_a_viper_that_may_read_another_file_is_left(doubtful: str) -> None:
    made = edited("util/config.go", doubtful, GO)
    assert LOADS not in made.what and "SetConfigType" in made.text and "MergeConfigMap" not in made.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'import "github.com/joho/godotenv"\n'
            'func main() { if err := godotenv.Load("a.env"); err != nil { panic(err) } }',
            'import "acme.com/shop/internal/awssecrets"\n'
            "func main() { if err := awssecrets.Load(); err != nil { panic(err) } }",
        ),
        (
            'import env "github.com/joho/godotenv"\nfunc main() { env.Overload() }',
            'import "acme.com/shop/internal/awssecrets"\nfunc main() { awssecrets.Load() }',
        ),
        (
            'import (\n\t"os"\n\t_ "github.com/joho/godotenv/autoload"\n)\nvar a = os.Getenv("A")',
            'import (\n\t_ "acme.com/shop/internal/awssecrets"\n\t"os"\n)\nvar a = os.Getenv("A")',
        ),
        (
            'import (\n\t"os"\n\n\t"acme.com/shop/a"\n\t"acme.com/shop/web" // x\n'
            '\t"github.com/joho/godotenv"\n)\nvar a = godotenv.Load()',
            'import (\n\t"os"\n\n\t"acme.com/shop/a"\n\t"acme.com/shop/internal/awssecrets"\n'
            '\t"acme.com/shop/web" // x\n)\nvar a = awssecrets.Load()',
        ),
        (
            'type Config struct {\n\tURL string `env:"PG_URL,required"`\n}',
            '\n\nimport _ "acme.com/shop/internal/awssecrets"\n'
            'type Config struct {\n\tURL string `env:"PG_URL,required"`\n}',
        ),
    ],
)  # fmt: skip
def test_go(before: str, after: str) -> None:
    made = edited("main.go", f"package main\n{before}\n", GO)
    assert made.text.replace("\n\n\n", "\n\n") == f"package main\n{after}\n".replace("main\n\n\n", "main\n\n")


def test_go_keeps_a_library_that_is_still_used() -> None:
    text = 'package a\nimport "github.com/joho/godotenv"\nfunc f() { godotenv.Load(); godotenv.Read("b") }\n'
    made = edited("a.go", text, GO)
    assert (
        "joho/godotenv" in made.text
        and 'godotenv.Read("b")' in made.text
        and "awssecrets.Load()" in made.text
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "$dotenv = Dotenv\\Dotenv::createImmutable(__DIR__ . '/..');\n$dotenv->load();\n",
            "require_once __DIR__ . '/../aws-secrets.php';\n",
        ),
        (
            "\\Dotenv\\Dotenv::createUnsafeImmutable(dirname(__DIR__))->safeLoad();\n",
            "require_once __DIR__ . '/../aws-secrets.php';\n",
        ),
        (
            "// Settings\nnamespace App;\n\nuse A\\B;\n$a = getenv('A');\n",
            "// Settings\nnamespace App;\n\nuse A\\B;\n"
            "\nrequire_once __DIR__ . '/../aws-secrets.php';\n\n$a = getenv('A');\n",
        ),
        (
            "declare(strict_types=1);\n\n$a = getenv('A');\n",
            "declare(strict_types=1);\n\nrequire_once __DIR__ . '/../aws-secrets.php';\n\n$a = getenv('A');\n",  # noqa: E501
        ),
        (
            "/** What it is. */\n$a = getenv('A');\n",
            "require_once __DIR__ . '/../aws-secrets.php';\n\n/** What it is. */\n$a = getenv('A');\n",
        ),
    ],
)
def test_php(before: str, after: str) -> None:
    assert edited("src/a.php", f"<?php\n{before}", Loader("aws-secrets.php")).text == f"<?php\n{after}"


def test_a_page_that_does_not_start_with_php_is_left() -> None:
    text = "<h1><?= getenv('A') ?></h1>\n"
    assert edited("a.php", text, Loader("aws-secrets.php")) == Rewritten(text)


def test_php_that_asks_more_of_dotenv_is_left() -> None:
    text = "<?php\n$d = Dotenv\\Dotenv::createImmutable(__DIR__);\n$d->load();\n$d->required('A');\n"
    made = edited("a.php", text, Loader("aws-secrets.php"))
    assert LOADS not in made.what and "$d->load()" in made.text


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("app.rb", "require 'dotenv/load'\nrun\n", f"{RUBY}\nrun\n"),
        ("app.rb", 'require "dotenv"\nDotenv.load(".env")\nrun\n', f"{RUBY}\nrun\n"),
        ("app.rb", 'require "dotenv"\nDotenv.load\nDotenv.parse("b")\n',
         f'require "dotenv"\n{RUBY}\nDotenv.parse("b")\n'),
        ("app.rb", 'Dotenv.load if ENV["E"] == "development"\nrun\n', f"{RUBY}\nrun\n"),
        ("a.rb", "# coding: utf-8\n\nA = 1\n", f"# coding: utf-8\n\n{RUBY}\n\nA = 1\n"),
        ("lib/a.rb", "A = 1\n", 'require_relative "../config/aws_secrets"\n\nA = 1\n'),
        ("config/boot.rb", 'require "b"\n', 'require "b"\n\nrequire_relative "aws_secrets"\n'),
    ],
)  # fmt: skip
def test_ruby(path: str, before: str, after: str) -> None:
    assert edited(path, before, Loader("config/aws_secrets.rb")).text == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "using DotNetEnv;\n\nDotNetEnv.Env.Load();\nvar a = 1;\n",
            "\nAwsSecrets.Load();\nvar a = 1;\n",
        ),
        (
            'using DotNetEnv;\nclass A { void B() {\n  Env.Load("x.env");\n  a = Env.GetString("A");\n} }\n',
            'using DotNetEnv;\nclass A { void B() {\n  AwsSecrets.Load();\n  a = Env.GetString("A");\n} }\n',
        ),
        (
            "var builder = WebApplication.CreateBuilder(args);\n",
            "AwsSecrets.Load();\nvar builder = WebApplication.CreateBuilder(args);\n",
        ),
    ],
)
def test_csharp(before: str, after: str) -> None:
    assert edited("Program.cs", before, Loader("AwsSecrets.cs")).text == after
