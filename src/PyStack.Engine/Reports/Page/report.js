// Puts the parts together: what is chosen above, and what is shown below.
(async () => {
  const $ = (id) => document.getElementById(id);
  const make = PyStack.make;
  let profile = null;
  PyStack.theme($("theme"), () => profile?.draw());
  const data = await PyStack.load($("data"));
  const model = PyStack.timed("model", () => PyStack.reportOf(data));
  const text = new PyStack.Text(model);
  const stack = new PyStack.Stack(model);
  const part = (id, className = "div") => $(id).querySelector(`:scope > ${className}`);
  const copy = (lines) => PyStack.copy(lines, $("status"));
  let shown, waits;

  const captures = [...new Set([...model.threads, ...model.tasks].map((item) => item.at).filter(Boolean))].sort();
  const differentThreads = new Set(model.threads.map((thread) => `${thread.process.number} ${thread.id}`)).size;
  const counts = [
    [model.deadlocks.length, "deadlock", "deadlocks"], [model.processes.length, model.processes.every((process) => process.core) ? "core" : "process", "processes"], [model.machines.length > 1 ? model.machines.length : 0, "machine", "processes"],
    [differentThreads, "thread", "threads"], [model.tasks.length, "task", "tasks"], [data.profiled?.length ?? 0, "profile", "profile"],
  ].filter(([count]) => count > 0);
  $("summary").replaceChildren(...counts.flatMap(([count, word, id], i) => [i > 0 ? ", " : "", make("a", { href: `#${id}` }, PyStack.plural(count, word))]));
  const captured = captures.length === 0 ? "" : `Captured ${captures[0]}${captures.length > 1 ? ` to ${captures.at(-1)}` : ""}. `;
  $("captured").textContent = `${captured}${data.cut ? "Some variables were left out, to keep the page small. " : ""}`;
  $("made").textContent = `Made by PyStack on ${data.created}. Times are UTC${data.zone}, as on the machine that made this page. It has no address of another machine in it; ids and addresses are those of the moment of the capture.`;

  const fill = (id, first, entries, least = 2) => {
    $(id).replaceChildren(make("option", { value: "" }, first), ...entries.map(([value, name]) => make("option", { value }, name)));
    $(id).closest("label").hidden = entries.length < least;
  };
  fill("state", "any", [...PyStack.tally(model.threads.map((thread) => thread.state)).map(([state]) => [`t:${state}`, `thread: ${state}`]), ...PyStack.tally(model.tasks.map((task) => task.state)).map(([state]) => [`k:${state}`, `task: ${state}`])]);
  fill("kind", "anything", PyStack.tally([...model.threads, ...model.tasks].map((item) => item.wait?.kind ?? "")).map(([kind, count]) => [`=${kind}`, `${kind || "nothing, or not known"} (${PyStack.count(count)})`]));
  fill("process", "all", model.processes.map((process) => [String(process.number), model.nameOf(process)]));
  fill("machine", "all", model.machines.map((name) => [name, name]));

  const processCard = (process) => make("details", { class: "process", open: model.processes.length <= 3 },
    make("summary", {}, make("h3", {}, model.nameOf(process)), ...(process.python ? [make("span", { class: "place" }, ` Python ${process.python}`)] : [])),
    make("div", { class: "bar" }, make("button", { type: "button", onclick: () => copy(text.process(process)) }, "Copy process")),
    make("dl", {}, ...process.facts.flatMap(([label, value]) => [make("dt", {}, label), make("dd", {}, value)])),
    ...(process.notes.length > 0 ? [make("ul", { class: "remarks" }, ...process.notes.map((note) => make("li", {}, note)))] : []),
    ...(process.files ? [make("details", {}, make("summary", {}, `${PyStack.plural(process.files.length, "mapped file")} with build-ids`), make("div", { class: "wide" }, make("table", {}, make("tbody", {}, ...process.files.map((file) => make("tr", {}, ...file.map((value) => make("td", { class: "place" }, value))))))))] : []));

  const deadlockCard = (deadlock) => make("article", { class: "deadlock" },
    make("h3", {}, `\u21bb ${deadlock.number + 1}. ${deadlock.title}`),
    make("pre", {}, (deadlock.lines ?? []).join("\n")),
    ...(deadlock.timeout === undefined ? [] : [make("p", {}, `The first of them gives up in ${deadlock.timeout} s at most.`)]),
    make("div", { class: "bar" }, make("button", { type: "button", onclick: () => copy(text.deadlock(deadlock, deadlock.number + 1)) }, "Copy deadlock"),
      ...deadlock.members.map((item) => make("button", { type: "button", onclick: () => open(item) }, "depth" in item ? model.taskLabel(item) : model.threadLabel(item)))));

  const threads = new PyStack.Threads(part("threads"), part("threads", ".note"), model, stack, text, { copy });
  const tasks = new PyStack.Tasks(part("tasks"), part("tasks", ".note"), model, stack, text, { copy });
  const graph = new PyStack.Graph(part("waits"), part("waits", ".note"), { open: (item) => open(item) });
  const open = (item) => {
    const isShown = () => ("depth" in item ? shown.tasks : shown.threads).includes(item);
    if (!isShown()) {
      for (const id of ["search", "state", "kind", "process", "machine"]) $(id).value = "";
      refresh();
    }
    if ("depth" in item) tasks.reveal(item);
    else threads.reveal(item);
  };

  let drawnFor = null;
  const refresh = () => {
    const choice = { search: $("search").value.trim(), state: $("state").value, kind: $("kind").value, process: $("process").value, machine: $("machine").value };
    try {
      shown = PyStack.timed("filter", () => PyStack.chosenOf(model, choice));
    } catch {
      $("found").textContent = "not a valid pattern";
      return;
    }
    stack.marked = shown.marked;
    $("found").textContent = shown.isAll ? "" : [[shown.threads.length, "thread"], [shown.tasks.length, "task"]].filter(([count], i) => count > 0 || i === 0).map(([count, word]) => PyStack.plural(count, word)).join(", ");
    const section = (id, items, draw) => {
      $(id).hidden = items === 0;
      draw();
    };
    const places = `${choice.process} ${choice.machine}`;
    if (places !== drawnFor) {
      drawnFor = places;
      waits = PyStack.timed("waits", () => new PyStack.Waits(model, shown.isProcess));
      section("waits", waits.edges.length, () => waits.edges.length > 0 && PyStack.timed("graph", () => graph.show(waits)));
      section("processes", shown.processes.length, () => part("processes").replaceChildren(...shown.processes.map(processCard)));
      section("deadlocks", shown.deadlocks.length, () => part("deadlocks").replaceChildren(...shown.deadlocks.map(deadlockCard)));
    }
    section("threads", shown.threads.length, () => PyStack.timed("threads", () => threads.show(shown.threads)));
    section("tasks", shown.tasks.length, () => PyStack.timed("tasks", () => tasks.show(shown.tasks, shown.isAll)));
  };

  $("controls").addEventListener("submit", (event) => event.preventDefault());
  for (const id of ["state", "kind", "process", "machine"]) $(id).addEventListener("change", refresh);
  PyStack.searchBox($("search"), refresh);
  const setAll = (isOpen) => {
    threads.setAll(isOpen);
    tasks.setAll(isOpen);
    for (const card of document.querySelectorAll("details.process")) card.open = isOpen;
  };
  $("expand").addEventListener("click", () => setAll(true));
  $("collapse").addEventListener("click", () => setAll(false));
  $("copy-all").addEventListener("click", () => {
    const whole = text.all($("title").textContent, [$("captured").textContent.trim(), ...(shown.isAll ? [] : ["Not all is shown: a part was chosen."])].filter((line) => line !== ""), shown, waits);
    void copy(profile ? `${whole}\nProfile\n=======\n${profile.lines.join("\n")}\n` : whole);
  });
  if (data.profile) {
    $("profile").hidden = false;
    profile = new PyStack.Profile($, data.profile);
  }
  refresh();
  profile?.draw();
  document.body.dataset.ready = "true";
})().catch(PyStack.fail);
