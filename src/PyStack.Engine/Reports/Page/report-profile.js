// Profiles in a report: the graph of the profile's own page, and the functions with most samples.
PyStack.Profile = class {
  static ROWS = 15;

  constructor($, data) {
    const model = PyStack.modelOf(data);
    const filter = PyStack.filterOf(model, { process: "", thread: "", task: "", hideIdle: false });
    this.tree = PyStack.buildTree(model, filter, model.profiles.length > 1 ? "process" : "");
    const sums = PyStack.sumFunctions(this.tree, model);
    const describe = (row) => `${this.tree.label(row)}: ${PyStack.percent(this.tree.now[0] > 0 ? this.tree.now[row] / this.tree.now[0] : 0)} of the samples (${PyStack.count(this.tree.now[row])})`;
    this.flame = new PyStack.Flame($("flame"), model, { describe, details: (row) => { $("details").textContent = describe(row ?? this.flame.current); }, source: () => {}, drawn: () => {} });
    $("flame").setAttribute("aria-label", `Flame graph, ${PyStack.count(this.tree.now[0])} samples`);
    $("profile").querySelector(".note").textContent = model.profiles.map((profile) => `${PyStack.processName(profile)}: ${profile.seconds.toFixed(1)} s from ${profile.started}, ${profile.mode.toLowerCase()}${profile.torn > 0 ? `, ${PyStack.count(profile.torn)} torn` : ""}. ${profile.warnings.join(" ")}`).join(" ");
    const table = new PyStack.Table($("functions"), model, { hasSource: () => false });
    table.limit = PyStack.Profile.ROWS;
    table.show(sums, { now: this.tree.now[0], before: 0 }, false);
    this.lines = [...sums].sort((a, b) => b.self - a.self).slice(0, PyStack.Profile.ROWS).map((sum) => `    ${PyStack.percent(sum.self / this.tree.now[0]).padStart(8)} self ${PyStack.percent(sum.total / this.tree.now[0]).padStart(8)} total  ${model.functions[sum.number].label}`);
    addEventListener("beforeprint", () => this.draw());
  }

  draw() {
    this.flame.show(this.tree, { mode: "file", icicle: false, widthsBefore: false });
  }
};
