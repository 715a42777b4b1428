// Words in the reader's language, from data attributes at the end of the page.
export const phrase = (name) => document.getElementById("phrases")?.dataset[name] ?? "";

export const each = (root, selector, act) => {
  if (root instanceof Element && root.matches(selector)) act(root);
  root.querySelectorAll(selector).forEach(act);
};
