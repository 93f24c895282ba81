import fs from "node:fs";
import { pathToFileURL } from "node:url";

import { Book } from "./book.mjs";
import { LimitOrder, MarketOrder, OrderRefused, WholeOrder } from "./orders.mjs";

function main(file) {
  let text;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    console.error("Cannot read the orders: " + error.message);
    return 2;
  }
  const book = new Book();
  let code = 0;
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    if (!lines[i].trim()) continue;
    const [word, name, side, quantity, price] = lines[i].trim().split(" ");
    try {
      let trades = [];
      if (word === "limit") trades = book.place(new LimitOrder(name, side, Number(quantity), Number(price)));
      else if (word === "whole") trades = book.place(new WholeOrder(name, side, Number(quantity), Number(price)));
      else if (word === "market") trades = book.place(new MarketOrder(name, side, Number(quantity)));
      else if (word === "cancel") book.cancel(name);
      else throw new OrderRefused(`unknown word ${word}`);
      for (const trade of trades) {
        console.log(`${trade.seller} -> ${trade.buyer}: ${trade.quantity} at ${trade.price}`);
      }
    } catch (error) {
      console.error(`line ${i + 1}: ${error.message}`);
      code = 1;
    }
  }
  return code;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = main(process.argv[2]);
}
