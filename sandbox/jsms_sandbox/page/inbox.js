// The inbox: what the sandbox holds, live. Whatever comes from outside enters the page as text, never as HTML.

const API = "api";
const ROW = 72, PAGE = 1000, MOST = 10_000;
const ONE_SMS = 70, ONE_PART = 67;

// --- language -------------------------------------------------------------------------------------------------------

const ZH = {
  "Skip to the list": "跳到列表", "Search": "搜索", "Views": "视图", "App": "应用", "List": "列表", "Details": "详情",
  "Search   to: text: code: type: status: tag: msg: -term": "搜索   to: text: code: type: status: tag: msg: -排除词",
  "The sandbox's clock": "沙箱时钟", "Language": "语言", "Help": "帮助", "Assumptions": "假定", "JSMS sandbox": "JSMS 沙箱",
  "Messages": "短信", "Refused requests": "被拒请求", "Scheduled": "定时短信", "Callbacks": "回调",
  "Templates & signatures": "模板与签名", "Balances": "余额", "Faults": "故障",
  "Live": "实时", "Loading…": "加载中…", "Reconnecting…": "正在重连…", "The sandbox does not answer.": "沙箱没有响应。",
  "All apps": "全部应用", "first": "默认", "{n} assumptions": "{n} 项假定", "Start over…": "全部清空…", "Really start over?": "确定清空？",
  "Everything starts over.": "已全部清空。", "Test API": "测试 API", "strict": "严格模式", "contract": "接口契约",
  "{n} shown": "共 {n} 条", "{n} of {m}": "{n} / {m} 条", "newest {n}": "最新 {n} 条", "Nothing matches this search.": "没有匹配的内容。",
  "Clear the search": "清除搜索",
  "Beijing": "北京时间", "Advance by one minute": "快进 1 分钟", "Advance by five minutes": "快进 5 分钟",
  "Advance by one hour": "快进 1 小时", "Advance by one day": "快进 1 天", "Advance to what is due next": "快进到下一个到期事项",
  "Let the clock stand still": "暂停时钟", "Let the clock run": "恢复时钟", "Back to real time": "恢复真实时间",
  "+1 min": "+1 分", "+5 min": "+5 分", "+1 h": "+1 时", "+1 d": "+1 天",
  "It is {time} in the sandbox.": "沙箱时间：{time}", "Nothing is due.": "没有待办事项。",
  "now": "刚刚", "{n} s": "{n} 秒", "{n} min": "{n} 分", "{n} h": "{n} 时", "{n} d": "{n} 天", "in {age}": "{age}后",
  "Copy": "复制", "Copied {what}": "已复制 {what}", "Copy the code": "复制验证码", "Could not be copied.": "无法复制。",
  "code": "验证码", "voice": "语音", "notice": "通知", "marketing": "营销", "pending": "待回执",
  "Code": "验证码", "Voice": "语音", "Notice": "通知", "Marketing": "营销", "Pending": "待回执",
  "Delivered": "已送达", "The number is on the carrier's blacklist": "号码在运营商黑名单中",
  "The handset is off, suspended or faulty": "手机关机、停机或故障", "The number does not exist": "空号",
  "No credit was left when it was to be sent": "发送时余额不足", "Over the carrier's frequency limit": "超出运营商频率限制",
  "The voice call was not answered": "语音电话无人接听", "The voice line was busy": "语音线路忙",
  "The voice call could not connect": "语音电话无法接通", "Blocked for a sensitive word": "含敏感词被拦截", "Any other failure": "其他失败",
  "issued": "有效", "verified": "已验证", "expired": "已过期", "{n} SMS": "{n} 条", "1 call": "1 通",
  "Set status": "设置状态", "Status": "状态", "Reply as the user": "以用户身份回复", "Expire": "使过期", "Resend": "重发", "Send": "发送",
  "The status was reported.": "已回报状态。", "The code has expired.": "验证码已过期。", "Sent once more.": "已重发。", "The reply came in.": "回复已送达。",
  "The reply came in; the number opted out.": "回复已送达；该号码已退订。",
  "This message holds no code.": "这条短信不含验证码。", "The code was used already.": "验证码已使用。", "expires in {age}": "{age}后过期", "expired {age} ago": "{age}前过期",
  "A call that reads the code out": "语音播报验证码", "Sent": "发送于", "Template": "模板", "Signature": "签名", "Tag": "标签",
  "Parameters": "参数", "Schedule": "定时任务", "Report": "回执", "fetched or delivered": "已被应用获取", "not fetched yet": "尚未被应用获取",
  "{n} of {m} characters, 1 SMS": "{n} / {m} 字，计费 1 条", "{n} characters: {k} SMS of {m}": "{n} 字：按每条 {m} 字计 {k} 条", "{n} left": "还可写 {n} 字", "{n} left in the last": "末条还可写 {n} 字",
  "Over 70 characters an SMS is billed per 67; a line break counts as two.": "超过 70 字按每 67 字一条计费；换行计两个字。",
  "Length": "长度", "Timeline": "送达时间线", "Request and response": "请求与响应", "Request": "请求", "Response": "响应", "Copy as curl": "复制为 curl",
  "took {n} ms": "耗时 {n} 毫秒", "request {n}": "请求 #{n}", "The request is no longer kept.": "该请求已不再保留。", "Works here, though no source documents it:": "此处可用，但官方文档未说明：",
  "Callback attempts": "回调推送记录", "No callback URL is set, so the app has to poll.": "未设置回调地址，应用需自行拉取。", "No callback yet.": "尚无回调。", "Set one": "去设置",
  "waiting": "等待推送", "delivered": "已推送", "given_up": "已放弃", "not tried yet": "尚未推送", "by hand": "手动", "next try": "下次推送", "attempts: {n}": "推送 {n} 次",
  "Try again now": "立即重试", "It was tried again.": "已重试。", "Queued": "入队于", "What is posted as data": "推送的 data 内容", "Attempts": "推送记录", "Send the four samples": "推送四种官方样例", "Samples: {n} of {m} were taken.": "样例：{m} 条中 {n} 条被接收。",
  "The check that failed": "未通过的检查", "Meaning": "含义", "What to change": "如何修改",
  "Answered by an injected fault.": "由注入的故障返回。", "The answer is not one of the API's error codes.": "返回内容不是接口错误码。",
  "assumed": "假定", "No source documents this; the sandbox had to choose.": "官方资料没有说明，由沙箱自行选定。", "Close": "关闭",
  "What no source documents, and the sandbox had to choose. Wherever the page relies on one, it says “assumed”.": "以下内容官方资料没有说明，由沙箱自行选定。页面用到时会标注“假定”。",
  "path": "路径", "method": "请求方法", "authentication": "身份验证", "access": "访问权限", "media type": "媒体类型", "body": "请求体", "template": "模板", "signature": "签名",
  "parameters": "模板参数", "content": "内容", "repeat": "重复发送", "frequency": "发送频率", "credit": "余额", "schedule": "定时任务", "fault": "注入的故障", "magic number": "魔法号码", "magic app key": "魔法 appKey", "template text": "模板内容", "form": "表单", "field": "字段", "opt-out": "退订", "sandbox": "沙箱", "storage": "存储", "msg_id": "msg_id",
  "sent": "已发送", "deleted": "已删除", "batch": "批量", "{n} recipients": "{n} 个收件人", "Goes out at": "发送时间", "Advance the clock to then": "快进到该时刻", "Recipients": "收件人", "Created": "创建于",
  "template {n}": "模板 {n}", "signature {n}": "签名 {n}", "IN_REVIEW": "审核中", "PASSED": "已通过", "REJECTED": "已拒绝", "default": "默认", "Pass": "通过", "Reject": "拒绝", "Reason": "理由",
  "It was passed.": "已通过。", "It was rejected.": "已拒绝。", "Type": "类型", "Remark": "备注", "Valid for": "有效期", "Review": "审核", "decided on": "审核时间", "Files": "文件",
  "Credit": "额度", "Pool": "额度池", "Developer account": "开发者账号", "for all types": "通用", "codes and notices": "验证码与通知", "Save": "保存", "Saved.": "已保存。", "An empty field means that the pool was never allocated.": "留空表示从未分配该额度。",
  "Credentials": "凭据", "Switches": "开关", "May send": "允许发送", "On the blacklist": "在黑名单中", "Every code is": "固定验证码", "random": "随机", "Report after (s)": "回执延迟（秒）", "Report status": "回执状态", "Callback URL": "回调地址", "Reviews": "审核方式", "at_once": "立即通过", "by_hand": "手动", "after": "延迟", "after (s)": "延迟（秒）", "Allowed IPs": "允许的 IP", "all": "全部", "Opted-out numbers": "退订号码", "Blocked words": "敏感词", "none": "无",
  "New fault": "新建故障", "Make requests fail on purpose, to see what your app does then.": "故意让请求失败，看看应用如何应对。", "What happens": "故障类型", "Error code": "错误码", "HTTP status": "HTTP 状态", "Delay (s)": "延迟（秒）", "Operation": "接口", "any": "任意", "Only this number": "仅此号码", "How often": "次数", "no end": "不限", "Probability": "概率", "Add the fault": "添加故障", "The fault is on.": "故障已生效。", "Delete": "删除", "Delete all": "全部删除", "It is gone.": "已删除。", "active": "生效中", "over": "已结束", "hits: {n}": "命中 {n} 次", "Hits": "命中", "Left": "剩余次数", "Takes effect": "请求是否生效", "yes": "是", "no": "否",
  "drop: accept, then lose the answer": "drop：受理后丢弃响应", "code: an error code": "code：错误码", "status: an HTTP status": "status：HTTP 状态", "delay: answer late": "delay：延迟响应", "reset: reset the connection": "reset：重置连接", "truncate: cut the answer": "truncate：截断响应", "broken_json: broken JSON": "broken_json：损坏的 JSON", "html: a proxy's page": "html：代理错误页", "empty: an empty answer": "empty：空响应", "variant: another form of the response": "variant：另一种响应形式", "Variant": "响应形式", "all together": "全部",
  "No message yet. Point your app here.": "还没有短信。把应用指向这里。", "Nothing is sent and nothing is billed: whatever your app sends appears here at once.": "不会真正发送，也不会计费：应用发送的内容会立即显示在这里。",
  "Base URL": "服务地址", "Environment": "环境变量", "Send this one now": "立即发送一条", "Send the first message": "发送第一条短信", "Send to {number} to be answered with that error code; a delivery status works too, as in 13000004003.": "发送到 {number} 会返回对应的错误码；也可用送达状态，例如 13000004003。", "Codes, limits and schedules follow the clock above: advance it instead of waiting.": "验证码、频率限制和定时短信都以上方时钟为准：快进即可，无需等待。", "Refused requests say what to change.": "“被拒请求”会说明如何修改。",
  "Nothing was refused.": "没有被拒的请求。", "To see one, send to 13000050014: it is answered with error 50014.": "想看看效果，可发送到 13000050014：会返回错误 50014。", "Nothing is scheduled.": "没有定时短信。", "What your app schedules waits here until its time comes.": "应用创建的定时短信会在这里等待发送。", "No callback was sent.": "没有回调。", "With a callback URL set, reports, replies and reviews are posted to your app.": "设置回调地址后，回执、上行回复和审核结果会推送给应用。", "No fault is set.": "没有设置故障。", "No template and no signature.": "没有模板和签名。", "No app.": "没有应用。",
  "Choose one on the left.": "请在左侧选择一项。", "Details will show here.": "详情会显示在这里。", "Back to the list": "返回列表",
  "Keys": "快捷键", "next, previous": "下一条、上一条", "search": "搜索", "copy the code": "复制验证码", "reply as the user": "以用户身份回复", "expire the code": "使验证码过期", "the views on the left": "左侧各视图", "this help": "本帮助", "leave a field, clear the search, follow the newest": "离开输入框、清除搜索、跟随最新", "first, last": "第一条、最后一条",
  "Searching": "搜索语法", "part of the number": "号码的一部分", "part of the text; quotes for spaces": "内容的一部分；含空格时加引号", "a verification code, or an error code": "验证码或错误码", "code, voice, notice, marketing": "code、voice、notice、marketing", "4001, pending, delivered …": "4001、pending、delivered 等", "part of the tag": "标签的一部分", "the msg_id": "msg_id", "not this": "排除",
};
const LANGUAGES = ["en", "zh-CN"];

