// The catalogue in Express: what is asked, and what is answered.
import express from "express";

import * as catalogue from "./catalogue.mjs";

const app = express();
app.use(express.json());
await catalogue.prepare();

app.post("/things", async (request, response) => {
  const { sku, kind, price, tags = [], maker, details = {} } = request.body;
  const isWhole = sku && kind && maker && Number.isInteger(price) && price >= 0;
  if (!isWhole) return response.status(422).end();
  const thing = { sku, kind, price, tags, maker, details };
  const isNew = await catalogue.add(thing);
  response.status(isNew ? 201 : 409).json(isNew ? thing : { title: "It is there already" });
});

app.get("/things/:sku", async (request, response) => {
  answer(response, await catalogue.findOne(request.params.sku));
});

app.get("/things", async (request, response) => {
  response.json({ things: await catalogue.search(request.query) });
});

app.patch("/things/:sku/details", async (request, response) => {
  answer(response, await catalogue.describe(request.params.sku, request.body));
});

app.put("/makers/:id", async (request, response) => {
  response.json({ things: await catalogue.renameMaker(request.params.id, request.body.name) });
});

app.get("/kinds", async (_request, response) => {
  response.json({ kinds: await catalogue.sumUpKinds() });
});

app.get("/tags", async (_request, response) => {
  response.json({ tags: await catalogue.countTags() });
});

function answer(response, thing) {
  if (thing === null) response.status(404).end();
  else response.json(thing);
}

app.listen(process.env.PORT, "127.0.0.1");
