// Who is told when a tenant's tokens of the day or month run out.
import { ask, get } from '../api.js';
import { confirmed, showSecret } from '../dialogs.js';
import { badge, card, el, field, number, time } from '../dom.js';

function about(webhook) {
  const fact = (name, value) => [el('dt', {}, name), el('dd', {}, value)];
  return el('dl', { id: 'webhook' },
    fact('Receiver', el('code', {}, webhook.url)),
    fact('State', webhook.failure ? badge(webhook.failure, 'bad') : badge(webhook.deliveredAt ? 'delivers' : 'nothing to tell yet', 'good')),
    fact('Last delivered', time(webhook.deliveredAt)),
    fact('Waiting', number(webhook.waiting)));
}

export const alerts = {
  id: 'alerts',
  title: 'Alerts',
  isTenants: true,

  async load(tenant) {
    const { webhook, limits } = await get(`admin/tenants/${encodeURIComponent(tenant)}`);
    return { webhook, day: limits.tokensPerDay, month: limits.tokensPerMonth };
  },

  render({ webhook, day, month }, { tenant, act }) {
    const path = `admin/tenants/${encodeURIComponent(tenant)}/webhook`;
    const form = el('form', { class: 'line', 'data-keep': true, submit: event => {
      event.preventDefault();
      act(async () => {
        const set = await ask('PUT', path, { url: form.elements.url.value.trim() });
        showSecret('The webhook’s secret', set.secret, 'Messages are signed with it. It is shown this once.');
      }, 'Alerts go to this receiver from now on.');
    } },
    field('Receiver', { name: 'url', type: 'url', required: true, placeholder: 'https://example.com/granary', value: webhook?.url, 'data-key': 'url' }),
    el('button', { class: 'primary', 'data-key': 'set' }, webhook ? 'Change, with a new secret' : 'Set'));
    return [
      card(null,
        el('p', {}, `The receiver is told when 50, 80 and 100 % of the tokens of ${tenant}'s day or month are used.`),
        !day && !month && el('p', { class: 'hint' }, 'There is no limit of a day or month now, so there is nothing to tell.'),
        webhook && about(webhook)),
      card(webhook ? 'Change' : 'Set a webhook', form,
        webhook && el('div', { class: 'buttons' }, el('button', { class: 'outline', 'data-key': 'clear', click: async () => {
          if (await confirmed('Take the webhook away?', 'Nobody is told any more; what waits is dropped.', 'Take it away')) {
            await act(() => ask('DELETE', path), 'Nobody is told any more.');
          }
        } }, 'Take it away'))),
    ];
  },
};