function firstLanguage() {
  let kept = null;
  try { kept = localStorage.getItem("jsms-sandbox-language"); } catch { /* storage is off: nothing is remembered */ }
  return LANGUAGES.includes(kept) ? kept : /^zh\b/i.test(navigator.language) ? "zh-CN" : "en";
}

let language = firstLanguage();

function t(english, values = {}) {
  const text = language !== "en" && Object.hasOwn(ZH, english) ? ZH[english] : english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// --- elements -------------------------------------------------------------------------------------------------------

const $ = (id) => document.getElementById(id);

function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

const chip = (text, kind = "") => h("span", { class: `chip ${kind}` }, text);
const button = (text, onclick, more = {}) => h("button", { type: "button", class: "button", onclick, ...more }, text);

function copyButton(text, what, more = {}) {
  const onclick = (event) => { event.stopPropagation(); copy(text, what); };
  return h("button", { type: "button", class: "bare", "aria-label": `${t("Copy")} ${what}`, title: t("Copy"), onclick, ...more }, icon("copy"));
}

function facts(...pairs) {
  const shown = pairs.filter((pair) => pair && pair[1] !== null && pair[1] !== undefined && pair[1] !== "");
  return h("dl", { class: "facts" }, shown.map(([name, ...values]) => [h("dt", {}, name), h("dd", {}, ...values)]));
}

function card(title, ...children) {
  return h("section", { class: "card" }, title && h("h3", {}, title), ...children);
}

function assumed(...subjects) {
  const known = subjects.filter((subject) => state.info?.assumptions.some((each) => each.subject === subject));
  if (!known.length) return null;
  const texts = state.info.assumptions.filter((each) => known.includes(each.subject)).map((each) => each.text);
  return h("button", {
    type: "button", class: "assumed", title: [t("No source documents this; the sandbox had to choose."), ...texts].join("\n"),
    onclick: (event) => { event.stopPropagation(); showAssumptions(known); },
  }, t("assumed"));
}

let toastTimer = 0;
function toast(text, bad = false) {
  const box = $("toast");
  box.textContent = text;
  box.className = bad ? "toast shown bad" : "toast shown";
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.className = "toast"; }, bad ? 6000 : 2200);
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h("textarea", { value: text, class: "sprite" });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy"); // where the page is not on loopback, browsers offer nothing else
    area.remove();
    if (!done) return toast(t("Could not be copied."), true);
  }
  return toast(t("Copied {what}", { what }));
}

// --- the test API ---------------------------------------------------------------------------------------------------

