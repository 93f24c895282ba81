// What holds for the house and for every wing: a name on each answer, visits, and errors.
import { Refused } from "./refused.mjs";

export function keepRules(hotel, wings) {
  return (request, response, next) => {
    response.set("X-Hotel", hotel);
    const wing = wings.get(request.path.split("/")[1]);
    if (wing) wing.visits += 1;
    next();
  };
}

/** Express knows by its four parameters that this one is for errors. */
export function answerErrors(error, request, response, _next) {
  if (error instanceof Refused) {
    return response.status(error.status).json({ error: error.message });
  }
  if (error.type === "entity.parse.failed") {
    return response.status(400).json({ error: "This is no JSON." });
  }
  console.error(`${request.path} has failed`, error);
  response.status(500).json({ error: "Something broke, and it was us." });
}
