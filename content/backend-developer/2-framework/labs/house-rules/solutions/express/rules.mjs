// The rules around every request. Each is a function that Express calls in the order of `main`.
import { randomUUID } from "node:crypto";

import { Refused } from "./hotel.mjs";

function printLine(event, request, fields) {
  console.log(JSON.stringify({ event, id: request.id, ...fields }));
}

function sendError(request, response, status, sentence) {
  response.status(status).json({ error: sentence, request_id: request.id });
}

export function giveId(request, response, next) {
  const given = request.get("X-Request-ID") ?? "";
  request.id = /^[A-Za-z0-9-]{1,64}$/.test(given) ? given : randomUUID();
  response.set("X-Request-ID", request.id);
  next();
}

export function keepLog(request, response, next) {
  const { method, path } = request;
  const began = performance.now();
  response.on("finish", () => {
    const milliseconds = performance.now() - began;
    printLine("request", request, { method, path, status: response.statusCode, milliseconds });
  });
  next();
}

export function limit(settings) {
  return (request, response, next) => {
    if (settings.closed && request.path !== "/") {
      return sendError(request, response, 503, `The ${settings.hotel} is closed.`);
    }
    if (Number(request.get("Content-Length") ?? 0) > settings.body_limit) {
      return sendError(request, response, 413, "This is more than we can carry.");
    }
    next();
  };
}

export function answerNothingHere(request, response) {
  sendError(request, response, 404, "There is nothing at this address.");
}

/** Express knows by its four parameters that this one is for errors. */
export function answerErrors(error, request, response, _next) {
  if (error instanceof Refused) {
    return sendError(request, response, error.status, error.sentence);
  }
  if (error.type === "entity.parse.failed") {
    return sendError(request, response, 400, "This is no JSON.");
  }
  printLine("error", request, { error: String(error) });
  sendError(request, response, 500, "Something broke, and it was us.");
}
