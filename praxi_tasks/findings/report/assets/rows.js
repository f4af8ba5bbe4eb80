// The rows of the report: what they have in common with their images, and which of them are wanted.

const state = { tab: "findings", sort: null, descending: false, severity: "", image: null, rows: [], first: 0, most: 0 };
let data;

const parts = new Map();

/** Read a part of the data that stands packed in the page, once; its text is let go. */
function part(name) {
  if (!parts.has(name)) parts.set(name, unpack($(name)));
  return parts.get(name);
}

async function unpack(element) {
  if (element.type === "application/json") return JSON.parse(element.textContent);
  const characters = atob(element.textContent);
  element.textContent = "";
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at); // ten times as fast as from()
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/** Make rows of columns, of which each says all values, or which of some they are.
 *
 * All rows are written in one form, with every name: a browser makes a million such values in no time, and takes
 * twenty times as long to set one after the other.
 */
function rowsOf(columns, count) {
  const values = Object.fromEntries(Object.entries(columns).map(([name, { all, of, at }]) => [name, all ?? at.map((place) => of[place])]));
  const { severity, kind, id, title, action, fixed, image, images, cause, score, epss, exploited, since, due, overdue, origin, ignored } = values;
  return Array.from({ length: count }, (_, n) => ({
    number: n, severity: severity[n], kind: kind[n], id: id[n], title: title[n], action: action[n] ?? undefined, fixed: fixed[n] ?? [],
    image: image[n], images: images[n] ?? undefined, cause: cause[n], score: score[n] ?? undefined, epss: epss[n] ?? undefined,
    exploited: exploited[n] ?? false, since: since[n] ?? undefined, new: values.new[n] ?? false, due: due[n] ?? undefined, overdue: overdue[n] ?? false,
    origin: origin[n] ?? undefined, ignored: ignored[n] ?? undefined, aliases: undefined, evidence: undefined, packages: undefined, text: undefined,
  }));
}

/** Give a finding what is not in the table; where all of a small report is read at once it has that. */
async function detail(row) {
  if (row.number === undefined || row.evidence) return row;
  const first = Math.floor(row.number / data.rowsOfPart);
  const rows = await part(`data-details-${first}`);
  rows.forEach((found, number) => complete(Object.assign(data.findings[first * data.rowsOfPart + number], found)));
  return row;
}

function complete(row) {
  row.aliases ??= [];
  row.evidence ??= [];
  row.packages ??= [];
}

/** Read what a tab needs that was not read yet; a search looks through details, too. */
async function read(tab, search) {
  if (!data.rowsOfPart) return;
  $("panel").setAttribute("aria-busy", "true");
  if (tab === "components") data.components ??= await part("data-components");
  if (tab === "findings" && search) for (let number = 0; number < data.findings.length; number += data.rowsOfPart) await detail(data.findings[number]);
  $("panel").removeAttribute("aria-busy");
}

/** Give every row its defaults, and images their counts. */
function prepare() {
  if (data.rowsOfPart) data.findings = rowsOf(data.findings, data.findingsCount);
  else data.findings.forEach(complete);
  data.rank = Object.fromEntries(data.severities.map((name, rank) => [name, rank]));
  for (const image of data.images) image.counts = {};
  for (const row of data.findings) {
    row.fixed ??= [];
    if (row.ignored) continue;
    for (const image of imagesOf(row)) image.counts[row.severity] = (image.counts[row.severity] ?? 0) + 1;
  }
}

/** The images of a row: several where one thing is wrong with all of them. */
const imagesOf = (row) => (row.images ?? [row.image]).map((number) => data.images[number]);
const imageName = (row) => (row.images ? `${numeral(row.images.length)} images` : data.images[row.image].name);
/** The clusters of a row; an image and what is resolved have one of their own. */
const clustersOf = (row) => (row.cluster === undefined ? [...new Set(imagesOf(row).map((image) => image.cluster))] : [row.cluster]);
const clusterOf = (row) => clustersOf(row).join(", ");
const commandOf = (row) => (row.layer ? data.images[row.image].commands[data.images[row.image].layers.indexOf(row.layer)] ?? "" : "");
const titleOf = (image) => (data.clusters.length && image.cluster ? `${image.name} on ${image.cluster}` : image.name);

// What a search looks through; a row's text is put together when the first search comes.
const TEXTS = {
  findings: (r) => [r.id, ...r.aliases, r.title, r.purl, r.action, ...imagesOf(r).map((image) => image.name), clusterOf(r), commandOf(r), ...r.packages, ...r.evidence],
  images: (r) => [r.name, r.digest, r.reason, r.cluster, ...r.namespaces],
  components: (r) => [r.purl, r.owner, imageName(r), clusterOf(r), ...(r.oneOf ?? [])],
  resolved: (r) => [r.image, r.key, r.cluster],
};
const textOf = (row) => (row.text ??= TEXTS[state.tab](row).join("\n").toLowerCase());

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
  return state.tab === "components" || wantedFinding(row, filter);
}

function wantedFinding(row, filter) {
  if (state.severity && row.severity !== state.severity) return false;
  if (filter.kind && row.kind !== filter.kind) return false;
  if (filter.onlyNew && !row.new) return false;
  if (filter.overdue && !row.overdue) return false;
  if (filter.origin && row.origin !== filter.origin) return false;
  if (filter.fixable && !row.fixed.length) return false;
  return filter.ignored || !row.ignored;
}

/** Put findings of one cause into one row; those that are set aside stay apart. */
function byCause(rows) {
  const causes = new Map();
  for (const row of rows) {
    const key = 2 * row.cause + (row.ignored ? 1 : 0);
    const found = causes.get(key);
    if (found) found.push(row);
    else causes.set(key, [row]);
  }
  return [...causes.values()].map((members) => (members.length === 1 ? members[0] : together(members)));
}

const EFFECTS = { vulnerable: "vulnerabilities", licence: "packages under refused licences" };

/** Say of several findings what holds of all, and the worst of what does not. */
function together(members) {
  const all = (field) => [...new Set(members.flatMap((row) => row[field] ?? []))];
  const most = (field) => members.reduce((high, row) => Math.max(high, row[field] ?? -1), -1);
  const common = (field) => (members.every((row) => row[field] === members[0][field]) ? members[0][field] : undefined);
  const first = members.reduce((worst, row) => (urgency(row) < urgency(worst) ? row : worst));
  const images = [...new Set(members.flatMap((row) => row.images ?? [row.image]))];
  const ids = all("id");
  return {
    members, severity: first.severity, kind: first.kind, origin: common("origin") ?? "", action: common("action") ?? "", ignored: first.ignored,
    id: ids.length === 1 ? ids[0] : `${numeral(ids.length)} advisories`,
    title: common("title") ?? `${data.causes[first.cause]}: ${numeral(ids.length === 1 ? members.length : ids.length)} ${EFFECTS[first.kind] ?? "findings"}`,
    image: images[0], images: images.length > 1 ? images : undefined, fixed: all("fixed"), epss: most("epss"), score: most("score"),
    exploited: members.some((row) => row.exploited), overdue: members.some((row) => row.overdue), new: members.some((row) => row.new),
    since: members.reduce((early, row) => (row.since < early ? row.since : early), first.since), due: members.map((row) => row.due ?? "").filter(Boolean).sort()[0] ?? "",
  };
}

/** Order findings by severity, and among equals what is exploited, likely to be, or scored higher first. */
function urgency(row) {
  return data.rank[row.severity] * 100 - (row.exploited ? 50 : 0) - Math.max(row.score ?? 0, 0) - Math.max(row.epss ?? 0, 0);
}
