// The one script tag of the shop: a launcher, and the chat in a frame of our own origin. Needs nothing of the shop's page
// but that it may load this script and that frame; it writes no cookie and no inline style, so a strict policy lets it be.
//
//   <script>window.dragoman = { user, signature, locale }</script>   (optional; or data-user, data-signature, data-locale)
//   <script src="https://help.example/chat/shop/widget.js" async></script>
//
// Afterwards `dragoman.open(text)`, `dragoman.close()` and `dragoman.identify(user, signature)` may be called.

(() => {
  "use strict";

  const script = document.currentScript ?? [...document.scripts].find((it) => /\/chat\/[^/]+\/widget\.js/.test(it.src));
  if (!script || window.dragoman?.open) return;

  const base = new URL(".", script.src);
  const given = { ...script.dataset, ...window.dragoman };
  const locale = given.locale || document.documentElement.lang || navigator.language;
  const narrow = matchMedia("(max-width: 520px), (max-height: 420px)");
  let who = signed(given.user, given.signature);
  let shown = false;
  let put = null; // what to write in the box when it is opened

  const STYLE = `
    .root { position: fixed; z-index: 2147483000; inset-block-end: 20px; inset-inline-end: 20px; color-scheme: light dark; }
    button {
      position: relative; display: grid; place-items: center; width: 60px; height: 60px; margin: 0; padding: 0; border: 0;
      border-radius: 50%; background: var(--colour); color: var(--ink); cursor: pointer; -webkit-tap-highlight-color: transparent;
      box-shadow: 0 6px 22px rgb(0 0 0 / 22%), 0 1px 4px rgb(0 0 0 / 18%), inset 0 0 0 1px rgb(128 128 128 / 22%);
    }
    button:focus-visible { outline: 3px solid var(--colour); outline-offset: 3px; box-shadow: 0 0 0 3px #fff, 0 0 0 7px #111; }
    svg { grid-area: 1 / 1; width: 32px; height: 32px; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
    .down, .shown .talk { opacity: 0; transform: scale(.7); }
    .shown .down { opacity: 1; transform: none; }
    .badge {
      position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-width: 22px; height: 22px; padding: 0 6px;
      box-sizing: border-box; border: 2px solid #fff; border-radius: 11px; background: #c5221f; color: #fff;
      font: 700 12px/18px system-ui, sans-serif; text-align: center;
    }
    .sheet {
      position: absolute; inset-block-end: 76px; inset-inline-end: 0; width: 396px; height: min(680px, 100vh - 116px);
      height: min(680px, 100dvh - 116px); overflow: hidden; border-radius: 18px; background: #fff; visibility: hidden; opacity: 0;
      box-shadow: 0 18px 60px rgb(0 0 0 / 26%), 0 2px 10px rgb(0 0 0 / 12%); transform: translateY(14px) scale(.985); transform-origin: bottom right;
    }
    [dir=rtl] .sheet { transform-origin: bottom left; }
    .shown .sheet { visibility: visible; opacity: 1; transform: none; }
    iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: light dark; }
    [hidden] { display: none; }
    @media (prefers-color-scheme: dark) { .sheet { background: #16191d; } }
    @media (max-width: 520px), (max-height: 420px) {
      .sheet {
        position: fixed; inset: var(--top, 0) 0 auto; box-sizing: border-box; width: auto; height: var(--tall, 100dvh); border-radius: 0;
        padding: env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left);
        box-shadow: none; transform: translateY(24px);
      }
      .root { inset-block-end: max(16px, env(safe-area-inset-bottom)); inset-inline-end: 16px; }
      .shown button { visibility: hidden; }
    }
    @media (prefers-reduced-motion: no-preference) {
      .sheet { transition: opacity .16s ease-out, transform .2s cubic-bezier(.2, .8, .3, 1), visibility 0s .2s; }
      .shown .sheet { transition-delay: 0s; }
      svg { transition: opacity .14s, transform .18s; }
      button:active { transform: scale(.96); }
    }
    @media print { .root { display: none; } }`;

  const host = document.createElement("dragoman-chat");
  host.style.setProperty("all", "initial", "important");
  const shadow = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];

  const root = made("div", { class: "root", hidden: "" });
  const panel = made("div", { class: "sheet" });
  const frame = made("iframe", {
    allow: "camera 'none'; microphone 'none'; geolocation 'none'; payment 'none'",
    referrerpolicy: "origin",
  });
  const launcher = made("button", { type: "button", "aria-expanded": "false" });
  const badge = made("span", { class: "badge", "aria-hidden": "true", hidden: "" });
  launcher.append(
    drawn("talk", "M12 3.500c-5.200 0-9.300 3.400-9.300 7.800 0 2.300 1.200 4.400 3.100 5.800l-.7 3.900 4.100-2.200c.9.200 1.800.300 2.800.300 5.200 0 9.300-3.400 9.300-7.800S17.200 3.500 12 3.500ZM8 11.300h.01m3.990 0h.01m3.990 0h.01"),
    drawn("down", "m6 9.500 6 5.500 6-5.500"),
    badge,
  );
  panel.append(frame);
  root.append(panel, launcher);
  shadow.append(root);

  const address = new URL("frame", base);
  address.search = new URLSearchParams({ locale, origin: location.origin });

  function made(tag, attributes) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  }

  function drawn(name, d) {
    const make = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
    const svg = make("svg");
    const path = make("path");
    path.setAttribute("d", d);
    for (const [key, value] of [["class", name], ["viewBox", "0 0 24 24"], ["aria-hidden", "true"]]) svg.setAttribute(key, value);
    svg.append(path);
    return svg;
  }

  // The shop signed a text; what is no text is written as JavaScript writes it.
  function signed(user, signature) {
    return { user: user && typeof user !== "string" ? JSON.stringify(user) : user, signature };
  }

  const tell = (type, more = {}) => frame.contentWindow?.postMessage({ dragoman: type, ...more }, base.origin);

  function show(yes, { focus = true } = {}) {
    if (shown === yes) return;
    shown = yes;
    root.classList.toggle("shown", yes);
    launcher.setAttribute("aria-expanded", String(yes));
    holdPage(yes && narrow.matches);
    if (yes && focus) frame.focus();
    tell(yes ? "shown" : "hidden", { focus, put, narrow: narrow.matches });
    put = null;
    label();
    if (!yes && focus) launcher.focus();
  }

  // On a phone the chat is a sheet over everything: what lies behind it neither scrolls nor takes the focus.
  let held = null;

  function holdPage(yes) {
    if (yes === Boolean(held)) return;
    const page = document.documentElement;
    if (yes) {
      const behind = [...document.body.children].filter((it) => it !== host && !it.inert);
      held = { overflow: page.style.overflow, behind };
      page.style.overflow = "hidden";
      for (const it of behind) it.inert = true;
    } else {
      page.style.overflow = held.overflow;
      for (const it of held.behind) it.inert = false;
      held = null;
    }
  }

  // The keyboard of a phone covers the page and does not shrink it: what is still seen of it is the sheet.
  function fit() {
    const seen = window.visualViewport;
    if (!seen) return;
    const zoomed = seen.scale > 1.01;
    root.style.setProperty("--tall", zoomed ? "100dvh" : `${seen.height}px`);
    root.style.setProperty("--top", zoomed ? "0px" : `${seen.offsetTop}px`);
  }

  let words = { open: "", close: "", unread: "" };
  let unread = 0;

  // In the frame's words, which know the language.
  function learn(message) {
    words = { ...words, ...message.words };
    root.style.setProperty("--colour", message.colour);
    root.style.setProperty("--ink", message.ink);
    root.dir = message.dir;
    frame.title = message.title;
    label();
  }

  function label() {
    launcher.setAttribute("aria-label", shown ? words.close : unread ? words.unread : words.open);
    launcher.title = shown ? words.close : words.open;
    badge.hidden = shown || !unread;
    badge.textContent = unread > 99 ? "99+" : unread || "";
  }

  const hears = {
    ready(message) {
      learn(message);
      root.hidden = false;
      tell("init", { ...who, page: location.origin + location.pathname, narrow: narrow.matches });
      if (shown) tell("shown", { focus: false, narrow: narrow.matches });
      else if (put !== null) show(true);
      else if (message.open && !narrow.matches) show(true, { focus: false });
    },
    words: learn,
    unread(message) {
      unread = message.count;
      words.unread = message.label;
      label();
    },
    close: () => show(false),
  };

  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== base.origin) return;
    const type = event.data?.dragoman;
    if (Object.hasOwn(hears, type)) hears[type](event.data);
  });
  launcher.addEventListener("click", () => show(!shown));
  narrow.addEventListener("change", () => holdPage(shown && narrow.matches));
  window.visualViewport?.addEventListener("resize", fit);
  window.visualViewport?.addEventListener("scroll", fit);
  fit();

  window.dragoman = Object.assign(window.dragoman ?? {}, {
    open(text = "") {
      put = String(text);
      if (root.hidden) return; // it opens when it is ready
      if (shown) tell("shown", { focus: true, put, narrow: narrow.matches });
      else return show(true);
      frame.focus();
      put = null;
    },
    close: () => show(false),
    identify(user, signature) {
      who = signed(user, signature);
      tell("init", { ...who, page: location.origin + location.pathname, narrow: narrow.matches });
    },
  });

  function begin() {
    frame.src = address;
    document.body.append(host);
  }

  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin, { once: true });
})();
