// What the pages of profiles and of reports have in common.
const PyStack = {};

// The embedded data: base64 of gzip of JSON. See HtmlPage.cs.
PyStack.unpack = async function (text) {
  const packed = atob(text);
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
};

// Makes an element with attributes and children; texts are always text.
PyStack.make = function (name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === "onclick") element.addEventListener("click", value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
};

PyStack.percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
PyStack.count = (number) => number.toLocaleString("en-US");

// Part of a text, or /a regular expression/; it throws if that is none. It is given texts in lower case.
PyStack.matcher = function (text) {
  const pattern = /^\/(.+)\/$/.exec(text);
  if (!pattern) return (other) => other.includes(text.toLowerCase());
  const expression = new RegExp(pattern[1], "iu");
  return (other) => expression.test(other);
};

// How long what takes longest takes, for whoever looks into performance.getEntriesByType("measure").
PyStack.timed = function (name, work) {
  const from = performance.now();
  const result = work();
  performance.measure(name, { start: from, end: performance.now() });
  return result;
};

// The data in the element, which is taken out of the page.
PyStack.load = async function (element) {
  const data = await PyStack.unpack(element.textContent.trim());
  performance.measure("unpack");
  element.remove();
  return data;
};

// Dark or light as the system has it, and a button for the other one.
PyStack.theme = function (button, changed) {
  const set = (isDark) => {
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
    button.setAttribute("aria-pressed", String(isDark));
  };
  const change = (isDark) => { set(isDark); changed(); };
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  set(prefersDark.matches);
  button.addEventListener("click", () => change(document.documentElement.dataset.theme !== "dark"));
  prefersDark.addEventListener("change", (event) => change(event.matches));
};

// "/" goes to the search, which begins when nothing was typed for a moment.
PyStack.searchBox = function (input, search) {
  let typed = 0;
  input.addEventListener("input", () => { clearTimeout(typed); typed = setTimeout(search, 120); });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement.tagName)) return;
    event.preventDefault();
    input.focus();
  });
};

PyStack.fail = function (error) {
  document.getElementById("title").textContent = `This page cannot be shown: ${error.message}`;
  throw error;
};
