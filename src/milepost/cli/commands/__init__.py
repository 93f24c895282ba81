"""The commands, one module each: what one may ask for, and in which order things are done for it.

A command of several parts is a folder. What is printed lives in `output`. Invariant: a module here
is imported only when its command is asked for, so that `milepost --help` stays instant.
"""
