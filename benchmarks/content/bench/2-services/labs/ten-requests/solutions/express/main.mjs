import express from "express";

const app = express();

app.get("/double/:number", (request, response) => {
  response.json({ double: Number(request.params.number) * 2 });
});

app.listen(8000);
