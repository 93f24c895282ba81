// One check in full, on a page of its own: its places lead into the submission's files.
import { linkPlaces } from "./places.js";
import "./verdicts.js"; // copies the line that repeats a moment

const { submission, paths } = document.getElementById("check").dataset;
const files = JSON.parse(paths);
linkPlaces(document.getElementById("check"), files, (file, line) => `${submission}#file-${files.indexOf(file) + 1}-L${line}`);
