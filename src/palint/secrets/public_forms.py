"""Public forms: values that everyone may have, recognised by their form alone, each with its source.

A row says why a value of that form opens nothing. A false alarm whose value has a documented form belongs
here; one that only its name or its syntax explains belongs in `filters`.
"""

from __future__ import annotations

from palint.util.named_tuple import NamedTuple


class PublicForm(NamedTuple):
    """id: kebab case, unique. name: what such a value is. pattern: matched at the value's start.

    examples, near_misses: values that have the form, and that do not. source: the page that documents it.
    """

    id: str
    name: str
    pattern: str
    examples: tuple[str, ...]
    near_misses: tuple[str, ...]
    source: str


_HEX = "0123456789abcdef"
_BODY = "Kq7vWz2p9x" * 4  # of a near miss or an example whose rest does not matter

PUBLIC_FORMS = (
    PublicForm(
        "chain-address",
        "the address of an account or a contract on a chain",
        # Ethereum, Bitcoin, Cardano, Tezos
        r"0x[0-9a-fA-F]{40}(?::\d{1,9})?\Z|bc1[ac-hj-np-z02-9]{38,59}\Z|"
        r"(?:addr|stake)(?:_test)?1[ac-hj-np-z02-9]{53,98}\Z|(?:tz[1-4]|KT1)[1-9A-HJ-NP-Za-km-z]{33}\Z",
        ("0x" + _HEX * 2 + _HEX[:8], "0x" + _HEX * 2 + _HEX[:8] + ":42161", "addr1" + "q7v2z9x" * 14,
            "stake_test1" + "q7v2z9x" * 7 + "q7v2", "tz1" + "Kq7vWz2p9xK" * 3),
        # private keys: 64 digits of Ethereum, `ed25519_sk1…` and `edsk…`
        ("0x" + _HEX * 4, _HEX * 2 + _HEX[:8], "ed25519_sk1" + "q7v2z9x" * 8, "edsk" + "Kq7vWz2p9xK" * 3),
        "https://eips.ethereum.org/EIPS/eip-55, "
        "https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki, https://cips.cardano.org/cip/CIP-19, https://docs.tezos.com/architecture/accounts",
    ),
    PublicForm("extended-public-key", "a wallet's extended public key; a private one begins with `xprv`",
        r"[tuvxyzUVYZ]pub[1-9A-HJ-NP-Za-km-z]{107}", ("xpub" + "Kq7vWz2p9x" * 10 + "Kq7vWz2",),
        ("xprv" + "Kq7vWz2p9x" * 10 + "Kq7vWz2", "xpub" + _BODY),
        "https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki#serialization-format"),
    PublicForm("public-jwk", "a JSON Web Key without its private member, also in a string",
        r"\{(?![^{}]*[\"'][dk]\\?[\"']\s{0,4}:)(?=[^{}]*[\"']kty\\?[\"']\s{0,4}:)[^{}]*\}\Z",
        ('{"kty":"EC","x":"Kq7v","y":"Wz2p"}', r'{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"Kq7v\"}',
            "{'e':'AQAB','kty':'RSA','n':'Kq7v'}"),
        ('{"kty":"EC","x":"Kq7v","d":"Wz2p"}', r'{\"kty\":\"oct\",\"k\":\"Kq7v\"}', '{"kty":"EC",',
            "{'d':'Wz2p','kty':'RSA','n':'Kq7v'}"),
        "https://www.rfc-editor.org/rfc/rfc7518#section-6"),
    PublicForm("sealed-secret", "a value that only the controller of a cluster decrypts",
        r"Ag[A-D][A-Za-z0-9+/]{253}", ("AgBKq7vWz2p9x" * 20,), ("AgBKq7vWz2p9x" * 4, "AhBKq7vWz2p9x" * 20),
        "https://github.com/bitnami-labs/sealed-secrets/blob/main/docs/developer/crypto.md"),
    PublicForm("simple-blob", "a session key of Windows that only the owner of a private RSA key decrypts",
        r"AQIAA[A-P][A-Za-z0-9]mAAAApAAA", ("AQIAAA5mAAAApAAA" + _BODY,),
        ("AQIAAA5mAAAAqAAA" + _BODY, "BwIAAACkAABSU0Ey" + _BODY),  # the latter: a private key
        "https://learn.microsoft.com/en-us/windows/win32/seccrypto/simple-key-blobs"),
    PublicForm("image-insights-token", "the ids of an image that Bing found, each with its kind",
        r"(?:[a-z]{0,5}id|cp)_[\w.-]{1,80}(?:\*(?:[a-z]{0,5}id|cp)_[\w.-]{1,80}){2,8}\Z",
        ("ccid_Kq7v*mid_WZ2P*simid_608*thid_OIP.Kq7v-p9",), ("ccid_" + _BODY, "ccid_Kq7v*mid_WZ2P*" + _BODY),
        "https://learn.microsoft.com/en-us/rest/api/cognitiveservices-bingsearch/bing-images-api-v7-reference"),
    PublicForm("amazon-resource-name", "the name of a resource at AWS", r"arn:",
        ("arn:aws:iam::1:role/x", "arn:aws:sqs:eu-west-1:123456789012:events"), ("arnold", "arn-" + _BODY),
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"),
    PublicForm("integrity-hash", "the digest of a file or an image, or the signature of a request's body",
        r"sha(?:1|256|384|512)[-:=]|t=\d{10},v1=[0-9a-f]{64}",
        ("sha256:abc", "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg", "sha256=" + _HEX * 4,
            "t=1492774577,v1=" + _HEX * 4),
        ("shark", "sha512" + _BODY, "t=1492774577,v2=" + _HEX * 4),
        "https://www.w3.org/TR/sri-2/, https://github.com/opencontainers/image-spec/blob/main/descriptor.md, "
        "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries, "
        "https://docs.stripe.com/webhooks/signature"),
    PublicForm("aws-credential-scope", "the id of a key with the date, region and service that it signs for",
        r"[\w-]{1,128}/\d{8}/[a-z0-9-]{1,30}/[a-z0-9-]{1,40}/aws4_request",
        ("Kq7vWz2p9x/20150830/us-east-1/iam/aws4_request",), ("Kq7vWz2p9x/20150830/us-east-1", _BODY),
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html"),
    PublicForm("oauth-client-id", "the id of an application at Google or WeChat, which its users see",
        r"\d{6,20}-[a-z0-9]{32}\.apps\.googleusercontent\.com\Z|wx[0-9a-f]{16}\Z",
        ("123456789012-" + "kq7v" * 8 + ".apps.googleusercontent.com", "wx0123456789abcdef"),
        ("123456789012-kq7v", "wx0123456789abcdef01"),
        "https://developers.google.com/identity/protocols/oauth2, https://developers.weixin.qq.com/doc/"),
    PublicForm(
        "recaptcha-test-key",
        "the key for tests that Google publishes",
        r"6LeIxAcTAAAAA[JG][A-Za-z0-9_-]{26}\Z",
        ("6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI", "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe"),
        ("6LeIxBcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI",),
        "https://developers.google.com/recaptcha/docs/faq#id-like-to-run-automated-tests-with-recaptcha.-what-should-i-do",
    ),
    PublicForm(
        "publishable-key",
        "a key that its vendor means for pages and apps",
        # Stripe and Clerk, Mapbox, PostHog, Supabase, Passwordless
        r"pk_(?:live|test)_|pk\.eyJ|phc_[A-Za-z0-9]{30}|sb_publishable_|\w{1,60}:public:[0-9a-f]{32}\Z",
        ("pk_test_abc", "pk.eyJ1Ijoi", "sb_publishable_" + _BODY, "shop:public:" + _HEX * 2),
        ("pk-x", "sb_secret_" + _BODY, "shop:secret:" + _HEX * 2),
        "https://docs.stripe.com/keys, https://docs.mapbox.com/help/dive-deeper/access-tokens/, "
        "https://posthog.com/docs/api, https://supabase.com/docs/guides/api/api-keys, "
        "https://docs.passwordless.dev/guide/api.html",
    ),
    PublicForm("public-key-info", "a public key, as SubjectPublicKeyInfo or RSAPublicKey, in base64",
        r"MI(?:G[A-Za-z]MA0GCSqGSIb3DQEBAQUAA4|I[A-D][A-Za-z]jANBgkqhkiG9w0BAQEFAAOC|GbMBAGByqGSM49AgEG|"
        r"I[A-D][A-Za-z]gKC|GJAoGB)|M(?:FkwEw|HYwEA|FYwEA)YHKoZIzj0CAQ|MCowBQYDK2V[wu]AyEA|MEMwBQYDK2VxAzoA|"
        r"LS0tLS1CRUdJTiB(?:QVUJMSUMgS0VZ|SU0EgUFVCTElD)|-----BEGIN (?:PUBLIC|RSA PUBLIC|SSH2 PUBLIC)",
        ("MFkwEwYHKoZIzj0CAQYI", "MIIBCgKCAQEAKq7v", "-----BEGIN PUBLIC KEY-----"),
        ("MIKq2", "MIIEowIBAAKCAQEAKq7v", "-----BEGIN PRIVATE KEY-----"), "RFC 5280, RFC 8017"),
    PublicForm(
        "public-point",
        "a public key on the curve P-256, as browsers and servers exchange them for Web Push",
        r"B[A-P][A-Za-z0-9_/+-]{85}=?\Z",  # 65 bytes, the first of which is 4: not compressed
        ("BB" + "Kq7vWz2p9x" * 8 + "Kq7vW",),
        ("BQ" + "Kq7vWz2p9x" * 8 + "Kq7vW", "BB" + "Kq7vWz2p9x" * 8),
        "RFC 8292, SEC 1 section 2.3.3",
    ),
    PublicForm("certificate", "a certificate",
        r"MII[A-K][A-Za-z0-9+/]{2}CCA|LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR|-----BEGIN CERT",
        ("MIIDdzCCAl+gAwIBAgIE", "-----BEGIN CERTIFICATE-----"), ("MIIEowIBAAKCAQEAKq7v",),
        "RFC 5280, RFC 7468"),
    PublicForm("fingerprint", "the fingerprint of a certificate or of a public key",
        r"(?:[0-9A-Fa-f]{2}:){19}(?:(?:[0-9A-Fa-f]{2}:){12})?[0-9A-Fa-f]{2}\Z|"
        r"(?:[0-9A-F]{4} {1,2}){9}[0-9A-F]{4}\Z",
        ("17:E2:" * 9 + "17:E2", "17:e2:" * 15 + "17:e2", "13BB 3A34 " * 4 + "13BB 3A34"),
        ("17:E2:" * 7 + "17:E2", "13BB 3A34"),
        "RFC 5280, RFC 9580, https://developer.android.com/studio/publish/app-signing"),
    PublicForm(
        "ssh-public-key",
        "a public key of OpenSSH",
        r"ssh-(?:rsa|dss|ed25519)|ecdsa-sha2|sk-(?:ssh|ecdsa)|AAAA(?:[BCE]3NzaC1|E2VjZHNhL)|c3NoL(?:XJzYSBB|WVkMjU1MTkgQ)",
        ("ssh-rsa AAAAB3NzaC1yc2E", "AAAAC3NzaC1lZDI1NTE5", "AAAAE2VjZHNhLXNoYTItbmlzdHA"),
        ("ssh-secret", "AAAAKq7v"),  # palint: ignore[hardcoded-secret] a near miss
        "RFC 4253, RFC 8709",
    ),
    PublicForm("openpgp-public-key", "a public key of OpenPGP, in base64 or hexadecimal",
        r"m(?:DME|Q[EGIMN]NB)[A-Za-z0-9+/]{40}|openpgp4fpr:|"
        r"(?:98[0-9a-f]{2}|(?:99|c6[c-d][0-9a-f])[0-9a-f]{2,4})04[0-9a-f]{8}(?:01|1[1-9a-c])[0-9a-f]{40}",
        ("98520456e5b83813082a8648ce3d030107020304a2072cd6d21321266c758cc5",), ("9852045" * 8,), "RFC 9580"),
    PublicForm("nats-public-key",
        "a public key of NATS: of an account, a user, a server; seeds begin with `S`",
        r"[ACNOUX][A-Z2-7]{55}\Z", ("U" + "A2B3C" * 11,), ("S" + "A2B3C" * 11,),
        "https://docs.nats.io/using-nats/developer/connecting/nkey"),
    PublicForm("decentralized-identifier", "an identifier, or the public key in it (multibase)",
        r"did:[a-z0-9]{1,20}:|z6(?:Mk|LS)[1-9A-HJ-NP-Za-km-z]{44}(?:#|\Z)",
        ("did:key:z6Mk", "z6Mk" + "Kq7v" * 11, "z6LS" + "Kq7v" * 11 + "#z6LS"),
        ("didactic", "z6Mk" + "Kq7v" * 12, "z3u2" + "Kq7v" * 11),  # z3u2: a private key
        "https://www.w3.org/TR/did-1.0/, https://w3c-ccg.github.io/did-key-spec/"),
    PublicForm("example-uuid", "an example of a UUID",
        r"(?i:f81d4fae-7dec-11d0-a765-|550e8400-e29b-41d4-a716-|123e4567-e89b-12d3-a456-)[0-9a-fA-F]{12}\Z",
        ("F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", "123e4567-e89b-12d3-a456-426614174000",
            "550e8400-e29b-41d4-a716-446655440003"),
        ("f81d4fae-7dec-41d0-a765-00a0c91e6bf6", "123e4567"),
        "RFC 4122 section 3, https://en.wikipedia.org/wiki/Universally_unique_identifier"),
    PublicForm("open-edx-key", "the key of a course or a part of one in Open edX, which is in its address",
        r"(?:asset|block|ccx|course|library|program)-v1:[\w.~-]{1,100}\+",
        ("course-v1:MITx+Digital+Learning+200+Jan_2016", "block-v1:edX+DemoX+Demo+type@video"),
        ("course-v1:" + _BODY, "v1:" + _BODY),
        "https://docs.openedx.org/en/latest/developers/references/developer_guide/modulestores/index.html"),
    PublicForm(
        "google-tag-id",
        "the id of a property of Google Analytics or of a container of Google Tag Manager, which pages have",
        r"UA-\d{4,10}-\d{1,4}\Z|G(?:TM)?-[A-Z0-9]{6,12}\Z",
        ("UA-28909194-3", "GTM-ABCD123", "G-1A2BCD345E"),
        ("UA-28909194", "GTM-" + _BODY),
        "https://support.google.com/analytics/answer/9539598, https://developers.google.com/tag-platform/tag-manager",
    ),
    PublicForm("datadog-client-token", "a client token of Datadog, which browsers and phones send",
        r"pub[0-9a-f]{32}\Z", ("pub" + _HEX * 2,), ("pub" + _HEX, _HEX * 2),
        "https://docs.datadoghq.com/account_management/api-app-keys/#client-tokens"),
    PublicForm("tailscale-public-key", "the public key of a node or a machine of Tailscale",
        r"(?:node|m|disco)key:[0-9a-f]{64}\Z|[tn]lpub:[0-9a-f]{64}\Z", ("nodekey:" + _HEX * 4,),
        ("privkey:" + _HEX * 4,), "https://tailscale.com/docs/reference/key-types"),
    PublicForm("unusable-password", "Django's mark of an account without a password",
        r"![A-Za-z0-9]{40}\Z", ("!" + _BODY,), ("!" + _BODY[1:], _BODY),
        "https://docs.djangoproject.com/en/stable/ref/contrib/auth/#django.contrib.auth.models.User.set_unusable_password"),
    PublicForm("ntlm-handshake", "the part of NTLM's handshake that holds no credentials",  # messages 1 and 2
        r"TlRMTVNTUAA[BC]AAAA", ("TlRMTVNTUAABAAAAB4IIogAAAAA=",), ("TlRMTVNTUAADAAAAGAAYAH4AAAA=",),
        "MS-NLMP 2.2.1"),
)  # fmt: skip
