// The conversation: what was said, what waits to be sent, who is there. Draws nothing; `onChange` is told of every change.

import { config, spoken } from "./boot.js";
import { keeper, onOthers } from "./keep.js";
import { makeLine } from "./line.js";

const TYPING_TOLD = 3_000;
const TYPING_LASTS = 6_000;
const TOO_FAST = 10_000; // the server's word for "not so fast": a while later it takes it
const ORPHAN = 10_000; // after which another page's message, still not taken, is sent from here

const fresh = () => ({
  entries: [], // {seq, kind, id, text, files, at, author}, in order
  waiting: [], // {id, text, files, at, failed}: ours, not in the log yet
  read: 0, // the team saw our words up to here
  seen: 0, // we saw theirs up to here
  email: "", // given on this page
  emailRefused: "",
  typing: false,
  catchingUp: false,
});

export const talk = {
  ...fresh(),
  team: { title: config.title, open: true, opens_at: null, ask_email: false },
  limits: config.limits,
  phase: "idle", // idle, connecting, up, down, refused
  words: "", // why the server would not have us
  notice: "", // what it would have us know
};

let who = {};
let page = "";
let keep = keeper();
let changed = () => {};
let upTo = 0; // the newest entry when the connection came up
let sentToken = ""; // with the last hello
const sentFiles = new Map(); // id of what was said -> its files
let pause = 0; // timer: the server would have us wait

export function onChange(draw) {
  let due = false;
  changed = () => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      draw();
    });
  };
}

const line = makeLine({
  path: config.socket,
  hello() {
    sentToken = token();
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
    return { token: sentToken, after: lastSeq(), locale: spoken.tag, zone, page, ...who };
  },
  onFrame: (frame) => Object.hasOwn(hears, frame.type) && (hears[frame.type](frame), changed()),
  onState(phase) {
    talk.phase = phase;
    if (phase !== "up") talk.typing = false;
    changed();
  },
});

const lastSeq = () => talk.entries.at(-1)?.seq ?? 0;
export const token = () => keep.get("token") ?? "";
export const filesOf = (id) => sentFiles.get(id) ?? [];
export const unread = () => talk.entries.filter((it) => it.kind === "agent" && it.seq > talk.seen).length;

// Who writes, and from which page of the shop; told by the loader, and again when somebody signs in or out there.
// `user` is the text that the shop signed. False when it is who it was.
export function meet(user, signature, where) {
  const first = page === "";
  const met = keeper(idIn(user));
  page = where || location.href;
  who = user ? { user, signature } : {};
  if (!first && met.prefix === keep.prefix) return false;
  keep = met;
  Object.assign(talk, fresh(), { seen: keep.get("seen") ?? 0, waiting: kept() });
  changed();
  if (!first && talk.phase !== "idle") line.again();
  else if (token() || talk.waiting.length) line.open();
  return true;
}

// What this tab alone remembers of them.
export const forThisTab = () => keeper(idIn(who.user), "session");

function idIn(user) {
  try {
    return JSON.parse(user).id;
  } catch {
    return undefined;
  }
}

export const chosenLanguage = () => keep.get("language") ?? "";

export const connect = () => talk.phase === "idle" && line.open();

const kept = () => keep.names("out:").map(keep.get).filter((it) => it?.id);

function forget() {
  keep.drop("seen");
  Object.assign(talk, { entries: [], read: 0, seen: 0 });
}

const hears = {
  welcome(frame) {
    // Another page of this browser was faster: one visitor is enough.
    if (frame.fresh && !sentToken && token()) return line.again();
    if (frame.fresh) forget();
    if (frame.seq < lastSeq()) return forget(), line.again(); // the server knows less than before: a backup
    keep.set("token", frame.token);
    Object.assign(talk.limits, frame.limits);
    hears.team(frame.team);
    talk.words = talk.notice = "";
    talk.read = Math.max(talk.read, frame.read);
    talk.seen = Math.max(talk.seen, frame.seen);
    upTo = frame.seq;
    talk.catchingUp = upTo > lastSeq();
    takeUp();
    const details = keep.get("details");
    if (details) line.send("details", details);
    if (lastSeq()) line.send("ack", { delivered: lastSeq(), seen: Math.min(talk.seen, lastSeq()) });
    clearTimeout(pause);
    pause = 0;
    transmitAll();
  },

  entry(frame) {
    if (frame.seq <= lastSeq()) return;
    talk.entries.push(frame);
    if (frame.id) settle(frame.id);
    if (frame.kind === "agent") talk.typing = false;
    tellDelivered();
  },

  taken(frame) {
    keep.drop(`out:${frame.id}`);
    const mine = talk.waiting.find((it) => it.id === frame.id);
    if (mine) mine.sent = true;
    if (talk.entries.some((it) => it.id === frame.id)) settle(frame.id);
  },

  refused(frame) {
    const mine = talk.waiting.find((it) => it.id === frame.id);
    if (mine && ["too_fast", "internal"].includes(frame.code)) pause ||= setTimeout(resume, TOO_FAST);
    else if (mine) fail(mine, frame.words);
    else if (frame.code === "bad_email") {
      keep.drop("details");
      Object.assign(talk, { email: "", emailRefused: frame.words });
    } else if (frame.code === "bad_user") talk.notice = frame.words;
    else if (["busy", "too_many"].includes(frame.code)) talk.words = frame.words;
  },

  noted: () => keep.drop("details"),
  team: (frame) => Object.assign(talk.team, frame),
  read: (frame) => (talk.read = Math.max(talk.read, frame.seq)),
  seen: (frame) => (talk.seen = Math.max(talk.seen, frame.seq)), // on another page

  typing(frame) {
    talk.typing = Boolean(frame.on);
    clearTimeout(typingEnds);
    if (frame.on) typingEnds = setTimeout(() => ((talk.typing = false), changed()), TYPING_LASTS);
  },
};

