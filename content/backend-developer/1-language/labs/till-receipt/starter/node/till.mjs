// Ida's till.
//
// Run it:  node till.mjs
import { pathToFileURL } from "node:url";

/** Return the price that a text such as "4.20" shows, in whole cents. */
export function readPrice(text) {
  return null; // Replace this line, and the others like it.
}

/** Return how many percent are off at this time of day. */
export function discountAt(hour, minute) {
  return null;
}

/** Return the price with so many percent off, in whole cents. */
export function takeOff(price, percent) {
  return null;
}

/** Return another price list, in which everything baked costs less. */
export function eveningPrices(prices, percent) {
  return null;
}

/** Return the receipts of a day. */
export function serve(scans, prices) {
  return null;
}

// True when you run this file, false when another program imports it to use its functions.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const priceList = {
    "rye bread": { price: 420, baked: true },
    croissant: { price: 150, baked: true },
    coffee: { price: 280, baked: false },
  };
  console.log("420?", readPrice("4.20"));
  console.log("25?", discountAt(19, 10));
  console.log("113?", takeOff(150, 25));
  console.log("315, 113 and 280?", eveningPrices(priceList, 25));
  console.log("420, 150 and 280, as before?", priceList);
  console.log("700 and 850?", JSON.stringify(serve(["rye bread", "coffee", "pay", "same", "croissant", "pay"], priceList)));
}
