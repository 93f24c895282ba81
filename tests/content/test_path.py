"""The backend path is complete: eight skills, 81 objectives, a course each, tracks to choose."""

import re

SKILLS = [
    ("language", 10),
    ("framework", 7),
    ("databases", 14),
    ("rest-apis", 11),
    ("security", 11),
    ("quality", 8),
    ("delivery", 10),
    ("performance", 10),
]


def test_the_path_has_its_eight_skills_in_order_with_all_objectives(skills):
    assert [(skill["slug"], len(skill["objectives"])) for skill in skills] == SKILLS
    assert sum(len(skill["objectives"]) for skill in skills) == 81
    assert [skill["folder"].name for skill in skills] == [
        f"{number}-{slug}" for number, (slug, _) in enumerate(SKILLS, start=1)
    ]


def test_a_newcomer_starts_at_a_skill_of_the_path(path, skills):
    assert path["start_here"] == skills[0]["slug"]


def test_everything_a_learner_reads_is_a_sentence(path, skills):
    sentences = [path["summary"], *(skill["summary"] for skill in skills)]
    sentences += [each["sentence"] for skill in skills for each in skill["objectives"]]

    assert [text for text in sentences if not re.fullmatch(r"[A-Z].{30,}\.", text)] == []
    assert len(set(sentences)) == len(sentences)
    assert not any("!" in text for text in sentences)


def test_every_skill_suggests_a_course_and_invents_no_address(skills):
    for skill in skills:
        assert skill["course"].keys() == {"title", "provider"}
        assert all(skill["course"].values())
        assert skill["technologies"]


def test_every_track_has_a_language_and_stacks_that_can_be_graded(path):
    stacks = {language["slug"]: language.get("stack") for language in path["languages"]}

    assert stacks == {
        "python": "python",
        "javascript": "node",
        "java": None,
        "go": "go",
        "csharp": None,
    }
    assert [framework["slug"] for framework in path["frameworks"]] == [
        "fastapi",
        "django",
        "express",
        "nestjs",
        "spring-boot",
        "aspnet-core",
        "laravel",
    ]
    assert all(framework["language"] in {*stacks, "php"} for framework in path["frameworks"])
