// Words and times as nodes and texts. What people wrote only ever becomes a text node or a checked address.

import { spoken } from "./boot.js";

const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"'，。；：！？、）】」》]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
const DAY = 86_400_000;

export function withLinks(text) {
  const made = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = trimmed(match[0]);
    const link = linkTo(found);
    if (!link) continue;
    made.append(text.slice(done, match.index), link);
    done = match.index + found.length;
  }
  made.append(text.slice(done));
  return made;
}

// A full stop or a closing bracket at the end belongs to the sentence, unless the bracket was opened in the address.
function trimmed(found) {
  let end = found;
  while (/[.,;:!?'"*_~\])}]$/.test(end)) {
    if (end.endsWith(")") && end.split("(").length >= end.split(")").length) break;
    end = end.slice(0, -1);
  }
  return end;
}

function linkTo(found) {
  const mail = !/^(https?:\/\/|www\.)/i.test(found);
  const address = parsed(target(found, mail));
  if (!address || !["http:", "https:", "mailto:"].includes(address.protocol)) return null;
  const link = document.createElement("a");
  link.href = address.href;
  link.dir = "ltr";
  link.textContent = found;
  if (!mail) Object.assign(link, { target: "_blank", rel: "noopener noreferrer nofollow" });
  return link;
}

const target = (found, mail) => (mail ? `mailto:${found}` : found.replace(/^www\./i, "https://www."));

function parsed(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

const formats = new Map();

function format(options) {
  const key = spoken.words + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(spoken.words, options));
  return formats.get(key);
}

const HOUR = { hour: "numeric", minute: "2-digit" };

export const clock = (at) => format(HOUR).format(at);
export const fullTime = (at) => format({ dateStyle: "full", timeStyle: "short" }).format(at);

const midnight = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate());
export const daysAgo = (at, now = new Date()) => Math.round((midnight(now) - midnight(at)) / DAY);

// "Today", "Yesterday", "Tuesday", "3 November", "3 November 2025"
export function dayName(at, now = new Date()) {
  const ago = daysAgo(at, now);
  if (ago === 0 || ago === 1) return capital(new Intl.RelativeTimeFormat(spoken.words, { numeric: "auto" }).format(-ago, "day"));
  if (ago > 1 && ago < 7) return capital(format({ weekday: "long" }).format(at));
  const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return format({ day: "numeric", month: "long", year }).format(at);
}

const capital = (word) => word.charAt(0).toLocaleUpperCase(spoken.words) + word.slice(1);

// When the team is back: "14:00", "Tue 09:00", "3 Dec, 09:00"
export function comingTime(at, now = new Date()) {
  const ahead = -daysAgo(at, now);
  if (ahead <= 0) return format(HOUR).format(at);
  return format(ahead < 7 ? { weekday: "short", ...HOUR } : { day: "numeric", month: "short", ...HOUR }).format(at);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

export function fileSize(bytes) {
  const step = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const maximumFractionDigits = step < 2 ? 0 : 1;
  const options = { style: "unit", unit: UNITS[step], unitDisplay: step ? "short" : "long", maximumFractionDigits };
  return new Intl.NumberFormat(spoken.words, options).format(bytes / 1000 ** step);
}

export const percent = (share) => new Intl.NumberFormat(spoken.words, { style: "percent" }).format(share);
