// The listeners' desk in Express: what is asked, and what is answered.
import express from "express";

import * as desk from "./desk.mjs";

const app = express();
app.use(express.json());

app.post("/sessions", async (request, response) => {
  const { name } = request.body;
  const token = await desk.openSession(name);
  await desk.noteSignOfLife(name);
  response.status(201).json({ token, name });
});

app.get("/me", async (request, response) => {
  const name = await desk.useSession(readToken(request));
  if (name === null) return refuse(response);
  await desk.noteSignOfLife(name);
  response.json({ name });
});

app.delete("/me", async (request, response) => {
  const name = await desk.closeSession(readToken(request));
  if (name === null) return refuse(response);
  await desk.forget(name);
  response.status(204).end();
});

app.get("/online", async (_request, response) => {
  response.json({ online: await desk.listOnline() });
});

app.post("/songs/:song/likes", async (request, response) => {
  const { song } = request.params;
  response.json({ song, likes: await desk.like(song) });
});

app.get("/chart", async (request, response) => {
  response.json({ chart: await desk.readChart(Number(request.query.top ?? 10)) });
});

app.post("/wishes", async (request, response) => {
  const { phone, song } = request.body;
  const seconds = await desk.countCall(phone);
  if (seconds !== null) {
    response.status(429).set("Retry-After", String(seconds)).end();
    return;
  }
  response.status(202).json({ waiting: await desk.queueWish({ phone, song }) });
});

app.post("/wishes/next", async (_request, response) => {
  const wish = await desk.takeWish();
  if (wish === null) response.status(204).end();
  else response.json(wish);
});

function readToken(request) {
  return request.get("Authorization")?.replace(/^Bearer /, "") ?? "";
}

function refuse(response) {
  response.status(401).set("WWW-Authenticate", "Bearer").end();
}

app.listen(process.env.PORT, "127.0.0.1");
