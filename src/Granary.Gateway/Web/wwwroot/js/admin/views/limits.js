// A tenant's limits and how far it is from them; operators change them.
import { ask, get } from '../api.js';
import { confirmed } from '../dialogs.js';
import { badge, card, el, field, limit, number, table, used } from '../dom.js';

const fields = [
  ['requestsPerMinute', 'Requests a minute', status => status.requests],
  ['tokensPerMinute', 'Tokens a minute', status => status.tokens],
  ['tokensPerDay', 'Tokens a day', status => status.dayTokens],
  ['tokensPerMonth', 'Tokens a month', status => status.monthTokens],
  ['concurrentStreams', 'Streams at a time', status => status.streams],
  ['maxContextTokens', 'Tokens of one request', null],
  ['maxOutputTokens', 'Tokens of one output', null],
];

function read(form) {
  const limits = Object.fromEntries(fields.map(([name]) => [name, form.elements[name].value === '' ? null : Number(form.elements[name].value)]));
  const models = form.elements.allowedModels.value.split(',').map(name => name.trim()).filter(name => name);
  return { ...limits, allowedModels: models.length ? models : null, weight: Number(form.elements.weight.value) };
}

function formFor(status, act) {
  const { limits, tenant } = status;
  const path = `admin/tenants/${encodeURIComponent(tenant)}/limits`;
  const form = el('form', { 'data-keep': true, submit: event => {
    event.preventDefault();
    act(() => ask('PUT', path, read(form)), `The limits of ${tenant} hold everywhere within a second.`);
  } },
  el('div', { class: 'fields' },
    fields.map(([name, title]) => field(title, { name, type: 'number', min: 0, step: 1, value: limits[name], placeholder: 'no limit', 'data-key': name })),
    field('Weight, 0.01 to 100', { name: 'weight', type: 'number', min: 0.01, max: 100, step: 'any', required: true, value: limits.weight, 'data-key': 'weight' }),
    field('Models, with commas between', { name: 'allowedModels', value: limits.allowedModels?.join(', '), placeholder: 'all models', 'data-key': 'allowedModels' })),
  el('div', { class: 'buttons' },
    el('button', { class: 'primary', 'data-key': 'set' }, 'Set these limits'),
    status.hasOwnLimits && el('button', { type: 'button', class: 'outline', 'data-key': 'clear', click: async () => {
      if (await confirmed(`Take the limits of ${tenant} away?`, 'Then those of the configuration hold.', 'Take them away')) {
        await act(() => ask('DELETE', path), `${tenant} has the limits of the configuration.`);
      }
    } }, 'Take its own limits away')));
  return form;
}

export const limits = {
  id: 'limits',
  title: 'Limits',
  isTenants: true,

  load: tenant => get(`admin/tenants/${encodeURIComponent(tenant)}`),

  render: (status, { me, act }) => [
    card(null,
      el('p', {}, status.hasOwnLimits ? badge('its own limits', 'good') : badge('limits of the configuration', '')),
      table(`Limits of ${status.tenant}`, [
        { title: 'Limit', cell: ([, title]) => title },
        { title: 'Counts now', cell: ([name, title, now]) => now ? used(now(status), status.limits[name], title) : limit(status.limits[name]) },
      ], fields),
      el('p', { class: 'hint' }, `Weight ${number(status.limits.weight)} · models: ${status.limits.allowedModels?.join(', ') ?? 'all'}`)),
    me.role === 'operator' && card('Change', formFor(status, act)),
  ].filter(part => part),
};
