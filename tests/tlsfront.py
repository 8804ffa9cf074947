"""TLS in front of a server without TLS, and certificates for it."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")  # as PostgreSQL's clients ask for TLS


@dataclass(frozen=True)
class Authority:
    """A certificate authority. Its own certificate is in a file, for clients that trust it."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def create(cls, folder: Path) -> Authority:
        folder.mkdir()
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(folder.name, key, signed_by=folder.name, with_key=key, authority=True)
        authority = cls(folder, key, certificate)
        authority.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return authority

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    def context(self, name: str) -> ssl.SSLContext:
        """A TLS context for a server of this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(name, key, signed_by=self.folder.name, with_key=self.key, authority=False)
        pem = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        pem_file = self.folder / f"{name}.pem"
        pem_file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, *pem)
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem_file)
        return context


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    *,
    signed_by: str,
    with_key: ec.EllipticCurvePrivateKey,
    authority: bool,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, signed_by)]),
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - dt.timedelta(days=1),
        not_valid_after=now + dt.timedelta(days=1),
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    # Python 3.13 and newer refuse certificates without these.
    for extension in (
        x509.AuthorityKeyIdentifier.from_issuer_public_key(with_key.public_key()),
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
        _usage(authority=authority),
    ):
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(with_key, hashes.SHA256())


def _usage(*, authority: bool) -> x509.KeyUsage:
    """The allowed uses of a key: an authority signs certificates, a server its handshakes."""
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


@contextmanager
def tls_front(unix_socket: str, context: ssl.SSLContext) -> Iterator[int]:
    """Serve TLS for a server that listens on a socket file. Yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                client = listener.accept()[0]
                threading.Thread(target=_carry, args=(client, unix_socket, context), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _carry(client: socket.socket, unix_socket: str, context: ssl.SSLContext) -> None:
    with suppress(OSError), client, socket.socket(socket.AF_UNIX) as server:
        while client.recv(8, socket.MSG_PEEK)[:4] == SSL_REQUEST[:4]:
            wanted = client.recv(8) == SSL_REQUEST  # the other one is for GSSAPI
            client.sendall(b"S" if wanted else b"N")
        server.connect(unix_socket)
        with context.wrap_socket(client, server_side=True) as secure:
            back = threading.Thread(target=_pump, args=(server, secure), daemon=True)
            back.start()
            _pump(secure, server)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
