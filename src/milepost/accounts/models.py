"""The tables of accounts. A secret's hash is its key; the secret itself is never stored.

Links, sessions and tokens are not deleted when they end: they are revoked, used or expired, and
the row holds when. What anybody may ask for without an account, is: terminals that waited.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from milepost.core.database import Base


class User(Base):
    """A person with an account. The track is their choice of language and framework."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            "(track_language IS NULL) = (track_framework IS NULL)", name="track_is_whole"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    track_language: Mapped[str | None]
    track_framework: Mapped[str | None]


class SignInLink(Base):
    """A link that signs one person in once, after they confirm it."""

    __tablename__ = "sign_in_links"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class BrowserSession(Base):
    """A browser that is signed in."""

    __tablename__ = "browser_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_agent: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")


class AccessToken(Base):
    """A terminal (or a script) that may act for one person."""

    __tablename__ = "access_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")


class DeviceAuthorization(Base):
    """A terminal's request to be let in, waiting for a person to confirm its code (RFC 8628)."""

    __tablename__ = "device_authorizations"
    __table_args__ = (
        CheckConstraint("(approved_at IS NULL) = (user_id IS NULL)", name="approved_by_somebody"),
        CheckConstraint(
            "redeemed_at IS NULL OR approved_at IS NOT NULL", name="redeemed_after_approval"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_code_hash: Mapped[bytes] = mapped_column(unique=True)
    user_code: Mapped[str] = mapped_column(unique=True)
    client_name: Mapped[str]
    client_address: Mapped[str] = mapped_column(server_default="")
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    interval_seconds: Mapped[int] = mapped_column(server_default="2")
    polled_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    redeemed_at: Mapped[datetime | None]
