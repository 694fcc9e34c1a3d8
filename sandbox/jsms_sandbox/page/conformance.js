// @ts-check
// The conformance list: asks the test API every second, and shows how far the client of an app is.
// ?app=APP_KEY chooses the app, by default the first one.

const WORDS = {
  en: {
    title: "Conformance",
    lead: "Point your client at this sandbox and do each step; the record of its requests decides.",
    count: (right, wrong, total) => `${right} of ${total} right${wrong ? `, ${wrong} wrong` : ""}`,
    lost: "The sandbox does not respond.",
    state: "State",
    step: "Step",
    request: "Request",
    todo: "to do",
    right: "right",
    wrong: "wrong",
  },
  zh: {
    title: "一致性检查",
    lead: "让客户端连接本沙箱并完成每一步，结果由请求记录判定。",
    count: (right, wrong, total) => `${total} 步中 ${right} 步正确${wrong ? `，${wrong} 步错误` : ""}`,
    lost: "沙箱没有响应。",
    state: "状态",
    step: "步骤",
    request: "请求",
    todo: "待完成",
    right: "正确",
    wrong: "错误",
  },
};
const language = navigator.language.startsWith("zh") ? "zh" : "en";
const words = WORDS[language];
const suffix = language === "zh" ? "_zh" : "";
const PAUSE = 1000;

function set(id, text) {
  const element = document.getElementById(id);
  if (element && element.textContent !== text) element.textContent = text;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function row(step) {
  const made = document.createElement("tr");
  made.id = step.id;
  made.dataset.state = step.state;
  const what = element("td", step[`title${suffix}`]);
  if (step.state !== "right") what.append(element("small", step[`task${suffix}`]), element("small", step.detail));
  made.append(element("td", words[step.state]), what, element("td", step.request ?? ""));
  return made;
}

async function show() {
  try {
    const response = await fetch(`api/conformance${location.search}`);
    const found = await response.json();
    if (response.ok) {
      document.querySelector("tbody")?.replaceChildren(...found.steps.map(row));
      set("count", words.count(found.right, found.wrong, found.total));
    } else {
      set("count", `${found.error} ${found.remedy}`);
    }
  } catch {
    set("count", words.lost);
  }
  setTimeout(show, PAUSE);
}

document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
document.title = `${words.title} · JSMS sandbox`;
for (const id of ["title", "lead", "state", "step", "request"]) set(id, words[id]);
show();
