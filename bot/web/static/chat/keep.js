// What outlives the page: the token, what is still to be sent, what was seen. Where the browser forbids it (blocked
// third-party storage, private windows), it lives as long as the page does.

import { config } from "./boot.js";

class Memory {
  #held = new Map();
  getItem = (key) => this.#held.get(key) ?? null;
  setItem = (key, value) => void this.#held.set(key, value);
  removeItem = (key) => void this.#held.delete(key);
  keys = () => [...this.#held.keys()];
}

function usable(name) {
  try {
    const storage = window[name];
    storage.setItem("dragoman?", "1");
    storage.removeItem("dragoman?");
    return storage;
  } catch {
    return new Memory();
  }
}

const stores = { local: usable("localStorage"), session: usable("sessionStorage") };

// One for guests and one for each customer of the shop: who signs out must not leave their talk to the next one.
export function keeper(user, kind = "local") {
  const storage = stores[kind];
  const prefix = `dragoman:${config.inbox}:${user ? `user ${encodeURIComponent(user)}` : "guest"}:`;
  return {
    prefix,
    get(name) {
      try {
        return JSON.parse(storage.getItem(prefix + name));
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        storage.setItem(prefix + name, JSON.stringify(value));
      } catch {
        // Full: the page still holds it.
      }
    },
    drop: (name) => storage.removeItem(prefix + name),
    // The names that begin so, in order.
    names(start) {
      const keys = storage.keys?.() ?? Object.keys(storage);
      return keys.filter((key) => key.startsWith(prefix + start)).map((key) => key.slice(prefix.length)).sort();
    },
  };
}

// Another page of this browser changed something: `heard(name)` of this keeper.
export function onOthers(keeperNow, heard) {
  window.addEventListener("storage", (event) => {
    const { prefix } = keeperNow();
    if (event.key?.startsWith(prefix)) heard(event.key.slice(prefix.length));
  });
}
