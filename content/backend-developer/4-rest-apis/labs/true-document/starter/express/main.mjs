// The tool library. It works; its document, openapi.json, has hardly been begun.
// On your machine: npm install express, then node main.mjs
import express from "express";
import { refuse } from "./problems.mjs";
import { readLoan, readNumber, readQuery, readTool } from "./rules.mjs";
import * as shed from "./shed.mjs";

const app = express();
app.use(express.json({ strict: false }));

app.get("/openapi.json", (_request, response) => {
  response.sendFile("openapi.json", { root: import.meta.dirname });
});

app.get("/tools", (request, response) => {
  const { kind, limit } = readQuery(request.query);
  response.json({ items: shed.find(kind, limit) });
});

app.post("/tools", (request, response) => {
  const tool = shed.add(readTool(request.body));
  response.status(201).location(`/tools/${tool.id}`).json(tool);
});

app.get("/tools/:number", (request, response) => {
  response.json(shed.get(readNumber(request.params.number, "number")));
});

app.delete("/tools/:number", (request, response) => {
  shed.remove(readNumber(request.params.number, "number"));
  response.status(204).end();
});

app.post("/tools/:number/loan", (request, response) => {
  const number = readNumber(request.params.number, "number");
  response.status(201).json(shed.lend(number, readLoan(request.body)));
});

app.use(refuse);
app.listen(process.env.PORT ?? 8000, "127.0.0.1");
