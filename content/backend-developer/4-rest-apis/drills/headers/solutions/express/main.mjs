// The menu of a canteen. On your machine: node main.mjs
import express from "express";

const app = express();
app.set("etag", false); // Express would make one of the text of each answer
app.use(express.json());

let menu = { dish: "Lentil soup", cents: 450 };
let version = 1;

const etag = () => `"${version}"`;

app.get("/menu", (request, response) => {
  response.set("ETag", etag());
  if (request.get("If-None-Match") === etag()) return response.status(304).end();
  response.json(menu);
});

app.put("/menu", (request, response) => {
  const seen = request.get("If-Match");
  if (seen === undefined) return response.status(428).json({ detail: "Which menu have you seen?" });
  if (seen !== etag()) return response.status(412).json({ detail: "The menu was changed since." });
  menu = request.body;
  version += 1;
  response.set("ETag", etag()).json(menu);
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
