"""The rule `hardcoded-secret`: no secrets in text files."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from palint import secrets
from palint.files import languages
from palint.files.roles import HEADER, Role
from palint.findings import Confidence, Severity, Violation
from palint.rule import ALL_FILES, Clause, Example, Reads, Rule
from palint.secrets import Secret, browser_keys, fallbacks
from palint.secrets.vocabulary import IN_PAGES
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.advice import Place
    from palint.tree.project import Project


class HardcodedSecret(Rule):
    """A secret in a text file.

    ## Why

    Anyone who can read the repository, a clone, a fork, a backup or a build log can read the secret and use
    it. Deleting the line does not help, because the git history keeps it. Treat a secret that was ever
    committed as compromised: rotate it first, then remove it from the file.

    ## Do this instead

    Rotate the secret, store the new value in AWS Secrets Manager as `{service}/{environment}`, and read it
    when the program starts. A developer signs in with `aws sso login --profile palindrom` and sets
    `AWS_PROFILE=palindrom`, a workflow signs in with OIDC.

    ```python
    import json, boto3
    secret = boto3.client("secretsmanager").get_secret_value(SecretId="api/production")
    database_url = json.loads(secret["SecretString"])["DATABASE_URL"]
    ```

    ```typescript
    import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
    const { SecretString } = await new SecretsManagerClient({}).send(
      new GetSecretValueCommand({ SecretId: "api/production" }),
    );
    ```

    ```bash
    aws secretsmanager get-secret-value --secret-id api/production --query SecretString --output text
    ```

    Terraform reads it with `data "aws_secretsmanager_secret_version"`, CloudFormation with
    `{{resolve:secretsmanager:api/production:SecretString:DATABASE_URL}}`, Kubernetes with an ExternalSecret.

    ## What is found

    - Values in a vendor's token format; where the vendor publishes a checksum, it must be right.
    - Values assigned to a secret's name (`password`, `api_key`, `token`), in code and in every configuration
      syntax, quoted or not.
    - Random values under any name that the same file signs in with: in a `Bearer` header, in a client's
      constructor (`Client(api_key=x)`), as the password of an address.
    - Passwords in URLs and connection strings, `Authorization` headers, command lines and SQL.
    - Private keys, also on one line, and keys written as a list of numbers.
    - What detect-secrets' plugins find, but for IP addresses and random strings without a name.

    A value that a file repeats is reported once, with its places. JSON lists each place, since a suppression
    or a baseline entry accepts one place alone. UTF-8, UTF-16, UTF-32 and Latin-1 are read. A Jupyter
    notebook is checked cell by cell, together with the output of its cells.

    ## What is not reported

    - Placeholders and documented examples (`changeme`, `<your key>`, `AKIA…EXAMPLE`).
    - References (`${VAR}`, `os.environ[…]`, `process.env.X`, `{{ … }}`, an ARN, a path, a URL without a
      password).
    - Names, constants, versions, dates, translated texts, and values that repeat their own name.
    - Names that describe a secret without holding one (`password_field`, `token_url`).
    - Public keys, hashes, identifiers, images in notebooks, data URIs and public IP addresses.
    - Keys that a vendor means for every page or app: of Firebase's settings, of Supabase's role `anon`, of a
      captcha's site, in the address of what a page loads. The key of a thing (`course_key`) is its id.
    - Words under a secret's name in the code of a page, which its readers see: `{password: "NotValidated"}`.

    A value that only its name calls a secret is a warning, of low confidence, in another project's code
    (`vendor/`, `node_modules/`), in the code or a template of a page, and in hexadecimal in a test; so are a
    Google API key in an app and a JSON Web Token of a test. A change that is compared with its base does not
    lower its own findings so.

    Whatever these rules do not decide is scored by a small classifier.

    ## Limits

    A secret that looks like a word is found only where a program falls back to it (`process.env.JWT_SECRET ||
    …`, not inside a block or after a conversion). One that is assembled at run time is not found. A value of
    more than 1,024 characters is found only in a vendor's format. Archives are not unpacked. A notebook whose
    cells are larger than `limits.tree` is searched as plain JSON. To keep a value, such as one in a test, end
    its line with `palint: ignore[hardcoded-secret]` and a reason, or with detect-secrets'
    `pragma: allowlist secret`.
    """

    clause = Clause.NO_SECRETS_IN_CODE
    since = "0.1.0"
    checks_history = True
    files = ALL_FILES
    reads = Reads.NEAR
    keywords = secrets.KEYWORDS.followed_by('"cell_type"')  # a notebook's escapes may hide a keyword

    bad = (
        Example('GITHUB = "{github_token}"\n', path="ci.py", location="{github_token}"),
        Example(
            "DB_PASSWORD: {password}\n", path="values.yaml", location="{password}", note="without quotes"
        ),
        Example(
            "spring.datasource.password={password}\n", path="application.properties", location="{password}"
        ),
        Example("DATABASE_URL={database_url}\n", path="deploy/settings.conf"),
        Example('const stripe = new Stripe("{stripe_key}");\n', path="pay.ts", location="{stripe_key}"),
        Example(
            "curl -H 'Authorization: Bearer {jwt}' https://api.internal/\n",
            path="README.md",
            location="{jwt}",
        ),
        Example("var key = `{private_key}`\n", path="sign.go", location="{private_key}"),
        Example('{"openai": "{openai_key}"}\n', path="config.json", location="{openai_key}"),
        Example(
            's3 = boto3.client("s3", aws_access_key_id="{aws_access_key_id}")\n',
            path="s3.py",
            location="{aws_access_key_id}",
        ),
        Example(
            '{"cells": [{"cell_type": "code", "source": ["import db\\n",\n'
            '  "db_password = \\"{password}\\"\\n"], "outputs": []}], "metadata": {}}\n',
            path="report.ipynb",
            location="{password}",
        ),
        Example(
            '{"cells": [{"cell_type": "code", "source": ["show(token)"], "outputs": [\n'
            '  {"output_type": "stream", "text": ["token: \'{github_token}\'\\n"]}]}], "metadata": {}}\n',
            path="report.ipynb",
            location="{github_token}",
            note="what a cell printed",
        ),
    )
    good = (
        Example('GITHUB = os.environ["GITHUB_TOKEN"]\n', path="ci.py"),
        Example("DB_PASSWORD: ${DB_PASSWORD}\n", path="values.yaml"),
        Example("password: changeme\n", path="values.yaml", note="a placeholder"),
        Example(
            'AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"\n', path="docs.py", note="AWS's documented example"
        ),
        Example('password_field = "current-password"\n', path="form.py"),
        Example('password: "{{ vault_db_password }}"\n', path="playbook.yml", note="a template"),
        Example(
            '{"cells": [{"cell_type": "code", "source": ["plot()"], "outputs": [{\n'
            '  "output_type": "display_data", "data": {"image/png": "iVBORw0K/{aws_access_key_id}"}}]}],\n'
            ' "metadata": {}}\n',
            path="report.ipynb",
            note="an image, whose base64 holds anything by chance",
        ),
    )

    def reach(self, keyword: int) -> int:
        return secrets.max_reach(keyword) if keyword < len(secrets.KEYWORDS) else sys.maxsize

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        place = None
        for secret, where in _secrets(file, project):
            if place is None:
                from palint.advice import Place
                from palint.advice import secrets as secret_advice
                from palint.secrets import descriptions

                place = Place(file, project, self.config.environments)
            value = file.text[secret.start : secret.end]
            confidence = _in_its_place(secret, value, place.at(secret.start))
            if confidence is None:
                continue
            secret = secret._replace(confidence=confidence)
            falls_back = fallbacks.variable_before(file.text, secret.start) != ""
            certain = secret.confidence is Confidence.HIGH
            yield self.violation(
                file.span(secret.start, secret.end),
                descriptions.message(secret, value, falls_back=falls_back) + where,
                why=descriptions.why(secret, value),
                fix_hint=secret_advice.hardcoded(place, secret) if project.shows_advice else "",
                detector=secret.detector,
                confidence=secret.confidence,
                severity=Severity.ERROR if certain else Severity.WARNING,
                values=[(secret.start, secret.end)],
            )


_HEX = lazy_re.compile(r"[0-9A-Fa-f]+\Z")
# What a compiler makes for Node: https://nodejs.org/api/modules.html; a bundle has no such line
_OF_NODE = lazy_re.compile(
    r"(?m)^(?:Object\.defineProperty\(exports|exports\.|(?:const|var|let) [^\n=]{1,80}= ?require\()"
)
_FOR_PAGES = frozenset(("javascript", "css"))  # syntaxes of what is minified and bundled
# A variable that a bundler writes into pages
_FOR_PAGE = lazy_re.compile(rf"(?:{'|'.join(IN_PAGES)})\w{{1,60}}[\"']?\s?[:=]\s?[\"'`]?\Z")
_NEAR = 100  # characters before a value in which its variable is
# A template that a server fills and sends: of Rails, Laravel, Symfony, ASP.NET, Java, Express and Astro.
# `values.yml.ejs` is one of settings.
_TEMPLATE = lazy_re.compile(
    r"\.html?\.\w+\Z|(?:\A|/)[^/.]+\.(?:haml|slim|blade\.php|phtml|twig|cshtml|razor|jspx?|ejs|pug|hbs|astro)\Z",
    re.I,
)


def _in_its_place(secret: Secret, value: str, place: Place) -> Confidence | None:
    """The confidence of a secret in this place; None where it is none: words in the code of a page.

    A key that its vendor means for apps and pages is low in them. So is a JSON Web Token of a test, which was
    made for it or has expired, and what only its name calls a secret in another project's code, which
    everyone has, in a page's code or template, and in hexadecimal in a test, where it is as often a digest,
    an id or a known answer. What a change says of its own files lowers nothing in that change.
    """
    role, language = place.kind.role, place.kind.language
    for_browsers = secret.detector == browser_keys.FORMAT
    before = slice(max(0, secret.start - _NEAR), secret.start)
    if for_browsers and (place.exposed_to or _FOR_PAGE.search(place.file.text[before])):
        return Confidence.LOW
    if place.project.compared:
        return secret.confidence
    if role is Role.TEST and (secret.detector == "json-web-token" or (secret.name and _HEX.match(value))):
        return Confidence.LOW
    if not secret.name and not for_browsers:
        return secret.confidence
    bundled = (
        role is Role.GENERATED
        and (language.syntax in _FOR_PAGES or place.file.path.endswith((".map", ".phar")))
        and not _OF_NODE.search(place.file.text, 0, HEADER)
    )
    if (bundled or place.in_browser) and not secret.looks_random:
        return None
    if bundled or role is Role.VENDORED or place.in_browser or _TEMPLATE.search(place.file.path):
        return Confidence.LOW
    return secret.confidence


def _secrets(file: SourceFile, project: Project) -> Iterator[tuple[Secret, str]]:
    """The secrets of a file, each with its cell if the file is a notebook: ` (cell 3, line 2)`."""
    hits = file.keyword_matches
    if languages.find(file.path).id == "notebook":
        from palint.secrets import notebooks

        try:
            for secret, where in notebooks.detect(file, hits, project.limits.tree):
                yield secret, f" ({where})" if where else ""
            return
        except ParseError as error:
            file.add_notice("parse-fallback", f"{error.message} (line {error.line}): searched as text")
    for secret in secrets.detect(file, hits):
        yield secret, ""
