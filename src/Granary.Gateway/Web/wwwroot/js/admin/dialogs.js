// Questions and answers that stand before the page.
import { el } from './dom.js';

function open(dialog) {
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
  return dialog;
}

// Whether the person wants it; more is what can be chosen with it.
export function confirmed(title, text, action, ...more) {
  const dialog = open(el('dialog', { 'aria-labelledby': 'question' },
    el('form', { method: 'dialog' },
      el('h2', { id: 'question' }, title),
      el('p', {}, text),
      ...more,
      el('div', { class: 'buttons' },
        el('button', { value: '', autofocus: true }, 'Cancel'),
        el('button', { value: 'yes', class: 'danger', id: 'confirm' }, action)))));
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes')));
}

// Shows a secret that nobody will see again.
export function showSecret(title, secret, text) {
  const shown = el('output', { class: 'secret', id: 'secret' }, secret);
  const copy = navigator.clipboard && el('button', { type: 'button', click: async () => { // browsers have it on loopback and over TLS alone
    await navigator.clipboard.writeText(secret);
    copy.textContent = 'Copied';
  } }, 'Copy');
  open(el('dialog', { 'aria-labelledby': 'secret-title' },
    el('form', { method: 'dialog' },
      el('h2', { id: 'secret-title' }, title),
      el('p', {}, text),
      shown,
      el('div', { class: 'buttons' }, copy || null, el('button', { class: 'primary', autofocus: true }, 'I have it')))));
}
