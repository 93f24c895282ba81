// Connections to the database. There is nothing to change here.
import pg from "pg";

// Open a connection; whoever has it ends it. Each statement is committed unless a BEGIN came before.
export async function connect() {
  const client = new pg.Client(process.env.DATABASE_URL);
  await client.connect();
  return client;
}
