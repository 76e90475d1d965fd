// The page in the shop's frame: puts the parts together, and speaks with the loader on the shop's own page.

import { byId, config, learn, setText, speakIn, spoken, t } from "./boot.js";
import { drop, resume } from "./files.js";
import { keeper } from "./keep.js";
import { drawEntries, redrawEntries } from "./log.js";
import { chooseLanguage, chosenLanguage, connect, forThisTab, giveEmail, markSeen, meet, onChange, talk, unread } from "./talk.js";
import { comingTime } from "./text.js";
import { paint } from "./theme.js";
import { boxIsEmpty, focusBox, lookAtBox, takeUpDraft, write } from "./write.js";

const FLICKER = 1_500; // a gap that short is not worth a word
const NEAR = 80;
const log = byId("talk");
const memory = keeper(null, "session");
let shown = false;
let below = true; // the end of the talk is in view
let asked = true;

const colours = paint(config.colour);

function draw() {
  const grew = log.dataset.last !== String(talk.entries.length + talk.waiting.length);
  log.dataset.last = String(talk.entries.length + talk.waiting.length);
  log.setAttribute("aria-busy", String(talk.catchingUp));
  drawTeam();
  drawEmail();
  drawEntries();
  byId("typing").hidden = !talk.typing;
  if (grew && mineIsLast()) below = true;
  if (below) toEnd();
  if (talk.phase === "up") resume();
  drawBar();
  lookAtBox();
  look();
}

const mineIsLast = () => talk.waiting.length > 0;

function drawTeam() {
  const { title, opens_at } = talk.team;
  const open = talk.team.open && !talk.team.ask_email; // whom it asks for an address, it has nobody for
  setText(byId("title"), title);
  setText(byId("face"), [...title][0] ?? "");
  const away = opens_at ? t("widget.back", { when: comingTime(new Date(opens_at)) }) : t("widget.away");
  setText(byId("presence"), open ? t("widget.here") : away);
  byId("presence").parentNode.classList.toggle("open", open);
  setText(byId("about"), open ? t("widget.about_here") : t("widget.about_away"));
}

// Asked once they have written, when nobody is there; one may go on without.
function drawEmail() {
  const wrote = talk.waiting.length || talk.entries.some((it) => it.kind === "customer");
  const form = byId("ask");
  form.hidden = !(talk.team.ask_email && wrote && asked && !talk.email);
  const refused = byId("email-wrong");
  if (talk.emailRefused) Object.assign(refused, { textContent: talk.emailRefused, hidden: false });
  byId("thanks").hidden = !talk.email;
  setText(byId("thanks"), t("widget.email.saved", { email: talk.email }));
}

let gap = 0;

function drawBar() {
  const gone = talk.words || t("widget.offline");
  const words = { down: gone, connecting: gone, refused: talk.words || t("widget.refused"), up: talk.notice }[talk.phase];
  if (!words) {
    clearTimeout(gap);
    gap = 0;
    byId("bar").hidden = true;
  } else if (["refused", "up"].includes(talk.phase) || !navigator.onLine) showBar(words);
  else gap ||= setTimeout(showBar, FLICKER, words);
}

function showBar(words) {
  setText(byId("bar"), words);
  byId("bar").hidden = false;
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
}

// What is in view is seen; the rest is counted, here and on the launcher.
function look() {
  const looking = shown && !document.hidden;
  if (looking && below && !talk.catchingUp) markSeen();
  const n = unread();
  byId("newer").hidden = below || !n;
  setText(byId("newer-words"), t("widget.newer", { n }));
  document.title = n ? `(${n}) ${talk.team.title}` : talk.team.title;
  tell("unread", { count: n, label: t("widget.open_unread", { n }) });
}

log.addEventListener("scroll", () => {
  below = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  look();
});
new ResizeObserver(() => below && toEnd()).observe(log);
// A picture that arrives makes the talk longer.
log.addEventListener("load", () => below && toEnd(), true);
byId("newer").addEventListener("click", () => {
  below = true;
  toEnd();
  look();
  focusBox();
});
document.addEventListener("visibilitychange", draw);

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = byId("email");
  const wrong = !field.value.trim() || !field.checkValidity();
  field.setAttribute("aria-invalid", String(wrong));
  byId("email-wrong").hidden = !wrong;
  setText(byId("email-wrong"), wrong ? t("widget.email.wrong") : "");
  if (wrong) return field.focus();
  asked = "given";
  giveEmail(field.value.trim());
  focusBox();
});
byId("not-now").addEventListener("click", () => {
  asked = false;
  forThisTab().set("no email", true);
  draw();
  focusBox();
});

const language = byId("language");
for (const { tag, name } of offered()) language.append(new Option(plainName(tag, name), tag));
byId("languages").hidden = config.languages.length < 2;
language.addEventListener("change", () => {
  chooseLanguage(language.value);
  showIn(language.value);
});

// Who came in a language that is not among them need not change it.
function offered() {
  if (config.languages.some((it) => it.tag === spoken.tag)) return config.languages;
  const name = new Intl.DisplayNames([spoken.tag], { type: "language" }).of(spoken.tag);
  return [{ tag: spoken.tag, name }, ...config.languages];
}

// "中文" is enough where there is no other Chinese.
function plainName(tag, name) {
  const alike = config.languages.filter((it) => it.tag.split("-")[0] === tag.split("-")[0]);
  return alike.length > 1 ? name : name.replace(/ \(.*\)$/, "");
}

let wanted = "";

async function showIn(tag) {
  wanted = tag;
  await learn(tag);
  if (wanted !== tag) return; // another was chosen while its words were on their way
  speakIn(tag);
  language.value = spoken.tag;
  redrawEntries();
  draw();
  introduce();
}

// The loader. Both sides look whom they hear, and name whom they speak to.
function tell(type, more = {}) {
  window.parent.postMessage({ dragoman: type, ...more }, config.origin);
}

const hears = {
  init(message) {
    if (!meet(message.user, message.signature, message.page)) return;
    drop();
    takeUpDraft();
    asked = !forThisTab().get("no email");
    if (chosenLanguage() && chosenLanguage() !== spoken.tag) showIn(chosenLanguage());
  },
  shown(message) {
    shown = true;
    memory.set("open", true);
    connect();
    if (message.put && boxIsEmpty()) write(message.put);
    toEnd();
    if (message.focus) focusBox();
    look();
  },
  hidden() {
    shown = false;
    memory.set("open", false);
    look();
  },
};

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || event.origin !== config.origin) return;
  const type = event.data?.dragoman;
  if (Object.hasOwn(hears, type)) hears[type](event.data);
});

function leave() {
  hears.hidden(); // at once: what arrives until the loader answers is not seen
  tell("close");
}

byId("close").addEventListener("click", leave);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) leave();
});

// What the launcher must know; said again in another language.
function introduce(type = "words") {
  const words = { open: t("widget.open"), close: t("widget.close") };
  const title = t("widget.label", { title: config.title });
  document.querySelector("main").setAttribute("aria-label", title);
  tell(type, { ...colours, words, title, dir: spoken.dir, open: memory.get("open") === true });
}

onChange(draw);
showIn(spoken.tag).then(() => introduce("ready"));
