// The list of conversations.

const list = document.getElementById('conversations');
const empty = document.getElementById('no-conversations');

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
