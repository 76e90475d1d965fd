// The box one writes in: grows with the words, keeps the draft, says when they are too many.

import { byId, t } from "./boot.js";
import { anyPicked, complain, take, uploading, whenReady } from "./files.js";
import { forThisTab, say, talk, typed } from "./talk.js";

const text = byId("text");
const go = byId("send");
const count = byId("count");
let sendsWhenReady = false;

function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

function look() {
  const over = [...text.value].length - talk.limits.text;
  count.hidden = over <= 0;
  if (over > 0) count.textContent = t("widget.too_long", { n: over });
  const something = text.value.trim() || anyPicked();
  go.disabled = !something || over > 0 || talk.phase === "refused";
  return !go.disabled;
}

function send() {
  if (!look()) return;
  if (uploading()) {
    sendsWhenReady = true;
    return complain(t("widget.file.waiting"));
  }
  sendsWhenReady = false;
  say(text.value.trim(), take());
  write("");
}

export function write(words) {
  text.value = words;
  changed();
}

function changed() {
  forThisTab().set("draft", text.value);
  fit();
  look();
}

export const focusBox = () => text.focus({ preventScroll: true });
export const boxIsEmpty = () => !text.value;
export { look as lookAtBox };

byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
  focusBox();
});
text.addEventListener("input", () => {
  changed();
  typed(Boolean(text.value));
});
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  send();
});
text.addEventListener("blur", () => typed(false));
byId("clip").addEventListener("click", () => byId("pick").click());
whenReady(() => (sendsWhenReady && !uploading() ? send() : look()));

// What they had begun to write before the page changed.
export const takeUpDraft = () => write(forThisTab().get("draft") ?? "");
