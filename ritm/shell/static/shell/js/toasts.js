// Toasts: from the answer's HX-Trigger header, from the cookie of a redirect, or from another module.
const LIFE = 10_000;

export function toast({ text, undo = "", tone = "" }) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = document.createElement("div");
  box.className = `toast${tone ? ` toast--${tone}` : ""}`;
  const words = document.createElement("span");
  words.className = "toast__text";
  words.textContent = text;
  box.append(words);
  if (undo.startsWith("/")) {
    box.append(button(place.dataset.undo, () => { box.remove(); takeBack(undo); }));
    const clock = document.createElement("span");
    clock.className = "toast__clock";
    box.append(clock);
  }
  box.append(button(place.dataset.close, () => box.remove()));
  place.append(box);
  while (place.children.length > 3) place.firstElementChild.remove();
  expire(box);
}

function button(word, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "toast__button";
  made.textContent = word;
  made.addEventListener("click", act);
  return made;
}

// The time a person spends reading (pointer or focus on the toast) does not count.
function expire(box) {
  let left = LIFE;
  let since = performance.now();
  let timer = setTimeout(() => box.remove(), left);
  const hold = () => { clearTimeout(timer); left -= performance.now() - since; };
  const go = () => { since = performance.now(); timer = setTimeout(() => box.remove(), Math.max(1500, left)); };
  box.addEventListener("mouseenter", hold);
  box.addEventListener("mouseleave", go);
  box.addEventListener("focusin", hold);
  box.addEventListener("focusout", go);
}

// What was undone may stand anywhere on the page: unless the answer says itself what to change, the page is read anew.
async function takeBack(path) {
  const headers = { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") };
  const answer = await fetch(path, { method: "POST", headers }).catch(() => null);
  if (!answer?.ok) {
    hear(answer?.headers.get("HX-Trigger"));
    if (!answer?.headers.get("HX-Trigger")) failed();
    return;
  }
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere?.startsWith("/")) { location.assign(elsewhere); return; }
  hear(answer.headers.get("HX-Trigger"));
  if (!answer.headers.get("HX-Trigger")?.includes("undone")) location.reload();
}

function hear(header) {
  if (!header) return;
  for (const [name, detail] of Object.entries(JSON.parse(header))) {
    document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

export function failed() {
  const place = document.getElementById("toasts");
  if (place) toast({ text: place.dataset.failed, tone: "bad" });
}

document.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail));
document.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Trigger")) failed();
});
document.addEventListener("htmx:sendError", failed);

const kept = document.cookie.split("; ").find((one) => one.startsWith("ritm_toast="));
if (kept) {
  document.cookie = "ritm_toast=; path=/; max-age=0; samesite=lax";
  // Django quotes a cookie's value when it holds characters that cookies may not.
  toast(JSON.parse(decodeURIComponent(kept.slice("ritm_toast=".length).replace(/^"|"$/g, ""))));
}
