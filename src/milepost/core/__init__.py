"""What every domain stands on: settings, database, queue, errors, ids, clock, logs.

Nothing here knows a domain, HTTP or the engine. Only `core` and the worker commit.
"""
