"""What can go wrong with content and with asking for it, each with what to do next.

A lab that can't be loaded is no error here: it is skipped, and named in the sync's report.
"""

from datetime import datetime

from milepost.core.errors import ConflictError, InvalidError, NotFoundError


class ContentInvalid(InvalidError):
    """A path's own files can't be read, so nothing of the path can be published."""

    code = "content_invalid"

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"{file}: {problem}", file=file, problem=problem)


class PathNotFound(NotFoundError):
    """No path of this slug is published."""

    code = "path_not_found"

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no path called {path}. The list of paths shows all.", path=path)


class SkillNotFound(NotFoundError):
    """The path has no skill of this slug."""

    code = "skill_not_found"

    def __init__(self, path: str, skill: str) -> None:
        super().__init__(
            f"The path {path} has no skill called {skill}. The path's page lists its skills.",
            path=path,
            skill=skill,
        )


class LessonNotFound(NotFoundError):
    """The objective has no lesson, or does not exist."""

    code = "lesson_not_found"

    def __init__(self, objective: str) -> None:
        super().__init__(
            f"There is no lesson for {objective} yet. The skill's page lists the lessons it has.",
            objective=objective,
        )


class LabNotFound(NotFoundError):
    """No lab of this slug is published."""

    code = "lab_not_found"

    def __init__(self, lab: str) -> None:
        super().__init__(
            f"There is no lab called {lab}. The list of labs shows what is published.", lab=lab
        )


class TrackUnknown(InvalidError):
    """A track names a language or framework that the path does not have."""

    code = "track_unknown"

    def __init__(self, language: str, framework: str) -> None:
        super().__init__(
            f"There is no track of {language} with {framework}. "
            "Choose one of the languages and frameworks of the path.",
            language=language,
            framework=framework,
        )


class ContentIsNewer(ConflictError):
    """What is published is newer than the content at hand."""

    code = "content_is_newer"

    def __init__(self, version: str, publisher: str, published_at: datetime) -> None:
        super().__init__(
            f"What is published here is newer than this content: Milepost {version} published it "
            f"from {publisher} on {published_at:%d %B %Y at %H:%M} UTC. It stays as it is, and "
            "nothing of this content was loaded. Update this Milepost; to publish its content all "
            "the same: `milepost up --replace-content`.",
            version=version,
            publisher=publisher,
        )
