"""HTTP answers of servers that misbehave politely, and the server that gives them by their names.

Each is sent as it stands here, then the connection ends as said. The same program runs in a sandbox
for Milepost and beside the test for curl.
"""

import base64
import gzip
import json
import zlib
from dataclasses import dataclass

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKS = b"transfer-encoding: chunked\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
TEXT = b"hello, world"
LENGTH = b"content-length: 12\r\n"
PLAIN = OK + LENGTH + b"\r\n" + TEXT
GZIP = gzip.compress(TEXT, mtime=0)
RAW = zlib.compressobj(wbits=-15)
RAW_DEFLATE = RAW.compress(TEXT) + RAW.flush()


def packed(coding: str, body: bytes) -> bytes:
    """Write an answer with a packed body."""
    head = f"content-encoding: {coding}\r\ncontent-length: {len(body)}\r\n\r\n"
    return OK + head.encode() + body


def packed_in_chunks(coding: str, body: bytes) -> bytes:
    """Write an answer with a packed body in chunks of one byte."""
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body)
    head = OK + f"content-encoding: {coding}\r\n".encode() + CHUNKS
    return head + b"\r\n" + chunks + b"0\r\n\r\n"


NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n"
REFUSAL = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\n\r\nbig"
CLOSING_REFUSAL = REFUSAL.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
LARGE = 3_000_000


@dataclass(frozen=True)
class Polite:
    """An answer: what it is sent to, its bytes, and how the connection ends."""

    name: str
    sent: bytes
    end: str = "close"  # or `reset`, or `stay`
    method: str = "GET"
    body: int = 0  # so many bytes are sent with the request, of which the server reads few


