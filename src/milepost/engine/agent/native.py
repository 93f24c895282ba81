"""The C modules behind `signal` and `socket`, without what these import around them.

Both make enumerations of their constants, and with `enum`, `functools`, `re` and the like they cost
a guest as much as its interpreter's start. What is used of them is the same in both.
"""

TYPE_CHECKING = False  # as in `typing`
if TYPE_CHECKING:
    import signal
    import socket
else:
    import _signal as signal
    import _socket as socket

__all__ = ["signal", "socket"]
