"""What tests stand on: a real PostgreSQL, the application, a queue one can look into, no network.

Only fixtures in `conftest.py` use it directly.
"""
