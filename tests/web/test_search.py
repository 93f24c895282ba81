"""The search page, with no script at all: groups, excerpts, and what it says when there is none."""

import re

import pytest

LESSON = """# Adding up

A sum of zebras is a zebra.

## Carrying <over> & on

What is above nine goes to the <script>neighbour</script>.
"""


@pytest.fixture
async def visitor(client, make):
    await make.path()
    return client.log_in(await make.learner())


@pytest.fixture
async def lesson(make):
    file = make.content_dir / "tiny" / "1-basics" / "lessons" / "adding.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(LESSON)
    await make.published()


async def search(visitor, words, **parameters):
    return await visitor.get("/search", params={"q": words, **parameters})


async def test_results_stand_under_their_kind_with_a_link_and_marks(visitor, make, lesson):
    assert lesson is None
    await make.lab(title="Adding zebras")

    page = (await search(visitor, "zebra")).text

    assert re.findall(r'<h2 id="found-(\w+)"', page) == ["lab", "lesson"]
    assert '<a href="/labs/adding">Adding zebras</a>' in page
    assert '<a href="/paths/tiny/skills/basics/lessons/adding">Adding up</a>' in page
    assert "A sum of <mark>zebras</mark> is a <mark>zebra</mark>." in page


async def test_nothing_of_a_text_or_a_search_becomes_markup(visitor, lesson):
    assert lesson is None
    page = (await search(visitor, "<script>neighbour")).text

    assert "&lt;<mark>script</mark>&gt;<mark>neighbour</mark>&lt;/" in page
    assert "Adding up: Carrying &lt;over&gt; &amp; on" in page
    assert 'value="&lt;script&gt;neighbour"' in page
    assert "<script>neighbour" not in page


async def test_more_of_a_kind_than_is_shown_is_a_link_to_all_of_it(visitor, make):
    for number in range(7):
        await make.lab(f"adding-{number}", title="Adding zebras")

    page = (await search(visitor, "zebras")).text
    of_that_kind = (await search(visitor, "zebras", kind="lab")).text

    assert page.count('href="/labs/adding-') == 5
    assert '<a href="/search?q=zebras&amp;kind=lab">2 more results among Labs</a>' in page
    assert of_that_kind.count('href="/labs/adding-') == 7
    assert '<a href="/search?q=zebras">Show all kinds</a>' in of_that_kind


@pytest.mark.parametrize("words", ["", "   "])
async def test_without_words_the_page_tells_what_can_be_found(visitor, words):
    page = await search(visitor, words)

    assert page.status_code == 200
    for kind in ("Lessons", "Drills", "Labs", "Objectives", "Skills", "Errors", "source"):
        assert kind in page.text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("walrus", "Nothing has “walrus”. Check the spelling"),
        ("!?", "There is no word in “!?” that could be searched for."),
        ("zebra walrus", "Nothing has all of these words; what follows has some of them."),
    ],
)
async def test_what_is_not_found_is_told_with_what_to_do_next(visitor, lesson, words, sentence):
    assert lesson is None
    page = await search(visitor, words)

    assert page.status_code == 200
    assert sentence in page.text
    assert f'value="{words}"' in page.text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("x" * 201, "A search has 200 characters at most, and this one has 201."),
        ("zebra\0", "This search holds a control character, which nothing here contains."),
        ("\x1b[31mzebra", "This search holds a control character"),
    ],
)
async def test_what_can_not_be_searched_for_is_told_and_kept(visitor, words, sentence):
    page = await search(visitor, words)

    assert page.status_code == 422
    assert sentence in page.text
    assert f'value="{"x" * 201}"' in page.text or "zebra" in page.text
    assert "\0" not in page.text


async def test_a_kind_that_there_is_not_is_told(visitor):
    page = await search(visitor, "zebra", kind="recipe")

    assert page.status_code == 422
    assert "There is no such kind of results." in page.text


async def test_nobody_searches_without_signing_in(client, make):
    await make.path()

    assert (await client.get("/search?q=zebra")).status_code == 401


async def test_every_page_has_the_palette_and_a_link_for_those_without_scripts(visitor):
    page = (await visitor.get("/labs")).text

    assert '<dialog id="palette"' in page
    assert 'href="/search" data-palette-open' in page


async def test_a_search_page_is_two_queries(visitor, lesson, count_queries):
    assert lesson is None
    await search(visitor, "zebra")

    with count_queries() as count:
        await search(visitor, "zebra carrying")

    assert len([each for each in count if each not in ("BEGIN", "COMMIT")]) == 2
