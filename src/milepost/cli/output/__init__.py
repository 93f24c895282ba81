"""What people and scripts read: the console, checks and verdicts, problems, and the words for them.

Decides nothing and asks no server. Invariant: it knows no command, no folder and no process.
"""