ANSWERS = (
    Polite("length", PLAIN),
    Polite("no length", OK + b"\r\n" + TEXT),
    Polite("stays open", PLAIN, "stay"),
    Polite("reset after a length", PLAIN, "reset"),
    Polite("reset after no length", OK + b"\r\n" + TEXT, "reset"),
    Polite("too short", OK + b"content-length: 20\r\n\r\n" + TEXT),
    Polite("too long", OK + b"content-length: 5\r\n\r\n" + TEXT),
    Polite("two equal lengths", OK + LENGTH * 2 + b"\r\n" + TEXT),
    Polite("two lengths", OK + LENGTH + b"content-length: 5\r\n\r\n" + TEXT),
    Polite("lengths in a list", OK + b"content-length: 12, 12\r\n\r\n" + TEXT),
    Polite("negative length", OK + b"content-length: -1\r\n\r\n" + TEXT),
    Polite("length and chunks", OK + CHUNKS + LENGTH + b"\r\n5\r\nhello\r\n0\r\n\r\n"),
    Polite("chunks", CHUNKED + b"5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"),
    Polite("chunks with extensions", CHUNKED + b'5;a="b";c\r\nhello\r\n0;d\r\n\r\n'),
    Polite("chunks with a trailer", CHUNKED + b"5\r\nhello\r\n0\r\nx-sum: 7\r\n\r\n"),
    Polite("chunks in odd digits", CHUNKED + b"0005\r\nhello\r\n00a\r\n0123456789\r\n0\r\n\r\n"),
    Polite("chunk of no size", CHUNKED + b"five\r\nhello\r\n0\r\n\r\n"),
    Polite("chunks cut off", CHUNKED + b"5\r\nhello\r\n"),
    Polite("early refusal", CLOSING_REFUSAL, method="POST", body=LARGE),
    Polite("early refusal that stays", REFUSAL, "stay", method="POST", body=LARGE),
    Polite("early refusal and reset", REFUSAL, "reset", method="POST", body=LARGE),
    Polite("continue", b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN),
    Polite("early hints", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 3 + PLAIN),
    Polite("switches unasked", b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\nhi"),
    Polite("head", OK + LENGTH + b"\r\n", method="HEAD"),
    Polite("head with a body", PLAIN, method="HEAD"),
    Polite("no content", b"HTTP/1.1 204 No Content\r\n\r\n"),
    Polite("no content with a body", b"HTTP/1.1 204 No Content\r\n" + LENGTH + b"\r\n" + TEXT),
    Polite("not modified with a length", NOT_MODIFIED + LENGTH + b"\r\n", "stay"),
    Polite("folded header", OK + LENGTH + b"x-a: one\r\n  two\r\n\r\n" + TEXT),
    Polite("header twice", OK + LENGTH + b"set-cookie: a=1\r\nset-cookie: b=2\r\n\r\n" + TEXT),
    Polite("headers in odd spaces", OK + LENGTH + b"x-a:\r\nX-B:b\r\nx-C: \t c \t\r\n\r\n" + TEXT),
    Polite("header in latin-1", OK + LENGTH + b"x-a: \xe9\r\n\r\n" + TEXT),
    Polite("header in utf-8", OK + LENGTH + b"x-a: \xc3\xa9\r\n\r\n" + TEXT),
    Polite("header with a control character", OK + LENGTH + b"x-a: a\x01b\r\n\r\n" + TEXT),
    Polite("header with a NUL", OK + LENGTH + b"x-a: a\0b\r\n\r\n" + TEXT),
    Polite("header without a colon", OK + LENGTH + b"x-a\r\n\r\n" + TEXT),
    Polite("space before the colon", OK + LENGTH + b"x-a : b\r\n\r\n" + TEXT),
    Polite("no reason", b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n" + TEXT),
    Polite("line feeds alone", PLAIN.replace(b"\r\n", b"\n")),
    Polite("line break before it", b"\r\n" + PLAIN),
    Polite("status beyond all", PLAIN.replace(b"200 OK", b"799 Odd")),
    Polite("status of two digits", PLAIN.replace(b"200 OK", b"20 OK")),
    Polite("1.0", PLAIN.replace(b"/1.1", b"/1.0"), "stay"),
    Polite("1.0 without a length", b"HTTP/1.0 200 OK\r\n\r\n" + TEXT),
    Polite("no HTTP", TEXT),
    Polite("nothing", b""),
    Polite("half a head", OK + b"content-le"),
    Polite("gzip", packed("gzip", GZIP)),
    Polite("gzip of nothing", packed("gzip", b"")),
    Polite("gzip cut off", packed("gzip", GZIP[:-9])),
    Polite("gzip that is none", packed("gzip", TEXT)),
    Polite("gzip twice in a row", packed("gzip", GZIP + GZIP)),
    Polite("gzip and more", packed("gzip", GZIP + b"more")),
    Polite("gzip within gzip", packed("gzip, gzip", gzip.compress(GZIP, mtime=0))),
    Polite("deflate", packed("deflate", zlib.compress(TEXT))),
    Polite("deflate without a header", packed("deflate", RAW_DEFLATE)),
    Polite("deflate without a header, byte by byte", packed_in_chunks("deflate", RAW_DEFLATE)),
    Polite("a coding that nobody knows", packed("rot13", TEXT)),
)

_PROGRAM = """
import base64, json, os, socket, struct, threading, time

ANSWERS = json.loads({answers!r})
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])), backlog=64)
print(server.getsockname()[1], flush=True)

def serve(connection):
    asked = b""
    while b"\\r\\n\\r\\n" not in asked:
        piece = connection.recv(1000)
        if not piece:
            return
        asked += piece
    sent, end = ANSWERS[int(asked.split()[1][1:])]
    connection.sendall(base64.b64decode(sent))
    if end == "reset":
        time.sleep(0.2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif end == "stay":
        time.sleep(30)
    connection.close()

while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
"""


def write_server() -> str:
    """Write the program; `/7` is answered with the seventh. It prints the port it listens on."""
    answers = [(base64.b64encode(each.sent).decode(), each.end) for each in ANSWERS]
    return _PROGRAM.replace("{answers!r}", repr(json.dumps(answers)))