let typingEnds = 0;
let delivering = false;

// Many entries at once are one ack.
function tellDelivered() {
  if (delivering) return;
  delivering = true;
  setTimeout(() => {
    delivering = false;
    talk.catchingUp = lastSeq() < upTo;
    line.send("ack", { delivered: lastSeq() });
    changed();
  }, 50);
}

// The visitor looks at the end of the talk.
export function markSeen() {
  if (lastSeq() <= talk.seen) return;
  talk.seen = lastSeq();
  keep.set("seen", talk.seen);
  line.send("ack", { delivered: talk.seen, seen: talk.seen });
  changed();
}

let newest = 0;

// They sort as they were made.
function newId() {
  newest = Math.max(Date.now(), newest + 1);
  const random = crypto.getRandomValues(new Uint32Array(2));
  return `${newest.toString(36)}-${random[0].toString(36)}${random[1].toString(36)}`;
}

// Kept first, then sent: a page that closes now has lost nothing.
export function say(text, files) {
  const mine = { id: newId(), text, files, at: new Date().toISOString() };
  sentFiles.set(mine.id, files);
  keep.set(`out:${mine.id}`, mine);
  talk.waiting.push(mine);
  typed(false);
  transmit(mine);
  connect();
  changed();
}

// While one waits, those after it wait too.
function transmit(it) {
  if (talk.phase !== "up" || pause || it.failed) return;
  line.send("say", { id: it.id, text: it.text, files: it.files.map((file) => file.id) });
}

const transmitAll = () => talk.waiting.filter((it) => !it.sent).forEach(transmit);

function resume() {
  pause = 0;
  transmitAll();
}

function settle(id) {
  keep.drop(`out:${id}`);
  talk.waiting = talk.waiting.filter((it) => it.id !== id);
}

function fail(it, words) {
  it.failed = words || true;
  keep.set(`out:${it.id}`, it);
}

export function again(id) {
  const mine = talk.waiting.find((it) => it.id === id);
  if (!mine) return;
  delete mine.failed;
  keep.set(`out:${id}`, mine);
  transmit(mine);
  changed();
}

export function discard(id) {
  settle(id);
  changed();
}

// What other pages left behind.
function takeUp() {
  for (const it of kept()) if (!talk.waiting.some((mine) => mine.id === it.id)) talk.waiting.push(it);
}

onOthers(
  () => keep,
  (name) => {
    if (name === "seen") talk.seen = Math.max(talk.seen, keep.get("seen") ?? 0);
    else if (name.startsWith("out:") && keep.get(name)) setTimeout(adopt, ORPHAN, keep, name);
    changed();
  },
);

function adopt(from, name) {
  if (from !== keep || !keep.get(name)) return;
  takeUp();
  const mine = talk.waiting.find((it) => name.endsWith(it.id));
  if (mine) transmit(mine);
  changed();
}

let toldTyping = 0; // when, while they do

export function typed(on) {
  const now = performance.now();
  if (on ? toldTyping && now - toldTyping < TYPING_TOLD : !toldTyping) return;
  if (line.send("typing", { on })) toldTyping = on ? now : 0;
}

export function giveEmail(email) {
  keep.set("details", { email });
  Object.assign(talk, { email, emailRefused: "" });
  line.send("details", { email });
  changed();
}

// Which language the visitor would be answered in: remembered here and by the server.
export function chooseLanguage(tag) {
  keep.set("language", tag);
  line.send("language", { locale: tag });
}
