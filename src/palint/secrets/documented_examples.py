"""Example values from the documentation of standards and vendors, which thousands of files repeat.

They are stored as the first twelve digits of their SHA-256, so that scanners do not take this file for a list
of secrets. AWS's examples end in `EXAMPLE` and need no list.
"""

from __future__ import annotations


def _listed(*texts: str) -> frozenset[str]:
    return frozenset(digest for text in texts for digest in text.split())


_DIGESTS = _listed(
    # RFC 6749, OAuth 2.0
    """
    00cf4c781dc3 6c96130f130a a35b81a7d792 ca7459e2b267 53f5da0aaa93 e9974c507d2a ed8462e1cfbe
    0e666bd1014d
    """,
    # RFC 6750, bearer tokens; RFC 7009, revocation; RFC 7662, introspection
    """
    b8e148545b13 a71b359a87af ea9bdfd02c0c c97b628dec75 91ceaa472d67
    """,
    # RFC 5849 and OAuth Core 1.0
    """
    293257ab6495 cb87c87e4a13 4c20e6f5cc11 6aa14267d949 bb9b1163338b 649e1f5c769e 5586407997f5
    80f8b7c904d4 2ff8b0fb93ac c20fbc2b9618 b87dad10a32a b7c51d51ea83 dabda0bba4ef b258c27f4721
    1984d686fff0 4bed31c8d172 6afe0524f7d3 b6a7a636451d e0abbf844f8b 065f56c02519 082bff0ad603
    8d567eb88aff 9d03b692e941 d9a350d2f2ae 969d6377769f
    """,
    # RFC 2617, 7616 and 7617, HTTP authentication; RFC 6455, WebSocket
    """
    cf4d418ed3de afa04b0138c7 90580f4d2cba da5a21c9239d 78fdf74ffdf0 15cef4b629cc 507e2ce3c522
    ad62d48d8b06 73f71af093fd 9ee6f3cb2a25
    """,
    # OpenID Connect Core
    """
    ad71fb416553 9e309cccd311 7f2dca4d56ef 0823a09b54cb
    """,
    # jwt.io; the private members of the keys of RFC 7515, 7516, 7517 and 8037
    """
    7f75367e7881 da816f9f2c16 8d4ef6536dc8 8b1b17a9740c ecaa6793a637 5ccf2edb4f07 f8123081a22e
    dd663fe0ef53 f05bc60099e0 57afc11665be deeda324b508 a45404ae333d 2e4ff57e9c83 190edf59d573
    """,
    # RFC 6238 and the key URI format, one-time passwords
    """
    8be5d113c087 549c9390539e d3873980f248
    """,
    # Azure: the emulators of Storage and Cosmos DB
    """
    0011cc25eb43 ed967197261c aa6547439583 eaa6a9190faf
    """,
    # Stripe's documentation; Telegram's; Discord's
    """
    2cafc0970149 b1471f544cee f2d6ca165150 731fa294d036 0b5dd075ccdd 02f7ce3c263f 8b83de220cd7
    """,
    # MD5, SHA-1 and SHA-256 of nothing: RFC 1321, section A.5, and
    # https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
    """
    f215faf9d88b 07e23ede2756 cd372fb85148
    """,
    # RFC 8555, ACME; GitHub's (https://docs.github.com/apps/oauth-apps/building-oauth-apps)
    """
    08d093450e23 86007eb36769 bc3ae723f57c
    """,
    # Drupal's, in each `default.settings.php`; Redis', in each `redis.conf`; Flask-AppBuilder's, in each
    # `webserver_config.py` of Airflow
    """
    403862c137b0 1b58ee375b42 5e428223dde7
    """,
    # Slack's (https://docs.slack.dev/authentication/verifying-requests-from-slack) and ntfy's
    # (https://docs.ntfy.sh/publish/#access-tokens); of IIS Express, in each applicationhost.config;
    # the key with which each release of Yarn searches the index of npm; of Rails' new `config/secrets.yml`
    """
    2a81f24ea84e 6adbfd178516 de572777ba4a e2f680d286cb 3275864916d7 2f21fd9c8167 7a00d4872090
    """,
    # WordPress', in the comment of `wp_salt`: https://developer.wordpress.org/reference/functions/wp_salt/
    """
    4b769966d132 8f8f9d06a40f 6a5eb905e55e 85b202a179e1 108741b45289 5b225527d22f 3ff075ae6f33
    775f6ca2c96d
    """,
    # AngularJS', in each angular.js: https://docs.angularjs.org/api/ng/service/$http
    """
    19e703902b89
    """,
    # Stripe's, in each copy of its library (https://github.com/stripe/stripe-node/blob/master/src/crypto);
    # the login of the Clean Architecture template (https://github.com/jasontaylordev/CleanArchitecture)
    """
    9d71175df2de c209db751454 a91690cf8f78
    """,
    # i18n-tasks' new config (https://github.com/glebm/i18n-tasks/blob/main/templates/config/i18n-tasks.yml)
    """
    9d7db4ba6553 c953c8977a6b
    """,
    # Google's reCAPTCHA (https://developers.google.com/recaptcha/docs/faq); RFC 4122's and others' UUIDs
    """
    03b970ed8171 f5e95c995463 52f550005ee2 e99d8c848fab c44ca770e1e2 fc6a1dd54603
    """,
)


# Scribe shuffles these into the documents of an API: https://scribe.knuckles.wtf/laravel
_SHUFFLED = sorted("abcdefghkvaZVDPE1864563")


def is_documented(value: str) -> bool:
    """Whether a value is one of the documented examples; base32 in lower case is the same (RFC 4648).

    Also with the end of a member of a connection string: `…==;`, `…==;\\`.
    """
    value = value.rstrip(";\\")
    if len(value) == len(_SHUFFLED) and sorted(value) == _SHUFFLED:
        return True
    from palint.util.sha256 import sha256  # for secrets only

    return any(
        sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12] in _DIGESTS
        for text in {value, value.upper()}
    )
