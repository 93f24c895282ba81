"""Searching through the API: what is found, in which order, and what never is."""

import pytest

from factories.content import HIDDEN, CheckDraft, FlawDraft
from milepost.accounts.types import Track
from milepost.search.service import index_own_source

SEARCH = "/api/v1/search"
QUERY_BUDGET = 2  # who asks, and the search

LESSON = """# Adding up

A sum of zebras is a zebra.

## Carrying over

What is above nine goes to the neighbour.

```python
total = sum(zebras)
```

## Carrying over

And once more, with *<b>giraffes</b>*.
"""


@pytest.fixture
async def visitor(client, make):
    await make.path()
    return client.log_in(await make.learner())


async def write_lesson(make, text=LESSON, objective="adding"):
    file = make.content_dir / "tiny" / "1-basics" / "lessons" / f"{objective}.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    await make.published()
    return file


async def find(visitor, words, **parameters):
    response = await visitor.get(SEARCH, params={"q": words, **parameters})
    assert response.status_code == 200, response.text
    return response.json()


async def addresses(visitor, words, **parameters):
    return [item["address"] for item in (await find(visitor, words, **parameters))["items"]]


async def test_a_lesson_is_found_by_its_sections(visitor, make):
    await write_lesson(make)
    lesson = "/paths/tiny/skills/basics/lessons/adding"

    assert await addresses(visitor, "neighbour") == [f"{lesson}#section-carrying-over"]
    assert await addresses(visitor, "giraffes") == [f"{lesson}#section-carrying-over-2"]
    assert await addresses(visitor, "zebra", kind="lesson") == [
        lesson,
        f"{lesson}#section-carrying-over",
    ]


async def test_every_anchor_that_is_found_is_in_the_lesson(visitor, make):
    await write_lesson(make)
    found = await addresses(visitor, "carrying", kind="lesson")

    page = (await visitor.get("/paths/tiny/skills/basics/lessons/adding")).text

    assert len(found) == 2
    for address in found:
        assert page.count(f'id="{address.partition("#")[2]}"') == 1


async def test_a_word_counts_most_in_a_title_less_in_a_heading_and_least_in_a_text(visitor, make):
    await write_lesson(make, "# Naming\n\nWords.\n\n## Of owls\n\nWords.\n", "naming")
    await write_lesson(make, "# Owls\n\nWords.\n\n## Feathers\n\nAn owl has some.\n")

    found = (await find(visitor, "owls", kind="lesson"))["items"]

    assert [(each["title"], each["heading"]) for each in found] == [
        ("Owls", ""),
        ("Naming", "Of owls"),
        ("Owls", "Feathers"),
    ]


async def test_what_is_for_the_learners_track_comes_first(client, make):
    await make.path()
    await make.lab("for-node", stacks=("node",), title="Counting owls")
    await make.lab("for-python", stacks=("python",), title="Counting owls")
    node = client.log_in(await make.learner(track=Track(language="cobol", framework="none")))
    python = client.log_in(await make.learner(name="Grace"))

    found = (await find(python, "counting owls", kind="lab"))["items"]
    elsewhere = (await find(node, "counting owls", kind="lab"))["items"]

    assert [(each["address"], each["is_in_track"]) for each in found] == [
        ("/labs/for-node", True),  # in a stack of no track, such as sql: for everybody
        ("/labs/for-python", True),
    ]
    assert [(each["address"], each["is_in_track"]) for each in elsewhere] == [
        ("/labs/for-node", True),
        ("/labs/for-python", False),
    ]


async def test_a_last_word_may_be_unfinished_and_others_are_found_by_their_stem(visitor, make):
    await write_lesson(make)

    assert await addresses(visitor, "neighb")
    assert await addresses(visitor, "carried", kind="lesson")
    assert await addresses(visitor, "zebra su", kind="lesson")
    assert not (await find(visitor, "neighb giraffes"))["has_all_words"]


async def test_where_nothing_has_all_words_what_has_some_is_found(visitor, make):
    await write_lesson(make)

    all_words = await find(visitor, "neighbour nine")
    some = await find(visitor, "neighbour submarine")

    assert all_words["has_all_words"]
    assert not some["has_all_words"]
    assert some["items"][0]["heading"] == "Carrying over"


async def test_quotes_minus_and_or_are_operators(visitor, make):
    await write_lesson(make)

    assert await addresses(visitor, '"goes to the neighbour"')
    assert await addresses(visitor, '"neighbour goes"') == []
    assert len(await addresses(visitor, "carrying -giraffes", kind="lesson")) == 1
    assert len(await addresses(visitor, "neighbour or giraffes")) == 2


