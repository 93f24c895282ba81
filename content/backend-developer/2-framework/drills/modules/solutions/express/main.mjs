// A hotel, put together from its parts. Try it: node main.mjs
import express from "express";

import * as breakfast from "./breakfast.mjs";
import * as desk from "./desk.mjs";

const app = express();
app.use(desk.router);
app.use(breakfast.router);
desk.onCheckIn.push(breakfast.prepare);

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