async function call(method, path, { query = {}, body } = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const url = `${API}/${path}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
  let answer;
  try {
    answer = await fetch(url, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Error(t("The sandbox does not answer."));
  }
  const content = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw Object.assign(new Error([content?.error, content?.remedy].filter(Boolean).join(" ") || `HTTP ${answer.status}`), { status: answer.status });
  return content;
}

async function act(work, done) {
  try {
    const result = await work();
    if (done) toast(typeof done === "function" ? done(result) : done);
    return result;
  } catch (problem) {
    toast(problem.message, true);
    return null;
  }
}

// Things of one kind, newest first, kept in step with what the events tell.
class Things {
  constructor(path, keyOf, { list = path, query = {}, paged = false } = {}) {
    Object.assign(this, { path, keyOf, list, query, paged });
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

  reload() { this.wanted.all = true; this.soon(250); }
  arrived() { this.wanted.newer = true; this.soon(30); }
  changed(key) { this.wanted.keys.add(key); this.soon(60); }

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
        for (const key of keys) if (this.byKey.has(key)) this.put(await call("GET", `${this.path}/${encodeURIComponent(key)}`));
      }
    } catch (problem) {
      if (problem.status) this.wanted.all = true; // something is gone meanwhile
    }
    this.busy = false;
    if (this.wanted.all || this.wanted.newer || this.wanted.keys.size) this.soon(250);
  }

  async load() {
    this.loading += 1;
    try {
      const found = await call("GET", this.path, { query: { ...this.query, ...(this.paged ? { limit: PAGE } : {}) } });
      this.set(found[this.list], found.more ?? false);
    } finally {
      this.loading -= 1;
    }
    if (this.wanted.keys.size) this.soon(60);
  }

  async newer() {
    if (!this.items.length) return this.load();
    const found = await call("GET", this.path, { query: { ...this.query, limit: PAGE, after: this.keyOf(this.items[0]) } });
    if (found.more) return this.load();
    const fresh = found[this.list].filter((item) => !this.byKey.has(this.keyOf(item)));
    for (const item of fresh) state.fresh.set(this.keyOf(item), performance.now());
    let items = [...fresh, ...this.items];
    if (items.length > MOST) [items, this.more] = [items.slice(0, MOST), true];
    return this.set(items, this.more);
  }

  async older() {
    if (!this.more || this.loadingOlder || this.items.length >= MOST) return;
    this.loadingOlder = true;
    try {
      const found = await call("GET", this.path, { query: { ...this.query, limit: PAGE, before: this.keyOf(this.items.at(-1)) } });
      this.set([...this.items, ...found[this.list].filter((item) => !this.byKey.has(this.keyOf(item)))], found.more);
    } catch { /* the next try will tell */ }
    this.loadingOlder = false;
  }

  set(items, more) {
    this.items = items;
    this.byKey = new Map(items.map((item) => [this.keyOf(item), item]));
    this.more = more;
    told(this);
  }

  put(item) {
    const key = this.keyOf(item);
    const where = this.items.findIndex((each) => this.keyOf(each) === key);
    if (where < 0) return;
    this.items[where] = item;
    this.byKey.set(key, item);
    told(this);
  }

  // A change that an event tells in full; many of them are made in one go.
  patch(key, change) {
    const before = this.patches.get(key);
    this.patches.set(key, before ? (item) => { const once = before(item); return { ...once, ...change({ ...item, ...once }) }; } : change);
    if (this.busy || this.loading) this.wanted.keys.add(key); // what is on its way may be older than the event
    this.patching ||= setTimeout(() => this.makePatches(), 30);
  }

  makePatches() {
    const { patches } = this;
    this.patching = 0;
    this.patches = new Map();
    this.items = this.items.map((item) => {
      const key = this.keyOf(item), change = patches.get(key);
      if (!change) return item;
      const changed = { ...item, ...change(item) };
      patches.delete(key);
      this.byKey.set(key, changed);
      return changed;
    });
    if (this.busy || this.timer) for (const key of patches.keys()) this.wanted.keys.add(key); // it has not come yet
    told(this);
  }
}

const store = {
  messages: new Things("messages", (item) => item.msg_id, { paged: true }),
  refused: new Things("requests", (item) => item.number, { query: { refused: true }, paged: true }),
  scheduled: new Things("schedules", (item) => item.schedule_id, { paged: true }),
  callbacks: new Things("callbacks", (item) => item.number, { paged: true }),
  templates: new Things("templates", (item) => `${item.app_key}/${item.temp_id}`),
  signs: new Things("signs", (item) => `${item.app_key}/${item.sign_id}`),
  apps: new Things("apps", (item) => item.app_key),
  faults: new Things("faults", (item) => item.number),
};

const state = {
  info: null, loaded: false, statuses: [], operations: [], errors: new Map(), view: "messages", app: null, query: "", tokens: [],
  picked: new Map(), following: true, fresh: new Map(), clock: null, link: "loading", unseen: 0, snippet: "curl",
};

// --- time -----------------------------------------------------------------------------------------------------------

const beijing = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium" });
const fullTime = (at) => beijing.format(at);

function now() {
  const clock = state.clock;
  return clock ? clock.now + (clock.frozen ? 0 : performance.now() - clock.read) : Date.now();
}

function shortTime(at) {
  const [day, time] = fullTime(at).split(" ");
  return day === fullTime(now()).split(" ")[0] ? time : `${day.slice(5)} ${time}`;
}

function span(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  if (seconds < 1) return t("now");
  if (seconds < 60) return t("{n} s", { n: seconds });
  if (seconds < 3600) return t("{n} min", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t("{n} h", { n: Math.floor(seconds / 3600) });
  return t("{n} d", { n: Math.floor(seconds / 86_400) });
}

function age(at) {
  const passed = now() - at;
  return passed < -1000 ? t("in {age}", { age: span(passed) }) : span(Math.max(passed, 0));
}

const aged = (at) => h("time", { "data-age": at, title: fullTime(at) }, age(at));

function setClock(clock) {
  state.clock = { ...clock, read: performance.now() };
  paint("clock", "list", "detail");
}

async function readClock() {
  try { setClock(await call("GET", "clock")); } catch { /* the link tells */ }
}

function moveClock(body, path = "clock") {
  return act(async () => { setClock(await call("POST", path, { body })); }, () => t("It is {time} in the sandbox.", { time: state.clock.beijing }));
}

const advance = (seconds) => moveClock({ seconds }, "clock/advance");

async function advanceToNext() {
  const clock = await act(() => call("GET", "clock"));
  if (!clock) return;
  if (clock.next_due_at === null) toast(t("Nothing is due."));
  else await advance(Math.max(0, (clock.next_due_at - clock.now) / 1000 + 0.001));
}

function drawClock() {
  const box = $("clock"), clock = state.clock;
  if (!clock) return;
  const key = `${language} ${clock.frozen} ${clock.ahead !== 0}`;
  if (box.dataset.key !== key) {
    const step = (text, label, onclick) => h("button", { type: "button", title: label, "aria-label": label, onclick }, text);
    const moved = clock.frozen || Math.abs(clock.ahead) > 0.5;
    box.dataset.key = key;
    box.classList.toggle("moved", moved);
    box.replaceChildren(
      h("time", {}),
      h("span", { class: "zone" }, t("Beijing")),
      h("div", { class: "steps" },
        step(t("+1 min"), t("Advance by one minute"), () => advance(60)),
        step(t("+5 min"), t("Advance by five minutes"), () => advance(300)),
        step(t("+1 h"), t("Advance by one hour"), () => advance(3600)),
        step(t("+1 d"), t("Advance by one day"), () => advance(86_400)),
        step(icon("next"), t("Advance to what is due next"), advanceToNext),
        step(icon(clock.frozen ? "play" : "pause"), clock.frozen ? t("Let the clock run") : t("Let the clock stand still"), () => moveClock({ frozen: !state.clock.frozen })),
        moved && step("↺", t("Back to real time"), () => moveClock({ real: true, frozen: false })),
      ),
    );
  }
  box.firstChild.textContent = fullTime(now());
}

// --- searching ------------------------------------------------------------------------------------------------------

const FIELDS = ["to", "text", "code", "type", "status", "tag", "msg"];

function parse(query) {
  const tokens = [];
  for (const [, minus, name, quoted, word] of query.matchAll(/(-?)(?:(\w+):)?(?:"([^"]*)"?|(\S+))/g)) {
    const known = name && FIELDS.includes(name.toLowerCase());
    const value = (known || !name ? "" : `${name}:`) + (quoted ?? word);
    if (!value || FIELDS.some((field) => value === `${field}:`)) continue; // not typed to its end
    tokens.push({ not: minus === "-", field: known ? name.toLowerCase() : null, value: value.toLowerCase() });
  }
  return tokens;
}

const hay = new WeakMap();

function matches(view, item, tokens) {
  let found = hay.get(item);
  if (found?.language !== language) {
    const fields = Object.fromEntries(Object.entries(view.search(item)).map(([name, values]) => [name, [values].flat().filter((value) => value !== null && value !== undefined).map((value) => String(value).toLowerCase())]));
    found = { language, fields, all: Object.values(fields).flat().join("\n") };
    hay.set(item, found);
  }
  return tokens.every(({ not, field, value }) => not !== (field ? (found.fields[field] ?? []).some((each) => each.includes(value)) : found.all.includes(value)));
}

// --- the views ------------------------------------------------------------------------------------------------------

const KINDS = { code: ["Code", "accent"], voice: ["Voice", "violet"], notice: ["Notice", "blue"], marketing: ["Marketing", "wait"] };
const TYPE_NAMES = { 1: ["Code", "accent"], 2: ["Notice", "blue"], 3: ["Marketing", "wait"] };
const kindChip = (kind) => chip(t(KINDS[kind]?.[0] ?? kind), KINDS[kind]?.[1]);
const meaning = (status) => t(state.statuses.find((each) => each.status === status)?.meaning ?? String(status));
const codeState = (code) => (code.state === "issued" && now() >= code.expires_at ? "expired" : code.state);
const appName = (key) => { const app = store.apps.byKey.get(key); return app?.name && app.name !== key ? (app.first && app.name === "first" ? t("first") : app.name) : key?.slice(0, 8) ?? ""; };
const manyApps = () => store.apps.items.length > 1 && !state.app;
const appChip = (key) => (manyApps() && key ? chip(appName(key)) : null);
const shorten = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);

function statusChip(message, long = false) {
  if (message.status === null) return chip(t("Pending"), "wait");
  const text = message.status === 4001 ? t("Delivered") : long ? `${message.status} ${meaning(message.status)}` : String(message.status);
  return h("span", { class: `chip ${message.status === 4001 ? "good" : "bad"}`, title: `${message.status} ${message.status_name ?? ""}` }, text);
}

const checkName = (check) => (check.startsWith("field ") ? `${t("field")} ${check.slice(6)}` : t(check));
const where = (entry) => entry.operation ?? `${entry.method} ${entry.path}`;
const hintOf = (refusal) => (language === "en" ? refusal?.hint : refusal?.hint_zh) ?? "";
const refusalCode = (entry) => entry.refusal?.code ?? entry.status;

const VIEWS = {
  messages: {
    title: "Messages", things: () => store.messages.items, sources: ["messages"],
    search: (m) => ({ to: m.mobile, text: m.text, code: m.code?.code, type: [m.kind, m.type, t(KINDS[m.kind][0])], status: m.status === null ? ["pending", t("Pending")] : [m.status, m.status_name, meaning(m.status)], tag: m.tag, msg: m.msg_id, other: [m.schedule_id, m.temp_id, appName(m.app_key)] }),
    row: (m) => ({
      head: [h("strong", {}, m.mobile), kindChip(m.kind), h("small", { class: "note" }, m.kind === "voice" ? t("1 call") : t("{n} SMS", { n: m.segments })), appChip(m.app_key)],
      meta: [statusChip(m), aged(m.sent_at)],
      text: m.text,
      side: m.code && [h("span", { class: codeState(m.code) === "issued" ? "big" : "big used", "data-expires": m.code.state === "issued" ? m.code.expires_at : null }, m.code.code), copyButton(m.code.code, m.code.code, { tabindex: -1 })],
      label: `${m.mobile} ${t(KINDS[m.kind][0])} ${m.text}`,
    }),
    detail: messageDetail, empty: firstSteps,
  },
  refused: {
    title: "Refused requests", things: () => store.refused.items, sources: ["refused"], alert: true,
    search: (r) => ({ to: /1\d{10}/.exec(r.body)?.[0], text: [r.body, r.answer, r.path], code: [r.refusal?.code, r.status], type: [r.operation, r.refusal?.check], status: r.status, msg: [r.number, ...r.msg_ids], other: [r.refusal?.name, r.refusal?.hint, r.refusal?.hint_zh, r.refusal?.meaning, r.refusal?.meaning_zh, r.fault] }),
    row: (r) => ({
      head: [h("strong", {}, where(r)), chip(r.refusal?.check ? checkName(r.refusal.check) : t("fault"), "bad"), appChip(r.app_key)],
      meta: [h("span", {}, `HTTP ${r.status}`), aged(r.at)],
      text: hintOf(r.refusal) || r.fault || r.answer,
      side: [h("span", { class: "big bad" }, String(refusalCode(r)))],
      label: `${refusalCode(r)} ${where(r)} ${hintOf(r.refusal)}`,
    }),
    detail: refusedDetail, empty: () => blank("refused", t("Nothing was refused."), t("To see one, send to 13000050014: it is answered with error 50014.")),
  },
  scheduled: {
    title: "Scheduled", things: () => store.scheduled.items, sources: ["scheduled"], count: (items) => items.filter((each) => each.status === "pending").length,
    search: (s) => ({ to: s.recipients.map((each) => each.mobile), text: s.recipients.map((each) => each.text), type: [s.type, t(TYPE_NAMES[s.type]?.[0] ?? "")], status: [s.status, t(s.status)], tag: s.tag, msg: [s.schedule_id, ...s.recipients.map((each) => each.msg_id)], other: s.send_time }),
    row: (s) => ({
      head: [h("strong", {}, s.recipients.length === 1 ? s.recipients[0].mobile : t("{n} recipients", { n: s.recipients.length })), chip(t(s.status), { pending: "wait", sent: "good" }[s.status]), s.batch && chip(t("batch")), appChip(s.app_key)],
      meta: [aged(s.send_at)],
      text: s.recipients[0]?.text ?? "",
      side: [h("strong", { class: "mono" }, s.send_time)],
      label: `${s.send_time} ${s.recipients[0]?.mobile ?? ""}`,
    }),
    detail: scheduleDetail, empty: () => blank("scheduled", t("Nothing is scheduled."), t("What your app schedules waits here until its time comes.")),
  },
  callbacks: {
    title: "Callbacks", things: () => store.callbacks.items, sources: ["callbacks"],
    search: (c) => ({ text: c.data, type: c.type, status: [c.state, t(c.state)], msg: c.number, other: c.attempts.map((each) => each.error) }),
    row: (c) => ({
      head: [h("strong", {}, c.type), stateChip(c), appChip(c.app_key)], meta: [aged(c.created_at)],
      text: c.attempts.at(-1)?.error ?? c.data, side: [h("small", { class: "note" }, t("attempts: {n}", { n: c.attempts.length }))],
      label: `${c.type} ${t(c.state)}`,
    }),
    tools: () => {
      const app = state.app ? store.apps.byKey.get(state.app) : store.apps.items.find((each) => each.callback_url) ?? store.apps.items[0];
      return [app?.callback_url && button(t("Send the four samples"), () => act(
        () => call("POST", "callbacks/samples", { query: { app: app.app_key }, body: {} }),
        ({ samples }) => t("Samples: {n} of {m} were taken.", { n: samples.filter((each) => each.error === null).length, m: samples.length }),
      )), app && button(t("Callback URL"), () => go("balances", app.app_key))];
    },
    detail: callbackDetail, empty: () => blank("callbacks", t("No callback was sent."), t("With a callback URL set, reports, replies and reviews are posted to your app.")),
  },
  templates: {
    title: "Templates & signatures", sources: ["templates", "signs"],
    things: () => [...store.templates.items, ...store.signs.items],
    search: (x) => ({ text: [x.template, x.sign, x.remark], type: "template" in x ? ["template", x.type, t(TYPE_NAMES[x.type]?.[0] ?? "")] : ["sign", t("Signature")], status: [x.status, x.status_name, t(x.status_name)], msg: x.temp_id ?? x.sign_id }),
    row: (x) => ({
      head: "template" in x ? [h("strong", {}, t("template {n}", { n: x.temp_id })), chip(t(TYPE_NAMES[x.type]?.[0] ?? String(x.type)), TYPE_NAMES[x.type]?.[1]), appChip(x.app_key)] : [h("strong", {}, t("signature {n}", { n: x.sign_id })), chip(t("Signature"), "violet"), x.is_default && chip(t("default")), appChip(x.app_key)],
      meta: [aged(x.created_at)], text: x.template ?? `【${x.sign}】`, side: [reviewChip(x)], label: `${x.template ?? x.sign} ${t(x.status_name)}`,
    }),
    count: (items) => items.filter((each) => each.status === 0).length, alert: true,
    detail: reviewDetail, empty: () => blank("templates", t("No template and no signature."), ""),
  },
  balances: {
    title: "Balances", things: () => store.apps.items, sources: ["apps"], count: () => 0,
    search: (a) => ({ text: [a.name, a.app_key], other: a.callback_url }),
    row: (a) => ({
      head: [h("strong", {}, appName(a.app_key)), a.first && chip(t("default"), "accent"), !a.sms_enabled && chip("50008", "bad"), a.blacklisted && chip("50036", "bad")], meta: [],
      text: POOLS.slice(1).map(([pool, label]) => `${t(label)} ${a.credit[pool] ?? "–"}`).join(" · "), side: [h("span", { class: "big" }, String(a.credit.balance ?? "–"))],
      label: `${a.name} ${a.app_key}`,
    }),
    detail: appDetail, empty: () => blank("balances", t("No app."), ""),
  },
  faults: {
    title: "Faults", things: () => [...store.faults.items].reverse(), sources: ["faults"], count: (items) => items.filter((each) => each.active).length, alert: true, free: true,
    search: (f) => ({ to: f.mobile, text: f.text, code: f.code, type: [f.kind, f.operation], status: [f.status, f.active ? t("active") : t("over")] }),
    row: (f) => ({
      head: [h("strong", {}, f.operation ?? t("any")), chip(f.kind, "bad"), f.app_key && appChip(f.app_key)], meta: [chip(f.active ? t("active") : t("over"), f.active ? "wait" : "")],
      text: f.text, side: [h("small", { class: "note" }, t("hits: {n}", { n: f.hits }))], label: f.text,
    }),
    tools: () => [store.faults.items.length > 0 && button(t("Delete all"), () => act(() => call("DELETE", "faults"), t("It is gone.")), { class: "button bad" }), button(t("New fault"), () => { state.picked.delete("faults"); paint("list", "detail"); })],
    detail: faultDetail, blankDetail: newFault, empty: () => blank("faults", t("No fault is set."), t("Make requests fail on purpose, to see what your app does then.")),
  },
};
for (const [id, view] of Object.entries(VIEWS)) view.id = id;
const NAMES = Object.keys(VIEWS);

const keyOf = (view, item) => store[view.id === "balances" ? "apps" : view.id === "templates" && "sign" in item ? "signs" : view.id].keyOf(item);
const anchorOf = (view, item) => (view.id === "templates" ? `${"sign" in item ? "s" : "t"}/${keyOf(view, item)}` : String(keyOf(view, item)));
const stateChip = (callback) => chip(t(callback.state), { delivered: "good", waiting: "wait", given_up: "bad" }[callback.state]);
const reviewChip = (item) => chip(t(item.status_name), { IN_REVIEW: "wait", PASSED: "good", REJECTED: "bad" }[item.status_name]);
const ofApp = (item) => !state.app || item.app_key === state.app;

function blank(name, title, text) {
  return h("div", { class: "hollow" }, icon(name), h("h2", {}, title), h("p", {}, text));
}

// --- one message ----------------------------------------------------------------------------------------------------

let more = { key: null, data: null, timer: 0 };

function lookCloser(msgId, delay) {
  clearTimeout(more.timer);
  more.timer = setTimeout(async () => {
    try {
      const data = await call("GET", `messages/${encodeURIComponent(msgId)}`);
      if (more.key !== msgId) return;
      more.data = data;
      paint("detail");
    } catch { /* gone meanwhile, or the link is down: the list tells */ }
  }, delay);
}

function messageDetail(m) {
  if (more.key !== m.msg_id) {
    clearTimeout(more.timer);
    more = { key: m.msg_id, data: null, timer: 0 };
    lookCloser(m.msg_id, 60);
  }
  const full = more.data;
  const statuses = state.statuses.map(({ status }) => h("option", { value: String(status), selected: status === (m.status ?? 4001) }, `${status} ${meaning(status)}`));
  const code = m.code && codeState(m.code);
  return [
    title([h("h2", {}, m.mobile), kindChip(m.kind), statusChip(m, true), m.kind === "marketing" && assumed("marketing"), appChip(m.app_key)], h("span", { class: "note" }, aged(m.sent_at))),
    m.code && h("section", { class: "card" }, h("div", { class: "code-line" },
      h("span", { class: code === "issued" ? "big" : "big used" }, m.code.code),
      button([icon("copy"), t("Copy the code")], () => copy(m.code.code, m.code.code), { "data-keep": "copy", class: "button main" }),
      h("span", { class: "gap" }),
      h("div", {}, chip(t(code), { issued: "good", verified: "blue", expired: "bad" }[code]), " ", assumed("codes", "verifyCode"),
        code !== "verified" && h("div", { class: "note" }, h("span", { "data-left": m.code.expires_at }, left(m.code.expires_at))))),
    ),
    h("div", { class: "actions" },
      h("span", { class: "group" },
        h("select", { class: "field", "aria-label": t("Status"), "data-keep": "status", id: "status" }, statuses),
        button(t("Set status"), () => act(() => call("POST", `messages/${m.msg_id}/report`, { body: { status: Number($("status").value) } }), t("The status was reported.")), { "data-keep": "set" })),
      button(t("Reply as the user"), () => $("reply")?.focus(), { "data-keep": "answer" }),
      button(t("Expire"), () => expire(m), { "data-keep": "expire", disabled: code !== "issued", title: m.code ? (code === "verified" ? t("The code was used already.") : "") : t("This message holds no code.") }),
      button(t("Resend"), () => act(() => call("POST", `messages/${m.msg_id}/resend`), t("Sent once more.")), { "data-keep": "resend" }),
    ),
    phone(m, full),
    m.kind !== "voice" && ruler(m),
    full && card(t("Timeline"), h("ol", { class: "timeline" }, full.timeline.map((entry) => h("li", { class: mood(entry, m) }, h("span", {}, language === "en" ? entry.text : entry.text_zh), h("time", { title: fullTime(entry.at) }, shortTime(entry.at)))))),
    full && callbackCard(m, full.callbacks),
    card(null, facts(
      ["msg_id", h("span", { class: "mono" }, m.msg_id), copyButton(m.msg_id, m.msg_id)],
      [t("Sent"), `${fullTime(m.sent_at)} ${t("Beijing")}`],
      m.temp_id !== null && [t("Template"), link(String(m.temp_id), "templates", `t/${m.app_key}/${m.temp_id}`)],
      m.sign_id !== null && [t("Signature"), link(String(m.sign_id), "templates", `s/${m.app_key}/${m.sign_id}`)],
      Object.keys(m.temp_para).length > 0 && [t("Parameters"), h("span", { class: "mono" }, JSON.stringify(m.temp_para))],
      [t("Tag"), m.tag],
      m.schedule_id && [t("Schedule"), link(m.schedule_id, "scheduled", m.schedule_id)],
      [t("Report"), m.status === null ? null : m.handed_out ? t("fetched or delivered") : t("not fetched yet"), assumed("receipts")],
      ["appKey", h("span", { class: "mono" }, m.app_key)],
    )),
    full && (full.request ? exchange(full.request) : card(t("Request and response"), h("p", { class: "note" }, t("The request is no longer kept.")))),
  ];
}

const left = (at) => (now() < at ? t("expires in {age}", { age: span(at - now()) }) : t("expired {age} ago", { age: span(at - now()) }));
const expire = (m) => act(() => call("POST", `messages/${m.msg_id}/expire`), t("The code has expired."));

function title(parts, ...others) {
  return h("div", { class: "title" },
    h("button", { type: "button", class: "button back", onclick: backToList }, icon("back"), t("Back to the list")),
    ...parts, h("span", { class: "gap" }), ...others);
}

const link = (text, view, key) => h("button", { type: "button", class: "link", onclick: () => go(view, key) }, text);

function mood(entry, m) {
  if (entry.event === "attempt") return entry.text.startsWith("Failed") ? "bad" : "good";
  if (entry.event === "reported") return m.status === 4001 ? "good" : "bad";
  return { accepted: "blue", scheduled: "blue", callback: "blue", reply: "blue", verified: "good", expired: "bad", report_due: "wait" }[entry.event];
}

function phone(m, full) {
  const [sign] = /^【[^】]*】/.exec(m.text) ?? [""];
  let inside = [m.text];
  if (m.code && m.text.includes(m.code.code)) {
    const [before, ...after] = m.text.split(m.code.code);
    inside = [before, h("mark", {}, m.code.code), after.join(m.code.code)];
  }
  const shown = m.kind === "voice" ? h("div", { class: "bubble call" }, icon("phone"), h("span", { lang: "zh-CN" }, t("A call that reads the code out"), h("br"), ...inside)) : h("div", { class: "bubble", lang: "zh-CN" }, ...inside);
  const reply = (content) => act(
    () => call("POST", "replies", { query: { app: m.app_key }, body: { mobile: m.mobile, content } }),
    ({ opted_out: out }) => { const field = $("reply"); if (field) field.value = ""; return out ? t("The reply came in; the number opted out.") : t("The reply came in."); },
  );
  const submit = (event) => { event.preventDefault(); const { value } = $("reply"); if (value) reply(value); };
  return h("section", { class: "phone" },
    h("div", { class: "from" }, h("b", { lang: "zh-CN" }, sign.slice(1, -1) || "JSMS"), shortTime(m.sent_at)),
    h("div", { class: "talk" }, shown, (full?.replies ?? []).map((each) => h("div", { class: "bubble mine", lang: "zh-CN", title: fullTime(each.replied_at) }, each.content))),
    h("form", { class: "compose", onsubmit: submit },
      h("input", { class: "field", id: "reply", "data-keep": "reply", maxlength: 500, placeholder: t("Reply as the user"), "aria-label": t("Reply as the user"), autocomplete: "off" }),
      button("TD", () => reply("TD"), { "data-keep": "td" }),
      h("button", { class: "button main", "data-keep": "send", "aria-label": t("Send") }, icon("send"))),
  );
}

function ruler(m) {
  const one = m.segments === 1, part = one ? ONE_SMS : ONE_PART;
  const bars = Array.from({ length: Math.min(m.segments, 40) }, (_, index) => {
    const fill = h("i");
    fill.style.width = `${100 * Math.min(1, Math.max(0, (m.characters - index * part) / part))}%`;
    return h("span", {}, fill);
  });
  const free = m.segments * part - m.characters;
  return h("section", { class: "card", title: t("Over 70 characters an SMS is billed per 67; a line break counts as two.") },
    h("h3", {}, t("Length")),
    h("div", { class: "ruler", "aria-hidden": "true" }, bars),
    h("div", { class: "ruler-text" },
      h("span", {}, one ? t("{n} of {m} characters, 1 SMS", { n: m.characters, m: part }) : t("{n} characters: {k} SMS of {m}", { n: m.characters, k: m.segments, m: part })),
      h("span", { class: "note" }, one ? t("{n} left", { n: free }) : t("{n} left in the last", { n: free }))));
}

function attempts(callback) {
  return callback.attempts.map((each) => h("li", { class: each.error === null ? "good" : "bad" },
    h("span", {}, each.error === null ? `HTTP ${each.status} · ${each.url}` : each.error, each.by_hand && [" ", chip(t("by hand"))]),
    h("time", { title: fullTime(each.at) }, shortTime(each.at))));
}

function callbackCard(m, callbacks) {
  if (!callbacks.length) {
    const url = store.apps.byKey.get(m.app_key)?.callback_url;
    return card(t("Callback attempts"), h("p", { class: "note" }, url ? t("No callback yet.") : [t("No callback URL is set, so the app has to poll."), " ", link(t("Set one"), "balances", m.app_key)]));
  }
  return card(t("Callback attempts"), callbacks.map((each) => [
    h("p", { class: "actions" }, link(`${each.type} #${each.number}`, "callbacks", String(each.number)), stateChip(each), each.next_at !== null && h("span", { class: "note" }, t("next try"), " ", aged(each.next_at)), retryButton(each)),
    h("ol", { class: "timeline" }, attempts(each))]));
}

