"""People: who they are, how they sign in, which terminals they let in, which track they chose.

Secrets (links, sessions, tokens) are stored only as hashes. Nothing here knows of HTTP.
"""
