// A tenant's conversations: which there are, not what was said in them.
import { ask } from '../api.js';
import { confirmed } from '../dialogs.js';
import { card, el, number, table, time } from '../dom.js';
import { pager } from '../pager.js';

const pageSize = 50;
const pages = pager('Pages of conversations');

export const sessions = {
  id: 'sessions',
  title: 'Conversations',
  isTenants: true,

  begin: pages.begin,

  load: tenant => pages.load('admin/sessions', tenant, `?tenant=${encodeURIComponent(tenant)}&take=${pageSize}`),

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
    ], page.items, 'There are no conversations.'), pages.buttons(page, act)),
    el('p', { class: 'hint' }, 'The newest first. What was said is not shown. A user is one of an OpenID provider, by a name that stands for the token’s subject; the others were begun with the tenant’s keys.'),
  ],
};
