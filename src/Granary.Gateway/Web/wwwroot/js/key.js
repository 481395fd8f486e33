// The API key that the page sends, where its gateway wants one: asked for once, and kept in this browser.

const remembered = 'granary.key';
const dialog = document.createElement('dialog');
dialog.id = 'key-wanted';
dialog.setAttribute('aria-labelledby', 'key-title');
dialog.innerHTML = `
  <form method="dialog">
    <h2 id="key-title">This gateway wants an API key</h2>
    <p id="key-problem" role="alert" hidden>That key is not good for this.</p>
    <label for="key">API key</label>
    <input id="key" type="password" autocomplete="off" spellcheck="false" required placeholder="gr-…">
    <button class="primary" type="submit">Use it</button>
    <p class="hint">It is kept in this browser and sent to this cluster alone.</p>
  </form>`;
document.body.append(dialog);
const input = dialog.querySelector('#key');

export function knownKey() {
  try {
    return localStorage.getItem(remembered) ?? '';
  } catch {
    return ''; // no storage
  }
}

// Asks for a key and resolves with it; isWrong tells that the last one opened nothing.
export function askForKey(isWrong) {
  document.getElementById('key-problem').hidden = !isWrong;
  input.value = '';
  if (!dialog.open) dialog.showModal();
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      const key = input.value.trim();
      input.value = '';
      try {
        localStorage.setItem(remembered, key);
      } catch {
        // Not remembered, then.
      }
      resolve(key);
    }, { once: true });
  });
}

dialog.addEventListener('cancel', event => event.preventDefault()); // nothing works without one
