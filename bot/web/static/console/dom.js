// Building nodes. Data only ever becomes text or an attribute, never markup.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  inbox: "M3.500 13.500 6 5h12l2.500 8.500V19h-17zm0 0H9l1 2h4l1-2h5.500",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.500 8c.8-3.700 3.700-5.500 7.500-5.500s6.700 1.800 7.500 5.500",
  nobody: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.500 8c.6-2.800 2.400-4.500 4.800-5.200M16 16h5",
  flame: "M12 3.500 21 19.500H3zM12 10v4.500m0 2.300v.2",
  check: "m5 12.500 4.500 4.500L19 7",
  queue: "M4 6.500h16M4 12h16M4 17.500h10",
  bell: "M6.500 16.500V11a5.500 5.500 0 0 1 11 0v5.500l1.500 2H5zm3.500 4a2 2 0 0 0 4 0",
  back: "M14.500 5 8 12l6.500 7",
  more: "M5.500 12h.01M12 12h.01M18.500 12h.01",
  close: "m6 6 12 12M18 6 6 18",
  lock: "M6.500 11h11v8.500h-11zm2.500 0V8a3 3 0 0 1 6 0v3",
  send: "M4.500 12 20 4.500 16 20l-4-6.500zm7.500 1.500 8-9",
  command: "m6 8 4 4-4 4m6 1h6",
  clip: "m19.500 11.500-7.800 7.800a4.600 4.600 0 0 1-6.500-6.500l8-8a3.100 3.100 0 0 1 4.400 4.400l-7.800 7.800a1.500 1.500 0 0 1-2.200-2.200l7-7",
  file: "M6.500 3.500h7l4 4v13h-11zm7 0v4h4",
  help: "M9.200 9.200a2.900 2.900 0 1 1 4.300 2.600c-1 .6-1.500 1.100-1.500 2.200m0 3v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  down: "M6 9.500 12 15l6-5.500",
  edit: "M5 19h3.500L18.700 8.800a1.800 1.800 0 0 0 0-2.500l-1-1a1.800 1.800 0 0 0-2.500 0L5 15.500z",
  bin: "M5 7h14M9.500 7V4.500h5V7m2.500 0-.7 12.500H7.700L7 7",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-14v5l3.500 2",
  wrench: "M20 7.500a4.500 4.500 0 0 1-6 5L7.500 19 5 16.500l6.500-6.500a4.500 4.500 0 0 1 5-6l-2.500 3 .5 2 2 .5z",
};

export function icon(name, size = 18) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const attributes = { viewBox: "0 0 24 24", width: size, height: size, fill: "none", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const line = { stroke: "currentColor", "stroke-width": name === "more" ? 2.6 : 1.7 };
  line["stroke-linecap"] = line["stroke-linejoin"] = "round";
  for (const [key, value] of Object.entries({ ...line, d: PATHS[name] })) path.setAttribute(key, value);
  svg.append(path);
  return svg;
}

// h("button.small", {onclick, "aria-label": ...}, child, "text", [more], null)
export function h(what, props = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.classList.add(...value.split(" ").filter(Boolean));
    else if (key === "tick") ticking(node, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

export function fill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// A node whose text follows the clock: `draw(node)` is called now and every second while it stands in the page.
const drawn = new WeakMap();

function ticking(node, draw) {
  node.classList.add("tick");
  drawn.set(node, draw);
  draw(node);
}

export function tick() {
  for (const node of document.querySelectorAll(".tick")) drawn.get(node)?.(node);
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// A button that opens a menu below itself; `items` are made when it opens.
export function menuButton(button, menuClass, build) {
  const anchor = button.parentElement;
  let menu = null;
  const shut = (event) => {
    if (event && (menu.contains(event.target) || button.contains(event.target))) return;
    menu?.remove();
    menu = null;
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", shut, true);
  };
  button.setAttribute("aria-haspopup", "true");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    if (menu) return shut();
    menu = h(`div.menu${menuClass}`, { onkeydown: keysOf }, build(() => shut()));
    anchor.append(menu);
    button.setAttribute("aria-expanded", "true");
    menu.querySelector("button, a, select")?.focus({ preventScroll: true });
    document.addEventListener("pointerdown", shut, true);
  });
  function keysOf(event) {
    const items = [...menu.querySelectorAll("button, a, select")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      event.stopPropagation();
      shut();
      button.focus();
    } else if (step && event.target.tagName !== "SELECT") {
      event.preventDefault();
      items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
    }
  }
  return { shut: () => menu && shut(), refresh: () => menu && fill(menu, build(() => shut())), isOpen: () => Boolean(menu) };
}

export function toast(text, bad = false) {
  const node = h(`div.toast${bad ? ".bad" : ""}`, {}, text);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), 5000);
}
