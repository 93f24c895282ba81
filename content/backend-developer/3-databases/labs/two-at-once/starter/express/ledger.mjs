// The club's money. Right for one customer at a time; the brief says what is missing.
// Wherever one of these functions awaits, others go on.
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 5 });
pool.on("error", console.error); // of a connection that was lost while nobody used it

// There is no account of this number.
export class UnknownAccount extends Error {}
// There is too little in the account, or in all accounts of the member.
export class TooLittle extends Error {}
// PostgreSQL ended every try so that others could go on.
export class Busy extends Error {}

// Pay an amount in; return the new balance.
export async function deposit(account, amount) {
  const balance = (await readBalance(account)) + amount;
  await writeBalance(account, balance);
  await writeEntry(account, amount);
  return balance;
}

// Move an amount from one account to another, which may not overdraw the first one.
export async function transfer(source, target, amount) {
  const left = await readBalance(source);
  const right = await readBalance(target);
  if (left < amount) throw new TooLittle();
  await writeBalance(source, left - amount);
  await writeBalance(target, right + amount);
  await writeEntry(source, -amount);
  await writeEntry(target, amount);
}

// Pay an amount out, of which the member's accounts together must hold enough; return the new balance.
export async function withdraw(account, amount) {
  const balance = await readBalance(account);
  const { rows } = await pool.query(
    "SELECT sum(balance)::integer AS together FROM accounts" +
      " WHERE member_id = (SELECT member_id FROM accounts WHERE id = $1)",
    [account],
  );
  if (rows[0].together < amount) throw new TooLittle();
  await writeBalance(account, balance - amount);
  await writeEntry(account, -amount);
  return balance - amount;
}

// Return the sum of all balances, and that of all entries.
export async function report() {
  const balances = await pool.query("SELECT sum(balance)::integer AS sum FROM accounts");
  const entries = await pool.query("SELECT sum(amount)::integer AS sum FROM entries");
  return { balances: balances.rows[0].sum, entries: entries.rows[0].sum };
}

async function readBalance(account) {
  const { rows } = await pool.query("SELECT balance FROM accounts WHERE id = $1", [account]);
  if (rows.length === 0) throw new UnknownAccount();
  return rows[0].balance;
}

async function writeBalance(account, balance) {
  await pool.query("UPDATE accounts SET balance = $1 WHERE id = $2", [balance, account]);
}

async function writeEntry(account, amount) {
  await pool.query("INSERT INTO entries (account_id, amount) VALUES ($1, $2)", [account, amount]);
}
