"""Starts moto's server of S3 on a free port, and prints its address. Ends at the end of its input.

Moto checks the condition of a write and writes in two steps, so with several threads two writers could win. S3 is linearizable. This
server processes one request at a time. It receives requests in parallel, so that a client that stops halfway does not stop the others.
"""

import io
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

moto = DomainDispatcherApplication(create_backend_app)
processing = threading.Lock()


def process(environ, start_response):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
    with processing:
        return moto(environ, start_response)


class Handler(MotoRequestHandler):
    # Keeps connections open.
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        pass


server = make_server("127.0.0.1", 0, process, threaded=True, request_handler=Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"127.0.0.1:{server.server_port}", flush=True)
sys.stdin.read()
