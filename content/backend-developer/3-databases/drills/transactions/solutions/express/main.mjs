// Tokens at a fair. On your machine: node main.mjs
import express from "express";

import { connect } from "./database.mjs";

const app = express();
app.use(express.json());

// Express answers an error with its `status`, and with 500 where it has none.
class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

// Do some work in one transaction; whatever it throws undoes all of it.
async function together(work) {
  const client = await connect();
  try {
    await client.query("BEGIN");
    await work(client);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    await client.end();
  }
}

app.post("/payments", async (request, response) => {
  const { sender, receiver, tokens } = request.body;
  await together(async (client) => {
    // The condition stands in the statement, so what is left is never looked at before it is taken.
    const taken = await client.query(
      "UPDATE purses SET tokens = tokens - $1 WHERE id = $2 AND tokens >= $1",
      [tokens, sender],
    );
    const { rows } = await client.query("SELECT id FROM purses WHERE id IN ($1, $2)", [sender, receiver]);
    if (rows.length < 2) throw new Refusal(404, "There is no such purse.");
    if (taken.rowCount === 0) throw new Refusal(409, "There are not so many tokens in it.");
    await client.query("UPDATE purses SET tokens = tokens + $1 WHERE id = $2", [tokens, receiver]);
    const note = "INSERT INTO payments (sender, receiver, tokens) VALUES ($1, $2, $3)";
    await client.query(note, [sender, receiver, tokens]);
  });
  response.status(201).json({ sender, receiver, tokens });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
