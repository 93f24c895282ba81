"""What a check process and its engine tell each other of the check's balancer, and by what names.

Both sides know the sockets of the replicas and the header that tells which of them replied.
"""

import re
from dataclasses import dataclass

from milepost.engine.backing.messages import Done
from milepost.engine.protocol.check_process import Opening
from milepost.engine.protocol.codec import Codec

SERVED_BY = "x-served-by"
_REPLICA = re.compile(r"replica-(\d{1,4})\.sock")


@dataclass(frozen=True, slots=True)
class OpenBalancer(Opening):
    """Start a balancer before so many replicas.

    Its socket comes along, and the folder in which the sockets of its replicas belong.
    """

    replicas: int


QUESTIONS: Codec[OpenBalancer] = Codec(OpenBalancer)
DONE: Codec[Done] = Codec(Done)


def replica_socket(number: int) -> str:
    """Name the socket of a replica, which are counted from 1."""
    return f"replica-{number}.sock"


def find_replicas(served_by: str) -> list[int]:
    """Find the replicas that a header names, in the order in which they were tried."""
    return [int(number) for number in _REPLICA.findall(served_by)]
