// A draft saves itself while one types; "Saved 14:02" is what the server answered, never a guess.
const PAUSE = 2_500;
const PAUSE_AFTER_FAILURE = 10_000;

document.querySelectorAll("form[data-autosave]").forEach(keep);

function keep(form) {
  const status = form.querySelector("[data-saved]");
  let timer = 0;
  let unsaved = false;
  let sending = false;
  let leaving = false;

  form.addEventListener("input", () => {
    unsaved = true;
    wait(PAUSE);
  });
  form.addEventListener("change", () => {
    unsaved = true;
    wait(PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return; // a look at it, elsewhere
    leaving = true;
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => (leaving = false));
  window.addEventListener("pagehide", () => {
    if (unsaved && !leaving) navigator.sendBeacon(form.dataset.autosave, typed(form));
  });

  function wait(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  async function save() {
    if (sending) return wait(PAUSE);
    sending = true;
    unsaved = false;
    try {
      await send();
    } catch {
      unsaved = true;
      say(form.dataset.unsaved);
      wait(PAUSE_AFTER_FAILURE);
    } finally {
      sending = false;
    }
  }

  async function send() {
    const answer = await fetch(form.dataset.autosave, { method: "POST", body: typed(form), headers: { Accept: "application/json" } });
    const isWord = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (!isWord) throw new Error("no answer of ours");
    const kept = await answer.json();
    if (leaving) return;
    say(kept.words);
    if (!answer.ok || !kept.autosave) return;
    form.elements.version.value = kept.version;
    form.dataset.autosave = kept.autosave;
    if (location.pathname !== kept.edit) history.replaceState(null, "", kept.edit); // so that reloading shows it
  }

  function say(words) {
    if (status.textContent !== words) status.textContent = words;
  }
}

// Files are not part of a draft.
function typed(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}
