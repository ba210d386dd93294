// Puts the parts together: what is chosen above, and what is shown below.
(async () => {
  const $ = (id) => document.getElementById(id);
  const make = PyStack.make;
  const timed = PyStack.timed;
  PyStack.theme($("theme"), () => redraw());
  const unpacked = await PyStack.load($("data"));
  const model = timed("model", () => PyStack.modelOf(unpacked));
  let tree, sums, filter;

  const now = model.profiles.filter((profile) => !profile.baseline);
  const describeProfile = (profile) => `${PyStack.processName(profile)}, Python ${profile.python}, ${profile.started}: ${PyStack.count(Math.round(profile.achieved))} samples a second for ${profile.seconds.toFixed(1)} s, ${profile.mode.toLowerCase()}`
    + `${profile.torn > 0 ? `, ${PyStack.count(profile.torn)} torn` : ""}${profile.missed > 0 ? `, ${PyStack.count(profile.missed)} missed` : ""}`;
  $("title").textContent = `Profile of ${now.length === 1 ? PyStack.processName(now[0]) : `${now.length} processes`}`;
  $("summary").textContent = now.length === 1 ? describeProfile(now[0]) : "";
  const warnings = [...(now.length > 1 ? now.map(describeProfile) : []), ...model.profiles.filter((profile) => profile.baseline).map((profile) => `Baseline: ${describeProfile(profile)}`), ...now.flatMap((profile) => profile.warnings)];
  $("warnings").replaceChildren(...warnings.map((text) => make("li", {}, text)));
  $("warnings").hidden = warnings.length === 0;

  const fill = (select, first, entries) => {
    const chosen = select.value;
    select.replaceChildren(make("option", { value: "" }, first), ...entries.map(([value, text]) => make("option", { value }, text)));
    if (entries.some(([value]) => value === chosen)) select.value = chosen;
    select.closest("label").hidden = entries.length < 2 && !(entries.length === 1 && select.id === "task");
  };
  const fillLists = () => {
    const process = $("process").value;
    const owners = model.owners.map((owner, i) => ({ owner, i })).filter(({ owner }) => !model.profiles[owner.profile].baseline && (process === "" || owner.profile === Number(process)));
    const first = new Map();
    for (const { owner, i } of owners) {
      const key = `${owner.profile} ${owner.tid} ${owner.thread}`;
      if (!first.has(key)) first.set(key, [String(i), (now.length > 1 && process === "" ? `${PyStack.processName(model.profiles[owner.profile])}: ` : "") + PyStack.threadName(owner)]);
    }
    fill($("thread"), "all", [...first.values()]);
    const tasks = [...new Set(owners.filter(({ owner }) => owner.task !== undefined).map(({ owner }) => owner.task))].sort();
    fill($("task"), "all", tasks.length > 0 ? [["=", "without a task"], ...tasks.map((task) => [`=${task}`, task])] : []);
  };
  fill($("process"), "all", now.map((profile, i) => [String(i), PyStack.processName(profile)]));
  fillLists();
  $("difference-label").hidden = $("before-label").hidden = !model.hasBaseline;
  $("difference").checked = model.hasBaseline;

  const isDifference = () => model.hasBaseline && $("difference").checked;
  const describe = (row) => {
    const fn = tree.fn[row] >= 0 ? model.functions[tree.fn[row]] : null;
    const share = tree.now[0] > 0 ? tree.now[row] / tree.now[0] : 0;
    const parts = [`${tree.label(row)}: ${PyStack.percent(share)} of the samples (${PyStack.count(tree.now[row])})`];
    if (tree.selfNow[row] > 0) parts.push(`${PyStack.percent(tree.selfNow[row] / tree.now[0])} of its own`);
    if (isDifference()) parts.push(`${PyStack.points(tree.delta(row), 2)} percentage points to the baseline (${PyStack.count(tree.before[row])})`);
    if (fn?.kind === PyStack.KIND.native) parts.push("native");
    const gil = PyStack.Colours.gilState(tree, row);
    if ($("colours").value === "gil" && row !== 0) parts.push(`GIL: ${gil === "idle" ? "waits" : gil}`);
    return parts.join(", ");
  };
  const hasSource = (number) => number >= 0 && source.has(model.functions[number].file);
  const showDetails = (row, isKept) => {
    if (isKept) flame.shown = row;
    const shown = row ?? flame.current;
    $("details").textContent = describe(shown);
    const fn = tree.fn[shown] >= 0 ? model.functions[tree.fn[shown]] : null;
    if (fn?.place) $("details").append(make("br"), fn.place);
    $("show-source").disabled = !hasSource(tree.fn[flame.current]);
  };

  // The line of the function that has the most samples.
  const openSource = (number) => {
    if (!hasSource(number)) return;
    const isOfFile = Uint8Array.from(model.functions, (fn, i) => (i === number ? 1 : 0));
    const { lines } = PyStack.sumLines(model, filter, isOfFile);
    select("tab-source");
    source.open(model.functions[number].file, [...lines].sort((a, b) => b[1][1] - a[1][1])[0]?.[0] ?? 1);
  };

  const flame = new PyStack.Flame($("flame"), model, {
    describe,
    details: showDetails,
    source: (row) => openSource(tree.fn[row]),
    drawn: (hidden) => { $("hidden-frames").textContent = hidden > 0 ? `${PyStack.count(hidden)} frames are too narrow to be drawn: enlarge one that they are in.` : ""; },
  });
  const table = new PyStack.Table($("table"), model, { hasSource, source: openSource });
  const source = new PyStack.Source($("source"), $("file"), $("file-note"), model);

  const options = () => ({ mode: isDifference() ? "difference" : $("colours").value, icicle: $("icicle").checked, widthsBefore: isDifference() && $("before").checked });
  const redraw = () => {
    const chosen = options();
    $("legend").replaceChildren(...PyStack.Colours.legend(chosen.mode).map(([text, colour]) => {
      const box = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [key, value] of Object.entries({ width: 14, height: 14, fill: colour })) rect.setAttribute(key, value);
      box.setAttribute("aria-hidden", "true");
      box.append(rect);
      return make("span", {}, box, text);
    }));
    $("flame").setAttribute("aria-label", `${chosen.icicle ? "Icicle" : "Flame"} graph, ${PyStack.count(tree.now[0])} samples`);
    timed("graph", () => flame.show(tree, chosen));
    table.show(sums, { now: tree.now[0], before: tree.before[0] }, isDifference());
    showDetails(null);
  };
  const rebuild = () => {
    const choice = { process: $("process").value, thread: $("thread").value, task: $("task").value, hideIdle: $("idle").checked };
    filter = PyStack.filterOf(model, choice);
    tree = timed("tree", () => PyStack.buildTree(model, filter, $("group").value));
    sums = timed("functions", () => PyStack.sumFunctions(tree, model));
    source.show(filter, choice.process, sums);
    redraw();
    search();
    if (!$("panel-source").hidden) source.appear();
  };

  const search = () => {
    const text = $("search").value.trim();
    let matches = null;
    $("found").textContent = "";
    if (text !== "") {
      try {
        const matcher = PyStack.matcher(text);
        matches = Uint8Array.from(model.functions, (fn) => matcher(fn.text));
      } catch {
        $("found").textContent = "not a valid pattern";
      }
    }
    if (matches !== null) {
      let found = 0, inside = 0;
      const end = new Int32Array(tree.fn.length);
      for (let row = 0; row < tree.fn.length; row++) {
        const isInside = row > 0 && end[tree.parent[row]] === 1;
        const isMatch = tree.fn[row] >= 0 && matches[tree.fn[row]] === 1;
        end[row] = isInside || isMatch ? 1 : 0;
        if (isMatch && !isInside) found += tree.now[row];
      }
      inside = sums.filter((sum) => matches[sum.number] === 1).length;
      $("found").textContent = `${PyStack.percent(tree.now[0] > 0 ? found / tree.now[0] : 0)} of the samples (${PyStack.count(found)}) in ${PyStack.count(inside)} functions`;
    }
    flame.search(matches);
    table.search(matches);
  };

  const tabs = [...document.querySelectorAll('[role="tab"]')];
  const select = (id) => {
    for (const tab of tabs) {
      const isSelected = tab.id === id;
      tab.setAttribute("aria-selected", String(isSelected));
      tab.tabIndex = isSelected ? 0 : -1;
      $(tab.getAttribute("aria-controls")).hidden = !isSelected;
    }
    if (id === "tab-flame") flame.draw();
    if (id === "tab-source") source.appear();
  };
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener("click", () => select(tab.id));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      const next = tabs[(i + step + tabs.length) % tabs.length];
      select(next.id);
      next.focus();
    });
  }

  $("controls").addEventListener("submit", (event) => event.preventDefault());
  $("process").addEventListener("change", () => { fillLists(); rebuild(); });
  for (const id of ["thread", "task", "group", "idle"]) $(id).addEventListener("change", rebuild);
  for (const id of ["colours", "icicle", "difference", "before"]) $(id).addEventListener("change", redraw);
  PyStack.searchBox($("search"), search);
  $("reset").addEventListener("click", () => flame.zoom(0));
  $("show-source").addEventListener("click", () => openSource(tree.fn[flame.current]));
  let resized = 0;
  addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(() => { if (!$("panel-flame").hidden) flame.draw(); }, 100); });
  addEventListener("beforeprint", () => flame.draw());
  rebuild();
  document.body.dataset.ready = "true";
})().catch(PyStack.fail);
