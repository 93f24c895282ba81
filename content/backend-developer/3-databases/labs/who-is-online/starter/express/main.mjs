// The listeners' desk. The brief says what it must do.
// Begin with `POST /sessions` and `GET /me`; Redis is at the address in REDIS_URL.
// On your machine: npm install express redis, then node main.mjs
import express from "express";
import { createClient } from "redis";

const redis = createClient({ url: process.env.REDIS_URL ?? "redis://localhost:6379/0" });
redis.on("error", (error) => console.error(`Redis: ${error.message}`));
await redis.connect();

const app = express();
app.use(express.json());

app.get("/online", (_request, response) => {
  response.json({ online: [] });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
