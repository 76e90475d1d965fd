// What is to go along with the next message: picked, dropped or pasted, sent up at once with its progress shown.

import { byId, config, copy, t } from "./boot.js";
import { keepPreview } from "./log.js";
import { connect, talk, token } from "./talk.js";
import { fileSize, percent } from "./text.js";

const tray = byId("tray");
const trouble = byId("trouble");
let picked = []; // {file, node, request, answer}
let onReady = () => {};

export const whenReady = (then) => (onReady = then);
export const uploading = () => picked.some((it) => !it.answer);
export const anyPicked = () => picked.length > 0;

// Gives up what was sent up, for the message, and empties the tray.
export function take() {
  const files = picked.map((it) => it.answer);
  picked = [];
  tray.replaceChildren();
  complain("");
  return files;
}

// Another visitor's files are not this one's.
export function drop() {
  for (const it of picked) it.request?.abort();
  picked = [];
  tray.replaceChildren();
}

export function complain(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
}

export function add(files) {
  complain("");
  for (const file of files) {
    if (picked.length >= talk.limits.files) return complain(t("widget.file.too_many", { n: talk.limits.files }));
    const refused = misfit(file);
    if (refused) complain(refused);
    else begin(file);
  }
}

function misfit(file) {
  const name = file.name;
  if (!file.size) return t("widget.file.empty", { name });
  if (file.size > talk.limits.file) return t("widget.file.too_large", { name, limit: fileSize(talk.limits.file) });
  return "";
}

function begin(file) {
  const node = copy("picked");
  const it = { file, node, request: null, answer: null };
  picked.push(it);
  node.querySelector("b").textContent = file.name;
  node.querySelector("small").textContent = fileSize(file.size);
  const image = node.querySelector("img");
  if (/^image\/(png|jpeg|gif|webp)$/.test(file.type)) image.src = it.preview = URL.createObjectURL(file);
  else image.remove();
  const bin = node.querySelector("button");
  bin.setAttribute("aria-label", t("widget.remove", { name: file.name }));
  bin.onclick = () => remove(it);
  const bar = node.querySelector("progress");
  bar.setAttribute("aria-label", t("widget.file.uploading", { name: file.name }));
  tray.append(node);
  connect();
  sendUp(it, bar);
}

function remove(it) {
  it.request?.abort();
  if (it.preview) URL.revokeObjectURL(it.preview);
  picked = picked.filter((other) => other !== it);
  const next = it.node.nextElementSibling ?? it.node.previousElementSibling;
  it.node.remove();
  (next?.querySelector("button") ?? byId("text")).focus();
  onReady();
}

// Whoever has no token yet gets it with the first connection: what is picked before waits for it.
export function resume() {
  for (const it of picked) if (!it.request) sendUp(it, it.node.querySelector("progress"));
}

function sendUp(it, bar) {
  if (!token()) return;
  const request = (it.request = new XMLHttpRequest());
  const form = new FormData();
  form.append("file", it.file, it.file.name);
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    bar.value = event.loaded / event.total;
    bar.textContent = percent(bar.value);
  };
  request.onload = () => (request.status === 200 ? arrived(it) : refused(it, request));
  request.onerror = () => refused(it, request);
  request.open("POST", config.upload);
  request.responseType = "json";
  request.setRequestHeader("X-Visitor", token());
  request.send(form);
}

function arrived(it) {
  it.answer = it.request.response;
  if (it.preview) keepPreview(it.answer.id, it.preview);
  it.node.classList.add("here");
  onReady();
}

function refused(it, request) {
  const words = request.response?.words; // gone once it is aborted
  remove(it);
  complain(typeof words === "string" ? words : t("widget.file.failed", { name: it.file.name }));
}

let depth = 0;

function dragged(event, change) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  depth = Math.max(0, depth + change);
  byId("drop").hidden = depth === 0;
}

document.addEventListener("dragenter", (event) => dragged(event, 1));
document.addEventListener("dragleave", (event) => dragged(event, -1));
document.addEventListener("dragover", (event) => dragged(event, 0));
document.addEventListener("drop", (event) => {
  depth = 1;
  dragged(event, -1);
  add(event.dataTransfer?.files ?? []);
});
byId("pick").accept = config.limits.types ?? "";
byId("pick").addEventListener("change", (event) => {
  add(event.target.files);
  event.target.value = "";
});
document.addEventListener("paste", (event) => {
  if (!event.clipboardData?.files.length) return;
  event.preventDefault();
  add(event.clipboardData.files);
});
