// Beside board.js where there is something to copy: puts the address of this service into it, where the operator has not
// said what it is, and adds a button that copies.
const UNKNOWN = 'https://THIS-SERVICE'

function address() {
  for (const each of document.querySelectorAll('[data-host]')) {
    if (each.textContent.includes(UNKNOWN)) each.textContent = each.textContent.replaceAll(UNKNOWN, location.origin)
  }
}
address()
const check = document.getElementById('check')
if (check) new MutationObserver(address).observe(check, { childList: true, subtree: true })

if (navigator.clipboard) {
  for (const each of document.querySelectorAll('[data-copied]')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = 'Copy'
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(each.textContent)
      button.textContent = 'Copied'
    })
    each.after(button)
  }
}
