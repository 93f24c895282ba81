// The catalogue. The brief says what it must do.
// Begin with `POST /things` and `GET /things/{sku}`; the store is at the address in MONGO_URL.
// On your machine: npm install express mongodb, then node main.mjs
import express from "express";
import { MongoClient } from "mongodb";

const store = new MongoClient(process.env.MONGO_URL ?? "mongodb://localhost:27017/lab");
const things = store.db().collection("things");

const app = express();
app.use(express.json());

app.get("/things", (_request, response) => {
  response.json({ things: [] });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
