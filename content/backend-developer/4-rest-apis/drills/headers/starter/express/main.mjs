// The menu of a canteen. On your machine: node main.mjs
import express from "express";

const app = express();
app.set("etag", false); // Express would make one of the text of each answer
app.use(express.json());

let menu = { dish: "Lentil soup", cents: 450 };

app.get("/menu", (request, response) => {
  response.json(menu);
});

app.put("/menu", (request, response) => {
  menu = request.body;
  response.json(menu);
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
