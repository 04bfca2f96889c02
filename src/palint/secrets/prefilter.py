"""Where assignments can stand: needles, with a look-ahead that drops what the verdict would drop.

Nine in ten places where a name like `key` meets an operator hold no secret: an argument list, a number,
`None`, a placeholder, a word. Each that goes here, by one regular expression on the bytes, saves a candidate
and a verdict. Nothing is dropped that the verdict keeps; a test holds that on real trees. The needles without
their look-aheads are what is proven against upstream's plugins.
"""

from __future__ import annotations

from palint.secrets import assignments

_STRONG = "pass|pwd|psw|secret|token|credential|contrasena|contraseña"
# `author`, `keyword`, `KeyError`, `monkeypatch` and `side_effect` are none.
_WEAK = (
    r"auth(?:\b|[^o\W]|ori[sz])|key(?:s?(?:\b|_)|(?-i:[A-Z0-9]))|cookie|session|[_.]sid(?:\b|_)|nonce|salt|seed|"
    "signature|otp|jwt|login|hmac"
)

# A name, what closes it, an operator; it ends where `assignments.find` begins. Stars compile four times as
# fast as bounds, and `find` has its own.
_OPERATOR = r"[\w.-]*[\\\"'`\])}>]*(?:\s\*?(?:string|str|byte))?\s*(?:[!:=(]|>[^\s<\"'(=:@]|,\s?[\"'])"

_PLACEHOLDER = (
    "your|example|sample|replace|insert|placeholder|dummy|fake|todo|hidden|enter|default|secret|passw|token|mock|"
    "invalid|wrong|1234|hello|admin|guest|user|string|foo"
)
_END = r"[\s,;)}\]]"
_GAP = r"[=>]{0,2}[ \t]{0,40}"
_QUOTE = r"(?:[bru]{1,2}|[f@$l])?"
_NO_QUOTE = r"[^\"'`&\xe2\n]"  # \xe2 begins the typographic ones
_STRING = rf"(?:{assignments._STRING}|{assignments._WRAPPED.pattern})"  # what `find` takes for a string
_TYPED = assignments._TYPED.pattern  # `name: type =`
_CALL = r"(?:[a-z_$][\w$.]*\??[(\[]|[({\[])"
_NUMBERS = r"\s{0,4}(?:0x)?[0-9a-f]{1,3}\s{0,2},"

_NOTHING = (
    # Behind `=` and `:`: a small number, a constant, the end, a call without a string,
    rf"(?!(?<=[:=]){_GAP}(?:\d{{1,3}}{_END}|(?:true|false|none|null){_END}|[)\]}},;]"
    rf"|\r?\n(?:{_NO_QUOTE}{{0,200}}\n|{_NO_QUOTE}{{200}})|(?!{_STRING}){_CALL}(?!{_NUMBERS})"
    # a bare placeholder, an empty or tiny string, a string with a placeholder's word.
    rf"|[\w.$-]{{0,50}}?(?:{_PLACEHOLDER})[\w.$-]{{0,50}}{_END}(?!\s{{0,4}}=)"
    rf"|{_QUOTE}(?P<q>[\"'`])(?:(?:(?!(?P=q))[^\\\n]){{0,3}}(?P=q)"
    rf"|[^\"'`\n\\]{{0,50}}?(?:{_PLACEHOLDER})[^\"'`\n\\]{{0,12}}[\"'`])))"
    # Behind `(` and `!`: no string, or one tiny one.
    rf"(?!(?<=[(!])(?!{_GAP}(?:\r?\n[ \t]{{0,80}})?{_STRING}))"
    r"(?!(?<=\([\"'])[^\"'\\\n]{0,3}[\"']\))(?!(?<=[\"'])[^\"'\\\n]{0,3}[\"'])"
)
_ONLY_WORDS = r"[a-z]{1,30}(?:[_.\- /:]{1,3}[a-z]{1,20}){0,6}[^\w\s\"'`]?"
# A weak name with nothing but words; a setting in capitals (`…_KEY`) counts as strong.
_WORDS = (
    r"(?:(?<=(?-i:_KEY)=)|(?<=(?-i:_KEY) =)|(?<=(?-i:_KEY):)|(?<=(?-i:_KEY)[\"']:)"
    rf"|(?!(?<=[:=]){_GAP}(?:(?!{_STRING})(?!{_TYPED})[a-z]+(?:[_.\-/:]+[a-z]+)*[)}}\],;]?\s"
    rf"|{_QUOTE}(?P<w>[\"'`]){_ONLY_WORDS}(?P=w)))(?!(?<=[\"']){_ONLY_WORDS}[\"'])"
    rf"(?!(?<=\()[\"']{_ONLY_WORDS}[\"']\)))"
)

NEEDLES: tuple[str, ...] = (
    f"(?:{_STRONG}){_OPERATOR}{_NOTHING}",
    f"(?:{_WEAK}){_OPERATOR}{_NOTHING}{_WORDS}",
    *assignments.NEEDLES[1:],
)
