"""SHA-256 without OpenSSL, which takes 4 ms to load: 12 million instructions, in a process with a finding."""

from __future__ import annotations

from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256  # Python 3.12
    except ImportError:
        try:
            from _sha256 import sha256
        except ImportError:  # built without them
            from hashlib import sha256

__all__ = ["hmac_sha256", "sha256"]

_BLOCK = 64  # bytes
_INNER, _OUTER = (bytes(byte ^ mask for byte in range(256)) for mask in (0x36, 0x5C))


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """The HMAC with SHA-256 (RFC 2104). `hmac` loads OpenSSL, too."""
    key = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner = sha256(key.translate(_INNER) + message).digest()
    return sha256(key.translate(_OUTER) + inner).digest()
