// Tokens at a fair. On your machine: node main.mjs
import express from "express";

import { connect } from "./database.mjs";

const app = express();
app.use(express.json());

app.post("/payments", async (request, response) => {
  const { sender, receiver, tokens } = request.body;
  const client = await connect();
  for (const [purse, change] of [[sender, -tokens], [receiver, tokens]]) {
    const { rows } = await client.query("SELECT tokens FROM purses WHERE id = $1", [purse]);
    const left = rows[0].tokens + change;
    await client.query("UPDATE purses SET tokens = $1 WHERE id = $2", [left, purse]);
  }
  const note = "INSERT INTO payments (sender, receiver, tokens) VALUES ($1, $2, $3)";
  await client.query(note, [sender, receiver, tokens]);
  await client.end();
  response.status(201).json({ sender, receiver, tokens });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
