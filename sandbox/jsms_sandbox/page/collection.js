// @ts-check
// A list of items of one kind, newest first, kept up to date by the sandbox's events.

import { call } from "./api.js";
import { state } from "./state.js";

const PAGE = 1000;

const MOST = 10_000;

export class Collection {
  /**
   * @param {(collection: Collection) => void} onChange called when the list has changed
   * @param {string} path where the test API lists them, and the name of the list in its response
   * @param {(item: any) => string | number} keyOf
   * @param {{ query?: Record<string, unknown>, paged?: boolean }} [more]
   */
  constructor(onChange, path, keyOf, { query = {}, paged = false } = {}) {
    this.onChange = onChange;
    this.path = path;
    this.keyOf = keyOf;
    this.query = query;
    this.paged = paged;
    /** @type {any[]} */
    this.items = [];
    this.byKey = new Map();
    this.more = false;
    this.wanted = { all: false, newer: false, keys: new Set() };
    this.timer = 0;
    this.busy = false;
    this.loading = 0;
    this.patches = new Map();
    this.patching = 0;
  }

  reload() {
    this.wanted.all = true;
    this.soon(250);
  }
  arrived() {
    this.wanted.newer = true;
    this.soon(30);
  }
  changed(key) {
    this.wanted.keys.add(key);
    this.soon(60);
  }

  soon(delay) {
    if (!this.timer && !this.busy) this.timer = setTimeout(() => this.settle(), delay);
  }

  async settle() {
    this.timer = 0;
    this.busy = true;
    const { all, newer, keys } = this.wanted;
    this.wanted = { all: false, newer: false, keys: new Set() };
    try {
      if (all || keys.size > 8) await this.load();
      else {
        if (newer) await this.newer();
        for (const key of keys)
          if (this.byKey.has(key)) this.put(await call("GET", `${this.path}/${encodeURIComponent(key)}`));
      }
    } catch (/** @type {any} */ problem) {
      if (problem.status) this.wanted.all = true; // something was deleted in the meantime
    }
    this.busy = false;
    if (this.wanted.all || this.wanted.newer || this.wanted.keys.size) this.soon(250);
  }

  async load() {
    this.loading += 1;
    try {
      const found = await call("GET", this.path, { query: { ...this.query, ...(this.paged ? { limit: PAGE } : {}) } });
      this.set(found[this.path], found.more ?? false);
    } finally {
      this.loading -= 1;
    }
    if (this.wanted.keys.size) this.soon(60);
  }

  async newer() {
    if (!this.items.length) return this.load();
    const found = await call("GET", this.path, {
      query: { ...this.query, limit: PAGE, after: this.keyOf(this.items[0]) },
    });
    if (found.more) return this.load();
    const fresh = found[this.path].filter((item) => !this.byKey.has(this.keyOf(item)));
    for (const item of fresh) state.fresh.set(this.keyOf(item), performance.now());
    let items = [...fresh, ...this.items];
    if (items.length > MOST) [items, this.more] = [items.slice(0, MOST), true];
    return this.set(items, this.more);
  }

  async older() {
    if (!this.more || this.loadingOlder || this.items.length >= MOST) return;
    this.loadingOlder = true;
    try {
      const found = await call("GET", this.path, {
        query: { ...this.query, limit: PAGE, before: this.keyOf(this.items.at(-1)) },
      });
      this.set([...this.items, ...found[this.path].filter((item) => !this.byKey.has(this.keyOf(item)))], found.more);
    } catch {
      /* the next attempt will show it */
    }
    this.loadingOlder = false;
  }

  set(items, more) {
    this.items = items;
    this.byKey = new Map(items.map((item) => [this.keyOf(item), item]));
    this.more = more;
    this.onChange(this);
  }

  put(item) {
    const key = this.keyOf(item);
    const where = this.items.findIndex((each) => this.keyOf(each) === key);
    if (where < 0) return;
    this.items[where] = item;
    this.byKey.set(key, item);
    this.onChange(this);
  }

  // Apply a change that an event holds in full; many of them are applied together.
  patch(key, change) {
    const before = this.patches.get(key);
    this.patches.set(
      key,
      before
        ? (item) => {
            const once = before(item);
            return { ...once, ...change({ ...item, ...once }) };
          }
        : change,
    );
    if (this.busy || this.loading) this.wanted.keys.add(key); // the response to come may be older than the event
    this.patching ||= setTimeout(() => this.makePatches(), 30);
  }

  makePatches() {
    const { patches } = this;
    this.patching = 0;
    this.patches = new Map();
    this.items = this.items.map((item) => {
      const key = this.keyOf(item),
        change = patches.get(key);
      if (!change) return item;
      const changed = { ...item, ...change(item) };
      patches.delete(key);
      this.byKey.set(key, changed);
      return changed;
    });
    if (this.busy || this.timer) for (const key of patches.keys()) this.wanted.keys.add(key); // it is not loaded yet
    this.onChange(this);
  }
}
