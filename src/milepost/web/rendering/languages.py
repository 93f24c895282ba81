"""How the editor shows the files of each language, by how their names end.

What a language is called and what else is known of it stands in its own folder, `languages`.
"""

from milepost.languages import list_languages


def list_editor_languages() -> dict[str, dict[str, str | int]]:
    """List how the editor shows files, by how their names end."""
    return {
        ending: {
            "mode": language.editor,
            "indentation": language.indentation,
            "tabs": language.tabs,
        }
        for language in list_languages()
        for ending in language.endings
    }
