import { showMessage } from "./messages.js";
import { phrase } from "./phrases.js";

const WORDS = { 401: "signedOut", 403: "gone", 404: "gone", 429: "tooFast" };

// A fragment that could not be had: say so where the person looks.
export function explainFailures() {
  document.addEventListener("htmx:responseError", (event) => {
    showMessage(phrase(WORDS[event.detail.xhr.status] ?? "failed"));
  });
  for (const lost of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(lost, () => showMessage(phrase("lost")));
  }
}
