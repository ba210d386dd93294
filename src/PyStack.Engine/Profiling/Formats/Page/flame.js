// The graph, by d3-flame-graph. It gets only the frames that are wide enough to be seen, so that a profile of any size is drawn in the same time: enlarging a frame makes a new tree of what is in it.
PyStack.Flame = class {
  static MAX_FRAMES = 3000;
  static MIN_WIDTH = 1.5;
  static ROW = 20;

  constructor(element, model, events) {
    this.element = element;
    this.model = model;
    this.events = events;
    this.focus = 0;
    this.current = 0;
    this.matches = null;
    this.chart = null;
    // Before d3-flame-graph's own handlers: it would only enlarge what is drawn.
    element.addEventListener("click", (event) => {
      const row = this.rowAt(event.target);
      event.stopPropagation();
      if (row !== null) this.zoom(row);
    }, true);
    element.addEventListener("mouseover", (event) => this.events.details(this.rowAt(event.target)));
    element.addEventListener("mouseleave", () => this.events.details(null));
    element.addEventListener("keydown", (event) => this.key(event));
  }

  rowAt(target) {
    const group = target.closest?.("g");
    return group && group.__data__ ? group.__data__.data.row : null;
  }

  // A new tree: of another choice of stacks, or with other options of how it is drawn.
  show(tree, options) {
    const path = this.tree && this.tree !== tree ? this.pathTo(this.focus) : null;
    this.tree = tree;
    this.options = options;
    if (path) this.focus = this.find(path);
    this.current = this.focus;
    this.draw();
  }

  pathTo(row) {
    const path = [];
    for (; row > 0; row = this.tree.parent[row]) path.push(this.tree.label(row));
    return path.reverse();
  }

  find(path) {
    let row = 0;
    for (const label of path) {
      let below = this.tree.first[row];
      while (below >= 0 && this.tree.label(below) !== label) below = this.tree.next[below];
      if (below < 0) return 0;
      row = below;
    }
    return row;
  }

  zoom(row) {
    this.focus = row;
    this.current = row;
    this.draw();
    this.events.details(row, true);
  }

  value(row) {
    return this.options.widthsBefore ? this.tree.before[row] : this.tree.now[row];
  }

  sortedChildren(row) {
    const all = [];
    for (let below = this.tree.first[row]; below >= 0; below = this.tree.next[below]) if (this.value(below) > 0) all.push(below);
    return all.sort((a, b) => (this.tree.label(a) < this.tree.label(b) ? -1 : 1));
  }

  // The frames from the focus on, level by level, down to a width; and how many frames are too narrow.
  visible(width) {
    let least = PyStack.Flame.MIN_WIDTH * this.value(this.focus) / width;
    for (;;) {
      const top = { row: this.focus, value: this.value(this.focus), children: [] };
      let count = 1, hidden = 0, level = [top];
      while (level.length > 0 && count <= PyStack.Flame.MAX_FRAMES) {
        const below = [];
        for (const item of level) {
          for (const row of this.sortedChildren(item.row)) {
            const value = this.value(row);
            if (value < least) {
              hidden++;
              continue;
            }
            const child = { row, value, children: [] };
            item.children.push(child);
            below.push(child);
          }
        }
        count += below.length;
        level = below;
      }
      if (count <= PyStack.Flame.MAX_FRAMES) return { top, hidden };
      least *= 2;
    }
  }

  draw() {
    const width = Math.max(200, this.element.clientWidth);
    const { top, hidden } = this.visible(width);
    let data = top;
    for (let above = this.focus === 0 ? -1 : this.tree.parent[this.focus]; above >= 0; above = this.tree.parent[above]) data = { row: above, value: top.value, fade: true, children: [data] };
    const tree = this.tree, model = this.model, mode = this.options.mode;
    const caption = (d) => (PyStack.Colours.mark(model, tree, d.data.row, mode) + tree.label(d.data.row)).slice(0, 300);
    if (this.chart === null || this.isInverted !== this.options.icicle) {
      this.element.replaceChildren();
      this.isInverted = this.options.icicle;
      this.chart = FlameGraph.flamegraph().cellHeight(PyStack.Flame.ROW).transitionDuration(0).minFrameSize(0).resetHeightOnZoom(true).inverted(this.isInverted);
      this.isNew = true;
    }
    this.chart.width(width).getName(caption).label((d) => this.events.describe(d.data.row)).setColorMapper((d) => PyStack.Colours.of(model, tree, d.data.row, mode));
    if (this.isNew) {
      FlameGraph.select(this.element).datum(data).call(this.chart);
    } else {
      // New elements: what d3-flame-graph keeps would be of other frames, and out of order.
      this.element.querySelector("svg").replaceChildren();
      this.chart.update(data);
    }
    this.isNew = false;
    this.annotate();
    this.events.drawn(hidden);
  }

  // What d3-flame-graph does not know: roles, names and what was found.
  annotate() {
    const svg = this.element.querySelector("svg");
    svg.setAttribute("role", "presentation");
    const width = this.chart.width();
    this.groups = new Map();
    for (const group of svg.querySelectorAll("g")) {
      const row = group.__data__.data.row;
      this.groups.set(row, group);
      // At once, and not by the transition that d3-flame-graph has begun.
      group.querySelector("rect").setAttribute("width", (group.__data__.x1 - group.__data__.x0) * width);
      group.id = `frame-${row}`;
      group.setAttribute("role", "treeitem");
      group.setAttribute("aria-level", String(this.tree.depth[row] + 1));
      group.setAttribute("aria-label", this.events.describe(row));
      const number = this.tree.fn[row];
      const isFound = this.matches !== null && number >= 0 && this.matches[number] === 1;
      group.classList.toggle("found", isFound);
      group.classList.toggle("other", this.matches !== null && !isFound);
    }
    this.mark();
  }

  mark() {
    this.element.querySelector("g.current")?.classList.remove("current");
    for (const group of this.element.querySelectorAll("g[aria-selected]")) group.removeAttribute("aria-selected");
    const group = this.groups.get(this.current);
    if (!group) return;
    group.classList.add("current");
    group.setAttribute("aria-selected", "true");
    this.element.setAttribute("aria-activedescendant", group.id);
  }

  search(matches) {
    this.matches = matches;
    if (this.tree) this.annotate();
  }

  go(row) {
    if (row < 0 || !this.groups.has(row)) return;
    this.current = row;
    this.mark();
    this.groups.get(row).scrollIntoView({ block: "nearest", inline: "nearest" });
    this.events.details(row, true);
  }

  key(event) {
    const isDrawn = (row) => this.groups.has(row);
    const siblings = () => (this.current === 0 ? [0] : this.sortedChildren(this.tree.parent[this.current]).filter(isDrawn));
    const inner = () => this.go(this.current < 0 ? 0 : this.sortedChildren(this.current).filter(isDrawn).sort((a, b) => this.value(b) - this.value(a))[0] ?? -1);
    const outer = () => this.go(this.current === 0 ? 0 : this.tree.parent[this.current]);
    const actions = {
      ArrowUp: this.isInverted ? outer : inner,
      ArrowDown: this.isInverted ? inner : outer,
      ArrowLeft: () => this.go(siblings()[siblings().indexOf(this.current) - 1] ?? -1),
      ArrowRight: () => this.go(siblings()[siblings().indexOf(this.current) + 1] ?? -1),
      Enter: () => this.zoom(this.current),
      " ": () => this.zoom(this.current),
      Escape: () => this.zoom(this.focus === 0 ? 0 : this.tree.parent[this.focus]),
      Home: () => this.zoom(0),
      s: () => this.events.source(this.current),
    };
    if (event.ctrlKey || event.altKey || event.metaKey || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }
};