const retryButton = (callback) => button(t("Try again now"), () => act(() => call("POST", `callbacks/${callback.number}/resend`), t("It was tried again.")), { "data-keep": `retry${callback.number}` });

function asText(first, headers, body) {
  return [first, ...headers.map(([name, value]) => `${name}: ${value}`), "", body].join("\n");
}

function asCurl(entry) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const dev = entry.operation === "getDevBalance";
  const user = dev ? '"$JSMS_DEV_KEY:$JSMS_DEV_SECRET"' : '"$JSMS_APP_KEY:$JSMS_MASTER_SECRET"';
  const type = entry.headers.find(([name]) => name === "content-type")?.[1];
  return [`curl -X ${entry.method} ${quote(new URL(entry.path, location.origin).href)} -u ${user}`, type && `-H ${quote(`Content-Type: ${type}`)}`, entry.body && `-d ${quote(entry.body)}`].filter(Boolean).join(" \\\n  ");
}

function exchange(entry) {
  const request = asText(`${entry.method} ${entry.path}`, entry.headers, entry.body), response = asText(`HTTP ${entry.status}`, entry.answer_headers, entry.answer);
  return h("section", { class: "card" },
    h("h3", {}, t("Request and response"), h("span", { class: "gap" }), h("span", { class: "note" }, `${t("request {n}", { n: entry.number })} · ${t("took {n} ms", { n: entry.milliseconds })}`)),
    entry.warnings.length > 0 && [h("p", { class: "note" }, t("Works here, though no source documents it:")), (language === "en" ? entry.warnings : entry.warnings_zh).map((text) => h("p", { class: "warning" }, text))],
    entry.fault && h("p", { class: "warning" }, `${t("fault")}: ${entry.fault}`),
    h("h4", {}, t("Request"), copyButton(request, t("Request")), link2(t("Copy as curl"), () => copy(asCurl(entry), "curl"))),
    h("pre", { class: "raw", tabindex: 0, "data-keep": "request" }, request),
    h("h4", {}, t("Response"), copyButton(response, t("Response"))),
    h("pre", { class: "raw", tabindex: 0, "data-keep": "response" }, response));
}

