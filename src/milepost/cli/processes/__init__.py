"""An operator's side of this machine: the data folder, the database, ports, and what runs on them.

The servers themselves live in `main`, `worker` and `embedded`. Invariant: what makes starting
impossible is found out before anything is started.
"""
