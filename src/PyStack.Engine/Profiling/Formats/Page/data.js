PyStack.KIND = { python: 0, native: 1, root: 2 };
PyStack.IDLE = 1;
PyStack.GIL_HELD = 2;
PyStack.GIL_NOT_HELD = 4;

// The columns as typed arrays, and the functions with the texts that are shown.
PyStack.modelOf = function (data) {
  const fileName = (path) => path.slice(path.lastIndexOf("/") + 1);
  const functions = data.functions.map(([name, file, library, kind]) => {
    const place = fileName(file || library);
    return { name, file, library, kind, place: file || library, label: place ? `${name} (${place})` : name, text: `${name} ${file || library}`.toLowerCase() };
  });
  const up = Int32Array.from(data.tree.up);
  return {
    profiles: data.profiles,
    owners: data.owners,
    functions,
    frameFunction: Int32Array.from(data.frames.function),
    frameLine: Int32Array.from(data.frames.line),
    nodeFrame: Int32Array.from(data.tree.frame),
    nodeParent: up.map((distance, i) => (distance === 0 ? -1 : i - distance)),
    stackNode: Int32Array.from(data.stacks.node),
    stackCount: Float64Array.from(data.stacks.count),
    stackOwner: Int32Array.from(data.stacks.owner),
    stackState: Uint8Array.from(data.stacks.state),
    sources: data.sources,
    hasBaseline: data.profiles.some((profile) => profile.baseline),
  };
};

PyStack.processName = (profile) => `${profile.name || "process"} (${profile.pid})`;
PyStack.threadName = (owner) => `${owner.thread || "thread"} (${owner.tid})`;

// With a sign, which is not a hyphen: U+2212 is as wide as the plus.
PyStack.points = (share, digits = 1) => {
  const text = Math.abs(100 * share).toFixed(digits);
  return Number(text) === 0 ? "±0" : `${share > 0 ? "+" : "\u2212"}${text}`;
};
