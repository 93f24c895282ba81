import os
from typing import Any

import psycopg
from fastapi import FastAPI
from psycopg.rows import dict_row

app = FastAPI()


@app.post("/words", status_code=201)
def store_word(body: dict[str, str]) -> dict[str, Any]:
    with psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row) as connection:
        stored = connection.execute(
            "INSERT INTO words (word) VALUES (%s) RETURNING id, word", (body["word"],)
        ).fetchone()
    return dict(stored)
