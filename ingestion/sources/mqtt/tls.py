"""TLS to a broker: the context, and in plain words what goes wrong with certificates."""

import ssl
from dataclasses import dataclass

from graph_schema.errors import InvalidInput

_REASONS = {
    "CERTIFICATE_REQUIRED": "it asks for a certificate of ours, and we have none",
    "CERTIFICATE_EXPIRED": "it says that our certificate has expired",
    "CERTIFICATE_REVOKED": "it says that our certificate is revoked",
    "UNKNOWN_CA": "it does not know the authority of our certificate",
    "BAD_CERTIFICATE": "it refuses our certificate",
    "CERTIFICATE_UNKNOWN": "it refuses our certificate",
    "HANDSHAKE_FAILURE": "it breaks off the TLS handshake; perhaps it asks for a certificate of ours",
    "NO_APPLICATION_PROTOCOL": "it does not speak the protocol (ALPN) that is asked for",
    "WRONG_VERSION_NUMBER": "it does not speak TLS at this port",
    "RECORD_LAYER_FAILURE": "it does not speak TLS at this port",
}


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM. Without ``ca_file`` the system's authorities are trusted; the next two identify a client.

    ``alpn`` is the protocol that the handshake names: AWS IoT Core wants ``x-amzn-mqtt-ca`` at port 443.
    """

    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    alpn: str | None = None


def context(tls: Tls) -> ssl.SSLContext:
    """Read the files. Raises ``InvalidInput`` with the file that cannot be used."""
    try:
        made = ssl.create_default_context(cafile=tls.ca_file)
    except OSError as error:
        raise InvalidInput(f"The file {tls.ca_file} holds no authorities to trust: {_why(error)}.") from error
    if tls.cert_file:
        try:
            made.load_cert_chain(tls.cert_file, tls.key_file, password=_no_password)
        except OSError as error:
            files = f"{tls.cert_file} with the key {tls.key_file}" if tls.key_file else tls.cert_file
            raise InvalidInput(f"The certificate {files} cannot be used: {_why(error)}.") from error
    if tls.alpn:
        made.set_alpn_protocols([tls.alpn])
    return made


def explain(error: Exception, tls: Tls | None, answered: bool) -> str:
    """What went wrong with a connection. ``answered``: whether the broker had taken us in."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted ({error.verify_message.rstrip('.')})"
    closed = isinstance(error, ConnectionError | ssl.SSLEOFError)
    if isinstance(error, ssl.SSLError) and not closed:
        return next((words for mark, words in _REASONS.items() if mark in (error.reason or "")), str(error))
    if tls and not answered and closed:
        # Under TLS 1.3 the server judges our certificate only when the handshake is over for us.
        ours = "refuses our certificate" if tls.cert_file else "asks for a certificate of ours"
        return f"it closes the connection before it answers; perhaps it {ours}, or does not speak TLS at this port"
    return str(error)


def _why(error: OSError) -> str:
    if not isinstance(error, ssl.SSLError):
        return error.strerror or str(error)
    if "MISMATCH" in (error.reason or ""):
        return "the key belongs to another certificate"
    return f"it is not in PEM, or incomplete ({error.reason})" if error.reason else "it is not in PEM, or incomplete"


def _no_password() -> str:
    raise InvalidInput("The key is protected by a password; give one that is not, readable by its owner alone.")
