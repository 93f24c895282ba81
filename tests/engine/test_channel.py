"""The engine's end of a socket: what is sent arrives, also where the other end is quick to go."""

import os
import socket

from milepost.engine.channel import Channel
from milepost.engine.protocol.bounded_json import parse_object
from milepost.engine.protocol.check_process import GUEST_REPLIES, GuestGiven
from milepost.engine.protocol.frames import Decoder


async def test_other_end_that_has_read_everything_may_go_before_the_sender_looks_up(monkeypatch):
    ours, theirs = socket.socketpair()
    read, write = os.pipe()
    heard = []
    send_fds = socket.send_fds

    def send_and_be_overtaken(*arguments):
        sent = send_fds(*arguments)
        data, fds, _, _ = socket.recv_fds(theirs, 1 << 16, 4)
        decoder = Decoder(parse_object)
        decoder.feed(data)
        heard.extend([GUEST_REPLIES.decode(decoder.next_frame()), len(fds)])
        for fd in fds:
            os.close(fd)
        theirs.close()
        return sent

    monkeypatch.setattr(socket, "send_fds", send_and_be_overtaken)
    channel = Channel(ours)

    await channel.send(GuestGiven(), [write])

    assert heard == [GuestGiven(), 1]
    channel.close()
    os.close(read)
    os.close(write)
