// The embedded data with what belongs together linked: frames with their functions and texts, threads and tasks with their processes.
PyStack.reportOf = function (data) {
  const fileName = (path) => path.slice(path.lastIndexOf("/") + 1);
  const functions = data.functions.map(([name, file, library, kind]) => ({
    name, file, library, isNative: kind === 1, place: file || library, short: fileName(file || library), text: `${name} ${file || library}`.toLowerCase(),
  }));
  const frames = data.frames.map(([fn, line, text, from, to, endLine, end, excerpt, flags]) => ({
    number: fn, fn: functions[fn], line, text: text < 0 ? null : data.lines[text], from, to, endLine, end, excerpt: excerpt < 0 ? null : data.excerpts[excerpt], isNewer: (flags & 1) !== 0, isInlined: (flags & 2) !== 0,
  }));
  for (const excerpt of data.excerpts) excerpt.lines = excerpt.lines.map((line) => data.lines[line]);
  const nodeFrame = Int32Array.from(data.tree.frame);
  const nodeParent = Int32Array.from(data.tree.up, (distance, i) => (distance === 0 ? -1 : i - distance));
  const processes = data.processes.map((process, number) => ({ ...process, number, label: `${process.name || "process"} (${process.core && !process.pid ? fileName(process.core) : process.pid})` }));
  const machines = [...new Set(processes.map((process) => process.machine).filter((name) => name !== ""))];
  const link = (item, number) => ({ ...item, number, process: processes[item.process] });
  const model = {
    data, functions, frames, processes, machines,
    threads: data.threads.map(link),
    tasks: data.tasks.map(link),
    deadlocks: data.deadlocks.map(link),
  };

  // With several machines the name of a process does not say which one it is.
  model.nameOf = (process) => (machines.length > 1 && process.machine ? `${process.label} on ${process.machine}` : process.label);
  model.threadLabel = (thread) => `Thread ${thread.id}${thread.name ? ` (${thread.name})` : ""}`;
  model.taskLabel = (task) => `${task.kind === "Greenlet" ? "Greenlet" : task.kind === "Coroutine" ? "Coroutine" : "Task"} ${task.name || task.id}`;

  // The frames of a stack, outermost first.
  model.stack = (node) => {
    const stack = [];
    for (; node >= 0; node = nodeParent[node]) stack.push(frames[nodeFrame[node]]);
    return stack.reverse();
  };

  // Which nodes have a function in their stack that is marked.
  model.stacksWith = (isMarked) => {
    const result = new Uint8Array(nodeFrame.length);
    for (let node = 0; node < result.length; node++) result[node] = (nodeParent[node] >= 0 && result[nodeParent[node]] === 1) || isMarked[frames[nodeFrame[node]].number] === 1 ? 1 : 0;
    return result;
  };

  const waitText = (wait) => (wait ? `${wait.kind} ${wait.text ?? ""} ${wait.call ?? ""} ${wait.resource ?? ""}` : "");
  for (const thread of model.threads) thread.search = `${thread.id} ${thread.name ?? ""} ${thread.osName ?? ""} ${thread.status ?? ""} ${thread.exception ?? ""} ${waitText(thread.wait)} ${thread.process.label}`.toLowerCase();
  for (const task of model.tasks) task.search = `${task.id} ${task.name ?? ""} ${task.coroutine ?? ""} ${waitText(task.wait)} ${task.process.label}`.toLowerCase();
  model.deadlocks.forEach((deadlock, i) => {
    deadlock.members = [...deadlock.threads.map((number) => model.threads[number]), ...deadlock.tasks.map((number) => model.tasks[number])];
    for (const member of deadlock.members) (member.deadlocks ??= []).push(i + 1);
  });
  return model;
};

PyStack.plural = (count, word) => `${PyStack.count(count)} ${word}${count === 1 ? "" : word.endsWith("s") ? "es" : "s"}`;

// Equal texts with their numbers, the most frequent first.
PyStack.tally = function (texts) {
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
};

// What a choice of process, machine, state, kind of wait and a search leaves. It throws if the search is no valid pattern.
PyStack.chosenOf = function (model, choice) {
  const isProcess = (process) => (choice.process === "" || process.number === Number(choice.process)) && (choice.machine === "" || process.machine === choice.machine);
  const search = choice.search === "" ? null : PyStack.matcher(choice.search);
  const marked = search ? Uint8Array.from(model.functions, (fn) => (search(fn.text) ? 1 : 0)) : null;
  const stacks = marked ? model.stacksWith(marked) : null;
  const isShown = (item, prefix) => isProcess(item.process)
    && (choice.state === "" || choice.state === `${prefix}${item.state}`)
    && (choice.kind === "" || (item.wait?.kind ?? "") === choice.kind.slice(1))
    && (!search || search(item.search) || (item.node >= 0 && stacks[item.node] === 1));
  return {
    marked,
    isProcess,
    processes: model.processes.filter(isProcess),
    threads: model.threads.filter((thread) => isShown(thread, "t:")),
    tasks: model.tasks.filter((task) => isShown(task, "k:")),
    deadlocks: model.deadlocks.filter((deadlock) => isProcess(deadlock.process) || deadlock.members.some((member) => isProcess(member.process))),
    isAll: !search && choice.state === "" && choice.kind === "" && choice.process === "" && choice.machine === "",
  };
};

// Threads with equal stacks, the largest group first; those of deadlocks before all others.
PyStack.groupsOf = function (model, threads) {
  const groups = new Map();
  for (const thread of threads) {
    const key = thread.hash ?? `node ${thread.node}`;
    if (!groups.has(key)) groups.set(key, { key, threads: [] });
    groups.get(key).threads.push(thread);
  }
  for (const group of groups.values()) {
    group.different = new Set(group.threads.map((thread) => `${thread.process.number} ${thread.id}`)).size;
    group.captures = new Set(group.threads.map((thread) => thread.at)).size;
    group.waits = PyStack.tally(group.threads.map(PyStack.waitOf));
    group.isDeadlock = group.threads.some((thread) => thread.deadlocks);
    group.node = group.threads[0].node;
    group.inner = model.stack(group.node).at(-1) ?? null;
  }
  return [...groups.values()].sort((a, b) => b.isDeadlock - a.isDeadlock || b.different - a.different);
};

// What a thread or task does, in words.
PyStack.waitOf = function (item) {
  if (item.wait) return item.wait.text || item.wait.kind;
  if (item.awaits) return item.awaits;
  if (item.gil === "Waiting") return "the GIL";
  if (item.gil === "Held") return "nothing: it has the GIL";
  return item.state === "Running" || item.state === "Ready" ? `nothing: ${item.state.toLowerCase()}` : "not known";
};
