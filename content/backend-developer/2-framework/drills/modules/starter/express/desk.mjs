// Where guests check in.
import { Router } from "express";

import { eggs } from "./breakfast.mjs";

export const router = Router();

router.post("/guests/:name", (request, response) => {
  eggs.push(request.params.name);
  response.status(201).json({ guest: request.params.name });
});
