// Everything works without these; they only make it smoother.
import { announceSwaps } from "./announce.js";
import { explainFailures } from "./failures.js";
import { easeForms } from "./forms.js";
import { easeMenus } from "./menus.js";
import { dismissMessages } from "./messages.js";
import { searchByKey } from "./search.js";

searchByKey();
easeMenus();
dismissMessages(document);
easeForms(document);
announceSwaps();
explainFailures();

document.addEventListener("htmx:load", (event) => {
  dismissMessages(event.target);
  easeForms(event.target);
});
