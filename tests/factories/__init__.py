"""Things that tests need, made through the real services: `make.learner()`, `make.lab()` …

Content is written as files and published by the real sync, so that a path in a test is data too.
"""

from factories.make import Make
from factories.people import Learner

__all__ = ["Learner", "Make"]
