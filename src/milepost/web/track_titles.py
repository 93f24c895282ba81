"""A track in words and as a stack: what pages need to know of it beyond its two slugs.

Choosing one lives in `track`. Invariant: a track whose language is gone is still shown.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from milepost.accounts.types import Actor, Track
from milepost.catalog import queries as catalog
from milepost.catalog.files import FrameworkChoice, LanguageChoice
from milepost.languages import list_languages


async def list_choices(
    session: AsyncSession, actor: Actor
) -> tuple[list[LanguageChoice], list[FrameworkChoice]]:
    """List what the published paths offer, each language and framework once."""
    languages: dict[str, LanguageChoice] = {}
    frameworks: dict[str, FrameworkChoice] = {}
    for path in await catalog.list_outlines(session, at=actor.revisions.content):
        languages = {choice.slug: choice for choice in path.languages} | languages
        frameworks = {choice.slug: choice for choice in path.frameworks} | frameworks
    return list(languages.values()), list(frameworks.values())


async def describe_track(session: AsyncSession, actor: Actor) -> str:
    """Say a person's track in words, such as "Python with FastAPI"."""
    track = actor.track
    if track is None:
        return "not chosen yet"
    languages, frameworks = await list_choices(session, actor)
    titles = {choice.slug: choice.title for choice in [*languages, *frameworks]}
    language = titles.get(track.language, track.language)
    return f"{language} with {titles.get(track.framework, track.framework)}"


def name_language(framework: FrameworkChoice, languages: Sequence[LanguageChoice]) -> str:
    """Return what people call the language of a framework.

    One that no path offers and no lab is written in is written in capitals, as PHP is.
    """
    known = {language.name: language.title for language in list_languages()}
    titles = known | {choice.slug: choice.title for choice in languages}
    return titles.get(framework.language, framework.language.upper())


async def warn_of_mismatch(session: AsyncSession, actor: Actor, track: Track) -> str:
    """Say that a framework is not written in the track's language; empty when it is."""
    languages, frameworks = await list_choices(session, actor)
    titles = {choice.slug: choice.title for choice in languages}
    for framework in frameworks:
        if framework.slug == track.framework and framework.language != track.language:
            wanted = name_language(framework, languages)
            chosen = titles.get(track.language, track.language)
            return f"{framework.title} is a framework for {wanted}, not for {chosen}."
    return ""


async def choose_stack(
    session: AsyncSession, actor: Actor, offered: tuple[str, ...], asked: str | None
) -> str:
    """Choose the stack that a lab opens with: the one asked for, the track's, or the first."""
    if asked in offered:
        return str(asked)
    track = actor.track
    if track is None:
        return offered[0]
    languages, frameworks = await list_choices(session, actor)
    wanted = [choice.stack for choice in frameworks if choice.slug == track.framework]
    wanted += [choice.stack for choice in languages if choice.slug == track.language]
    return next((stack for stack in wanted if stack in offered), offered[0])
