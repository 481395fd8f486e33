// All tenants, with what they use of their limits.
import { get } from '../api.js';
import { card, el, field, number, table, used } from '../dom.js';

const pageSize = 100;
let skip = 0;

const link = tenant => el('a', { href: `#limits/${encodeURIComponent(tenant)}`, 'data-key': `tenant:${tenant}` }, tenant);

function pages(total, act) {
  if (total <= pageSize) return null;
  const turn = (by, text) => el('button', { class: 'outline', 'data-key': text, disabled: skip + by < 0 || skip + by >= total, click: () => act(() => { skip += by; }, null) }, text);
  return el('div', { class: 'buttons' }, turn(-pageSize, 'Previous'), turn(pageSize, 'Next'), el('span', { class: 'hint' }, `${skip + 1} to ${Math.min(skip + pageSize, total)} of ${number(total)}`));
}

export const tenants = {
  id: 'tenants',
  title: 'Tenants',
  isOperators: true,

  load: () => get(`admin/tenants?skip=${skip}&take=${pageSize}`),

  render: ({ tenants: list, total }, { act }) => [
    card(null, table('Tenants', [
      { title: 'Tenant', cell: status => link(status.tenant) },
      { title: 'Requests a minute', cell: status => used(status.requests, status.limits.requestsPerMinute, `Requests a minute of ${status.tenant}`) },
      { title: 'Tokens a minute', cell: status => used(status.tokens, status.limits.tokensPerMinute, `Tokens a minute of ${status.tenant}`) },
      { title: 'Tokens today', cell: status => used(status.dayTokens, status.limits.tokensPerDay, `Tokens today of ${status.tenant}`) },
      { title: 'Streams', cell: status => used(status.streams, status.limits.concurrentStreams, `Streams of ${status.tenant}`) },
      { title: 'Weight', number: true, cell: status => number(status.limits.weight) },
    ], list, 'Nobody has asked for anything yet.'), pages(total, act)),
    card('Another tenant', el('form', { class: 'line', submit: event => {
      event.preventDefault();
      location.assign(`#limits/${encodeURIComponent(event.target.elements.name.value.trim())}`);
    } },
    field('Name', { name: 'name', required: true, pattern: '[A-Za-z0-9][A-Za-z0-9._\\-]{0,63}', title: 'Letters, digits, dots, underscores and hyphens; 64 at most', 'data-key': 'new' }),
    el('button', { class: 'primary', 'data-key': 'open' }, 'Open')),
    el('p', { class: 'hint' }, 'A tenant begins to exist when it has a key or limits.')),
  ],
};
