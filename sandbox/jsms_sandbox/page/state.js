// @ts-check
// The state of the page beside the collections: the view, the search, the selection.

export const NAMES = ["messages", "refused", "scheduled", "callbacks", "templates", "balances", "faults", "unmodelled"];

/**
 * Responses of the test API are as its OpenAPI document says; here they are `any`.
 * @typedef {object} State
 * @property {any} info what GET info says
 * @property {boolean} loaded
 * @property {{ status: number, name: string, meaning: string }[]} statuses
 * @property {{ id: string, method: string, path: string, credentials: string, modelled: boolean }[]} operations
 * @property {Map<number, any>} errors by code
 * @property {string} view one of NAMES
 * @property {string | null} app the appKey of the app that is shown; null for all
 * @property {string} query
 * @property {{ not: boolean, field: string | null, value: string }[]} tokens the query, parsed
 * @property {any[] | null} listed what the list shows; null when it has to be found again
 * @property {Map<string, string>} picked what is picked in each view
 * @property {boolean} following whether the newest is picked as it comes
 * @property {Map<any, number>} fresh when an item arrived, by its key
 * @property {any} clock
 * @property {"live" | "loading" | "lost"} link
 * @property {number} unseen messages that came while the page was hidden
 * @property {"curl" | "Python" | "Environment"} snippet
 */

/** @type {State} */
export const state = {
  info: null,
  loaded: false,
  statuses: [],
  operations: [],
  errors: new Map(),
  view: "messages",
  app: null,
  query: "",
  tokens: [],
  listed: null,
  picked: new Map(),
  following: true,
  fresh: new Map(),
  clock: null,
  link: "loading",
  unseen: 0,
  snippet: "curl",
};
