// A submission's own page: follows the grading if it has no verdict yet, then shows it in full.
import { CheckList, follow } from "./verdicts.js";

const verdict = document.getElementById("verdict");
const checks = new CheckList(document.getElementById("check-list"));

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
  if (!link) return;
  event.preventDefault();
  checks.show(link.dataset.showCheck);
});
