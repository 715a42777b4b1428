// Everything works without these; they only make it smoother.
import { announceSwaps, focusFirstMistake } from "./announce.js";
import { explainFailures } from "./failures.js";
import { easeForms, sendOnce } from "./forms.js";
import { easeMenus } from "./menus.js";
import { dismissMessages } from "./messages.js";
import { searchByKey } from "./search.js";

searchByKey();
easeMenus();
sendOnce();
announceSwaps();
explainFailures();
ease(document);
focusFirstMistake(document);

document.addEventListener("htmx:load", (event) => ease(event.target));

function ease(root) {
  dismissMessages(root);
  easeForms(root);
}
