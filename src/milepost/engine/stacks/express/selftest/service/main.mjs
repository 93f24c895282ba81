// Counts how often it is asked; see `contracts/service`.
import express from "express";

const app = express();
let asked = 0;

app.get("/count", (_, response) => {
  asked += 1;
  console.log(`counted ${asked}`);
  response.json({ count: asked });
});
app.listen(process.env.PORT, "127.0.0.1");
