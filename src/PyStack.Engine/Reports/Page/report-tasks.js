// The tree of tasks: who waits for whom, a line each; branches can be closed, and a task's stack opened below it.
PyStack.Tasks = class {
  static PAGE = 300;
  static OPEN = 200;

  constructor(element, note, model, stack, text, events) {
    Object.assign(this, { element, note, model, stack, text, events });
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.tree();
  }

  // Below the parent that was captured; one whose parent is not before it is at the top, so there is no circle.
  tree() {
    const known = new Map();
    for (const task of this.model.tasks) {
      const parent = task.parent ? known.get(`${task.process.number} ${task.parent}`) : undefined;
      task.above = parent ?? null;
      task.level = parent ? parent.level + 1 : 0;
      task.below = 0;
      known.set(`${task.process.number} ${task.id}`, task);
      for (let above = parent; above; above = above.above) above.below++;
      task.isClosed = this.model.tasks.length > PyStack.Tasks.OPEN;
    }
    const children = new Map();
    for (const task of this.model.tasks) {
      if (!children.has(task.above)) children.set(task.above, []);
      children.get(task.above).push(task);
    }
    // Depth first: tasks of one tree may have come with others between them.
    this.all = [];
    const work = [...(children.get(null) ?? [])].reverse();
    while (work.length > 0) {
      const task = work.pop();
      this.all.push(task);
      work.push(...[...(children.get(task) ?? [])].reverse());
    }
  }

  show(tasks, isAll) {
    this.found = isAll ? null : new Set(tasks);
    this.kept = null;
    if (this.found) {
      this.kept = new Set();
      for (const task of tasks) for (let one = task; one && !this.kept.has(one); one = one.above) this.kept.add(one);
    }
    this.limit = PyStack.Tasks.PAGE;
    this.note.textContent = `${PyStack.plural(tasks.length, "task")}. ${PyStack.tally(tasks.map((task) => task.state)).map(([state, count]) => `${state}: ${PyStack.count(count)}`).join(", ")}. A task is below the one that waits for it.`;
    this.draw();
  }

  rows() {
    return this.all.filter((task) => (this.kept ? this.kept.has(task) : true) && !this.isHidden(task));
  }

  isHidden(task) {
    // What was found is shown though it is in a closed branch.
    if (this.found) return false;
    for (let above = task.above; above; above = above.above) if (above.isClosed) return true;
    return false;
  }

  draw() {
    const make = PyStack.make;
    const rows = this.rows();
    const focused = this.current;
    const parts = [];
    let process = null;
    for (const task of rows.slice(0, this.limit)) {
      if (task.process !== process) {
        process = task.process;
        parts.push(make("div", { role: "tree", "aria-label": `Tasks of ${this.model.nameOf(process)}` }, make("h3", { role: "presentation" }, this.model.nameOf(process))));
      }
      parts.at(-1).append(this.row(task));
    }
    this.element.replaceChildren(...parts);
    if (rows.length > this.limit) {
      const more = () => {
        this.limit += PyStack.Tasks.PAGE * 5;
        this.draw();
      };
      this.element.append(make("button", { type: "button", onclick: more }, `Show more (${PyStack.count(rows.length - this.limit)})`));
    }
    this.current = focused && rows.includes(focused) ? focused : rows[0];
    if (this.current?.element) this.current.element.tabIndex = 0;
  }

  row(task) {
    const make = PyStack.make;
    const inner = this.model.stack(task.node).at(-1);
    const twisty = task.below > 0 ? make("span", { class: "twisty", "aria-hidden": "true" }, task.isClosed && !this.found ? "\u25b8" : "\u25be") : make("span", { class: "twisty" }, "");
    const text = make("span", { class: "task" }, make("b", {}, this.model.taskLabel(task)), task.coroutine ? ` ${task.coroutine}` : "", ` [${task.state}]`, task.deadlocks ? make("span", { class: "badge" }, `\u21bb deadlock ${task.deadlocks.join(", ")}`) : "",
      task.wait ? ` waits for ${PyStack.waitOf(task)}` : "", inner ? make("span", { class: "place" }, ` in ${inner.fn.name} (${inner.fn.short}${inner.line ? `:${inner.line}` : ""})`) : "", task.below > 0 ? make("span", { class: "place" }, `, ${PyStack.plural(task.below, "task")} below`) : "");
    const line = make("div", { class: "row" }, twisty, text);
    const row = make("div", { role: "treeitem", class: this.found && !this.found.has(task) ? "item context" : "item", "aria-level": task.level + 1, "aria-expanded": task.below > 0 ? String(!task.isClosed) : undefined, tabindex: -1 }, line);
    row.style.paddingLeft = `${Math.min(task.level, 40) * 1.4}rem`;
    row.task = task;
    task.element = row;
    twisty.addEventListener("click", (event) => {
      event.stopPropagation();
      this.close(task, !task.isClosed);
    });
    line.addEventListener("click", () => this.toggle(task));
    if (task.isShown) this.detail(task);
    return row;
  }

  close(task, isClosed) {
    if (task.below === 0) return;
    task.isClosed = isClosed;
    this.current = task;
    this.draw();
    task.element.focus();
  }

  // The stack of a task, below its line.
  toggle(task) {
    task.isShown = !task.isShown;
    this.focus(task);
    if (task.isShown) this.detail(task);
    else task.element.querySelector(".own").remove();
  }

  detail(task) {
    const make = PyStack.make;
    const warnings = [...(task.unsure ? ["It may not have existed as shown."] : []), ...(task.warnings ?? [])];
    task.element.append(make("div", { class: "own" }, make("div", { class: "bar" }, make("button", { type: "button", onclick: () => this.events.copy(this.text.task(task)) }, "Copy task"), make("span", {}, `${task.id}, ${task.kind}${task.thread ? `, thread ${task.thread}` : ""}`)),
      this.stack.element(task.node, task.variables), ...(task.created === undefined ? [] : [make("h4", {}, "Created at"), this.stack.element(task.created)]), ...(warnings.length > 0 ? [make("ul", { class: "remarks" }, ...warnings.map((text) => make("li", {}, text)))] : [])));
  }

  focus(task) {
    if (this.current?.element) this.current.element.tabIndex = -1;
    this.current = task;
    task.element.tabIndex = 0;
    task.element.focus();
  }

  key(event) {
    if (event.target.getAttribute("role") !== "treeitem" || event.ctrlKey || event.altKey || event.metaKey) return;
    const { task } = event.target;
    const rows = [...this.element.querySelectorAll('[role="treeitem"]')];
    const at = rows.indexOf(event.target);
    const go = (row) => { if (row) this.focus(row.task); };
    const actions = {
      ArrowDown: () => go(rows[at + 1]), ArrowUp: () => go(rows[at - 1]), Home: () => go(rows[0]), End: () => go(rows.at(-1)),
      ArrowRight: () => (task.isClosed ? this.close(task, false) : task.below > 0 && go(rows[at + 1])),
      ArrowLeft: () => (!task.isClosed && task.below > 0 ? this.close(task, true) : task.above && go(task.above.element)),
      Enter: () => this.toggle(task), " ": () => this.toggle(task),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  reveal(task) {
    for (let above = task.above; above; above = above.above) above.isClosed = false;
    this.limit = Math.max(this.limit, this.rows().indexOf(task) + 1);
    this.draw();
    if (!task.element) return;
    if (!task.isShown) this.toggle(task);
    task.element.scrollIntoView({ block: "center" });
    this.focus(task);
  }

  setAll(isOpen) {
    for (const task of this.all) task.isClosed = !isOpen;
    this.draw();
  }
};
