// What page.js uses of them. The style sheet of d3-flame-graph is left out: page.css has the page's own.
export { default as flamegraph } from "d3-flame-graph";
export { select } from "d3-selection";
