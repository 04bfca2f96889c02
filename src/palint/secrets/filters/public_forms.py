"""Public forms: values that everyone may have, recognised by their form alone, each with its source.

A false alarm whose value has a documented form belongs here; one that only its name or its syntax explains
belongs in another table. Documented examples are in `documented_examples`.
"""

from __future__ import annotations

from palint.secrets.filters.filter import Filter

_HEX = "0123456789abcdef"
_BODY = "Kq7vWz2p9x" * 4  # of a near miss or an example whose rest does not matter

PUBLIC_FORMS = (
    Filter("chain-address", "it is the address of an account or a contract on a chain",
        # Ethereum, Bitcoin, Cosmos, Cardano, Tezos: https://eips.ethereum.org/EIPS/eip-55,
        # https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki,
        # https://cips.cardano.org/cip/CIP-19, https://docs.tezos.com/architecture/accounts
        r"0x[0-9a-fA-F]{40}(?::\d{1,9})?\Z|(?!nsec|[a-z]{0,9}(?:sk|key|prv)1)[a-z]{2,10}1[ac-hj-np-z02-9]{38,59}\Z|"
        r"(?:addr|stake)(?:_test)?1[ac-hj-np-z02-9]{53,98}\Z|(?:tz[1-4]|KT1)[1-9A-HJ-NP-Za-km-z]{33}\Z",
        drops=("0x" + _HEX * 2 + _HEX[:8], "0x" + _HEX * 2 + _HEX[:8] + ":42161", "addr1" + "q7v2z9x" * 14,
            "stake_test1" + "q7v2z9x" * 7 + "q7v2", "tz1" + "Kq7vWz2p9xK" * 3,
            "juno1" + "q7v2z9x" * 5 + "q7v"),
        # private keys: 64 digits of Ethereum, `ed25519_sk1…`, of Nostr
        keeps=("0x" + _HEX * 4, _HEX * 2 + _HEX[:8], "ed25519_sk1" + "q7v2z9x" * 8, "nsec1" + "q7v2z9x" * 8)),
    Filter("public-key", "it is a public key or a certificate",
        # in base64, RFC 5280, 8017 and 7468: SubjectPublicKeyInfo, RSAPublicKey, a certificate
        r"MI(?:G[A-Za-z]MA0GCSqGSIb3DQEBAQUAA4|I[A-D][A-Za-z]jANBgkqhkiG9w0BAQEFAAOC|GbMBAGByqGSM49AgEG|"
        r"I[A-D][A-Za-z]gKC|GJAoGB|I[A-K][A-Za-z0-9+/]{2}CCA)|M(?:FkwEw|HYwEA|FYwEA)YHKoZIzj0CAQ|"
        r"MCowBQYDK2V[wu]AyEA|MEMwBQYDK2VxAzoA|-----BEGIN (?:PUBLIC|RSA PUBLIC|SSH2 PUBLIC|CERT)|"
        r"LS0tLS1CRUdJTiB(?:QVUJMSUMgS0VZ|SU0EgUFVCTElD|DRVJUSUZJQ0FUR)|"
        # of OpenSSH, RFC 4253 and 8709; of OpenPGP, RFC 9580
        r"ssh-(?:rsa|dss|ed25519)|ecdsa-sha2|sk-(?:ssh|ecdsa)|AAAA(?:[BCE]3NzaC1|E2VjZHNhL)|"
        r"c3NoL(?:XJzYSBB|WVkMjU1MTkgQ)|m(?:DME|Q[EGIMN]NB)[A-Za-z0-9+/]{40}|openpgp4fpr:|"
        r"(?:98[0-9a-f]{2}|(?:99|c6[c-d][0-9a-f])[0-9a-f]{2,4})04[0-9a-f]{8}(?:01|1[1-9a-c])[0-9a-f]{40}|"
        # 65 bytes of a point on P-256, of which the first is 4, for Web Push: RFC 8292, SEC 1 section 2.3.3
        r"B[A-P][A-Za-z0-9_/+-]{85}=?\Z|"
        # the same compressed, in hexadecimal
        r"(?:0x)?0[23][0-9a-fA-F]{64}\Z|"
        # of NATS, whose seeds begin with `S`: https://docs.nats.io/using-nats/developer/connecting/nkey; of
        # Stellar: https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md; of a wallet:
        # https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki#serialization-format
        # and of BitShares: https://docs.bitshares.eu/api/wallet_api.html
        r"(?:BTS|TEST)[1-9A-HJ-NP-Za-km-z]{50}\Z|[ACGNOUX][A-Z2-7]{55}\Z|[tuvxyzUVYZ]pub[1-9A-HJ-NP-Za-km-z]{107}",
        drops=("MFkwEwYHKoZIzj0CAQYI", "MIIBCgKCAQEAKq7v", "-----BEGIN PUBLIC KEY-----",
            "MIIDdzCCAl+gAwIBAgIE", "-----BEGIN CERTIFICATE-----", "ssh-rsa AAAAB3NzaC1yc2E",
            "AAAAC3NzaC1lZDI1NTE5", "BB" + "Kq7vWz2p9x" * 8 + "Kq7vW", "U" + "A2B3C" * 11, "G" + "A2B3C" * 11,
            "TEST" + _BODY + "Kq7vWz2p9x", "98520456e5b83813082a8648ce3d030107020304a2072cd6d21321266c758cc5",
            "02" + _HEX * 4, "xpub" + "Kq7vWz2p9x" * 10 + "Kq7vWz2"),
        keeps=("MIKq2", "MIIEowIBAAKCAQEAKq7v", "-----BEGIN PRIVATE KEY-----", "ssh-Kq7v", "AAAAKq7v",
            "BQ" + "Kq7vWz2p9x" * 8 + "Kq7vW", "BB" + "Kq7vWz2p9x" * 8, "S" + "A2B3C" * 11, "9852045" * 8,
            "05" + _HEX * 4, "xprv" + "Kq7vWz2p9x" * 10 + "Kq7vWz2")),
    Filter("public-jwk", "it is a JSON Web Key without its private member, also in a string",
        # https://www.rfc-editor.org/rfc/rfc7518#section-6
        r"\{(?![^{}]*[\"'][dk]\\?[\"']\s{0,4}:)(?=[^{}]*[\"']kty\\?[\"']\s{0,4}:)[^{}]*\}\Z",
        drops=('{"kty":"EC","x":"Kq7v","y":"Wz2p"}', r'{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"Kq7v\"}'),
        keeps=('{"kty":"EC","x":"Kq7v","d":"Wz2p"}', r'{\"kty\":\"oct\",\"k\":\"Kq7v\"}', '{"kty":"EC",')),
    Filter("integrity-hash", "it is the digest of a file or an image, or the signature of a request's body",
        # https://www.w3.org/TR/sri-2/, https://docs.stripe.com/webhooks/signature,
        # https://github.com/opencontainers/image-spec/blob/main/descriptor.md
        # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
        r"sha(?:1|256|384|512)[-:=]|t=\d{10},v1=[0-9a-f]{64}",
        drops=("sha256:abc", "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg", "t=1492774577,v1=" + _HEX * 4),
        keeps=("shark", "sha512" + _BODY, "t=1492774577,v2=" + _HEX * 4)),
    Filter("publishable-key", "it is a key that its vendor means for pages and apps",
        # Stripe and Clerk, Mapbox, PostHog, Supabase, Passwordless, Datadog: https://docs.stripe.com/keys,
        # https://docs.mapbox.com/help/dive-deeper/access-tokens/, https://posthog.com/docs/api,
        # https://supabase.com/docs/guides/api/api-keys, https://docs.passwordless.dev/guide/api.html,
        # https://docs.datadoghq.com/account_management/api-app-keys/#client-tokens, New Relic's for browsers:
        # https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
        r"pk_(?:live|test)_|pk\.eyJ|phc_[A-Za-z0-9]{30}|sb_publishable_|\w{1,60}:public:[0-9a-f]{32}\Z|"
        r"pub[0-9a-f]{32}\Z|NR(?:BR|JS)-[0-9a-f]{19}\Z",
        drops=("pk_test_abc", "pk.eyJ1Ijoi", "sb_publishable_" + _BODY, "shop:public:" + _HEX * 2,
            "NRJS-" + _HEX + "012", "pub" + _HEX * 2),
        keeps=("pk-x", "sb_secret_" + _BODY, "shop:secret:" + _HEX * 2, _HEX * 2)),
    Filter("fingerprint", "it is the fingerprint of a public key or a certificate",
        # by MD5, SHA-1 or SHA-256: https://www.rfc-editor.org/rfc/rfc4716#section-4,
        # https://www.rfc-editor.org/rfc/rfc8122#section-5
        r"(?:MD5:)?(?:[0-9a-fA-F]{2}:){15}(?:(?:[0-9a-fA-F]{2}:){4}|(?:[0-9a-fA-F]{2}:){16})?[0-9a-fA-F]{2}\Z",
        drops=("c1:b1:30:29:d7:b8:de:6c:97:77:10:d7:46:41:63:87", "c1:b1:30:29:" * 7 + "97:77:10:d7"),
        keeps=("c1:b1:30:29:kq:7v", "c1:b1:30:29:" * 6 + "97:77:10:d7")),
    Filter("color", "it is a color of a style sheet",
        # https://www.w3.org/TR/css-color-4/#hex-notation, https://tailwindcss.com/docs/background-color
        r"(?:[a-z][a-z:-]{0,30}-\[)?#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\]?\Z",
        drops=("#a5d6ff", "#FFF", "#a5d6ff80", "bg-[#a5d6ff]"), keeps=("#a5d6fg", "#1234567")),
    Filter("id-in-pages", "it is an id that pages have: of a property in Google Analytics, an app or a site",
        # https://support.google.com/analytics/answer/9539598, https://developers.weixin.qq.com/doc/
        # https://developers.google.com/identity/protocols/oauth2, https://support.loader.io
        r"UA-\d{4,10}-\d{1,4}\Z|G(?:TM)?-[A-Z0-9]{6,12}\Z|wx[0-9a-f]{16}\Z|"
        r"loaderio-[0-9a-f]{32}\Z|\d{6,20}-[a-z0-9]{32}\.apps\.googleusercontent\.com\Z",
        drops=("UA-28909194-3", "GTM-ABCD123", "G-1A2BCD345E", "wx0123456789abcdef", "loaderio-" + _HEX * 2,
            "123456789012-" + "kq7v" * 8 + ".apps.googleusercontent.com"),
        keeps=("UA-28909194", "GTM-" + _BODY, "123456789012-kq7v", "wx0123456789abcdef01")),
)  # fmt: skip
