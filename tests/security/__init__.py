"""The corpus of cheats: what tries to pass without solving, and what must become of it.

`case` says what a case is, `labs` holds the small labs they cheat at, `court` grades them and
watches the machine meanwhile. Each family of cases is a file of data.
"""
