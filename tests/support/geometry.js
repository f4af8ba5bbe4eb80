// Where a page can't be read as it is laid out: returns a list of what is wrong, in words.
() => {
  const wrong = [];
  const root = document.documentElement;
  const scope = document.querySelector("dialog[open]") ?? document.body;
  const named = (element) => `<${element.tagName.toLowerCase()} class="${element.className}"> ${element.textContent.trim().slice(0, 60)}`;
  if (root.scrollWidth > root.clientWidth) wrong.push(`the page scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);

  const hides = (element) => {
    const style = getComputedStyle(element);
    return style.clipPath !== "none" || style.visibility !== "visible";
  };
  const seen = (element) => {
    for (let at = element; at; at = at.parentElement) if (hides(at)) return false;
    return element.checkVisibility();
  };

  for (const element of scope.querySelectorAll("*")) {
    if (!seen(element) || element.closest("select, option, svg")) continue;
    const style = getComputedStyle(element);
    const sideways = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
    if (sideways && style.overflowX !== "visible") wrong.push(`cut or scrolled sideways: ${named(element)}`);
    if (style.overflowY === "hidden" && element.scrollHeight > element.clientHeight + 1 && !element.matches("body, html")) wrong.push(`cut below: ${named(element)}`);
    if (style.webkitLineClamp !== "none") wrong.push(`clamped: ${named(element)}`);
  }

  const boxes = [];
  const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || node.parentElement.closest("select, option, script, style, svg, title") || !seen(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 1) continue;
      if (box.right > root.clientWidth + 1 || box.left < -1) wrong.push(`outside of the page: ${node.data.trim().slice(0, 60)}`);
      boxes.push([box, node]);
    }
  }
  boxes.sort(([a], [b]) => a.top - b.top);
  boxes.forEach(([one, node], number) => {
    for (let at = number + 1; at < boxes.length && boxes[at][0].top < one.bottom - 4; at += 1) {
      const [other, text] = boxes[at];
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      if (across > 2 && node !== text) wrong.push(`over each other: ${node.data.trim().slice(0, 40)} / ${text.data.trim().slice(0, 40)}`);
    }
  });
  return wrong;
}
