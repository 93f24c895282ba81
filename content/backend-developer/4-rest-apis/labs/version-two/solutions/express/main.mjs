// The ferry's bookings in two versions.
import express from "express";
import { giveNotice } from "./notice.mjs";
import * as problems from "./problems.mjs";
import * as one from "./v1.mjs";
import { v2 } from "./v2.mjs";

const app = express();
const json = express.json({ strict: false });

app.use("/v1", giveNotice, json, one.v1, one.refuse);
app.use("/v2", json, v2, problems.refuse);

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
