// A tenant's conversations: which there are, not what was said in them.
import { ask, getPage } from '../api.js';
import { confirmed } from '../dialogs.js';
import { card, el, number, table, time } from '../dom.js';

const pageSize = 50;
const none = { tenant: null, queries: [] };

let place = none; // the queries of a tenant's pages from the newest on; the last one is shown

// Both ways stay where they are, so that whoever pages by keyboard stays on the button.
function pager({ queries: shown, next }, tenant, act) {
  const before = shown.slice(0, -1);
  if (next === null && before.length === 0) return null;
  const to = queries => act(() => { place = { tenant, queries }; }, null);
  const button = (name, key, queries) => el('button', { class: 'outline', 'data-key': key, 'aria-disabled': queries === null && 'true', click: () => queries && to(queries) }, name);
  return el('nav', { class: 'buttons', 'aria-label': 'Pages of conversations' },
    button('Newer', 'newer', before.length > 0 ? before : null),
    button('Older', 'older', next === null ? null : [...shown, next]),
    el('span', { class: 'hint', role: 'status' }, `Page ${shown.length}`));
}

export const sessions = {
  id: 'sessions',
  title: 'Conversations',
  isTenants: true,

  begin: () => { place = none; },

  async load(tenant) {
    if (place.tenant !== tenant) place = { tenant, queries: [`?tenant=${encodeURIComponent(tenant)}&take=${pageSize}`] };
    while (true) {
      const { queries } = place;
      const page = await getPage(`admin/sessions${queries.at(-1)}`);
      if (place.queries === queries || place.tenant !== tenant) return { ...page, queries };
    }
  },

  render: (page, { tenant, act }) => [
    card(null, table(`Conversations of ${tenant}`, [
      { title: 'Id', cell: session => el('code', {}, session.id) },
      { title: 'User', cell: session => session.user ? el('code', {}, session.user) : '' },
      { title: 'Model', cell: session => session.model },
      { title: 'Turns', number: true, cell: session => number(session.turns) },
      { title: 'Begun', cell: session => time(session.createdAt) },
      { title: 'Last said', cell: session => time(session.updatedAt) },
      { title: '', cell: session => el('button', { class: 'outline', 'data-key': `delete:${session.id}`, 'aria-label': `Delete ${session.id}`, click: async () => {
        if (await confirmed('Delete this conversation?', 'A reply that runs is stopped, and what was said is forgotten.', 'Delete')) {
          await act(() => ask('DELETE', `admin/sessions/${session.id}?tenant=${encodeURIComponent(tenant)}${session.user ? `&user=${session.user}` : ''}`), 'The conversation is deleted.');
        }
      } }, 'Delete') },
    ], page.items, 'There are no conversations.'), pager(page, tenant, act)),
    el('p', { class: 'hint' }, 'The newest first. What was said is not shown. A user is one of an OpenID provider, by a name that stands for the token’s subject; the others were begun with the tenant’s keys.'),
  ],
};
