"""Who published what, and in which order, so that an older Milepost does not publish over a newer.

Content has no number of its own. What tells ages apart is Milepost's version, and, between two of
the same version, that content which somebody else has replaced since must be the older one.
"""

import hashlib
import platform
import re
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from milepost import __version__
from milepost.catalog.errors import ContentIsNewer
from milepost.catalog.models import Publication
from milepost.core.clock import utc_now
from milepost.core.ids import new_id, new_id_after


async def record_publication(
    session: AsyncSession, *, content_dir: Path, replace_newer: bool = False
) -> None:
    """Note that the content in this folder is about to be published.

    Raises `ContentIsNewer` if what is there now is newer, unless `replace_newer` is set.
    """
    publisher = _name_publisher(content_dir)
    content_hash = hash_content(content_dir)
    last = await session.scalar(select(Publication).order_by(Publication.id.desc()).limit(1))
    if last is not None:
        if (last.content_hash, last.version) == (content_hash, __version__):
            return
        was_replaced = last.publisher != publisher and await _was_published(session, content_hash)
        if not replace_newer and _is_newer(last, content_hash, was_replaced=was_replaced):
            raise ContentIsNewer(last.version, last.publisher, last.published_at)
    session.add(
        Publication(
            id=new_id() if last is None else new_id_after(last.id),
            version=__version__,
            content_hash=content_hash,
            publisher=publisher,
            published_at=utc_now(),
        )
    )


def hash_content(content_dir: Path) -> str:
    """Return what names the content of a folder: the hash of its files and their places."""
    whole = hashlib.sha256()
    for file in sorted(content_dir.rglob("*")):
        place = file.relative_to(content_dir)
        if file.is_file() and not any(part.startswith((".", "__")) for part in place.parts):
            whole.update(f"{place}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _name_publisher(content_dir: Path) -> str:
    return f"{platform.node()}:{content_dir.absolute()}"


def _is_newer(last: Publication, content_hash: str, *, was_replaced: bool) -> bool:
    ours, theirs = _to_order(__version__), _to_order(last.version)
    if ours != theirs:
        return theirs > ours
    return last.content_hash != content_hash and was_replaced


async def _was_published(session: AsyncSession, content_hash: str) -> bool:
    return bool(
        await session.scalar(select(exists().where(Publication.content_hash == content_hash)))
    )


def _to_order(version: str) -> tuple[tuple[int, ...], bool, str]:
    """Return what versions are ordered by: 0.2.0.dev1 comes before 0.2.0, and that before 0.10."""
    release = re.match(r"\d+(\.\d+)*", version)
    numbers = release[0] if release else ""
    rest = version[len(numbers) :]
    return tuple(int(number) for number in numbers.split(".") if number), not rest, rest
