// The catalogue's words, and times in the viewer's language and zone. The clock is the server's, and runs at its speed.

import { boot } from "./boot.js";

const plural = new Intl.PluralRules(boot.locale);
let base = Date.parse(boot.now);
let since = performance.now();
export let speed = boot.speed;

export function t(key, params = {}) {
  const text = boot.words[key];
  if (text === undefined) return key;
  const form = typeof text === "string" ? text : text[plural.select(params.n)] ?? text.other;
  return form.replace(/\{([a-z_]+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

// Every answer tells the time: `moment` is {now, speed}.
export function setMoment(moment) {
  if (!moment?.now) return;
  base = Date.parse(moment.now);
  since = performance.now();
  speed = moment.speed;
}

export const now = () => base + (performance.now() - since) * speed;

const formats = new Map();

export function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(boot.locale, { timeZone: zone, ...options }));
  return formats.get(key);
}

export const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

export const clock = (at, zone = boot.zone) => format(zone, HOUR).format(at);
export const fullTime = (at) => format(boot.zone, { dateStyle: "full", timeStyle: "short" }).format(at);
export const dayKey = (at, zone = boot.zone) => format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(at);

export function dayName(at) {
  const day = dayKey(at);
  if (day === dayKey(now())) return t("console.day.today");
  if (day === dayKey(now() - 86400e3)) return t("console.day.yesterday");
  return format(boot.zone, { weekday: "long", month: "long", day: "numeric" }).format(at);
}

// A clock on a wall elsewhere: "Sat 21:40".
export const wall = (at, zone) => format(zone, { weekday: "short", ...HOUR }).format(at);

// "Fri 10:15", or only the hour when it is today.
export const moment = (at) => (dayKey(at) === dayKey(now()) ? clock(at) : wall(at, boot.zone));

const UNITS = [["console.span.days", 86400], ["console.span.hours", 3600], ["console.span.minutes", 60]];

// A length of time in its two largest units: "2h 5m".
export function span(ms) {
  let rest = Math.floor(Math.abs(ms) / 1000);
  const parts = [];
  for (const [key, size] of UNITS) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n || parts.length) parts.push([key, n]);
    if (parts.length === 2) break;
  }
  if (!parts.length) return t("console.span.under_a_minute");
  return parts.filter(([, n], index) => n || !index).map(([key, n]) => t(key, { n })).join(" ");
}

// The shortest: "3m", "2h", "4d".
export function brief(ms) {
  const seconds = Math.abs(ms) / 1000;
  for (const [key, size] of UNITS) if (seconds >= size) return t(key, { n: Math.floor(seconds / size) });
  return t("console.span.now");
}

// "3m ago", or only "now".
export function ago(at) {
  const past = now() - at;
  return past < 60e3 ? t("console.span.now") : t("console.card.ago", { span: brief(past) });
}

const names = { language: null, region: null };

export function nameOf(type, code) {
  try {
    names[type] ??= new Intl.DisplayNames([boot.locale], { type });
    return names[type].of(code);
  } catch {
    return code;
  }
}

export function size(bytes) {
  if (bytes === null) return "";
  const unit = bytes < 1e6 ? "kilobyte" : "megabyte";
  const value = bytes < 1e6 ? Math.max(1, bytes / 1e3) : bytes / 1e6;
  const digits = { maximumFractionDigits: bytes < 1e6 ? 0 : 1 };
  return new Intl.NumberFormat(boot.locale, { style: "unit", unit, unitDisplay: "short", ...digits }).format(value);
}