const link2 = (text, onclick) => h("button", { type: "button", class: "link", onclick }, text);

// --- one refused request --------------------------------------------------------------------------------------------

function refusedDetail(r) {
  const why = r.refusal;
  const zhFirst = language !== "en";
  const both = (en, zh) => (zhFirst ? [[zh, "zh-CN"], [en, "en"]] : [[en, "en"], [zh, "zh-CN"]]);
  return [
    title([h("h2", {}, where(r)), chip(`HTTP ${r.status}`, "bad"), assumed(r.operation), appChip(r.app_key)], h("span", { class: "note" }, aged(r.at))),
    h("section", { class: "card refusal" },
      h("div", { class: "code-line" },
        h("span", { class: "big bad" }, String(refusalCode(r))),
        h("div", {}, h("b", {}, why?.name ?? ""), h("div", { class: "note" }, why?.message ?? t("The answer is not one of the API's error codes."))),
        h("span", { class: "gap" }), button([icon("copy"), t("Copy")], () => copy(String(refusalCode(r)), String(refusalCode(r))), { "data-keep": "copy" })),
      h("div", { class: "why" },
        h("div", {}, h("h4", {}, t("The check that failed")), why?.check ? [chip(checkName(why.check), "bad"), " ", assumed("order of checks", "refusals")] : r.fault ? t("Answered by an injected fault.") : "–"),
        r.fault && !why && h("div", {}, h("h4", {}, t("Faults")), r.fault)),
      why && h("div", { class: "why" }, both(why.meaning, why.meaning_zh).map(([text, lang], index) => h("div", { lang }, h("h4", {}, index ? (zhFirst ? "Meaning" : "含义") : t("Meaning")), h("p", {}, text)))),
      why && h("div", { class: "fix" }, h("h4", {}, t("What to change")), why.hint && h("p", { class: "hint", lang: language }, hintOf(why)), both(why.remedy, why.remedy_zh).map(([text, lang]) => h("p", { lang }, text)))),
    exchange(r),
  ];
}

// --- one of the others ----------------------------------------------------------------------------------------------

function scheduleDetail(s) {
  const wait = (s.send_at - now()) / 1000;
  return [
    title([h("h2", {}, s.send_time), chip(t(s.status), { pending: "wait", sent: "good" }[s.status]), assumed("schedules")], h("span", { class: "note" }, aged(s.send_at))),
    s.status === "pending" && h("div", { class: "actions" }, button([icon("next"), t("Advance the clock to then")], () => moveClock({ now: s.send_at }), { class: "button main", "data-keep": "then", disabled: wait < 0 })),
    card(null, facts(
      ["schedule_id", h("span", { class: "mono" }, s.schedule_id), copyButton(s.schedule_id, s.schedule_id)],
      [t("Goes out at"), `${s.send_time} ${t("Beijing")}`], [t("Created"), fullTime(s.created_at)],
      [t("Template"), link(String(s.temp_id), "templates", `t/${s.app_key}/${s.temp_id}`)],
      s.sign_id !== null && [t("Signature"), link(String(s.sign_id), "templates", `s/${s.app_key}/${s.sign_id}`)],
      [t("Tag"), s.tag], ["appKey", h("span", { class: "mono" }, s.app_key)])),
    card(t("Recipients"), h("table", { class: "table" }, h("tbody", {}, s.recipients.slice(0, 200).map((to) => h("tr", {},
      h("td", { class: "mono" }, to.mobile), h("td", { lang: "zh-CN" }, to.text), h("td", {}, s.status === "sent" && link(to.msg_id, "messages", to.msg_id))))))),
  ];
}

function callbackDetail(c) {
  let data = c.data;
  try { data = JSON.stringify(JSON.parse(c.data), null, 2); } catch { /* shown as it is */ }
  return [
    title([h("h2", {}, `${c.type} #${c.number}`), stateChip(c), appChip(c.app_key)], h("span", { class: "note" }, aged(c.created_at))),
    h("div", { class: "actions" }, retryButton(c)),
    card(t("Attempts"), c.attempts.length ? h("ol", { class: "timeline" }, attempts(c)) : h("p", { class: "note" }, t("not tried yet")), c.next_at !== null && h("p", { class: "note" }, t("next try"), " ", aged(c.next_at))),
    h("section", { class: "card" }, h("h3", {}, t("What is posted as data"), copyButton(c.data, "data")), h("pre", { class: "raw", tabindex: 0, "data-keep": "data" }, data)),
    card(null, facts([t("Queued"), fullTime(c.created_at)], ["appKey", h("span", { class: "mono" }, c.app_key)])),
  ];
}

function reviewDetail(x) {
  const template = "template" in x, path = template ? `templates/${x.temp_id}` : `signs/${x.sign_id}`;
  const decide = (passed) => act(() => call("POST", `${path}/review`, { query: { app: x.app_key }, body: { passed, reason: passed ? null : $("reason").value || null } }), passed ? t("It was passed.") : t("It was rejected."));
  return [
    title([h("h2", {}, template ? t("template {n}", { n: x.temp_id }) : t("signature {n}", { n: x.sign_id })), reviewChip(x), assumed("reviews", "template changes"), appChip(x.app_key)], h("span", { class: "note" }, aged(x.created_at))),
    h("section", { class: "card" }, h("div", { class: "bubble", lang: "zh-CN" }, x.template ?? `【${x.sign}】`)),
    card(t("Review"), h("div", { class: "actions" },
      button([icon("check"), t("Pass")], () => decide(true), { class: "button main", "data-keep": "pass" }),
      h("span", { class: "group" }, h("input", { class: "field", id: "reason", "data-keep": "reason", maxlength: 500, placeholder: t("Reason"), "aria-label": t("Reason") }), button(t("Reject"), () => decide(false), { class: "button bad", "data-keep": "reject" })))),
    card(null, facts(
      [template ? "temp_id" : "sign_id", h("span", { class: "mono" }, String(x.temp_id ?? x.sign_id)), copyButton(String(x.temp_id ?? x.sign_id), template ? "temp_id" : "sign_id")],
      [t("Type"), template ? t(TYPE_NAMES[x.type]?.[0] ?? String(x.type)) : String(x.type)], x.ttl && [t("Valid for"), t("{n} s", { n: x.ttl })],
      [t("Remark"), x.remark], [t("Reason"), x.refuse_reason], [t("Created"), fullTime(x.created_at)],
      x.review_at !== null && [t("decided on"), fullTime(x.review_at)],
      x.files?.length > 0 && [t("Files"), x.files.map((file) => h("div", { class: "mono" }, `${file.field}: ${file.media_type}, ${file.size} B, SHA-256 ${shorten(file.sha256, 16)}`))],
      ["appKey", h("span", { class: "mono" }, x.app_key)])),
  ];
}

const POOLS = [["balance", "for all types"], ["industry", "codes and notices"], ["market", "Marketing"], ["voice", "Voice"]];

function credentialList(app) {
  const rows = [["appKey", app.app_key], ["masterSecret", app.master_secret], ["devKey", app.dev_key], ["devSecret", app.dev_secret]];
  return rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value), copyButton(value, name)]);
}

