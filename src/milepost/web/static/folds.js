// Which milestones are unfolded stays with this visit: Back, Forward and a reload show them as they were.
const folds = [...document.querySelectorAll(".skill-row > details")];
const nameOf = (fold) => fold.parentElement.id;

const kept = history.state?.unfolded;
if (kept) for (const fold of folds) fold.open = kept.includes(nameOf(fold));

function unfoldAddressed() {
  const fold = folds.find((each) => `#${nameOf(each)}` === location.hash);
  if (fold) fold.open = true;
}

for (const fold of folds) {
  fold.addEventListener("toggle", () => {
    const unfolded = folds.filter((each) => each.open).map(nameOf);
    history.replaceState({ ...history.state, unfolded }, "");
  });
}
addEventListener("hashchange", unfoldAddressed);
unfoldAddressed();
