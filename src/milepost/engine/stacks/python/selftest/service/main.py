"""Counts how often it is asked; see `contracts/service`.

Part of the self-test of the stack: it runs in a sandbox, as learner code does.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """Returns the count, and 404 at any other address."""

    def do_GET(self) -> None:
        """Count one more."""
        if self.path != "/count":
            self.send_error(404)
            return
        asked.append(self.path)
        sys.stdout.write(f"counted {len(asked)}\n")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"count": len(asked)}).encode())


HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
