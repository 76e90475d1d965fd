// Puts the page together: where we are (the address says so), the lists, the thread, the socket, the keys.

import { complain, get } from "./api.js";
import { makeBell } from "./bell.js";
import { makeDemoBar } from "./demo.js";
import { byId, setText, tick } from "./dom.js";
import { drawList } from "./list.js";
import { listen } from "./live.js";
import { drawNav } from "./nav.js";
import { Thread } from "./thread.js";
import { showTime, timeInAddress } from "./time/page.js";
import { drawTrouble } from "./trouble.js";
import { makeUserMenu, showKeys } from "./user.js";
import { t } from "./words.js";

const place = { view: "open", queue: "", q: "", page: "" };
let found = { rows: [], total: 0, views: {}, queues: {} };
const thread = new Thread({ open: (id) => openTicket(id) }, () => listSoon());
const bell = makeBell((id) => openTicket(id), (...deed) => thread.act(...deed));
makeUserMenu();
makeDemoBar();

async function loadList(more = false) {
  const asked = { ...place };
  try {
    const answer = await get("list", { view: place.view, queue: place.queue, q: place.q, offset: more ? found.rows.length : 0 });
    if (asked.view !== place.view || asked.queue !== place.queue || asked.q !== place.q) return;
    found = { ...answer, rows: more ? [...found.rows, ...answer.rows] : answer.rows };
    bell.setUnread(answer.unread);
    drawLists();
  } catch (error) {
    complain(error);
  }
}

let soon = null;

// Many hints become one question.
function listSoon() {
  soon ??= setTimeout(() => {
    soon = null;
    loadList();
  }, 250);
}

function drawLists() {
  drawNav(place, found, choose);
  drawList(place, found, thread.id, openTicket, () => loadList(true));
}

function choose(change) {
  Object.assign(place, { q: "" }, change);
  byId("search").value = "";
  if (place.page === "time") {
    history.pushState(null, "", "/console/time");
    openTime();
  } else if (place.page === "trouble") {
    leaveTicket("thread");
    drawTrouble(openTicket);
  } else if (!thread.id) {
    openTicket(null);
  }
  drawLists();
  loadList();
}

// The main part of the window becomes something else than a ticket.
function leaveTicket(screen) {
  thread.id = null;
  byId("app").dataset.screen = screen;
}

function openTime() {
  place.page = "time";
  leaveTicket("time");
  return showTime(() => openTicket(null));
}

function openTicket(id, { push = true } = {}) {
  place.page = "";
  byId("app").dataset.screen = id === null ? "list" : "thread";
  if (push) history.pushState(null, "", id === null ? "/console" : `/console/tickets/${id}`);
  const opened = thread.open(id);
  drawLists();
  return opened;
}

const ticketInAddress = () => Number(/^\/console\/tickets\/(\d+)$/.exec(location.pathname)?.[1]) || null;

// j and k walk through the list as it stands.
function step(by) {
  const ids = found.rows.map((row) => row.id);
  const at = ids.indexOf(thread.id);
  const next = ids[at < 0 ? 0 : Math.min(Math.max(at + by, 0), ids.length - 1)];
  const walking = document.activeElement.closest(".row");
  if (next && next !== thread.id) openTicket(next);
  const row = document.querySelector(`.row[data-ticket="${next}"]`);
  row?.scrollIntoView({ block: "nearest" });
  if (walking) row?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, dialog, .menu");
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing) {
    if (event.key === "Escape" && event.target.id === "search") event.target.blur();
    return;
  }
  const inList = event.target.closest(".row");
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    "/": () => byId("box")?.focus(),
    s: () => byId("search").focus(),
    "?": showKeys,
    Escape: () => thread.id && innerWidth <= 760 && openTicket(null),
    ...(inList ? { ArrowDown: () => step(1), ArrowUp: () => step(-1) } : {}),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

let searching = null;
byId("search").addEventListener("input", (event) => {
  clearTimeout(searching);
  searching = setTimeout(() => {
    place.q = event.target.value.trim();
    if (place.page === "time") openTicket(null); // what is found stands in the list
    loadList();
  }, 220);
});

byId("home").addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose({ view: "open", queue: "", page: "" });
  openTicket(null);
});

const openAddress = () => (timeInAddress() ? openTime() : openTicket(ticketInAddress(), { push: false }));

addEventListener("popstate", () => {
  openAddress();
  drawLists();
});
setInterval(tick, 1000);

listen({
  onHint(hint) {
    if (hint.tickets.some(([id]) => id === thread.id)) thread.load();
    if (hint.tickets.length || hint.notices) listSoon();
    if (hint.typing === thread.id) thread.box.showTyping();
  },
  onCatchUp() {
    thread.load();
    listSoon();
  },
  onState(state) {
    const node = byId("live");
    node.dataset.state = state;
    setText(node, t("console.live." + state));
  },
});

await openAddress();
await loadList();
