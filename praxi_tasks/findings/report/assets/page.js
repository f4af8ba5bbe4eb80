"use strict";

const ROW = 35;
const MARGIN = 12;
const $ = (id) => document.getElementById(id);
const state = { tab: "findings", sort: null, descending: false, severity: "", image: null, rows: [] };
let data;

/** Make an element; texts are only ever set as text. */
function make(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  if (text !== "") element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

async function unpack() {
  if ($("data").type === "application/json") return JSON.parse($("data").textContent);
  const characters = atob($("data").textContent);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at); // ten times as fast as from()
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/** Give every row its defaults, and images their counts. */
function prepare() {
  data.rank = Object.fromEntries(data.severities.map((name, rank) => [name, rank]));
  for (const image of data.images) {
    image.counts = {};
  }
  for (const row of data.findings) {
    row.aliases ??= [];
    row.evidence ??= [];
    row.fixed ??= [];
    row.packages ??= [];
    row.command = row.layer ? commandOf(data.images[row.image], row.layer) : "";
    for (const image of row.ignored ? [] : imagesOf(row)) image.counts[row.severity] = (image.counts[row.severity] ?? 0) + 1;
  }
}

// What a search looks through; a row's text is put together when the first search comes.
const TEXTS = {
  findings: (r) => [r.id, ...r.aliases, r.title, r.purl, ...imagesOf(r).map((image) => image.name), clusterOf(r), r.command, ...r.packages, ...r.evidence],
  images: (r) => [r.name, r.digest, r.reason, r.cluster, ...r.namespaces],
  components: (r) => [r.purl, r.owner, imageName(r), clusterOf(r), ...(r.oneOf ?? [])],
  resolved: (r) => [r.image, r.key, r.cluster],
};
const textOf = (row) => (row.text ??= TEXTS[state.tab](row).join("\n").toLowerCase());

const severityTag = (name) => make("span", name, { class: `tag fill ${name}` });
const day = (moment) => (moment ?? "").slice(0, 10);
/** The images of a row: several where one thing is wrong with all of them. */
const imagesOf = (row) => (row.images ?? [row.image]).map((number) => data.images[number]);
const imageName = (row) => (row.images ? `${row.images.length.toLocaleString("en")} images` : data.images[row.image].name);
const clustersOf = (row) => (row.cluster === undefined ? [...new Set(imagesOf(row).map((image) => image.cluster))] : [row.cluster]);
const clusterOf = (row) => clustersOf(row).join(", ");
const commandOf = (image, layer) => image.commands[image.layers.indexOf(layer)] ?? "";
const titleOf = (image) => (data.clusters.length && image.cluster ? `${image.name} on ${image.cluster}` : image.name);
const NO_NAME = "without a name";

/** Leave out the registry of an image's name: the distinguishing part is at the end, where cells are cut. */
function shortName(name) {
  const [host, ...rest] = name.split("/");
  return rest.length && /[.:]/.test(host) && !/^oci|^docker-/.test(host) ? rest.join("/") : name;
}

function shortImage(row) {
  const names = row.images ? imagesOf(row).map(titleOf).join("\n") : imageName(row);
  const box = titled("span", row.images ? imageName(row) : shortName(imageName(row)), names);
  if (row.origin === "base") box.append(" ", titled("span", "base", "its base image brought it in", "tag info"));
  return box;
}

/** Say what an image is built on, and how many of its layers that is. */
function baseOf(image) {
  if (!image.base) return "";
  const of = image.base.layers ? ` (${image.base.layers} of ${image.layers.length} layers)` : " (which layers are its is not known)";
  return `${image.base.name || image.base.digest || "an image that is not known"}${of}`;
}

const ORIGINS = { base: "the base image", own: "the image's own layers" };

/** Say whose layer brought a finding in. */
function originOf(row) {
  const base = row.images ? "" : baseOf(data.images[row.image]);
  return row.origin === "base" && base ? `${ORIGINS.base}: ${base}` : ORIGINS[row.origin];
}

function listedPackages(row) {
  const more = (row.packagesCount ?? 0) - row.packages.length;
  return more > 0 ? [...row.packages, `… and ${more.toLocaleString("en")} more, see the table findings`] : row.packages;
}

const titled = (tag, text, title, name = "") => make(tag, text, { title, class: name });
const worstRank = (image) => Math.min(...Object.keys(image.counts).map((name) => data.rank[name]), 9);
const share = (image) => (image.files ? image.unexplained / image.files : 0);

const SOURCES = { inventory: "a package database", fingerprint: "its files" };

function sourcesOf(row) {
  const names = (row.sources ?? []).map((name) => SOURCES[name] ?? name).join(" + ");
  if (row.removed_by) return `${names} · removed by a later layer`;
  if (row.owner) return `${names} · part of ${row.owner}`;
  if (row.recovered) return `${names} · recovered`;
  return names;
}

// Per tab: heading, width, what the cell shows, what it is sorted by.
const COLUMNS = {
  findings: [
    ["Severity", "6.5rem", (r) => severityTag(r.severity), urgency],
    ["Kind", "10rem", (r) => r.kind],
    ["Identifier", "11rem", identifier, (r) => r.id],
    ["Finding", "", (r) => r.title],
    ["Image", "20%", shortImage, imageName],
    ["Fixed in", "6.5rem", (r) => r.fixed.join(", ")],
    ["EPSS", "4.5rem", (r) => (r.epss > 0 ? `${(100 * r.epss).toFixed(1)}%` : ""), (r) => -(r.epss ?? -1)],
    ["Since", "10rem", since, (r) => r.since],
  ],
  images: [
    ["Image", "", (r) => titled("span", shortName(r.name), r.name), (r) => r.name],
    ["Checked", "7.5rem", checkedTag, (r) => CHECKED[r.checked].rank * 1e6 - r.gaps],
    ["State", "6rem", (r) => make("span", r.state, { class: `tag ${r.state}` }), (r) => r.state],
    ["Findings", "22rem", countTags, (r) => worstRank(r) * 1e6 - Object.values(r.counts).reduce((a, b) => a + b, 0)],
    ["Components", "7.5rem", (r) => r.components, (r) => -r.components],
    ["Unexplained", "8rem", (r) => `${Math.round(100 * share(r))}%`, (r) => -share(r)],
    ["Namespaces", "9rem", (r) => r.namespaces.join(", ")],
    ["Pods", "5rem", (r) => r.pods, (r) => -r.pods],
  ],
  components: [
    ["Component", "", (r) => r.purl],
    ["Which", "20%", (r) => (r.oneOf ? `one of: ${r.oneOf.join(", ")}` : r.versions ? "version unknown" : "")],
    ["Known by", "20rem", sourcesOf],
    ["Confidence", "8rem", (r) => (r.confidence ?? 1).toFixed(2), (r) => r.confidence ?? 1],
    ["Image", "25%", shortImage, imageName],
  ],
  resolved: [
    ["Severity", "7rem", (r) => severityTag(r.severity), (r) => data.rank[r.severity]],
    ["Finding", "", (r) => r.key.split("|").join(" · ")],
    ["Image", "35%", (r) => r.image],
    ["Was open since", "10rem", (r) => day(r.since)],
  ],
};

const CLUSTER = ["Cluster", "8rem", clusterOf];

/** The columns of the open tab: where there are several clusters, that of the cluster after the image's. */
function columnsOf(tab) {
  if (!data.clusters.length) return COLUMNS[tab];
  const at = COLUMNS[tab].findIndex(([title]) => title === "Image") + 1;
  return COLUMNS[tab].toSpliced(at, 0, CLUSTER);
}

/** Order findings by severity, and among equals what is exploited, likely to be, or scored higher first. */
function urgency(row) {
  return data.rank[row.severity] * 100 - (row.exploited ? 50 : 0) - Math.max(row.score ?? 0, 0) - Math.max(row.epss ?? 0, 0);
}

function identifier(row) {
  if (!row.exploited) return row.id;
  const box = titled("span", "", "CISA knows of attacks");
  box.append(make("b", "⚠ ", { class: "critical tone" }), row.id);
  return box;
}

function since(row) {
  const box = make("span", day(row.since));
  if (row.new) box.append(" ", titled("span", "new", "the audit before did not have it", "tag info"));
  if (row.overdue) box.append(" ", titled("span", "overdue", `it was due on ${row.due}`, "tag fill critical"));
  return box;
}

const CHECKED = {
  "not-checked": { rank: 0, text: "not checked" },
  partial: { rank: 1, text: "in part" },
  checked: { rank: 2, text: "checked" },
};

const stateTag = (state) => make("span", CHECKED[state].text, { class: `tag ${state}` });

function checkedTag(image) {
  const text = image.gaps ? `${image.gaps.toLocaleString("en")} ${image.gaps === 1 ? "gap" : "gaps"}` : CHECKED.checked.text;
  return titled("span", text, image.unchecked.join(", "), `tag ${image.checked}`);
}

/** Say of one image what was checked and what was not, the worst first. */
function coverageOf(image) {
  const list = make("ul", "", { class: "coverage" });
  for (const number of image.coverage) {
    const line = data.coverage[number];
    list.append(gapLine(line.state, `${line.aspect}: ${line.subject}`, "", line.reason, line.action));
  }
  const more = image.coverageCount - image.coverage.length;
  if (more > 0) list.append(make("li", `… and ${more.toLocaleString("en")} more, see the table coverage`));
  return [make("h3", "What was checked"), list];
}

function gapLine(state, about, place, reason, action) {
  const line = make("li");
  line.append(stateTag(state), " ", make("b", about), place ? ` in ${place}` : "");
  if (reason) line.append(make("p", reason));
  if (action) line.append(make("p", `→ ${action}`, { class: "soft" }));
  return line;
}

function countTags(image) {
  const box = make("span");
  for (const name of data.severities) {
    if (image.counts[name]) box.append(make("span", `${image.counts[name]} ${name}`, { class: `tag ${name}` }));
  }
  return box;
}

/** Read the filters once: the document is slow to ask for each of thousands of rows. */
function filters() {
  const value = (id) => $(id).value;
  const checked = (id) => $(id).checked;
  return {
    search: value("search").trim().toLowerCase(), cluster: value("cluster"), namespace: value("namespace"), kind: value("kind"),
    onlyNew: checked("only-new"), overdue: checked("overdue"), origin: value("origin"), fixable: checked("fixable"), ignored: checked("ignored"),
  };
}

function wanted(row, filter) {
  if (filter.search && !textOf(row).includes(filter.search)) return false;
  if (filter.cluster && !clustersOf(row).some((name) => filter.cluster === `=${name}`)) return false;
  if (state.tab === "resolved") return !state.severity || row.severity === state.severity;
  const images = state.tab === "images" ? [row] : imagesOf(row);
  if (state.image !== null && !images.includes(data.images[state.image])) return false;
  if (filter.namespace && !images.some((image) => image.namespaces.includes(filter.namespace))) return false;
  if (state.tab === "images") return !state.severity || row.counts[state.severity] > 0;
  if (state.tab === "components") return true;
  if (state.severity && row.severity !== state.severity) return false;
  if (filter.kind && row.kind !== filter.kind) return false;
  if (filter.onlyNew && !row.new) return false;
  if (filter.overdue && !row.overdue) return false;
  if (filter.origin && row.origin !== filter.origin) return false;
  if (filter.fixable && !row.fixed.length) return false;
  return filter.ignored || !row.ignored;
}

function select() {
  const columns = columnsOf(state.tab);
  const filter = filters();
  state.rows = data[state.tab].filter((row) => wanted(row, filter));
  if (state.sort !== null) {
    const by = columns[state.sort][3] ?? columns[state.sort][2];
    const sign = state.descending ? -1 : 1;
    const keyed = state.rows.map((row) => [by(row), row]);
    keyed.sort(([a], [b]) => sign * (typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0));
    state.rows = keyed.map(([, row]) => row);
  }
  $("count").textContent = `${state.rows.length.toLocaleString("en")} of ${data[state.tab].length.toLocaleString("en")}`;
  $("clear").hidden = state.image === null;
  $("clear").textContent = state.image === null ? "" : `✕ ${titleOf(data.images[state.image])}`;
  $("scroll").scrollTop = 0;
  head(columns);
  draw();
}

/** The narrowest a table is, in rem: below it, it scrolls, so that a column without a width of its own is not squeezed away. */
function narrowest(columns) {
  const sum = (unit) => columns.reduce((all, [, width]) => all + (width.endsWith(unit) ? parseFloat(width) : 0), 0);
  return (sum("rem") + 16) / (1 - sum("%") / 100);
}

function head(columns) {
  const row = make("tr");
  document.querySelector("table").style.minWidth = `${narrowest(columns)}rem`;
  columns.forEach(([title, width], number) => {
    const cell = make("th", title, { scope: "col", tabindex: 0 });
    if (state.rows.length && typeof columns[number][2](state.rows[0]) === "number") cell.className = "number";
    if (width) cell.style.width = width;
    if (state.sort === number) cell.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    cell.onclick = () => {
      state.descending = state.sort === number && !state.descending;
      state.sort = number;
      select();
    };
    row.append(cell);
  });
  document.querySelector("thead").replaceChildren(row);
}

/** Draw only the rows in view; the others are two spacers of their height. */
function draw() {
  const box = $("scroll");
  const first = Math.max(0, Math.floor(box.scrollTop / ROW) - MARGIN);
  const last = Math.min(state.rows.length, first + Math.ceil(box.clientHeight / ROW) + 2 * MARGIN);
  const body = document.createDocumentFragment();
  body.append(spacer(first));
  for (let number = first; number < last; number += 1) body.append(line(state.rows[number]));
  body.append(spacer(state.rows.length - last));
  document.querySelector("tbody").replaceChildren(body);
}

function spacer(rows) {
  const row = make("tr", "", { "aria-hidden": "true" });
  row.style.height = `${rows * ROW}px`;
  return row;
}

function line(row) {
  const element = make("tr", "", { class: row.ignored ? "row set-aside" : "row", tabindex: 0 });
  for (const [, , show] of columnsOf(state.tab)) {
    const value = show(row);
    const cell = make("td");
    cell.append(value);
    if (typeof value === "number") cell.className = "number";
    if (typeof value === "string") cell.title = value;
    element.append(cell);
  }
  element.onclick = () => details(row);
  element.onkeydown = (event) => event.key === "Enter" && details(row);
  return element;
}

function details(row) {
  const box = $("details");
  const close = make("button", "✕", { class: "close", "aria-label": "Close" });
  close.onclick = () => { box.hidden = true; };
  box.replaceChildren(close, make("h2", row.title ?? row.name ?? row.purl ?? row.key), ...(FACTS[state.tab] ?? (() => []))(row));
  box.hidden = false;
}

function facts(pairs) {
  const list = make("dl");
  for (const [name, value] of pairs) {
    if (value === undefined || value === "" || (Array.isArray(value) && !value.length)) continue;
    const cell = make("dd");
    cell.append(Array.isArray(value) ? bullets(value) : value);
    list.append(make("dt", name), cell);
  }
  return list;
}

function bullets(texts) {
  const list = make("ul");
  for (const text of texts) list.append(make("li", text, { class: "mono" }));
  return list;
}

function showImage(number, tab) {
  const button = make("button", tab === "components" ? "its components" : "its findings", { class: "tag" });
  button.onclick = () => { state.image = number; $("details").hidden = true; open(tab); };
  return button;
}

const FACTS = {
  findings: (r) => [severityTag(r.severity), make("span", r.kind, { class: "tag" }), ...(r.exploited ? [make("span", "exploited", { class: "tag fill critical" })] : []), facts([
    ["What to do", r.action], ["Image", r.images ? imagesOf(r).map(titleOf) : imageName(r)], ["Packages", listedPackages(r)], ["Brought in by", originOf(r)], ["With", r.command && make("code", r.command)], ["Cluster", clusterOf(r)], ["Package", r.purl], ["Affected if", r.affected_if && `the version is ${r.affected_if}`],
    ["Fixed in", (r.fixed ?? []).join(", ")], ["Identifier", r.id], ["Also called", r.aliases], ["CVSS", r.score >= 0 ? r.score : ""],
    ["EPSS", r.epss >= 0 ? `${(100 * r.epss).toFixed(2)}%` : ""], ["Open since", r.since + (r.new ? " (new)" : "")], ["Due", r.due && r.due + (r.overdue ? " (overdue)" : "")], ["Known by", sourcesOf(r)],
    ["Confidence", r.confidence ?? 1], ["Layer", r.layer && make("code", r.layer)], ["Evidence", r.evidence],
    ["Ignored", r.ignored && `${r.ignored.reason} (${r.ignored.owner}, ${r.ignored.expires ? `until ${r.ignored.expires}` : "by OpenVEX"})`],
    ["OpenVEX", r.vex && `${r.vex.status.replaceAll("_", " ")}, says ${r.vex.author} in ${r.vex.document}${r.vex.note ? `: ${r.vex.note}` : ""}`],
  ]), ...(r.images ? [] : [showImage(r.image, "findings"), showImage(r.image, "components")])],
  images: (r) => [countTags(r), ...coverageOf(r), facts([
    ["State", r.state], ["Reason", r.reason], ["Digest", make("code", r.digest)], ["Platform", r.platform], ["Cluster", r.cluster], ["Namespaces", r.namespaces.join(", ")],
    ["Pods", r.pods], ["Built on", baseOf(r)], ["Layers", r.layers.length], ["Files", `${r.files}, of which ${r.unexplained} are unexplained`], ["Warnings", r.warnings],
    ["Declared in lock files", r.declaredCount > r.declared.length ? [...r.declared, `… and ${r.declaredCount - r.declared.length} more, see the table declared`] : r.declared],
  ]), showImage(data.images.indexOf(r), "findings"), showImage(data.images.indexOf(r), "components")],
  components: (r) => [facts([
    ["Image", imageName(r)], ["Cluster", clusterOf(r)], ["One of", r.oneOf], ["Version by files", r.fingerprint_versions], ["Known by", sourcesOf(r)],
    ["Confidence", r.confidence ?? 1], ["Removed by", r.removed_by],
  ]), showImage(r.image, "findings")],
};

function open(tab) {
  state.tab = tab;
  const by = { findings: "Severity", images: "Findings" }[tab];
  state.sort = by ? columnsOf(tab).findIndex(([title]) => title === by) : null;
  state.descending = false;
  for (const button of document.querySelectorAll("nav button")) button.setAttribute("aria-selected", button.dataset.tab === tab);
  for (const id of ["kind", "origin", "only-new", "overdue", "fixable", "ignored"]) ($(id).closest("label") ?? $(id)).hidden = tab !== "findings";
  select();
}
