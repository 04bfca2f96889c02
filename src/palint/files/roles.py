"""One table of roles: what a file is for, from its path, its language and its first bytes.

The evidence is a name or a header, which anyone can write: what a change brings must not make a finding
of that change count for less.
`VENDORED` and `GENERATED` come first, since a vendored test is the vendor's.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import Enum
from functools import lru_cache

from palint.files.languages import Language
from palint.util import lazy_re
from palint.util.typing import NamedTuple

HEADER = 2048  # bytes of a file in which a header is searched for


class Role(Enum):
    """What a file is for."""

    SOURCE = "source"
    CONFIGURATION = "configuration"
    INFRASTRUCTURE = "infrastructure"  # describes where programs run: containers, clouds, pipelines
    TEST = "test"  # tests, fixtures, mock data
    DOCUMENTATION = "documentation"  # prose, and examples that no program runs
    VENDORED = "vendored"  # a copy of another project's code
    GENERATED = "generated"  # built, minified or written by a program; lock files
    BROWSER = "browser"  # sent to a reader's browser


class RoleEvidence(NamedTuple):
    """One reason to give a file a role; all conditions that are given must hold.

    id: kebab case, unique. folders, names, path: the file is in one of these folders, or has one of these
    names, or this pattern is found in its path; all in lower case. head: a pattern that is
    searched for in the first bytes. literals: in lower case, one of which is in all that `head` matches:
    to look for them takes a fiftieth of the time. languages: ids of the rows that it applies to. examples:
    paths that it matches, for the tests. others: paths that it must not match.
    """

    id: str
    role: Role
    examples: tuple[str, ...]
    folders: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    path: str = ""
    head: bytes = b""
    literals: tuple[bytes, ...] = (b"",)
    languages: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


_SCRIPTS = ("javascript", "jsx", "typescript", "tsx", "coffeescript")

# The first row that matches gives the role.
ROLES = (
    # https://docs.npmjs.com/cli/configuring-npm/folders
    RoleEvidence(
        "node-modules", Role.VENDORED, ("web/node_modules/ms/index.js",), ("node_modules",),
        others=("node_modules.md",),
    ),
    # https://bower.io/docs/config/#directory
    RoleEvidence("bower", Role.VENDORED, ("bower_components/jquery/jquery.js",), ("bower_components",)),
    # https://go.dev/ref/mod#vendoring, https://getcomposer.org/doc/01-basic-usage.md#installing-dependencies,
    # https://bundler.io/man/bundle-config.1.html (`vendor/bundle`)
    RoleEvidence(
        "vendor-folder", Role.VENDORED, ("vendor/autoload.php", "lib/vendored/six.py"),
        ("vendor", "vendored"),
        others=("src/vendors/list.py", "app/vendor.js"),
    ),
    # https://github.com/github-linguist/linguist/blob/main/lib/linguist/vendor.yml
    RoleEvidence(
        "third-party", Role.VENDORED, ("third_party/abseil/base.cc", "third-party/a/x.js"),
        path=r"(?:^|/)third[_-]party/[^/]+/", others=("settings/third_party/search.py",),  # no package
    ),
    # https://docs.python.org/3/library/site.html
    RoleEvidence("site-packages", Role.VENDORED, (".venv/lib/python3.12/site-packages/six.py",),
                 ("site-packages",)),
    # https://developer.wordpress.org/advanced-administration/upgrade/upgrading/: what each upgrade replaces
    RoleEvidence(
        "wordpress", Role.VENDORED, ("wp-includes/pluggable.php", "web/wp-admin/users.php"),
        ("wp-admin", "wp-includes"), others=("wp-content/themes/shop/functions.php", "docs/wp-admin.md"),
    ),
    # https://cordova.apache.org/docs/en/latest/reference/cordova-cli/#cordova-plugin-command
    RoleEvidence(
        "cordova", Role.VENDORED, ("app/plugins/cordova-plugin-device/www/device.js",),
        path=r"(?:^|/)plugins/(?:cordova|phonegap)-plugin-[^/]+/", others=("cordova-plugin-ours/www/a.js",),
    ),
    # https://yarnpkg.com/getting-started/qa#which-files-should-be-gitignored
    RoleEvidence("yarn", Role.VENDORED, (".yarn/releases/yarn-4.1.0.cjs",), (".yarn",)),

    RoleEvidence(
        "minified", Role.GENERATED, ("js/app.min.js", "js/d3-min.mjs"),
        path=r"[.-]min\.[cm]?js$", languages=_SCRIPTS, others=("js/admin.js",),
    ),
    RoleEvidence("minified-styles", Role.GENERATED, ("css/app.min.css",), path=r"[.-]min\.css$",
                 languages=("css",)),
    # https://tc39.es/ecma426/
    RoleEvidence("source-map", Role.GENERATED, ("js/app.js.map",), path=r"\.(?:[cm]?js|css)\.map$"),
    # https://www.php.net/manual/en/intro.phar.php
    RoleEvidence("phar", Role.GENERATED, ("composer.phar",), path=r"\.phar$"),
    # npm, Yarn, pnpm, Bun; Poetry, uv, PDM, Pipenv, conda-lock; Cargo, Bundler, Composer, Go, Mix, Terraform,
    # NuGet, bundix, CocoaPods, Pub, and Symfony Flex: https://github.com/github-linguist/linguist/blob/main/lib/linguist/generated.rb
    RoleEvidence(
        "lock-file", Role.GENERATED, ("web/package-lock.json", "uv.lock", "go.sum", "gemset.nix"),
        names=(
            "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock",
            "bun.lockb", "poetry.lock", "uv.lock", "pdm.lock", "pipfile.lock", "conda-lock.yml",
            "conda-lock.yaml", "cargo.lock", "gemfile.lock", "composer.lock", "symfony.lock", "go.sum",
            "mix.lock", ".terraform.lock.hcl", "packages.lock.json", "gemset.nix", "podfile.lock",
            "pubspec.lock",
        ),
        others=("i18n.lock", "package.json"),
    ),
    # https://go.dev/s/generatedcode, and what protoc, buf, OpenAPI generator, DDEV, projen and others write
    RoleEvidence(
        "generated-header", Role.GENERATED, (),
        head=rb"(?im)\b(?:code|automatically|auto-?) ?generated\b.{0,80}\bdo not edit\b"
        rb"|\bdo not edit\b[^\n]{0,80}\n?[^\n]{0,40}\b(?:auto-?(?:matically )?generated\b"
        rb"|generated (?:with|by|from)\b)"
        rb"|^[^\w\n]{0,8}(?:@|ddev-)generated\b|<auto-generated\b"
        rb"|\bgenerated by (?:the protocol buffer compiler|projen)\b",
        literals=(b"generated",),
    ),
    # https://protobuf.dev/reference/, https://learn.microsoft.com/dotnet/core/tools/
    RoleEvidence(
        "generated-name", Role.GENERATED, ("api/user_pb2.py", "api/user.pb.go", "Form1.Designer.cs",
         "docs/generated/cli.json"),
        path=r"(?:^|/)(?:__)?generated(?:__)?/|(?:_pb2(?:_grpc)?\.pyi?|\.pb\.(?:go|cc|h)|\.g\.(?:cs|dart)|\.designer\.cs)$",
    ),
    # https://webpack.js.org/configuration/output/#outputchunkloadingglobal, https://parceljs.org/; Browserify
    RoleEvidence(
        "bundle", Role.GENERATED, (), languages=_SCRIPTS,
        head=rb"\bwebpack(?:Chunk|Jsonp|Bootstrap)|__webpack_require__|\bparcelRequire"
        rb"|\(function\(\)\{function r\(e,n,t\)\{",
        literals=(b"webpack", b"parcelrequire", b"{function r(e,n,t){"),
    ),
    # A minifier breaks no line
    RoleEvidence(
        "long-lines", Role.GENERATED, (), head=rb"(?m)^[^\n]{1000}", languages=(*_SCRIPTS, "css"),
        path=r"(?<!\.test)(?<!\.spec)\.\w+$", others=("a.test.ts",),
    ),
    # https://jestjs.io/docs/snapshot-testing, https://vitest.dev/guide/snapshot, https://docs.rs/insta
    RoleEvidence("snapshot", Role.GENERATED, ("cdk/__snapshots__/stack.test.ts.snap",), path=r"\.snap$",
                 others=("snap.ts",)),
    # https://webpack.js.org/configuration/output/, https://laravel.com/docs/vite (`public/build`),
    # https://nextjs.org/docs/app/api-reference/config/next-config-js/distDir,
    # https://github.com/shakacode/shakapacker (`public/packs`)
    RoleEvidence(
        "built-folder", Role.GENERATED, ("web/dist/app.js", "public/build/a.js", ".next/server/x.js"),
        ("dist", ".next", ".nuxt", ".svelte-kit"), path=r"(^|/)public/(?:build|packs)/",
        others=("build/ci.sh", "src/distance.py"),
    ),

    # What frameworks and teams name so: https://docs.pytest.org/en/stable/explanation/goodpractices.html,
    # https://maven.apache.org/guides/introduction/introduction-to-the-standard-directory-layout.html,
    # https://rspec.info/features/6-0/rspec-rails/directory-structure/, https://jestjs.io/docs/configuration#testmatch-arraystring
    RoleEvidence(
        "test-folder", Role.TEST,
        ("tests/app.py", "src/test/java/A.java", "spec/models/user_spec.rb", "a/__tests__/b.js"),
        ("test", "tests", "__tests__"), path=r"(?:^|(?<!doc)(?<!docs)/)specs?/",
        others=("latest/app.py", "src/testimonials/a.ts", "docs/specs/a.md"),
    ),
    # https://docs.djangoproject.com/en/stable/topics/testing/tools/#fixture-loading,
    # https://symfony.com/bundles/DoctrineFixturesBundle/current/index.html,
    # https://benoittgt.github.io/vcr/#/configuration/cassette_library_dir
    RoleEvidence(
        "fixtures", Role.TEST,
        ("app/fixtures/users.json", "src/DataFixtures/UserFixtures.php", "features/vcr_cassettes/a.yml"),
        ("fixture", "fixtures", "datafixtures", "cassettes", "vcr_cassettes", "vcr"),
    ),
    # https://docs.pytest.org/en/stable/reference/customize.html
    RoleEvidence(
        "pytest-file", Role.TEST, ("app/test_views.py", "conftest.py"),
        path=r"(^|/)(test_[^/]*|conftest)\.py$", languages=("python",), others=("contest.py", "test.py"),
    ),
    # Jest's and Vitest's `a.test.ts` and `a.spec.js`, Go's `a_test.go`, RSpec's `a_spec.rb`
    # JUnit's `ATest.java`, of which `lowered` makes `a_test.java`
    RoleEvidence(
        "test-suffix", Role.TEST, ("a.test.ts", "a.spec.js", "a_test.go", "a_spec.rb"),
        path=r"[._-](test|spec)\.\w+$", others=("latest.js", ".env.test"),
    ),
    # A test's word beside others: https://developer.android.com/studio/test (`androidTest`),
    # https://jestjs.io/docs/manual-mocks, https://pkg.go.dev/cmd/go#hdr-Test_packages (`testdata`),
    # https://docs.gradle.org/current/userguide/java_testing.html, https://www.cypress.io/,
    # https://wix.github.io/Detox/, https://k6.io/, https://locust.io/, https://docs.maestro.dev/
    RoleEvidence(
        "tests-by-word", Role.TEST,
        ("src/integration-test/A.java", "tests_smoke/run.py", "web/e2e/a.ts", "Shop.Tests/A.cs",
         "EndToEndUiTests/A.cs",
         "app/src/androidTest/A.kt", "web/__mocks__/api.ts", "internal/integration_tests/a.go",
         "test-utils/env.ts", "testenv/minio.go", "perf/k6/login.js",
         "pkg/testdata/key.pem", "pkg/testfixtures/db.go", "docker-testing/compose.yml",
         "json-fixtures/a.json", "tools/TestSuite/A.cs", "stub/mappings/a.json", "internal/suites/a.go",
         "storage/conformance/jwks.go", "internal/acceptance/realm.json", "src/cftlibTest/java/A.java",
         ".maestro/scripts/data.js"),
        path=r"(?:^|[/._-])(?:tests?|testing|acceptance|e2e|mocks?|__mocks__|fixtures?|stubs?|suites|conformance|test(?:data|env|utils?"
        r"|helpers|fixtures|suites?)|(?:unit|integration|functional|acceptance|contract|smoke|load|stress|android)tests?|cypress|detox|k6|locust|maestro)"
        r"(?:[._-][\w.-]{0,40})?/|[a-z]{2}(?<!con)(?<!pro)(?<!at)(?<!de)(?<!la)tests/"
        r"|(?:^|/)src/[a-z]{1,30}(?<!con)(?<!pro)(?<!at)(?<!la)test/",
        others=("contest/a.py", "contests/a.py", "src/attestation/a.go", "latest/a.py", "k6s/a.js",
                "testimonials/a.ts", "src/ab_testing.py", "suite/a.go"),
    ),
    # https://storybook.js.org/docs/writing-stories
    RoleEvidence("stories", Role.TEST, ("src/A.stories.tsx",), path=r"\.stories\.[cm]?[jt]sx?$",
                 others=("src/stories.ts",)),
    # https://cucumber.io/docs/gherkin/reference/
    RoleEvidence(
        "cucumber", Role.TEST, ("features/login.feature",), path=r"\.feature$", others=("a.features",),
    ),
    RoleEvidence(
        "tests-in-name", Role.TEST, ("views_tests.py", "build/BuildIntegrationTests.cs", "e2e_test_run.sh"),
        path=r"(?:[._-]tests|(?:unit|integration|functional|acceptance|smoke|e2e)[._-]?tests?[\w-]{0,40})"
        r"\.(?!md|rst|ya?ml)\w+$",
        others=("protests.py", "integration.py", ".github/workflows/integration-tests.yml"),
    ),
    # https://playwright.dev/docs/test-configuration, https://jestjs.io/docs/configuration,
    # https://vitest.dev/config/, https://docs.cypress.io/app/references/configuration,
    # https://docs.phpunit.de/en/12.0/configuration.html, https://docs.pytest.org/en/stable/reference/customize.html
    RoleEvidence(
        "test-settings", Role.TEST,
        ("playwright.config.ts", "web/jest.setup.js", "phpunit.xml.dist", "phpunit.pgsql.xml",
         "pytest.ini"),
        path=r"(^|/)(?:(?:playwright|jest|vitest|cypress|karma|wdio|protractor|codecept)\.[\w.-]{1,40}"
        r"|phpunit(?:\.\w{1,40})?\.xml(?:\.\w+)?|pytest\.ini|tox\.ini|\.rspec)$",
        others=("src/jest.py/a.py", "phpunit.md"),
    ),

    # Settings of a site that a generator builds: https://docusaurus.io/docs/api/docusaurus-config,
    # https://vitepress.dev/reference/site-config, https://www.gatsbyjs.com/docs/reference/config-files/gatsby-config/
    RoleEvidence(
        "site-settings", Role.BROWSER, ("docs/docusaurus.config.js", "docs/.vitepress/config.mts"),
        path=r"(^|/)(?:docusaurus\.config|gatsby-config|\.vu?(?:it)?epress/config)\.[cm]?[jt]s$",
        languages=_SCRIPTS, others=("src/config.ts",),
    ),
    # https://github.com/github-linguist/linguist/blob/main/lib/linguist/documentation.yml
    RoleEvidence(
        "documentation-folder", Role.DOCUMENTATION,
        ("docs/conf.py", "api/examples/run.py", "code-samples/a.yml", "docs_src/a.json"),
        path=r"(?:^|[/._-])(?:docs?|documentation|examples?|samples?|demos?)(?:[._-][\w.-]{0,40})?/",
        others=("src/docstore/a.py", "democracy/a.py", "sampler/a.py", "src/docs.py"),
    ),
    RoleEvidence("prose", Role.DOCUMENTATION, ("README.md", "a.rst"),
                 languages=("markdown", "mdx", "rst", "asciidoc")),
    RoleEvidence(
        "readme", Role.DOCUMENTATION, ("README", "CHANGELOG.txt"),
        path=r"(^|/)(?:readme|changelog|changes|contributing|install|news|licen[cs]e|copying)(?:\.txt)?$",
        others=("install.sh",),
    ),
    # `.env.example`, `settings.sample.yml`, `app.conf.dist`: copied, then filled
    RoleEvidence(
        "example-name", Role.DOCUMENTATION, (".env.example", "config.sample.yml", "app.conf.dist"),
        path=r"(?:^|[/._-])(?:example|sample)(?:\.[\w-]+)?$|\.(?:dist|template)$", others=("sampler.py",),
    ),

    # https://react.dev/reference/rsc/use-client
    RoleEvidence(
        "use-client", Role.BROWSER, (), head=rb"\A\s*[\"']use client[\"']", literals=(b"use client",),
        languages=_SCRIPTS,
    ),
    # https://vuejs.org/guide/scaling-up/sfc, https://svelte.dev/docs/svelte/svelte-files
    RoleEvidence("page", Role.BROWSER, ("index.html", "src/App.vue", "a.svelte", "a.css"),
                 languages=("html", "vue", "svelte", "css", "sass")),
    # https://angular.dev/style-guide
    RoleEvidence("angular", Role.BROWSER, ("src/app/user.component.ts",), path=r"\.component\.[jt]s$",
                 languages=_SCRIPTS),
    # Files that a web server sends as they are: https://guides.rubyonrails.org/asset_pipeline.html,
    # https://docs.djangoproject.com/en/stable/howto/static-files/, https://laravel.com/docs/vite
    # (`resources/js`), https://nextjs.org/docs/app/api-reference/file-conventions/public-folder,
    # https://learn.microsoft.com/aspnet/core/fundamentals/static-files,
    # https://maven.apache.org/plugins/maven-war-plugin/usage.html
    RoleEvidence(
        "served-folder", Role.BROWSER, ("public/js/a.js", "app/static/a.js", "resources/js/app.js",
         "src/main/webapp/a.js"),
        ("public", "static", "assets", "wwwroot"),
        path=r"(^|/)(?:app/javascript|resources/js|src/main/webapp)/",
        languages=_SCRIPTS, others=("src/server.js", "public/index.php"),
    ),

    RoleEvidence(
        "infrastructure-language", Role.INFRASTRUCTURE,
        ("main.tf", "Dockerfile", "compose.yml", ".github/workflows/ci.yml", "Jenkinsfile"),
        languages=("terraform", "hcl", "terraform-json", "terraform-template", "cloudformation", "dockerfile",
                   "compose", "workflow", "action", "procfile", "jenkinsfile"),
        others=("app.py",),
    ),
    # https://docs.gitlab.com/ci/yaml/, https://circleci.com/docs/configuration-reference/,
    # https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/,
    # https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/
    RoleEvidence(
        "pipeline", Role.INFRASTRUCTURE, (".gitlab-ci.yml", ".circleci/config.yml", "azure-pipelines.yml"),
        (".gitlab", ".circleci", ".azure-pipelines", ".azuredevops", ".buildkite", ".woodpecker"),
        path=r"\.gitlab-ci\.ya?ml$|(^|/)(?:(?:bitbucket|azure)-pipelines[^/]*|\.(?:travis|drone|woodpecker)\.ya?ml)$",
        languages=("yaml",), others=("azure-pipelines/a.sh",),
    ),
    # https://kubernetes.io/docs/concepts/overview/working-with-objects/#required-fields
    RoleEvidence(
        "manifest", Role.INFRASTRUCTURE, (), head=rb"(?m)^apiVersion:[ \t]*[\"']?[\w.-]",
        literals=(b"apiversion:",), languages=("yaml",),
    ),
    # https://helm.sh/docs/topics/charts/#the-chart-file-structure
    RoleEvidence(
        "chart", Role.INFRASTRUCTURE, ("charts/api/templates/a.yaml", "chart/values.yaml"),
        ("chart", "charts"),
        languages=("yaml", "go-template"), others=("charts/pie.py",),
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/format-version-structure.html,
    # https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
    RoleEvidence("template", Role.INFRASTRUCTURE, (), head=rb"\bAWSTemplateFormatVersion\b",
                 literals=(b"awstemplateformatversion",), languages=("yaml", "json")),
    RoleEvidence("serverless", Role.INFRASTRUCTURE, ("api/serverless.yml",),
                 names=("serverless.yml", "serverless.yaml")),

    RoleEvidence(
        "settings", Role.CONFIGURATION, ("a.json", "b.toml", ".env", "app.properties"),
        languages=("yaml", "json", "jsonc", "toml", "ini", "properties", "dotenv", "xml"),
    ),
)  # fmt: skip


_PATHS = {row.id: lazy_re.compile(row.path) for row in ROLES if row.path}  # each compiled once
_HEADS = {row.id: lazy_re.compile(row.head) for row in ROLES if row.head}
_Row = tuple[
    RoleEvidence, bool, tuple[str, ...], tuple[str, ...], "re.Pattern[str] | None", "re.Pattern[bytes] | None"
]


@lru_cache(maxsize=256)
def _rows_of(language: str) -> tuple[_Row, ...]:
    """The rows for a language; whether their path counts, folders, names, and patterns of path and head."""
    return tuple(
        (
            row,
            bool(row.folders or row.names or row.path),
            row.folders,
            row.names,
            _PATHS.get(row.id),
            _HEADS.get(row.id),
        )
        for row in ROLES
        if not row.languages or language in row.languages
    )


def evidence(path: str, language: Language, head: bytes = b"") -> RoleEvidence | None:
    """The first row that a file matches. path: in lower case. head: its first bytes, up to HEADER."""
    lower = head[:HEADER].lower()
    *parts, name = path.split("/")
    parents = frozenset(parts)
    for row, by_path, folders, names, in_path, in_head in _rows_of(language.id):
        if (
            by_path
            and parents.isdisjoint(folders)
            and name not in names
            and (in_path is None or not in_path.search(path))
        ):
            continue
        if in_head is None:
            return row
        if any(literal in lower for literal in row.literals) and in_head.search(head, 0, HEADER):
            return row
    return None


def find(path: str, language: Language, head: bytes = b"") -> Role:
    """The role of a file, `SOURCE` without other evidence; the arguments are those of `evidence`."""
    found = evidence(path, language, head)
    return Role.SOURCE if found is None else found.role


# What runners of tests collect by name. Rules leave out test doubles there, and only there.
_COLLECTED = ("test-folder", "fixtures", "pytest-file", "test-suffix")


def _pattern(ids: Collection[str]) -> str:
    """A pattern for the paths in lower case that one of these rows matches by its path alone."""
    rows = [row for row in ROLES if row.id in ids]
    folders = [f"(?:^|/){re.escape(folder)}/" for row in rows for folder in row.folders]
    names = [f"(?:^|/){re.escape(name)}$" for row in rows for name in row.names]
    return "|".join([*folders, *names, *(row.path for row in rows if row.path)])


_TESTS = tuple(row.id for row in ROLES if row.role is Role.TEST)


@lru_cache(maxsize=8)
def _joined(ids: tuple[str, ...]) -> re.Pattern[str]:
    return lazy_re.compile(_pattern(ids))


# `ApiTest.java`, `ApiTests.cs`, `ApiIT.java`, `ApiSpec.scala`, but `latest.java`:
# https://maven.apache.org/surefire/maven-surefire-plugin/examples/inclusion-exclusion.html
_CAMEL = lazy_re.compile(r"(?<=[a-z0-9])(?:(Tests?|Spec)(?:Case)?|IT)(?=\.\w+$)")


def lowered(path: str) -> str:
    """A path in lower case, with a mark before a test's word that only a capital sets apart."""
    return path if path.islower() else _CAMEL.sub(lambda found: f"_{found[1] or 'test'}", path).lower()


def matches(path: str, ids: tuple[str, ...]) -> bool:
    """Whether a path (any case) matches one of these rows by its path alone, whichever row comes first."""
    return _joined(ids).search(lowered(path)) is not None


@lru_cache(maxsize=1024)
def is_test(path: str) -> bool:
    """Whether a runner collects a path (any case) as a test, even where another role comes first."""
    return matches(path, _COLLECTED)


@lru_cache(maxsize=1024)
def serves_tests(path: str) -> bool:
    """Whether a path (any case) says that the file is for tests: for words and groups, not for rules."""
    return matches(path, _TESTS)


_INFRASTRUCTURE = ("aws-cdk", "aws_cdk", "awscdk", "cdktf", "pulumi")  # prefixes of imported names


def is_infrastructure(text: str) -> bool:
    """Whether a program may use CDK, cdktf or Pulumi."""
    has_part = "cdk" in text or "pulumi" in text  # which few texts have: two searches, not five
    return has_part and any(name in text for name in _INFRASTRUCTURE)
