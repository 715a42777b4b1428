// Passkeys: a form with data-passkey asks the browser for a credential before it is sent.
//
// data-passkey="create" makes a new passkey, "ask" uses one. The server's question stands in the JSON of the
// element that data-options names; without it, it is fetched from the form's own address.
// Without scripts, or in a browser without passkeys, such a form stays hidden.

const toBuffer = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withBuffers = (list) => (list ?? []).map((entry) => ({ ...entry, id: toBuffer(entry.id) }));

async function question(form) {
  const element = document.getElementById(form.dataset.options ?? "");
  if (element) {
    return JSON.parse(element.textContent);
  }
  const response = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!response.ok) {
    throw new Error(`The server answered ${response.status}.`);
  }
  return response.json();
}

function ask(options) {
  const publicKey = { ...options.request_options.publicKey };
  publicKey.challenge = toBuffer(publicKey.challenge);
  publicKey.allowCredentials = withBuffers(publicKey.allowCredentials);
  return navigator.credentials.get({ publicKey });
}

function create(options, form) {
  const publicKey = { ...options.creation_options.publicKey };
  publicKey.challenge = toBuffer(publicKey.challenge);
  publicKey.user = { ...publicKey.user, id: toBuffer(publicKey.user.id) };
  publicKey.excludeCredentials = withBuffers(publicKey.excludeCredentials);
  const alone = form.elements.passwordless?.checked ?? false;
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone ? { userVerification: "required" } : {}),
  };
  return navigator.credentials.create({ publicKey });
}

function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) {
      response[name] = toText(credential.response[name]);
    }
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const trouble = form.querySelector("[data-passkey-trouble]");
  trouble.hidden = true;
  try {
    const options = await question(form);
    const credential = form.dataset.passkey === "create" ? await create(options, form) : await ask(options);
    form.elements.credential.value = answer(credential);
    form.submit();
  } catch {
    trouble.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", send);
    form.hidden = false;
  }
}