@pytest.mark.parametrize(
    "words",
    [
        '"', '""', "-", "--zebra", "-zebra", "or", "or or", "zebra or", "& | ! ( ) :* <->", "%",
        "\\", "'); DROP", "a'b", "zebra:*", "<script>", "the", "\t", "1e5", "\u65e5\u672c",
        "\U0001f993", "\u00df \ufb01 \u0130 \uff5a\uff45", "\u0301", "\ufffe",
    ],
)  # fmt: skip
async def test_whatever_is_typed_is_a_search(visitor, make, words):
    await write_lesson(make)

    found = await find(visitor, words)

    assert found["total"] == len(found["items"])
    assert await addresses(visitor, "giraffes"), "and the next search is none the worse for it"


@pytest.mark.parametrize("words", ["", "x" * 201, "a\0b", "a\x1bb"])
async def test_what_can_not_be_searched_for_is_refused(visitor, words):
    response = await visitor.get(SEARCH, params={"q": words})

    assert response.status_code == 422
    assert response.json()["code"] == "request_not_valid"


async def test_an_excerpt_is_text_in_pieces_and_no_markup(visitor, make):
    await write_lesson(make)

    (found,) = (await find(visitor, "giraffes"))["items"]

    assert found["excerpt"] == [
        {"text": "And once more, with <b>", "is_match": False},
        {"text": "giraffes", "is_match": True},
        {"text": "</b>.", "is_match": False},
    ]


async def test_skills_objectives_and_labs_are_found_by_name_and_by_slug(visitor, make):
    await make.lab(title="Sums of money")

    assert "/labs/adding" in await addresses(visitor, "money")
    assert "/labs/adding" in await addresses(visitor, "adding", kind="lab")
    assert await addresses(visitor, "basics", kind="skill") == ["/paths/tiny/skills/basics"]
    assert await addresses(visitor, "basics.naming", kind="objective")


async def test_nothing_that_a_lab_hides_is_found(visitor, make):
    flaw = FlawDraft("walrus", fails=("test_two_numbers_are_added",), misconception="A walrus.")
    hidden = CheckDraft(name="test_ocelot", title="An ocelot purrs", hidden=True)
    await make.lab(checks=(CheckDraft(), HIDDEN, hidden), flaws=(flaw,))

    assert "/labs/adding" in await addresses(visitor, "two numbers are added")
    for secret in ("walrus", "ocelot", "7000", "6877", "expectation"):
        assert await addresses(visitor, secret) == []


async def test_what_left_the_content_is_no_longer_found(visitor, make):
    file = await write_lesson(make)
    assert await addresses(visitor, "giraffes")

    file.unlink()
    await make.published()

    assert await addresses(visitor, "giraffes") == []


async def test_a_lab_that_is_not_published_is_not_found(visitor, make):
    await make.lab(title="Pelicans")
    assert await addresses(visitor, "pelicans")

    await make.published(unverified=False)

    assert await addresses(visitor, "pelicans") == []


async def test_errors_and_milepost_s_own_source_lead_to_their_lines(visitor, database):
    async with database.transaction() as session:
        await index_own_source(session)

    error = (await find(visitor, "lab_closed"))["items"][0]
    symbol = (await find(visitor, "GradingRun.stop"))["items"][0]
    module = (await find(visitor, "milepost.core.queue"))["items"][0]

    assert (error["kind"], error["title"], error["context"]) == ("error", "lab_closed", "HTTP 409")
    assert (symbol["kind"], symbol["title"]) == ("source", "GradingRun.stop")
    assert module["address"] == "/source/src/milepost/core/queue.py"
    for found, holds in ((error, "lab_closed"), (symbol, "async def stop")):
        address, _, line = found["address"].partition("#")
        page = (await visitor.get(address)).text
        of_that_line = page.partition(f'id="{line}"')[2].partition('id="L')[0]
        assert holds.split()[-1] in of_that_line


async def test_what_is_learned_comes_before_milepost_s_own_source(visitor, make, database):
    await make.lab(title="Announcements of a station")
    async with database.transaction() as session:
        await index_own_source(session)

    found = (await find(visitor, "announcements"))["items"]

    kinds = [each["kind"] for each in found]
    assert kinds[0] == "lab"
    assert kinds[1:] == ["source"] * (len(kinds) - 1)
    assert len(kinds) > 1


async def test_a_search_tells_how_much_there_is_beyond_what_it_returns(visitor, make):
    await write_lesson(make)

    found = await find(visitor, "carrying", limit=1)

    assert len(found["items"]) == 1
    assert found["total"] == sum(found["totals"].values()) == 3
    assert found["totals"] == {"lesson": 2, "objective": 1}


async def test_a_search_is_one_query(visitor, make, count_queries):
    await write_lesson(make)
    await find(visitor, "zebra")

    with count_queries() as count:
        await find(visitor, "carrying zebra")

    assert len([each for each in count if each not in ("BEGIN", "COMMIT")]) <= QUERY_BUDGET