function appDetail(a) {
  const amount = (id) => { const { value } = $(id); return value.trim() === "" ? null : Number(value); };
  const pools = (prefix) => Object.fromEntries(POOLS.map(([pool]) => [pool, amount(`${prefix}-${pool}`)]));
  const words = (id) => $(id).value.split(/[\s,，]+/).filter(Boolean);
  const save = (event) => {
    event.preventDefault();
    const url = $("callback_url").value.trim() || null;
    const body = {
      credit: pools("app"), dev_credit: pools("dev"), sms_enabled: $("sms_enabled").checked, blacklisted: $("blacklisted").checked, fixed_code: $("fixed_code").value || null,
      report_delay: Number($("report_delay").value), report_status: Number($("report_status").value), review: { mode: $("review").value, seconds: Number($("review_seconds").value) },
      allowed_ips: words("allowed_ips"), opt_outs: words("opt_outs"), words: words("words"),
      ...(url === a.callback_url ? {} : { callback_url: url }),
    };
    act(() => call("PATCH", `apps/${a.app_key}`, { body }), t("Saved."));
  };
  const number = (id, value) => h("input", { class: "field", id, "data-keep": id, type: "number", min: 0, value: value ?? "", "aria-label": id });
  const field = (label, input) => [h("label", { for: input.id }, label), input];
  const text = (id, value, placeholder, more = {}) => h("input", { class: "field", id, "data-keep": id, value, placeholder, autocomplete: "off", ...more });
  const check = (id, checked) => h("input", { type: "checkbox", id, "data-keep": id, checked });
  return [
    title([h("h2", {}, appName(a.app_key)), a.first && chip(t("default"), "accent")]),
    a.warnings.map((each) => h("p", { class: "warning" }, each)),
    h("section", { class: "card" }, h("h3", {}, t("Credentials")), h("dl", { class: "keys" }, credentialList(a))),
    h("form", { onsubmit: save },
      h("section", { class: "card" }, h("h3", {}, t("Credit"), assumed("credit", "frequency"), h("span", { class: "gap" }), h("button", { class: "button main", "data-keep": "save" }, t("Save"))),
        h("table", { class: "table" },
          h("thead", {}, h("tr", {}, h("th", {}, t("Pool")), h("th", {}, t("App")), h("th", {}, t("Developer account")))),
          h("tbody", {}, POOLS.map(([pool, label]) => h("tr", {}, h("td", {}, t(label)), h("td", {}, number(`app-${pool}`, a.credit[pool])), h("td", {}, number(`dev-${pool}`, a.dev_credit[pool])))))),
        h("p", { class: "note" }, t("An empty field means that the pool was never allocated.")),
        h("h4", {}, t("Switches")),
        h("div", { class: "form" },
          field(t("May send"), check("sms_enabled", a.sms_enabled)), field(t("On the blacklist"), check("blacklisted", a.blacklisted)),
          field(t("Callback URL"), text("callback_url", a.callback_url ?? "", "http://127.0.0.1:8000/jsms")),
          field(t("Every code is"), text("fixed_code", a.fixed_code ?? "", t("random"), { pattern: "[0-9]{6}", maxlength: 6 })),
          field(t("Report after (s)"), h("input", { class: "field", id: "report_delay", "data-keep": "report_delay", type: "number", min: 0, step: "any", value: a.report_delay })),
          field(t("Report status"), h("select", { class: "field", id: "report_status", "data-keep": "report_status" }, state.statuses.map(({ status }) => h("option", { value: String(status), selected: status === a.report_status }, `${status} ${meaning(status)}`)))),
          field(t("Reviews"), h("select", { class: "field", id: "review", "data-keep": "review" }, ["at_once", "by_hand", "after"].map((mode) => h("option", { value: mode, selected: mode === a.review.mode }, t(mode))))),
          field(t("after (s)"), h("input", { class: "field", id: "review_seconds", "data-keep": "review_seconds", type: "number", min: 0, step: "any", value: a.review.seconds })),
          field(t("Allowed IPs"), text("allowed_ips", a.allowed_ips.join(" "), t("all"))), field(t("Opted-out numbers"), text("opt_outs", a.opt_outs.join(" "), t("none"))), field(t("Blocked words"), text("words", a.words.join(" "), t("none"))),
        ))),
  ];
}

const FAULT_KINDS = ["code: an error code", "drop: accept, then lose the answer", "status: an HTTP status", "delay: answer late", "reset: reset the connection", "truncate: cut the answer", "broken_json: broken JSON", "html: a proxy's page", "empty: an empty answer", "variant: another form of the response"];
const VARIANTS = ["numeric_msg_id", "number_for_text", "unknown_field", "unknown_status", "unknown_code", "time_text", "time_iso", "time_java", "time_digits"];

function newFault() {
  const add = (event) => {
    event.preventDefault();
    const value = (id) => $(id).value.trim() || null, kind = $("fault-kind").value;
    const number = (id) => (value(id) === null ? null : Number(value(id)));
    const body = {
      kind, code: kind === "code" ? number("fault-code") : null, status: kind === "code" ? null : number("fault-status"), variant: kind === "variant" ? value("fault-variant") : null, delay: number("fault-delay") ?? 0,
      operation: value("fault-operation"), mobile: value("fault-mobile"), times: number("fault-times"), probability: number("fault-probability") ?? 1,
    };
    act(async () => { const made = await call("POST", "faults", { query: { app: state.app }, body }); await store.faults.load(); choose(String(made.number)); }, t("The fault is on."));
  };
  const field = (label, input) => [h("label", { for: input.id }, label), input];
  const input = (id, more) => h("input", { class: "field", id, "data-keep": id, autocomplete: "off", ...more });
  return [
    title([h("h2", {}, t("New fault"))]),
    h("p", { class: "note" }, t("Make requests fail on purpose, to see what your app does then.")),
    h("form", { class: "card", onsubmit: add }, h("div", { class: "form" },
      field(t("What happens"), h("select", { class: "field", id: "fault-kind", "data-keep": "fault-kind" }, FAULT_KINDS.map((each) => h("option", { value: each.split(":")[0] }, t(each))))),
      field(t("Error code"), input("fault-code", { type: "number", list: "codes", value: "50014" })),
      h("datalist", { id: "codes" }, [...state.errors.values()].map((error) => h("option", { value: String(error.code) }, `${error.name}: ${language === "en" ? error.meaning : error.meaning_zh}`))),
      field(t("HTTP status"), input("fault-status", { type: "number", min: 200, max: 599, placeholder: "503" })),
      field(t("Variant"), h("select", { class: "field", id: "fault-variant", "data-keep": "fault-variant" }, h("option", { value: "" }, t("all together")), VARIANTS.map((each) => h("option", { value: each }, each)))),
      field(t("Delay (s)"), input("fault-delay", { type: "number", min: 0, max: 60, step: "any", value: "0" })),
      field(t("Operation"), h("select", { class: "field", id: "fault-operation", "data-keep": "fault-operation" }, h("option", { value: "" }, t("any")), state.operations.map((each) => h("option", { value: each.id }, `${each.id} (${each.method} ${each.path})`)))),
      field(t("Only this number"), input("fault-mobile", { placeholder: t("any"), inputmode: "numeric" })),
      field(t("How often"), input("fault-times", { type: "number", min: 1, value: "1", placeholder: t("no end") })),
      field(t("Probability"), input("fault-probability", { type: "number", min: 0, max: 1, step: "any", value: "1" })),
      h("div", { class: "wide" }, h("button", { class: "button main", "data-keep": "add" }, t("Add the fault"))))),
  ];
}

function faultDetail(f) {
  return [
    title([h("h2", {}, f.text), chip(f.active ? t("active") : t("over"), f.active ? "wait" : "")]),
    h("div", { class: "actions" }, button(t("Delete"), () => act(() => call("DELETE", `faults/${f.number}`), t("It is gone.")), { class: "button bad", "data-keep": "delete" })),
    card(null, facts(
      [t("What happens"), f.kind], [t("Error code"), f.code && String(f.code)], [t("HTTP status"), f.status && String(f.status)], f.variant && [t("Variant"), f.variant], f.delay > 0 && [t("Delay (s)"), String(f.delay)],
      [t("Operation"), f.operation ?? t("any")], [t("Only this number"), f.mobile ?? t("any")], [t("App"), f.app_key ?? t("any")],
      [t("Takes effect"), f.carried_out ? t("yes") : t("no")], [t("Left"), f.times === null ? t("no end") : String(f.times)], [t("Probability"), String(f.probability)], [t("Hits"), String(f.hits)])),
  ];
}

// --- the first five seconds -----------------------------------------------------------------------------------------

function firstSteps() {
  const { info } = state;
  if (!info) return blank("messages", t("Loading…"), "");
  const app = store.apps.byKey.get(state.app) ?? info.app;
  const body = '{"mobile":"13800138000","temp_id":1}';
  const snippets = {
    curl: `curl ${info.base_url}/codes \\\n  -u ${app.app_key}:${app.master_secret} \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`,
    Python: `from jsms_client import JSMS\n\nwith JSMS("${app.app_key}", "${app.master_secret}",\n          base_url="${info.base_url}") as jsms:\n    jsms.codes.send("13800138000", temp_id=1)`,
    Environment: `export JSMS_BASE_URL=${info.base_url}\nexport JSMS_APP_KEY=${app.app_key}\nexport JSMS_MASTER_SECRET=${app.master_secret}\nexport JSMS_DEV_KEY=${app.dev_key}\nexport JSMS_DEV_SECRET=${app.dev_secret}`,
  };
  const send = () => act(async () => {
    const headers = { "content-type": "application/json", authorization: `Basic ${btoa(`${app.app_key}:${app.master_secret}`)}` };
    const answer = await fetch("/v1/codes", { method: "POST", headers, body }).catch(() => { throw new Error(t("The sandbox does not answer.")); });
    if (!answer.ok) throw new Error((await answer.json()).error?.message ?? `HTTP ${answer.status}`);
  });
  const choices = Object.keys(snippets).map((name) => h("button", { type: "button", role: "tab", "aria-selected": String(state.snippet === name), "data-keep": `tab-${name}`, onclick: () => { state.snippet = name; paint("list"); } }, t(name)));
  return [
    h("h2", {}, t("No message yet. Point your app here.")),
    h("p", {}, t("Nothing is sent and nothing is billed: whatever your app sends appears here at once.")),
    h("div", { class: "start" },
      h("section", { class: "card" }, h("dl", { class: "keys" }, h("dt", {}, t("Base URL")), h("dd", {}, info.base_url), copyButton(info.base_url, t("Base URL")), credentialList(app))),
      h("section", { class: "card" }, h("h3", {}, t("Send the first message"), h("span", { class: "gap" }), h("span", { class: "tabs", role: "tablist" }, choices)),
        h("pre", { class: "raw", tabindex: 0 }, snippets[state.snippet]),
        h("p", { class: "actions" }, button([icon("copy"), t("Copy")], () => copy(snippets[state.snippet], t(state.snippet))), button([icon("send"), t("Send this one now")], send, { class: "button main", id: "first-send" }))),
      h("ul", { class: "tips" },
        h("li", {}, t("Send to {number} to be answered with that error code; a delivery status works too, as in 13000004003.", { number: info.magic.number.replace("CCCCC", "50014") })),
        h("li", {}, t("Refused requests say what to change.")),
        h("li", {}, t("Codes, limits and schedules follow the clock above: advance it instead of waiting."))),
    ),
  ];
}

// --- painting -------------------------------------------------------------------------------------------------------

const due = new Set();
let asked = false;

function paint(...parts) {
  for (const part of parts) due.add(part);
  if (asked) return;
  asked = true;
  const draw = () => {
    asked = false;
    const parts = new Set(due);
    due.clear();
    if (parts.has("side")) drawSide();
    if (parts.has("list")) drawList();
    if (parts.has("clock")) drawClock();
    if (parts.has("detail")) drawDetail();
  };
  if (document.hidden) setTimeout(draw, 200); // a hidden page gets no frames
  else requestAnimationFrame(draw);
}

function told(things) {
  listed = null;
  const name = Object.keys(store).find((each) => store[each] === things);
  paint("side");
  if (name === "apps" || VIEWS[state.view].sources.includes(name)) paint("list", "detail");
}

const counts = (view) => {
  const items = view.things().filter(ofApp), n = view.count ? view.count(items) : items.length;
  return n ? `${n}${!view.count && store[view.id]?.more ? "+" : ""}` : "";
};

