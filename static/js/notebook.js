// What is being written is kept on this device only: restored when the page opens again, cleared once it is saved
// and when its owner signs out. Nothing of it is sent anywhere.
const PREFIX = "draft:";
const SAVED = "#kept-";
const WAIT = 400; // milliseconds after the last key

forgetSaved();
document.querySelectorAll("form[data-draft]").forEach(keep);
document.querySelectorAll("form[data-forget-drafts]").forEach((form) => form.addEventListener("submit", forgetAll));

function keep(form) {
  const key = `${PREFIX}${form.dataset.owner}:${form.dataset.draft}`;
  const fields = [...form.querySelectorAll("textarea")];
  restore(form, fields, key);
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => store(key, fields), WAIT);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    store(key, fields); // should the answer get lost, the words are still here
    store(`${PREFIX}last`, [], key);
  });
  const note = form.querySelector("[data-draft-note]");
  if (note) note.hidden = false;
}

// What the page brings along wins: words that came back with a mistake, or a reflection as it is stored.
function restore(form, fields, key) {
  const texts = read(key);
  const back = form.querySelector("[data-draft-back]");
  if (!texts || fields.every((field) => (texts[field.name] ?? "") === field.value)) return;
  const before = fields.map((field) => field.value);
  if (!form.querySelector("[aria-invalid]") && !form.querySelector(".error-summary")) {
    fields.forEach((field) => (field.value = texts[field.name] ?? field.value));
    if (back) back.hidden = false;
  }
  back?.querySelector("[data-draft-drop]").addEventListener("click", () => {
    fields.forEach((field, number) => (field.value = before[number]));
    remove(key);
    back.hidden = true;
    fields[0].focus();
  });
}

// The address that follows a saved form says which draft it was; only the one that was sent last goes.
function forgetSaved() {
  if (!location.hash.startsWith(SAVED)) return;
  const last = read(`${PREFIX}last`);
  if (typeof last === "string" && last.endsWith(`:${location.hash.slice(SAVED.length)}`)) remove(last);
  remove(`${PREFIX}last`);
  history.replaceState(history.state, "", location.pathname + location.search);
}

function forgetAll() {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach(remove);
  } catch {
    // no storage, no drafts
  }
}

function store(key, fields, value) {
  const texts = Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const isEmpty = !value && !fields.some((field) => field.value.trim());
  try {
    if (isEmpty) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value ?? texts));
  } catch {
    // a full or forbidden storage keeps nobody from writing
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function remove(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // see above
  }
}
