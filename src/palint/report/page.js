// One button a rule: shows that rule's findings alone, and all again when pressed twice.
for (const button of document.querySelectorAll('.filters button')) button.onclick = () => {
  const on = button.getAttribute('aria-pressed') !== 'true';
  for (const other of document.querySelectorAll('.filters button')) {
    other.setAttribute('aria-pressed', 'false');
  }
  button.setAttribute('aria-pressed', on);
  for (const file of document.querySelectorAll('details.file')) {
    let shown = 0;
    for (const item of file.querySelectorAll('article')) {
      item.hidden = on && !item.dataset.rule.split(' ').includes(button.dataset.rule);
      shown += !item.hidden;
    }
    file.hidden = !shown;
    if (on) file.open = true;
  }
};
