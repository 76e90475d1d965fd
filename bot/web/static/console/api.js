// Asking the server. A session that ended leads to the sign-in page; every other failure is an ApiError with a code.

import { boot } from "./boot.js";
import { toast } from "./dom.js";
import { setMoment, t } from "./words.js";

class ApiError extends Error {
  constructor(status) {
    super(`answer ${status}`);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(`/console/api/${path}`, { credentials: "same-origin", ...options });
  } catch {
    throw new ApiError(0);
  }
  if (response.status === 401) {
    location.assign("/console/login");
    throw new ApiError(401);
  }
  if (!response.ok) throw new ApiError(response.status);
  const body = await response.json();
  setMoment(body);
  return body;
}

export const get = (path, query = {}) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "" && value !== null);
  return ask(`${path}?${new URLSearchParams(given)}`);
};

export const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": boot.csrf },
    body: JSON.stringify(body),
  });

// What makes a deed unique: sent again after a lost answer it is done once.
const newKey = () => [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, "0")).join("");

// `path` is a ticket's deed, or one outside any ticket. Tried again (with the same key) when the line was lost.
export async function deed(ticket, what, body) {
  const path = ticket ? `tickets/${ticket}/${what}` : what;
  const whole = { key: newKey(), ...body };
  try {
    return await post(path, whole);
  } catch (error) {
    if (error.status !== 0) throw error;
    return post(path, whole);
  }
}

export async function leave() {
  await fetch("/console/logout", { method: "POST", headers: { "X-CSRF-Token": boot.csrf } });
  location.assign("/console/login");
}

export function upload(file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", "/console/api/files");
    request.setRequestHeader("X-CSRF-Token", boot.csrf);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => (request.status === 200 ? resolve(request.response) : reject(new ApiError(request.status)));
    request.onerror = () => reject(new ApiError(0));
    request.send(form);
  });
}

export function complain(error) {
  if (!(error instanceof ApiError)) throw error;
  const words = {
    0: "console.error.offline",
    403: "console.error.forbidden",
    404: "console.error.gone",
    413: "console.error.too_large",
    503: "console.error.away",
  };
  if (error.status !== 401) toast(t(words[error.status] ?? "console.error.other"), true);
}
