// Colours of frames, and what they mean in words: no colour is the only sign of something.
PyStack.Colours = (() => {
  // Each file by the golden angle from the one before it: no two of the first dozens look alike.
  const hues = new Map();
  const hue = (place) => {
    if (!hues.has(place)) hues.set(place, Math.round(hues.size * 137.508 + 205) % 360);
    return hues.get(place);
  };
  const isDark = () => document.documentElement.dataset.theme === "dark";

  // Black on light ones, white on dark ones: at least 7 to 1.
  const shade = (h, saturation) => `hsl(${h} ${saturation}% ${isDark() ? 27 : 78}%)`;
  const grey = () => (isDark() ? "hsl(0 0% 30%)" : "hsl(0 0% 86%)");

  const gilState = (tree, row) => {
    const all = tree.now[row];
    if (all === 0) return "unknown";
    if (tree.idle[row] * 2 > all) return "idle";
    return tree.gil[row] * 2 > all ? "held" : tree.noGil[row] * 2 > all ? "not held" : "unknown";
  };
  const gilHues = { held: [25, 80], "not held": [205, 65], idle: [0, 0], unknown: [0, 0] };

  const kinds = ["Python", "native", "group"];
  const kindHues = [[48, 75], [200, 65], [0, 0]];
  const kindOf = (model, tree, row) => (tree.fn[row] < 0 ? 2 : model.functions[tree.fn[row]].kind);

  const difference = (delta) => {
    if (PyStack.points(delta) === "±0") return grey();
    const strength = Math.min(1, Math.sqrt(Math.abs(delta) * 4));
    return isDark() ? `hsl(${delta > 0 ? 0 : 215} ${30 + 50 * strength}% ${24 + 8 * strength}%)` : `hsl(${delta > 0 ? 0 : 215} 85% ${92 - 20 * strength}%)`;
  };

  return {
    of(model, tree, row, mode) {
      if (row === 0) return grey();
      if (mode === "difference") return difference(tree.delta(row));
      if (mode === "gil") return shade(...gilHues[gilState(tree, row)]);
      const kind = kindOf(model, tree, row);
      if (mode === "kind") return shade(...kindHues[kind]);
      const number = tree.fn[row];
      return number < 0 ? grey() : shade(hue(model.functions[number].place), kind === 0 ? 62 : 25);
    },

    // What stands before the name of a frame.
    mark(model, tree, row, mode) {
      if (row === 0) return "";
      if (mode === "difference") return `${PyStack.points(tree.delta(row))} `;
      if (mode === "gil") return { held: "GIL ", "not held": "", idle: "idle ", unknown: "? " }[gilState(tree, row)];
      return mode === "kind" && kindOf(model, tree, row) === 1 ? "C " : "";
    },

    legend(mode) {
      if (mode === "difference") return [["more than before: +", difference(0.2)], ["as before: ±0", difference(0)], ["less: \u2212 (percentage points)", difference(-0.2)]];
      if (mode === "gil") return [["GIL: held in most samples", shade(...gilHues.held)], ["not held", shade(...gilHues["not held"])], ["idle: waits; ?: not known", shade(...gilHues.idle)]];
      if (mode === "kind") return [["Python", shade(...kindHues[0])], ["C: native", shade(...kindHues[1])]];
      return [];
    },
    gilState,
    kinds,
  };
})();
