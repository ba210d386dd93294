// Threads in groups of equal stacks. What is in a group is made when it is opened, so that thousands of them are shown at once.
PyStack.Threads = class {
  static PAGE = 100;
  static ROWS = 50;
  static OPEN = 12;

  constructor(element, note, model, stack, text, events) {
    Object.assign(this, { element, note, model, stack, text, events, groups: [] });
  }

  show(threads) {
    this.groups = PyStack.groupsOf(this.model, threads);
    this.limit = PyStack.Threads.PAGE;
    this.isOpen = this.groups.length <= PyStack.Threads.OPEN;
    this.note.textContent = `${PyStack.plural(new Set(threads.map((thread) => `${thread.process.number} ${thread.id}`)).size, "thread")} in ${PyStack.plural(this.groups.length, "different stack")}. `
      + PyStack.tally(threads.map((thread) => thread.wait?.kind ?? (thread.gil === "Held" ? "has the GIL" : "does not wait"))).map(([kind, count]) => `${kind}: ${PyStack.count(count)}`).join(", ");
    this.draw();
  }

  draw() {
    const shown = this.groups.slice(0, this.limit).map((group) => (group.element ??= this.group(group)));
    this.element.replaceChildren(...shown);
    const left = this.groups.length - this.limit;
    if (left <= 0) return;
    const more = (count) => () => {
      this.limit += count;
      this.draw();
    };
    const page = PyStack.Threads.PAGE * 5;
    this.element.append(PyStack.make("p", { class: "bar" }, PyStack.make("button", { type: "button", onclick: more(page) }, `Show ${PyStack.count(Math.min(page, left))} more`), `${PyStack.plural(left, "stack")} not shown; the search finds them all.`));
  }

  group(group) {
    const make = PyStack.make;
    const { inner } = group;
    const waits = group.waits.slice(0, 3).map(([text, count]) => make("li", {}, `${count > 1 || group.waits.length > 1 ? `${PyStack.count(count)} × ` : ""}${text}`));
    if (group.waits.length > 3) waits.push(make("li", {}, `and ${PyStack.plural(group.waits.length - 3, "other wait")}`));
    const processes = PyStack.tally(group.threads.map((thread) => this.model.nameOf(thread.process)));
    const details = make("details", { class: group.isDeadlock ? "group dead" : "group", "data-hash": group.key },
      make("summary", {},
        make("h3", {}, group.different === 1 ? this.model.threadLabel(group.threads[0]) : PyStack.plural(group.different, "thread"), inner ? " in " : "", inner ? make("code", {}, `${inner.fn.name} (${inner.fn.short}${inner.line ? `:${inner.line}` : ""})`) : ""),
        ...(group.isDeadlock ? [make("span", { class: "badge" }, "\u21bb deadlock")] : []),
        make("ul", { class: "waits", "aria-label": "Waits for" }, ...waits),
        make("span", { class: "place" }, processes.slice(0, 3).map(([name, count]) => (processes.length > 1 ? `${name}: ${PyStack.count(count)}` : name)).join(", ") + (processes.length > 3 ? `, ${PyStack.plural(processes.length - 3, "other process")}` : ""))));
    details.addEventListener("toggle", () => this.fill(group, details));
    if (this.isOpen) {
      details.open = true;
      this.fill(group, details);
    }
    return details;
  }

  fill(group, details) {
    if (!details.open || group.isFilled) return;
    group.isFilled = true;
    const make = PyStack.make;
    const only = group.threads.length === 1 ? group.threads[0] : null;
    const copy = make("button", { type: "button", onclick: () => this.events.copy(only ? this.text.thread(only) : this.text.group(group)) }, only ? "Copy thread" : "Copy stack");
    details.append(make("div", { class: "bar" }, copy, ...(only ? this.facts(only) : [])), this.stack.element(group.node, only?.variables), ...(only ? this.remarks(only) : [this.table(group)]));
  }

  facts(thread) {
    const facts = [thread.status ? `[${thread.status}]` : "", thread.state === "Unknown" ? "" : thread.state.toLowerCase(), thread.cpu === undefined ? "" : `${thread.cpu.toFixed(2)} s CPU`, thread.interpreter ? `interpreter ${thread.interpreter}` : "", thread.unchanged > 0 ? `has not run for ${thread.unchanged} s` : "", thread.at ?? ""];
    return [PyStack.make("span", {}, facts.filter((fact) => fact !== "").join(", "))];
  }

  remarks(thread) {
    const texts = [...(thread.exception ? [`Handles ${thread.exception}`] : []), ...(thread.unsure ? ["The stack may not have existed as shown: the thread ran while it was read."] : []), ...(thread.warnings ?? [])];
    return texts.length > 0 ? [PyStack.make("ul", { class: "remarks" }, ...texts.map((text) => PyStack.make("li", {}, text)))] : [];
  }

  table(group) {
    const make = PyStack.make;
    const columns = [
      ["Thread", (thread) => String(thread.id)], ["Name", (thread) => thread.name ?? ""], ["Process", (thread) => this.model.nameOf(thread.process)], ["State", (thread) => (thread.state === "Unknown" ? "" : thread.state) + (thread.stuck ? ", stuck" : "")],
      ["GIL", (thread) => ({ Held: "held", Waiting: "waits", Dropping: "drops" })[thread.gil] ?? ""], ["CPU", (thread) => (thread.cpu === undefined ? "" : `${thread.cpu.toFixed(2)} s`)], ["Waits for", PyStack.waitOf], ["Captured", (thread) => thread.at ?? ""],
    ];
    const body = make("tbody", {});
    const row = (thread) => {
      const open = make("button", { type: "button", class: "more", "aria-expanded": "false", onclick: () => this.open(thread, line, open, columns.length + 1) }, "Show");
      const line = make("tr", { "data-thread": thread.id }, ...columns.map(([, value]) => make("td", {}, value(thread))), make("td", {}, open));
      thread.button = open;
      return line;
    };
    let shown = 0;
    const more = make("button", { type: "button", onclick: () => grow(PyStack.Threads.ROWS * 10) }, "");
    const grow = (count) => {
      body.append(...group.threads.slice(shown, shown + count).map(row));
      shown += count;
      more.hidden = shown >= group.threads.length;
      more.textContent = `Show more threads (${PyStack.count(group.threads.length - shown)})`;
    };
    grow(PyStack.Threads.ROWS);
    group.showAll = () => grow(group.threads.length);
    return make("div", { class: "wide" }, make("table", { class: "threads", "aria-label": "Threads with this stack" }, make("thead", {}, make("tr", {}, ...columns.map(([title]) => make("th", { scope: "col" }, title)), make("td", {}))), body), more);
  }

  // The thread's own stack, with its variables.
  open(thread, line, button, width) {
    const make = PyStack.make;
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    button.textContent = isOpen ? "Show" : "Hide";
    if (isOpen) line.nextElementSibling.remove();
    else line.after(make("tr", { class: "own" }, make("td", { colspan: width }, make("div", { class: "bar" }, make("button", { type: "button", onclick: () => this.events.copy(this.text.thread(thread)) }, "Copy thread"), ...this.facts(thread)), this.stack.element(thread.node, thread.variables), ...this.remarks(thread))));
  }

  // Goes to a thread: its group, opened.
  reveal(thread) {
    const index = this.groups.findIndex((group) => group.threads.includes(thread));
    if (index < 0) return false;
    if (index >= this.limit) {
      this.limit = index + 1;
      this.draw();
    }
    const group = this.groups[index];
    group.element.open = true;
    this.fill(group, group.element);
    if (!thread.button && group.threads.length > 1) group.showAll();
    if (thread.button?.getAttribute("aria-expanded") === "false") thread.button.click();
    const target = thread.button?.closest("tr") ?? group.element;
    target.scrollIntoView({ block: group.threads.length > 1 ? "center" : "start" });
    (thread.button ?? group.element.querySelector("summary")).focus({ preventScroll: true });
    return true;
  }

  setAll(isOpen) {
    this.isOpen = isOpen;
    for (const group of this.groups) if (group.element) group.element.open = isOpen;
  }
};
