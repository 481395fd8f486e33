// A tenant's conversations: which there are, not what was said in them.
import { ask, get } from '../api.js';
import { confirmed } from '../dialogs.js';
import { card, el, number, table, time } from '../dom.js';

export const sessions = {
  id: 'sessions',
  title: 'Conversations',
  isTenants: true,

  load: tenant => get(`admin/sessions?tenant=${encodeURIComponent(tenant)}&take=200`),

  render: (list, { tenant, act }) => [
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
    ], list, 'There are no conversations.')),
    el('p', { class: 'hint' }, 'The newest 200. What was said is not shown. A user is one of an OpenID provider, by a name that stands for the token’s subject; the others were begun with the tenant’s keys.'),
  ],
};
