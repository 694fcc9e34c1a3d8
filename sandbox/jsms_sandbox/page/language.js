// @ts-check
// The language of the page, and its texts: English in the code, Chinese as data.

const LANGUAGES = ["en", "zh-CN"];

function firstLanguage() {
  let kept = null;
  try {
    kept = localStorage.getItem("jsms-sandbox-language");
  } catch {
    /* storage is off: no language was stored */
  }
  return kept !== null && LANGUAGES.includes(kept) ? kept : /^zh\b/i.test(navigator.language) ? "zh-CN" : "en";
}

export let language = firstLanguage();

/** @returns {Promise<Record<string, string>>} Without them the page stays English. */
async function chineseTexts(name) {
  const response = await fetch(`texts/${name}.zh-CN.json`).catch(() => null);
  return response?.ok ? response.json() : {};
}

/** @type {Record<string, string>} What the page says, and the names that the test API gives. */
const ZH = Object.assign({}, ...(await Promise.all([chineseTexts("page"), chineseTexts("names")])));

export function t(english, values = {}) {
  const text = language !== "en" && Object.hasOwn(ZH, english) ? ZH[english] : english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function setLanguage(chosen) {
  language = chosen;
  try {
    localStorage.setItem("jsms-sandbox-language", chosen);
  } catch {
    /* storage is off */
  }
}
