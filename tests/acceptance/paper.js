// What must hold on paper: no control, nothing cut, light ground.
() => {
  const shown = (one) => one.checkVisibility();
  const say = (rule, one) => `${rule}: <${one.tagName} class=${one.getAttribute("class")}> ${one.textContent.trim().slice(0, 40)}`;
  const told = [];
  for (const one of document.querySelectorAll("tr, figure")) {
    if (shown(one) && getComputedStyle(one).breakInside !== "avoid") told.push(say("may be cut", one));
  }
  for (const one of document.querySelectorAll(".side, .tools, .chips, .foot-forms, main form, main button")) {
    if (shown(one)) told.push(say("a control on paper", one));
  }
  for (const one of document.querySelectorAll("main *:not(svg *)")) {
    const edge = one.getBoundingClientRect();
    if (shown(one) && edge.width > 1 && edge.right > innerWidth + 1) told.push(say("cut at the edge", one));
  }
  if (getComputedStyle(document.documentElement).backgroundColor !== "rgb(255, 255, 255)") told.push("dark paper");
  return [...new Set(told)].slice(0, 5);
}
