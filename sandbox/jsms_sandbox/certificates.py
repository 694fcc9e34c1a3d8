"""A temporary self-signed certificate for HTTPS, for clients whose base URL is fixed."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = ("localhost", "api.sms.jpush.cn")
"""What the certificate is for: this machine, and the service's own name for those who redirect it here."""
VALID_FOR = timedelta(days=7)


def self_signed_context(folder: Path, host: str) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate that signs itself, and a TLS context with it.

    Args:
        folder: Where the certificate is written, for clients to trust; the key is written there too.
        host: The address that is listened on.

    Returns:
        The context and the certificate's file.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "JSMS sandbox, throw-away")])
    addresses = {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"), *_address(host)}
    alternatives: list[x509.GeneralName] = [x509.DNSName(known) for known in NAMES]
    alternatives += [x509.IPAddress(address) for address in sorted(addresses, key=str)]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file, key_file)
    key_file.unlink()
    return context, certificate_file


def _address(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        return []