function drawSide() {
  const box = $("views");
  if (!box.children.length) {
    NAMES.forEach((id, index) => box.append(h("button", { type: "button", "data-view": id, title: String(index + 1), onclick: () => go(id) }, icon(id), h("span"), h("b"))));
  }
  for (const item of box.children) {
    const view = VIEWS[item.dataset.view], number = counts(view);
    item.children[1].textContent = t(view.title);
    item.children[2].textContent = number;
    item.children[2].className = view.alert && number ? "alert" : "";
    item.setAttribute("aria-label", number ? `${t(view.title)} ${number}` : t(view.title)); // at phone width the text is hidden
    if (view.id === state.view) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  }
  const select = $("app"), apps = store.apps.items;
  select.hidden = apps.length < 2;
  const key = `${language}|${apps.map((each) => `${each.app_key} ${each.name}`).join("|")}`;
  if (select.dataset.key !== key && document.activeElement !== select) {
    select.dataset.key = key;
    select.replaceChildren(h("option", { value: "" }, t("All apps")), ...apps.map((each) => h("option", { value: each.app_key }, `${appName(each.app_key)}`)));
    if (state.app && !store.apps.byKey.has(state.app)) state.app = null;
    select.value = state.app ?? "";
  }
  document.title = `${state.unseen ? `(${state.unseen}) ` : ""}${t("JSMS sandbox")}`;
}

function drawFoot() {
  if (!state.info) return;
  let sure = false;
  const startOver = h("button", { type: "button", class: "link", id: "start-over", onclick: () => {
    if (!sure) { sure = true; startOver.textContent = t("Really start over?"); setTimeout(() => { sure = false; startOver.textContent = t("Start over…"); }, 3000); return; }
    act(() => call("POST", "reset"), t("Everything starts over."));
  } }, t("Start over…"));
  $("foot").replaceChildren(
    h("button", { type: "button", class: "link", onclick: () => showAssumptions([]) }, t("{n} assumptions", { n: state.info.assumptions.length })),
    h("a", { class: "link", href: "api/openapi.json", target: "_blank", rel: "noopener" }, t("Test API")),
    startOver,
    h("span", {}, `${t("contract")} ${state.info.version}${state.info.strict ? ` · ${t("strict")}` : ""}`));
}

let listed = null;
function items() {
  const view = VIEWS[state.view];
  listed ??= view.things().filter((item) => ofApp(item) && (!state.tokens.length || matches(view, item, state.tokens)));
  return listed;
}

const rows = new Map();
let anchor = null;

function drawList() {
  const view = VIEWS[state.view], list = $("list"), all = view.things().filter(ofApp), shown = items();
  const signature = `${state.view} ${state.query} ${state.app}`;
  if (anchor?.signature === signature && list.scrollTop > 4) {
    const at = anchor.key === null ? -1 : shown.findIndex((item) => anchorOf(view, item) === anchor.key);
    if (at >= 0 && at !== anchor.index) { $("sizer").style.height = `${shown.length * ROW}px`; list.scrollTop += (at - anchor.index) * ROW; }
  } else if (anchor?.signature !== signature) list.scrollTop = 0;
  follow(view, shown);
  drawBar(view, all, shown);
  const none = !shown.length, empty = $("empty");
  list.hidden = none;
  empty.hidden = !none;
  const emptyKey = none ? `${signature} ${language} ${all.length > 0} ${state.snippet} ${state.info?.run} ${store.apps.items.length}` : "";
  if (empty.dataset.key !== emptyKey) {
    empty.dataset.key = emptyKey;
    const inside = none ? (all.length ? h("div", { class: "hollow" }, icon("search"), h("h2", {}, t("Nothing matches this search.")), h("p", {}, button(t("Clear the search"), () => { setQuery(""); $("search").focus(); }))) : state.info ? view.empty() : []) : [];
    empty.replaceChildren(...[inside].flat());
  }
  list.setAttribute("aria-label", t(view.title));
  $("sizer").style.height = `${shown.length * ROW}px`;
  drawRows();
  const source = store[view.id === "balances" ? "apps" : view.id];
  if (state.tokens.length && source?.more) source.older(); // a search covers what was not loaded yet
}

function drawRows() {
  const view = VIEWS[state.view], list = $("list"), shown = items(), picked = state.picked.get(view.id);
  const top = list.scrollTop, first = Math.max(0, Math.floor(top / ROW) - 6), last = Math.min(shown.length, Math.ceil((top + (list.clientHeight || 800)) / ROW) + 6);
  const wanted = new Set();
  const context = `${language} ${manyApps()}`;
  for (let index = first; index < last; index += 1) {
    const item = shown[index], key = `${view.id} ${anchorOf(view, item)}`;
    wanted.add(key);
    let row = rows.get(key);
    if (!row || row.item !== item || row.context !== context) {
      const element = makeRow(view, item);
      row?.element.replaceWith(element);
      row = { element, item, context };
      rows.set(key, row);
    }
    row.element.style.transform = `translateY(${index * ROW}px)`;
    row.element.setAttribute("aria-posinset", String(index + 1));
    row.element.setAttribute("aria-setsize", String(shown.length));
    row.element.setAttribute("aria-selected", String(anchorOf(view, item) === picked));
    if (!row.element.isConnected) $("sizer").append(row.element);
  }
  for (const [key, row] of rows) if (!wanted.has(key)) { row.element.remove(); rows.delete(key); }
  const at = Math.min(Math.floor(top / ROW), shown.length - 1);
  anchor = { signature: `${state.view} ${state.query} ${state.app}`, index: at, key: at >= 0 ? anchorOf(view, shown[at]) : null };
  const active = rows.get(`${view.id} ${picked}`)?.element;
  if (active) list.setAttribute("aria-activedescendant", active.id);
  else list.removeAttribute("aria-activedescendant");
  if (last >= shown.length - 12 && !state.tokens.length) store[view.id]?.older?.();
}

let rowNumber = 0;
function makeRow(view, item) {
  const { head, meta, text, side, label } = view.row(item), key = anchorOf(view, item);
  const born = state.fresh.get(keyOf(view, item));
  rowNumber += 1;
  return h("div", {
    class: born && performance.now() - born < 1500 ? "row new" : "row", role: "option", id: `row-${rowNumber}`, "aria-label": shorten(label, 200), "data-key": key, onclick: () => choose(key),
  }, h("div", { class: "head" }, head), h("div", { class: "meta" }, meta), h("div", { class: "text", lang: "zh-CN" }, shorten(text, 300)), h("div", { class: "side-value" }, side));
}

function drawBar(view, all, shown) {
  const source = store[view.id], more = source?.more;
  const number = state.tokens.length ? t("{n} of {m}", { n: shown.length, m: all.length }) : more ? t("newest {n}", { n: all.length }) : t("{n} shown", { n: all.length });
  const tools = view.tools?.() ?? [];
  const bar = $("bar"), key = `${language} ${view.id} ${number} ${state.app} ${tools.length && store.apps.items.map((each) => each.callback_url).join()} ${store.faults.items.length}`;
  if (bar.dataset.key === key) return;
  bar.dataset.key = key;
  bar.replaceChildren(h("h2", {}, t(view.title)), h("small", {}, number), h("span", { class: "gap" }), ...tools.filter(Boolean));
}

function follow(view, shown) {
  const picked = state.picked.get(view.id);
  if (!state.loaded) return; // what the address names is not there yet
  const there = picked !== undefined && shown.some((item) => anchorOf(view, item) === picked);
  if (view.free) { if (picked !== undefined && !there && !state.tokens.length) state.picked.delete(view.id); return; }
  if ((state.following && !narrow.matches) || (picked !== undefined && !there)) {
    if (shown.length && (state.following || !there)) state.picked.set(view.id, anchorOf(view, shown[0]));
    else if (!shown.length) state.picked.delete(view.id);
    if (state.picked.get(view.id) !== picked) paint("detail");
  } else if (picked === undefined && shown.length && !narrow.matches) { state.picked.set(view.id, anchorOf(view, shown[0])); paint("detail"); }
}

const narrow = matchMedia("(max-width: 1120px)");

function pickedItem() {
  const view = VIEWS[state.view], key = state.picked.get(view.id);
  return key === undefined ? undefined : view.things().find((item) => anchorOf(view, item) === key);
}

let drawn = "";
function drawDetail() {
  const view = VIEWS[state.view], item = pickedItem(), box = $("detail");
  const key = `${view.id} ${item ? anchorOf(view, item) : ""} ${language}`;
  const kept = key === drawn ? remember(box) : null;
  const inside = item ? view.detail(item) : view.blankDetail?.() ?? h("div", { class: "hollow" }, icon(view.id), h("p", {}, items().length ? t("Choose one on the left.") : t("Details will show here.")));
  box.replaceChildren(...[inside].flat(Infinity).filter(Boolean));
  if (kept) recall(box, kept);
  else box.scrollTop = 0;
  drawn = key;
}

// What a person is in the middle of survives the painting of news: fields, the focus, where things were scrolled to.
function remember(box) {
  const fields = new Map();
  for (const element of box.querySelectorAll("[data-keep]")) {
    const touched = element.matches("input, select, textarea") && (element === document.activeElement || element.dataset.touched);
    fields.set(element.dataset.keep, { touched, value: element.value, checked: element.checked, top: element.scrollTop, focused: element === document.activeElement, from: touched ? selectionOf(element) : null });
  }
  return { fields, top: box.scrollTop };
}

function selectionOf(element) {
  try { return [element.selectionStart, element.selectionEnd]; } catch { return null; }
}

function recall(box, { fields, top }) {
  for (const element of box.querySelectorAll("[data-keep]")) {
    const old = fields.get(element.dataset.keep);
    if (!old) continue;
    if (old.touched) {
      element.value = old.value;
      element.checked = old.checked;
      element.dataset.touched = "yes";
    }
    element.scrollTop = old.top;
    if (old.focused) {
      element.focus({ preventScroll: true });
      if (old.from && old.from[0] !== null && element.setSelectionRange && /^(text|search|)$/.test(element.type)) element.setSelectionRange(...old.from);
    }
  }
  box.scrollTop = top;
}

function drawAll() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-t], [data-t-label], [data-t-placeholder]")) {
    const { dataset } = element;
    if ("t" in dataset) element.textContent = t((dataset.t ||= element.textContent));
    if ("tLabel" in dataset) element.setAttribute("aria-label", t((dataset.tLabel ||= element.getAttribute("aria-label"))));
    if ("tPlaceholder" in dataset) element.placeholder = t((dataset.tPlaceholder ||= element.placeholder));
  }
  for (const each of document.querySelectorAll("[data-language]")) each.setAttribute("aria-pressed", String(each.dataset.language === language));
  drawState();
  drawFoot();
  paint("side", "list", "detail", "clock");
}

function drawState() {
  const box = $("state");
  box.className = `state ${state.link}`;
  box.lastElementChild.textContent = t({ live: "Live", loading: "Loading…", lost: "Reconnecting…" }[state.link]);
}

function tick() {
  if (state.clock) $("clock").firstChild.textContent = fullTime(now());
  for (const element of document.querySelectorAll("[data-age]")) {
    const text = age(Number(element.dataset.age));
    if (element.textContent !== text) element.textContent = text;
  }
  for (const element of document.querySelectorAll("[data-left]")) {
    if (now() >= Number(element.dataset.left) && element.textContent.includes(t("expires in {age}", { age: "" }).trim())) paint("detail");
    element.textContent = left(Number(element.dataset.left));
  }
  for (const element of document.querySelectorAll("[data-expires]")) element.classList.toggle("used", now() >= Number(element.dataset.expires));
}

