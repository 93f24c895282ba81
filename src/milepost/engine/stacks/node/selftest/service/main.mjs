// Counts how often it is asked; see `contracts/service`.
import { createServer } from "node:http";

let asked = 0;

createServer((request, response) => {
  if (request.url !== "/count") {
    response.writeHead(404).end();
    return;
  }
  asked += 1;
  console.log(`counted ${asked}`);
  response.end(JSON.stringify({ count: asked }));
}).listen(process.env.PORT, "127.0.0.1");
