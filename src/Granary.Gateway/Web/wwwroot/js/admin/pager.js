// Lists that come in pages, the newest first.
import { getPage } from './api.js';
import { el } from './dom.js';

// A place in such a list, and the buttons that change it. Of another list (another tenant's) it begins at the newest.
export function pager(caption, key = '') {
  const nowhere = { of: null, queries: [] };
  let place = nowhere; // the queries of the pages from the newest on; the last one is shown

  return {
    begin: () => { place = nowhere; },

    async load(path, of, first) {
      if (place.of !== of) place = { of, queries: [first] };
      while (true) {
        const { queries } = place;
        const page = await getPage(`${path}${queries.at(-1)}`);
        if (place.queries === queries || place.of !== of) return { ...page, queries };
      }
    },

    // Both ways stay where they are, so that whoever pages by keyboard stays on the button.
    buttons({ queries: shown, next }, act) {
      const before = shown.slice(0, -1);
      if (next === null && before.length === 0) return null;
      const to = queries => act(() => { place = { ...place, queries }; }, null);
      const button = (name, id, queries) => el('button', { class: 'outline', 'data-key': key + id, 'aria-disabled': queries === null && 'true', click: () => queries && to(queries) }, name);
      return el('nav', { class: 'buttons', 'aria-label': caption },
        button('Newer', 'newer', before.length > 0 ? before : null),
        button('Older', 'older', next === null ? null : [...shown, next]),
        el('span', { class: 'hint', role: 'status' }, `Page ${shown.length}`));
    },
  };
}
