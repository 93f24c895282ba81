// Refusals as problem documents (RFC 9457).
import { STATUS_CODES } from "node:http";

export class Problem extends Error {
  constructor(status, detail, more = {}) {
    super(detail);
    this.status = status;
    this.document = { title: STATUS_CODES[status], status, detail, ...more };
  }
}

// Express knows an error handler by its four parameters.
export function refuse(error, _request, response, _next) {
  let problem = error;
  if (!(error instanceof Problem)) {
    if (error.type !== "entity.parse.failed") console.error(error);
    problem =
      error.type === "entity.parse.failed"
        ? new Problem(400, "The body is not JSON.")
        : new Problem(error.status ?? 500, "This could not be done.");
  }
  response.status(problem.status).type("application/problem+json");
  response.send(JSON.stringify(problem.document));
}
