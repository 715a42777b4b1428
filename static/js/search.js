const typing = (element) => element?.closest("input, textarea, select, [contenteditable]");

// "/" goes to the search, wherever no letters are being typed.
export function searchByKey() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const field = [...document.querySelectorAll("[data-search]")].find((candidate) => candidate.offsetParent);
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
