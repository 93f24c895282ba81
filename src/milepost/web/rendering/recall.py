"""Questions at the end of a lesson, each with its answer folded away until it is asked for.

In a section headed *Recall*, a paragraph that is bold from end to end is a question, and the
quotation right after it is its answer. Invariant: anything else is left as it was written, so
that a slip of an author's shows the answer and never loses it.
"""

from markdown_it.token import Token

HEADING = "Recall"


def fold_answers(tokens: list[Token]) -> list[Token]:
    """Return the tokens with each question and answer of a *Recall* section as one `details`."""
    folded: list[Token] = []
    index, inside = 0, False
    while index < len(tokens):
        token = tokens[index]
        if token.type == "heading_open":
            inside = tokens[index + 1].content.strip() == HEADING
        end = _find_answers_end(tokens, index) if inside else None
        if end is None:
            folded.append(token)
            index += 1
        else:
            folded += _fold(tokens[index + 1], tokens[index + 4 : end])
            index = end + 1
    return folded


def _find_answers_end(tokens: list[Token], start: int) -> int | None:
    """Return where the answer ends to a question that begins at `start`; None without one."""
    kinds = [token.type for token in tokens[start : start + 4]]
    if kinds != ["paragraph_open", "inline", "paragraph_close", "blockquote_open"]:
        return None
    if tokens[start].level or not _is_bold(tokens[start + 1].children or []):
        return None
    return next(
        index
        for index in range(start + 4, len(tokens))
        if tokens[index].type == "blockquote_close" and not tokens[index].level
    )


def _is_bold(children: list[Token]) -> bool:
    """Whether a line is bold from its beginning to its end."""
    told = [child for child in children if child.type != "text" or child.content]
    ends = [index for index, child in enumerate(told) if child.type == "strong_close"]
    return bool(ends) and told[0].type == "strong_open" and ends == [len(told) - 1]


def _fold(question: Token, answer: list[Token]) -> list[Token]:
    question.children = [
        child
        for child in question.children or []
        if child.type not in ("strong_open", "strong_close")
    ]
    return [
        Token("details_open", "details", 1, attrs={"class": "recall"}, block=True),
        Token("summary_open", "summary", 1),
        question,
        Token("summary_close", "summary", -1, block=True),
        *answer,
        Token("details_close", "details", -1, block=True),
    ]
