// A submission's own page: follows the grading if it has no verdict yet, then shows it in full.
import { linkPlaces } from "./places.js";
import { CheckList, follow } from "./verdicts.js";

const verdict = document.getElementById("verdict");
const files = [...document.querySelectorAll("[data-path]")];
const paths = files.map((file) => file.dataset.path);
const linkFiles = (root) => linkPlaces(root, paths, (path, line) => `#${files[paths.indexOf(path)].id}-L${line}`);
const checks = new CheckList(document.getElementById("check-list"), { onPlaced: linkFiles });
verdict.querySelectorAll(".build-output").forEach(linkFiles);

if (verdict.dataset.follow) {
  follow(verdict.dataset.follow, {
    checks,
    says(text, isFragment) {
      if (isFragment) verdict.innerHTML = text;
      else verdict.textContent = text;
    },
    // The verdict brings facts on the run that stand elsewhere on the page.
    onEnd(name) { if (name) location.reload(); },
  });
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-show-check]");
  if (link) {
    event.preventDefault();
    checks.show(link.dataset.showCheck);
  }
  // A line in a file that is folded could not be gone to.
  const place = event.target.closest(".place");
  if (place) files[paths.indexOf(place.dataset.file)].open = true;
});
