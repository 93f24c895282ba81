// The club's money, also when others change the same accounts at the same time.
import pg from "pg";

const TRIES = 5;
const ENDED_FOR_ANOTHER = ["40001", "40P01"];
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 5 });
pool.on("error", console.error); // of a connection that was lost while nobody used it

// There is no account of this number.
export class UnknownAccount extends Error {}
// There is too little in the account, or in all accounts of the member.
export class TooLittle extends Error {}
// PostgreSQL ended every try so that others could go on.
export class Busy extends Error {}

// Pay an amount in; return the new balance.
export function deposit(account, amount) {
  return together((client) => change(client, account, amount));
}

// Move an amount from one account to another, which may not overdraw the first one.
export function transfer(source, target, amount) {
  return together(async (client) => {
    const { rows } = await client.query(
      "SELECT id, balance FROM accounts WHERE id = ANY($1) ORDER BY id FOR UPDATE",
      [[source, target]],
    );
    const from = rows.find((row) => row.id === source);
    if (from === undefined) throw new UnknownAccount();
    if (from.balance < amount) throw new TooLittle();
    await change(client, source, -amount);
    await change(client, target, amount);
  });
}

// Pay an amount out, of which the member's accounts together must hold enough; return the new balance.
export function withdraw(account, amount) {
  return together(async (client) => {
    const { rows } = await client.query(
      "SELECT id, balance FROM accounts WHERE member_id = (SELECT member_id FROM accounts WHERE id = $1)" +
        " ORDER BY id FOR UPDATE",
      [account],
    );
    if (rows.length === 0) throw new UnknownAccount();
    const held = rows.reduce((sum, row) => sum + row.balance, 0);
    if (held < amount) throw new TooLittle();
    return change(client, account, -amount);
  });
}

// Return the sum of all balances, and that of all entries.
export function report() {
  return together(async (client) => {
    const balances = await client.query("SELECT sum(balance)::integer AS sum FROM accounts");
    const entries = await client.query("SELECT sum(amount)::integer AS sum FROM entries");
    return { balances: balances.rows[0].sum, entries: entries.rows[0].sum };
  }, "BEGIN ISOLATION LEVEL REPEATABLE READ");
}

// Do some work in one transaction, on one connection; from the start again where PostgreSQL ended it for another's sake.
async function together(work, begin = "BEGIN") {
  const client = await pool.connect();
  try {
    for (let left = TRIES; left > 0; left--) {
      try {
        await client.query(begin);
        const done = await work(client);
        await client.query("COMMIT");
        return done;
      } catch (error) {
        await client.query("ROLLBACK");
        if (!ENDED_FOR_ANOTHER.includes(error.code)) throw error;
      }
    }
  } finally {
    client.release();
  }
  throw new Busy();
}

// Change a balance by an amount, and write down that it was; return the new balance.
async function change(client, account, amount) {
  const { rows } = await client.query(
    "UPDATE accounts SET balance = balance + $1 WHERE id = $2 RETURNING balance",
    [amount, account],
  );
  if (rows.length === 0) throw new UnknownAccount();
  await client.query("INSERT INTO entries (account_id, amount) VALUES ($1, $2)", [account, amount]);
  return rows[0].balance;
}
