// Refusals as problem documents (RFC 9457).
import { STATUS_CODES } from "node:http";

export class Problem extends Error {
  constructor(status, more = {}) {
    super(STATUS_CODES[status]);
    this.status = status;
    this.document = { title: STATUS_CODES[status], status, ...more };
  }
}

// Express knows an error handler by its four parameters.
export function refuse(error, _request, response, _next) {
  let problem = error;
  if (!(error instanceof Problem)) {
    if (error.type !== "entity.parse.failed") console.error(error);
    problem =
      error.type === "entity.parse.failed"
        ? new Problem(422, { errors: [{ field: "body", message: "This is not JSON." }] })
        : new Problem(500);
  }
  response.status(problem.status).type("application/problem+json");
  response.send(JSON.stringify(problem.document));
}
