// Building blocks of the pages.

// An element: attributes with a function are listeners, those with false, null or undefined are left out.
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

export const number = value => Number(value).toLocaleString('en');
export const limit = value => value === null || value === undefined ? 'no limit' : number(value);

export const time = value => value
  ? el('time', { datetime: value, title: value }, new Date(value).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }))
  : '–';

export const date = value => value
  ? el('time', { datetime: value, title: value }, new Date(value).toLocaleDateString(undefined, { dateStyle: 'medium' }))
  : '–';

export const badge = (text, kind) => el('span', { class: `badge ${kind}` }, text);

// What is used of a limit; without a limit, just the number.
export function used(value, most, name) {
  if (most === null || most === undefined) return el('span', { class: 'used' }, number(value), el('small', {}, ' no limit'));
  const meter = el('meter', { min: 0, max: Math.max(most, 1), value: Math.min(value, most), low: most * 0.8, high: most * 0.9999, optimum: 0, 'aria-label': name });
  return el('span', { class: 'used' }, meter, el('small', {}, `${number(value)} of ${number(most)}`));
}

// A table; columns are { title, cell(row), number } and cells are nodes or texts.
export function table(caption, columns, rows, empty = 'Nothing here.') {
  return el('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': caption, 'data-key': `table:${caption}` },
    el('table', {},
      el('caption', { class: 'visually-hidden' }, caption),
      el('thead', {}, el('tr', {}, columns.map(column => el('th', { scope: 'col', class: column.number && 'number' }, column.title)))),
      el('tbody', {}, rows.length
        ? rows.map(row => el('tr', {}, columns.map(column => el('td', { class: column.number && 'number' }, column.cell(row)))))
        : el('tr', {}, el('td', { colspan: columns.length, class: 'hint' }, empty)))));
}

export const card = (title, ...children) => el('section', { class: 'card' }, title && el('h2', {}, title), ...children);

// A field with its label; options make a list of choices.
export function field(label, attributes, options) {
  const control = options
    ? el('select', attributes, options.map(([value, text]) => el('option', { value, selected: value === attributes.value }, text)))
    : el('input', { autocomplete: 'off', ...attributes });
  return el('label', { class: 'field' }, el('span', {}, label), control);
}

// Several of some names; checked are those that begin so.
export const choices = (label, name, names, checked) => el('fieldset', { class: 'choices' },
  el('legend', {}, label),
  names.map(value => el('label', {}, el('input', { type: 'checkbox', name, value, checked: checked.includes(value), 'data-key': `${name}:${value}` }), value)));

// Puts new content in place of old; who had the focus keeps it, and what was scrolled stays so.
export function swap(container, ...nodes) {
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const scrolled = container.scrollTop;
  container.replaceChildren(...nodes);
  container.scrollTop = scrolled;
  if (focused !== undefined) [...container.querySelectorAll('[data-key]')].find(node => node.dataset.key === focused)?.focus();
}
