"""The index: one row for each thing that can be found.

A cache of what is published: its rows may be thrown away and are made anew by `milepost up`.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from milepost.core.database import Base


class SearchEntry(Base):
    """Something that can be found. Its words are weighed: A title, B heading, D text."""

    __tablename__ = "search_entries"
    __table_args__ = (
        Index("ix_search_entries_words", "words", postgresql_using="gin"),
        Index("ix_search_entries_collection", "collection"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collection: Mapped[str]
    edition: Mapped[str]  # names what the collection was made from
    position: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    heading: Mapped[str]
    context: Mapped[str]
    address: Mapped[str]
    body: Mapped[str]
    tracks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    called: Mapped[str]  # the words of its heading, or else of its title
    words: Mapped[Any] = mapped_column(TSVECTOR)
