// The price tags. The brief says what they must do.
// Begin with one price: the supplier, at UPSTREAM_URL, is asked for it each time.
// On your machine: npm install express redis, then node main.mjs
import express from "express";

const app = express();

app.get("/prices/:sku", (request, response) => {
  response.json({ sku: request.params.sku, price: null, stale: false });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
