"""Searching from a terminal: what is found, with its address, and what is refused."""

import pytest

LESSON = "# Adding up\n\nA sum of \x1b[31m zebras.\n\n## Carrying over\n\nAsk the neighbour.\n"


@pytest.fixture
async def url(make, terminal, live_server):
    await make.path()
    file = make.content_dir / "tiny" / "1-basics" / "lessons" / "adding.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(LESSON)
    await make.published()
    terminal.log_in(live_server, await make.learner())
    return live_server


async def test_what_is_found_is_listed_with_its_link(terminal, url):
    answer = await terminal.run("search", "ask", "neighb")

    assert answer.exit_code == 0
    assert "lesson    Adding up: Carrying over" in answer.out
    assert "Ask the neighbour." in answer.out
    link = f"{url}/paths/tiny/skills/basics/lessons/adding#section-carrying-over"
    assert link in [line.strip() for line in answer.out.splitlines()]


async def test_scripts_get_a_list(terminal, url):
    (found,) = (await terminal.run("search", "zebras", "--json")).json

    assert (found["kind"], found["title"], found["heading"]) == ("lesson", "Adding up", "")
    assert found["url"] == f"{url}/paths/tiny/skills/basics/lessons/adding"
    assert "zebras" in found["excerpt"]


async def test_one_kind_and_a_few_can_be_asked_for(terminal, url):
    assert url
    of_a_kind = await terminal.run("search", "adding", "--kind", "objective", "--json")
    one = await terminal.run("search", "adding", "--limit", "1")

    assert [found["kind"] for found in of_a_kind.json] == ["objective"]
    assert "The first 1 of 3. `--limit 50` lists more" in one.words


async def test_nothing_found_says_what_to_try(terminal, url):
    assert url
    for_people = await terminal.run("search", "walrus")
    for_scripts = await terminal.run("search", "walrus", "--json")

    assert for_people.exit_code == 0
    assert "Nothing has 'walrus'. Check the spelling, or use fewer words." in for_people.words
    assert for_scripts.json == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (" ", "There is no word to search for."),
        ("x" * 201, "A search has 200 characters at most, and this one has 201."),
        ("a\x1bb", "This search holds a character that can't be shown"),
        ("a\udcffb", "This search holds a character that can't be shown"),
    ],
)
async def test_what_can_not_be_searched_for_is_refused_with_a_sentence(
    terminal, url, words, sentence
):
    assert url
    answer = await terminal.run("search", words)

    assert answer.exit_code == 2
    assert sentence in " ".join(answer.err.split())


async def test_nothing_of_a_text_steers_the_terminal(terminal, url):
    assert url
    answer = await terminal.run("search", "zebras")

    assert "Adding up" in answer.out
    assert "\x1b" not in answer.out


async def test_without_a_login_the_terminal_says_how_to_get_one(terminal):
    answer = await terminal.run("search", "zebras")

    assert answer.exit_code == 2
    assert "Run `milepost login` first." in answer.err.replace("\n", " ")
