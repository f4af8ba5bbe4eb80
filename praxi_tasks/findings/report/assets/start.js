// The report at work: the open tab, its rows page by page, and what a person does to them.

const PAGE = 50;
const MOST_PRINTED = 2000;
const OF_FINDINGS = ["kind", "origin", "only-new", "overdue", "fixable", "ignored", "causes"];

/** Choose and order the rows of the open tab, and show the first of them. */
async function select() {
  const tab = state.tab;
  await read(tab, filters().search);
  if (tab !== state.tab) return; // another tab was opened meanwhile
  const filter = filters();
  const columns = columnsOf(tab);
  const rows = data[state.tab].filter((row) => wanted(row, filter));
  state.rows = state.tab === "findings" && $("causes").checked ? byCause(rows) : rows;
  if (state.sort !== null) sort(columns[state.sort]);
  $("count").textContent = `${numeral(rows.length)} of ${numeral(data[state.tab].length)}`;
  $("rows").textContent = state.rows.length < rows.length ? `in ${counted(state.rows.length, "row")}` : "";
  $("clear").hidden = state.image === null;
  $("clear").textContent = state.image === null ? "" : `✕ ${titleOf(data.images[state.image])}`;
  head(columns);
  turn(0);
}

function sort([, , show, by = show]) {
  const sign = state.descending ? -1 : 1;
  const keyed = state.rows.map((row) => [by(row), row]);
  keyed.sort(([a], [b]) => sign * (typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0));
  state.rows = keyed.map(([, row]) => row);
}

function sortBy(number, descending) {
  state.sort = number;
  state.descending = descending;
  return select();
}

function head(columns) {
  const row = make("tr");
  columns.forEach(([title, name], number) => {
    const here = state.sort === number;
    const button = make("button", title, { type: "button" });
    const cell = box("th", { scope: "col", class: name }, button);
    if (here) cell.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    button.onclick = async () => {
      await sortBy(number, here && !state.descending);
      document.querySelectorAll("thead button")[number].focus();
    };
    row.append(cell);
  });
  document.querySelector("thead").replaceChildren(row);
  $("sort").replaceChildren(...columns.flatMap(([title], number) => [
    make("option", `${title} ▴`, { value: `${number}+` }), make("option", `${title} ▾`, { value: `${number}-` }),
  ]));
  $("sort").value = state.sort === null ? "" : `${state.sort}${state.descending ? "-" : "+"}`;
}

/** Show the page of rows that begins with one. */
function turn(first, most = PAGE) {
  state.first = Math.max(0, Math.min(first, state.rows.length - 1));
  const last = Math.min(state.first + most, state.rows.length);
  const columns = columnsOf(state.tab);
  document.querySelector("tbody").replaceChildren(...state.rows.slice(state.first, last).map((row) => line(row, columns)));
  $("none").hidden = state.rows.length > 0;
  $("pager").hidden = state.rows.length <= PAGE;
  $("place").textContent = `rows ${numeral(state.first + 1)} to ${numeral(last)} of ${numeral(state.rows.length)}`;
  for (const id of ["to-first", "to-previous"]) $(id).disabled = state.first === 0;
  for (const id of ["to-next", "to-last"]) $(id).disabled = last === state.rows.length;
}

function line(row, columns) {
  const element = make("tr", "", { class: row.ignored ? "row opens set-aside" : "row opens" });
  for (const [title, name, show] of columns) {
    const cell = make("td", "", { class: name, "data-label": title });
    const value = show(row);
    if (value !== "" && value !== undefined) cell.append(value);
    element.append(cell);
  }
  element.onclick = async () => {
    if (!getSelection().isCollapsed) return; // a text is being copied
    await detail(row);
    element.querySelector(".open").focus({ preventScroll: true });
    panel.open(row.title ?? row.name ?? row.purl ?? row.key, () => FACTS[state.tab](row));
  };
  return element;
}

function open(tab) {
  state.tab = tab;
  const by = columnsOf(tab).findIndex(([title]) => title === FIRST_SORT[tab]);
  state.sort = by < 0 ? null : by;
  state.descending = false;
  for (const button of document.querySelectorAll("[role=tab]")) {
    const here = button.dataset.tab === tab;
    button.setAttribute("aria-selected", here);
    button.tabIndex = here ? 0 : -1;
    if (here) $("panel").setAttribute("aria-labelledby", button.id);
  }
  $("what").textContent = tab;
  for (const id of OF_FINDINGS) ($(id).closest("label") ?? $(id)).hidden = tab !== "findings";
  return select();
}

/** Let arrows, Home and End move between tabs, as in every list of tabs. */
function tabs() {
  const buttons = [...document.querySelectorAll("[role=tab]")];
  buttons.forEach((button, number) => {
    button.onclick = () => open(button.dataset.tab);
    button.onkeydown = (event) => {
      const to = { ArrowRight: number + 1, ArrowLeft: number - 1, Home: 0, End: buttons.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const target = buttons.at(to % buttons.length);
      open(target.dataset.tab);
      target.focus();
    };
  });
}

function pager() {
  const to = {
    "to-first": () => 0, "to-previous": () => state.first - PAGE, "to-next": () => state.first + PAGE,
    "to-last": () => Math.floor((state.rows.length - 1) / PAGE) * PAGE,
  };
  for (const [id, first] of Object.entries(to)) {
    $(id).onclick = () => {
      turn(first());
      $("panel").scrollIntoView({ block: "start" });
    };
  }
}

/** Print all rows that are wanted, up to a limit that the page tells, and unfold what is folded. */
function print(begins) {
  if (begins === Boolean(state.most)) return;
  state.most = begins ? MOST_PRINTED : 0;
  for (const fold of document.querySelectorAll("main details, header details")) {
    if (begins) fold.dataset.was = fold.open ? "open" : "";
    fold.open = begins || fold.dataset.was === "open";
  }
  $("printed").hidden = !begins || state.rows.length <= MOST_PRINTED;
  $("printed").textContent = `These are the first ${numeral(MOST_PRINTED)} of ${numeral(state.rows.length)} rows; filters choose others.`;
  turn(begins ? 0 : state.first, state.most || PAGE);
}

function choices(id, names) {
  for (const name of names) $(id).append(make("option", name, { value: name }));
}

function fill() {
  const kinds = new Set(data.findings.map((row) => row.kind));
  choices("kind", data.kinds.filter((kind) => kinds.has(kind)));
  $("cluster").hidden = !data.clusters.length;
  $("table").classList.toggle("clusters", data.clusters.length > 0);
  for (const name of data.clusters) $("cluster").append(make("option", name || NO_NAME, { value: `=${name}` }));
  for (const [name, text] of Object.entries(ORIGINS)) $("origin").append(make("option", text, { value: name }));
  choices("namespace", [...new Set(data.images.flatMap((image) => image.namespaces))].sort());
}

function wire() {
  tabs();
  pager();
  panel.wire();
  for (const id of ["search", "kind", "cluster", "namespace", "origin", "only-new", "overdue", "fixable", "ignored", "causes"]) $(id).oninput = select;
  $("sort").oninput = () => sortBy(parseInt($("sort").value, 10), $("sort").value.endsWith("-"));
  $("filters").onsubmit = (event) => event.preventDefault();
  $("clear").onclick = () => { state.image = null; select(); };
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
  matchMedia("print").addEventListener("change", (event) => print(event.matches));
}

async function start() {
  data = await part("data");
  prepare();
  about();
  tiles();
  trend();
  fill();
  wire();
  await open("findings");
  document.body.dataset.ready = "yes";
}

start();
