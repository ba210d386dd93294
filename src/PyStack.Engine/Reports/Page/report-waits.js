// Who waits for whom: threads, tasks and processes as nodes, "waits for" as edges.
PyStack.Waits = class {
  constructor(model, isProcess) {
    this.model = model;
    this.nodes = new Map();
    this.edges = [];
    this.known = new Set();
    this.byId = new Map(model.processes.map((process) => [`${process.machine} ${process.pid} ${process.core}`, process]));
    this.threads = new Map(model.threads.map((thread) => [this.threadKey(thread.process, thread.id), thread]));
    this.tasks = new Map(model.tasks.map((task) => [this.taskKey(task.process, task.id), task]));
    for (const thread of this.threads.values()) if (isProcess(thread.process)) this.ofThread(thread);
    for (const task of this.tasks.values()) if (isProcess(task.process)) this.ofTask(task);
    for (const deadlock of model.deadlocks) if (isProcess(deadlock.process)) this.ofDeadlock(deadlock);
    this.throughThreads();
    this.findCycles();
  }

  threadKey(process, id) { return `thread ${process.number} ${id}`; }

  taskKey(process, id) { return `task ${process.number} ${id}`; }

  node(key, make) {
    if (!this.nodes.has(key)) this.nodes.set(key, { key, out: [], in: [], deadlocks: [], wait: "", kind: "", ...make() });
    return this.nodes.get(key);
  }

  edge(from, to, isThrough = false) {
    const key = `${from.key}\n${to.key}`;
    if (this.known.has(key)) return;
    this.known.add(key);
    const edge = { from, to, isThrough, isCycle: false };
    this.edges.push(edge);
    from.out.push(edge);
    to.in.push(edge);
  }

  describe(item, label) {
    return { item, label, place: this.model.nameOf(item.process), wait: item.wait?.text || item.wait?.kind || "", kind: item.wait?.kind ?? "", hash: item.hash, deadlocks: item.deadlocks ?? [] };
  }

  thread(process, id, isGone) {
    const key = this.threadKey(process, id), thread = this.threads.get(key);
    return this.node(key, () => (thread ? this.describe(thread, this.model.threadLabel(thread)) : { label: `Thread ${id}${isGone ? ", which has ended" : ""}`, place: this.model.nameOf(process), isMissing: true, isGone }));
  }

  task(process, id) {
    const key = this.taskKey(process, id), task = this.tasks.get(key);
    return this.node(key, () => (task ? this.describe(task, this.model.taskLabel(task)) : { label: `Task ${id}`, place: this.model.nameOf(process), isMissing: true }));
  }

  // A process of the same machine; of one that is not in the report only the id is known.
  processOf(process, id) {
    if (id === undefined || id === process.pid) return process;
    return this.byId.get(`${process.machine} ${id} `) ?? { number: `${process.machine} ${id}`, pid: id, label: `process ${id}`, machine: process.machine, isMissing: true };
  }

  ofThread(thread) {
    const { wait, process } = thread;
    if (!wait) return;
    if (wait.task) this.edge(this.thread(process, thread.id), this.task(process, wait.task));
    else if (wait.thread) this.edge(this.thread(process, thread.id), this.thread(this.processOf(process, wait.process), wait.thread, wait.gone));
    else if (wait.process && wait.process !== process.pid) {
      const other = this.processOf(process, wait.process);
      this.edge(this.thread(process, thread.id), this.node(`process ${other.number}`, () => ({ label: other.isMissing ? `Process ${wait.process}` : other.label, place: this.model.nameOf(other), isProcess: true, isMissing: other.isMissing, process: other })));
    }
  }

  ofTask(task) {
    const { process, wait } = task;
    const needed = wait?.task ?? (task.awaits?.startsWith("0x") ? task.awaits : undefined);
    if (needed) this.edge(this.task(process, task.id), this.task(process, needed));
    else if (wait?.thread) this.edge(this.task(process, task.id), this.thread(process, wait.thread, wait.gone));
    for (const other of task.awaitedBy ?? []) if (this.tasks.has(this.taskKey(process, other))) this.edge(this.task(process, other), this.task(process, task.id));
  }

  // The objects of a deadlock say it again: of a cycle each waits for the next one.
  ofDeadlock(deadlock) {
    const members = deadlock.members.map((item) => ("depth" in item ? this.task(item.process, item.id) : this.thread(item.process, item.id)));
    const isMixed = deadlock.threads.length > 0 && deadlock.tasks.length > 0;
    if (deadlock.kind === "Self") for (const one of members) this.edge(one, one);
    if (deadlock.kind === "Cycle" && !isMixed && members.length > 1) members.forEach((one, i) => this.edge(one, members[(i + 1) % members.length]));
  }

  // A task goes on in the thread of its loop: if that waits for somebody, so does a task that others wait for.
  throughThreads() {
    for (const node of [...this.nodes.values()]) {
      if (!node.item || !("depth" in node.item) || node.in.length === 0) continue;
      const loop = this.nodes.get(this.threadKey(node.item.process, node.item.thread));
      if (loop && loop.out.length > 0) this.edge(node, loop, true);
    }
  }

  // Strongly connected components, by Tarjan's algorithm without recursion: a chain can have thousands of threads.
  findCycles() {
    let count = 0;
    const stack = [];
    this.blocks = [];
    for (const root of this.nodes.values()) {
      if (root.index !== undefined) continue;
      const path = [{ node: root, next: 0 }];
      while (path.length > 0) {
        const { node } = path.at(-1);
        if (node.index === undefined) {
          node.index = node.low = count++;
          node.isOpen = true;
          stack.push(node);
        }
        const edge = node.out[path.at(-1).next++];
        if (edge) {
          if (edge.to.index === undefined) path.push({ node: edge.to, next: 0 });
          else if (edge.to.isOpen) node.low = Math.min(node.low, edge.to.index);
          continue;
        }
        path.pop();
        if (path.length > 0) path.at(-1).node.low = Math.min(path.at(-1).node.low, node.low);
        if (node.low === node.index) this.close(node, stack);
      }
    }
    for (const edge of this.edges) edge.isCycle = edge.from.block === edge.to.block && edge.from.block.isCycle;
  }

  close(node, stack) {
    const members = stack.splice(stack.lastIndexOf(node));
    for (const one of members) one.isOpen = false;
    const block = { members: members.length > 1 ? this.inOrder(members) : members, isCycle: members.length > 1 || node.out.some((edge) => edge.to === node), children: [], size: members.length };
    for (const one of members) one.block = block;
    this.blocks.push(block);
  }

  // Along the edges, so that each waits for the one below it, as far as that is so.
  inOrder(members) {
    const left = new Set(members), order = [];
    for (let node = members[0]; left.size > 0;) {
      order.push(node);
      left.delete(node);
      node = node.out.map((edge) => edge.to).find((to) => left.has(to)) ?? left.values().next().value;
    }
    return order;
  }
};

