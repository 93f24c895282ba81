// Hands files in to be judged, and puts into words what kept them from being judged.

async function explain(response) {
  if (response.status === 401) return "You are signed out, so nothing was sent. Your files are kept in this browser. Sign in with the link that `milepost open` prints, then come back to this page.";
  try {
    const problem = await response.json();
    return problem.detail || problem.title;
  } catch {
    return `The server answered ${response.status} without saying why. Your files are kept in this browser; try again in a moment.`;
  }
}

/**
 * Send a `run` (its kind, files, key and choice of checks) of a lab. Returns the submission's `id`, or
 * a `problem` in words; `isRefused` tells that the same will never be accepted, so its key is done with.
 */
export async function sendRun({ learner, lab, version, stack }, { kind, files, idempotencyKey, only }, button) {
  let response;
  try {
    response = await fetch("/api/v1/submissions", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey, "Milepost-Account": learner },
      body: JSON.stringify({ lab, version, stack, files, kind, only }),
    });
  } catch {
    return { problem: `The server could not be reached, so it is not known whether your files arrived. They are kept in this browser. Check that Milepost is running, then press ${button} again: it counts once.`, isRefused: false };
  }
  if (!response.ok) return { problem: await explain(response), isRefused: response.status < 500 };
  return { id: (await response.json()).id };
}
