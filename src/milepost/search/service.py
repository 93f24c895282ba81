"""Writing the index: a collection's entries are replaced as a whole, and only when they changed.

Which entries there are is said by the catalog and by `own_source`.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from milepost.core.database import run
from milepost.core.ids import new_id
from milepost.core.statements import Statement
from milepost.search import own_source
from milepost.search.models import SearchEntry
from milepost.search.types import Collection, Entry
from milepost.search.words import join_words

_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")
# Each word stands in the index twice: stemmed for those who search for what it means, and as it is
# for those who have typed its beginning.
_INSERT = Statement("""
    INSERT INTO search_entries (id, collection, edition, position, kind, title, heading, context,
                                address, body, tracks, called, words)
    SELECT id, %(collection)s, %(edition)s, position, kind, title, heading, context, address, body,
           tracks, called,
           setweight(to_tsvector('english', a) || to_tsvector('simple', a), 'A')
           || setweight(to_tsvector('english', b) || to_tsvector('simple', b), 'B')
           || setweight(to_tsvector('english', c) || to_tsvector('simple', c), 'C')
           || setweight(to_tsvector('english', d) || to_tsvector('simple', d), 'D')
    FROM jsonb_to_recordset(%(rows)s) AS made (
        id uuid, position integer, kind text, title text, heading text, context text, address text,
        body text, tracks text[], called text, a text, b text, c text, d text
    )
""")


async def index_own_source(session: AsyncSession) -> None:
    """Have Milepost's own source and errors found, as they lie on this machine."""
    edition = own_source.name_edition()
    if await _find_edition(session, Collection.MILEPOST) == edition:
        return  # reading and parsing all of it takes seconds
    await _replace(session, Collection.MILEPOST, own_source.list_entries(), edition)


async def replace_entries(
    session: AsyncSession, collection: Collection, entries: Sequence[Entry]
) -> None:
    """Make `entries` what is found of a collection, once the transaction commits."""
    edition = hashlib.sha256(repr(entries).encode(errors="replace")).hexdigest()
    if await _find_edition(session, collection) != edition:
        await _replace(session, collection, entries, edition)


async def _find_edition(session: AsyncSession, collection: Collection) -> str | None:
    return await session.scalar(
        select(SearchEntry.edition).where(SearchEntry.collection == collection).limit(1)
    )


async def _replace(
    session: AsyncSession, collection: Collection, entries: Iterable[Entry], edition: str
) -> None:
    await session.execute(delete(SearchEntry).where(SearchEntry.collection == collection))
    rows = [_to_row(position, entry) for position, entry in enumerate(entries)]
    await run(session, _INSERT, collection=collection.value, edition=edition, rows=Jsonb(rows))


def _to_row(position: int, entry: Entry) -> dict[str, Any]:
    heading, title, names = (join_words(each) for each in (entry.heading, entry.title, entry.names))
    return {
        "id": str(new_id()),
        "position": position,
        "kind": entry.kind.value,
        "title": _to_line(entry.title),
        "heading": _to_line(entry.heading),
        "context": _to_line(entry.context),
        "address": entry.address,
        "body": _to_line(entry.body),
        "tracks": list(entry.tracks),
        "called": heading or title,
        "a": "" if heading else f"{title} {names}",
        "b": heading,
        "c": f"{title} {names}" if heading else join_words(entry.context),
        "d": join_words(entry.body),
    }


def _to_line(text: str) -> str:
    """Return a text on one line, without the characters that mark what is found in it."""
    return _SPACES.sub(" ", text).strip()
