// The functions, sortable by each column.
PyStack.Table = class {
  static PAGE = 300;

  constructor(element, model, events) {
    this.element = element;
    this.model = model;
    this.events = events;
    this.sort = { key: "self", isDown: true };
    this.matches = null;
    this.limit = PyStack.Table.PAGE;
  }

  columns() {
    const share = (part, all) => (all > 0 ? part / all : 0);
    const { now, before } = this.all;
    const columns = [
      { key: "self", title: "Self", value: (row) => row.self, text: (row) => PyStack.percent(share(row.self, now)) },
      { key: "selfSamples", title: "Samples", value: (row) => row.self, text: (row) => PyStack.count(row.self) },
      { key: "total", title: "Total", value: (row) => row.total, text: (row) => PyStack.percent(share(row.total, now)) },
      { key: "totalSamples", title: "Samples", value: (row) => row.total, text: (row) => PyStack.count(row.total) },
    ];
    if (this.isDifference) {
      const self = (row) => share(row.self, now) - share(row.selfBefore, before);
      const total = (row) => share(row.total, now) - share(row.totalBefore, before);
      columns.push({ key: "selfDelta", title: "Self: points", value: self, text: (row) => PyStack.points(self(row)) });
      columns.push({ key: "totalDelta", title: "Total: points", value: total, text: (row) => PyStack.points(total(row)) });
    }
    columns.push({ key: "name", title: "Function", isText: true, value: (row) => this.model.functions[row.number].name });
    columns.push({ key: "place", title: "File", isText: true, value: (row) => this.model.functions[row.number].place });
    return columns;
  }

  show(rows, all, isDifference) {
    this.rows = rows;
    this.all = all;
    this.isDifference = isDifference;
    this.draw();
  }

  search(matches) {
    this.matches = matches;
    this.limit = PyStack.Table.PAGE;
    if (this.rows) this.draw();
  }

  sorted(columns) {
    const column = columns.find((one) => one.key === this.sort.key) ?? columns[0];
    const order = this.sort.isDown ? -1 : 1;
    const rows = this.rows.filter((row) => this.matches === null || this.matches[row.number] === 1);
    return rows.sort((a, b) => {
      const x = column.value(a), y = column.value(b);
      return x === y ? b.total - a.total || a.number - b.number : (x < y ? -1 : 1) * order;
    });
  }

  draw() {
    const make = PyStack.make;
    const columns = this.columns();
    const rows = this.sorted(columns);
    const head = columns.map((column) => {
      const isSorted = column.key === this.sort.key;
      const sort = () => {
        this.sort = { key: column.key, isDown: isSorted ? !this.sort.isDown : !column.isText };
        this.draw();
        this.element.querySelector(`[data-key="${column.key}"]`).focus();
      };
      const arrow = isSorted ? (this.sort.isDown ? " \u25be" : " \u25b4") : "";
      return make("th", { scope: "col", class: column.isText ? undefined : "number", "aria-sort": isSorted ? (this.sort.isDown ? "descending" : "ascending") : undefined },
        make("button", { type: "button", "data-key": column.key, onclick: sort }, column.title + arrow));
    });
    const body = rows.slice(0, this.limit).map((row) => make("tr", {}, ...columns.map((column) => this.cell(column, row))));
    const table = make("table", {}, make("caption", {}, `${PyStack.count(rows.length)} functions`), make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body));
    this.element.replaceChildren(table);
    if (rows.length > this.limit) {
      const more = () => {
        this.limit += PyStack.Table.PAGE * 5;
        this.draw();
      };
      this.element.append(make("button", { type: "button", onclick: more }, `Show more (${PyStack.count(rows.length - this.limit)})`));
    }
  }

  cell(column, row) {
    const make = PyStack.make;
    if (!column.isText) return make("td", { class: "number" }, column.text(row));
    if (column.key === "place") return make("td", { class: "place" }, column.value(row));
    const name = column.value(row);
    return make("td", { class: "name" }, this.events.hasSource(row.number) ? make("button", { type: "button", title: "Show the source", onclick: () => this.events.source(row.number) }, name) : name);
  }
};
