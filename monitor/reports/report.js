
// A click anywhere in a row shows its evidence, not only beside the words; the keyboard's focus stays where it was.
document.addEventListener('click', (event) => {
    const cell = event.target.closest('.collapsible > td')
    if (!cell || event.target === cell) return
    event.stopPropagation()
    const { id } = cell.parentElement.dataset
    const fromButton = event.target.closest('button') !== null
    cell.click()
    if (fromButton) document.querySelector(`.collapsible[data-id="${id}"] button`)?.focus()
}, true)
