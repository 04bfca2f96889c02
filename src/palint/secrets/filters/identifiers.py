"""Filters on the value alone: names and ids of what is public, such as users, headers and icons."""

from __future__ import annotations

from palint.secrets.filters.filter import Filter, words

IDENTIFIERS = (
    Filter(
        "resource",
        "it is the name of a secret",
        r"[a-z0-9]+(?:[._-][a-z0-9]+){0,8}[_-](?:tls|creds|certs)\Z",
        drops=("wordpress.local-tls", "broker_keystore_creds"),
        keeps=("creds-Kq2x9", "app-Creds"),
    ),
    Filter(
        "secret-name",
        "it is the name of a secret: a service and an environment",
        r"[a-z][a-z0-9-]{1,40}(?:/[a-z0-9-]{1,40}){0,4}/"
        + words("production prod staging stage development dev test testing qa sandbox preview")
        + r"(?:/[a-z0-9._-]{1,60})?\Z",
        drops=("api/production", "shop/staging/database", "acme/llm-service/dev"),
        keeps=("Kq7v/production", "api/Kq7vWz2p", "production"),
    ),
    Filter(
        "client-id",
        "it is the id of an application at Google or WeChat, which its users see",
        # https://developers.google.com/identity/protocols/oauth2, https://developers.weixin.qq.com/doc/
        r"\d{6,20}-[a-z0-9]{32}\.apps\.googleusercontent\.com\Z|wx[0-9a-f]{16}\Z",
        drops=("123456789012-" + "kq7v" * 8 + ".apps.googleusercontent.com", "wx0123456789abcdef"),
        keeps=("123456789012-kq7v", "wx0123456789abcdef01"),
    ),
    Filter(
        "icon",
        "it is the name of an icon",
        r"(?:mdi|fa|fas|far|icon|glyphicon|bi)-[a-z]+(?:-[a-z]+){0,4}\Z",
        drops=("mdi-eye-off", "fa-lock"),
        keeps=("mdi-eye7", "fasten-lock", "icon"),
    ),
    Filter(
        "subject",
        "it is the id of a user, after the name of the provider",
        # https://auth0.com/docs/manage-users/user-accounts/identify-users
        r"[a-z][a-z0-9-]{2,30}\|(?:[0-9a-f]{24}|\d{6,24})\Z",
        drops=("auth0|5f7c8ec7c33c6c004bbafe82", "google-oauth2|103547991597142817347"),
        keeps=("auth0|Kq7vWz2p", "Kq7v|5f7c8ec7c33c6c004bbafe82"),
    ),
    Filter(
        "header-name",
        "it is the name of a header",
        r"[Xx](?:-[A-Za-z]{2,20}){1,6}\Z",
        drops=("X-Vault-MFA", "x-api-key"),
        keeps=("X-Kq7v-Wz2p", "x-k-q"),
    ),
    Filter(
        "distinguished-name",
        "it is a distinguished name of a directory",  # RFC 4514
        r"(?i:(?:cn|ou|dc|uid|o)=[^,=]{1,60}(?:, ?(?:cn|ou|dc|o|c)=[^,=]{1,60}){1,8})\Z",
        drops=("ou=application,dc=cdhdt,dc=com", "CN=Alice, O=Acme, C=US"),
        keeps=("dc=Kq7vWz2p", "o=Kq7v,Wz2p"),
    ),
)
