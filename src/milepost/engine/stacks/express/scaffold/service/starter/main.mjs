import express from "express";

const app = express();
app.get("/count", (request, response) => response.json({ words: -1 }));
app.listen(process.env.PORT);
