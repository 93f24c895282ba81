// The doors of the savings club: what is asked over HTTP, and what ledger.mjs makes of it.
// On your machine: npm install express pg, then node main.mjs
import express from "express";

import * as ledger from "./ledger.mjs";

const app = express();
app.use(express.json());

app.post("/deposits", async (request, response) => {
  const { account, amount } = request.body;
  response.status(201).json({ account, balance: await ledger.deposit(account, amount) });
});

app.post("/transfers", async (request, response) => {
  const { source, target, amount } = request.body;
  await ledger.transfer(source, target, amount);
  response.status(201).json(request.body);
});

app.post("/withdrawals", async (request, response) => {
  const { account, amount } = request.body;
  response.status(201).json({ account, balance: await ledger.withdraw(account, amount) });
});

app.get("/report", async (_request, response) => {
  response.json(await ledger.report());
});

app.use((error, _request, response, _next) => {
  const known = {
    UnknownAccount: [404, "There is no such account."],
    TooLittle: [409, "There is too little in the account."],
    Busy: [503, "Others are at work on these accounts. Try again."],
  };
  const [status, detail] = known[error.constructor.name] ?? [500, "Something went wrong."];
  if (status === 500) console.error(error);
  response.status(status).json({ detail });
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
