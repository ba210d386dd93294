// A file's text with the shares of its lines, as numbers and as heat.
PyStack.Source = class {
  // Of longer files only what is near lines with samples.
  static WHOLE = 4000;
  static AROUND = 60;

  constructor(element, select, note, model) {
    Object.assign(this, { element, select, note, model });
    select.addEventListener("change", () => this.draw(null));
  }

  // The sources of the chosen process, those with the most samples first.
  show(filter, process, sums) {
    this.filter = filter;
    const samples = new Map();
    for (const sum of sums) {
      const file = this.model.functions[sum.number].file;
      samples.set(file, (samples.get(file) ?? 0) + sum.self);
    }
    const names = new Set();
    this.sources = this.model.sources
      .filter((source) => process === "" || source.profiles.includes(Number(process)))
      .filter((source) => !names.has(source.file) && names.add(source.file))
      .map((source) => ({ source, samples: samples.get(source.file) ?? 0 }))
      .sort((a, b) => b.samples - a.samples || (a.source.file < b.source.file ? -1 : 1));
    const chosen = this.select.value;
    this.select.replaceChildren(...this.sources.map((one) => PyStack.make("option", { value: one.source.file }, one.source.file)));
    if (this.sources.some((one) => one.source.file === chosen)) this.select.value = chosen;
    this.isDrawn = false;
  }

  has(file) {
    return file !== "" && this.model.sources.some((source) => source.file === file);
  }

  // Draws when it is seen: sums of lines take time.
  appear() {
    if (!this.isDrawn) this.draw(null);
  }

  open(file, line) {
    this.select.value = file;
    this.draw(line);
  }

  draw(at) {
    this.isDrawn = true;
    const make = PyStack.make;
    const entry = this.sources.find((one) => one.source.file === this.select.value);
    if (!entry) {
      this.note.textContent = "";
      this.element.replaceChildren(make("p", {}, "The profile has no source files."));
      return;
    }
    const { source } = entry;
    this.note.textContent = source.newer ? "The file was changed after the process began: lines may have moved." : "";
    const isOfFile = Uint8Array.from(this.model.functions, (fn) => (fn.file === source.file ? 1 : 0));
    const { lines, all } = PyStack.sumLines(this.model, this.filter, isOfFile);
    const target = at ?? [...lines].sort((a, b) => b[1][0] - a[1][0] || b[1][1] - a[1][1])[0]?.[0] ?? 1;
    const isShown = this.shownLines(source.lines.length, lines, target);
    const most = Math.max(1, ...[...lines.values()].map((sum) => sum[1]));
    const rows = [];
    let skipped = 0;
    source.lines.forEach((text, i) => {
      if (!isShown(i + 1)) {
        skipped++;
        return;
      }
      if (skipped > 0) rows.push(make("tr", { class: "gap" }, make("td", { colspan: 4 }, `${skipped} lines without samples`)));
      skipped = 0;
      rows.push(this.row(i + 1, text, lines.get(i + 1), all, most, i + 1 === target));
    });
    const head = make("tr", {}, ...["Line", "Self", "Total"].map((title) => make("th", { scope: "col", class: "number" }, title)), make("th", { scope: "col" }, "Text"));
    this.element.replaceChildren(make("table", { "aria-label": source.file }, make("thead", {}, head), make("tbody", {}, ...rows)));
    this.element.querySelector("tr.at")?.scrollIntoView({ block: "center" });
  }

  shownLines(count, lines, target) {
    if (count <= PyStack.Source.WHOLE) return () => true;
    const shown = new Uint8Array(count + 2);
    for (const line of [...lines.keys(), target]) shown.fill(1, Math.max(0, line - PyStack.Source.AROUND), line + PyStack.Source.AROUND);
    return (line) => shown[line] === 1;
  }

  row(number, text, sum, all, most, isTarget) {
    const make = PyStack.make;
    const share = (part) => (part > 0 && all > 0 ? PyStack.percent(part / all) : "");
    const cell = make("td", { class: "number" }, share(sum?.[1] ?? 0));
    if (sum) cell.style.background = `rgba(var(--heat), ${(0.08 + 0.5 * (sum[1] / most)).toFixed(3)})`;
    return make("tr", { class: isTarget ? "at" : undefined, "data-line": number }, make("td", { class: "line" }, String(number)), make("td", { class: "number" }, share(sum?.[0] ?? 0)), cell, make("td", { class: "text" }, text));
  }
};
