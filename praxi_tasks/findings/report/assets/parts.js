"use strict";

// What pages are put together from. Every text is set as text, never as markup: names are untrusted.

const $ = (id) => document.getElementById(id);
const DAY = 86_400_000;

/** Make an element. */
function make(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  if (text !== "") element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Make an element of others. */
function box(tag, attributes, ...children) {
  const element = make(tag, "", attributes);
  element.append(...children);
  return element;
}

const titled = (text, title, name = "") => make("span", text, { title, class: name });
const numeral = (number) => number.toLocaleString("en");
const counted = (number, one, many = `${one}s`) => `${numeral(number)} ${number === 1 ? one : many}`;
const shorten = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const day = (moment) => (moment ?? "").slice(0, 10);

/** Write an instant as people do, in UTC; what is none stays as it is. */
function instant(text) {
  const date = new Date(text ?? "");
  return /^\d{4}-\d\d-\d\dT/.test(text ?? "") && !isNaN(date) ? `${date.toISOString().slice(0, 16).replace("T", " ")} UTC` : text ?? "";
}

/** Name the days of an interval of whole days in UTC, and the instants of any other. */
function period(interval) {
  const [from, to, more] = interval.split("/");
  const [start, end] = [new Date(from), new Date(to)];
  if (more !== undefined || isNaN(start) || isNaN(end) || end <= start) return interval;
  if (start % DAY || end % DAY) return `${instant(from)} to ${instant(to)}`;
  const [first, last] = [start, new Date(end - DAY)].map((date) => date.toISOString().slice(0, 10));
  return first === last ? first : `${first} to ${last}`;
}

function bullets(texts) {
  return box("ul", {}, ...texts.map((text) => make("li", text, { class: "mono" })));
}

/** Make a list of facts out of pairs; what is not known is left out. */
function facts(pairs) {
  const list = make("dl", "", { class: "facts" });
  for (const [name, value] of pairs) {
    if (value === undefined || value === "" || (Array.isArray(value) && !value.length)) continue;
    list.append(make("dt", name), box("dd", {}, Array.isArray(value) ? bullets(value) : value));
  }
  return list;
}

/** Show something in the panel; what was there before is a click away. */
const panel = {
  shown: [],
  open(title, content) {
    this.shown.push([title, content]);
    this.show();
  },
  back() {
    this.shown.pop();
    this.show();
  },
  show() {
    const [title, content] = this.shown.at(-1);
    const bar = make("div", "", { class: "bar" });
    const back = make("button", "← Back", { class: "button", type: "button" });
    back.hidden = this.shown.length < 2;
    back.onclick = () => this.back();
    const close = make("button", "✕", { class: "button close", type: "button", "aria-label": "Close" });
    close.onclick = () => $("details").close();
    bar.append(back, make("span"), close);
    $("details").replaceChildren(bar, make("h2", title, { id: "details-title" }), ...content());
    if (!$("details").open) $("details").showModal();
    $("details").scrollTop = 0;
    close.focus();
  },
  wire() {
    $("details").onclose = () => { this.shown = []; };
    $("details").onclick = (event) => { if (event.target === $("details")) $("details").close(); }; // the backdrop
  },
};

/** Choose the end of a scale that is easy to read. */
function roundUp(number) {
  const power = 10 ** Math.floor(Math.log10(Math.max(number, 1)));
  return Math.max([1, 2, 4, 5, 10].find((step) => step * power >= number) * power, 2);
}

/** Draw columns of stacked parts, the first part at the bottom.
 *
 * columns: {date, about, parts: {tone: number}}; tones: the names of parts, in order.
 */
function chart(columns, tones, about) {
  const total = (column) => tones.reduce((all, tone) => all + (column.parts[tone] ?? 0), 0);
  const top = roundUp(Math.max(...columns.map(total)));
  const scale = box("div", { class: "scale", "aria-hidden": "true" }, ...[top, top / 2, 0].map((value) => make("span", numeral(value))));
  const plot = make("div", "", { class: "plot", role: "img", "aria-label": about });
  for (const column of columns) {
    const stack = make("div", "", { class: "column", title: column.about });
    for (const tone of tones) {
      if (!column.parts[tone]) continue;
      const part = make("i", "", { class: tone });
      part.style.height = `${(100 * column.parts[tone]) / top}%`;
      stack.append(part);
    }
    plot.append(stack);
  }
  const marks = [...new Set([columns[0], columns[Math.floor((columns.length - 1) / 2)], columns.at(-1)])];
  const dates = box("div", { class: `dates${marks.length === 1 ? " one" : ""}`, "aria-hidden": "true" }, ...marks.map(({ date }) => make("span", date)));
  const used = tones.filter((tone) => columns.some((column) => column.parts[tone]));
  const legend = box("div", { class: "legend" }, ...used.map((tone) => make("span", tone, { class: tone })));
  return [box("div", { class: "chart" }, scale, plot, dates), legend];
}
