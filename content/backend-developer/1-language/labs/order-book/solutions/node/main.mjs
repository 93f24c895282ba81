// Read a Saturday's orders, and print the trades.
//
// Run it:  node main.mjs orders.txt
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { Book } from "./book.mjs";
import { LimitOrder, MarketError, MarketOrder, OrderRefused, WholeOrder } from "./orders.mjs";

const KINDS = { limit: LimitOrder, market: MarketOrder, whole: WholeOrder };
const PARTS = { limit: 4, market: 3, whole: 4, cancel: 1 };

/** Do what a line says; return the trades that came of it. */
function carryOut(line, book) {
  const [word, ...parts] = line.split(/\s+/);
  if (parts.length !== PARTS[word]) {
    throw new OrderRefused(`"${line}" is no order. Write, for example: limit ida buy 10 250`);
  }
  if (word === "cancel") {
    book.cancel(parts[0]);
    return [];
  }
  const [name, side, ...numbers] = parts;
  return book.place(new KINDS[word](name, side, ...numbers.map(Number)));
}

/** Carry out all lines, print what was traded and what went wrong; return the exit code. */
function tradeAll(lines) {
  const book = new Book();
  let exitCode = 0;
  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    try {
      for (const trade of carryOut(line.trim(), book)) {
        console.log(`${trade.seller} -> ${trade.buyer}: ${trade.quantity} at ${trade.price}`);
      }
    } catch (error) {
      if (!(error instanceof MarketError)) throw error;
      console.error(`line ${index + 1}: ${error.message}`);
      exitCode = 1;
    }
  });
  return exitCode;
}

function main(args) {
  let text;
  try {
    text = readFileSync(args[0], "utf8");
  } catch (error) {
    console.error(`There are no orders to read: ${error.message}. Name a file.`);
    return 2;
  }
  return tradeAll(text.split(/\r?\n/));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = main(process.argv.slice(2));
}
