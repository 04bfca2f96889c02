"""Two causes of false alarms: an empty value before the next word, and minified or bundled JavaScript."""

from __future__ import annotations

import sys

import pytest

from palint import secrets
from palint.secrets.synthetic import SHAPES, generate
from tests.secrets import corpus

# The empty value is where «» is; with a value there, the value is found and nothing else.
EMPTY = (
    ("run.sh", "PASSWORD=«» psql -h database1 -U app"),
    ("run.sh", "export DB_PASSWORD=«» ; ./start2"),
    ("Makefile", "\tDB_PASSWORD=«» ./run-tests.sh"),
    ("run.sh", "mysql --password=«» --user=admin1"),
    ("run.sh", 'mysql --password "«»" --user admin1'),
    ("run.sh", "tool --token '«»' --name \"admin1\""),
    ("run.sh", 'tool --api-key "«»" --name admin1'),
    ("run.sh", "docker run -e PASSWORD=«» -e USER=admin1 image"),
    ("Dockerfile", "ENV DB_PASSWORD=«» DB_USER=admin1"),
    ("Dockerfile", "ARG TOKEN=«»\nRUN make release1"),
    (".env", "PASSWORD=«»\nDB_USER=postgres1"),
    ("app.ini", "password = «»\nhost = db01.internal"),
    ("app.properties", "spring.datasource.password=«»\nspring.datasource.username=app1"),
    ("a.cfg", "requirepass «»\nmaxmemory 100mb"),
    (".netrc", "machine a.example.com login admin1 password «»\nmachine b.example.com"),
    ("a.yml", "password: «»\nuser: postgres1"),
    ("a.yml", "db:\n  password: «»\n  username: admin1"),
    ("a.yml", "password: «» # set by the operator\nusername: admin1"),
    ("compose.yml", "    - POSTGRES_PASSWORD=«»\n    - POSTGRES_USER=admin1"),
    ("a.json", '{"password": "«»", "user": "postgres1"}'),
    ("a.toml", "password = '«»'\nuser = 'admin1'"),
    ("a.tf", 'password = "«»"\nusername = "admin1"'),
    ("a.xml", "<password>«»</password><username>admin1</username>"),
    ("a.xml", '<add key="Password" value="«»" /><add key="User" value="admin1" />'),
    ("a.sql", "ALTER USER app WITH PASSWORD '«»' VALID UNTIL '2030-01-01';"),
    ("a.md", "postgres://user1:«»@host1/db1"),
    ("a.py", 'connect(password="«»", user="postgres1")'),
    ("a.py", 'connect(user="postgres1", password=\'«»\', host="db1")'),
    ("a.php", "'password' => '«»', 'user' => 'admin1',"),
    ("a.ps1", '$Password = "«»"; $User = "admin1"'),
    ("a.go", 'Password: "«»", User: "admin1",'),
    ("a.rb", "password: '«»', user: 'admin1'"),
    ("a.java", 'setPassword("«»"); setUser("admin1");'),
)


@pytest.mark.parametrize(("path", "text"), EMPTY)
def test_an_empty_value_does_not_take_the_next_word(path: str, text: str) -> None:
    assert secrets.in_line(text.replace("«»", ""), path) == []


@pytest.mark.parametrize(("path", "text"), EMPTY)
def test_the_value_that_is_there_is_found_alone(path: str, text: str) -> None:
    value = generate(SHAPES["password"], 3)
    filled = text.replace("«»", value)
    assert [filled[s.start : s.end] for s in secrets.in_line(filled, path)] == [value]


MINIFIED = (
    "!function(e,t){e.exports={login:function(n){return t({username:n.u,password:n.p,token:e.t})}}}(this,0);",
    'r.createElement("input",{type:"password",name:"password",autoComplete:"current-password",value:e.password})',
    'switch(e.key){case"Enter":case" ":t();break;case"ArrowDown":n()}',
    "this.token=t,this.secret=n,this.password=void 0,this.authToken=null",
    'var o={token:"punctuation",regex:"[{]"},a={token:"keyword.operator",regex:"=|-"}',
    'if("password"===e.type||"token"==n.kind)return this.authKey=i.default.createHash("sha256")',
    'npmAuthToken:{description:"Auth token",type:ie.SECRET,default:null},npmAuthIdent:{type:"SECRET"}',
    'i.npmAlwaysAuth&&(s.headers.authorization=`Bearer ${o.get("npmAuthToken")}`)',
    'e.cacheKey=t.checksum!==null?`${r}/${n}`:"10c0",e.lockfileKey="__metadata"',
    '{key:"Ctrl+C",secretStore:new Map,passThrough:!0,tokenize:function(e){return e.split(",")}}',
    't.password.length<8?n("passwordTooShort"):t.password!==t.confirm&&n("passwordMismatch")',
    'e.csrfToken=document.querySelector("meta[name=csrf-token]").content,e.tokenKey="id_token"',
    '{pass:"PASS",fail:"FAIL",skip:"SKIP"}[e.state],t.passed+=1,u="pass"',
    'return e.sessionKey="session_"+e.id,e.authKey="auth:"+e.uid,e.secretKey||x',
    'p={token:"variable.parameter",next:"start2"},q={defaultToken:"string.quoted"}',
    'o.accessToken=e.access_token||"",o.idToken=n[2],o.key=36..toString(36)',
)


@pytest.mark.parametrize("path", ["web/jquery.min.js", ".yarn/releases/yarn-4.5.0.cjs"])
def test_minified_code_has_no_secret(path: str) -> None:
    for line in MINIFIED:
        assert secrets.in_line(line, path) == [], line


@pytest.mark.parametrize("path", ["web/jquery.min.js", ".yarn/releases/yarn-4.5.0.cjs"])
def test_a_secret_in_a_bundle_is_found(path: str) -> None:
    value = generate(SHAPES["hex40"], 3)
    bundle = ";".join([*MINIFIED, f'n.apiKey="{value}"', *MINIFIED])
    assert [bundle[s.start : s.end] for s in secrets.in_line(bundle, path)] == [value]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="zensical, which ships some, needs Python 3.11")
def test_minified_files_of_a_package_have_no_secret() -> None:
    bundles = [path for path in corpus.pinned() if path.name.endswith(".min.js")]
    assert sum(path.stat().st_size for path in bundles) > 50_000
    for path in bundles:
        text = path.read_text("utf-8", "replace")
        found = [text[s.start : s.end] for s in secrets.in_line(text, path.name)]
        assert found == [], path
