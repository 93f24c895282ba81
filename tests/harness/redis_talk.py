"""What a learner without any library would write: Redis's own protocol over a socket."""

TALK = """
    import os, socket, sys
    from urllib.parse import urlsplit

    address = urlsplit(os.environ["REDIS_URL"])

    class Redis:
        def __init__(self, timeout=5):
            self.socket = socket.create_connection((address.hostname, address.port), timeout)
            self.file = self.socket.makefile("rb")
            self("AUTH", address.username, address.password)

        def __call__(self, *words):
            said = [f"*{len(words)}\\r\\n".encode()]
            for word in words:
                word = word if isinstance(word, bytes) else str(word).encode()
                said.append(b"$%d\\r\\n%s\\r\\n" % (len(word), word))
            self.socket.sendall(b"".join(said))
            return self.read()

        def read(self):
            line = self.file.readline()
            if not line:
                return "gone"
            kind, rest = line[:1], line[1:-2].decode()
            if kind == b"$":
                return None if rest == "-1" else self.file.read(int(rest) + 2)[:-2].decode()
            if kind == b"*":
                return [self.read() for _ in range(int(rest))]
            return rest
"""


def program(code):
    """Put code behind it; files that are given as such are left alone."""
    return TALK + code if isinstance(code, str) else code
