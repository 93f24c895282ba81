// The books API in Express: routes.
import express from "express";
import { readBook } from "./book.mjs";
import { Problem, refuse } from "./problems.mjs";
import * as shelf from "./shelf.mjs";

const PARAMETERS = new Set(["limit", "after", "author", "year"]);

const app = express();
app.disable("etag"); // Express would make one of each body; ours name versions

function requireJson(request, _response, next) {
  if (!request.is("application/json")) throw new Problem(415, "Send the book as application/json.");
  next();
}

const reads = [requireJson, express.json({ strict: false })];

function answer(response, entry) {
  response.set("ETag", shelf.etagOf(entry)).json(shelf.show(entry));
}

const names = (header, etag) =>
  (header ?? "").split(",").some((each) => ["*", etag].includes(each.trim()));

app.post("/books", reads, (request, response) => {
  const entry = shelf.add(readBook(request.body));
  response.status(201).location(`/books/${entry.id}`);
  answer(response, entry);
});

app.get("/books", (request, response) => {
  const { searchParams: given } = new URL(request.url, "http://localhost");
  for (const name of given.keys()) {
    if (!PARAMETERS.has(name)) throw new Problem(400, `There is no parameter ${name}.`);
  }
  const limit = readNumber(given.get("limit") ?? "20", "limit");
  if (limit < 1 || limit > 100) throw new Problem(400, "`limit` is from 1 to 100.");
  const wanted = {};
  if (given.has("author")) wanted.author = given.get("author");
  if (given.has("year")) wanted.year = readNumber(given.get("year"), "year");
  const { shown, cursor } = shelf.page(wanted, limit, readNumber(given.get("after") ?? "0", "after"));
  const following = new URLSearchParams({ ...wanted, limit, after: cursor });
  response.json({
    items: shown.map(shelf.show),
    next: cursor === null ? null : `/books?${following}`,
  });
});

app.get("/books/:id", (request, response) => {
  const entry = shelf.get(request.params.id);
  if (names(request.get("if-none-match"), shelf.etagOf(entry))) {
    response.set("ETag", shelf.etagOf(entry)).status(304).end();
    return;
  }
  answer(response, entry);
});

app.put("/books/:id", reads, (request, response) => {
  const entry = shelf.get(request.params.id);
  const seen = request.get("if-match");
  if (seen === undefined) throw new Problem(428, "Name the version that you have seen in If-Match.");
  if (!names(seen, shelf.etagOf(entry))) {
    throw new Problem(412, "The book was changed since. Read it again.");
  }
  shelf.replace(entry, readBook(request.body));
  answer(response, entry);
});

app.delete("/books/:id", (request, response) => {
  shelf.remove(request.params.id);
  response.status(204).end();
});

app.use(() => {
  throw new Problem(404, "There is nothing at this address.");
});
app.use(refuse);
app.listen(process.env.PORT ?? 8000, "127.0.0.1");

function readNumber(text, name) {
  const number = parseInt(text, 10);
  if (Number.isNaN(number)) throw new Problem(400, `\`${name}\` is a whole number.`);
  return number;
}
