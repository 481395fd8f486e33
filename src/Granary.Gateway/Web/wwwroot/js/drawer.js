// What stands at the side: on a narrow screen a drawer.

const sidebar = document.getElementById('sidebar');
const shade = document.getElementById('shade');
const opener = document.getElementById('open-sidebar');

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
