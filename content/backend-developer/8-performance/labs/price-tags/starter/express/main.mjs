// The price tags. The brief says what they must do.
// On your machine: npm install express redis, then node main.mjs
import express from "express";

const app = express();

app.get("/prices/:sku", (request, response) => {
  response.json({ sku: request.params.sku, price: null, stale: false });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
