"""A server that adds TLS to a local HTTP server, and certificates for it."""

import socket
import ssl
import subprocess
import threading


def create_certificates(folder):
    """The certificate of a new CA as text, and the paths of a certificate for 127.0.0.1 and its key."""
    folder.mkdir()

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=folder, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test CA")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    (folder / "server.ext").write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    openssl(
        "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile",
        "server.ext", "-out", "server.pem"
    )
    return (folder / "ca.pem").read_text(), folder / "server.pem", folder / "server.key"


class TlsProxy:
    """Forwards each TLS connection to a port on this machine."""

    def __init__(self, certificate, key, port):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.port = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        try:
            with self.context.wrap_socket(connection, server_side=True) as client:
                with socket.create_connection(("127.0.0.1", self.port)) as server:
                    # Requests and responses alternate, so one thread can read both. TLS hides buffered bytes from `select`.
                    threading.Thread(target=forward, args=[server, client], daemon=True).start()
                    forward(client, server)
        except OSError:
            # The client does not trust the certificate, or is gone.
            pass


def forward(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
