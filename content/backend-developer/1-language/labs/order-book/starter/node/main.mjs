// Read a Saturday's orders, and print the trades.
//
// Run it:  node main.mjs orders.txt

console.log("The market opens."); // Who imports this file sees that too. Is that right?
console.log("Orders are read from", process.argv.slice(2));
