"""SHA-256 without OpenSSL, which takes 4 ms to load: 12 million instructions, in a process with a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

__all__ = ["sha256"]
