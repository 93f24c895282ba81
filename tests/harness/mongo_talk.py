"""What a learner without any driver would write: MongoDB's own protocol over a socket."""

TALK = """
    import os, re, socket, struct
    from urllib.parse import urlsplit

    address = urlsplit(os.environ["MONGO_URL"])

    def encode(document):
        body = b""
        for name, value in document.items():
            if isinstance(value, list):
                kind, data = 4, encode({str(at): each for at, each in enumerate(value)})
            elif isinstance(value, dict):
                kind, data = 3, encode(value)
            elif isinstance(value, str):
                text = value.encode() + b"\\0"
                kind, data = 2, struct.pack("<i", len(text)) + text
            else:
                kind, data = 16, struct.pack("<i", value)
            body += bytes([kind]) + name.encode() + b"\\0" + data
        return struct.pack("<i", len(body) + 5) + body + b"\\0"

    class Mongo:
        def __init__(self):
            self.socket = socket.create_connection((address.hostname, address.port), 5)
            self.file = self.socket.makefile("rb")

        def __call__(self, **command):
            body = b"\\0" * 5 + encode({**command, "$db": command.get("db", "lab")})
            self.send(struct.pack("<iiii", 16 + len(body), 1, 0, 2013) + body)
            return self.read()

        def send(self, data):
            self.socket.sendall(data)

        def read(self):
            size = self.file.read(4)
            return self.file.read(int.from_bytes(size, "little") - 4) if size else b"gone"

    def find_words(reply):
        found = re.search(rb"errmsg.{5}([^\\0]*)", reply, re.DOTALL)
        return found[1].decode() if found else "let through" if reply != b"gone" else "gone"
"""


def program(code):
    """Put code behind it."""
    return TALK + code
