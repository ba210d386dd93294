// Everything as text, for mails and tickets: the way tracebacks are written.
PyStack.Text = class {
  constructor(model) {
    this.model = model;
  }

  frames(node) {
    return this.model.stack(node).flatMap((frame) => this.frame(frame));
  }

  frame({ fn, line, text, isInlined }) {
    const place = fn.isNative ? `(C) File "${fn.file || "???"}", line ${line}, in ${fn.name} (${fn.library || "???"})${isInlined ? " (inlined)" : ""}` : `(Python) File "${fn.file}", line ${line}, in ${fn.name}`;
    return [`    ${place}`, ...(text ? [`        ${text.trim()}`] : [])];
  }

  variables(item) {
    const lines = new Map();
    for (const [index, args, locals] of item.variables ?? []) {
      const written = [];
      for (const [title, pairs] of [["Arguments", args], ["Locals", locals]]) {
        if (pairs.length > 0) written.push(`        ${title}:`);
        for (let i = 0; i < pairs.length; i += 2) written.push(`            ${pairs[i]}: ${pairs[i + 1]}`);
      }
      lines.set(index, written);
    }
    return lines;
  }

  // A stack with the variables of its thread or task, which stand below their frames.
  stack(item) {
    const variables = this.variables(item);
    return this.model.stack(item.node).flatMap((frame, i) => [...this.frame(frame), ...(variables.get(i) ?? [])]);
  }

  threadTitle(thread) {
    return `${this.model.threadLabel(thread)} of ${this.model.nameOf(thread.process)}${thread.status ? ` [${thread.status}]` : ""}`;
  }

  thread(thread) {
    return [`${this.threadTitle(thread)}, captured ${thread.at ?? "at an unknown time"}`, `    waits for: ${PyStack.waitOf(thread)}`, ...(thread.exception ? [`    handles: ${thread.exception}`] : []), ...this.stack(thread), ...(thread.warnings ?? []).map((text) => `    * ${text}`)];
  }

  task(task) {
    return [`${this.model.taskLabel(task)} of ${this.model.nameOf(task.process)} [${task.state}]${task.coroutine ? ` ${task.coroutine}` : ""}`, `    waits for: ${PyStack.waitOf(task)}`, ...this.stack(task), ...(task.warnings ?? []).map((text) => `    * ${text}`)];
  }

  group(group) {
    return [`${PyStack.plural(group.different, "thread")} with this stack:`, ...this.frames(group.node), ...group.threads.map((thread) => `  - ${this.threadTitle(thread)}, waits for: ${PyStack.waitOf(thread)}`)];
  }

  deadlock(deadlock, number) {
    return [`Deadlock ${number}: ${deadlock.title}`, ...(deadlock.lines ?? []).map((line) => `    ${line}`)];
  }

  process(process) {
    return [this.model.nameOf(process), ...process.facts.map(([label, text]) => `    ${label}: ${text}`), ...process.notes.map((note) => `    * ${note}`)];
  }

  edge({ from, to }) {
    return `${from.label} of ${from.place} waits for ${to.label}${to.place && to.place !== from.place ? ` of ${to.place}` : ""}${from.wait ? `: ${from.wait}` : ""}`;
  }

  // What is shown at the moment, whole.
  all(title, lines, shown, graph) {
    const parts = [[title, ...lines]];
    const add = (name, blocks) => {
      if (blocks.length > 0) parts.push([name, "=".repeat(name.length)], ...blocks);
    };
    add("Deadlocks", shown.deadlocks.map((deadlock) => this.deadlock(deadlock, deadlock.number + 1)));
    add("Processes", shown.processes.map((process) => this.process(process)));
    add("Who waits for whom", graph.edges.length > 0 ? [graph.edges.map((edge) => this.edge(edge))] : []);
    add("Threads", PyStack.groupsOf(this.model, shown.threads).map((group) => (group.threads.length === 1 ? this.thread(group.threads[0]) : [...this.group(group), ...this.details(group)])));
    add("Tasks", shown.tasks.map((task) => this.task(task)));
    return parts.map((part) => part.join("\n")).join("\n\n") + "\n";
  }

  // Of threads in a group that have more to say than their stack.
  details(group) {
    return group.threads.filter((thread) => thread.variables || thread.warnings).flatMap((thread) => ["", ...this.thread(thread)]);
  }
};

// Into the clipboard; in browsers that do not let a file's page do so, by the older way.
PyStack.copy = async function (lines, status) {
  const text = Array.isArray(lines) ? `${lines.join("\n")}\n` : lines;
  let isDone = false;
  try {
    await navigator.clipboard.writeText(text);
    isDone = true;
  } catch {
    const area = PyStack.make("textarea", { class: "copied", "aria-hidden": "true" });
    const focused = document.activeElement;
    area.value = text;
    document.body.append(area);
    area.select();
    isDone = document.execCommand("copy");
    area.remove();
    focused?.focus();
  }
  status.textContent = isDone ? `Copied: ${PyStack.plural(text.split("\n").length - 1, "line")}.` : "The browser does not allow to copy.";
};
