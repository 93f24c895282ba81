import express from "express";

const app = express();

app.get("/count", (request, response) => {
  const { text } = request.query;
  if (text === undefined) {
    response.sendStatus(400);
    return;
  }
  response.json({ words: text.split(/ +/).filter(Boolean).length });
});

app.listen(process.env.PORT);
