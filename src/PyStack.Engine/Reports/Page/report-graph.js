// The wait graph as a picture. What others wait for is at the left or above; an arrow goes from who waits to what is waited for. A cycle is red, has a thick broken frame, and says so.
PyStack.Graph = class {
  static MOST = 200;
  static WIDTH = 290;
  static HEIGHT = 44;
  static ROW = 60;

  constructor(element, note, events) {
    Object.assign(this, { element, note, events });
  }

  svg(name, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== false) element.setAttribute(key, String(value));
    element.append(...children);
    return element;
  }

  show(waits) {
    const { roots, drawn, all } = PyStack.forestOf(waits, PyStack.Graph.MOST);
    this.cycles = waits.blocks.filter((block) => block.isCycle);
    this.cycles.forEach((block, i) => { block.name = `cycle ${i + 1}`; });
    const depth = Math.max(0, ...roots.map((block) => this.depth(block)));
    // Side by side as long as that fits a screen; longer chains as a list in which each is indented below what it waits for.
    this.isWide = depth > 4;
    this.step = this.isWide ? 34 : PyStack.Graph.WIDTH + 70;
    this.boxes = [];
    this.left = 56;
    let row = 0;
    for (const block of roots) row = this.place(block, 0, row) + (this.isWide ? 0.4 : 0.15);
    const width = Math.max(...this.boxes.map((box) => box.x), 0) + PyStack.Graph.WIDTH + 30, height = Math.ceil(row * PyStack.Graph.ROW) + 10;
    this.note.textContent = `${PyStack.plural(waits.nodes.size, "node")}${this.cycles.length > 0 ? `, ${PyStack.plural(this.cycles.length, "cycle")}` : ", no cycle"}. An arrow goes from who waits to what is waited for.${drawn < all ? ` Only ${PyStack.count(drawn)} of ${PyStack.count(all)} places are drawn: all cycles, and the largest chains.` : ""}`;
    const marker = (id) => this.svg("marker", { id, class: id, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 10, markerHeight: 10, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" }, this.svg("path", { d: "M 0 0 L 10 5 L 0 10 z" }));
    const picture = this.svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Graph of who waits for whom; arrow keys go from box to box" }, this.svg("defs", {}, marker("arrow"), marker("arrow-cycle")), ...this.arrows(waits), ...this.boxes.map((box) => this.box(box)));
    picture.addEventListener("keydown", (event) => this.key(event));
    this.element.replaceChildren(PyStack.make("div", { class: "graph" }, picture));
  }

  depth(root) {
    let most = 0;
    const stack = [[root, 0]];
    while (stack.length > 0) {
      const [block, depth] = stack.pop();
      most = Math.max(most, depth);
      for (const child of block.children) if (child.isShown) stack.push([child, depth + 1]);
    }
    return most;
  }

  // Gives each box its place; the boxes of a cycle are below each other. An own stack: chains can be long.
  place(root, depth, row) {
    const work = [{ block: root, depth, member: 0, isEntered: false, child: 0 }];
    while (work.length > 0) {
      const top = work.at(-1), { block } = top;
      const node = block.members[top.member];
      if (!node) {
        work.pop();
        continue;
      }
      if (!top.isEntered) {
        top.isEntered = true;
        top.children = block.children.filter((child) => child.isShown && child.target === node);
        top.row = row;
        const box = { node, block, x: this.left + top.depth * this.step, y: row * PyStack.Graph.ROW + 6 };
        node.box = box;
        this.boxes.push(box);
        row = this.isWide || top.children.length === 0 ? row + 1 : row;
      }
      const child = top.children[top.child++];
      if (child) work.push({ block: child, depth: top.depth + 1, member: 0, isEntered: false, child: 0 });
      else {
        row = Math.max(row, top.row + 1);
        Object.assign(top, { member: top.member + 1, isEntered: false, child: 0 });
      }
    }
    return row;
  }

  arrows(waits) {
    const { WIDTH, HEIGHT } = PyStack.Graph;
    let lane = 0;
    const arrows = [];
    for (const edge of waits.edges) {
      const from = edge.from.box, to = edge.to.box;
      if (!from || !to) continue;
      const middle = (box) => box.y + HEIGHT / 2;
      const isTree = from.block.target === edge.to && from.block.from === edge.from;
      let d;
      const isNext = from.block === to.block && from.block.members.indexOf(edge.to) === from.block.members.indexOf(edge.from) + 1;
      if (from === to) d = `M ${from.x} ${from.y + 12} C ${from.x - 40} ${from.y + 4}, ${from.x - 40} ${from.y + HEIGHT - 4}, ${from.x} ${from.y + HEIGHT - 12}`;
      else if (isNext && (!this.isWide || to.y - from.y <= PyStack.Graph.ROW + 1)) d = `M ${from.x + 40} ${from.y + HEIGHT} L ${to.x + 40} ${to.y - 2}`;
      else if (edge.isCycle || (!isTree && (this.isWide || to.x >= from.x))) {
        const out = Math.min(from.x, to.x) - 22 - (lane++ % 5) * 7;
        d = `M ${from.x} ${middle(from)} H ${out + 8} Q ${out} ${middle(from)} ${out} ${middle(from) + (to.y > from.y ? 8 : -8)} V ${middle(to) + (to.y > from.y ? -8 : 8)} Q ${out} ${middle(to)} ${out + 8} ${middle(to)} H ${to.x - 2}`;
      } else if (this.isWide) d = `M ${from.x} ${middle(from)} L ${to.x + 14} ${middle(from)} L ${to.x + 14} ${to.y + HEIGHT + 2}`;
      else d = `M ${from.x} ${middle(from)} C ${from.x - 35} ${middle(from)}, ${to.x + WIDTH + 35} ${middle(to)}, ${to.x + WIDTH + 2} ${middle(to)}`;
      const kind = edge.isCycle ? "arrow-cycle" : "arrow";
      arrows.push(this.svg("path", { class: `edge${edge.isCycle ? " cycle" : ""}${isTree || edge.isCycle ? "" : " other"}`, d, "marker-end": `url(#${kind})` }));
    }
    return arrows;
  }

  box({ node, block, x, y }) {
    const { WIDTH, HEIGHT } = PyStack.Graph;
    const equal = block.equal ?? [node];
    const name = equal.length > 1 ? `${PyStack.count(equal.length)} threads with equal stacks` : node.label;
    const badge = node.deadlocks.length > 0 ? `deadlock ${node.deadlocks.join(", ")}` : block.isCycle ? block.name : "";
    const second = node.wait || (node.isMissing ? "not in this report" : node.isProcess ? "process" : node.item ? PyStack.waitOf(node.item) : "");
    const label = `${name} of ${node.place}${badge ? `, ${badge}` : ""}${block.isCycle ? ", part of a cycle" : ""}; ${node.wait ? "waits for" : "does not wait for another one"}: ${second}`;
    const text = (at, className, content) => this.svg("text", { x: 8, y: at, class: className }, content);
    const classes = `box${block.isCycle ? " cycle" : ""}${node.isMissing ? " missing" : ""}${node.deadlocks.length > 0 ? " dead" : ""}`;
    const group = this.svg("g", { class: classes, transform: `translate(${x} ${y})`, tabindex: this.boxes[0].node === node ? 0 : -1, role: node.item ? "button" : "img", "aria-label": label },
      this.svg("title", {}, label),
      this.svg("rect", { width: WIDTH, height: HEIGHT, rx: 6 }),
      this.svg("svg", { width: WIDTH - 4, height: HEIGHT, overflow: "hidden" }, text(17, "name", (badge ? `${block.isCycle ? "\u21bb " : ""}${badge}: ` : "") + name), text(34, "wait", `${node.wait ? "\u2192 " : ""}${second}`)));
    group.node = node;
    group.addEventListener("click", () => this.choose(node));
    return group;
  }

  choose(node) {
    if (node.item) this.events.open(node.item);
  }

  key(event) {
    const groups = [...this.element.querySelectorAll("g.box")];
    const at = groups.indexOf(event.target.closest("g.box"));
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: groups.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") this.choose(groups[at].node);
    else if (next === undefined) return;
    event.preventDefault();
    if (!groups[next]) return;
    groups[at].setAttribute("tabindex", "-1");
    groups[next].setAttribute("tabindex", "0");
    groups[next].focus();
  }
};
