"""Asking the index: one statement for every search, whoever asks and however much they want.

A word in a title weighs more than one in a heading, and that more than one in a text; what is for
another track than the learner's comes after what is for theirs.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Track
from milepost.core.database import run
from milepost.core.statements import Statement
from milepost.search.policy import read_search
from milepost.search.types import EntryKind, Piece, Result, Results
from milepost.search.words import split_words

# What is found stands between these two in an excerpt; the index holds no control characters.
_BEGIN, _END = "\x02", "\x03"
_EXCERPT = (
    f"MaxFragments=1, MaxWords=28, MinWords=14, ShortWord=0, StartSel={_BEGIN}, StopSel={_END}"
)
# PostgreSQL leaves tags and entities of HTML out of its excerpts, so it gets to see none.
_OF_HTML, _INSTEAD = "<&", "\x04\x05"
_SURE = 20  # so many characters tell where in a text an excerpt is from
_HAS_ALL = 6  # the column of `_FIND`; it is the same in every row
# `whole` is what was typed, `begun` the same with its last word unfinished, `parts` any of it.
# In `begun`, words before the last that stemming leaves out, such as "the", are not asked for.
_FIND = Statement("""
    WITH typed AS (
        SELECT CASE WHEN %(has_operators)s
                    THEN websearch_to_tsquery(%(spelling)s::regconfig, %(words)s)
                    ELSE plainto_tsquery('english', %(words)s)
                         || plainto_tsquery('simple', %(words)s) END AS whole,
               CASE WHEN %(begun)s = '' THEN ''::tsquery
                    WHEN numnode(plainto_tsquery('english', %(before)s)) = 0
                    THEN to_tsquery('simple', '''' || %(begun)s || ''':*')
                    ELSE (plainto_tsquery('english', %(before)s)
                          || plainto_tsquery('simple', %(before)s))
                         && to_tsquery('simple', '''' || %(begun)s || ''':*') END AS begun,
               CASE WHEN %(has_operators)s THEN ''::tsquery
                    ELSE replace(
                        plainto_tsquery('english', %(words)s)::text, ' & ', ' | ')::tsquery
                    END AS parts
    ), asked AS MATERIALIZED (
        SELECT whole, whole || begun AS all_words, whole || begun || parts AS some_words FROM typed
    ), found AS MATERIALIZED (
        SELECT entry.id, entry.kind, entry.position,
               words @@ all_words AS has_all,
               cardinality(tracks) = 0 OR cardinality(%(tracks)s::text[]) = 0
                   OR tracks && %(tracks)s::text[] AS in_track,
               ts_rank_cd('{0.1, 0.1, 0.4, 1.0}', words, some_words, 1)
                   + ts_rank_cd('{0.1, 0.1, 0.4, 1.0}', words, whole, 1)
                   + CASE WHEN called = %(words)s THEN 2
                          WHEN starts_with(called, %(words)s) THEN 0.5 ELSE 0 END AS closeness
        FROM search_entries AS entry, asked
        WHERE words @@ some_words AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    ), kept AS (
        SELECT *, closeness * CASE WHEN in_track THEN 1 ELSE 0.3 END
                  * CASE kind WHEN 'source' THEN 0.01 ELSE 1 END AS rank
        FROM found WHERE has_all OR NOT (SELECT bool_or(has_all) FROM found)
    ), placed AS (
        SELECT *, row_number() OVER (PARTITION BY kind ORDER BY rank DESC, position) AS place,
               count(*) OVER (PARTITION BY kind) AS total
        FROM kept
    ), best AS (
        SELECT * FROM placed WHERE place <= %(of_a_kind)s
        ORDER BY rank DESC, position LIMIT %(limit)s
    )
    SELECT best.kind, title, heading, context, address, in_track, has_all,
           left(body, 40), right(body, 40), ts_headline(
               'english', translate(body, %(of_html)s, %(instead)s), some_words, %(excerpt)s),
           (SELECT jsonb_object_agg(kind, total) FROM placed WHERE place = 1)
    FROM best JOIN search_entries USING (id), asked
    ORDER BY rank DESC, best.position
""")


async def find_results(
    session: AsyncSession,
    track: Track | None,
    *,
    text: str,
    kind: EntryKind | None = None,
    limit: int,
    of_a_kind: int | None = None,
) -> Results:
    """Return the best results, the very best first: at most `limit`, and `of_a_kind` of each kind.

    `text` is what somebody typed, and must have no `policy.find_problem`.
    """
    asked = read_search(text)
    if asked is None:
        return Results()
    rows = await run(
        session,
        _FIND,
        words=asked.words,
        before=asked.before,
        begun=asked.begun,
        has_operators=asked.has_operators,
        spelling="simple" if asked.has_phrase else "english",
        tracks=[] if track is None else [track.language, track.framework],
        kind=None if kind is None else kind.value,
        excerpt=_EXCERPT,
        of_html=_OF_HTML,
        instead=_INSTEAD,
        limit=limit,
        of_a_kind=limit if of_a_kind is None else of_a_kind,
    )
    if not rows:
        return Results()
    *_, totals = rows[0]
    has_all_words = rows[0][_HAS_ALL]
    return Results(
        items=tuple(_to_result(row) for row in rows),
        totals=tuple((each, totals[each]) for each in EntryKind if each in totals),
        has_all_words=has_all_words,
    )


def _to_result(row: tuple[Any, ...]) -> Result:
    kind, title, heading, context, address, is_in_track, _, first, last, excerpt, _ = row
    return Result(
        kind=EntryKind(kind),
        title=title,
        heading=heading,
        context=context,
        address=address,
        excerpt=tuple(_part(_show_cuts(excerpt, first, last))),
        is_in_track=is_in_track,
    )


def _show_cuts(excerpt: str, first: str, last: str) -> str:
    """Return an excerpt with an ellipsis where the text goes on, and else with its punctuation.

    `first` and `last` are how the text begins and ends.
    """
    excerpt = excerpt.translate(str.maketrans(_INSTEAD, _OF_HTML))
    words = excerpt.replace(_BEGIN, "").replace(_END, "")
    if not words:
        return ""
    before, found, _ = first.partition(words[:_SURE])
    _, is_last, after = last.rpartition(words[-_SURE:])
    if not found or split_words(before):
        before = "\u2026 "
    if not is_last or split_words(after):
        after = " \u2026"
    return f"{before}{excerpt}{after}"


def _part(excerpt: str) -> Iterator[Piece]:
    """Yield an excerpt in pieces, so that nobody need mark anything up to show what matched."""
    for number, part in enumerate(excerpt.split(_BEGIN)):
        match, end, rest = part.partition(_END)
        pieces: Sequence[tuple[str, bool]] = [(part, False)]
        if number and end:
            pieces = [(match, True), (rest, False)]
        yield from (Piece(text, is_match) for text, is_match in pieces if text)
