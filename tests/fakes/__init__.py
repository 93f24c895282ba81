"""Stand-ins for what leaves the process, each held to its real twin by one contract test."""
