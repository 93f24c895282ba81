// Where guests check in.
import { Router } from "express";

export const router = Router();
export const onCheckIn = [];

router.post("/guests/:name", (request, response) => {
  for (const tell of onCheckIn) tell(request.params.name);
  response.status(201).json({ guest: request.params.name });
});
