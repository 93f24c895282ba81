// A hotel. Try it: HOTEL_NAME=Adler ROOMS=40 node main.mjs
import express from "express";
import { z } from "zod";

const Settings = z.object({
  HOTEL_NAME: z.string().min(1),
  ROOMS: z.coerce.number().int().min(1).max(500),
  CLOSED: z.stringbool().default(false),
});

const { data: settings, error } = Settings.safeParse(process.env);
if (error) {
  const names = error.issues.map((issue) => issue.path[0]);
  console.error(`Cannot start. Check these settings: ${names.join(", ")}`);
  process.exit(1);
}

const app = express();

app.get("/", (request, response) => {
  const { HOTEL_NAME, ROOMS, CLOSED } = settings;
  response.json({ hotel: HOTEL_NAME, rooms: ROOMS, closed: CLOSED });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
