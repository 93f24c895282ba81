// Refusals as problem documents (RFC 9457).
import { STATUS_CODES } from "node:http";

export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export function sendProblem(response, status, detail) {
  const document = { title: STATUS_CODES[status], status, detail };
  response.status(status).type("application/problem+json").send(JSON.stringify(document));
}

// Express knows an error handler by its four parameters.
export function refuse(error, _request, response, _next) {
  if (!(error instanceof Problem)) console.error(error);
  sendProblem(response, error.status ?? 500, error.message);
}
