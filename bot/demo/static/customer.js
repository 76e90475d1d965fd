// The customer's phone: shows the conversation, sends words and files, and says "read" while it is looked at.

const byId = (id) => document.getElementById(id);
const people = [...document.querySelectorAll(".person")];
const talk = byId("talk");
const text = byId("text");
const locale = document.documentElement.lang;
let chosen = null;
let base = null;
let since = 0;

const ROOT = "/demo/customer";
const post = (path, body) =>
  fetch(`${ROOT}/${chosen.phone}/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const hour = (at, zone) => new Intl.DateTimeFormat(locale, { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
const SINGLE = "m4 12.500 4.500 4.500L18 7.500";
const DOUBLE = "m1.500 12.500 4.500 4.500L15.500 7.500M9.500 15l2 2L21 7.500";

function node(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter(Boolean));
  return made;
}

function ticks(status) {
  const path = { sent: SINGLE, accepted: SINGLE, delivered: DOUBLE, read: DOUBLE, played: DOUBLE }[status];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 22 22", width: 15, height: 15, fill: "none", "aria-label": status, role: "img" })) svg.setAttribute(key, value);
  for (const [key, value] of Object.entries({ d: path ?? SINGLE, stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round" })) line.setAttribute(key, value);
  if (status === "read" || status === "played") svg.classList.add("read");
  svg.append(line);
  return svg;
}

function draw(messages) {
  const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60;
  const shown = messages.filter((message) => message.mine || message.status !== "failed").map(drawMessage);
  talk.replaceChildren(...(shown.length ? shown : [node("p", "empty", talk.dataset.empty)]));
  if (atEnd) talk.scrollTop = talk.scrollHeight;
}

function drawMessage(message) {
  const bubble = node("div", message.mine ? "msg mine" : "msg");
  if (message.file) bubble.append(drawFile(message));
  if (message.deleted) bubble.append(node("p", "gone", talk.dataset.deleted));
  if (message.text) {
    const words = node("p", "", message.text);
    words.dir = "auto";
    bubble.append(words);
  }
  bubble.append(node("div", "meta", hour(new Date(message.at), chosen.zone), message.mine && ticks(message.status)));
  if (message.reactions.length) bubble.append(node("span", "mood", message.reactions.join("")));
  return bubble;
}

function drawFile(message) {
  const address = `${ROOT}/files/${encodeURIComponent(message.id)}`;
  if (/^image\/(png|jpeg|gif|webp)/.test(message.file.mime)) {
    const image = node("img");
    Object.assign(image, { src: address, alt: message.file.name, loading: "lazy" });
    return image;
  }
  const link = node("a", "doc", message.file.name || message.file.mime);
  Object.assign(link, { href: address, download: message.file.name });
  return link;
}

let asking = null;

// Many hints become one question.
async function refresh() {
  if (asking) return void (asking.again = true);
  const mine = (asking = { again: false });
  const { phone } = chosen;
  const answer = await fetch(`${ROOT}/${phone}`).then((response) => response.json(), () => null);
  asking = null;
  if (answer && phone === chosen.phone) {
    base = Date.parse(answer.now);
    since = performance.now();
    draw(answer.messages);
    showTimes();
    const unread = answer.messages.some((message) => !message.mine && ["sent", "delivered"].includes(message.status));
    if (unread && !document.hidden) await post("read", {});
  }
  if (mine.again || phone !== chosen.phone) refresh();
}

function showTimes() {
  if (base === null) return;
  for (const person of people) person.querySelector("time").textContent = `${person.dataset.zone.split("/").pop().replace("_", " ")} · ${hour(base + performance.now() - since, person.dataset.zone)}`;
}

function choose(person) {
  chosen = { phone: person.dataset.phone, zone: person.dataset.zone };
  for (const other of people) other.setAttribute("aria-pressed", String(other === person));
  byId("house").textContent = person.dataset.house;
  person.querySelector(".unread").hidden = true;
  talk.replaceChildren();
  location.hash = chosen.phone;
  refresh();
}

async function send() {
  const words = text.value.trim();
  if (!words) return;
  text.value = "";
  fit();
  const answer = await post("say", { text: words }).catch(() => null);
  if (!answer?.ok) text.value = words;
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
  document.querySelector(".go").disabled = !text.value.trim();
}

async function sendFile(file) {
  const form = new FormData();
  form.append("file", file, file.name);
  await fetch(`${ROOT}/${chosen.phone}/file`, { method: "POST", body: form }).catch(() => null);
}

function listen(wait = 500) {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${ROOT}/live`);
  socket.onopen = () => ((wait = 500), refresh());
  socket.onmessage = (event) => {
    const { phone } = JSON.parse(event.data);
    if (phone === chosen.phone) refresh();
    else people.find((person) => person.dataset.phone === phone)?.querySelector(".unread").removeAttribute("hidden");
  };
  socket.onclose = () => setTimeout(listen, wait, Math.min(wait * 2, 10000));
}

for (const person of people) person.addEventListener("click", () => choose(person));
byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
text.addEventListener("input", fit);
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
byId("file").addEventListener("change", (event) => {
  for (const file of event.target.files) sendFile(file);
  event.target.value = "";
});
document.addEventListener("visibilitychange", () => document.hidden || refresh());
setInterval(showTimes, 1000);
choose(people.find((person) => person.dataset.phone === location.hash.slice(1)) ?? people[0]);
fit();
listen();
