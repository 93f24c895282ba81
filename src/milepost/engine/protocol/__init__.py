"""What the processes of a grading tell each other, as types, and how that is written and read.

`check_process` is between engine and check processes, `guest` between those and a guest's launcher.
Guests see this folder: what they import of it (`frames`, `plain_json`, `guest`) is standard library
only, and little of it. What a message leads to is its reader's business.
"""
