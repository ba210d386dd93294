// Stacks as lists of frames, with source and variables.
PyStack.Stack = class {
  // More variables of a frame than these are shown when they are asked for.
  static OPEN = 8;

  constructor(model) {
    this.model = model;
    this.marked = null;
  }

  // The frames of a thread or task, outermost first; each with its variables, if it has some.
  element(node, variables) {
    const make = PyStack.make;
    const frames = this.model.stack(node);
    if (frames.length === 0) return make("p", { class: "note" }, "No frames.");
    const byFrame = new Map((variables ?? []).map(([index, args, locals]) => [index, [["argument", args], ["local", locals]]]));
    const innermost = frames.findLastIndex((frame) => frame.excerpt);
    return make("ol", { class: "stack", "aria-label": "Frames, the innermost last" }, ...frames.map((frame, i) => this.frame(frame, byFrame.get(i), i === innermost)));
  }

  frame(frame, variables, isOpen) {
    const make = PyStack.make;
    const { fn } = frame;
    const place = fn.isNative ? `${fn.file ? `${fn.file}:${frame.line}, ` : ""}C in ${fn.library || "unknown code"}${frame.isInlined ? ", inlined" : ""}` : `${fn.file}:${frame.line}`;
    const where = make("div", { class: "where" }, make("code", { class: fn.isNative ? "native" : "python" }, fn.name), " ", make("span", { class: "place" }, place));
    const parts = [where];
    if (frame.text !== null) parts.push(...this.source(frame, where, isOpen));
    if (frame.isNewer) parts.push(make("p", { class: "note" }, "The file is newer than the process: lines may have moved."));
    if (variables) parts.push(this.variables(variables));
    return make("li", { class: this.marked && this.marked[frame.number] === 1 ? "frame found" : "frame" }, ...parts);
  }

  source(frame, where, isOpen) {
    const make = PyStack.make;
    const single = make("div", { class: "source" }, this.line(frame, frame.line, frame.text, frame.text.length - frame.text.trimStart().length));
    if (!frame.excerpt) return [single];
    const around = this.excerpt(frame);
    const button = make("button", { type: "button", class: "more", onclick: () => show(around.hidden) }, "");
    const show = (isShown) => {
      around.hidden = !isShown;
      single.hidden = isShown;
      button.setAttribute("aria-expanded", String(isShown));
      button.textContent = isShown ? "This line only" : "Lines around";
    };
    show(isOpen);
    where.append(" ", button);
    return [single, around];
  }

  excerpt(frame) {
    const lines = frame.excerpt.lines;
    const indent = Math.min(...lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length));
    return PyStack.make("div", { class: "source" }, ...lines.map((text, i) => this.line(frame, frame.excerpt.first + i, text, Number.isFinite(indent) ? indent : 0)));
  }

  // A line of source; of the running expression the part that is in it is marked.
  line(frame, number, text, indent) {
    const make = PyStack.make;
    const [from, to] = this.running(frame, number, text);
    const code = make("span", { class: "code" });
    if (to > from) code.append(text.slice(indent, Math.max(indent, from)), make("mark", {}, text.slice(Math.max(indent, from), to)), text.slice(to));
    else code.append(text.slice(indent));
    const isRunning = number === frame.line;
    return make("div", { class: isRunning ? "line at" : "line" }, make("span", { class: "number" }, String(number)), make("span", { class: "sign", "aria-label": isRunning ? "runs" : undefined }, isRunning ? "\u25b8" : ""), code);
  }

  running(frame, number, text) {
    if (frame.from === 0 && frame.to === 0) return [0, 0];
    const start = text.length - text.trimStart().length;
    if (number === frame.line) return [frame.from, frame.to < 0 ? text.trimEnd().length : frame.to];
    if (number <= frame.line || number > frame.endLine || frame.to >= 0) return [0, 0];
    return [start, number === frame.endLine && frame.end > 0 ? frame.end : text.trimEnd().length];
  }

  variables(kinds) {
    const make = PyStack.make;
    const rows = [];
    for (const [kind, pairs] of kinds) for (let i = 0; i < pairs.length; i += 2) rows.push(make("tr", {}, make("th", { scope: "row" }, pairs[i]), make("td", {}, pairs[i + 1]), make("td", { class: "place" }, kind)));
    return make("details", { class: "variables", open: rows.length <= PyStack.Stack.OPEN }, make("summary", {}, `${PyStack.plural(rows.length, "variable")}`), make("table", { "aria-label": "Variables" }, make("tbody", {}, ...rows)));
  }
};
