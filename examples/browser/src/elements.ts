/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no ${id}`);
  return element;
}

export function paragraph(text: string): HTMLElement {
  const element = document.createElement('p');
  element.textContent = text;
  return element;
}

export function button(text: string, onClick: () => unknown): HTMLElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.addEventListener('click', onClick);
  return element;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const element = document.createElement('table');
  for (const [i, row] of [head, ...rows].entries()) {
    const line = element.insertRow();
    for (const text of row) {
      const cell = document.createElement(i === 0 ? 'th' : 'td');
      cell.textContent = text;
      line.append(cell);
    }
  }
  return element;
}
