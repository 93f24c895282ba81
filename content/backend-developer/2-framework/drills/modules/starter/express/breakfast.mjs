// Who gets an egg in the morning.
import { Router } from "express";

export const router = Router();
export const eggs = [];

router.get("/breakfasts", (request, response) => {
  response.json(eggs);
});