// A forest to be drawn: each block (a node, or a cycle) below one that it waits for. Equal threads that nobody waits for are one place.
PyStack.forestOf = function (waits, most) {
  const roots = [];
  for (const block of waits.blocks) {
    const edge = block.members.flatMap((node) => node.out).find(({ to }) => to.block !== block);
    if (edge) {
      block.target = edge.to;
      block.from = edge.from;
      edge.to.block.children.push(block);
    } else roots.push(block);
  }
  // A block is made after all that it waits for: so from the last one on, sizes are complete.
  for (let i = waits.blocks.length - 1; i >= 0; i--) {
    const block = waits.blocks[i];
    if (block.target) block.target.block.size += block.size;
    merge(block);
  }

  const places = (block) => (block.isCycle ? block.members.length : 1);
  let drawn = 0;
  const show = (block) => {
    for (let one = block; one && !one.isShown; one = one.target?.block) {
      one.isShown = true;
      drawn += places(one);
    }
  };
  const all = waits.blocks.filter((block) => !block.isMerged).reduce((sum, block) => sum + places(block), 0);
  for (const block of waits.blocks) if (block.isCycle) show(block);
  if (all <= most) for (const block of waits.blocks) if (!block.isMerged) show(block);
  for (const block of [...waits.blocks].filter((one) => !one.isMerged).sort(order)) if (drawn < most && !block.isShown && (!block.target || block.target.block.isShown)) show(block);
  return { roots: roots.filter((block) => block.isShown).sort(order), drawn, all };

  function merge(block) {
    const equal = new Map();
    for (const child of block.children) {
      const node = child.members[0];
      if (child.isCycle || child.children.length > 0 || node.deadlocks.length > 0 || node.isProcess || !node.hash) continue;
      const key = `${node.hash} ${child.target.key} ${node.kind} ${node.place}`;
      if (!equal.has(key)) equal.set(key, []);
      equal.get(key).push(child);
    }
    for (const [first, ...others] of equal.values()) {
      if (others.length < 3) continue;
      first.equal = [first, ...others].map((one) => one.members[0]);
      for (const other of others) other.isMerged = true;
    }
    block.children = block.children.filter((child) => !child.isMerged).sort(order);
  }

  function order(a, b) {
    return b.isCycle - a.isCycle || b.size - a.size;
  }
};
