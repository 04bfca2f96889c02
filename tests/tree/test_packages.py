"""Installed packages are those that a package manager's own list names."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from palint.secrets.synthetic import generate
from palint.tree import packages
from palint.tree.packages import Package

from ..conftest import Repository, findings

GO = "# github.com/aws/aws-sdk-go v1\n## explicit\ngithub.com/aws/aws-sdk-go/aws\n# golang.org/x/net v0.1\n"
NPM = json.dumps({"lockfileVersion": 3, "packages": {"": {}, "node_modules/ms": {}, "node_modules/@a/b": {}}})
OLD_NPM = json.dumps(
    {"lockfileVersion": 1, "dependencies": {"ms": {"dependencies": {"debug": {}}}, "@a/b": 1}}
)
RECORD = "requests/__init__.py,sha256=x,1\nsix.py,,\n../../../bin/req,,\nrequests-2.dist-info/RECORD,,\n"
SITE = "lib/python3.12/site-packages"
ENVIRONMENT = "home = /usr/bin\nversion = 3.12.1\n"

# (path of the list, its text, files of its packages, others)
CASES = {
    "go": (
        "api/vendor/modules.txt",
        GO,
        ["api/vendor/github.com/aws/aws-sdk-go/aws/a.go", "api/vendor/golang.org/x/net/b.go"],
        ["api/vendor/vendor.go", "api/vendor/github.com/aws/other/a.go", "vendor/golang.org/x/net/b.go"],
    ),
    "govendor": (
        "vendor/vendor.json",
        json.dumps({"package": [{"path": "code.google.com/p/x"}]}),
        ["vendor/code.google.com/p/x/x.go"],
        ["vendor/code.google.com/p/y/y.go", "vendor/x.go"],
    ),
    "dep": (
        "Gopkg.lock",
        '[[projects]]\n  name = "gopkg.in/yaml.v2"\n',
        ["vendor/gopkg.in/yaml.v2/a.go"],
        ["vendor/a.go"],
    ),
    "glide": (
        "glide.lock",
        "imports:\n- name: gopkg.in/yaml.v2\n",
        ["vendor/gopkg.in/yaml.v2/a.go"],
        ["vendor/a.go"],
    ),
    "composer": (
        "vendor/composer/installed.json",
        json.dumps({"packages": [{"name": "symfony/console"}, {"name": 1}]}),
        ["vendor/symfony/console/A.php", "vendor/composer/ClassLoader.php"],
        ["vendor/symfony/own/A.php", "vendor/Shop.php"],
    ),
    "composer-1": (
        "vendor/composer/installed.json",
        json.dumps([{"name": "a/b"}]),
        ["vendor/a/b/A.php"],
        ["vendor/a/c/A.php"],
    ),
    "bundler": (
        "vendor/bundle/ruby/3.3.0/specifications/rack-3.1.0.gemspec",
        "",
        ["vendor/bundle/ruby/3.3.0/gems/rack-3.1.0/lib/rack.rb"],
        ["vendor/bundle/ruby/3.3.0/gems/own/a.rb"],
    ),
    "bundler-path": (
        "Gemfile.lock",
        "PATH\n  remote: vendor/gems/dotenv-3.2.0\n  specs:\n    dotenv (3.2.0)\n\n"
        "PATH\n  remote: vendor/shop\n  specs:\n    shop (1.0)\n",
        ["vendor/gems/dotenv-3.2.0/lib/dotenv.rb"],
        ["vendor/shop/lib/a.rb", "vendor/gems/own/a.rb"],
    ),
    "cargo": (
        "vendor/serde/.cargo-checksum.json",
        json.dumps({"files": {"src/lib.rs": "0"}}),
        ["vendor/serde/src/lib.rs"],
        ["vendor/serde/src/own.rs", "vendor/lib.rs"],
    ),
    "venv": (
        "env/pyvenv.cfg",
        ENVIRONMENT,
        [f"env/{SITE}/a.py", "env/bin/activate", "env/Lib/a.py"],
        ["env/.env", "env/app.py", "lib/a.py"],
    ),
    "wheel": (
        "layer/python/requests-2.dist-info/RECORD",
        RECORD,
        ["layer/python/requests/api.py", "layer/python/six.py", "layer/python/requests-2.dist-info/METADATA"],
        ["layer/python/handler.py", "layer/bin/req"],
    ),
    "npm": (
        "package-lock.json",
        NPM,
        [
            "node_modules/ms/index.js",
            "node_modules/@a/b/i.js",
            "web/node_modules/ms/i.js",
            "node_modules/ms/node_modules/own/a.js",
        ],
        [
            "node_modules/own/index.js",
            "node_modules/@a/c/i.js",
            "node_modules/a.js",
            "src/ms/i.js",
            "my_node_modules/ms/i.js",
        ],
    ),
    "npm-1": ("package-lock.json", OLD_NPM, ["node_modules/debug/i.js"], ["node_modules/dependencies/i.js"]),
    "hidden": (
        "a/node_modules/.package-lock.json",
        NPM,
        ["a/node_modules/ms/i.js"],
        ["node_modules/ms/i.js"],
    ),
    "yarn": (
        "yarn.lock",
        '"@a/b@^1", "@a/b@^2":\n  version "2"\n\nms@2, mms@^1:\n  version "2"\n',
        ["node_modules/@a/b/i.js", "node_modules/ms/i.js", "node_modules/mms/i.js", ".yarn/cache/ms-1.zip"],
        ["node_modules/version/i.js", ".yarn/own.js"],
    ),
    "yarn-berry": (
        "yarn.lock",
        '"ms@npm:^2.1.1":\n  version: 2.1.3\n',
        ["node_modules/ms/i.js"],
        ["node_modules/npm/i.js"],
    ),
    "yarn-release": (
        ".yarnrc.yml",
        "plugins:\n  - path: .yarn/plugins/p.cjs\n\nyarnPath: .yarn/releases/yarn-4.1.0.cjs\n",
        [".yarn/releases/yarn-4.1.0.cjs", ".yarn/plugins/p.cjs"],
        [".yarn/releases/own.cjs"],
    ),
    "pnpm": (
        "pnpm-lock.yaml",
        "packages:\n\n  /ms@2.1.3:\n    x: 1\n\n  '@a/b@1.0.0':\n    x: 1\n",
        ["node_modules/ms/i.js", "node_modules/@a/b/i.js"],
        ["node_modules/own/i.js"],
    ),
    "bun": (
        "bun.lock",
        '{\n  "packages": {\n    "ms": ["ms@2.1.3", ""],\n  }\n}\n',
        ["node_modules/ms/i.js"],
        ["node_modules/x/i.js"],
    ),
    "bower": (
        "web/bower_components/jquery/.bower.json",
        "{}",
        ["web/bower_components/jquery/a.js"],
        ["web/bower_components/own/a.js"],
    ),
    "pods": (
        "Pods/Manifest.lock",
        "PODS:\n  - Alamofire (5.0)\n",
        ["Pods/Alamofire/A.swift"],
        ["Pods/Own/A.swift"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_list_names_is_installed_and_nothing_beside_it(name: str) -> None:
    listed, text, inside, outside = CASES[name]
    found = packages.find([listed, *inside, *outside], lambda path, _: text.encode())
    for path in inside:
        package = found.of(path)
        assert package is not None, path
        assert package.listed == listed
        assert path == package.folder or path.startswith(f"{package.folder}/")
    assert [path for path in outside if found.of(path)] == []


@pytest.mark.parametrize("name", CASES)
def test_without_its_list_no_folder_is_of_packages(name: str) -> None:
    listed, _, inside, outside = CASES[name]
    assert not [p for p in inside if packages.find([*inside, *outside], lambda path, _: b"").of(p)]
    same_name = [f"{listed}.bak", f"x{listed}"]
    found = packages.find([*same_name, *inside], lambda path, _: CASES[name][1].encode())
    assert not [p for p in inside if found.of(p)]


@pytest.mark.parametrize("text", ["", "[", "{}", "[[]]", '{"packages": 1}', "[" * 100_000, "\udcff"])
def test_a_broken_list_is_no_error(text: str) -> None:
    for listed, _, inside, _ in CASES.values():
        packages.find([listed, *inside], lambda path, _: text.encode("utf-8", "surrogatepass"))


def test_a_list_that_cannot_be_read_names_nothing() -> None:
    listed, _, inside, _ = CASES["bower"]
    assert packages.find([listed, *inside], lambda path, _: None).of(inside[0]) is None


def test_the_outermost_package_is_named() -> None:
    found = packages.find(["package-lock.json", "node_modules/ms/i.js"], lambda path, _: NPM.encode())
    assert found.of("node_modules/ms/node_modules/@a/b/i.js") == Package(
        "node_modules/ms", "package-lock.json"
    )


class TestUntracked:
    """Packages that git does not track are not checked, and the run says so; files beside them are."""

    LINE = 'password = "' + "Tr0ub4dor" + '&3x"\n'

    def test_its_files_are_not_listed(self, repo: Repository) -> None:
        repo.write("app.py", "")
        repo.add("app.py")
        repo.write("env/pyvenv.cfg", ENVIRONMENT)
        repo.write(f"env/{SITE}/a.py", self.LINE)
        repo.write("env/.env", "PORT=1\n")
        repo.write("lib/b.py", self.LINE)
        made = repo.palint("--format", "json")
        assert {f["path"] for f in findings(made)} == {"env/.env", "lib/b.py"}
        (notice,) = json.loads(made.stdout)["notices"]
        assert notice["path"] == "env/pyvenv.cfg" and notice["complete"]
        assert notice["message"] == "lists packages that git does not track: 1 files not checked"
        assert f"# env/pyvenv.cfg: note: {notice['message']}" in repo.palint("config").stdout

    def test_a_tracked_package_is_checked(self, repo: Repository) -> None:
        repo.write("env/pyvenv.cfg", ENVIRONMENT)
        repo.write(f"env/{SITE}/a.py", self.LINE)
        repo.add(".")
        (found,) = findings(repo.palint("--format", "json"))
        assert found["package"] == "env/lib" and found["severity"] == "warning"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("npm"), reason="no npm on this machine")
def test_what_npm_installs_is_left_out_and_what_lies_beside_it_is_not(repo: Repository) -> None:
    token = f'module.exports = "{generate("{github_token}")}"\n'
    package = repo.path.parent / "acme"
    package.mkdir()
    (package / "package.json").write_text('{"name": "acme", "version": "1.0.0"}')
    (package / "index.js").write_text(token)
    repo.write("package.json", '{"name": "shop", "version": "1.0.0"}\n')
    repo.add()
    repo.commit()
    npm = ["npm", "install", "--offline", "--no-audit", "--no-fund", "--install-links", str(package)]
    subprocess.run(npm, cwd=repo.path, check=True, capture_output=True)
    repo.write("node_modules/ours/index.js", token)
    assert (repo.path / "node_modules/acme/index.js").is_file()
    assert [f["path"] for f in findings(repo.palint("--format=json"))] == ["node_modules/ours/index.js"]
    assert "package-lock.json: note: lists packages" in repo.palint("config").stdout
