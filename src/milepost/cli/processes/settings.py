"""The Milepost that a command means when it is run in some other folder than Milepost's own.

Where the settings name no folders and there are none here, those of the checkout that this program
runs from are meant. Invariant: what is named, or is here, comes first.
"""

from pathlib import Path

from milepost.core.config import Settings, get_settings

_CHECKOUT = Path(__file__).parents[4]
_FOLDERS = ("data_dir", "content_dir")


def find_checkout() -> Path | None:
    """Return the checkout that this program runs from, unless it was installed as a package."""
    return _CHECKOUT if (_CHECKOUT / "pyproject.toml").is_file() else None


def find_settings(data: Path | None = None) -> Settings:
    """Return the settings of the Milepost that is meant; `data` names its data folder."""
    settings = get_settings() if data is None else Settings(data_dir=data)
    checkout = find_checkout()
    if checkout is None or settings.content_dir.is_dir():
        return settings
    unnamed = [name for name in _FOLDERS if name not in settings.model_fields_set]
    return settings.model_copy(
        update={name: checkout / getattr(settings, name) for name in unnamed}
    )


def is_in_checkout(folder: Path) -> bool:
    """Whether a folder lies in Milepost's own."""
    checkout = find_checkout()
    return checkout is not None and folder.resolve().is_relative_to(checkout.resolve())
