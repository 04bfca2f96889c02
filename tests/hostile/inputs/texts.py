"""Encodings, line ends, sizes, and text that tries to speak to a terminal or a CI system."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable

from tests.hostile.inputs.place import add


def text(
    name: str,
    expect: str,
    make: Callable[[str, str], bytes | str],
    path: str = "a.txt",
    args: tuple[str, ...] = (),
) -> None:
    """A kind of one file; `make` gets the line with the secret, and the secret."""
    add(name, expect, lambda place: place.write(path, make(place.line, place.secret)), args=args)


text("text-utf7", "any", lambda line, _: line.encode("utf-7"))
text("text-ebcdic", "any", lambda line, _: line.encode("cp500"))
text("text-utf16-odd", "find", lambda line, _: b"\xff\xfe" + line.encode("utf-16-le") + b"\n")
text("text-utf16-be-nobom", "find", lambda line, _: ("x = 1\n" + line).encode("utf-16-be"))
text("text-utf32-le-nobom", "find", lambda line, _: ("x = 1\n" + line).encode("utf-32-le"))
text("text-utf32-odd", "find", lambda line, _: line.encode("utf-32") + b"\0\0")
text("text-utf16-nonascii", "find", lambda line, _: ("# 日本語の説明\n" * 20 + line).encode("utf-16"))
text("text-utf16-short", "find", lambda _, secret: secret.encode("utf-16"))
text(
    "text-utf16-lone-surrogates",
    "find",
    lambda line, _: b"\xff\xfe" + b"\x00\xd8\x00\xd8" + line.encode("utf-16-le"),
)
text("text-two-boms", "find", lambda line, _: b"\xef\xbb\xbf" * 2 + line.encode())
text("text-bom-then-nul", "find", lambda line, _: b"\xef\xbb\xbf\0\0" + line.encode())
text("text-wrong-bom", "any", lambda line, _: b"\xff\xfe" + line.encode())
text("text-nul-late", "find", lambda line, _: "x = 1\n" * 20000 + "\0" * 40 + line)
text("text-nul-lines", "find", lambda line, _: "\0\n" * 3000 + line)
text("text-nul-around", "find", lambda _, secret: f'TOKEN = "\0{secret}\0"\n')
text("text-gb18030", "find", lambda line, _: "# 说明文字\n".encode("gb18030") + line.encode())
text("text-shift-jis", "find", lambda line, _: "# ｿ表示\n".encode("shift-jis") + line.encode())
text("text-iso2022", "find", lambda line, _: "# 日本\n".encode("iso2022-jp") + line.encode())
text("text-overlong", "find", lambda line, _: b"# \xc0\xaf \xf8\x88\x80\x80\x80\n" + line.encode())
text("text-truncated-utf8", "find", lambda line, _: line.encode() + b"# caf\xc3")
text("text-cr-only", "find", lambda line, _: ("x = 1\n" + line).replace("\n", "\r"))
text("text-mixed-ends", "find", lambda line, _: "a\r\nb\rc\n\r\r\n" + line + "d\r")
text("text-form-feeds", "find", lambda line, _: "\f\v\x1c\x1d\x1e\x85\n" + line)
text("text-all-bytes", "find", lambda line, _: bytes(range(256)) * 20 + b"\n" + line.encode())
text("text-random", "any", lambda _, secret: random.Random(secret).randbytes(400_000))
text("text-astral", "find", lambda line, _: "# 𝒶𝓃𝓎 🏳️‍🌈\n" * 50 + line)
text("text-combining", "find", lambda line, _: "# a" + "\u0301" * 50_000 + "\n" + line)
text("text-tag-characters", "find", lambda line, _: "# \U000e0001\U000e0041\u200e\u200f\n" + line)
text(
    "text-terminal",
    "find",
    lambda line, _: "\x1b[31m\x1b]0;pwn\x07 \x9b31m \x1b[2J\x1bc\n" + line + "\x1b[8m\n",
)
text(
    "text-commands",
    "find",
    lambda line, _: f"::stop-commands::x\n::error::y\n{line}::set-output name=a::b\n##[error]z\n",
)
text(
    "text-markup",
    "find",
    lambda line, _: f"</script><img src=x onerror=alert(1)>]]>\n{line}`|[x](http://e)|@everyone\n",
)
text("text-url-userinfo", "find", lambda _, secret: f"git clone https://oauth2:{secret}@example.com/x.git\n")
text("text-twice-on-a-line", "find", lambda _, secret: f'a = "{secret}"; b = "{secret}"\n')
text("text-beside-excerpt", "find", lambda line, secret: f"# old: {secret}\n{line}# again {secret}{secret}\n")
text("text-in-help", "find", lambda _, secret: f'{secret} = "{secret}"\n', path="a.py")

text("size-short-lines", "find", lambda line, _: "x\n" * 500_000 + line)
text("size-no-line-end", "find", lambda _, secret: "x" * 4_000_000 + f' token="{secret}" ' + "y" * 4_000_000)
text("size-windows", "find", lambda line, _: "some text\n" * 838_000 + line + "more text\n" * 500_000)
text(
    "size-windows-one-line",
    "find",
    lambda _, secret: "x" * ((8 << 20) - 20) + f' "{secret}" ' + "y" * (4 << 20),
)
text(
    "size-windows-utf16",
    "find",
    lambda line, _: ("text\n" * 1_100_000 + line + "text\n" * 100_000).encode("utf-16"),
)
text("size-base64", "any", lambda _, secret: base64.b64encode(random.Random(secret).randbytes(2_000_000)))
text("size-hex-lines", "any", lambda _, secret: "\n".join(f"{i:x}" * 8 for i in range(60_000)))
text("size-keywords", "any", lambda _, __: "password = secret\n" * 10_000)
text("size-keyword-spaces", "any", lambda _, __: "password" + " " * 2_000_000 + "= x\n")
text("size-keyword-quotes", "any", lambda _, __: "password = '" + "\\'" * 1_000_000)
text("size-keyword-colons", "any", lambda _, __: "password:" * 20_000)
text("size-prefixes", "any", lambda _, __: "ghp_ AKIA sk_live_ xoxb- " * 50_000)
text("size-urls", "any", lambda _, __: "https://a:b@" * 12_000)
text("size-jwts", "any", lambda _, __: "eyJ." * 250_000)
text("size-private-keys", "any", lambda _, __: "-----BEGIN PRIVATE KEY-----\n" * 40_000)
text(
    "size-suppressions", "any", lambda _, __: "# palint: ignore[hardcoded-secret] no reason at all\n" * 10_000
)
text("size-suppressions-one-line", "any", lambda _, __: "# palint: ignore[" * 60_000)
text("size-brackets-in-suppression", "any", lambda _, __: "# palint: ignore[" + "a," * 300_000 + "] x\n")
text(
    "size-slack",
    "any",
    lambda _, __: 'curl https://hooks.slack.com/services/ -d \'{"text": "$' * 30_000,
    "a.sh",
)
text("size-dotenv-example", "any", lambda _, __: "KEY=value\n" * 1_000, ".env.example")
text("size-dotenv-quote", "any", lambda _, __: 'A="' + "x\n" * 300_000, ".env.example")
text("size-ini", "any", lambda _, __: "[s]\naws_access_key_id = x\n" * 4_000, "credentials")

text(
    "text-utf16-appended",
    "find",
    lambda line, _: b"plain text\n" * 5 + ("x = 1\r\n" + line).encode("utf-16-le"),
)
text(
    "text-utf16-be-appended",
    "find",
    lambda line, _: b"plain text\n" * 5 + ("x = 1\r\n" + line).encode("utf-16-be"),
)
text("text-plain-after-utf16", "find", lambda line, _: ("text\r\n" * 2000).encode("utf-16") + line.encode())
text(
    "text-plain-inside-utf16",
    "find",
    lambda line, _: (
        ("text\n" * 3000).encode("utf-16-le") + line.encode() + ("text\n" * 3000).encode("utf-16-le")
    ),
)
text(
    "text-utf16-in-a-binary",
    "find",
    lambda line, _: bytes(range(256)) * 300 + line.encode("utf-16-le") + bytes(range(256)),
)
text("text-bom-before-plain", "find", lambda line, _: b"\xff\xfe" + b"x = 1\n" + line.encode())
