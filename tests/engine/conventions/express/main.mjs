// A service as Express' own documentation would write it: its own parsers, nothing configured.
import express from "express";
import multer from "multer";

const app = express();
app.use(express.json());
app.use(express.urlencoded());

app.get("/books", (request, response) => {
  const { q, limit = "10" } = request.query;
  response.json({ q, limit: Number(limit) });
});
app.post("/books", (request, response) => {
  response.status(201).json(request.body);
});
app.get("/books/:number", (request, response) => {
  response.json({ number: Number(request.params.number) });
});
app.post("/guests", multer().none(), (request, response) => {
  response.json({ name: request.body.name });
});
app.get("/broken", () => {
  throw new Error("the shelf fell down");
});
app.listen(process.env.PORT, "127.0.0.1");
