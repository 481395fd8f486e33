// The list of conversations; on a narrow screen a drawer.

const sidebar = document.getElementById('sidebar');
const shade = document.getElementById('shade');
const opener = document.getElementById('open-sidebar');
const list = document.getElementById('conversations');
const empty = document.getElementById('no-conversations');

export function toggleSidebar(open) {
  const wasOpen = sidebar.classList.contains('open');
  sidebar.classList.toggle('open', open);
  shade.hidden = !open;
  opener.setAttribute('aria-expanded', String(open));
  if (open) sidebar.querySelector('#close-sidebar').focus();
  else if (wasOpen) opener.focus();
}

opener.addEventListener('click', () => toggleSidebar(true));
shade.addEventListener('click', () => toggleSidebar(false));
document.getElementById('close-sidebar').addEventListener('click', () => toggleSidebar(false));

export function showConversations(conversations, current, { open, remove }) {
  empty.hidden = conversations.length > 0;
  list.replaceChildren(...conversations.map(conversation => {
    const item = document.createElement('li');
    item.dataset.id = conversation.id;
    if (conversation.id === current) item.setAttribute('aria-current', 'true');
    item.append(
      button('open', conversation.title, conversation.title, () => open(conversation.id)),
      button('delete', '✕', `Delete “${conversation.title}”`, () => remove(conversation)));
    return item;
  }));
}

function button(kind, text, label, action) {
  const element = document.createElement('button');
  element.className = kind;
  element.textContent = text;
  element.title = label;
  element.setAttribute('aria-label', label);
  element.addEventListener('click', action);
  return element;
}
