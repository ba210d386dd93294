// Which stacks a choice of process, thread, task and idleness has. Those of the baseline belong to the same process by its name, and to the same thread by its name: ids are others in each run.
PyStack.filterOf = function (model, choice) {
  const inBaseline = model.owners.map((owner) => model.profiles[owner.profile].baseline);
  const process = choice.process === "" ? null : model.profiles[Number(choice.process)];
  const thread = choice.thread === "" ? null : model.owners[Number(choice.thread)];
  const sameName = process !== null && model.profiles.some((other) => other.baseline && other.name === process.name);
  const owners = model.owners.map((owner, i) => {
    const profile = model.profiles[owner.profile];
    const isProcess = process === null || (inBaseline[i] ? !sameName || profile.name === process.name : profile === process);
    const isThread = thread === null || (owner.thread === thread.thread && (inBaseline[i] || (owner.tid === thread.tid && owner.profile === thread.profile)));
    return isProcess && isThread && (choice.task === "" || (owner.task ?? "") === choice.task.slice(1));
  });
  return { owners, inBaseline, hideIdle: choice.hideIdle, has: (i) => owners[model.stackOwner[i]] && !(choice.hideIdle && model.stackState[i] & PyStack.IDLE) };
};

// Rows of a tree that are found by parent and function: a hash table over their numbers, because a profile can have millions.
PyStack.Rows = class {
  constructor(capacity) {
    let size = 1024;
    while (size < capacity * 2) size *= 2;
    this.slots = new Int32Array(size).fill(-1);
    this.fn = new Int32Array(capacity + 1);
    this.parent = new Int32Array(capacity + 1);
    this.fn[0] = this.parent[0] = -1;
    this.count = 1;
  }

  of(parent, fn) {
    const mask = this.slots.length - 1;
    let slot = Math.imul(parent, 0x9e3779b1) ^ Math.imul(fn, 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & mask;
    for (let row = this.slots[slot]; row >= 0; row = this.slots[slot]) {
      if (this.parent[row] === parent && this.fn[row] === fn) return row;
      slot = (slot + 1) & mask;
    }
    this.slots[slot] = this.count;
    this.fn[this.count] = fn;
    this.parent[this.count] = parent;
    return this.count++;
  }

  // Row 0 is the root; parents are before their children.
  finish() {
    const fn = this.fn.slice(0, this.count), parent = this.parent.slice(0, this.count);
    const first = new Int32Array(this.count).fill(-1), next = new Int32Array(this.count).fill(-1), depth = new Int32Array(this.count);
    for (let row = this.count - 1; row > 0; row--) {
      next[row] = first[parent[row]];
      first[parent[row]] = row;
    }
    for (let row = 1; row < this.count; row++) depth[row] = depth[parent[row]] + 1;
    return { fn, parent, first, next, depth, names: new Map() };
  }
};

// The call tree by functions: lines of a function are one row. It is the same for all filters.
PyStack.mergeLines = function (model) {
  const rows = new PyStack.Rows(model.nodeFrame.length);
  const rowOfNode = new Int32Array(model.nodeFrame.length);
  for (let node = 0; node < rowOfNode.length; node++) {
    const above = model.nodeParent[node];
    rowOfNode[node] = rows.of(above < 0 ? 0 : rowOfNode[above], model.frameFunction[model.nodeFrame[node]]);
  }
  return { shape: rows.finish(), rowOfStack: model.stackNode.map((node) => (node < 0 ? 0 : rowOfNode[node])) };
};

// The same below a row for each process, thread or task. With a baseline their ids are left out: they are others in each run.
PyStack.groupTree = function (model, merged, group) {
  const nameOf = (owner) => {
    const profile = model.profiles[owner.profile];
    if (group === "task") return owner.task === undefined ? "no task" : `task ${owner.task}`;
    if (group === "process") return model.hasBaseline ? profile.name || "process" : PyStack.processName(profile);
    return model.hasBaseline ? owner.thread || "thread" : PyStack.threadName(owner);
  };
  const names = [...new Set(model.owners.map(nameOf))];
  const groupOfOwner = model.owners.map((owner) => names.indexOf(nameOf(owner)));
  const stacksOf = names.map(() => []);
  for (let i = 0; i < model.stackNode.length; i++) stacksOf[groupOfOwner[model.stackOwner[i]]].push(i);

  // Of each group only the rows that its stacks have.
  const copy = new Int32Array(merged.shape.fn.length).fill(-1);
  let needed = names.length;
  const touched = names.map((name, g) => {
    const rows = [];
    for (const i of stacksOf[g]) for (let row = merged.rowOfStack[i]; row > 0 && copy[row] !== g; row = merged.shape.parent[row]) {
      copy[row] = g;
      rows.push(row);
    }
    needed += rows.length;
    return Int32Array.from(rows).sort();
  });
  const result = new PyStack.Rows(needed);
  const rowOfStack = new Int32Array(model.stackNode.length);
  const functionCount = model.functions.length;
  const roots = names.map((name, g) => result.of(0, functionCount + g));
  names.forEach((name, g) => {
    copy[0] = roots[g];
    for (const row of touched[g]) copy[row] = result.of(copy[merged.shape.parent[row]], merged.shape.fn[row]);
    for (const i of stacksOf[g]) rowOfStack[i] = copy[merged.rowOfStack[i]];
  });
  const shape = result.finish();
  roots.forEach((row, g) => {
    shape.fn[row] = -1;
    shape.names.set(row, names[g]);
  });
  return { shape, rowOfStack };
};

// The tree with the samples of a filter: of itself and with what it calls, now and before.
PyStack.buildTree = function (model, filter, group) {
  model.trees ??= {};
  model.trees[""] ??= PyStack.mergeLines(model);
  const { shape, rowOfStack } = (model.trees[group] ??= PyStack.groupTree(model, model.trees[""], group));
  const column = () => new Float64Array(shape.fn.length);
  const now = column(), before = column(), gil = column(), noGil = column(), idle = column();
  for (let i = 0; i < rowOfStack.length; i++) {
    if (!filter.has(i)) continue;
    const row = rowOfStack[i], samples = model.stackCount[i], state = model.stackState[i];
    if (filter.inBaseline[model.stackOwner[i]]) {
      before[row] += samples;
      continue;
    }
    now[row] += samples;
    if (state & PyStack.GIL_HELD) gil[row] += samples;
    if (state & PyStack.GIL_NOT_HELD) noGil[row] += samples;
    if (state & PyStack.IDLE) idle[row] += samples;
  }
  const tree = { ...shape, selfNow: now.slice(), selfBefore: before.slice(), now, before, gil, noGil, idle };
  for (const values of [now, before, gil, noGil, idle]) for (let row = values.length - 1; row > 0; row--) values[shape.parent[row]] += values[row];
  tree.label = (row) => (row === 0 ? "all" : tree.fn[row] < 0 ? tree.names.get(row) : model.functions[tree.fn[row]].label);
  tree.delta = (row) => (now[0] > 0 ? now[row] / now[0] : 0) - (before[0] > 0 ? before[row] / before[0] : 0);
  return tree;
};

// Visits the rows from the root on, and tells of each whether its function is in the stack above it already.
PyStack.visit = function (tree, functionCount, visitor) {
  const onPath = new Int32Array(functionCount);
  let row = 0;
  for (;;) {
    const number = tree.fn[row];
    if (number >= 0) {
      visitor(row, number, onPath[number] > 0);
      onPath[number]++;
    }
    if (tree.first[row] >= 0) {
      row = tree.first[row];
      continue;
    }
    for (;;) {
      if (tree.fn[row] >= 0) onPath[tree.fn[row]]--;
      if (row === 0) return;
      if (tree.next[row] >= 0) break;
      row = tree.parent[row];
    }
    row = tree.next[row];
  }
};

// Self and total of each function, each stack counted once however often the function is in it.
PyStack.sumFunctions = function (tree, model) {
  const rows = model.functions.map((fn, number) => ({ number, self: 0, total: 0, selfBefore: 0, totalBefore: 0 }));
  PyStack.visit(tree, model.functions.length, (row, number, isRepeated) => {
    const sum = rows[number];
    sum.self += tree.selfNow[row];
    sum.selfBefore += tree.selfBefore[row];
    if (!isRepeated) {
      sum.total += tree.now[row];
      sum.totalBefore += tree.before[row];
    }
  });
  return rows.filter((sum) => sum.total > 0 || sum.totalBefore > 0);
};

// Samples by line of one file, as [self, total]: a line counts once in each stack.
PyStack.sumLines = function (model, filter, isOfFile) {
  const self = new Float64Array(model.nodeFrame.length);
  let all = 0;
  for (let i = 0; i < model.stackNode.length; i++) {
    if (!filter.has(i) || filter.inBaseline[model.stackOwner[i]]) continue;
    all += model.stackCount[i];
    if (model.stackNode[i] >= 0) self[model.stackNode[i]] += model.stackCount[i];
  }
  const total = self.slice();
  for (let node = total.length - 1; node >= 0; node--) if (model.nodeParent[node] >= 0) total[model.nodeParent[node]] += total[node];
  const lines = new Map();
  for (let node = 0; node < total.length; node++) {
    const frame = model.nodeFrame[node];
    if (total[node] === 0 || !isOfFile[model.frameFunction[frame]]) continue;
    const line = model.frameLine[frame];
    let isRepeated = false;
    for (let above = model.nodeParent[node]; above >= 0 && !isRepeated; above = model.nodeParent[above]) {
      const other = model.nodeFrame[above];
      isRepeated = model.frameLine[other] === line && isOfFile[model.frameFunction[other]] === 1;
    }
    const sum = lines.get(line) ?? [0, 0];
    sum[0] += self[node];
    if (!isRepeated) sum[1] += total[node];
    lines.set(line, sum);
  }
  return { lines, all };
};
