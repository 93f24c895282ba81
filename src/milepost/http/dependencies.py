"""What an endpoint can ask for: the settings, a session, the person who asks.

The session's transaction is committed when the endpoint returns, before the response is sent:
a client never hears of something that is not stored.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from milepost.accounts import queries
from milepost.accounts.errors import SignInRequired
from milepost.accounts.types import Actor
from milepost.core.announcements import Listener
from milepost.core.config import Settings
from milepost.core.database import Database
from milepost.http.cookies import read_session_cookie
from milepost.http.errors import AccountChanged


async def get_app_settings(request: Request) -> Settings:
    """Return the settings that the application was made with."""
    settings: Settings = request.app.state.settings
    return settings


async def get_database(request: Request) -> Database:
    """Return the application's database."""
    database: Database = request.app.state.database
    return database


async def get_listener(request: Request) -> Listener:
    """Return what hears other processes' announcements."""
    listener: Listener = request.app.state.listener
    return listener


SettingsDep = Annotated[Settings, Depends(get_app_settings)]
DatabaseDep = Annotated[Database, Depends(get_database)]
ListenerDep = Annotated[Listener, Depends(get_listener)]


async def open_transaction(database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    """Yield the request's one transaction."""
    async with database.transaction() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(open_transaction, scope="function")]


def read_bearer_token(request: Request) -> str | None:
    """Return the token of an `Authorization: Bearer` header (RFC 6750 §2.1)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def find_learner(request: Request) -> Actor | None:
    """Return who asks, by access token or by session, or None.

    Asked anew at every request, in a read of its own before the request's transaction begins: a
    session that was revoked anywhere is refused at once, and a refusal opens no transaction.
    """
    database, settings = await get_database(request), await get_app_settings(request)
    token = read_bearer_token(request)
    if token is not None:
        return await queries.find_actor_by_token(database, secret=token)
    cookie = read_session_cookie(request, settings)
    if cookie is not None:
        return await queries.find_actor_by_session(database, secret=cookie)
    return None


async def is_let_in(request: Request, actor: Actor) -> bool:
    """Whether this request would be let in as `actor` now, long after it began."""
    found = await find_learner(request)
    return found is not None and found.id == actor.id


async def require_learner(request: Request) -> Actor:
    """Return who asks, or raise `SignInRequired`.

    A page may name whom it was made for, in `Milepost-Account`: it then does nothing for another.
    """
    actor = await find_learner(request)
    if actor is None:
        raise SignInRequired
    require_account(actor, request.headers.get("milepost-account"))
    return actor


def require_account(actor: Actor, named: str | None) -> None:
    """Raise `AccountChanged` if a page was made for somebody else than who is signed in."""
    if named is not None and named != str(actor.id):
        raise AccountChanged


MaybeLearner = Annotated[Actor | None, Depends(find_learner)]
CurrentLearner = Annotated[Actor, Depends(require_learner)]