// --- moving about ---------------------------------------------------------------------------------------------------

// Each place that a person goes to is an entry of the browser's history; what the page follows by itself replaces one.
function writeHash(visited = false) {
  const key = state.following ? undefined : state.picked.get(state.view);
  const hash = `#${state.view}${key ? `/${key}` : ""}`;
  if (location.hash === hash) return;
  if (visited) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return text; } // a % that begins no character
}

function readHash() {
  const [named, ...key] = decoded(location.hash.slice(1)).split("/");
  const view = Object.hasOwn(VIEWS, named) ? named : NAMES[0], there = view === named && key.length > 0;
  state.view = view;
  state.following = !there;
  if (there) state.picked.set(view, key.join("/"));
  else state.picked.delete(view);
  document.body.classList.toggle("picked", there);
  listed = null;
}

function go(view, key) {
  state.view = view;
  state.following = key === undefined;
  listed = null;
  if (key !== undefined) {
    if (state.query) setQuery("");
    state.picked.set(view, key);
  }
  document.body.classList.toggle("picked", key !== undefined);
  if (view === "balances") store.apps.reload();
  if (view === "faults") store.faults.reload();
  writeHash(true);
  paint("side", "list", "detail");
  if (key !== undefined) requestAnimationFrame(() => requestAnimationFrame(reveal));
}

function choose(key) {
  state.picked.set(state.view, key);
  state.following = false;
  document.body.classList.add("picked");
  writeHash(true);
  paint("list", "detail");
}

function backToList() {
  document.body.classList.remove("picked");
  state.following = true;
  writeHash(true);
  paint("list", "detail");
  $("list").focus();
}

function reveal() {
  const view = VIEWS[state.view], list = $("list"), at = items().findIndex((item) => anchorOf(view, item) === state.picked.get(view.id));
  if (at < 0) return;
  $("sizer").style.height = `${items().length * ROW}px`; // it may not be drawn yet, and nothing scrolls beyond its end
  if (at * ROW < list.scrollTop) list.scrollTop = at * ROW;
  else if ((at + 1) * ROW > list.scrollTop + list.clientHeight) list.scrollTop = (at + 1) * ROW - list.clientHeight;
}

function step(by) {
  const view = VIEWS[state.view], shown = items();
  if (!shown.length) return;
  const at = shown.findIndex((item) => anchorOf(view, item) === state.picked.get(view.id));
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), shown.length - 1);
  state.picked.set(view.id, anchorOf(view, shown[next]));
  state.following = false;
  writeHash();
  reveal();
  paint("list", "detail");
}

function setQuery(query) {
  if ($("search").value !== query) $("search").value = query;
  state.query = query;
  state.tokens = parse(query);
  listed = null;
  paint("list", "detail");
}

function setLanguage(chosen) {
  language = chosen;
  try { localStorage.setItem("jsms-sandbox-language", chosen); } catch { /* storage is off */ }
  drawAll();
}

function dialog(id, ...inside) {
  const box = $(id);
  const close = button(t("Close"), () => box.close());
  box.replaceChildren(h("div", { class: "title" }, h("h2", {}, t(box.dataset.tLabel || "Help")), h("span", { class: "gap" }), close), ...inside);
  if (!box.open) box.showModal();
}

function showHelp() {
  const keys = [["j k ↓ ↑", "next, previous"], ["g G", "first, last"], ["/", "search"], ["c", "copy the code"], ["r", "reply as the user"], ["e", "expire the code"], ["1 … 7", "the views on the left"], ["Esc", "leave a field, clear the search, follow the newest"], ["?", "this help"]];
  const words = [["to:138", "part of the number"], ['text:"a b"', "part of the text; quotes for spaces"], ["code:50014", "a verification code, or an error code"], ["type:code", "code, voice, notice, marketing"], ["status:4001", "4001, pending, delivered …"], ["tag:", "part of the tag"], ["msg:", "the msg_id"], ["-word  -to:138", "not this"]];
  dialog("help",
    h("h3", {}, t("Keys")), h("dl", { class: "facts" }, keys.map(([key, text]) => [h("dt", {}, key.split(" ").map((each) => [h("kbd", {}, each), " "])), h("dd", {}, t(text))])), h("br"),
    h("h3", {}, t("Searching")), h("dl", { class: "facts" }, words.map(([word, text]) => [h("dt", { class: "mono" }, word), h("dd", {}, t(text))])));
}

function showAssumptions(lit) {
  const rows = state.info.assumptions.map(({ subject, text }) => [h("dt", { class: `named ${lit.includes(subject) ? "lit" : ""}` }, subject), h("dd", { class: lit.includes(subject) ? "lit" : "" }, text)]);
  dialog("assumptions", h("p", { class: "note" }, t("What no source documents, and the sandbox had to choose. Wherever the page relies on one, it says “assumed”.")), h("br"), h("dl", { class: "facts told", lang: "en" }, rows));
  $("assumptions").querySelector(".lit")?.scrollIntoView({ block: "center" });
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.matches?.("input, select, textarea");
  if (event.key === "Escape") {
    if (document.querySelector("dialog[open]")) return;
    if (typing && event.target.id !== "search") return event.target.blur();
    if (state.query) setQuery("");
    else { state.following = true; $("list").scrollTop = 0; writeHash(); }
    event.target.blur?.();
    document.body.classList.remove("picked");
    return paint("list", "detail");
  }
  if (event.target.id === "search" && (event.key === "Enter" || event.key === "ArrowDown")) { event.preventDefault(); $("list").focus(); return undefined; }
  if (typing || document.querySelector("dialog[open]")) return undefined;
  const item = pickedItem(), inside = event.target.closest?.("pre, .right") && event.key.startsWith("Arrow");
  const actions = {
    j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), g: () => step(-Infinity), G: () => step(Infinity), Home: () => step(-Infinity), End: () => step(Infinity),
    "/": () => { $("search").focus(); $("search").select(); },
    c: () => { const code = item?.code?.code ?? item?.refusal?.code ?? item?.msg_id; if (code) copy(String(code), String(code)); },
    r: () => $("reply")?.focus(), e: () => { if (item?.code && codeState(item.code) === "issued") expire(item); },
    "?": showHelp,
  };
  const action = /^[1-7]$/.test(event.key) ? () => go(NAMES[Number(event.key) - 1]) : Object.hasOwn(actions, event.key) && !inside ? actions[event.key] : null;
  if (!action) return undefined;
  event.preventDefault();
  return action();
}

// --- live -----------------------------------------------------------------------------------------------------------

let stream = null;
let again = 0;

function follows(name, handler) {
  stream.addEventListener(name, (event) => handler(JSON.parse(event.data)));
}

function connect() {
  stream?.close();
  stream = new EventSource(`${API}/events?last_event_id=${encodeURIComponent(state.info.last_event)}`);
  stream.onopen = () => { state.link = "live"; drawState(); };
  stream.onerror = () => {
    state.link = "lost";
    drawState();
    if (stream.readyState === EventSource.CLOSED) { clearTimeout(again); again = setTimeout(begin, 1000); } // browsers give up on some answers
  };
  const touched = (data) => { if (more.key && (data.msg_id === more.key || (!data.msg_id && store.messages.byKey.get(more.key)?.app_key === data.app_key))) lookCloser(more.key, 120); };
  follows("start", loadAllSoon);
  follows("gap", loadAllSoon);
  follows("reset", ({ app_key: key }) => {
    for (const things of [store.messages, store.refused, store.scheduled, store.callbacks]) things.set(things.items.filter((item) => key && item.app_key !== key), things.more && Boolean(key));
    loadAllSoon();
  });
  follows("message", () => { store.messages.arrived(); if (document.hidden) { state.unseen += 1; paint("side"); } if (state.view === "balances") store.apps.reload(); });
  follows("changed", (data) => { store.messages.changed(data.msg_id); touched(data); });
  follows("report", (data) => { store.messages.patch(data.msg_id, () => ({ status: data.status, status_name: state.statuses.find((each) => each.status === data.status)?.name ?? null, reported_at: now() })); touched(data); });
  follows("verified", (data) => { store.messages.patch(data.msg_id, (m) => ({ code: m.code && { ...m.code, state: "verified", verified_at: now() } })); touched(data); });
  follows("reply", touched);
  follows("schedule", () => store.scheduled.reload());
  follows("callback", (data) => { if (store.callbacks.byKey.has(data.callback)) store.callbacks.changed(data.callback); else store.callbacks.arrived(); touched(data); });
  follows("template", () => store.templates.reload());
  follows("sign", () => store.signs.reload());
  follows("app", () => store.apps.reload());
  follows("fault", () => store.faults.reload());
  follows("clock", readClock);
  follows("refused", () => { store.refused.arrived(); if (state.view === "faults") store.faults.reload(); });
  follows("request", () => { if (state.view === "faults") store.faults.reload(); });
}

let loadTimer = 0;
function loadAllSoon() {
  loadTimer ||= setTimeout(() => { loadTimer = 0; loadAll().catch(() => loadAllSoon()); }, 150);
}

async function loadAll() {
  const info = await call("GET", "info");
  state.info = info;
  setClock(info.clock);
  await Promise.all(Object.values(store).map((things) => things.load()));
  clearTimeout(more.timer);
  more = { key: null, data: null, timer: 0 };
  state.loaded = true;
  drawAll();
}

async function begin() {
  try {
    const catalogue = await call("GET", "errors");
    [state.statuses, state.operations] = [catalogue.delivery_statuses, catalogue.operations];
    state.errors = new Map(catalogue.errors.map((error) => [error.code, error]));
    await loadAll();
    connect();
  } catch {
    state.link = "lost";
    drawState();
    clearTimeout(again);
    again = setTimeout(begin, 1000);
  }
}

$("search").addEventListener("input", (event) => setQuery(event.target.value));
$("app").addEventListener("change", (event) => { state.app = event.target.value || null; listed = null; state.following = true; paint("side", "list", "detail"); });
$("help-button").addEventListener("click", showHelp);
$("list").addEventListener("scroll", drawRows, { passive: true });
$("detail").addEventListener("input", (event) => { event.target.dataset.touched = "yes"; });
for (const each of document.querySelectorAll("[data-language]")) each.addEventListener("click", () => setLanguage(each.dataset.language));
for (const each of document.querySelectorAll("dialog")) each.addEventListener("click", (event) => { if (event.target === each) each.close(); });
document.addEventListener("keydown", pressed);
document.addEventListener("visibilitychange", () => { if (!document.hidden) { state.unseen = 0; readClock(); paint("side", "list", "detail"); } });
addEventListener("resize", () => paint("list"));
addEventListener("popstate", () => { readHash(); paint("side", "list", "detail"); }); // the address too, typed or followed
readHash();
drawAll();
setInterval(tick, 500);
begin();
