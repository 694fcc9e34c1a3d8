"""The signature of a callback: what it covers, how it is made, how it is compared."""

from __future__ import annotations

import hashlib
import hmac


def sign(app_key: str, master_secret: str, nonce: str, timestamp: str) -> str:
    """Sign a callback as JSMS does.

    The signature covers ``nonce`` and ``timestamp`` only, neither ``type`` nor ``data``.

    Args:
        app_key: The application's key.
        master_secret: The application's secret.
        nonce: The callback's number, in the digits that were sent.
        timestamp: Milliseconds since the epoch, in the digits that were sent.

    Returns:
        40 lower-case hexadecimal digits.
    """
    text = f"appKey={app_key}&appMasterSecret={master_secret}&nonce={nonce}&timestamp={timestamp}"
    # SHA-1 is the service's choice; saying that nothing rests on its strength keeps it working on FIPS systems.
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def same_signature(expected: str, given: str) -> bool:
    """Compare two signatures in constant time, upper and lower case alike, whatever text was given."""
    # As bytes: compare_digest refuses text beyond ASCII, and bytes.lower() touches A to Z only.
    return hmac.compare_digest(_comparable(expected), _comparable(given))


def _comparable(signature: str) -> bytes:
    return signature.encode("utf-8", "surrogatepass").lower()


__all__ = ["same_signature", "sign"]
